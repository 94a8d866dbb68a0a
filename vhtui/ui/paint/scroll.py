"""Finding out that part of a screen only moved up or down, and whether scrolling it is cheaper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from operator import is_not, sub

from vhtui.ui.paint.cells import Row, blank_row, text_of

_LEAST_CHANGED = 8
"""Rows that must have changed before a scroll is looked for."""
_LEAST_MOVED = 4
"""Rows of them that must be found again elsewhere."""
_COST_OF_RUN = 7
_USUAL_RUNS = 4
_COST_OF_SCROLL = 22


class Scroll:
    """The rows from ``top`` to ``bottom`` move up by ``by`` rows; a negative ``by`` is down."""

    def __init__(self, top: int, bottom: int, by: int) -> None:
        """Move whole lines of the terminal."""
        self.top = top
        self.bottom = bottom
        self.by = by

    def sequence(self) -> str:
        """Return the escape sequences: a scroll region, and lines deleted or put in at its top."""
        lines = abs(self.by)
        change = f"\x1b[{lines if lines > 1 else ''}{'M' if self.by > 0 else 'L'}"
        return f"\x1b[{self.top + 1};{self.bottom + 1}r\x1b[{self.top + 1}H{change}\x1b[r"

    def apply(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows as they are after the scroll."""
        part = rows[self.top : self.bottom + 1]
        blank = [blank_row(len(rows[0])) for _ in range(abs(self.by))]
        part = [*part[self.by :], *blank] if self.by > 0 else [*blank, *part[: self.by]]
        return [*rows[: self.top], *part, *rows[self.bottom + 1 :]]


def find_scroll(old: Sequence[Row], new: Sequence[Row]) -> Scroll | None:
    """Return the scroll after which the fewest bytes turn ``old`` into ``new``; None: none helps.

    A scroll moves whole lines, so what stands beside a list is moved with it and has to be
    written again; that is weighed row by row.
    """
    changed = [y for y, row in enumerate(new) if row is not old[y] and row != old[y]]
    if len(changed) < _LEAST_CHANGED:
        return None
    texts = [text_of(row) for row in new]
    by = _shift(old, texts, changed)
    if not by:
        return None
    plain = [_cost(*pair) for pair in zip(old, new, strict=True)]
    fresh = [_COST_OF_RUN + len(text) - text.count(" ") for text in texts]
    moved = [
        _cost(old[y + by], row) if 0 <= y + by < len(new) else fresh[y] for y, row in enumerate(new)
    ]
    if by > 0:
        best = _best_part(plain, fresh, moved, by)
        return best and Scroll(*best, by)
    best = _best_part(plain[::-1], fresh[::-1], moved[::-1], -by)
    return best and Scroll(len(new) - 1 - best[1], len(new) - 1 - best[0], by)


def _best_part(
    plain: Sequence[int], fresh: Sequence[int], moved: Sequence[int], by: int
) -> tuple[int, int] | None:
    """Return the first and last row of the part that it saves most to move up.

    ``plain``: what each row costs without a scroll; ``fresh``: when it comes in empty at the
    bottom; ``moved``: when it comes from below.
    """
    kept = [0, *accumulate(map(sub, moved, plain))]
    brought = [0, *accumulate(map(sub, fresh, plain))]
    best, part = -_COST_OF_SCROLL, None
    top = 0
    for bottom in range(by, len(plain)):
        edge = bottom + 1 - by
        top = max(top, edge - 1, key=kept.__getitem__)
        cost = kept[edge] - kept[top] + brought[bottom + 1] - brought[edge]
        if cost < best:
            best, part = cost, (top, bottom)
    return part


def _shift(old: Sequence[Row], texts: Sequence[str], changed: Sequence[int]) -> int:
    """Return by how many rows most of the changed rows moved up; 0: no movement is seen."""
    places: dict[str, int] = {}
    for y in changed:
        text = text_of(old[y])
        places[text] = -1 if text in places else y
    votes = Counter(place - y for y in changed if (place := places.get(texts[y], -1)) >= 0)
    by, count = votes.most_common(1)[0] if votes else (0, 0)
    return by if count >= _LEAST_MOVED else 0


def _cost(old: Row, new: Row) -> int:
    """Return roughly how many bytes turn a row into another: runs are guessed.

    Equal cells that are not the same one, as of wide characters, count as different.
    """
    changed = 0 if old is new else sum(map(is_not, old, new))
    return changed + _COST_OF_RUN * min(changed, _USUAL_RUNS)
