"""The app: what is around the screens. It holds no state of its own; the store does."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.filter import Monochrome, NoColor
from textual.message import Message
from textual.worker import Worker, WorkerCancelled, WorkerFailed, WorkerState
from typing_extensions import override

from vhtui.errors import StoreError
from vhtui.text import clean
from vhtui.ui.attention import Attention
from vhtui.ui.keyqueue import KeyQueue, apart
from vhtui.ui.keys import Keymap, build
from vhtui.ui.paint.app import PaintedApp
from vhtui.ui.paint.cells import Row
from vhtui.ui.paint.screen import PaintedScreen
from vhtui.ui.screens.main import MainScreen
from vhtui.ui.sketch import SETTING, Sketch
from vhtui.ui.sketching import sketch_of
from vhtui.ui.terminal import end_on_signals, restore_signals, write_crash_report

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.command import Provider
    from textual.screen import Screen

    from vhtui.clipboard import Clipboard
    from vhtui.config import Settings
    from vhtui.core.engine import Engine
from vhtui.ui.account_book import AccountBook


def _providers() -> type[Provider]:
    from vhtui.ui.commands import ActionProvider

    return ActionProvider


_LAST_SECONDS = 1.0
"""How long what is on its way to a host is waited for when the person leaves."""
_LOCK_SECONDS = 1.0
"""How long the engine has to take the executor lock before it is said that another has it."""

MakeClipboard = Callable[[Callable[[str], None]], "Clipboard"]
"""Makes the clipboard, given what writes to the terminal as it is."""


class VhtuiApp(PaintedApp[int]):
    """vhtui on a terminal."""

    TITLE = "vhtui"
    # The main screen's styles: as the screen's own they would be parsed a second time.
    CSS_PATH: ClassVar[str] = "screens/main.tcss"
    CSS = "Button:disabled { border: none !important; }"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_providers}
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 (as Textual declares it)
        (0, "-tiny"),
        (60, "-slim"),
        (100, "-medium"),
        (140, "-wide"),
        (180, "-huge"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-flat"),
        (20, "-low"),
        (30, "-tall"),
        (44, "-high"),
    ]

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        make_clipboard: MakeClipboard,
        state: Path,
        book: AccountBook | None = None,
        on_appear: Callable[[], None] = lambda: None,
    ) -> None:
        """Show an engine; ``state`` is the directory that takes a crash report, ``book`` is where
        accounts are written down. ``on_appear`` is called when the interface stands.

        Raises ConfigError for keys of the settings that cannot be.
        """
        super().__init__()
        self.theme = "ansi-dark"
        # Textual chose by its own theme: under NO_COLOR ours would become black on black.
        self._filters = [
            NoColor() if isinstance(each, Monochrome) else each for each in self._filters
        ]
        self.animation_level = "none"
        self.engine = engine
        self.crash_report: Path | None = None
        self.has_crashed = False
        self.fault = ""
        self._state_directory = state
        self._key_table: Keymap = build(settings.preset, settings.keys, premium=settings.premium)
        self._make_clipboard = make_clipboard
        self._book = book
        self._on_appear = on_appear
        self._engine_worker: Worker[None] | None = None
        self.attention = Attention(os.environ, self._write_terminal, settings.notify)
        self._keys = KeyQueue(self, super().on_event, self._is_opening, self._take)
        self.main: MainScreen | None = None
        self._has_appeared = False
        self._main_rows: Sequence[Row] = ()
        self._sketch: Sketch | None = None

    def on_mount(self) -> None:
        """Show the main screen, and let the engine run beside it."""
        end_on_signals(self._end)
        clipboard = self._make_clipboard(self._write_terminal)
        self.main = MainScreen(
            self.engine, self._key_table, clipboard, self._state_directory, self._book
        )
        self.main.size_classes(self)
        self.push_screen(self.main)

    @override
    def get_default_screen(self) -> Screen[Any]:
        return PaintedScreen(id="_default")

    def on_main_screen_rows_shown(self) -> None:
        """Show the interface in place of the first frame, when all else of it is there too."""
        self.call_after_refresh(self.appear)

    @override
    def appear(self) -> None:
        """Take over the screen, hand out the keys typed meanwhile, then start the engine."""
        first = not self._has_appeared
        self._has_appeared = True
        if first:
            self.run_worker(self._keys.run(), name="keys", group="keys")
        super().appear()
        if first:
            self.call_after_refresh(self._go_on)

    def _go_on(self) -> None:
        """Begin what the interface did without until it stood."""
        self._on_appear()
        self._engine_worker = self.run_worker(
            self.engine.run(), name="engine", group="engine", exit_on_error=False
        )
        self.set_timer(_LOCK_SECONDS, self._say_who_executes)
        if self.main is not None:
            self.main.parts.load_rest(self.main.set_timer)

    def _say_who_executes(self) -> None:
        if self.main is not None and not self.engine.is_executor:
            self.main.say("Another vhtui carries out the jobs; this one shows and queues them")

    @override
    def painted(self, screen: Screen[Any], rows: Sequence[Row]) -> None:
        if screen is self.main:
            self._main_rows = rows

    @override
    def exit(
        self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None
    ) -> None:
        """Leave; what is on screen now is where the next session begins."""
        if self.main is not None and self._main_rows:
            self._sketch = sketch_of(self.main, self._main_rows, self.pen)
        super().exit(result, return_code, message)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say that the engine stopped: without it nothing reaches the hosts."""
        if event.worker.name != "engine" or event.state is not WorkerState.ERROR:
            return
        error = event.worker.error
        assert error is not None
        path = write_crash_report(self._state_directory, error)
        where = f"; see {path}" if path else ""
        if self.main is not None:
            self.main.say(f"The engine stopped ({type(error).__name__}){where}", "error")

    @override
    async def on_event(self, event: events.Event) -> None:
        """Hand keys and pastes out one after the other (see ``keyqueue``)."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self.typed(event)
        else:
            await super().on_event(event)

    @override
    def typed(self, event: Message) -> None:
        if isinstance(event, events.Event):
            for key in apart(event, self._key_table.used):
                self._keys.put(key)

    def _take(self, event: events.Event) -> bool:
        """Carry out a key that only moves a cursor, and paint what it does at once."""
        main = self.main
        if main is None or self.screen is not main or not isinstance(event, events.Key):
            return False
        if not main.take(event):
            return False
        if self._keys.is_empty:
            self.paint_now()
        return True

    def _is_opening(self) -> bool:
        main = self.main
        return main is not None and self.screen is main and main.is_opening

    def _end(self, code: int) -> None:
        self.exit(code, return_code=code)

    async def on_unmount(self) -> None:
        """Let the engine end its calls, and leave the signals as they were."""
        if self._engine_worker is not None:
            await self.engine.drain(_LAST_SECONDS)
            self._engine_worker.cancel()
            with contextlib.suppress(WorkerCancelled, WorkerFailed):
                await self._engine_worker.wait()
        if self._sketch is not None:
            with contextlib.suppress(StoreError):
                await self.engine.store.remember(SETTING, self._sketch.encode())
        restore_signals()

    def _write_terminal(self, text: str) -> None:
        if self._driver is not None:
            self._driver.write(text)

    # -- what Textual would do otherwise ----------------------------------------------------------

    @override
    async def action_quit(self) -> None:
        if self.main is not None and self.screen is self.main:
            self.main.dispatcher.start(self.main.viewing.leave())

    @override
    def action_help_quit(self) -> None:
        if self.main is not None:
            self.main.say("ctrl+c does nothing here; q quits")

    @override
    def _fatal_error(self) -> None:
        """Leave without Textual's report: it prints variables, and those can hold keys."""
        self.bell()
        self.has_crashed = True
        error = self._exception or sys.exc_info()[1]
        if isinstance(error, WorkerFailed):
            error = error.error
        if isinstance(error, StoreError):
            self.fault = str(error)
        elif error is not None:
            self.crash_report = write_crash_report(self._state_directory, error)
        self._close_messages_no_wait()


def run_app(
    engine: Engine,
    settings: Settings,
    make_clipboard: MakeClipboard,
    state: Path,
    *,
    book: AccountBook | None = None,
    on_appear: Callable[[], None] = lambda: None,
) -> int:
    """Run vhtui until the person leaves; return the process's exit code."""
    app = VhtuiApp(engine, settings, make_clipboard, state, book, on_appear)
    app.run(mouse=settings.mouse)
    if app.has_crashed:
        where = f"; the report is in {app.crash_report}" if app.crash_report else ""
        words = app.fault or f"ended because of an error of its own{where}"
        print(f"vhtui: {clean(words)}", file=sys.stderr)
        return 1
    return app.return_code or 0
