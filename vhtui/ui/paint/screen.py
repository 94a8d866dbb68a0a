"""A screen that is not drawn while the first frame stands, and begins with the classes of its size.

Textual 8.2.8 draws a screen after every step of its making, and applies all styles again when its
size becomes known.
"""

from __future__ import annotations

from typing import Any

from textual.screen import Screen, ScreenResultType
from typing_extensions import override

from vhtui.ui.paint.app import PaintedApp


class PaintedScreen(Screen[ScreenResultType]):
    """A screen of a ``PaintedApp``."""

    def size_classes(self, app: PaintedApp[Any]) -> None:
        """Take on the classes of the app's size, before the screen is shown."""
        width, height = app.size
        classes = self._get_breakpoint_classes(width, list(app.HORIZONTAL_BREAKPOINTS or ()))
        classes |= self._get_breakpoint_classes(height, list(app.VERTICAL_BREAKPOINTS or ()))
        self.update_classes(dict.fromkeys(classes, True), update=False)

    @override
    def _compositor_refresh(self) -> None:
        app = self.app
        if not (isinstance(app, PaintedApp) and app.waits):
            super()._compositor_refresh()
