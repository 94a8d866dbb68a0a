"""Which files a view lists, in which order: row ids, of which any window is read at once."""

from __future__ import annotations

import sqlite3
import time
from array import array
from dataclasses import dataclass
from enum import StrEnum

from vhtui.core import search
from vhtui.core.database import Database
from vhtui.query import Query


class Sort(StrEnum):
    """What a listing can be sorted by."""

    TITLE = "name"
    SIZE = "size"
    UPLOADED = "uploaded"
    VIEWS = "views"
    LENGTH = "length"
    STATE = "state"


_ORDER = {
    Sort.TITLE: "sort_title {0}, f.id",
    Sort.SIZE: "f.size {0}, sort_title",
    Sort.UPLOADED: "f.uploaded {0}, sort_title",
    Sort.VIEWS: "f.views {0}, sort_title",
    Sort.LENGTH: "f.length {0}, sort_title",
    Sort.STATE: "COALESCE(f.pending, f.state) {0}, sort_title",
}


@dataclass(frozen=True, slots=True)
class ListingSpec:
    """Which files to list: those of a folder, or of the whole account (``folder`` None)."""

    account: str
    folder: str | None
    query: Query | None = None
    sort: Sort = Sort.TITLE
    reverse: bool = False


class Listing:
    """The row ids of a listing in order, 8 bytes a file: any window is a direct look-up."""

    def __init__(self, spec: ListingSpec, ids: array[int]) -> None:
        """Keep what was asked for and the ids found."""
        self.spec = spec
        self.ids = ids

    def __len__(self) -> int:
        """Return how many files are listed."""
        return len(self.ids)

    def position(self, id: int) -> int | None:
        """Return where a row id stands in the order, None when it is not listed."""
        try:
            return self.ids.index(id)
        except ValueError:
            return None


def list_files(database: Database, spec: ListingSpec, account: int, folder: str | None) -> Listing:
    """Return the ids of the files of an account's number, or of its folder, in order."""
    clauses = ["f.account = ?"]
    values: list[object] = [account]
    if folder is not None:
        clauses.append("f.folder = ?")
        values.append(folder)
    if spec.query is not None:
        clause, more = search.where(spec.query, now=int(time.time()), account_id=account)
        clauses.append(f"({clause})")
        values.extend(more)
    order = _ORDER[spec.sort].format("DESC" if spec.reverse else "ASC")
    try:
        cursor = database.reader().execute(
            f"SELECT f.id FROM file f WHERE {' AND '.join(clauses)} ORDER BY {order}", values
        )
        cursor.row_factory = None
        return Listing(spec, array("q", (id for (id,) in cursor)))
    except sqlite3.OperationalError as error:
        raise search.explained(error) from error
