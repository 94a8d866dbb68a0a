"""The ``upload`` table: every local file on its way, and how far it is. All its SQL is here."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from vhtui.core.database import Transaction
from vhtui.core.store import storable, write_log
from vhtui.core.uploads.sources import Identity
from vhtui.models import Upload, UploadState

OPEN = "('queued', 'sending', 'checking', 'placing', 'encoding')"
UNDER_WAY = "('sending', 'checking', 'placing', 'encoding')"
"""The states in which the host has something of it; together with "queued" they are ``OPEN``."""
PAUSE, CANCEL = "pause", "cancel"
"""What a person asked of an upload that is open (``wish``)."""


class Row(Struct, frozen=True):
    """An upload as the manager sees it. ``name`` is its account's; the rest are the columns.

    ``size``, ``mtime``, ``inode``, ``device``: the file as it was chosen. ``evidence``: JSON codes
    that the host had under that name before the first send. ``accepted``: the host said success.
    ``encodes``: whether it said that it has to encode. ``jobs``: groups of the journal that place
    it. ``asked``: the wish to look at the encodings.
    """

    id: int
    account: int
    name: str
    path: Path
    title: str
    folder: str | None
    folder_path: str
    identity: Identity
    digest: bytes | None
    state: UploadState
    wish: str
    error: str
    sent: int
    tries: int
    looks: int
    accepted: bool
    not_before: float
    evidence: str | None
    code: str | None
    encodes: bool | None
    asked: int | None
    jobs: tuple[int, ...]
    upload_set: int | None
    created: int
    updated: int


_SELECT = "SELECT u.*, a.name FROM upload u JOIN account a ON a.id = u.account"
_PLAIN = {*Row.__struct_fields__} - {
    "path", "identity", "state", "accepted", "encodes", "jobs"
}  # fmt: skip


def _row(row: sqlite3.Row) -> Row:
    return Row(
        path=Path(os.fsdecode(row["path"])),
        identity=Identity(row["size"], row["mtime"], row["inode"], row["device"]),
        state=UploadState(row["state"]),
        accepted=bool(row["accepted"]),
        encodes=None if row["encodes"] is None else bool(row["encodes"]),
        jobs=tuple(int(id) for id in row["jobs"].split()),
        **{name: row[name] for name in _PLAIN},
    )


def rows(sql: sqlite3.Connection, where: str, *values: object) -> list[Row]:
    """Return uploads in the order they are to be sent."""
    found = sql.execute(f"{_SELECT} WHERE {where} ORDER BY u.position, u.id", values)
    return [_row(row) for row in found]


def by_ids(sql: sqlite3.Connection, ids: Iterable[int]) -> list[Row]:
    """Return the uploads of these ids that there are."""
    wanted = ",".join(str(int(id)) for id in ids)
    return rows(sql, f"u.id IN ({wanted})")


def in_doubt(sql: sqlite3.Connection) -> list[Row]:
    """Return what is sent or looked for."""
    return rows(sql, f"u.state IN {UNDER_WAY} AND u.state IN ('sending', 'checking')")


def ready(sql: sqlite3.Connection, accounts: Iterable[str], now: float, limit: int) -> list[Row]:
    """Return the first files that may be sent to these accounts now."""
    names = list(accounts)
    if not names:
        return []
    marks = ", ".join("?" * len(names))
    found = sql.execute(
        "SELECT u.*, a.name FROM upload u INDEXED BY upload_queued CROSS JOIN account a"
        " ON a.id = u.account WHERE u.state = 'queued' AND u.wish = '' AND u.not_before <= ?"
        f" AND a.name IN ({marks}) ORDER BY u.position LIMIT ?",
        (now, *names, limit),
    )
    return [_row(row) for row in found]


def next_time(sql: sqlite3.Connection, now: float) -> float | None:
    """Return when something waiting may be tried again (epoch seconds), None: nothing waits."""
    found: float | None = sql.execute(
        "SELECT MIN(not_before) FROM upload"
        f" WHERE state IN {OPEN} AND not_before > 0 AND not_before > ?",
        (now,),
    ).fetchone()[0]
    return found


def add(
    tx: Transaction,
    *,
    account: int,
    name: str,
    path: Path,
    title: str,
    folder: str | None,
    folder_path: str,
    identity: Identity,
    upload_set: int | None,
) -> int:
    """Queue a file behind all others; return its id."""
    cursor = tx.sql.execute(
        "INSERT INTO upload (account, position, path, title, folder, folder_path, size, mtime,"
        " inode, device, upload_set, created, updated) VALUES (?, (SELECT COALESCE(MAX(seq), 0) + 1"
        " FROM sqlite_sequence WHERE name = 'upload'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            account,
            os.fsencode(path),
            title,
            folder,
            storable(folder_path),
            identity.size,
            identity.mtime,
            identity.inode,
            identity.device,
            upload_set,
            int(tx.now),
            int(tx.now),
        ),
    )
    tx.touch("uploads", name)
    return int(cursor.lastrowid or 0)


def change(tx: Transaction, row: Row, where: str = "1", /, **values: object) -> bool:
    """Set columns of an upload, if it still fulfils ``where``; return whether it did."""
    if isinstance(error := values.get("error"), str):
        values["error"] = storable(error)
    names = ", ".join(f"{name} = ?" for name in values)
    count = tx.sql.execute(
        f"UPDATE upload SET {names}, updated = ? WHERE id = ? AND ({where})",
        (*values.values(), int(tx.now), row.id),
    ).rowcount
    if count:
        tx.touch("uploads", row.name)
    return bool(count)


def end(tx: Transaction, row: Row, state: UploadState, error: str = "") -> None:
    """Bring an upload to an end, and log one that is not as wished."""
    change(tx, row, state=state, wish="", error=error)
    if error:
        write_log(tx, row.name, "error", f"upload of {row.title}: {error}")


def reorder(tx: Transaction, row: Row, step: int) -> None:
    """Swap an upload with the queued one before (-1) or after (+1) it."""
    here = tx.sql.execute("SELECT position FROM upload WHERE id = ?", (row.id,)).fetchone()
    sign, order = ("<", "DESC") if step < 0 else (">", "ASC")
    there = tx.sql.execute(
        f"SELECT id, position FROM upload WHERE position {sign} ? AND state = 'queued'"
        f" ORDER BY position {order} LIMIT 1",
        (here["position"],),
    ).fetchone()
    if there is None:
        return
    swap = "UPDATE upload SET position = ? WHERE id = ?"
    tx.sql.execute(swap, (there["position"], row.id))
    tx.sql.execute(swap, (here["position"], there["id"]))
    tx.touch("uploads", row.name)


def clear(tx: Transaction, names: Sequence[str]) -> int:
    """Take what is playable or cancelled from the list, except in sets that are not complete."""
    count = tx.sql.execute(
        "DELETE FROM upload WHERE state IN ('playable', 'cancelled') AND (upload_set IS NULL OR"
        " upload_set IN (SELECT id FROM upload_set WHERE finished IS NOT NULL))"
    ).rowcount
    for name in names:
        tx.touch("uploads", name)
    return count


def is_waiting(tx: Transaction, account: int, path: Path, identity: Identity) -> bool:
    """Whether this very file is in the queue already."""
    found = tx.sql.execute(
        "SELECT 1 FROM upload INDEXED BY upload_by_path WHERE path = ? AND account = ?"
        f" AND size = ? AND mtime = ? AND state IN {OPEN}",
        (os.fsencode(path), account, identity.size, identity.mtime),
    )
    return found.fetchone() is not None


def counts(sql: sqlite3.Connection, account: int | None) -> dict[UploadState, int]:
    """Return how many uploads are in each state that there are any in."""
    found = sql.execute(
        f"SELECT CASE WHEN wish = '{PAUSE}' THEN 'paused' ELSE state END AS state, COUNT(*) AS n"
        " FROM upload WHERE ?1 IS NULL OR account = ?1 GROUP BY 1",
        (account,),
    )
    return {UploadState(row["state"]): row["n"] for row in found}


def shown(
    sql: sqlite3.Connection, account: int | None, *, open_only: bool, limit: int
) -> list[Upload]:
    """Return uploads as they are shown: in the order they are sent."""
    which = f"u.state IN {OPEN}" if open_only else "1"
    found = sql.execute(
        "SELECT u.*, a.name, s.name AS set_name, f.percent, f.state AS file_state"
        " FROM upload u JOIN account a ON a.id = u.account"
        " LEFT JOIN upload_set s ON s.id = u.upload_set"
        " LEFT JOIN file f ON f.account = u.account AND f.code = u.code"
        f" WHERE (?1 IS NULL OR u.account = ?1) AND {which} ORDER BY u.position, u.id LIMIT ?2",
        (account, limit),
    )
    return [
        Upload(
            id=row["id"],
            account=row["name"],
            path=os.fsdecode(row["path"]),
            title=row["title"],
            folder=row["folder_path"],
            size=row["size"],
            sent=row["sent"],
            percent=row["percent"] if row["file_state"] == "encoding" else None,
            state=UploadState.PAUSED if row["wish"] == PAUSE else UploadState(row["state"]),
            error=row["error"],
            code=row["code"],
            tries=row["tries"],
            set_name=row["set_name"],
            created=row["created"],
            updated=row["updated"],
        )
        for row in found
    ]


def recover(tx: Transaction, settle: float) -> int:
    """Doubt what an earlier process left as sending; return how many."""
    found = rows(tx.sql, "u.state = 'sending'")
    for row in found:
        change(
            tx,
            row,
            state=UploadState.CHECKING,
            looks=0,
            not_before=tx.now + settle,
            error="interrupted: looking whether the host has it",
        )
    return len(found)
