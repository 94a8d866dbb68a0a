"""Moving the cursor and marking rows: the same in every panel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from vhtui.query import parse
from vhtui.text import plural
from vhtui.ui.screens.handlers import does
from vhtui.ui.widgets.row_cursor import RowCursor
from vhtui.ui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen


_AT_ONCE = 10_000
"""Rows marked between one key and the next (10 ms)."""


class Cursor:
    """Moves the cursor of the rows that have the keyboard."""

    def __init__(
        self,
        find_rows: Callable[[], RowCursor[Any]],
        when_counted: Callable[
            [Callable[[], None]], Coroutine[Any, Any, None] | None
        ] = lambda step: step(),
    ) -> None:
        """Act on the rows that ``find_rows`` returns; go to their end ``when_counted``."""
        self._find_rows = find_rows
        self._when_counted = when_counted

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
    def bottom(self) -> Coroutine[Any, Any, None] | None:
        """Go to the last row."""
        return self._when_counted(self._rows.end)


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
    def draw_range(self) -> Coroutine[Any, Any, None] | None:
        """Start a range, or end it and keep its rows marked."""
        table = self._table
        step = table.end_range if table.has_range else table.start_range
        return self.screen.panel.when_settled(step)

    @does("mark.all")
    def all(self) -> Coroutine[Any, Any, None] | None:
        """Mark all that is shown."""
        return self.screen.panel.when_settled(self._table.mark_all)

    @does("mark.invert")
    def invert(self) -> Coroutine[Any, Any, None] | None:
        """Invert the marks."""
        return self.screen.panel.when_settled(self._table.invert_marks)

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
        await panel.settle()
        source = panel.table.source
        found = await panel.matches(text)
        before = panel.table.mark_count
        for start in range(0, len(found), _AT_ONCE):
            part = found[start : start + _AT_ONCE]
            panel.table.mark(map(source.key_at, part), on)
            await asyncio.sleep(0)
        verb = "Marked" if on else "Unmarked"
        self.screen.say(f"{verb} {plural(abs(panel.table.mark_count - before), 'row')}")
