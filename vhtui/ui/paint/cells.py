"""A screen as rows of cells, and the runs of cells in which two rows differ.

Everything here is plain Python without imports that take time: the first frame is made of it
before Textual is loaded.
"""

from __future__ import annotations

from operator import itemgetter

Cell = tuple[str, str]
"""What stands in one column, and its pen: the parameters of SGR, such as "1;34"; "" is none.

The right half of a wide character is "". A blank has only what of its pen can be seen.
"""

Row = list[Cell]
Run = tuple[int, int]

BLANK: Cell = (" ", "")

_LEAST_GAP = 5
"""Unchanged cells that are cheaper to leave out, by a movement of the cursor, than to repeat."""

_UNSEEN_ON_BLANK = {"1", "2", "3", "5", "6", "8", "38", "39"} | {
    str(code) for code in (*range(30, 38), *range(90, 98))
}

_NARROW = ((0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x2FF), (0x370, 0x482), (0x2010, 0x2027),
           (0x2190, 0x2193), (0x2500, 0x25FC), (0x2800, 0x28FF))  # fmt: skip
NARROW = frozenset(chr(point) for low, high in _NARROW for point in range(low, high + 1))
"""Characters that take one cell in every terminal."""

_WIDE = ((0x3041, 0x3096), (0x30A1, 0x30FA), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
         (0xFF01, 0xFF60))  # fmt: skip

_PENS_KEPT = 256

_blank_pens: dict[str, str] = {"": ""}
_cells: dict[str, _PenCells] = {}
_text = itemgetter(0)


def blank_row(width: int) -> Row:
    """Return an empty row."""
    return [BLANK] * width


def plain_pen(pen: str) -> str:
    """Return a pen without the default colours: no pen has them too."""
    return ";".join(
        code for codes in _groups(pen) if codes not in (["39"], ["49"]) for code in codes
    )


def blank_pen(pen: str) -> str:
    """Return what of a pen can be seen on a blank: its background and its lines."""
    found = _blank_pens.get(pen)
    if found is None:
        groups = _groups(pen)
        if ["7"] not in groups:  # else the foreground is what is seen
            groups = [codes for codes in groups if codes[0] not in _UNSEEN_ON_BLANK]
        found = _blank_pens[pen] = ";".join(code for codes in groups for code in codes)
    return found


def _groups(pen: str) -> list[list[str]]:
    """Split a pen into its attributes: a colour by number has three codes, by value five."""
    groups: list[list[str]] = []
    rest = iter(pen.split(";") if pen else ())
    for code in rest:
        codes = [code]
        if code in ("38", "48"):
            kind = next(rest, "")
            codes += [kind, *(next(rest, "") for _ in range(1 if kind == "5" else 3))]
        groups.append(codes)
    return groups


class _PenCells(dict[str, Cell]):
    """The cells of a pen by their characters, each made once: most comparisons find the same."""

    def __init__(self, pen: str) -> None:
        super().__init__({" ": (" ", blank_pen(pen)) if pen else BLANK})
        self._pen = pen

    def __missing__(self, char: str) -> Cell:
        cell = self[char] = (char, self._pen)
        return cell


def cells_of(text: str, pen: str) -> Row:
    """Return the cells of a text in which every character takes one cell."""
    cells = _cells.get(pen)
    if cells is None:
        if len(_cells) >= _PENS_KEPT:
            _cells.clear()
        cells = _cells[pen] = _PenCells(pen)
    return [cells[char] for char in text]


def text_of(row: Row) -> str:
    """Return what is written in a row."""
    return "".join(map(_text, row))


def is_steady(row: Row) -> bool:
    """Whether all terminals agree about the width of every character of a row."""
    if NARROW.issuperset(map(_text, row)):
        return True
    return all(_is_wide(text) for text in set(map(_text, row)) - NARROW)


def _is_wide(text: str) -> bool:
    """Whether this is one of the characters that take two cells everywhere, or its right half."""
    return not text or (len(text) == 1 and any(low <= ord(text) <= high for low, high in _WIDE))


def changed_runs(old: Row, new: Row) -> list[Run]:
    """Return the runs of cells, as (start, stop), to write so that ``old`` becomes ``new``.

    No run parts a wide character, old or new. Where a terminal may draw a character in another
    width than expected, the whole row is one run.
    """
    if old == new:
        return []
    if not (is_steady(old) and is_steady(new)):
        return [(0, len(new))]
    runs: list[Run] = []
    start = stop = -1
    for x, (was, now) in enumerate(zip(old, new, strict=True)):
        if was is now or was == now:
            continue
        if stop >= 0 and x - stop >= _LEAST_GAP:
            runs.append((start, stop))
            start = x
        elif start < 0:
            start = x
        stop = x + 1
    runs.append((start, stop))
    return [_whole(old, new, run) for run in runs]


def _whole(old: Row, new: Row, run: Run) -> Run:
    """Widen a run to the edges of the wide characters it touches."""
    start, stop = run
    while start > 0 and (old[start][0] == "" or new[start][0] == ""):
        start -= 1
    while stop < len(new) and (old[stop][0] == "" or new[stop][0] == ""):
        stop += 1
    return start, stop
