"""The titles of a folder, an account or all accounts, and on which account each of them is.

A title is a row where at least one account has its file. What an account has of it is one word:
there, pending (on its way), trash, takedown, gone (it was there), unsure (a file of this name is
there, and it is of another length or size, or cannot be told from others), missing, or unlisted
(the account was never listed, so nobody knows).
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from vhtui.core import search
from vhtui.core.holes import traces
from vhtui.core.holes.matching import (
    TITLE_KEY,
    TOLERANCE,
    Cell,
    Entry,
    Match,
    Title,
    lookalikes,
    split,
)
from vhtui.core.store import Store
from vhtui.models import FileRow
from vhtui.query import Query


class TitleSort(StrEnum):
    """What titles can be sorted by."""

    TITLE = "name"
    SIZE = "size"
    LENGTH = "length"
    STATE = "state"  # how many holes


class Scope(Struct, frozen=True):
    """Titles of an account, or of a folder and what is below it (``folder``: its path)."""

    account: str
    folder: str = "/"


class TitlesSpec(Struct, frozen=True, kw_only=True):
    """Which titles are compared on which accounts.

    ``scopes``: where the titles are from; empty: all accounts. ``query`` is about their files.
    ``targets``: the accounts whose holes count; empty: all. ``holes_only``: without titles that
    are everywhere.
    """

    accounts: tuple[str, ...]
    scopes: tuple[Scope, ...] = ()
    targets: tuple[str, ...] = ()
    query: Query | None = None
    holes_only: bool = True
    sort: TitleSort = TitleSort.TITLE
    reverse: bool = False


class TitleCell(Struct, frozen=True):
    """What one account has of a title. ``file`` is the store's row id, 0 where there is none."""

    account: str
    state: Cell
    match: Match
    file: int


class TitleRow(Struct, frozen=True):
    """A title and its cells, one per account. ``row`` is the file that stands for it."""

    id: int
    row: FileRow
    cells: tuple[TitleCell, ...]
    is_taken_down: bool

    @property
    def account(self) -> str:
        """The account of the file that stands for the title."""
        return self.row.account

    @property
    def code(self) -> str:
        """The code of the file that stands for the title."""
        return self.row.code

    @property
    def title(self) -> str:
        """The title as it is called there."""
        return self.row.title


class Titles:
    """Titles in order: 21 bytes each and 9 more per account, so any number of them fits."""

    def __init__(self, spec: TitlesSpec) -> None:
        """Hold no titles yet."""
        self.spec = spec
        self.files = [array("q") for _ in spec.accounts]
        self.cells = [bytearray() for _ in spec.accounts]
        self.first = array("q")
        self.taken_down = bytearray()
        self.order = array("q")
        self.holes = 0

    def __len__(self) -> int:
        """Return how many titles are listed."""
        return len(self.order)

    def id_at(self, position: int) -> int:
        """Return the id of the title at a position: that of the file that stands for it."""
        return self.first[self.order[position]]

    def position(self, id: int) -> int | None:
        """Return where the title is that a file stands for, None when it is not listed."""
        try:
            return self.order.index(self.first.index(id))
        except ValueError:
            return None

    def rows(self, store: Store, positions: Sequence[int]) -> list[TitleRow]:
        """Return the titles at positions; those whose file vanished since are left out."""
        wanted = [self.order[position] for position in positions]
        files = {row.id: row for row in store.files([self.first[at] for at in wanted])}
        found = []
        for at in wanted:
            id = self.first[at]
            if id not in files:
                continue
            cells = tuple(
                TitleCell(name, Cell(cells[at] & 15), Match(cells[at] >> 4), ids[at])
                for name, cells, ids in zip(self.spec.accounts, self.cells, self.files, strict=True)
            )
            found.append(TitleRow(id, files[id], cells, bool(self.taken_down[at])))
        return found


# -- reading --------------------------------------------------------------------------------------


def read_titles(
    store: Store, spec: TitlesSpec, lists: Iterable[str], *, now: float | None = None
) -> Titles:
    """Compare accounts (1 s for two of 100 000 files: use a thread).

    ``lists``: the accounts whose hosts list their files; one of them that was never listed cannot
    be said to lack anything.
    """
    reader = _Reader(store, spec, set(lists), time.time() if now is None else now)
    return reader.read()


_Row = tuple[str, int, int, int, int, int, int, str]
"""A file as it is read: key of its name, account, id, size, length, state, chosen, sort key."""


class _Reader:
    """One reading of the titles."""

    def __init__(self, store: Store, spec: TitlesSpec, lists: set[str], now: float) -> None:
        self._store = store
        self._spec = spec
        self._now = int(now)
        self._numbers = [store.account_id(name) for name in spec.accounts]
        self._at = {number: at for at, number in enumerate(self._numbers)}
        self._absent = [
            Cell.UNLISTED.value
            if name in lists and store.account(name).synced is None
            else Cell.MISSING.value
            for name in spec.accounts
        ]
        wanted = spec.targets or spec.accounts
        self._targets = [at for at, name in enumerate(spec.accounts) if name in wanted]
        self._traces = traces.Traces(store, self._at)
        self._found = Titles(spec)
        self._keys: list[str] = []
        self._counts = array("i")
        self._sizes, self._lengths = array("q"), array("q")

    def read(self) -> Titles:
        """Read everything, in order."""
        group: list[_Row] = []
        for row in self._rows():
            if group and row[0] != group[0][0]:
                self._take(group)
                group = []
            group.append(row)
        if group:
            self._take(group)
        order = self._ordered()
        self._found.order = array("q", reversed(order) if self._spec.reverse else order)
        return self._found

    def _ordered(self) -> list[int]:
        """Return the titles that are shown in the order asked for."""
        keys, counts = self._keys, self._counts
        shown = [at for at in range(len(keys)) if counts[at] or not self._spec.holes_only]
        shown.sort(key=keys.__getitem__)
        match self._spec.sort:
            case TitleSort.SIZE:
                shown.sort(key=self._sizes.__getitem__)
            case TitleSort.LENGTH:
                shown.sort(key=self._lengths.__getitem__)
            case TitleSort.STATE:
                shown.sort(key=lambda at: -counts[at])
        return shown

    def _rows(self) -> Iterator[_Row]:
        """Give the files, those of one name one after the other."""
        chosen, values = self._chosen()
        in_trash = self._traces.in_trash
        trash = " OR ".join("(f.account = ? AND f.folder = ?)" for _ in in_trash) or "0"
        marks = ",".join("?" * len(self._numbers))
        cursor = self._store.database.reader().execute(
            f"""
            SELECT {TITLE_KEY.format("f.folded")} AS k, f.account, f.id, COALESCE(f.size, 0),
                COALESCE(f.length, 0),
                CASE WHEN f.state = 'gone' OR f.pending = 'delete' THEN {Cell.GONE.value}
                    WHEN {trash} THEN {Cell.TRASH.value}
                    WHEN f.state = 'fetching' THEN {Cell.PENDING.value}
                    ELSE {Cell.THERE.value} END,
                {chosen}, f.sort_title
            FROM file f WHERE f.account IN ({marks}) ORDER BY k, f.account, f.id
            """,
            (*(value for pair in in_trash for value in pair), *values, *self._numbers),
        )
        cursor.row_factory = None
        return cursor

    def _chosen(self) -> tuple[str, list[object]]:
        """Return the condition on a file that makes its title one of those asked for."""
        if not self._spec.scopes and self._spec.query is None:
            return "1", []
        clauses: list[str] = []
        values: list[object] = []
        for scope in self._spec.scopes or tuple(map(Scope, self._spec.accounts)):
            number = self._store.account_id(scope.account)
            clause = "f.account = ?"
            mine: list[object] = [number]
            if scope.folder != "/":
                below = f"{scope.folder.rstrip('/')}/"
                clause += (
                    " AND f.folder IN (SELECT id FROM folder WHERE account = ?"
                    " AND (path = ? OR substr(path, 1, ?) = ?))"
                )
                mine += [number, scope.folder, len(below), below]
            if self._spec.query is not None:
                condition, more = search.where(self._spec.query, now=self._now, account_id=number)
                clause, mine = f"{clause} AND {condition}", mine + more
            clauses.append(f"({clause})")
            values += mine
        return f"(({' OR '.join(clauses)}) IS TRUE)", values

    def _take(self, rows: Sequence[_Row]) -> None:
        """Keep the titles of one name that were asked for."""
        if not any(row[6] for row in rows):
            return
        if self._take_plain(rows):
            return
        taken = self._traces.taken_down
        entries = [
            Entry(
                self._at[row[1]],
                row[2],
                row[3],
                row[4],
                Cell(row[5]),
                bool(row[6]),
                row[2] in taken,
            )
            for row in rows
        ]
        titles = split([*entries, *self._traces.named.get(rows[0][0], ())])
        sort_keys = {row[2]: row[7] for row in rows}
        for title, maybe in zip(titles, lookalikes(titles), strict=True):
            live = [e for e, _ in title.members if e.id and (e.state or 9) <= Cell.PENDING]
            if live and any(e.is_chosen for e in live):
                self._keep(title, maybe, live[0], sort_keys[live[0].id])

    def _take_plain(self, rows: Sequence[_Row]) -> bool:
        """Keep a name of which every account has at most one file, and they are clearly one; that
        is what nearly all are. Return False where it is not so."""
        known = self._traces
        if rows[0][0] in known.named:
            return False
        shortest = longest = rows[0][4]
        account = 0
        for _, number, id, _, length, state, _, _ in rows:
            shortest, longest = min(shortest, length), max(longest, length)
            if number == account or state != _THERE or id in known.taken_down or id in known.twins:
                return False
            account = number
        if len(rows) > 1 and (not shortest or longest - shortest > TOLERANCE):
            return False
        states, files = list(self._absent), [0] * len(self._numbers)
        for row in rows:
            at = self._at[row[1]]
            states[at], files[at] = (_BY_LENGTH if at != self._at[rows[0][1]] else _THERE), row[2]
        self._append(states, files, rows[0][2], 0, rows[0][7], rows[0][3], longest)
        return True

    def _keep(self, title: Title, maybe: int, first: Entry, sort_key: str) -> None:
        """Keep a title with whatever tells of it."""
        states, files = list(self._absent), [0] * len(self._numbers)
        taken_down = any(entry.is_taken_down for entry in title.doubtful)
        twins = [
            twin for entry, _ in title.members for twin in self._traces.twins.get(entry.id, ())
        ]
        for entry, match in (*title.members, *twins):
            at = entry.account
            taken_down = taken_down or entry.is_taken_down
            state = Cell.TAKEDOWN if entry.is_taken_down and entry.id else entry.state
            if state and state < states[at] & 15:
                states[at], files[at] = state | match << 4, entry.id
        for at in range(len(states)):
            if maybe >> at & 1 and states[at] & 15 in (Cell.MISSING, Cell.GONE):
                states[at] = Cell.UNSURE.value
        size = max(title.sizes, default=0)
        self._append(states, files, first.id, taken_down, sort_key, size, title.length)

    def _append(
        self,
        states: Sequence[int],
        files: Sequence[int],
        first: int,
        taken_down: int,
        sort_key: str,
        size: int,
        length: int,
    ) -> None:
        found = self._found
        holes = 0
        for at, state in enumerate(states):
            found.files[at].append(files[at])
            found.cells[at].append(state)
        for at in self._targets:
            holes += states[at] in _HOLES
        found.first.append(first)
        found.taken_down.append(taken_down)
        found.holes += holes
        self._keys.append(sort_key)
        self._counts.append(holes)
        self._sizes.append(size)
        self._lengths.append(length)


_HOLES = frozenset(cell.value for cell in Cell if cell.is_hole)
_THERE = Cell.THERE.value
_BY_LENGTH = _THERE | Match.LENGTH << 4
