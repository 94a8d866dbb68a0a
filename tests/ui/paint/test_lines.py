"""Lines painted at once are those that Textual would have painted in its own turn."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from textual._compositor import LayoutUpdate
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static
from typing_extensions import override

from vhtui.ui.paint.abilities import Abilities
from vhtui.ui.paint.cells import Row
from vhtui.ui.paint.lines import Lines
from vhtui.ui.paint.painter import Painter
from vhtui.ui.widgets.details import Details
from vhtui.ui.widgets.row_table import Column, ListSource, RowTable


class Panes(App[None]):
    """A table with a border, details beside it, and something that can be laid over both."""

    CSS = """
    Screen { layers: base above; overflow: hidden; }
    RowTable { border-left: vkey red; }
    Details { width: 24; border-left: vkey blue; padding: 0 1; }
    #above { layer: above; dock: bottom; height: 3; display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.theme = "ansi-dark"
        name: Column[int] = Column("name", "Name", lambda row: f"Film 日本 {row}", worth=100)
        size: Column[int] = Column("size", "Size", lambda row: str(row * row), width=8)
        self.table = RowTable([name, size])
        self.details = Details()
        self.above = Static("above", id="above")
        self.lines = Lines()
        self.painter = Painter(Abilities(scrolls=True, erases=True))

    @override
    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self.table
            yield self.details
        yield self.above

    def show(self, *rows: int) -> None:
        self.table.show(ListSource(rows, key=lambda row: row))

    def describe(self) -> None:
        row = self.table.cursor_row
        self.details.show([("Film", f"number {row}"), ("Size", "large" if row else "")])

    def paint_at_once(self) -> int:
        """Paint what can be painted at once; return how many lines that were."""
        taken = self.lines.take(self.screen)
        if taken:
            self.painter.paint_lines(taken, (0, 0))
        return len(taken)

    def wanted(self) -> list[Row]:
        """What a repaint of the whole screen shows."""
        update = self.screen._compositor.render_full_update()
        assert isinstance(update, LayoutUpdate)
        fresh = Painter(Abilities())
        fresh.paint(update, (0, 0))
        return list(fresh.shown)

    def paint_all(self) -> None:
        update = self.screen._compositor.render_full_update()
        assert isinstance(update, LayoutUpdate)
        self.painter.paint(update, (0, 0))


STEPS: dict[str, Callable[[Panes], object]] = {
    "down": lambda app: app.table.move(1),
    "up": lambda app: app.table.move(-1),
    "page": lambda app: app.table.page(1),
    "page up": lambda app: app.table.page(-1, half=True),
    "end": lambda app: app.table.end(),
    "home": lambda app: app.table.home(),
    "mark": lambda app: app.table.toggle_mark(),
    "range": lambda app: app.table.start_range(),
    "fewer": lambda app: app.show(*range(0, 60, 4)),
    "more": lambda app: app.show(*range(60)),
    "none": lambda app: app.show(),
    "find": lambda app: setattr(app.table, "find_highlight", "film"),
    "details": lambda app: app.describe(),
}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=3), max_size=10))
async def test_they_are_those_of_a_whole_repaint(bursts: list[list[str]]) -> None:
    app = Panes()
    async with app.run_test(size=(70, 14)) as pilot:
        app.show(*range(60))
        await pilot.pause()
        app.paint_all()
        for burst in bursts:
            for step in burst:
                STEPS[step](app)
            app.paint_at_once()
            assert list(app.painter.shown) == app.wanted()


async def test_a_cursor_move_takes_few_lines_and_leaves_nothing_to_textual() -> None:
    app = Panes()
    async with app.run_test(size=(70, 14)) as pilot:
        app.show(*range(60))
        await pilot.pause()
        app.paint_all()
        app.table.move(1)
        assert app.paint_at_once() == 2
        assert app.paint_at_once() == 0
        await pilot.pause()
        assert app.screen._compositor.render_partial_update() is None


async def test_nothing_is_painted_through_what_lies_above() -> None:
    app = Panes()
    async with app.run_test(size=(70, 14)) as pilot:
        app.show(*range(60))
        app.above.display = True
        await pilot.pause()
        app.paint_all()
        app.table.move(1)
        assert app.paint_at_once() == 0
        app.above.display = False
        assert app.paint_at_once() == 0  # the screen is laid out anew
        await pilot.pause()
        app.paint_all()
        app.table.move(1)
        assert app.paint_at_once() == 2
        assert list(app.painter.shown) == app.wanted()
