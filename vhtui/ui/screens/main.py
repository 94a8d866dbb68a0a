"""The main screen: the frame that all panels share, and what is said around the table."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.geometry import Region
from textual.message import Message
from textual.screen import ModalScreen
from textual.suggester import Suggester
from typing_extensions import override

from vhtui.core.status import sync_words
from vhtui.models import ROOT, Capability, Changes
from vhtui.text import clean, count_words
from vhtui.ui.keymap import Place
from vhtui.ui.keys import Keymap
from vhtui.ui.paint.screen import PaintedScreen
from vhtui.ui.prompt import PromptLine
from vhtui.ui.row_editor import RowEditor
from vhtui.ui.screens.account_panels import AccountsLeaving, account_badges
from vhtui.ui.screens.browse import FilesPanel
from vhtui.ui.screens.change import Changing
from vhtui.ui.screens.dispatch import Dispatcher, place_of, rows_of
from vhtui.ui.screens.find import Finding
from vhtui.ui.screens.later import later_parts
from vhtui.ui.screens.marks import Branches, Cursor, Marking
from vhtui.ui.screens.panel import Panel
from vhtui.ui.screens.parts import Parts
from vhtui.ui.screens.progress import Progress
from vhtui.ui.screens.view import Viewing
from vhtui.ui.screens.views import Views
from vhtui.ui.widgets.details import Details
from vhtui.ui.widgets.folder_tree import FolderTree
from vhtui.ui.widgets.jobs_dock import JobsDock, JobsLine
from vhtui.ui.widgets.key_list import KeyFooter, KeyList
from vhtui.ui.widgets.row_cursor import RowCursor
from vhtui.ui.widgets.row_table import Key, RowTable
from vhtui.ui.widgets.status import Level, MessageLine, StatusLine, TitleBar

if TYPE_CHECKING:
    from vhtui.clipboard import Clipboard
    from vhtui.core.engine import Engine, Notice
    from vhtui.core.jobs.groups import Receipt
    from vhtui.ui.account_book import AccountBook

Answer = TypeVar("Answer")

_LEVELS: dict[str, Level] = {"warning": "warning", "error": "error"}
_MEDIUM = 100


class MainScreen(PaintedScreen[None]):
    """One frame: folders, a table, details; lines around it; panels that share all that."""

    AUTO_FOCUS = None

    class RowsShown(Message):
        """The rows of another place are in the table."""

    def __init__(
        self,
        engine: Engine,
        keymap: Keymap,
        clipboard: Clipboard,
        state: Path,
        book: AccountBook | None = None,
    ) -> None:
        """Show what an engine's store knows; ``state`` is the directory for what is exported,
        ``book`` is where accounts are written down."""
        super().__init__(classes="-idle")
        self.engine = engine
        self.keymap, self.book = keymap, book
        last = engine.store.setting("account")
        self.account = last if last in engine.accounts else engine.accounts[0]
        self.state = state
        self.progress = Progress(self)
        self.files = FilesPanel(self)
        self.panel: Panel[Any] = self.files
        self.finding = Finding(self)
        self.changing = Changing(self)
        self.viewing = Viewing(self)
        self.views = Views(self)
        self.folder_tree = self.views.make_tree()
        self.title_bar = TitleBar(id="title")
        self.status_line = StatusLine(id="status")
        self.details = Details(id="details")
        self.jobs_line = JobsLine(id="jobs-line")
        self.jobs_dock = JobsDock(id="jobs-dock")
        self.footer = KeyFooter(id="footer")
        self.prompt = PromptLine(id="prompt")
        self.key_list = KeyList(id="keys")
        self.parts = Parts(
            Cursor(lambda: rows_of(self), lambda step: self.panel.when_counted(step)),
            Branches(self), Marking(self), self.finding, self.changing, self.viewing, self.files,
            self.views, AccountsLeaving(self), later=later_parts(self, clipboard),
        )  # fmt: skip
        self.panels = self.parts.panels
        self.dispatcher = Dispatcher(self, self.parts.handlers)
        self._unsubscribe: list[Callable[[], None]] = []
        self._editor: RowEditor | None = None
        self._described: Key | None = None

    @override
    def compose(self) -> ComposeResult:
        yield self.title_bar
        with Horizontal(id="frame"):
            yield self.folder_tree
            with Container(id="tables"):
                yield self.files.table
            yield self.details
        yield self.jobs_line
        yield self.jobs_dock
        yield self.status_line
        yield MessageLine(id="message")
        yield self.prompt
        yield self.footer
        yield self.key_list

    def on_mount(self) -> None:
        """Subscribe, then read: what changes in between is announced."""
        self.set_class(self.engine.settings.ascii, "-ascii")
        self._unsubscribe = [
            self.engine.subscribe(self._changed),
            self.engine.subscribe_notices(self._notice),
        ]
        self.files.table.focus()
        self.files.start()
        self.progress.show()

    def on_unmount(self) -> None:
        """Hear no more of the engine."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def on_resize(self, event: events.Resize) -> None:
        """Choose the columns that leave a name readable."""
        for panel in self.panels.values():
            if panel.table.is_attached:
                panel.fit(event.size.width)
        self.call_after_refresh(self.show_state)

    # -- keys -------------------------------------------------------------------------------------

    @property
    def place(self) -> Place:
        """Where the keyboard is."""
        return place_of(self)

    def on_key(self, event: events.Key) -> None:
        """Give every key that no input took to the table of actions."""
        before = self.panel.table.cursor_key
        self.dispatcher.press(event)
        if self.panel.table.cursor_key != before:
            self.show_details()  # now, to be painted together with the cursor

    def take(self, event: events.Key) -> bool:
        """Carry out a key that moves the cursor of rows, which have no keys of their own.

        Return whether it was one: what it does is done then, and not still on its way.
        """
        is_move = isinstance(self.focused, RowCursor) and self.dispatcher.is_move(event)
        if is_move:
            with self._context():
                self.on_key(event)
        return is_move

    def on_descendant_focus(self) -> None:
        """Say which keys work where the keyboard is now."""
        self.dispatcher.forget_pending()
        self.footer.show(self.dispatcher.hints())

    # -- what the engine tells --------------------------------------------------------------------

    def _changed(self, changes: Changes) -> None:
        if self.panel.is_touched_by(changes):
            self.panel.read()
        if changes.touches("folders", self.account):
            self.views.tree_changed()
        if changes.touches("jobs"):
            self.progress.show()
        if changes.touches("account", self.account) or changes.touches("jobs"):
            if not self.files.table.row_count:
                self.files.table.set_empty(self.files.empty_words())
            self.show_state()

    def _notice(self, notice: Notice) -> None:
        if notice.upload_set is not None:
            from vhtui.ui.screens.sets import tell_complete

            tell_complete(self, notice)
            return
        self.say(notice.text, _LEVELS.get(notice.level, "info"), undoable=notice.undoable)

    # -- saying -----------------------------------------------------------------------------------

    def say(
        self, text: str, level: Level = "info", *, undoable: bool = False, then: str = ""
    ) -> None:
        """Say the last result on the message line, and what can be done ``then``."""
        undo = f"{self.keymap.key_of('change.undo')} undo" if undoable else then
        for line in self.query(MessageLine):  # there is none when the app is ending
            line.show(text, level=level, undo=undo)

    async def report(self, command: Coroutine[Any, Any, Receipt], more: str = "") -> None:
        """Give a command to the engine and say what it answered, and ``more``."""
        receipt = await command
        self.say(f"{receipt.sentence}{more}", undoable=receipt.undoable)

    def show_state(self) -> None:
        """Say again where one is, what is marked and how things stand."""
        if not self.query(TitleBar):
            return
        account = self.engine.store.account(self.account)
        panel = self.panel
        self.title_bar.show(
            self.account,
            self.engine.host_title(self.account),
            panel.where(),
            filter=panel.filter_text,
            badges=account_badges(self, account),
        )
        marked = panel.table.mark_count
        connection = account.message or sync_words(account, brief=True) or account.sync_note
        self.status_line.show(
            panel.status(),
            marked=f"{count_words(marked)} marked" if marked else "",
            jobs=self.progress.words(),
            connection=clean(connection, 80),
        )
        self.show_details()

    def show_details(self) -> None:
        """Describe the row under the cursor, where the details are on screen."""
        details = self.details
        if not details.display:
            return
        row = self.panel.table.cursor_row
        self._described = self.panel.table.cursor_key
        if row is not None:
            facts = [(label, value) for label, value in self.panel.facts(row) if value]
            if self.is_ledger(self.account) and self.panel is self.files:
                facts.append(("", self.ledger_words(self.account)))
            details.show(facts)
        else:
            details.show_empty("")

    def is_ledger(self, account: str) -> bool:
        """Whether the account's host lists nothing, so that vhtui keeps the books itself."""
        return self.engine.cannot(account, Capability.LIST_FILES) is not None

    def ledger_words(self, account: str) -> str:
        """Explain a ledger account."""
        host = self.engine.host_title(account)
        return f"{host} lists nothing: this is what vhtui uploaded, queued or was given."

    # -- going ------------------------------------------------------------------------------------

    def show_panel(self, place: Place) -> None:
        """Show a panel in the frame."""
        before, self.panel = self.panel, self.panels[place]
        before.set_shown(False)
        self.panel.set_shown(True)
        self.panel.table.focus()
        self.place_changed()
        self.panel.read()

    def place_changed(self) -> None:
        """Tell the engine and the lines around the table where the person is."""
        spot = self.files.spot
        folder = spot.folder if self.panel is self.files else None
        self.account = spot.account
        self.engine.look_at(self.account, self.panel.look, folder)
        self.views.show_tree(self.account)
        if spot.folder is not None:
            self.folder_tree.reveal(self._ids_to(spot.folder))
        self.show_state()
        self.footer.show(self.dispatcher.hints())

    def _ids_to(self, folder: str) -> list[str]:
        ids: list[str] = []
        while folder != ROOT and folder not in ids:
            ids.append(folder)
            row = self.engine.store.folder(self.account, folder)
            folder = row.parent if row else ROOT
        return [ROOT, *reversed(ids)]

    def switch_account(self, account: str) -> None:
        """Go to another account, to where the person was in it."""
        self.remember("account", account)
        self.say("")
        self.files.switch_account(account)
        if self.panel is not self.files:
            self.panel.read(restart=True)

    def show_tree(self, focus: bool) -> None:
        """Put the keyboard into the folders, or back into the table."""
        self.set_class(focus, "-tree")
        (self.folder_tree if focus else self.panel.table).focus()

    def toggle_details(self) -> None:
        """Show or hide the details; where there is room they are shown at first."""
        self.toggle_class("-no-details" if self.size.width >= _MEDIUM else "-details")
        self.call_after_refresh(self.show_details)

    @on(FolderTree.Opened)
    def _folder_opened(self, event: FolderTree.Opened) -> None:
        self.show_tree(False)
        if self.panel is not self.files and not self.panel.stays_beside_tree:
            self.show_panel(Place.FILES)
        self.views.go(event.account, event.folder_id)

    @on(RowTable.CursorMoved)
    def _cursor_moved(self, event: RowTable.CursorMoved) -> None:
        if event.table is self.panel.table and event.key != self._described:
            self.show_details()

    @on(RowTable.MarksChanged)
    def _marks_changed(self) -> None:
        self.show_state()

    @on(RowTable.Opened)
    def _row_opened(self) -> None:
        if found := self.keymap.find(self.place, "enter"):
            self.dispatcher.perform(found[0])

    @on(RowTable.HeaderClicked)
    def _header_clicked(self, event: RowTable.HeaderClicked) -> None:
        if event.table is self.panel.table:
            self.panel.sort_by_column(event.column_id)

    # -- asking -----------------------------------------------------------------------------------

    async def ask(
        self,
        label: str,
        value: str = "",
        *,
        check: Callable[[str], object] | None = None,
        on_change: Callable[[str], object] | None = None,
        suggester: Suggester | None = None,
    ) -> str | None:
        """Ask for a text in the line at the bottom; None: it was left."""
        self.add_class("-asking")
        try:
            return await self.prompt.ask(
                label, value, check=check, on_change=on_change, suggester=suggester
            )
        finally:
            self.set_class(self.prompt.is_open, "-asking")

    async def answer(self, dialog: ModalScreen[Answer]) -> Answer | None:
        """Open a dialog and wait for its answer; only an action's coroutine may."""
        return await self.app.push_screen_wait(dialog)

    @property
    def is_opening(self) -> bool:
        """Whether an action is under way that may still open an input or a dialog."""
        return self.dispatcher.under_way > 0 and not self.prompt.is_open

    def edit_row(self, title: str) -> None:
        """Lay an input with a raw title over the row under the cursor."""
        self.close_editor()
        table = self.files.table
        region = table.content_region
        header = table.virtual_size.height - table.row_count
        y = region.y + header + table.cursor - table.scroll_offset.y
        self._editor = RowEditor(title, Region(region.x, y, region.width, 1))
        self.mount(self._editor)
        self._editor.focus()

    def close_editor(self) -> None:
        """Take the input away again."""
        if self._editor is not None:
            self._editor.remove()
            self._editor = None
            self.files.table.focus()

    @on(RowEditor.Saved)
    def _title_saved(self, event: RowEditor.Saved) -> None:
        self.dispatcher.attempt(lambda: self.changing.save_title(event))

    @on(RowEditor.Left)
    def _title_left(self) -> None:
        self.changing.leave_title()

    def remember(self, name: str, value: str, *, then: Callable[[], object] | None = None) -> None:
        """Keep a small thing for next time, and go on when it is kept."""

        async def keep() -> None:
            await self.engine.store.remember(name, value)
            if then is not None:
                then()

        self.dispatcher.start(keep())
