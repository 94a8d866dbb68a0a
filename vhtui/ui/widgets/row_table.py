"""A table of any number of rows, of which only those on screen are ever read and drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from textual import events
from textual.message import Message
from typing_extensions import override

from vhtui.ui.widgets.row_cursor import RowCursor
from vhtui.ui.widgets.row_source import Column, Key, ListSource, Row, RowSource

__all__ = ["Column", "Key", "ListSource", "Row", "RowSource", "RowTable"]


class RowTable(RowCursor[Row], can_focus=True):
    """Rows of a source under a line of labels, with a cursor and marks that belong to keys.

    It has no keys of its own: the screen calls its methods. A row is drawn when it comes on
    screen, and only cells that changed are painted again. On a screen with the class ``-ascii``
    it draws nothing but ASCII.
    """

    class _Event(Message):
        """Something that happened in a table."""

        def __init__(self, table: RowTable[Any]) -> None:
            super().__init__()
            self.table = table

        @property
        @override
        def control(self) -> RowTable[Any]:
            return self.table

    class CursorMoved(_Event):
        """The cursor is on another row now; ``key`` is None when there are no rows."""

        def __init__(self, table: RowTable[Any], key: Key | None) -> None:
            super().__init__(table)
            self.key = key

        @override
        def can_replace(self, message: Message) -> bool:
            return isinstance(message, RowTable.CursorMoved) and message.table is self.table

    class Opened(_Event):
        """A row was double-clicked, or opened by a key."""

        def __init__(self, table: RowTable[Any], key: Key) -> None:
            super().__init__(table)
            self.key = key

    class MarksChanged(_Event):
        """Another number of rows, or other rows, count as marked."""

        def __init__(self, table: RowTable[Any], count: int) -> None:
            super().__init__(table)
            self.count = count

        @override
        def can_replace(self, message: Message) -> bool:
            return isinstance(message, RowTable.MarksChanged) and message.table is self.table

    class HeaderClicked(_Event):
        """A column's label was clicked."""

        def __init__(self, table: RowTable[Any], column_id: str) -> None:
            super().__init__(table)
            self.column_id = column_id

    @override
    def show(self, source: RowSource[Row], *, restart: bool = False) -> None:
        """Replace the rows; the cursor, the marks and the scrolling stay with their keys.

        Where the cursor's row is gone, the cursor goes to its nearest neighbour that is left.
        ``restart`` goes to the top and unmarks all: another folder is shown.
        """
        before = self._marks.count(self._source, self._cursor)
        if restart:
            self._marks.clear()
        else:
            if self._marks.anchor is not None:
                anchor_key = self._source.key_at(self._marks.anchor)
                self._marks.anchor = source.position(anchor_key)
            self._marks.follow(source)
        super().show(source, restart=restart)
        if self._marks.count(source, self._cursor) != before:
            self._tell_marks()

    @override
    def cursor_moved(self) -> None:
        self.post_message(self.CursorMoved(self, self.cursor_key))
        if self.has_range:
            self._tell_marks()

    @override
    def row_opened(self, key: Key) -> None:
        self.post_message(self.Opened(self, key))

    @override
    def label_clicked(self, column: Column[Row]) -> None:
        self.post_message(self.HeaderClicked(self, column.id))

    @override
    def row_clicked(self, position: int, x: int, event: events.Click) -> None:
        before = self.cursor
        super().row_clicked(position, x, event)
        if event.ctrl:
            self.toggle_mark(step=False)
        elif event.shift:
            span = range(min(before, position), max(before, position) + 1)
            self.mark([self._source.key_at(at) for at in span], True)
        elif event.chain == 2:
            self.open()

    # -- marks ------------------------------------------------------------------------------------

    @property
    def mark_count(self) -> int:
        """How many rows are marked, without the range being drawn."""
        return self._marks.shown

    @property
    def has_marks(self) -> bool:
        """Whether any row counts as marked, the range included."""
        return self.has_range or self._marks.shown > 0

    @property
    def has_range(self) -> bool:
        """Whether a range is being drawn."""
        return self._marks.anchor is not None

    def marked_keys(self) -> list[Key]:
        """Return the keys of the marked rows, the range included, from the top down."""
        return self._marks.in_order(self._source, self._cursor)

    def selected_keys(self) -> list[Key]:
        """Return what a command works on: the marked rows, or else the one under the cursor."""
        marked = self.marked_keys()
        if marked or (key := self.cursor_key) is None:
            return marked
        return [key]

    def toggle_mark(self, *, step: bool = True) -> None:
        """Mark or unmark the row under the cursor, and step to the next."""
        if (key := self.cursor_key) is None:
            return
        self.mark([key], key not in self._marks)
        if step:
            self.move(1)

    def start_range(self) -> None:
        """Begin a range at the cursor: all rows from here to the cursor count as marked."""
        if len(self._source):
            self._marks.anchor = self._cursor
            self._tell_marks()

    def end_range(self) -> None:
        """End the range: its rows are marked from now on."""
        span = self._marks.span(self._cursor)
        self._marks.anchor = None
        self._marks.put_span(self._source, span, True)
        self._tell_marks()

    def mark(self, keys: Iterable[Key], on: bool) -> None:
        """Mark or unmark rows by their keys; keys that are not shown are passed over."""
        position = self._source.position
        self._marks.put([key for key in keys if position(key) is not None], on)
        self._tell_marks()

    def mark_all(self) -> None:
        """Mark all rows."""
        self._marks.put_span(self._source, range(len(self._source)), True)
        self._tell_marks()

    def invert_marks(self) -> None:
        """Mark the rows that are not marked, and unmark the others."""
        self.end_range()
        self._marks.invert(self._source)
        self._tell_marks()

    def clear_marks(self) -> None:
        """Unmark all rows and drop the range."""
        self._marks.clear()
        self._tell_marks()

    def _tell_marks(self) -> None:
        self._repaint()
        self.post_message(self.MarksChanged(self, self._marks.count(self._source, self._cursor)))
