"""Where a table's rows come from: columns, sources, and positions looked up by key."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, Literal, Protocol, TypeAlias, TypeVar

from msgspec import Struct

Row = TypeVar("Row")
RowOut = TypeVar("RowOut", covariant=True)
Key: TypeAlias = Hashable


class Column(Struct, Generic[Row], frozen=True):
    """One column of a table.

    ``render`` returns plain text for the screen. The column with ``width`` None (one per table)
    takes the rest of the line. When the table is narrow, the columns with the lowest ``worth``
    go first, until that one has its ``least`` cells; 100 never goes. ``style`` returns the name
    of a state ("error", "pending", "muted", "warning", "good"), or "".
    """

    id: str
    label: str
    render: Callable[[Row], str]
    width: int | None = None
    align: Literal["left", "right"] = "left"
    worth: int = 0
    style: Callable[[Row], str] | None = None
    least: int = 16


class RowSource(Protocol[RowOut]):
    """Rows in a fixed order, each with a key that is never given to another row.

    The order does not change while a table shows the source; the contents of rows may.
    """

    def __len__(self) -> int:
        """Return how many rows there are."""
        ...

    def window(self, start: int, stop: int) -> Sequence[RowOut]:
        """Return the rows of the positions; rows that vanished meanwhile are left out."""
        ...

    def key_at(self, position: int) -> Key:
        """Return the key of the row at a position."""
        ...

    def key_runs(self, start: int, stop: int) -> Iterable[Sequence[Key]]:
        """Return the keys of the positions in runs, those of row ids as an array if they can."""
        ...

    def position(self, key: Key) -> int | None:
        """Return where the row with a key is, or None."""
        ...


class ListSource(Generic[Row]):
    """The rows of a sequence, as a source."""

    def __init__(self, rows: Sequence[Row], key: Callable[[Row], Key]) -> None:
        self._rows = rows
        self._keys = [key(row) for row in rows]
        self._positions = {key: position for position, key in enumerate(self._keys)}

    def __len__(self) -> int:
        return len(self._rows)

    def window(self, start: int, stop: int) -> Sequence[Row]:
        """Return the rows of the positions."""
        return self._rows[start:stop]

    def key_at(self, position: int) -> Key:
        """Return the key of the row at a position."""
        return self._keys[position]

    def key_runs(self, start: int, stop: int) -> Iterable[Sequence[Key]]:
        """Return the keys of the positions."""
        return (self._keys[start:stop],)

    def position(self, key: Key) -> int | None:
        """Return where the row with a key is, or None."""
        return self._positions.get(key)


def positions_of(source: RowSource[object], keys: Iterable[Key]) -> dict[Key, int]:
    """Return where each of the keys is, without those that are not in the source."""
    asked = ((key, source.position(key)) for key in keys)
    return {key: position for key, position in asked if position is not None}
