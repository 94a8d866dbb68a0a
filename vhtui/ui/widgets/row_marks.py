"""Which rows of a table are marked: by key, with a range that is still being drawn."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from vhtui.ui.widgets.row_source import Key, RowSource, positions_of


class Marks:
    """The marks on the rows of one source.

    Marks of rows that are not shown (a filter hides them) are kept aside: they come back with
    their rows, and until then no command sees them.
    """

    def __init__(self) -> None:
        self.keys: dict[Key, None] = {}
        self.anchor: int | None = None
        self._aside: dict[Key, None] = {}
        self._positions: list[int] | None = None

    def clear(self) -> None:
        """Unmark every row, the hidden ones too, and drop the range."""
        self.keys = {}
        self._aside = {}
        self.anchor = None
        self._positions = None

    def follow(self, source: RowSource[object]) -> None:
        """Show another source: keep the marks of the rows that are still there."""
        self._positions = None
        known = self._aside | self.keys
        if not known:
            return
        found = positions_of(source, known)
        self.keys = {key: None for key in known if key in found}
        self._aside = {key: None for key in known if key not in found}

    def put(self, keys: Iterable[Key], on: bool) -> None:
        """Mark or unmark rows of the source."""
        self._positions = None
        if on:
            self.keys.update(dict.fromkeys(keys))
        else:
            for key in keys:
                self.keys.pop(key, None)

    def invert(self, source: RowSource[object]) -> None:
        """Mark exactly the rows that are not marked."""
        every = map(source.key_at, range(len(source)))
        self.keys = {key: None for key in every if key not in self.keys}
        self._positions = None

    def span(self, cursor: int) -> range:
        """Return the positions of the range being drawn; none if there is no range."""
        if self.anchor is None:
            return range(0)
        return range(min(self.anchor, cursor), max(self.anchor, cursor) + 1)

    def count(self, source: RowSource[object], cursor: int) -> int:
        """Return how many rows count as marked, the range included."""
        span = self.span(cursor)
        if not span:
            return len(self.keys)
        before, after = self._around(source, span)
        return len(before) + len(span) + len(after)

    def in_order(self, source: RowSource[object], cursor: int) -> list[Key]:
        """Return the keys of the marked rows, the range included, from the top down."""
        span = self.span(cursor)
        before, after = self._around(source, span)
        return [source.key_at(position) for part in (before, span, after) for position in part]

    def _around(self, source: RowSource[object], span: range) -> tuple[list[int], list[int]]:
        if self._positions is None:
            self._positions = sorted(positions_of(source, self.keys).values())
        positions = self._positions
        return (
            positions[: bisect_left(positions, span.start)],
            positions[bisect_left(positions, span.stop) :],
        )
