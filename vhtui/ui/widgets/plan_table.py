"""The rows of the rename studio: old and new titles, with what changes marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip
from typing_extensions import override

from vhtui.rename import UNCHANGED, Step, spans
from vhtui.ui.cells import cell_width, is_ascii, shorten
from vhtui.ui.widgets.row_cursor import RowCursor
from vhtui.ui.widgets.row_lines import Line, safe
from vhtui.ui.widgets.row_source import Column, Key

WIDE = 140
"""Cells from which on the old and the new title stand side by side."""

_ARROW = " -> "
_GUTTER = 3

Span = tuple[int, int]


class StepSource:
    """The steps of a plan, by the row ids of their files."""

    def __init__(self, steps: Sequence[Step], positions: Mapping[int, int]) -> None:
        """Show steps in their order; ``positions`` say where each file's is."""
        self._steps = steps
        self._positions = positions

    def __len__(self) -> int:
        return len(self._steps)

    def window(self, start: int, stop: int) -> Sequence[Step]:
        """Return the steps of the positions."""
        return self._steps[start:stop]

    def key_at(self, position: int) -> Key:
        """Return the row id of the file at a position."""
        return self._steps[position].file.id

    def key_runs(self, start: int, stop: int) -> Iterable[Sequence[Key]]:
        """Return the row ids of the files at the positions."""
        return ([step.file.id for step in self._steps[start:stop]],)

    def position(self, key: Key) -> int | None:
        """Return where a file's step is, or None."""
        return self._positions.get(key) if isinstance(key, int) else None


class PlanTable(RowCursor[Step], can_focus=True):
    """Shows a plan; beside the cursor stands ``=`` unchanged, ``!`` warning or ``-`` left out."""

    class CursorMoved(Message):
        """The cursor is on another row."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__((Column("name", "", _new_title, worth=100),), id=id)
        self.left_out: set[int] = set()
        self._shows_old = False

    def toggle_row(self) -> None:
        """Leave the row under the cursor out, or take it in again, and step to the next."""
        key = self.cursor_key
        if isinstance(key, int):
            self.left_out ^= {key}
            self._repaint()
            self.move(1)

    def toggle_old(self) -> bool:
        """Show the old titles where there is room for one only; return whether they are shown."""
        self._shows_old = not self._shows_old
        self._lines.clear()
        self._repaint()
        return self._shows_old

    @override
    def cursor_moved(self) -> None:
        self.post_message(self.CursorMoved())

    # -- lines ------------------------------------------------------------------------------------

    @override
    def _is_marked(self, position: int) -> bool:
        return self._source.key_at(position) in self.left_out

    @override
    def _draw(self, y: int) -> Line:
        position = self._top + y - self._header_height
        if y < self._header_height:
            return self._finished([Segment(self._header(), self._look("header"))])
        step = self._row(position) if position < len(self._source) else None
        if step is None:
            return super()._draw(y)
        return self._draw_step(step, position)

    def _header(self) -> str:
        half = self._half
        labels = ("Old title", "New title")
        if half:
            return " " * _GUTTER + labels[0].ljust(half + len(_ARROW)) + labels[1]
        return " " * _GUTTER + labels[not self._shows_old]

    @property
    def _half(self) -> int:
        """Cells of one title where both stand side by side; 0: there is room for one."""
        width = self.size.width
        return (width - _GUTTER - len(_ARROW)) // 2 if width >= WIDE else 0

    def _draw_step(self, step: Step, position: int) -> Line:
        cursor = ("cursor",) if position == self._cursor else ()
        left_out = self._is_marked(position)
        letter, state = _letter(step, left_out)
        dim = left_out or letter == "="
        look = self._look(*(("muted",) if dim else ()), *cursor)
        old = safe(step.file.title)
        new = old if left_out else safe(step.new_title)
        removed, added = spans(old, new) if new != old else ([], [])
        pieces = [
            Segment(">" if cursor else " ", look),
            Segment(f"{letter} ", self._look(state, *cursor) if state else look),
        ]
        if half := self._half:
            pieces += self._title(old, removed, half, look, self._look("error", "match", *cursor))
            pieces.append(Segment(_ARROW, look))
        width = half or self.size.width - _GUTTER
        if self._shows_old and not half:
            pieces += self._title(old, removed, width, look, self._look("error", "match", *cursor))
        else:
            pieces += self._title(new, added, width, look, self._look("good", "match", *cursor))
        return self._finished(pieces)

    def _title(
        self, text: str, changed: Sequence[Span], width: int, plain: Style, marked: Style
    ) -> list[Segment]:
        shown, shown_changed = cut(text, changed, width, "~" if is_ascii(self) else "…")
        pieces: list[Segment] = []
        done = 0
        for start, stop in shown_changed:
            pieces += [Segment(shown[done:start], plain), Segment(shown[start:stop], marked)]
            done = stop
        blank = " " * (width - cell_width(shown))
        return [*pieces, Segment(shown[done:] + blank, plain)]

    def _finished(self, pieces: list[Segment]) -> Line:
        widths = tuple(cell_width(piece.text) for piece in pieces)
        strip = Strip(pieces, sum(widths)).simplify()
        return Line(tuple(pieces), widths, strip.adjust_cell_length(self.size.width))


def _new_title(step: Step) -> str:
    return step.new_title


def _letter(step: Step, left_out: bool) -> tuple[str, str]:
    """Return the letter of a row's state and its look."""
    if left_out:
        return "-", "muted"
    if UNCHANGED in step.warnings:
        return "=", "muted"
    return ("!", "warning") if step.warnings else (" ", "")


def cut(text: str, changed: Sequence[Span], width: int, ellipsis: str) -> tuple[str, list[Span]]:
    """Shorten a text in the middle and say where its changed parts are then.

    A change in what was cut away marks the ellipsis.
    """
    shown = shorten(text, width, ellipsis)
    if shown == text:
        return text, list(changed)
    if not shown:
        return "", []
    at = next(
        at
        for at in range(len(shown) - 1, -1, -1)
        if shown[at] == ellipsis and text.startswith(shown[:at]) and text.endswith(shown[at + 1 :])
    )
    tail = len(text) - (len(shown) - at - 1)
    moved: list[Span] = []
    for start, stop in changed:
        first = min(start, at) if start < tail else start - tail + at + 1
        last = stop if stop <= at else at + 1 if stop <= tail else stop - tail + at + 1
        if moved and first < moved[-1][1]:
            first = moved[-1][1]
        if first < last:
            moved.append((first, last))
    return shown, moved
