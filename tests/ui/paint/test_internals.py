"""The places of Textual that have no public name and are relied on: this fails when they change."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

import textual
from rich.style import Style
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.app import App, ComposeResult
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Label
from typing_extensions import override

from vhtui.ui.paint.abilities import Abilities
from vhtui.ui.paint.looks import component_look
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


class Ruled(Widget):
    """A widget that declares its component class, as Textual would have it."""

    DEFAULT_CSS = """
    Ruled { color: white; background: blue; }
    Ruled > .ruled--line { color: red; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"ruled--line"}


class Unruled(Widget):
    """A widget that looks the same, and declares no component class."""

    DEFAULT_CSS = Ruled.DEFAULT_CSS.replace("Ruled", "Unruled")


async def test_a_look_is_the_style_of_the_component_class() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        ruled, unruled = Ruled(), Unruled()
        await app.mount(ruled, unruled)
        await pilot.pause()
        for partial in (False, True):
            wanted = ruled.get_component_rich_style("ruled--line", partial=partial)
            assert component_look(unruled, "ruled--line", partial=partial) == wanted


async def test_a_widget_keeps_what_is_to_be_painted_of_it() -> None:
    app = TwoLabels()
    async with app.run_test(size=(20, 5)) as pilot:
        await pilot.pause()
        label = app.query_one("#two", Label)
        assert not label._repaint_required
        assert not label._repaint_regions
        label.refresh(Region(0, 0, 2, 1))
        assert label._repaint_required
        assert label._repaint_regions == {Region(0, 0, 2, 1)}
        assert label in app.screen._compositor.visible_widgets
        assert "self._repaint_required" in inspect.getsource(Widget._check_refresh)


def test_a_screen_is_drawn_in_one_place() -> None:
    source = inspect.getsource(Screen)
    drawn = ("_compositor.render_update", "_compositor.render_inline")
    assert all(source.count(name) == 1 for name in drawn)
    assert all(name in inspect.getsource(Screen._compositor_refresh) for name in drawn)
    assert "update_classes(breakpoints" in inspect.getsource(Screen._on_resize)


def test_the_driver_gives_messages_to_the_app_and_no_more() -> None:
    assert "self._app._post_message(message)" in inspect.getsource(Driver.send_message)
    assert "return self.post_message(message)" in inspect.getsource(App._post_message)
