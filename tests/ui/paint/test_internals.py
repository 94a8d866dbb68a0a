"""The places of Textual that have no public name and are relied on: this fails when they change."""

from __future__ import annotations

import inspect
from typing import Any

import textual
from rich.style import Style
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.app import App, ComposeResult
from textual.drivers.linux_driver import LinuxDriver
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Label
from typing_extensions import override

from vhtui.ui.paint.abilities import Abilities
from vhtui.ui.paint.painter import Painter


class TwoLabels(App[None]):
    @override
    def compose(self) -> ComposeResult:
        yield Label("one")
        yield Label("two", id="two")


def test_this_was_written_for_this_textual() -> None:
    assert textual.__version__ == "8.2.8"


def test_the_app_displays_through_one_method() -> None:
    assert list(inspect.signature(App._display).parameters) == ["self", "screen", "renderable"]
    source = inspect.getsource(App._display)
    for name in ("_running", "_closed", "_batch_count", "_driver", "cursor_position"):
        assert f"self.{name}" in source
    assert "post_display_hook" in source
    assert "_sync_available" in inspect.getsource(App._begin_update)
    assert "app._display" in inspect.getsource(Screen._compositor_refresh)


def test_the_driver_asks_for_the_alternate_screen_in_a_write_of_its_own() -> None:
    source = inspect.getsource(LinuxDriver.start_application_mode)
    assert 'self.write("\\x1b[?1049h")' in source
    assert "self.attrs_before = termios.tcgetattr" in source
    assert "TCSAFLUSH" not in source  # what was typed before must not be thrown away
    assert "self.attrs_before" in inspect.getsource(LinuxDriver.stop_application_mode)


def test_a_style_has_its_codes() -> None:
    from rich.color import ColorSystem

    codes = Strip.render_ansi(Style.parse("bold red on default"), ColorSystem.TRUECOLOR)
    assert codes == "1;31;49"


async def test_updates_have_the_strips_of_their_lines() -> None:
    app = TwoLabels()
    async with app.run_test(size=(20, 5)):
        compositor: Compositor = app.screen._compositor
        whole: Any = compositor.render_full_update()
        assert isinstance(whole, LayoutUpdate)
        painter = Painter(Abilities())
        painter.paint(whole, (0, 0))
        assert painter.size == (20, 5)
        assert [_text(row) for row in painter.shown][:3] == ["one", "two", ""]

        app.query_one("#two", Label).update("2nd")
        compositor.update_widgets({app.query_one("#two")})
        part = compositor.render_partial_update()
        assert isinstance(part, ChopsUpdate)
        assert "2nd" in painter.paint(part, (0, 0))
        assert [_text(row) for row in painter.shown][:3] == ["one", "2nd", ""]


def _text(row: list[tuple[str, str]]) -> str:
    return "".join(text for text, _ in row).rstrip()
