"""The rename studio: a pattern on top, what it makes of every title below, live."""

from __future__ import annotations

import asyncio
import bisect
import gc
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec.structs import replace
from textual import events, on
from textual.app import ComposeResult
from textual.screen import Screen
from typing_extensions import override

from vhtui.core.jobs.groups import Receipt
from vhtui.errors import UsageError
from vhtui.models import FileRow, JobKind
from vhtui.rename import UNCHANGED, FromCsv, FromList, Pattern, PatternError, editor_text
from vhtui.rename import from_editor as read_lines
from vhtui.text import clean, count_words, plural
from vhtui.ui.keymap import Place
from vhtui.ui.keys import Keymap, shown, token
from vhtui.ui.patterns import EXAMPLES, MODES, Used, read_used, write_used
from vhtui.ui.planning import Planned, Planner, can_be_sent, read_surroundings
from vhtui.ui.screens.dispatch import Dispatcher
from vhtui.ui.screens.handlers import does, handlers_of
from vhtui.ui.screens.marks import Cursor
from vhtui.ui.widgets.key_list import KeyFooter, KeyList
from vhtui.ui.widgets.pattern_line import PatternLine
from vhtui.ui.widgets.plan_table import PlanTable, StepSource
from vhtui.ui.widgets.status import Level, MessageLine, StatusLine, TitleBar

if TYPE_CHECKING:
    from vhtui.core.engine import Engine

_USED = "renames"


class Studio(Screen[Receipt | None]):
    """Plans a bulk rename of files that were chosen when it opened; ends with what was ordered."""

    AUTO_FOCUS = None
    DEFAULT_CSS: ClassVar[str] = """
    Studio { layers: base keys; overflow: hidden; }
    Studio #title, Studio #status, Studio #message, Studio #footer { height: 1; }
    Studio #keys { layer: keys; }
    """

    def __init__(
        self,
        engine: Engine,
        keymap: Keymap,
        account: str,
        files: Sequence[FileRow],
        words: str,
        unchanged: Planned,
        titles: FromList | None = None,
    ) -> None:
        """Rename files of an account, in their order; ``words`` say which they are.

        ``unchanged`` is the plan that changes nothing, ``titles`` are new titles to begin with.
        """
        super().__init__()
        self.engine = engine
        self.keymap = keymap
        self.account = account
        self.key_list = KeyList(id="keys")
        self._bar = TitleBar(id="title")
        self._state_line = StatusLine(id="status")
        self._message_line = MessageLine(id="message")
        self._footer = KeyFooter(id="footer")
        self.table = PlanTable(id="plan")
        keys = {mode: shown(keymap.by_id[f"studio.{mode}"].keys[0]) for mode in MODES}
        self.line = PatternLine(keys, id="pattern")
        self._unchanged = unchanged
        self.planned = unchanged
        self._files = files
        self._positions = {file.id: at for at, file in enumerate(files)}
        self._words = words
        self._pasted: dict[str, Pattern] = {"list": titles} if titles else {}
        self._used = read_used(engine.store.setting(_USED))
        self._recalled = -1
        self._planner = Planner(
            files,
            lambda: (self._pattern(), frozenset(self.table.left_out)),
            on_plan=self._show,
            on_progress=self._say_progress,
        )
        self._fault: UsageError | None = None
        self._offer: Sequence[tuple[int, str]] = ()
        handlers = handlers_of(Cursor(lambda: self.table), self)
        handlers |= {f"studio.{mode}": partial(self._choose, mode) for mode in MODES}
        self.dispatcher = Dispatcher(self, handlers)

    @override
    def compose(self) -> ComposeResult:
        yield self._bar
        yield self.line
        yield self.table
        yield self._state_line
        yield self._message_line
        yield self._footer
        yield self.key_list

    def on_mount(self) -> None:
        """Show the titles as they are, in the mode that was used last."""
        gc.freeze()  # what is there stays: walking it while plans come and go takes 0.1 s a time
        self.set_class(self.engine.settings.ascii, "-ascii")
        mode = "list" if self._pasted else self._used[0][0] if self._used else next(iter(MODES))
        self.table.show(StepSource(self.planned.steps, self._positions))
        self._say_state()
        self._choose(mode)
        self.run_worker(self._look_around(), group="surroundings")

    def on_unmount(self) -> None:
        """Let a plan that is still being made end."""
        self._planner.stop()
        gc.unfreeze()

    # -- keys -------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Where the keyboard is: in the rows, or in the fields of the pattern."""
        in_rows = self.focused is None or self.focused is self.table
        return Place.STUDIO if in_rows else Place.PATTERN

    def on_key(self, event: events.Key) -> None:
        """Give every key that no field took to the table; any but Enter withdraws the offer."""
        found = self.keymap.find(self.place, token(event))
        meant = found[0].id if found else ""
        if self._offer and meant != "studio.start":
            self._offer = ()
            self._say_row()
            if meant == "studio.leave":
                event.stop()
                return
        self.dispatcher.press(event)

    def on_descendant_focus(self) -> None:
        """Say which keys work where the keyboard is now."""
        self.dispatcher.forget_pending()
        self._footer.show(self.dispatcher.hints())

    def say(self, text: str, level: Level = "info") -> None:
        """Say something on the message line."""
        self._message_line.show(clean(text), level=level)

    # -- planning ---------------------------------------------------------------------------------

    async def _look_around(self) -> None:
        self._planner.surroundings = await asyncio.to_thread(
            read_surroundings, self.engine.store, self.account, self._files
        )
        self._replan()

    def _pattern(self) -> Pattern | None:
        mode = self.line.mode
        return self._pasted.get(mode.name) if mode.make is None else mode.make(self.line.values)

    def _replan(self) -> None:
        self._offer = ()
        if self._planner.ask():
            self.run_worker(self._planner.run(), group="plan")

    def _say_progress(self, names_read: int) -> None:
        of = count_words(len(self._files))
        self.say(f"Reading names: {count_words(names_read)} of {of}")

    def _show(self, planned: Planned | None, fault: UsageError | None) -> None:
        """Show a plan; a fault in what is written lets the last one stand."""
        self._fault = fault
        if planned is None and not _points_at_something(fault):
            planned = self._unchanged
        if planned is not None:
            self.planned = planned
            self.table.show(StepSource(planned.steps, self._positions))
        self._say_state()
        self._say_row()

    def _say_state(self) -> None:
        planned = self.planned
        left_out = len(self.table.left_out)
        self._bar.show(
            self.account,
            self.engine.host_title(self.account),
            f"Rename {self._words}",
            badges=[f"{count_words(left_out)} left out"] if left_out else [],
        )
        words = [f"{count_words(len(planned.titles))} of {count_words(len(self._files))} change"]
        if planned.doubtful:
            words.append(plural(len(planned.doubtful), "warning"))
        self._state_line.show(", ".join(words), connection=self._cost())

    def _cost(self) -> str:
        count = len(self.planned.titles)
        return self.engine.estimate(self.account, JobKind.RENAME, count).words if count else ""

    def _say_row(self) -> None:
        """Say what is wrong: with the pattern, or else with the row under the cursor."""
        fault, step = self._fault, self.table.cursor_row
        if isinstance(fault, PatternError) and fault.length:
            self.say(f"{fault} (at character {fault.position + 1})", "error")
        elif fault is not None:
            self.say(str(fault), "error" if _points_at_something(fault) else "info")
        elif step is None or not step.included or UNCHANGED in step.warnings:
            self.say("")
        else:
            stays = "" if can_be_sent(step) else "; the title stays"
            self.say(", ".join(step.warnings) + stays, "warning" if step.warnings else "info")

    @on(PatternLine.Changed)
    def _pattern_changed(self) -> None:
        self._replan()

    @on(PlanTable.CursorMoved)
    def _cursor_moved(self) -> None:
        self._say_row()

    # -- rows -------------------------------------------------------------------------------------

    @does("studio.toggle")
    def toggle_row(self) -> None:
        """Leave the row under the cursor out, or take it in again."""
        self.table.toggle_row()
        self._replan()

    @does("studio.old")
    def toggle_old(self) -> None:
        """Show the old titles or the new ones, where there is room for one."""
        self.say("Old titles" if self.table.toggle_old() else "New titles")

    @does("studio.warning")
    def next_warning(self) -> None:
        """Go to the next row with a warning; without any, to the next that does not change."""
        found = self.planned.doubtful or self.planned.same
        if not found:
            self.say("There is no warning")
            return
        number = bisect.bisect_right(found, self.table.cursor) % len(found)
        self.table.move_to(found[number])
        self._say_row()

    # -- the pattern ------------------------------------------------------------------------------

    @does("studio.pane")
    def next_pane(self) -> None:
        """Go to the next field, or to the rows."""
        self.focus_next()

    @does("studio.pane_back")
    def previous_pane(self) -> None:
        """Go to the field before, or to the rows."""
        self.focus_previous()

    @does("studio.mode")
    def next_mode(self) -> None:
        """Choose the next mode."""
        names = list(MODES)
        self._choose(names[(names.index(self.line.mode.name) + 1) % len(names)])

    def _choose(self, mode: str) -> None:
        self._recalled = -1
        self.line.choose(mode)
        if mode in self._pasted:
            self.line.say(f"The titles are there; {self.line.mode.hint}")
        if not self.line.focus_first():
            self.set_focus(self.table)

    @does("studio.earlier")
    def recall_earlier(self) -> None:
        """Put the pattern into the fields that was used before."""
        self._recall(1)

    @does("studio.later")
    def recall_later(self) -> None:
        """Put the pattern into the fields that was used after."""
        self._recall(-1)

    def _recall(self, by: int) -> None:
        earlier = [values for mode, values in self._used if mode == self.line.mode.name]
        at = self._recalled + by
        if 0 <= at < len(earlier):
            self._recalled = at
            self.line.fill(earlier[at])

    @does("studio.paste")
    def paste(self) -> Coroutine[Any, Any, None]:
        """Ask for pasted titles, or for CSV."""
        return self._paste("csv" if self.line.mode.name == "csv" else "list")

    async def _paste(self, mode: str) -> None:
        from vhtui.ui.screens.paste_text import PasteText

        count = plural(len(self._files), "file")
        title = "code,title" if mode == "csv" else "One title per line"
        dialog = PasteText(f"{title}, for {count}", lambda text: self._describe(mode, text))
        text = await self.app.push_screen_wait(dialog)
        if text is not None:
            self._take(mode, self._read(mode, text))

    def _read(self, mode: str, text: str) -> Pattern:
        return FromCsv.parse(text) if mode == "csv" else read_lines(self._files, text)

    def _describe(self, mode: str, text: str) -> str:
        pattern = self._read(mode, text)
        if isinstance(pattern, FromCsv):
            strange = len(pattern.unknown(self._files))
            words = plural(len(pattern.rows), "title")
            return f"{words}, {strange} for codes of other files" if strange else words
        return plural(len(self._files), "title")

    def _take(self, mode: str, pattern: Pattern) -> None:
        self._pasted[mode] = pattern
        self._choose(mode)

    @does("studio.edit")
    async def edit(self) -> None:
        """Have the new titles edited in $EDITOR; they are a list from then on."""
        from vhtui.ui.editor import edit_text

        await self._planner.is_current.wait()
        new = [replace(step.file, title=step.new_title) for step in self.planned.steps]
        edited = await edit_text(self.app, editor_text(new), "titles.txt")
        self._take("list", read_lines(new, edited))

    # -- the way out ------------------------------------------------------------------------------

    @does("app.help")
    async def help(self) -> None:
        """Explain the keys of this place."""
        from vhtui.ui.screens.help import Help

        title = "Keys in the rename studio"
        await self.app.push_screen_wait(
            Help(title, self.dispatcher.here(), notes=("Patterns", EXAMPLES))
        )

    @does("app.palette")
    def palette(self) -> None:
        """Open the palette."""
        self.app.action_command_palette()

    @does("app.suspend")
    def suspend(self) -> None:
        """Go back to the shell."""
        self.app.action_suspend_process()

    @does("studio.leave")
    def leave(self) -> None:
        """Go back to the files with nothing changed."""
        self.dismiss(None)

    @does("studio.start")
    def start(self) -> Coroutine[Any, Any, None]:
        """Say what it will cost; when that stands on screen already, start it."""
        return self._order(self._offer) if self._offer else self._make_offer()

    async def _make_offer(self) -> None:
        await self._planner.is_current.wait()
        if self._fault is not None:
            self._say_row()
            return
        titles = self.planned.titles
        if not titles:
            raise UsageError("no title changes, so there is nothing to start")
        self._offer = titles
        self.say(f"{self._cost()}. Enter starts, Esc goes back")

    async def _order(self, titles: Sequence[tuple[int, str]]) -> None:
        """Order the renames of the files that still are what was shown."""
        self._offer = ()
        going = await asyncio.to_thread(self._as_shown, titles)
        if not going:
            raise UsageError("all of these files were changed meanwhile: choose them again")
        receipt = await self.engine.rename(self.account, going)
        if len(going) < len(titles):
            stay = plural(len(titles) - len(going), "file")
            sentence = f"{receipt.sentence}; {stay} changed meanwhile and left alone"
            receipt = replace(receipt, sentence=sentence)
        if self.line.mode.make is not None:
            newest: Used = (self.line.mode.name, self.line.values)
            await self.engine.store.remember(_USED, write_used(self._used, newest))
        self.dismiss(receipt)

    def _as_shown(self, titles: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
        """Return those whose files still have the title that was shown."""
        now = self.engine.store.files([id for id, _ in titles])
        shown = {file.id: file.title for file in self._files}
        same = {file.id for file in now if file.title == shown[file.id]}
        return [(id, title) for id, title in titles if id in same]


def _points_at_something(fault: UsageError | None) -> bool:
    """Whether a fault is in what is written; otherwise there is nothing written yet."""
    return not isinstance(fault, PatternError) or fault.length > 0
