"""Escape sequences for cells: the shortest movement of the cursor, the fewest changes of pen."""

from __future__ import annotations

from vhtui.ui.paint.cells import Row, blank_pen, changed_runs, is_steady

_ERASED = " " * 8
"""Blanks from which on erasing is shorter than writing them."""


class Writer:
    """Collects what turns one screen into another, knowing where the cursor is.

    It begins and ends with no pen; where the cursor is at first is not known.
    """

    def __init__(self, width: int, *, erases: bool) -> None:
        """Write on a screen so wide; ``erases`` says whether the terminal has EL and ECH."""
        self._width = width
        self._erases = erases
        self._parts: list[str] = []
        self._pen = ""
        self._at: tuple[int, int] | None = None

    def finish(self) -> str:
        """Return what was collected."""
        self._set_pen("")
        return "".join(self._parts)

    def raw(self, sequence: str) -> None:
        """Write a sequence after which it is not known where the cursor is."""
        self._parts.append(sequence)
        self._at = None

    def turn(self, y: int, old: Row, new: Row) -> None:
        """Turn a row into another."""
        for start, stop in changed_runs(old, new):
            if start == 0 and stop == len(new) and not (is_steady(old) and is_steady(new)):
                self._put_unsteady(y, new)
            else:
                self._put(y, start, new[start:stop])

    def park(self, y: int, x: int) -> None:
        """Leave the cursor at a place: an input method opens its window there."""
        self._go(y, x)

    def _put(self, y: int, x: int, cells: Row) -> None:
        pen = self._pen
        pending: list[str] = []
        for text, wanted in cells:
            if wanted != pen and not (text == " " and blank_pen(pen) == wanted):
                self._flush(y, x, pen, pending)
                x += len(pending)
                pending = []
                pen = wanted
            pending.append(text)
        self._flush(y, x, pen, pending)

    def _put_unsteady(self, y: int, row: Row) -> None:
        """Write a row so that each character whose width is in doubt leaves the others in place."""
        start = 0
        for x, cell in enumerate(row):
            if is_steady([cell]):
                continue
            if start < x:
                self._put(y, start, row[start:x])
            start = x + 1
            wide = start < len(row) and row[start][0] == ""
            self._put(y, x, [(" ", blank_pen(cell[1]))] * (2 if wide else 1))
            self._put(y, x, [cell])
            self._at = None
            start += wide
        if start < len(row):
            self._put(y, start, row[start:])

    def _flush(self, y: int, x: int, pen: str, texts: list[str]) -> None:
        """Write cells that go with one pen."""
        text = "".join(texts)
        if self._erases and not blank_pen(pen) and len(text) == len(texts):
            while (start := text.find(_ERASED)) >= 0:
                stop = len(text) - len(text[start:].lstrip(" "))
                self._write(y, x, pen, text[:start], start)
                self._erase(y, x + start, stop - start)
                x += stop
                text = text[stop:]
            self._write(y, x, pen, text, len(text))
        else:
            self._write(y, x, pen, text, len(texts))

    def _write(self, y: int, x: int, pen: str, text: str, count: int) -> None:
        if count:
            self._go(y, x)
            self._set_pen(pen)
            self._parts.append(text)
            # In the last column the cursor waits for the next line, or does not: not known.
            self._at = (y, x + count) if x + count < self._width else None

    def _erase(self, y: int, x: int, count: int) -> None:
        self._go(y, x)
        if blank_pen(self._pen):
            self._set_pen("")
        self._parts.append("\x1b[K" if x + count >= self._width else f"\x1b[{count}X")

    def _set_pen(self, pen: str) -> None:
        if pen == self._pen:
            return
        if not pen:
            sequence = "\x1b[m"
        elif not self._pen:
            sequence = f"\x1b[{pen}m"
        elif pen.startswith(f"{self._pen};"):
            sequence = f"\x1b[{pen[len(self._pen) + 1 :]}m"
        else:
            sequence = f"\x1b[0;{pen}m"
        self._parts.append(sequence)
        self._pen = pen

    def _go(self, y: int, x: int) -> None:
        if self._at == (y, x):
            return
        sequence = f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"
        if self._at is not None and 0 <= (down := y - self._at[0]) <= 1:
            sequence = min("\x1bD" * down + _aside(self._at[1], x), sequence, key=len)
        self._parts.append(sequence)
        self._at = (y, x)


def _aside(old: int, new: int) -> str:
    """Return what moves the cursor within its line."""
    if new == old:
        return ""
    by = abs(new - old)
    return "\r" if not new else f"\x1b[{by if by > 1 else ''}{'CD'[new < old]}"
