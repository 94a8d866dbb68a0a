"""Moving the cursor and marking rows: the same in every panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from vhtui.query import parse
from vhtui.text import plural
from vhtui.ui.screens.handlers import does
from vhtui.ui.widgets.row_cursor import RowCursor
from vhtui.ui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen


class Cursor:
    """Moves the cursor of the rows that have the keyboard."""

    def __init__(self, find_rows: Callable[[], RowCursor[Any]]) -> None:
        """Act on the rows that ``find_rows`` returns."""
        self._find_rows = find_rows

    @property
    def _rows(self) -> RowCursor[Any]:
        return self._find_rows()

    @does("cursor.down")
    def down(self) -> None:
        """Move one row down."""
        self._rows.move(1)

    @does("cursor.up")
    def up(self) -> None:
        """Move one row up."""
        self._rows.move(-1)

    @does("cursor.half_down")
    def half_down(self) -> None:
        """Move half a page down."""
        self._rows.page(1, half=True)

    @does("cursor.half_up")
    def half_up(self) -> None:
        """Move half a page up."""
        self._rows.page(-1, half=True)

    @does("cursor.page_down")
    def page_down(self) -> None:
        """Move a page down."""
        self._rows.page(1)

    @does("cursor.page_up")
    def page_up(self) -> None:
        """Move a page up."""
        self._rows.page(-1)

    @does("cursor.top")
    def top(self) -> None:
        """Go to the first row."""
        self._rows.home()

    @does("cursor.bottom")
    def bottom(self) -> None:
        """Go to the last row."""
        self._rows.end()


class Branches:
    """Opens and closes the branches of the folder tree."""

    def __init__(self, screen: MainScreen) -> None:
        """Act on a screen."""
        self.screen = screen

    @does("tree.show")
    def show_folder(self) -> None:
        """Show the files of the tree's folder."""
        self.screen.folder_tree.open()

    @does("tree.open")
    def open_branch(self) -> None:
        """Open the branch under the cursor of the tree."""
        self.screen.folder_tree.open_branch()

    @does("tree.close")
    def close_branch(self) -> None:
        """Close the branch under the cursor of the tree."""
        self.screen.folder_tree.close_branch()


class Marking:
    """Marks rows of the panel that is shown."""

    def __init__(self, screen: MainScreen) -> None:
        """Act on a screen."""
        self.screen = screen

    @property
    def _table(self) -> RowTable[Any]:
        return self.screen.panel.table

    @does("mark.toggle")
    def toggle(self) -> None:
        """Mark or unmark the row and step down."""
        self._table.toggle_mark(step=True)

    @does("mark.range")
    def draw_range(self) -> None:
        """Start a range, or end it and keep its rows marked."""
        if self._table.has_range:
            self._table.end_range()
        else:
            self._table.start_range()

    @does("mark.all")
    def all(self) -> None:
        """Mark all that is shown."""
        self._table.mark_all()

    @does("mark.invert")
    def invert(self) -> None:
        """Invert the marks."""
        self._table.invert_marks()

    @does("mark.add")
    async def add(self) -> None:
        """Mark what a query finds."""
        await self._by_query("Mark", on=True)

    @does("mark.remove")
    async def remove(self) -> None:
        """Unmark what a query finds."""
        await self._by_query("Unmark", on=False)

    async def _by_query(self, label: str, *, on: bool) -> None:
        panel = self.screen.panel
        text = await self.screen.ask(
            label, check=parse, on_change=parse, suggester=panel.completer()
        )
        if text and text.strip():
            await self.mark_found(text, on=on)

    async def mark_found(self, text: str, *, on: bool) -> None:
        """Mark or unmark what a query finds among the rows."""
        panel = self.screen.panel
        source = panel.table.source
        keys = [source.key_at(at) for at in await panel.matches(text)]
        panel.table.mark(keys, on)
        verb = "Marked" if on else "Unmarked"
        self.screen.say(f"{verb} {plural(len(keys), 'row')}")
