"""How a table's lines are laid out and drawn, and which cells of a line changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from vhtui.text import clean
from vhtui.ui.cells import cell_width, pad, steady
from vhtui.ui.widgets.row_source import Column, Row

StyleOf = Callable[..., Style]
"""Gives the style of one or more states: ``style("error", "cursor")``."""

NEVER_DROPPED = 100
GUTTER = 1


class Line(Struct, frozen=True):
    """One drawn line: what is written, and the pieces (one per column) to compare it by."""

    pieces: tuple[Segment, ...]
    widths: tuple[int, ...]
    strip: Strip


class Layout(Struct, Generic[Row], frozen=True):
    """The columns that fit into a width, with their own widths."""

    width: int
    columns: tuple[tuple[Column[Row], int], ...]
    ascii: bool = False

    @property
    def ellipsis(self) -> str:
        """What stands where a text was cut."""
        return "~" if self.ascii else "…"

    def gap(self, column: Column[Row]) -> str:
        """Return what stands between a column and the next."""
        return "" if column is self.columns[-1][0] else " "

    def column_at(self, x: int) -> Column[Row] | None:
        """Return the column at a cell of the line; a gap belongs to the column before it."""
        edge = GUTTER
        for column, width in self.columns:
            edge += width + 1
            if GUTTER <= x < edge:
                return column
        return None


def fit(columns: Sequence[Column[Row]], width: int, *, ascii: bool = False) -> Layout[Row]:
    """Choose the columns for a width: the least worth go until the name has its cells."""
    shown = list(columns)
    least = max((column.least for column in columns if column.width is None), default=0)
    while True:
        room = width - GUTTER - sum(column.width or 0 for column in shown) - (len(shown) - 1)
        droppable = [
            (column.worth, -index)
            for index, column in enumerate(shown)
            if column.width is not None and column.worth < NEVER_DROPPED
        ]
        if room >= least or not droppable:
            break
        del shown[-min(droppable)[1]]
    widths = ((column, column.width) for column in shown)
    rest = max(room, 0)
    return Layout(
        width, tuple((column, rest if own is None else own) for column, own in widths), ascii
    )


def draw_header(layout: Layout[Row], sort: str | None, reverse: bool, style: StyleOf) -> Line:
    """Draw the line of labels, with an arrow at the sorted column."""
    arrows = "^v" if layout.ascii else "▲▼"
    look = style("header")
    texts = [" " * GUTTER]
    for column, width in layout.columns:
        label = safe(column.label)
        if column.id == sort:
            label = pad(label, min(cell_width(label), width - 2)) + " " + arrows[reverse]
        texts.append(pad(label, width, column.align, layout.ellipsis) + layout.gap(column))
    return _line([Segment(text, look) for text in texts], layout, look)


def draw_row(
    layout: Layout[Row],
    row: Row | None,
    style: StyleOf,
    *,
    cursor: bool = False,
    marked: bool = False,
    needle: str = "",
) -> Line:
    """Draw one row; None (it vanished since the listing was read) is an empty one."""
    flags = (*(("marked",) if marked else ()), *(("cursor",) if cursor else ()))
    look = style(*flags)
    sign = " "
    if marked:
        sign = "*" if layout.ascii else "▌"
    elif cursor:
        sign = ">"
    pieces = [Segment(sign, look)]
    for column, width in layout.columns:
        text = "" if row is None else safe(column.render(row))
        cell = pad(text, width, column.align, layout.ellipsis) + layout.gap(column)
        state = "" if row is None or column.style is None else column.style(row)
        own = style(state, *flags) if state else look
        if needle and column.width is None and (spans := found_in(cell, needle)):
            pieces += _highlighted(cell, spans, own, style(*flags, "match"))
        else:
            pieces.append(Segment(cell, own))
    return _line(pieces, layout, look)


def draw_text(text: str, width: int, style: Style) -> Line:
    """Draw one line of words in the middle."""
    words = pad(safe(text), min(width, cell_width(safe(text))))
    left = (width - cell_width(words)) // 2
    pieces = [Segment(pad(" " * left + words, width), style)]
    return Line(tuple(pieces), (width,), Strip(pieces, width))


def changed_span(old: Line, new: Line) -> tuple[int, int] | None:
    """Return the first and the last + 1 cell in which two lines differ; None: they are equal."""
    if old.widths != new.widths:
        return 0, max(sum(old.widths), sum(new.widths))
    pairs = list(zip(old.pieces, new.pieces, strict=True))
    changed = [index for index, (was, now) in enumerate(pairs) if was != now]
    if not changed:
        return None
    start = sum(new.widths[: changed[0]])
    stop = sum(new.widths[: changed[-1] + 1])
    was, now = pairs[changed[0]]
    if was.style == now.style and was.text.isascii() and now.text.isascii():
        start += _common(was.text, now.text)
    was, now = pairs[changed[-1]]
    if was.style == now.style and was.text.isascii() and now.text.isascii():
        stop -= _common(was.text[::-1], now.text[::-1])
    return start, stop


def found_in(text: str, needle: str) -> list[tuple[int, int]]:
    """Return where a casefolded needle stands in a text, as (start, stop) of characters."""
    folded: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        fold = char.casefold()
        folded.append(fold)
        origin += [index] * len(fold)
    whole = "".join(folded)
    spans: list[tuple[int, int]] = []
    at = whole.find(needle)
    while at >= 0:
        spans.append((origin[at], origin[at + len(needle) - 1] + 1))
        at = whole.find(needle, at + len(needle))
    return spans


def safe(text: str) -> str:
    """Return a text that does nothing but appear, in widths every terminal agrees about."""
    return steady(text if text.isprintable() else clean(text))


def _highlighted(
    cell: str, spans: list[tuple[int, int]], look: Style, match: Style
) -> list[Segment]:
    pieces: list[Segment] = []
    done = 0
    for start, stop in spans:
        if start > done:
            pieces.append(Segment(cell[done:start], look))
        if stop > max(start, done):
            pieces.append(Segment(cell[max(start, done) : stop], look + match))
        done = max(done, stop)
    pieces.append(Segment(cell[done:], look))
    return pieces


def _line(pieces: list[Segment], layout: Layout[Row], look: Style) -> Line:
    widths = tuple(cell_width(piece.text) for piece in pieces)
    strip = Strip(pieces, sum(widths)).simplify().adjust_cell_length(layout.width, look)
    return Line(tuple(pieces), widths, strip)


def _common(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))
