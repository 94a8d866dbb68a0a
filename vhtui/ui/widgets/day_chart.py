"""A chart of days in text: a bar a day, or a line of small bars for each of several series."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from typing_extensions import override

from vhtui.ui.cells import cell_width, is_ascii, pad
from vhtui.ui.widgets.text_lines import Phrase, TextLines, Words

_BLOCKS = " ▁▂▃▄▅▆▇█"
_ASCII_BLOCKS = " .:#"
_ASCII_LEVELS = " .:-=+*#"
_SCALE_CELLS = 10
_WIDEST_DAY = 4
_LONGEST_NAME = 16


class Series(Struct, frozen=True):
    """Values by day, oldest first, under a name; ``total`` is their sum in words."""

    name: str
    values: tuple[float, ...]
    total: str


class DayChart(TextLines):
    """Lines of facts, then bars: high ones for one series, a line for each of several.

    The days that there is no room for are left out, the oldest first.
    """

    DEFAULT_CSS = """
    DayChart { height: auto; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._facts: tuple[str, ...] = ()
        self._heading = ""
        self._dates: tuple[str, ...] = ()
        self._series: tuple[Series, ...] = ()
        self._words: Callable[[float], str] = str
        self._rows = 5

    def set_rows(self, rows: int) -> None:
        """Make the bars so many rows high; with 0 rows nothing at all is shown."""
        if rows != self._rows:
            self._rows = rows
            self.repaint()

    def show(
        self,
        facts: Sequence[str],
        heading: str,
        dates: Sequence[str],
        series: Sequence[Series],
        words: Callable[[float], str],
    ) -> None:
        """Show facts and series; ``words`` writes a value at the scale."""
        self._facts, self._heading = tuple(facts), heading
        self._dates, self._series, self._words = tuple(dates), tuple(series), words
        self.repaint()

    @override
    def phrases(self, width: int) -> Sequence[Phrase]:
        if not self._rows:
            return ()
        lines = [Phrase((Words(fact, elastic=True),)) for fact in self._facts]
        if self._dates:
            lines.append(Phrase((Words(self._heading, "strong", elastic=True),)))
            draw = self._bars if len(self._series) == 1 else self._lines
            lines += draw(width)
        return lines

    def _bars(self, width: int) -> list[Phrase]:
        values, slot = _fitting(self._series[0].values, width - _SCALE_CELLS)
        most = max(values, default=0.0)
        blocks = _ASCII_BLOCKS if is_ascii(self) else _BLOCKS
        heights = [_height(value, most, self._rows * (len(blocks) - 1)) for value in values]
        lines = []
        for row in reversed(range(self._rows)):
            full = len(blocks) - 1
            levels = (min(max(height - row * full, 0), full) for height in heights)
            bars = "".join(blocks[level] * (slot - 1) + " " for level in levels)
            scale = most if row == self._rows - 1 else most / 2 if row * 2 == self._rows else None
            label = "" if scale is None else self._words(scale)
            lines.append(
                Phrase((Words(pad(label, _SCALE_CELLS - 1, "right") + " ", "muted"),
                        Words(bars, "key")))
            )  # fmt: skip
        return [*lines, self._axis(len(values), slot, _SCALE_CELLS)]

    def _lines(self, width: int) -> list[Phrase]:
        names = min(_LONGEST_NAME, max(cell_width(each.name) for each in self._series)) + 1
        totals = max(cell_width(each.total) for each in self._series) + 1
        blocks = _ASCII_LEVELS if is_ascii(self) else _BLOCKS
        most = max((value for each in self._series for value in each.values), default=0.0)
        lines: list[Phrase] = []
        count, slot = 0, 2
        for each in self._series:
            values, slot = _fitting(each.values, width - names - totals)
            count = len(values)
            levels = (_height(value, most, len(blocks) - 1) for value in values)
            bars = "".join(blocks[level] * (slot - 1) + " " for level in levels)
            words = Words(pad(each.name, names)), Words(bars, "key"), Words(each.total)
            lines.append(Phrase(words))
        return [*lines, self._axis(count, slot, names)]

    def _axis(self, count: int, slot: int, indent: int) -> Phrase:
        shown = self._dates[len(self._dates) - count :]
        first, last = shown[0], shown[-1]
        room = max(count * slot - 1 - len(last), 0)
        dates = f"{first:<{room}}{last}" if room > len(first) else last
        return Phrase((Words(" " * indent + dates, "muted"),))


def _fitting(values: Sequence[float], room: int) -> tuple[Sequence[float], int]:
    """Return the newest values that there is room for, and the cells that each takes."""
    count = max(1, min(len(values), room // 2))
    return values[len(values) - count :], max(2, min(_WIDEST_DAY, room // count))


def _height(value: float, most: float, full: int) -> int:
    """Return how high a bar is of ``full`` steps; what is not nothing has one at least."""
    if value <= 0 or most <= 0:
        return 0
    return max(1, round(value / most * full))
