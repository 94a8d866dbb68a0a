"""What was uploaded from where: a second upload of a file is noticed, also under another name."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from vhtui.core.database import Transaction
from vhtui.core.store import Store, storable
from vhtui.core.uploads import sources
from vhtui.core.uploads.sources import Identity, SourceError
from vhtui.core.uploads.table import Row


class LedgerEntry(Struct, frozen=True, kw_only=True):
    """A local file that is at a host: where it came from, and where it is now."""

    path: str
    account: str
    code: str
    title: str
    folder: str
    uploaded: int


def put(tx: Transaction, row: Row, code: str) -> None:
    """Enter an upload that arrived."""
    tx.sql.execute(
        "INSERT OR REPLACE INTO uploaded (account, path, size, mtime, digest, code, title, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.account,
            os.fsencode(row.path),
            row.identity.size,
            row.identity.mtime,
            row.digest or b"",
            code,
            storable(row.title),
            int(tx.now),
        ),
    )


def is_claimed(sql: sqlite3.Connection, account: int, code: str) -> bool:
    """Whether a code belongs to an upload already."""
    found = sql.execute("SELECT 1 FROM uploaded WHERE account = ? AND code = ?", (account, code))
    return found.fetchone() is not None


def lookup(
    store: Store, files: Iterable[tuple[Path, Identity]], account: str | None = None
) -> list[LedgerEntry]:
    """Return where files are already, at one account or at any (reads a little of those files
    whose size the ledger knows: use a thread).

    The same path, size and time is the same file; else its digest decides. What is no longer in
    the library, because the host said that it is gone, does not count.
    """
    sql = store.database.reader()
    number = None if account is None else store.account_id(account)
    entries: list[LedgerEntry] = []
    for path, identity in files:
        known = sql.execute(
            "SELECT p.path, p.mtime, p.digest, p.code, p.at, f.account, f.title, f.folder"
            " FROM uploaded p JOIN file f ON f.account = p.account AND f.code = p.code"
            " WHERE p.size = ?1 AND (?2 IS NULL OR p.account = ?2) AND f.state <> 'gone'"
            " ORDER BY p.id",
            (identity.size, number),
        ).fetchall()
        if not known:
            continue
        raw = os.fsencode(path)
        same = [row for row in known if row["path"] == raw and row["mtime"] == identity.mtime]
        if len(same) < len(known):
            digest = digest_now(path, identity)
            same = [row for row in known if row in same or row["digest"] == digest]
        for row in same:
            name = store.account_name(row["account"])
            entries.append(
                LedgerEntry(
                    path=str(path),
                    account=name,
                    code=row["code"],
                    title=row["title"],
                    folder=store.folder_path(name, row["folder"]),
                    uploaded=row["at"],
                )
            )
    return entries


def digest_now(path: Path, identity: Identity) -> bytes | None:
    """Return the digest of a file as it is now, None when it is not that file any more."""
    try:
        descriptor = sources.open_source(path, identity)
    except SourceError:
        return None
    try:
        return sources.digest_of(descriptor, identity.size)
    except OSError:
        return None
    finally:
        os.close(descriptor)
