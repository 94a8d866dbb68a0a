"""The local library: what is known of every account, read by views and written by workers.

Reads are synchronous and take well under a millisecond unless they say otherwise; writes go through
``Database.write``. The journal of changes is in ``jobs/journal.py``, over the same database.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from vhtui.core import encodings
from vhtui.core.database import Database, Transaction
from vhtui.core.listed import Listing as Listing
from vhtui.core.listed import ListingSpec as ListingSpec
from vhtui.core.listed import Sort as Sort
from vhtui.core.listings import Listings
from vhtui.core.stopping import Stop
from vhtui.errors import StateError, UsageError
from vhtui.models import (
    ROOT,
    AccountInfo,
    AccountRow,
    Encoding,
    FileRow,
    FolderRow,
    LogEntry,
    RemoteState,
    RemoteUpload,
)
from vhtui.text import redact

_LOG_KEPT = 20_000
_IDS_A_QUERY = 500


class Store:
    """Everything the interface shows, read from SQLite."""

    def __init__(self, database: Database) -> None:
        """Read and write through an open database."""
        self.database = database
        self._names: dict[int, str] = {}
        self._ids: dict[str, int] = {}
        self._listings = Listings(database)

    # Accounts

    async def adopt_accounts(self, accounts: Mapping[str, str]) -> None:
        """Make sure every configured account (name -> provider) has its rows and root folder."""

        def change(tx: Transaction) -> None:
            for name, provider in accounts.items():
                tx.sql.execute(
                    "INSERT INTO account (name, provider) VALUES (?, ?) ON CONFLICT (name)"
                    " DO UPDATE SET provider = excluded.provider"
                    " WHERE provider <> excluded.provider",
                    (name, provider),
                )
                tx.sql.execute(
                    "INSERT OR IGNORE INTO folder"
                    " (account, id, parent, title, sort_title, path, folded, host_title)"
                    " SELECT id, ?, '', '', '', '/', '/', '' FROM account WHERE name = ?",
                    (ROOT, name),
                )
            tx.sql.execute("DELETE FROM tombstone WHERE deleted < ?", (tx.now - 86_400,))

        await self.database.write(change)

    def account_id(self, name: str) -> int:
        """Return an account's number in the database; UsageError when it is not known."""
        if name not in self._ids:
            for row in self._all("SELECT id, name FROM account"):
                self._ids[row["name"]] = row["id"]
                self._names[row["id"]] = row["name"]
        try:
            return self._ids[name]
        except KeyError:
            known = ", ".join(sorted(self._ids)) or "none"
            raise UsageError(f"there is no account {name!r} (known: {known})") from None

    def account_name(self, id: int) -> str:
        """Return the name of an account's number."""
        if id not in self._names:
            row = self._one("SELECT name FROM account WHERE id = ?", id)
            self._names[id] = row["name"] if row else "?"
        return self._names[id]

    def accounts(self) -> list[AccountRow]:
        """Return every account the database knows, in the order they were first seen."""
        return [_account(row) for row in self._all(f"{_ACCOUNT} ORDER BY id")]

    def account(self, name: str) -> AccountRow:
        """Return one account; UsageError when it is not known."""
        row = self._one(f"{_ACCOUNT} WHERE id = ?", self.account_id(name))
        assert row is not None
        return _account(row)

    # Folders. Where an id is asked for, the provisional one of a folder made since is good too.

    def folder(self, account: str, id: str) -> FolderRow | None:
        """Return one folder."""
        rows = self._folders(account, "f.id = ?", self._made(id))
        return rows[0] if rows else None

    def folders(self, account: str, parent: str) -> list[FolderRow]:
        """Return the sub-folders of a folder in natural order (40 ms for 10 000)."""
        return self._folders(account, "f.parent = ?", self._made(parent))

    def _made(self, id: str) -> str:
        """Return the real id of a folder that is known by its provisional one."""
        job = id.removeprefix("new:")
        if job == id or not job.isdecimal():
            return id
        row = self._one("SELECT result FROM job WHERE id = ? AND state = 'done'", int(job))
        return row["result"] if row is not None and row["result"] else id

    def all_folders(self, account: str) -> list[FolderRow]:
        """Return every folder of an account by path (30 ms for 10 000)."""
        rows = self._folders(account, "1")
        rows.sort(key=lambda row: row.path.casefold())
        return rows

    def folder_path(self, account: str, id: str) -> str:
        """Return a folder's path, such as ``/Series/Season 01``; ``/`` for the root."""
        folder = self.folder(account, id)
        return folder.path if folder else "/"

    def find_folder(self, account: str, path: str) -> FolderRow | None:
        """Return the folder at a path; UsageError when two folders share it."""
        wanted = "/" + "/".join(part for part in path.split("/") if part)
        rows = self._folders(account, "f.path = ?", wanted)
        if len(rows) > 1:
            ids = ", ".join(row.id for row in rows)
            raise StateError(f"{account} has several folders {wanted} (ids {ids})")
        return rows[0] if rows else None

    def _folders(self, account: str, where: str, *values: object) -> list[FolderRow]:
        number = self.account_id(account)
        rows = self._all(
            "SELECT f.id, f.parent, f.title, f.path, f.files, f.bytes, f.pending, f.listed,"
            f" f.unreadable FROM folder f WHERE f.account = ? AND {where}"
            " ORDER BY f.sort_title, f.id",
            number,
            *values,
        )
        counts = "SELECT parent, count(*) AS folders FROM folder WHERE account = ?"
        if len(rows) > _IDS_A_QUERY:
            found = self._all(f"{counts} GROUP BY parent", number)
        else:
            parents = ",".join("?" * len(rows))
            ids = [row["id"] for row in rows]
            found = self._all(f"{counts} AND parent IN ({parents}) GROUP BY parent", number, *ids)
        below = {row["parent"]: row["folders"] for row in found}
        return [
            FolderRow(account=account, **dict(row), folders=below.get(row["id"], 0)) for row in rows
        ]

    # Files

    def head(self, spec: ListingSpec, stop: Stop | None = None) -> Listing:
        """Return the whole of a listing, or its head, within some 50 ms at any size.

        An empty head that is neither whole nor counted: only ``listing`` can tell. StoppedError
        when it was called off.
        """
        return self._listings.head(spec, *self._place(spec), stop or Stop())

    def listing(self, spec: ListingSpec, stop: Stop | None = None) -> Listing:
        """Return all of a listing (0.5 s at 1 000 000: use a thread)."""
        return self._listings.whole(spec, *self._place(spec), stop or Stop())

    def _place(self, spec: ListingSpec) -> tuple[int, str | None]:
        folder = None if spec.folder is None else self._made(spec.folder)
        return self.account_id(spec.account), folder

    def files(self, ids: Sequence[int]) -> list[FileRow]:
        """Return the rows of a window, in the order of the ids; those that are gone left out."""
        found: dict[int, FileRow] = {}
        for start in range(0, len(ids), _IDS_A_QUERY):
            part = ids[start : start + _IDS_A_QUERY]
            marks = ",".join("?" * len(part))
            for row in self._all(f"{_FILE} WHERE f.id IN ({marks})", *part):
                found[row["id"]] = self._file(row)
        return [found[id] for id in ids if id in found]

    def file(self, id: int) -> FileRow | None:
        """Return one file by row id."""
        rows = self.files([id])
        return rows[0] if rows else None

    def file_by_code(self, account: str, code: str) -> FileRow | None:
        """Return one file by its code."""
        row = self._one(
            f"{_FILE} WHERE f.account = ? AND f.code = ?", self.account_id(account), code
        )
        return self._file(row) if row else None

    def files_by_title(self, account: str, folder: str, title: str) -> list[FileRow]:
        """Return the files of a folder that have exactly this title."""
        rows = self._all(
            f"{_FILE} WHERE f.account = ? AND f.folder = ? AND f.sort_title = natural_key(?)"
            " AND f.title = ? ORDER BY f.id",
            self.account_id(account),
            folder,
            title,
            title,
        )
        return [self._file(row) for row in rows]

    def totals(self, listing: Listing) -> tuple[int, int]:
        """Return how many files are listed and their bytes in all."""
        spec = listing.spec
        if spec.query is None:
            whole = self.account(spec.account)
            folder = whole if spec.folder is None else self.folder(spec.account, spec.folder)
            return (folder.files, folder.bytes) if folder else (0, 0)
        if listing.size is not None:
            return len(listing), listing.size
        return self._sum(listing.ids)

    def _sum(self, ids: Iterable[int]) -> tuple[int, int]:
        count = size = 0
        wanted = list(ids)
        for start in range(0, len(wanted), _IDS_A_QUERY):
            part = wanted[start : start + _IDS_A_QUERY]
            row = self._one(
                "SELECT COUNT(*) AS n, COALESCE(SUM(size), 0) AS bytes FROM file"
                f" WHERE id IN ({','.join('?' * len(part))})",
                *part,
            )
            assert row is not None
            count += row["n"]
            size += row["bytes"]
        return count, size

    def _file(self, row: sqlite3.Row) -> FileRow:
        # By hand, not by **dict(row): 100 000 rows take half the time.
        (id, account, code, title, folder, size, length, views, uploaded, revenue, state, percent,
            pending) = row  # fmt: skip
        return FileRow(
            id=id, account=self.account_name(account), code=code, title=title, folder=folder,
            size=size, length=length, views=views, uploaded=uploaded, revenue=revenue, state=state,
            percent=percent, pending=pending,
        )  # fmt: skip

    # Remote uploads, encodings, log, settings

    def remote_uploads(self, account: str) -> list[RemoteUpload]:
        """Return the queue, newest first: what still waits in the journal, then the host's."""
        number = self.account_id(account)
        waiting = [
            RemoteUpload(
                id=f"new:{row['id']}",
                url=row["after"],
                state=RemoteState.QUEUED,
                folder=row["folder"],
                note=row["error"] or row["state"],
                created=row["created"],
            )
            for row in self._all(
                "SELECT * FROM job WHERE account = ? AND kind = 'remote add' AND is_open"
                " ORDER BY id DESC",
                number,
            )
        ]
        rows = self._all(
            f"SELECT {_REMOTE} FROM remote_upload WHERE account = ?"
            " ORDER BY COALESCE(created, 0) DESC, CAST(id AS INTEGER) DESC, id DESC",
            number,
        )
        return waiting + [
            RemoteUpload(**{**dict(row), "state": RemoteState(row["state"])}) for row in rows
        ]

    def encodings(self, account: str, code: str | None = None) -> list[Encoding]:
        """Return the encoding jobs, of one file if so said, the newest file first."""
        number = self.account_id(account)
        return encodings.encodings(self.database.reader(), number, time.time(), code=code)

    def log(self, limit: int = 1000) -> list[LogEntry]:
        """Return the newest lines of the log, newest first."""
        rows = self._all(
            "SELECT id, at, account, level, text FROM log ORDER BY id DESC LIMIT ?", limit
        )
        return [LogEntry(**dict(row)) for row in rows]

    def setting(self, name: str) -> str | None:
        """Return what the interface remembered under a name."""
        row = self._one("SELECT value FROM setting WHERE name = ?", name)
        return row["value"] if row else None

    async def remember(self, name: str, value: str) -> None:
        """Remember a word for the interface, such as the last folder of an account."""

        def change(tx: Transaction) -> None:
            tx.sql.execute(
                "INSERT INTO setting (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )

        await self.database.write(change)

    def _all(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self.database.reader().execute(sql, values).fetchall()

    def _one(self, sql: str, *values: object) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.database.reader().execute(sql, values).fetchone()
        return row


_ACCOUNT = (
    "SELECT name, provider, state, message, info, checked, synced, sync_done, sync_total,"
    " sync_left, sync_note, files, bytes FROM account"
)
_FILE = (
    "SELECT f.id, f.account, f.code, f.title, f.folder, f.size, f.length, f.views, f.uploaded,"
    " f.revenue, f.state, f.percent, f.pending FROM file f"
)
_REMOTE = (
    "id, url, state, raw_state, code, folder, note, size, loaded, speed, remaining, percent,"
    " created, updated"
)


def _account(row: sqlite3.Row) -> AccountRow:
    values = dict(row)
    info = values.pop("info")
    return AccountRow(**values, info=msgspec.json.decode(info, type=AccountInfo) if info else None)


def write_log(tx: Transaction, account: str, level: str, text: str) -> None:
    """Add a line to the log (level: info, warning, error), keeping the newest 20 000.

    What looks like a key in it is masked.
    """
    cursor = tx.sql.execute(
        "INSERT INTO log (at, account, level, text) VALUES (?, ?, ?, ?)",
        (int(tx.now), account, level, redact(storable(text))),
    )
    if (cursor.lastrowid or 0) % 1000 == 0:
        tx.sql.execute("DELETE FROM log WHERE id <= ?", ((cursor.lastrowid or 0) - _LOG_KEPT,))
    tx.touch("log")


def storable(text: str) -> str:
    """Return a text SQLite can keep: lone surrogates become question marks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
