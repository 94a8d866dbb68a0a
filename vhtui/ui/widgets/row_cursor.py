"""A view of rows with a cursor that belongs to a key: what table and tree have in common."""

from __future__ import annotations

from textual import events
from textual.geometry import clamp

from vhtui.ui.widgets.row_source import Column, Key, Row, RowSource, positions_of
from vhtui.ui.widgets.row_view import RowView

_WHEEL_ROWS = 3
_NEIGHBOURS = 32


class RowCursor(RowView[Row]):
    """Moves a cursor over the rows of a source, and finds it again in the next source."""

    def show(self, source: RowSource[Row], *, restart: bool = False) -> None:
        """Replace the rows; the cursor and the scrolling stay with their keys.

        Where the cursor's row is gone, the cursor goes to its nearest neighbour that is left.
        ``restart`` goes to the top: another folder is shown.
        """
        before = self.cursor_key
        on_line = self._cursor - self._top
        if restart:
            self._cursor = on_line = 0
        else:
            self._cursor = self._found_cursor(source)
        self._source = source
        self._measure()
        self._forget_rows()
        self._scroll_rows(self._cursor - on_line)
        self._scroll_to_cursor()
        self._repaint()
        if self.cursor_key != before:
            self.cursor_moved()

    def _found_cursor(self, source: RowSource[Row]) -> int:
        """Return where the cursor's row, or its nearest neighbour, is in another source."""
        old, cursor = self._source, self._cursor
        if not len(old):
            return 0
        if (same := source.position(old.key_at(cursor))) is not None:
            return same
        span = range(max(0, cursor - _NEIGHBOURS), min(len(old), cursor + _NEIGHBOURS + 1))
        near = positions_of(source, {old.key_at(position) for position in span})
        for position in sorted(span, key=lambda position: (abs(position - cursor), -position)):
            if (found := near.get(old.key_at(position))) is not None:
                return found
        return clamp(cursor, 0, max(0, len(source) - 1))

    @property
    def source(self) -> RowSource[Row]:
        """The rows that are shown."""
        return self._source

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._source)

    # -- the cursor -------------------------------------------------------------------------------

    @property
    def cursor(self) -> int:
        """The position of the cursor; 0 when there are no rows."""
        return self._cursor

    @property
    def cursor_key(self) -> Key | None:
        """The key of the row under the cursor."""
        return self._source.key_at(self._cursor) if len(self._source) else None

    @property
    def cursor_row(self) -> Row | None:
        """The row under the cursor; None when there is none, or when it vanished meanwhile."""
        if not len(self._source):
            return None
        at = self._cursor - self._rows_start
        if 0 <= at < len(self._rows):
            return self._rows[at]
        return next(iter(self._source.window(self._cursor, self._cursor + 1)), None)

    @property
    def cursor_line(self) -> int:
        """How many rows are on screen above the cursor."""
        return self._cursor - self._top

    def move_to(self, position: int) -> None:
        """Put the cursor on a position, or on the nearest there is."""
        position = clamp(position, 0, max(0, len(self._source) - 1))
        if position == self._cursor:
            self._scroll_to_cursor()
            return
        before, top = self._cursor, self._top
        self._cursor = position
        self._scroll_to_cursor()
        lines = [at - top for at in (before, position)]
        are_shown = all(0 <= line < self._page_rows for line in lines)
        if self._top == top:  # else all was painted with the scrolling
            is_all = not are_shown or self._marks.anchor is not None
            self._repaint(None if is_all else [line + self._header_height for line in lines])
        self.cursor_moved()

    def move(self, delta: int) -> None:
        """Move the cursor by rows; up is negative."""
        self.move_to(self._cursor + delta)

    def page(self, direction: int, half: bool = False) -> None:
        """Move the cursor by a page, or by half of one; up is negative."""
        rows = self._page_rows // 2 if half else self._page_rows - 1
        self.move(direction * max(1, rows))

    def home(self) -> None:
        """Go to the first row."""
        self.move_to(0)

    def end(self) -> None:
        """Go to the last row."""
        self.move_to(len(self._source) - 1)

    def go_to(self, key: Key, *, line: int | None = None) -> bool:
        """Go to the row with a key, to have it on a line if so said; return whether it is there."""
        position = self._source.position(key)
        if position is not None:
            if line is not None:
                self._scroll_rows(position - line)
            self.move_to(position)
        return position is not None

    def open(self) -> None:
        """Open the row under the cursor."""
        if (key := self.cursor_key) is not None:
            self.row_opened(key)

    # -- the mouse --------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Tell which row or label was clicked."""
        offset = event.get_content_offset(self)
        if offset is None or not len(self._source):
            return
        event.stop()
        if offset.y < self._header_height:
            if (column := self._layout.column_at(offset.x)) is not None:
                self.label_clicked(column)
            return
        position = self._top + offset.y - self._header_height
        if position < len(self._source):
            self.row_clicked(position, offset.x, event)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll, and leave the cursor where it is."""
        self._wheel(event, _WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll, and leave the cursor where it is."""
        self._wheel(event, -_WHEEL_ROWS)

    def _wheel(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        event.prevent_default()
        self._scroll_rows(self._top + rows)

    # -- for the table and the tree ---------------------------------------------------------------

    def cursor_moved(self) -> None:
        """Tell that the cursor is on another row."""

    def row_opened(self, key: Key) -> None:
        """Tell that a row was opened."""

    def label_clicked(self, column: Column[Row]) -> None:
        """Tell that a column's label was clicked."""

    def row_clicked(self, position: int, x: int, event: events.Click) -> None:
        """Go to a row that was clicked."""
        self.move_to(position)
