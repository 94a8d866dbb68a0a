"""Cells of text in which a character may take two cells, or none."""

from __future__ import annotations

from rich.cells import split_graphemes

from vhtui.ui.paint.cells import Row, blank_pen

_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)))


def wide_cells(text: str, pen: str) -> Row:
    """Return the cells of any text: a mark stands with its letter; controls are left out."""
    text = text.translate(_CONTROLS)
    blank = (" ", blank_pen(pen))
    row: Row = []
    for start, stop, width in split_graphemes(text)[0]:
        cluster = text[start:stop]
        if width:
            row.append(blank if cluster == " " else (cluster, pen))
            row += [("", pen)] * (width - 1)
    return row
