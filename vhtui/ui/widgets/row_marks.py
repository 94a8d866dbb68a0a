"""Which rows of a table are marked: by key, with a range that is still being drawn."""

from __future__ import annotations

from collections.abc import Sequence

from vhtui.ui.widgets.row_keys import KeySet
from vhtui.ui.widgets.row_source import Key, RowSource, positions_of

_FEW = 8
"""So many times fewer marks than rows are looked up one by one."""


class Marks:
    """The marks on the rows of one source.

    Marks of rows that are not shown (a filter hides them) are kept: they come back with their
    rows, and until then no command sees them.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Unmark every row, the hidden ones too, and drop the range."""
        self._keys = KeySet()
        self.shown = 0
        """How many rows of the source are marked, without the range being drawn."""
        self.anchor: int | None = None
        self._counted = range(0), 0

    def __contains__(self, key: Key) -> bool:
        return key in self._keys

    def follow(self, source: RowSource[object]) -> None:
        """Show another source: keep the marks of the rows that are still there."""
        self._counted = range(0), 0
        self.shown = self._count(source, range(len(source)))

    def put(self, keys: Sequence[Key], on: bool) -> None:
        """Mark or unmark rows of the source."""
        before = len(self._keys)
        self._keys.put(keys, on)
        self.shown += len(self._keys) - before
        self._counted = range(0), 0

    def put_span(self, source: RowSource[object], span: range, on: bool) -> None:
        """Mark or unmark the rows at some positions."""
        for keys in source.key_runs(span.start, span.stop):
            self.put(keys, on)

    def invert(self, source: RowSource[object]) -> None:
        """Mark exactly the rows that are not marked."""
        for keys in source.key_runs(0, len(source)):
            self._keys.flip(keys)
        self.shown = len(source) - self.shown
        self._counted = range(0), 0

    def span(self, cursor: int) -> range:
        """Return the positions of the range being drawn; none if there is no range."""
        if self.anchor is None:
            return range(0)
        return range(min(self.anchor, cursor), max(self.anchor, cursor) + 1)

    def count(self, source: RowSource[object], cursor: int) -> int:
        """Return how many rows count as marked, the range included."""
        span = self.span(cursor)
        return self.shown + len(span) - self._count_marked(source, span)

    def in_order(self, source: RowSource[object], cursor: int) -> list[Key]:
        """Return the keys of the marked rows, the range included, from the top down."""
        span = self.span(cursor)
        found = self._marked(source, range(span.start))
        for keys in source.key_runs(span.start, span.stop):
            found += keys
        return found + self._marked(source, range(span.stop, len(source)))

    def _marked(self, source: RowSource[object], part: range) -> list[Key]:
        if self._are_few(part):
            found = positions_of(source, self._keys)
            return sorted((key for key in found if found[key] in part), key=found.__getitem__)
        runs = source.key_runs(part.start, part.stop)
        return [key for keys in runs for key in self._keys.among(keys)]

    def _are_few(self, part: range) -> bool:
        return len(self._keys) * _FEW < len(part)

    def _count(self, source: RowSource[object], part: range) -> int:
        if self._are_few(part):
            return sum(at in part for at in positions_of(source, self._keys).values())
        return sum(map(self._keys.count_among, source.key_runs(part.start, part.stop)))

    def _count_marked(self, source: RowSource[object], span: range) -> int:
        """Count the marked rows in a range, of which the end has moved since it was counted."""
        seen, count = self._counted
        count += sum(self._count(source, part) for part in _without(span, seen))
        count -= sum(self._count(source, part) for part in _without(seen, span))
        self._counted = span, count
        return count


def _without(whole: range, other: range) -> tuple[range, range]:
    """Return what of a range is before and behind another."""
    return (
        range(whole.start, min(other.start, whole.stop)),
        range(max(other.stop, whole.start), whole.stop),
    )
