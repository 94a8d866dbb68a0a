"""Which files a view lists, in which order: row ids, of which any window is read at once.

There are two ways to a listing. What can only be up to 10 000 files (a folder, or what an index
leaves of a filter) is taken together and sorted: it is whole at once. Anything larger is met by
walking the index of its order: its *head* (the first files, and the last where it is known how
many there are) stands after milliseconds, the *whole* of it after up to a second per million.

Files that are equal in what a listing is sorted by stand by name where it was taken together, else
as they came to the library, backwards when the order is reversed. A head is the beginning and the
end of its whole.
"""

from __future__ import annotations

import sqlite3
import time
from array import array
from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from vhtui.core import search
from vhtui.core.database import Database
from vhtui.core.memory import give_back_large_blocks
from vhtui.core.narrowing import Narrowing, Source
from vhtui.core.stopping import Stop
from vhtui.query import Query

_SMALL = 4096
_WIDEST = 2**32 - 1
_ROOM = 4


class Sort(StrEnum):
    """What a listing can be sorted by."""

    TITLE = "name"
    SIZE = "size"
    UPLOADED = "uploaded"
    VIEWS = "views"
    LENGTH = "length"
    STATE = "state"


_ORDERS = {
    Sort.TITLE: ("file_by_title", ("f.sort_title",)),
    Sort.SIZE: ("file_by_size", ("f.size",)),
    Sort.UPLOADED: ("file_by_uploaded", ("f.uploaded",)),
    Sort.VIEWS: ("file_by_views", ("f.views",)),
    Sort.LENGTH: ("file_by_length", ("f.length",)),
    Sort.STATE: ("file_by_shown_state", ("COALESCE(f.pending, f.state)", "f.sort_title")),
}


class Bounds(Struct, frozen=True):
    """What a listing may cost, in files.

    ``sorted``: at most taken together and sorted (30 ms). ``narrow``: with fewer candidates the
    whole of a filter is made of them, else of all files. ``walked``: looked at for a head (40 ms).
    ``head``: in each half of a head; ``filtered``: in the head of a filter.
    """

    sorted: int = 10_000
    narrow: int = 100_000
    walked: int = 10_000
    head: int = 200
    filtered: int = 100


class ListingSpec(Struct, frozen=True):
    """Which files to list: those of a folder, or of the whole account (``folder`` None)."""

    account: str
    folder: str | None
    query: Query | None = None
    sort: Sort = Sort.TITLE
    reverse: bool = False


class Listing:
    """The row ids of a listing in order, 4 bytes a file: any window is a direct look-up.

    It can be made of any ids. In a head that is not whole, 0 is a file that is not known yet.
    """

    def __init__(
        self,
        spec: ListingSpec,
        ids: array[int],
        *,
        size: int | None = None,
        is_whole: bool = True,
        is_counted: bool = True,
        known: int = 0,
    ) -> None:
        """Keep what was asked for and the ids found.

        ``size`` is the files' bytes in all, where known; ``is_counted`` False: there may be more
        behind the last; ``known``: so many files are known at each end.
        """
        self.spec = spec
        self.ids = ids
        self.size = size
        self.is_whole = is_whole
        self.is_counted = is_counted
        self._known = known
        self._places: array[int] | dict[int, int] | None = None

    def __len__(self) -> int:
        """Return how many files are listed."""
        return len(self.ids)

    def position(self, id: int) -> int | None:
        """Return where a row id stands in the order, None when it is not listed (or known)."""
        if id <= 0:
            return None
        if len(self.ids) <= _SMALL:
            return next((at for at, known in enumerate(self.ids) if known == id), None)
        if not self.is_whole:
            ends = (*range(self._known), *range(len(self.ids) - self._known, len(self.ids)))
            return next((at for at in ends if self.ids[at] == id), None)
        places = self.prepare()
        if isinstance(places, dict):
            return places.get(id)
        at = places[id] if id < len(places) else 0
        return at if self.ids[at] == id else None

    def prepare(self) -> array[int] | dict[int, int]:
        """Make ``position`` quick, and return what does (60 ms per million: use a thread)."""
        if self._places is None:
            top = max(self.ids, default=0)
            places: array[int] | dict[int, int]
            if top > _ROOM * len(self.ids) + _SMALL:
                places = {}
            else:
                places = array("I", bytes(4 * (top + 1)))
            for at, id in enumerate(self.ids):
                places[id] = at
            self._places = places
        return self._places


_BOUNDS = Bounds()


class Listings:
    """Finds listings in a database, from any thread."""

    def __init__(self, database: Database, bounds: Bounds = _BOUNDS) -> None:
        """Read through an open database."""
        self._database = database
        self._bounds = bounds
        self._kept: _Kept | None = None

    def head(self, spec: ListingSpec, account: int, folder: str | None, stop: Stop) -> Listing:
        """Return the whole of a listing, or its head, within some 50 ms at any size.

        An empty head that is neither whole nor counted: only the whole can tell.
        """
        sought = _Search(self._database, self._bounds, spec, account, folder)
        with stop.over(self._database.reader()):
            listing = self._at_once(sought)
            return sought.head() if listing is None else listing

    def whole(self, spec: ListingSpec, account: int, folder: str | None, stop: Stop) -> Listing:
        """Return all of a listing (0.5 s at 1 000 000: use a thread)."""
        sought = _Search(self._database, self._bounds, spec, account, folder)
        with stop.over(self._database.reader()):
            listing = self._at_once(sought)
            if listing is None:
                give_back_large_blocks()
                changes = self._database.file_changes
                listing = sought.walked()
                listing.prepare()
                if spec.query is None:
                    self._keep(sought, listing, changes)
            return listing

    def _at_once(self, sought: _Search) -> Listing | None:
        """Return the whole of a listing where that takes no more than its head would."""
        listing = sought.sorted()
        return self._known(sought) if listing is None else listing

    def _known(self, sought: _Search) -> Listing | None:
        """Return a listing whose order was the last that was found, if nothing has changed."""
        spec, kept = sought.spec, self._kept
        if spec.query is not None or kept is None:
            return None
        if (kept.key, kept.changes) != (sought.key, self._database.file_changes):
            return None
        listing = Listing(spec, kept.ids[::-1] if spec.reverse else kept.ids)
        listing.prepare()
        return listing

    def _keep(self, sought: _Search, listing: Listing, changes: int) -> None:
        ids = listing.ids[::-1] if listing.spec.reverse else listing.ids
        self._kept = _Kept(sought.key, changes, ids)


class _Kept(Struct, frozen=True):
    """The order found last: of what, when, and which files from the first to the last."""

    key: tuple[int, str | None, Sort]
    changes: int
    ids: array[int]


class _Search:
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
        self._where, self._values = _place("f.", account, folder)
        if spec.query is not None:
            clause, more = search.where(spec.query, now=self._now, account_id=account)
            self._where += f" AND {clause}"
            self._values += tuple(more)

    def _count(self, table: str, where: str, *values: object) -> int:
        row = self._sql.execute(f"SELECT files FROM {table} WHERE {where}", values).fetchone()
        return int(row[0]) if row is not None else 0

    # -- taken together and sorted ----------------------------------------------------------------

    def sorted(self) -> Listing | None:
        """Return the listing if so few files can be in it that they are simply sorted."""
        if self._count_here <= self._bounds.sorted:
            index = "file_by_title" if self._folder is None else "file_by_folder"
            return self._listed(f"file AS f INDEXED BY {index}", (), self._by_name())
        source = self._source(self._bounds.sorted)
        if source is None or source.count >= self._bounds.sorted:
            return None
        return self._listed(self._joined(source), source.values, self._by_name())

    def _by_name(self) -> str:
        """Return the order of what is taken together."""
        keys = [f"{self._keys[0]} {self._direction}"]
        if self.spec.sort is Sort.TITLE:
            return f"{keys[0]}, f.id {self._direction}"
        return ", ".join([*keys, "f.sort_title", "f.id"])

    def _source(self, limit: int) -> Source | None:
        if self.spec.query is None:
            return None
        narrowing = Narrowing(
            self._sql,
            self._account,
            now=self._now,
            limit=limit,
            has_index=self._database.has_title_index,
        )
        return narrowing.source(self.spec.query.root)

    def _joined(self, source: Source) -> str:
        return f"({source.sql}) AS s CROSS JOIN file AS f ON f.id = s.id"

    # -- met by walking the index of the order ----------------------------------------------------

    def _as_they_came(self, direction: str) -> str:
        """Return the order of what is walked."""
        return ", ".join(f"{key} {direction}" for key in (*self._keys, "f.id"))

    def head(self) -> Listing:
        """Return the first files, and the last where it is known how many there are."""
        is_counted = self.spec.query is None
        first = self._walk(
            self._direction, self._bounds.head if is_counted else self._bounds.filtered
        )
        last = first[:0]
        if first and is_counted:
            last = self._walk("ASC" if self.spec.reverse else "DESC", self._bounds.head)
        if not last:
            return Listing(self.spec, first, is_whole=False, is_counted=False)
        ids = array(first.typecode, bytes(first.itemsize * self._count_here))
        ids[: len(first)] = first
        ids[-len(last) :] = last[::-1]
        return Listing(self.spec, ids, is_whole=False, known=len(first))

    def _walk(self, direction: str, wanted: int) -> array[int]:
        """Return the first files in the order of the index; none if they are too far apart."""
        order = self._as_they_came(direction)
        found = self._packed(
            f"SELECT f.id FROM (SELECT f.* FROM file AS f INDEXED BY {self._index}"
            f" WHERE {self._in_index} ORDER BY {order} LIMIT {self._bounds.walked}) AS f"
            f" WHERE {self._where} LIMIT {wanted}",
            (*self._index_values, *self._values),
        )
        return found if len(found) == wanted else found[:0]

    def walked(self) -> Listing:
        """Return all files that are too many to be sorted by name among equals."""
        order = self._as_they_came(self._direction)
        if self.spec.query is None and (self._folder is None or self._index == "file_by_folder"):
            return self._listed(f"file AS f INDEXED BY {self._index}", (), order)
        if self.spec.query is None and self._count_here * 4 < self._in_account:
            return self._listed("file AS f INDEXED BY file_by_folder", (), order)
        source = self._source(self._bounds.narrow)
        if source is not None and source.count < self._bounds.narrow:
            return self._listed(self._joined(source), source.values, order)
        return self._listed("file AS f NOT INDEXED", (), order)

    # -- reading ----------------------------------------------------------------------------------

    def _listed(self, table: str, values: tuple[object, ...], order: str) -> Listing:
        where = f"FROM {table} WHERE {self._where} ORDER BY {order}"
        values = (*values, *self._values)
        if self.spec.query is None:
            return Listing(self.spec, self._packed(f"SELECT f.id {where}", values))
        size = [0]
        ids = self._packed(f"SELECT f.id, COALESCE(f.size, 0) {where}", values, size)
        return Listing(self.spec, ids, size=size[0])

    def _packed(
        self, sql: str, values: Iterable[object], size: list[int] | None = None
    ) -> array[int]:
        """Return the ids of a select, and add up its second column."""
        top = self._sql.execute("SELECT max(id) FROM file").fetchone()[0] or 0
        try:
            cursor = self._sql.execute(sql, tuple(values))
            cursor.row_factory = None
            rows = cursor if size is None else _summed(cursor, size)
            return array("I" if top <= _WIDEST else "q", (row[0] for row in rows))
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
