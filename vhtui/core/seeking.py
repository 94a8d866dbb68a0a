"""The ways to the files of a listing: taken together and sorted, or met in an order's index."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from array import array
from collections.abc import Iterable, Iterator

from msgspec import Struct

from vhtui.core import search
from vhtui.core.database import Database
from vhtui.core.listed import Bounds, Listing, ListingSpec, Sort
from vhtui.core.narrowing import Narrowing, Source
from vhtui.query import Query

_WIDEST = 2**32 - 1
_AT_ONCE = 200

_ORDERS = {
    Sort.TITLE: ("file_by_title", ("f.sort_title",)),
    Sort.SIZE: ("file_by_size", ("f.size",)),
    Sort.UPLOADED: ("file_by_uploaded", ("f.uploaded",)),
    Sort.VIEWS: ("file_by_views", ("f.views",)),
    Sort.LENGTH: ("file_by_length", ("f.length",)),
    Sort.STATE: ("file_by_shown_state", ("COALESCE(f.pending, f.state)", "f.sort_title")),
}


class Seeking:
    """One listing being looked for: its conditions, and the ways to the files that meet them."""

    def __init__(
        self,
        database: Database,
        bounds: Bounds,
        spec: ListingSpec,
        account: int,
        folder: str | None,
    ) -> None:
        self.spec = spec
        self._bounds = bounds
        self._database = database
        self._sql = database.reader()
        self._account = account
        self._direction = "DESC" if spec.reverse else "ASC"
        self._now = int(time.time())
        self._in_account = self._count_here = self._count("account", "id = ?", account)
        if folder is not None:
            self._count_here = self._count("folder", "account = ? AND id = ?", account, folder)
            if self._count_here == self._in_account > 0:
                folder = None
        self._folder = folder
        self.key = (account, folder, spec.sort)
        self._index, self._keys = _ORDERS[spec.sort]
        is_by_folder = folder is not None and spec.sort is Sort.TITLE
        if is_by_folder:
            self._index = "file_by_folder"
        self._in_index, self._index_values = _place("", account, folder if is_by_folder else None)
        self._place, self._placed = _place("f.", account, folder)
        self._sampled: _Sample | None = None

    def _condition(self, *, is_of_few: bool = False) -> tuple[str, tuple[object, ...]]:
        """Return what must hold of a file that is listed, and its values."""
        if self.spec.query is None:
            return self._place, self._placed
        clause, values = search.where(
            self.spec.query, now=self._now, account_id=self._account, is_of_few=is_of_few
        )
        return f"{self._place} AND {clause}", (*self._placed, *values)

    def _count(self, table: str, where: str, *values: object) -> int:
        row = self._sql.execute(f"SELECT files FROM {table} WHERE {where}", values).fetchone()
        return int(row[0]) if row is not None else 0

    # -- a sample of the library -------------------------------------------------------------------

    def _sample(self) -> _Sample:
        """Look at some files all over the library."""
        if self._sampled is None:
            clause, values = self._condition(is_of_few=True)
            top, wanted = self._top(), self._bounds.sample
            ids = {1 + at * (top - 1) // max(1, wanted - 1) for at in range(wanted)}
            rows = self._sql.execute(
                f"SELECT f.folded, ({clause}) IS TRUE FROM file AS f"
                f" WHERE f.id IN ({','.join(map(str, sorted(ids)))})",
                values,
            ).fetchall()
            self._sampled = _Sample([row[0] for row in rows], sum(row[1] for row in rows))
        return self._sampled

    def _is_common(self) -> bool:
        """Whether by the sample so many files match that they are not simply sorted."""
        sample = self._sample()
        every = self._sql.execute("SELECT sum(files) FROM account").fetchone()[0] or 0
        return sample.matching * every > 2 * self._bounds.sorted * len(sample.titles)

    # -- taken together and sorted ----------------------------------------------------------------

    def sorted(self) -> Listing | None:
        """Return the listing if so few files can be in it that they are simply sorted."""
        if self._count_here <= self._bounds.sorted:
            index = "file_by_title" if self._folder is None else "file_by_folder"
            return self._listed(f"file AS f INDEXED BY {index}", (), self._by_name())
        if self.spec.query is None or self._is_common():
            return None
        source = self._source(self.spec.query, self._bounds.sorted)
        if source is None or source.count >= self._bounds.sorted:
            return None
        return self._joined(source, self._by_name())

    def _by_name(self) -> str:
        """Return the order of what is taken together."""
        keys = [f"{self._keys[0]} {self._direction}"]
        if self.spec.sort is Sort.TITLE:
            return f"{keys[0]}, f.id {self._direction}"
        return ", ".join([*keys, "f.sort_title", "f.id"])

    def _source(self, query: Query, limit: int, *, has_time: bool = False) -> Source | None:
        narrowing = Narrowing(
            self._sql,
            self._account,
            now=self._now,
            limit=limit,
            has_index=self._database.has_title_index,
            sample=self._sample().titles,
            has_time=has_time,
        )
        return narrowing.source(query.root)

    def _joined(self, source: Source, order: str) -> Listing:
        table = f"({source.sql}) AS s CROSS JOIN file AS f ON f.id = s.id"
        return self._listed(table, source.values, order, is_of_few=True)

    # -- met by walking the index of the order ----------------------------------------------------

    def _as_they_came(self, direction: str) -> str:
        """Return the order of what is walked."""
        return ", ".join(f"{key} {direction}" for key in (*self._keys, "f.id"))

    def head(self) -> Listing:
        """Return the first files, and the last where it is known how many there are."""
        if self.spec.query is not None:
            return Listing(self.spec, self._met(), is_whole=False, is_counted=False)
        first = self._ends(self._direction)
        last = self._ends("ASC" if self.spec.reverse else "DESC")
        ids = array(first.typecode, [0]) * self._count_here
        ids[: len(first)] = first
        ids[-len(last) :] = last[::-1]
        return Listing(self.spec, ids, is_whole=False, known=len(first))

    def _ends(self, direction: str) -> array[int]:
        """Return the first files of a direction."""
        return self._packed(
            f"SELECT f.id {self._in_order(direction)} LIMIT {self._bounds.head}",
            (*self._index_values, *self._placed),
        )

    def _in_order(self, direction: str) -> str:
        return (
            f"FROM file AS f INDEXED BY {self._index} WHERE {self._in_index} AND {self._place}"
            f" ORDER BY {self._as_they_came(direction)}"
        )

    def _met(self) -> array[int]:
        """Return the first files that match, as many as are met in time."""
        clause, values = self._condition(is_of_few=True)
        until = time.monotonic() + self._bounds.seconds
        found = self._ids()
        with _explained():
            cursor = self._sql.execute(
                f"SELECT f.id, ({clause}) IS TRUE {self._in_order(self._direction)}"
                f" LIMIT {self._bounds.walked}",
                (*values, *self._index_values, *self._placed),
            )
            cursor.row_factory = None
            while rows := cursor.fetchmany(_AT_ONCE):
                found.extend(id for id, is_met in rows if is_met)
                if len(found) >= self._bounds.filtered or time.monotonic() > until:
                    break
            cursor.close()
        return found[: self._bounds.filtered]

    def walked(self) -> Listing:
        """Return all files that are too many to be sorted by name among equals."""
        order = self._as_they_came(self._direction)
        if (query := self.spec.query) is not None:
            if not self._is_common():
                source = self._source(query, self._bounds.narrow, has_time=True)
                if source is not None and source.count < self._bounds.narrow:
                    return self._joined(source, order)
        elif self._folder is None or self._index == "file_by_folder":
            return self._listed(f"file AS f INDEXED BY {self._index}", (), order)
        elif self._count_here * 4 < self._in_account:
            return self._listed("file AS f INDEXED BY file_by_folder", (), order)
        return self._listed("file AS f NOT INDEXED", (), order)

    # -- reading ----------------------------------------------------------------------------------

    def _listed(
        self, table: str, values: tuple[object, ...], order: str, *, is_of_few: bool = False
    ) -> Listing:
        clause, more = self._condition(is_of_few=is_of_few)
        where = f"FROM {table} WHERE {clause} ORDER BY {order}"
        values = (*values, *more)
        if self.spec.query is None:
            return Listing(self.spec, self._packed(f"SELECT f.id {where}", values))
        size = [0]
        ids = self._packed(f"SELECT f.id, COALESCE(f.size, 0) {where}", values, size)
        return Listing(self.spec, ids, size=size[0])

    def _packed(
        self, sql: str, values: tuple[object, ...], size: list[int] | None = None
    ) -> array[int]:
        """Return the ids of a select, and add up its second column."""
        ids = self._ids()
        with _explained():
            cursor = self._sql.execute(sql, values)
            cursor.row_factory = None
            rows = cursor if size is None else _summed(cursor, size)
            ids.extend(row[0] for row in rows)
        return ids

    def _ids(self) -> array[int]:
        """Return an array with room for every row id."""
        return array("I" if self._top() <= _WIDEST else "q")

    def _top(self) -> int:
        return int(self._sql.execute("SELECT max(id) FROM file").fetchone()[0] or 0)


class _Sample(Struct, frozen=True):
    """Some (folded) titles, and how many of their files match."""

    titles: list[str]
    matching: int


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise search.explained(error) from error


def _place(table: str, account: int, folder: str | None) -> tuple[str, tuple[object, ...]]:
    """Return the condition of being in an account, or in a folder of it, and its values."""
    if folder is None:
        return f"{table}account = ?", (account,)
    return f"{table}account = ? AND {table}folder = ?", (account, folder)


def _summed(rows: Iterable[tuple[int, int]], size: list[int]) -> Iterable[tuple[int, int]]:
    total = 0
    for row in rows:
        total += row[1]
        yield row
    size[0] = total
