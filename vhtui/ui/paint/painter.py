"""What Textual wants on screen, turned into what the terminal has to be told.

This relies on how Textual 8.2.8 hands its updates over: a ``LayoutUpdate`` has the strips of every
line, a ``ChopsUpdate`` those of some (its ``chops`` by line and column). See ``app.py`` for the
place where they are taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.color import ColorSystem
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.strip import Strip

from vhtui.ui.paint.abilities import Abilities
from vhtui.ui.paint.cells import BLANK, NARROW, Row, cells_of, plain_pen
from vhtui.ui.paint.lines import PlacedLine
from vhtui.ui.paint.scroll import find_scroll
from vhtui.ui.paint.wide import wide_cells
from vhtui.ui.paint.writer import Writer

_PENS_KEPT = 4096
_STRIPS_KEPT = 512
_UNKNOWN = ("\0", "")


class Painter:
    """Remembers what the terminal shows, and writes what is different."""

    def __init__(
        self,
        abilities: Abilities,
        rows: Sequence[Row] | None = None,
        colours: ColorSystem | None = None,
    ) -> None:
        """Write for a terminal that shows ``rows``; None: nothing is known of it."""
        self._abilities = abilities
        self._shown: list[Row] | None = list(rows) if rows else None
        self._colours = colours or ColorSystem.TRUECOLOR
        self._pens: dict[Style, str] = {}
        self._kept: dict[int, tuple[Strip, Row]] = {}

    @property
    def shown(self) -> Sequence[Row]:
        """The rows that the terminal shows; none while that is not known."""
        return self._shown or ()

    @property
    def size(self) -> tuple[int, int]:
        """The columns and lines of what the terminal shows; (0, 0) while that is not known."""
        return (len(self._shown[0]), len(self._shown)) if self._shown else (0, 0)

    @property
    def is_lost(self) -> bool:
        """Whether it is not known what the terminal shows: only a whole screen can be painted."""
        return self._shown is None

    def forget(self) -> None:
        """Assume nothing about the terminal: somebody else wrote to it, or its size changed."""
        self._shown = None

    def paint(self, update: LayoutUpdate | ChopsUpdate, cursor: tuple[int, int]) -> str:
        """Return what shows an update; "" when it is on screen already.

        ``cursor`` is the column and line where the cursor is left, hidden.
        """
        new = self._whole(update) if isinstance(update, LayoutUpdate) else self._changed(update)
        return self._turn(new, cursor)

    def paint_lines(self, lines: Iterable[PlacedLine], cursor: tuple[int, int]) -> str:
        """Return what shows some lines where the rest of the screen stays; as ``paint``."""
        assert self._shown is not None
        rows = self._shown.copy()
        for x, y, strip in lines:
            cells = self._cells(strip)
            rows[y] = [*rows[y][:x], *cells, *rows[y][x + len(cells) :]]
        return self._turn(rows, cursor)

    def _turn(self, new: list[Row], cursor: tuple[int, int]) -> str:
        old = self._shown
        writer = Writer(len(new[0]), erases=self._abilities.erases)
        if old is None or (len(old), len(old[0])) != (len(new), len(new[0])):
            writer.raw("\x1b[m")
            old = [[_UNKNOWN] * len(new[0])] * len(new)
        elif old == new:
            return ""
        elif self._abilities.scrolls and (scroll := find_scroll(old, new)):
            writer.raw(scroll.sequence())
            old = scroll.apply(old)
        for y, (was, now) in enumerate(zip(old, new, strict=True)):
            if was is not now:
                writer.turn(y, was, now)
        writer.park(cursor[1], cursor[0])
        self._shown = new
        return writer.finish()

    # -- what Textual wants -----------------------------------------------------------------------

    def _whole(self, update: LayoutUpdate) -> list[Row]:
        width = update.region.width
        return [_fitted(self._row(strips), width) for strips in update.strips]

    def _changed(self, update: ChopsUpdate) -> list[Row]:
        assert self._shown is not None
        rows = self._shown.copy()
        for y, start, stop in update.spans:
            row = rows[y].copy()
            for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is not None and x < stop and end > start:
                    row[x:end] = _fitted(self._row([strip]), end - x)
            rows[y] = row
        return rows

    def _cells(self, strip: Strip) -> Row:
        """Return the cells of a strip; strips are kept for when they come again."""
        kept = self._kept.get(id(strip))
        if kept is None:
            if len(self._kept) >= _STRIPS_KEPT:
                self._kept.clear()
            kept = self._kept[id(strip)] = (
                strip,
                _fitted(self._row([strip]), strip.cell_length),
            )
        return kept[1]

    def _row(self, strips: Iterable[Strip]) -> Row:
        row: Row = []
        for strip in strips:
            for text, style, control in strip:
                if control:
                    continue
                pen = self.pen(style) if style else ""
                if NARROW.issuperset(text):
                    row += cells_of(text, pen)
                else:
                    row += wide_cells(text, pen)
        return row

    def pen(self, style: Style) -> str:
        """Return the pen of a style."""
        pen = self._pens.get(style)
        if pen is None:
            if len(self._pens) >= _PENS_KEPT:
                self._pens.clear()
            pen = self._pens[style] = plain_pen(Strip.render_ansi(style, self._colours))
        return pen


def _fitted(row: Row, width: int) -> Row:
    """Return a row of exactly ``width`` cells."""
    if len(row) == width:
        return row
    return [*row[:width], *[BLANK] * (width - len(row))]
