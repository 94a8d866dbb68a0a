"""Tables as CSV, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from vhtui.text import clean_for_clipboard

Cell = str | int | float | None

_END = "\r\n"  # the characters that the csv module puts into quotes


def csv_lines(rows: Iterable[Sequence[Cell]], *, raw: bool = False) -> Iterator[str]:
    """Give rows as lines of CSV without their line ends; None is an empty cell.

    A text that a spreadsheet would take for a formula (it begins with ``=``, ``+``, ``-`` or
    ``@``) gets a ``'`` before it, and control characters are taken out. ``raw`` leaves texts as
    they are, for programs.
    """
    import csv
    from io import StringIO

    line = StringIO()
    write = csv.writer(line, lineterminator=_END).writerow
    for row in rows:
        line.seek(0)
        line.truncate()
        write(row if raw else [_guarded(cell) for cell in row])
        yield line.getvalue().removesuffix(_END)


def _guarded(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = clean_for_clipboard(cell, lines=False)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
