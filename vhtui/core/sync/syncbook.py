"""A sync's memory, in SQL: how far it is and which folders are due.

Functions that change something take an open Transaction and are bounded: a person's own write
never waits for a large one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from msgspec import Struct

from vhtui.core.database import Transaction
from vhtui.models import ROOT

CHUNK = 100
"""Rows written in one transaction."""
PAGE = 100
"""Files a page of a folder's listing has, for estimates."""

NEVER = 1.0
"""Only a folder that was never listed was last listed before this."""

_OLDEST = "MAX(COALESCE(listed, 0), COALESCE(endless, 0))"
_REAL = "id NOT LIKE 'new:%'"


class Due(Struct, frozen=True):
    """A folder to be listed."""

    id: str
    parent: str


class SyncState(Struct, frozen=True, kw_only=True):
    """How far an account's syncs have come (times are ours, in epoch seconds, unless they say).

    ``began`` and ``ended``: the first sync. ``newest``: the newest upload a listing brought, and
    ``known_to``: until when every upload is known, both by the host's clock. ``files``: how many
    the host counted last. ``drift``: that, less ours, as far as it was looked into. ``hurry``:
    folders listed before it are checked at a quicker pace. ``no_deleted``: when the host refused
    its list of deleted files.
    """

    began: float
    ended: float | None = None
    newest: int | None = None
    known_to: int | None = None
    files: int | None = None
    drift: int = 0
    hurry: float = 0.0
    no_deleted: float = 0.0


# -- the account ----------------------------------------------------------------------------------


def state(sql: sqlite3.Connection, account: int) -> SyncState | None:
    """Return how far syncs have come, None where none ever began."""
    row = sql.execute(
        "SELECT began, ended, newest, known_to, files, drift, hurry, no_deleted FROM sync_state"
        " WHERE account = ?",
        (account,),
    ).fetchone()
    return SyncState(**dict(row)) if row is not None else None


def begin(tx: Transaction, account: int, began: float) -> None:
    """Note that an account's first sync begins, unless it has begun already."""
    tx.sql.execute(
        "INSERT OR IGNORE INTO sync_state (account, began) VALUES (?, ?)", (account, began)
    )


def note(tx: Transaction, account: int, **values: float | None) -> None:
    """Keep some of the values of a SyncState."""
    columns = ", ".join(f"{name} = ?" for name in values)
    tx.sql.execute(
        f"UPDATE sync_state SET {columns} WHERE account = ?", (*values.values(), account)
    )


def note_newest(tx: Transaction, account: int, newest: int) -> None:
    """Keep the newest upload time that a listing brought."""
    tx.sql.execute(
        "UPDATE sync_state SET newest = MAX(COALESCE(newest, 0), ?) WHERE account = ?",
        (newest, account),
    )


def count_files(sql: sqlite3.Connection, account: int) -> int:
    """Return how many files the library has of an account."""
    row = sql.execute("SELECT files FROM account WHERE id = ?", (account,)).fetchone()
    return int(row["files"])


# -- folders --------------------------------------------------------------------------------------


def due_folders(
    sql: sqlite3.Connection, account: int, since: float, *, most: int = -1, wanted: bool = False
) -> list[Due]:
    """Return the folders not listed since a time: those never listed first, the highest first,
    then the oldest (20 ms for 10 000). ``wanted``: before them those that are wanted."""
    rows = sql.execute(
        f"SELECT id, parent FROM folder WHERE account = ?1 AND {_REAL}"
        f" AND ({_OLDEST} < ?2 OR (wanted AND ?3))"
        f" ORDER BY wanted AND ?3 DESC, {_OLDEST},"
        " length(path) - length(replace(path, '/', '')), sort_title LIMIT ?4",
        (account, since, wanted, most),
    )
    return [Due(**dict(row)) for row in rows]


def is_due(sql: sqlite3.Connection, account: int, id: str, since: float) -> bool:
    """Whether a folder is known and was not listed since a time."""
    row = sql.execute(
        f"SELECT {_OLDEST} < ? FROM folder WHERE account = ? AND id = ?", (since, account, id)
    ).fetchone()
    return row is not None and bool(row[0])


def progress(sql: sqlite3.Connection, account: int, since: float) -> tuple[int, int, int]:
    """Return how many folders were listed since a time, how many there are, and how many requests
    the others need as far as is known (5 ms for 10 000)."""
    row = sql.execute(
        f"SELECT COUNT(*) AS n, TOTAL({_OLDEST} >= ?1) AS done, TOTAL(CASE WHEN {_OLDEST} < ?1"
        f" THEN MAX(1, (COALESCE(total, files) + {PAGE - 1}) / {PAGE} - page) END) AS requests"
        f" FROM folder WHERE account = ?2 AND {_REAL}",
        (since, account),
    ).fetchone()
    return int(row["done"]), int(row["n"]), int(row["requests"])


def begun_page(sql: sqlite3.Connection, account: int, id: str) -> tuple[int, int | None]:
    """Return how many pages are kept of a folder's listing that was interrupted, and how many files
    the host counted then."""
    row = sql.execute(
        "SELECT page, total FROM folder WHERE account = ? AND id = ?", (account, id)
    ).fetchone()
    return (row["page"], row["total"]) if row is not None else (0, None)


def note_page(tx: Transaction, account: int, id: str, page: int, total: int | None) -> None:
    """Keep how many pages of a folder's listing are in the library, and the host's count."""
    tx.sql.execute(
        "UPDATE folder SET page = ?, total = ? WHERE account = ? AND id = ?",
        (page, total, account, id),
    )


def folder_listed(
    tx: Transaction,
    account: int,
    name: str,
    id: str,
    *,
    began: float,
    unreadable: int,
    total: int | None,
) -> None:
    """Note that a listing of a folder, begun at a time, came to its end."""
    tx.sql.execute(
        "UPDATE folder SET listed = ?, unreadable = ?, total = ?, page = 0, wanted = 0,"
        " endless = NULL WHERE account = ? AND id = ?",
        (began, unreadable, total, account, id),
    )
    tx.touch("files", name, id)


def folder_is_endless(tx: Transaction, account: int, name: str, id: str, began: float) -> None:
    """Note that a folder's listing came to no proper end."""
    tx.sql.execute(
        "UPDATE folder SET endless = ?, page = 0, wanted = 0 WHERE account = ? AND id = ?",
        (began, account, id),
    )
    tx.touch("files", name, id)


def note_total(tx: Transaction, account: int, id: str, total: int | None) -> None:
    """Keep how many files the host counts in a folder."""
    tx.sql.execute("UPDATE folder SET total = ? WHERE account = ? AND id = ?", (total, account, id))


def folder_total(sql: sqlite3.Connection, account: int, id: str) -> int | None:
    """Return how many files the host last counted in a folder."""
    row = sql.execute(
        "SELECT total FROM folder WHERE account = ? AND id = ?", (account, id)
    ).fetchone()
    return row["total"] if row is not None else None


def want(tx: Transaction, account: int, ids: Iterable[str]) -> None:
    """Have folders listed before the others, from their first page."""
    tx.sql.executemany(
        "UPDATE folder SET wanted = 1, page = 0 WHERE account = ? AND id = ?",
        [(account, id) for id in ids],
    )


def wanted_folders(sql: sqlite3.Connection, account: int, most: int, *, largest: int) -> list[str]:
    """Return folders of at most ``largest`` files that are to be listed before others."""
    rows = sql.execute(
        "SELECT id FROM folder WHERE account = ? AND wanted AND COALESCE(total, files) <= ?"
        " LIMIT ?",
        (account, largest, most),
    )
    return [row["id"] for row in rows]


def folder_files(sql: sqlite3.Connection, account: int, id: str) -> int:
    """Return how many files the library has in a folder."""
    row = sql.execute(
        "SELECT files FROM folder WHERE account = ? AND id = ?", (account, id)
    ).fetchone()
    return int(row["files"]) if row is not None else 0


def subfolders(sql: sqlite3.Connection, account: int, id: str) -> list[str]:
    """Return the folders in a folder that the host once listed there and are not lost."""
    rows = sql.execute(
        f"SELECT id FROM folder WHERE account = ? AND parent = ? AND {_REAL} AND id <> ?"
        " AND lost IS NULL",
        (account, id, ROOT),
    )
    return [row["id"] for row in rows]


def endless_folders(sql: sqlite3.Connection, account: int) -> list[str]:
    """Return the paths of folders whose last listing came to no proper end."""
    rows = sql.execute(
        "SELECT path FROM folder WHERE account = ? AND endless IS NOT NULL ORDER BY path",
        (account,),
    )
    return [row["path"] for row in rows]


def unreadable_entries(sql: sqlite3.Connection, account: int) -> dict[str, int]:
    """Return how many entries of each folder's last listing could not be read, by path."""
    rows = sql.execute(
        "SELECT path, unreadable FROM folder WHERE account = ? AND unreadable > 0 ORDER BY path",
        (account,),
    )
    return {row["path"]: row["unreadable"] for row in rows}


def lost_folders(sql: sqlite3.Connection, account: int, parent: str) -> list[str]:
    """Return the sub-folders that the last listing of a folder lacked."""
    rows = sql.execute(
        "SELECT id FROM folder WHERE account = ? AND parent = ? AND lost IS NOT NULL",
        (account, parent),
    )
    return [row["id"] for row in rows]


def unclaimed_folders(sql: sqlite3.Connection, account: int) -> list[str]:
    """Return the lost folders that no other folder has, now that all were listed since."""
    rows = sql.execute(
        "SELECT id FROM folder WHERE account = ?1 AND lost <="
        f" (SELECT MIN(COALESCE(listed, 0)) FROM folder WHERE account = ?1 AND {_REAL})",
        (account,),
    )
    return [row["id"] for row in rows]


def subtree(sql: sqlite3.Connection, account: int, id: str) -> list[str]:
    """Return a folder and all below it, the deepest first."""
    rows = sql.execute(
        "WITH RECURSIVE below(id, depth) AS (VALUES (?2, 0) UNION"
        " SELECT f.id, depth + 1 FROM below JOIN folder f ON f.account = ?1"
        " AND f.parent = below.id WHERE f.id <> ?3 AND depth < 64)"
        " SELECT id FROM below GROUP BY id ORDER BY MAX(depth) DESC",
        (account, id, ROOT),
    )
    return [row["id"] for row in rows]


def drop_folders(tx: Transaction, account: int, name: str, ids: Iterable[str]) -> None:
    """Drop folders that are gone; the files in them are missing until the host says more."""
    for id in ids:
        tx.sql.execute(
            "INSERT OR REPLACE INTO missing (account, code, folder)"
            " SELECT account, code, folder FROM file WHERE account = ?1 AND folder = ?2"
            " AND host_folder = ?2",
            (account, id),
        )
        tx.sql.execute("DELETE FROM folder WHERE account = ? AND id = ?", (account, id))
    tx.touch("folders", name)


def likely_folders(sql: sqlite3.Connection, account: int, most: int) -> list[str]:
    """Return the folders of the newest uploads (0.5 s for 1 000 000 files: use a thread)."""
    rows = sql.execute(
        "SELECT host_folder AS id FROM file WHERE account = ? GROUP BY host_folder"
        " ORDER BY MAX(uploaded) DESC LIMIT ?",
        (account, most),
    )
    return [row["id"] for row in rows]
