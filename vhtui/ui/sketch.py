"""What the screen looked like at the end of a session, as one text that the store keeps.

The first frame of the next session is drawn from it: what stands around the rows as it was, the
rows themselves from the store.
"""

from __future__ import annotations

from vhtui.ui.paint.cells import BLANK, Cell, Row, blank_pen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SETTING = "frame"
"""The name under which the store keeps it."""

_VERSION = "1"
_PEN, _TEXT, _RIGHT_HALF = "\x1e", "\x1f", "\x1d"

Column = tuple[str, int, str]
"""A column of the table: its id, its width and its side ("left" or "right")."""


class Sketch:
    """The screen's rows, where the table is on it, and what it showed.

    ``keys`` are those of the rows on screen: file rows by number, folders by id. ``pens`` says how
    rows look by their states: "", "cursor", "error", "error cursor" ...
    """

    def __init__(
        self,
        rows: Sequence[Row],
        *,
        account: str,
        folder: str,
        at: tuple[int, int],
        size: tuple[int, int],
        columns: Sequence[Column],
        pens: Mapping[str, str],
        keys: Sequence[int | str],
        cursor: int,
    ) -> None:
        """Keep where the rows below the labels are: their first column and line, and their size."""
        self.rows = rows
        self.account = account
        self.folder = folder
        self.at = at
        self.size = size
        self.columns = columns
        self.pens = pens
        self.keys = keys
        self.cursor = cursor

    def encode(self) -> str:
        """Return it as text."""
        numbers = (*self.at, *self.size, self.cursor)
        return "\n".join(
            (
                "\t".join((_VERSION, self.account, self.folder, *map(str, numbers))),
                "\t".join(f"{id}:{width}:{side}" for id, width, side in self.columns),
                "\t".join(f"{look}={pen}" for look, pen in self.pens.items()),
                "\t".join(f"{'f' if isinstance(key, int) else 'd'}{key}" for key in self.keys),
                *map(_encoded, self.rows),
            )
        )

    @classmethod
    def decode(cls, text: str) -> Sketch:
        """Read it; ValueError when it is not one."""
        head, columns, pens, keys, *rows = text.split("\n")
        version, account, folder, *rest = head.split("\t")
        if version != _VERSION:
            raise ValueError("a sketch of another version")
        x, y, width, height, cursor = map(int, rest)
        return cls(
            [_decoded(row) for row in rows],
            account=account,
            folder=folder,
            at=(x, y),
            size=(width, height),
            columns=[_column(word) for word in columns.split("\t")],
            pens=dict(_pair(word) for word in pens.split("\t")),
            keys=[int(key[1:]) if key[0] == "f" else key[1:] for key in keys.split("\t") if key],
            cursor=cursor,
        )


def _column(word: str) -> Column:
    id, width, side = word.split(":")
    return id, int(width), side


def _pair(word: str) -> tuple[str, str]:
    look, _, pen = word.partition("=")
    return look, pen


def _encoded(row: Row) -> str:
    parts: list[str] = []
    last: str | None = None
    for text, pen in row:
        if pen != last:
            parts.append(f"{_PEN}{pen}{_TEXT}")
            last = pen
        parts.append(text[0] if text else _RIGHT_HALF)
    return "".join(parts)


def _decoded(line: str) -> Row:
    row: Row = []
    for run in line.split(_PEN)[1:]:
        pen, _, text = run.partition(_TEXT)
        row += [_cell(char, pen) for char in text]
    return row


def _cell(char: str, pen: str) -> Cell:
    if char == " ":
        return (" ", blank_pen(pen)) if pen else BLANK
    return ("" if char == _RIGHT_HALF else char, pen)
