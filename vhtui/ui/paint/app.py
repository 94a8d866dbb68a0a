"""The app and the driver between Textual and the terminal, with what they rely on in Textual.

Everything of Textual 8.2.8 that has no public name and is needed to write less than it would is in
this file and in ``painter.py``; ``tests/ui/paint/test_internals.py`` fails where it has changed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App, ReturnType
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message
from typing_extensions import override

from vhtui.ui import first_frame
from vhtui.ui.paint.abilities import abilities_of
from vhtui.ui.paint.cells import Row
from vhtui.ui.paint.charset import is_unicode, shown
from vhtui.ui.paint.lines import Lines
from vhtui.ui.paint.painter import Painter
from vhtui.ui.paint.typed import read_keys

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.style import Style
    from textual.screen import Screen

_ALTERNATE_SCREEN = "\x1b[?1049h"
_SYNC = "\x1b[?2026h", "\x1b[?2026l"
_SWITCH = 0.0005
"""Seconds after which a thread lets another go on: the terminal is read and written by threads."""
_LONGEST_WAIT = 3.0
"""Seconds after which the interface appears, whether or not its rows are there."""


class PaintingDriver(LinuxDriver):
    """Takes the terminal over from the first frame."""

    _app: PaintedApp[Any]
    _is_unicode = True

    @override
    def write(self, data: str) -> None:
        # Some terminals clear the alternate screen when it is asked for again.
        if data != _ALTERNATE_SCREEN or first_frame.standing() is None:
            super().write(data if self._is_unicode else shown(data))

    @override
    def send_message(self, message: Message) -> None:
        # Textual's own way leads through a task. What is typed does not even wait for the app.
        is_typed = isinstance(message, events.Key | events.Paste)
        take = self._app.typed if is_typed else self._app.post_message
        self._loop.call_soon_threadsafe(take, message)

    @override
    def run_input_thread(self) -> None:
        read_keys(self.fileno, self.exit_event, self.process_message, debug=self._debug)

    @override
    def start_application_mode(self) -> None:
        self._is_unicode = is_unicode()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        frame = first_frame.standing()
        if frame is None:
            self._app.painter_forgets()
        else:
            self.attrs_before = frame.attributes
            frame.hand_over()


class PaintedApp(App[ReturnType]):
    """An app of which only the cells that changed are written.

    The first frame stands until ``appear`` is called.
    """

    def __init__(self) -> None:
        """Make the app; what the first frame shows is on screen already."""
        super().__init__()
        sys.setswitchinterval(_SWITCH)
        frame = first_frame.standing()
        self._waits = frame is not None
        self._painter = Painter(
            abilities_of(os.environ.get("TERM", "")),
            frame.rows if frame else None,
            self.console._color_system,
        )
        self._lines = Lines()

    @override
    def get_driver_class(self) -> type[Driver]:
        usual = super().get_driver_class()
        return PaintingDriver if usual is LinuxDriver else usual

    @property
    def waits(self) -> bool:
        """Whether the first frame stands, so that nothing is painted yet."""
        return self._waits

    def appear(self) -> None:
        """Let the interface take over the screen."""
        if self._waits:
            self._waits = False
            screen = self.screen
            if screen._compositor.size:  # at once: Textual's own turn would come later
                self._display(screen, screen._compositor.render_full_update())
            else:
                screen.refresh()

    def typed(self, event: Message) -> None:
        """Take a key or a paste."""
        self.post_message(event)

    def repaint_all(self) -> None:
        """Write the whole screen, whatever the terminal shows."""
        self.painter_forgets()
        self.screen.refresh()

    def pen(self, style: Style) -> str:
        """Return the parameters of SGR that a style is written with."""
        return self._painter.pen(style)

    def painter_forgets(self) -> None:
        """Assume nothing about what the terminal shows."""
        self._painter.forget()

    @override
    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Load):
            self.set_timer(_LONGEST_WAIT, self.appear)
        # Textual tells the size at first: while the first frame stands in it, nothing changed.
        if isinstance(event, events.Resize) and not (
            self._waits and self._painter.size == event.size
        ):
            self.painter_forgets()
        await super().on_event(event)

    @override
    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        driver = self._driver
        if not isinstance(driver, PaintingDriver) or not isinstance(
            renderable, LayoutUpdate | ChopsUpdate
        ):
            super()._display(screen, renderable)
            return
        if self._running and not self._closed and not self._batch_count and not self._waits:
            if self._painter.is_lost and not isinstance(renderable, LayoutUpdate):
                renderable = screen._compositor.render_full_update()
            self._write(screen, self._painter.paint(renderable, self._cursor_on(screen)))
        self.post_display_hook()

    def paint_now(self) -> None:
        """Paint what the widgets want painted, without waiting for Textual's own turn.

        What cannot be painted so comes in its turn.
        """
        can = self._running and not self._closed and not self._batch_count and not self._waits
        if not (can and isinstance(self._driver, PaintingDriver)) or self._painter.is_lost:
            return
        screen = self.screen
        if lines := self._lines.take(screen):
            self._write(screen, self._painter.paint_lines(lines, self._cursor_on(screen)))

    def _cursor_on(self, screen: Screen[Any]) -> tuple[int, int]:
        return screen.outer_size.clamp_offset(self.cursor_position)

    def _write(self, screen: Screen[Any], text: str) -> None:
        if text:
            assert self._driver is not None
            begin, end = _SYNC if self._sync_available else ("", "")
            self._driver.write(f"{begin}{text}{end}")
        self.painted(screen, self._painter.shown)

    def painted(self, screen: Screen[Any], rows: Sequence[Row]) -> None:
        """Called with what the terminal shows of a screen."""
