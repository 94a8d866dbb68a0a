"""The drawing half of the table: a window of rows, the lines made of them, and what to repaint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Generic, NamedTuple

from rich.style import Style
from textual.geometry import Region, Size, clamp
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override

from vhtui.ui.cells import is_ascii
from vhtui.ui.paint.lines import LineWidget
from vhtui.ui.paint.looks import component_look, forget_looks
from vhtui.ui.widgets.row_lines import (
    Layout,
    Line,
    changed_span,
    draw_header,
    draw_row,
    draw_text,
    fit,
)
from vhtui.ui.widgets.row_marks import Marks
from vhtui.ui.widgets.row_source import Column, Key, ListSource, Row, RowSource

_SCROLL_OFF = 2
_HEIGHT_WITH_HEADER = 3
_LINES_KEPT = 2000


class _Frame(NamedTuple):
    """Where lines stand: the size, the labels' height, the first row, and the number of rows."""

    width: int
    height: int
    header: int
    top: int
    rows: int


class RowView(LineWidget, ScrollView, Generic[Row]):
    """Shows the part of a source that fits on screen, under a line of labels.

    It reads the rows on screen and a page on each side. A line is drawn once and kept; what was
    painted is remembered, so that only the cells that differ are painted again.
    """

    LOOKS: ClassVar[frozenset[str]] = frozenset(
        (
            *("header", "cursor", "marked", "match", "empty"),
            *("pending", "error", "warning", "good", "muted"),
        )
    )
    DEFAULT_CSS = """
    RowView {
        height: 1fr;
        color: $foreground;
        background: $background;
        overflow: hidden hidden;
        scrollbar-size: 0 0;
        & > .row-table--header { color: $primary; text-style: bold; }
        & > .row-table--cursor { text-style: bold; }
        &:focus > .row-table--cursor { text-style: reverse; }
        & > .row-table--marked { color: $accent; text-style: bold; }
        & > .row-table--match { text-style: bold underline; }
        & > .row-table--pending { color: $warning; }
        & > .row-table--warning { color: $warning; }
        & > .row-table--error { color: $error; }
        & > .row-table--good { color: $success; }
        & > .row-table--muted { color: $text-muted; }
        & > .row-table--empty { color: $text-muted; }
    }
    """
    ALLOW_SELECT = False
    HAS_HEADER: ClassVar[bool] = True

    def __init__(
        self, columns: Sequence[Column[Row]], *, id: str | None = None, empty: str = ""
    ) -> None:
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._source: RowSource[Row] = ListSource[Row]((), key=lambda row: row)
        self._marks = Marks()
        self._cursor = 0
        self._empty_words = empty
        self._sort: tuple[str | None, bool] = (None, False)
        self._needle = ""
        self._rows: list[Row | None] = []
        self._rows_start = 0
        self._fitted: Layout[Row] | None = None
        self._lines: dict[tuple[object, ...], Line] = {}
        self._painted: dict[int, Line] = {}
        self._looks: dict[tuple[str, ...], Style] = {}

    def reread(self) -> None:
        """Read the shown rows again (same keys, other contents); repaint the cells that changed."""
        self._forget_rows()
        self._repaint()

    def set_columns(self, columns: Sequence[Column[Row]]) -> None:
        """Show other columns of the same rows."""
        self._columns = tuple(columns)
        self._forget_layout()
        self._repaint()

    def set_empty(self, text: str) -> None:
        """Say what is shown in the middle while there are no rows."""
        self._empty_words = text
        self._lines.clear()
        self._repaint()

    def set_sort(self, column_id: str | None, reverse: bool) -> None:
        """Draw the arrow at a column's label."""
        self._sort = (column_id, reverse)
        self._lines.clear()
        self._repaint()

    @property
    def find_highlight(self) -> str:
        """The casefolded text that is highlighted in the name column; "" is none."""
        return self._needle

    @find_highlight.setter
    def find_highlight(self, needle: str) -> None:
        self._needle = needle
        self._lines.clear()
        self._repaint()

    # -- what is on screen -------------------------------------------------------------------------

    @property
    def body(self) -> Region:
        """Where on the screen the rows are, below the labels."""
        x, y, width, height = self.content_region
        return Region(x, y + self._header_height, width, height - self._header_height)

    @property
    def shown_keys(self) -> list[Key]:
        """The keys of the rows on screen."""
        stop = min(len(self._source), self._top + self._page_rows)
        return [self._source.key_at(position) for position in range(self._top, stop)]

    @property
    def shown_columns(self) -> Sequence[tuple[Column[Row], int]]:
        """The columns on screen, with their widths."""
        return self._layout.columns

    def look(self, *names: str) -> Style:
        """Return how a row in these states looks; the first over the others."""
        return self._look(*names)

    # -- what fits ---------------------------------------------------------------------------------

    @property
    def _header_height(self) -> int:
        return 1 if self.HAS_HEADER and self.size.height >= _HEIGHT_WITH_HEADER else 0

    @property
    def _page_rows(self) -> int:
        return max(1, self.size.height - self._header_height)

    @property
    def _top(self) -> int:
        """The position of the first row on screen."""
        return round(self.scroll_y)

    @property
    def _layout(self) -> Layout[Row]:
        if self._fitted is None:
            self._fitted = fit(self._columns, self.size.width, ascii=is_ascii(self))
        return self._fitted

    def _scroll_rows(self, top: int) -> None:
        """Show the rows from a position on, as far as there are enough."""
        top = clamp(top, 0, max(0, len(self._source) - self._page_rows))
        self.scroll_target_y = top
        self.scroll_y = top

    def _scroll_to_cursor(self) -> None:
        """Scroll no more than needed to have the cursor on screen, with some rows around it."""
        off = min(_SCROLL_OFF, (self._page_rows - 1) // 2)
        top = min(self._top, self._cursor - off)
        self._scroll_rows(max(top, self._cursor + off - self._page_rows + 1))

    def _measure(self) -> None:
        """Tell Textual how many lines there are, without the new layout it would make of it."""
        lines = len(self._source) + self._header_height
        self.set_reactive(Widget.virtual_size, Size(self.size.width, lines))

    def on_resize(self) -> None:
        """Fit the columns and the cursor into the new size."""
        self._measure()
        self._forget_layout()
        self._scroll_to_cursor()

    @override
    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        if round(old_value) != round(new_value):
            x, y, width, height = self.body.translate(-self.content_region.offset)
            self.refresh(Region(x, y, width, height))

    @override
    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._forget_layout()
        if self._looks:
            self._looks.clear()
            forget_looks(self)

    # -- lines ------------------------------------------------------------------------------------

    @override
    def strips(self, lines: range) -> list[Strip]:
        frame = self._frame()
        return [self._painted_line(y, frame) for y in lines]

    @override
    def render_line(self, y: int) -> Strip:
        return self._painted_line(y, self._frame())

    def _painted_line(self, y: int, frame: _Frame) -> Strip:
        line = self._line(y, frame)
        self._painted[y] = line
        return line.strip

    def _repaint(self, lines: Iterable[int] | None = None) -> None:
        """Ask for a repaint of what differs from what is painted.

        ``lines`` are those in which something can differ; None: any.
        """
        frame = self._frame()
        regions: list[Region] = []
        for y in range(frame.height) if lines is None else lines:
            painted = self._painted.get(y)
            if painted is None:
                regions.append(Region(0, y, frame.width, 1))
            elif (line := self._line(y, frame)) is not painted and (
                span := changed_span(painted, line)
            ):
                regions.append(Region(span[0], y, span[1] - span[0], 1))
        if regions:
            self.refresh(*regions)

    def _frame(self) -> _Frame:
        """Return what the lines on screen depend on, looked up once for all of them."""
        width, height = self.size
        return _Frame(width, height, self._header_height, self._top, len(self._source))

    def _line(self, y: int, frame: _Frame) -> Line:
        """Return what belongs on a line of the screen."""
        key = self._line_key(y, frame)
        if (line := self._lines.get(key)) is None:
            if len(self._lines) >= _LINES_KEPT:
                self._lines.clear()
            line = self._lines[key] = self._draw(y)
        return line

    def _line_key(self, y: int, frame: _Frame) -> tuple[object, ...]:
        if y < frame.header:
            return ("header",)
        if not frame.rows:
            return ("words", y)
        position = frame.top + y - frame.header
        if position >= frame.rows:
            return ("blank",)
        return (position, position == self._cursor, self._is_marked(position))

    def _draw(self, y: int) -> Line:
        layout = self._layout
        count = len(self._source)
        if y < self._header_height:
            return draw_header(layout, *self._sort, self._look)
        position = self._top + y - self._header_height
        if position >= count:
            return draw_text(self._words_at(y), layout.width, self._look("empty"))
        return draw_row(
            layout,
            self._row(position),
            self._look,
            cursor=position == self._cursor,
            marked=self._is_marked(position),
            needle=self._needle,
        )

    def _words_at(self, y: int) -> str:
        """Return what is said on a line of an empty table."""
        lines = self._empty_words.splitlines() if not len(self._source) else []
        at = y - max(0, self.size.height - len(lines)) // 2
        return lines[at] if 0 <= at < len(lines) else ""

    def _is_marked(self, position: int) -> bool:
        if position in self._marks.span(self._cursor):
            return True
        return self._marks.shown > 0 and self._source.key_at(position) in self._marks

    def _look(self, *names: str) -> Style:
        """Return the style of states: the first over the table's own, the others over it."""
        if (style := self._looks.get(names)) is None:
            known = [f"row-table--{name}" for name in names if name in self.LOOKS]
            style = component_look(self, known[0]) if known else self.rich_style
            for name in known[1:]:
                style += component_look(self, name, partial=True)
            self._looks[names] = style
        return style

    # -- rows -------------------------------------------------------------------------------------

    def _row(self, position: int) -> Row | None:
        """Return a row on screen; None if it vanished since the source was made."""
        if not 0 <= position - self._rows_start < len(self._rows):
            self._read_rows(position)
        return self._rows[position - self._rows_start]

    def _read_rows(self, position: int) -> None:
        """Read the rows on screen and a page on each side."""
        page = self._page_rows
        start = max(0, min(position, self._top) - page)
        stop = min(len(self._source), max(position + 1, self._top + 2 * page))
        rows: list[Row | None] = list(self._source.window(start, stop))
        if len(rows) != stop - start:
            rows = [next(iter(self._source.window(at, at + 1)), None) for at in range(start, stop)]
        self._rows = rows
        self._rows_start = start

    def _forget_rows(self) -> None:
        self._rows = []
        self._lines.clear()

    def _forget_layout(self) -> None:
        self._fitted = None
        self._lines.clear()
        self._painted.clear()
