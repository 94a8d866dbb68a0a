"""From a key to what it does: the layer between key presses and the table of actions."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol

from msgspec.structs import replace
from textual import events
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from vhtui.errors import VhtuiError
from vhtui.ui.keymap import ANY, TYPED, Action, Place
from vhtui.ui.keys import Keymap, KeyReader, shown, token
from vhtui.ui.prompt import PromptLine
from vhtui.ui.screens.find import read_bookmarks
from vhtui.ui.screens.handlers import Handler
from vhtui.ui.widgets.key_list import KeyHint, KeyList
from vhtui.ui.widgets.status import Level

if TYPE_CHECKING:
    from vhtui.core.engine import Engine
    from vhtui.ui.screens.main import MainScreen
    from vhtui.ui.widgets.row_cursor import RowCursor

LIST_AFTER = 0.3
"""Seconds after the first key of a sequence until the list of second keys opens."""

_THROUGH_PROMPT = {"up": "cursor.up", "down": "cursor.down", "pageup": "cursor.page_up",
                   "pagedown": "cursor.page_down"}  # fmt: skip


class KeyScreen(Protocol):
    """A screen whose keys come from the table of actions."""

    engine: Engine
    keymap: Keymap
    account: str
    key_list: KeyList

    @property
    def place(self) -> Place:
        """Where the keyboard is."""
        ...

    @property
    def focused(self) -> Widget | None:
        """The widget that has the keyboard."""
        ...

    def say(self, text: str, level: Level = "info") -> None:
        """Say something on the message line."""
        ...

    def set_timer(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Call back in some seconds."""
        ...

    def run_worker(self, work: Coroutine[Any, Any, object], *, group: str) -> object:
        """Go on with something in the background."""
        ...


class Dispatcher:
    """Reads keys for a screen, carries actions out, and says what the host cannot do."""

    def __init__(self, screen: KeyScreen, handlers: dict[str, Handler]) -> None:
        """Carry out the actions of the screen's keymap by their handlers."""
        self.screen = screen
        self.keymap = screen.keymap
        self.handlers = handlers
        self._reader = KeyReader(screen.keymap)
        self._timer: Timer | None = None
        self.under_way = 0

    def press(self, event: events.Key) -> None:
        """Take a key that nothing on the screen wanted for itself."""
        focused = self.screen.focused
        place = self.screen.place
        if isinstance(focused, Input) and place not in TYPED:
            if isinstance(focused.parent, PromptLine) and event.key in _THROUGH_PROMPT:
                event.stop()
                self.handlers[_THROUGH_PROMPT[event.key]]()
            return
        press = self._reader.read(place, token(event))
        if not (press.pending or press.action or press.swallowed):
            return
        event.stop()
        event.prevent_default()
        self._close_list()
        if press.pending:
            self._timer = self.screen.set_timer(LIST_AFTER, self._open_list)
        elif press.action is not None:
            self.perform(press.action, press.argument)

    def is_move(self, event: events.Key) -> bool:
        """Whether a key, pressed now, would do nothing but move a cursor."""
        found = self.keymap.find(self.screen.place, token(event))
        if found is None or self._reader.pending:
            return False
        return found[0].id.startswith("cursor.")

    def perform(self, action: Action, argument: str = "") -> None:
        """Carry out an action, or say why it cannot be done."""
        if reason := self.reason_against(action):
            self.screen.say(reason, "warning")
            return
        handler = self.handlers[action.id]
        self.attempt(lambda: handler(argument) if action.takes_character else handler())

    def attempt(self, step: Callable[[], Coroutine[Any, Any, None] | None]) -> None:
        """Take a step and go on with what it leaves to do; a refusal ends on the message line."""
        try:
            rest = step()
        except VhtuiError as error:
            self.screen.say(str(error), "error")
            return
        if rest is not None:
            self.start(rest)

    def start(self, rest: Coroutine[Any, Any, object]) -> None:
        """Go on with an action in the background; its errors end on the message line."""
        self.under_way += 1
        self.screen.run_worker(self._guard(rest), group="actions")

    async def _guard(self, rest: Coroutine[Any, Any, object]) -> None:
        try:
            await rest
        except VhtuiError as error:
            self.screen.say(str(error), "error")
        finally:
            self.under_way -= 1

    def reason_against(self, action: Action) -> str | None:
        """Return why the account's host cannot do an action; None: it can."""
        if action.capability is None:
            return None
        return self.screen.engine.cannot(self.screen.account, action.capability)

    def here(self) -> list[tuple[Action, str | None]]:
        """Return the actions of the present place, each with the reason against it."""
        place = self.screen.place
        actions = self.keymap.at(place)
        if place in TYPED:
            named = ((action, tuple(k for k in action.keys if len(k) > 1)) for action in actions)
            actions = [replace(action, keys=keys) for action, keys in named if keys]
        return [(action, self.reason_against(action)) for action in actions]

    # -- what is shown of the keys ----------------------------------------------------------------

    def hints(self) -> list[KeyHint]:
        """Return the footer's keys for the present place, the most worth first."""
        ranked = sorted(
            (pair for pair in self.here() if pair[0].footer is not None),
            key=lambda pair: -(pair[0].footer or 0),
        )
        return [
            KeyHint(shown(action.keys[0]), action.label.lower(), reason is None, reason or "")
            for action, reason in ranked
            if action.keys
        ]

    def _open_list(self) -> None:
        first = self._reader.pending
        if not first:
            return
        hints: list[KeyHint] = []
        for second, action in self.keymap.seconds(self.screen.place, first):
            if second == ANY:
                hints += self._any_hints(action)
            else:
                reason = self.reason_against(action)
                hints.append(KeyHint(shown(second), action.label, reason is None, reason or ""))
        self.screen.key_list.show(hints, title=shown(first))

    def _any_hints(self, action: Action) -> list[KeyHint]:
        marks = read_bookmarks(self.screen.engine.store)
        kept = [
            KeyHint(mark, f"{account}:{self._path_words(account, folder)}")
            for mark, (account, folder) in sorted(marks.items())
            if account in self.screen.engine.accounts
        ]
        return [*kept, KeyHint("…", f"{action.label}: any character")]

    def _path_words(self, account: str, folder: str) -> str:
        row = self.screen.engine.store.folder(account, folder)
        return row.path if row is not None else " gone"

    def _close_list(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.screen.key_list.show(())

    def forget_pending(self) -> None:
        """Drop a first key that still waits for its second."""
        self._reader.pending = ""
        self._close_list()


def place_of(screen: MainScreen) -> Place:
    """Return where the keyboard is."""
    return Place.TREE if screen.folder_tree.has_focus else screen.panel.place


def rows_of(screen: MainScreen) -> RowCursor[Any]:
    """Return the rows that have the keyboard: the folders, or those of the panel."""
    return screen.folder_tree if screen.folder_tree.has_focus else screen.panel.table
