"""What hosts said of their queues: remote uploads and encodings, and the state of their files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from vhtui.core.database import Transaction
from vhtui.core.encodings import forget_ended, note_percent
from vhtui.core.store import storable, write_log
from vhtui.models import Encoding, RemoteState, RemoteUpload


def put_remote_uploads(
    tx: Transaction,
    account: int,
    name: str,
    uploads: Iterable[RemoteUpload],
    *,
    whole: bool,
    fetched: float,
) -> list[RemoteUpload]:
    """Keep queue entries, and return those that have completed since they were last seen.

    ``whole``: these are all, so others go; a line in the log tells of each. What a job of ours
    changed after they were asked for (at ``fetched``) stays as it is.
    """
    ours = {
        row["code"]
        for row in tx.sql.execute(
            "SELECT code FROM tombstone WHERE account = ? AND deleted >= ?", (account, fetched)
        )
    }
    before = {
        row["id"]: tuple(row)
        for row in tx.sql.execute(
            f"SELECT {_REMOTE_COLUMNS} FROM remote_upload WHERE account = ?", (account,)
        )
    }
    changed = False
    completed: list[RemoteUpload] = []
    for upload in uploads:
        row = _remote_row(upload)
        old = before.pop(upload.id, None)
        if old == row or _mark(upload.id) in ours:
            continue
        changed = True
        tx.sql.execute(
            f"INSERT OR REPLACE INTO remote_upload (account, {_REMOTE_COLUMNS})"
            f" VALUES (?{', ?' * len(row)})",
            (account, *row),
        )
        if upload.state is RemoteState.COMPLETED and old is not None and old[2] != upload.state:
            completed.append(upload)
    for old in before.values() if whole else ():
        if _mark(old[0]) in ours:
            continue
        changed = True
        tx.sql.execute("DELETE FROM remote_upload WHERE account = ? AND id = ?", (account, old[0]))
        write_log(tx, name, "info", f"no longer in the host's queue, {old[2]}: {old[1]}")
    if changed:
        _show_fetching(tx, account)
        tx.touch("remote", name)
        tx.touch("files", name)
    return completed


def mark_changed(tx: Transaction, account: int, id: str) -> None:
    """Note that a job of ours changed an entry: a listing asked for earlier does not count."""
    tx.sql.execute(
        "INSERT OR REPLACE INTO tombstone (account, code, deleted) VALUES (?, ?, ?)",
        (account, _mark(id), tx.now),
    )


def _mark(id: object) -> str:
    return f"queue entry {id}"


def is_moving(sql: sqlite3.Connection, account: int) -> tuple[bool, bool]:
    """Return whether remote uploads, and whether encodings, are still under way."""
    row = sql.execute(
        "SELECT EXISTS (SELECT 1 FROM remote_upload WHERE account = ?1"
        f" AND state IN ('{RemoteState.WAITING}', '{RemoteState.RUNNING}')) AS remote,"
        " EXISTS (SELECT 1 FROM encoding WHERE account = ?1"
        f" AND NOT {_FINISHED} AND NOT {_BROKEN}) AS encodings",
        (account,),
    ).fetchone()
    return bool(row["remote"]), bool(row["encodings"])


def open_uploads(sql: sqlite3.Connection, account: int) -> list[RemoteUpload]:
    """Return the entries that the host may still change, or whose state is not known."""
    states = ", ".join(f"'{s}'" for s in RemoteState if s.is_open or s is RemoteState.UNKNOWN)
    rows = sql.execute(
        f"SELECT {_REMOTE_COLUMNS} FROM remote_upload WHERE account = ? AND state IN ({states})",
        (account,),
    )
    return [RemoteUpload(**{**dict(row), "state": RemoteState(row["state"])}) for row in rows]


_REMOTE_COLUMNS = (
    "id, url, state, raw_state, code, folder, note, size, loaded, speed, remaining, percent,"
    " created, updated"
)


def _remote_row(upload: RemoteUpload) -> tuple[object, ...]:
    return (
        upload.id,
        storable(upload.url),
        upload.state.value,
        storable(upload.raw_state),
        upload.code,
        upload.folder,
        storable(upload.note),
        upload.size,
        upload.loaded,
        upload.speed,
        upload.remaining,
        upload.percent,
        upload.created,
        upload.updated,
    )


def _show_fetching(tx: Transaction, account: int) -> None:
    tx.sql.execute(
        "UPDATE file SET state = 'ok', percent = NULL WHERE account = ?1 AND state = 'fetching'"
        " AND code NOT IN (SELECT code FROM remote_upload WHERE account = ?1"
        f" AND code IS NOT NULL AND state IN ('{RemoteState.WAITING}', '{RemoteState.RUNNING}'))",
        (account,),
    )
    tx.sql.execute(
        "UPDATE file SET state = 'fetching', percent = r.percent FROM remote_upload r"
        " WHERE file.account = ?1 AND r.account = ?1 AND file.code = r.code"
        f" AND r.state IN ('{RemoteState.WAITING}', '{RemoteState.RUNNING}')",
        (account,),
    )


def put_encodings(tx: Transaction, account: int, name: str, encodings: Sequence[Encoding]) -> None:
    """Keep the encoding jobs, all there are, and say so in the state of their files."""
    rows = {
        (e.code, e.quality or 0, e.stage): (
            account,
            e.code,
            e.quality or 0,
            storable(e.stage),
            storable(e.title),
            storable(e.state),
            e.percent,
            storable(e.note),
            storable(e.error),
            e.created,
            e.started,
            e.updated,
            storable(e.source),
        )
        for e in encodings
    }
    before = {
        (row["code"], row["quality"], row["stage"]): tuple(row)
        for row in tx.sql.execute(
            "SELECT account, code, quality, stage, title, state, percent, note, error, created,"
            " started, updated, source FROM encoding WHERE account = ?",
            (account,),
        )
    }
    if before == rows:
        return
    for (code, quality, stage), row in rows.items():
        old = before.get((code, quality, stage))
        note_percent(tx, (account, code, quality, stage), row[6], old[6] if old else None)
    tx.sql.execute("DELETE FROM encoding WHERE account = ?", (account,))
    tx.sql.executemany(
        "INSERT OR REPLACE INTO encoding (account, code, quality, stage, title, state, percent,"
        " note, error, created, started, updated, source) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        list(rows.values()),
    )
    forget_ended(tx, account)
    _show_encoding(tx, account)
    tx.touch("encodings", name)
    tx.touch("files", name)


_FINISHED = (
    "(lower(state) LIKE 'finish%' OR lower(state) LIKE 'complete%' OR lower(state) = 'done')"
)
_BROKEN = "(error <> '' OR lower(state) LIKE '%error%' OR lower(state) LIKE 'fail%')"


def _show_encoding(tx: Transaction, account: int) -> None:
    tx.sql.execute(
        "UPDATE file SET state = 'ok', percent = NULL"
        " WHERE account = ? AND state IN ('encoding', 'encoding failed')",
        (account,),
    )
    tx.sql.execute(
        f"""
        UPDATE file SET state = e.word, percent = e.percent FROM (
            SELECT code, AVG(COALESCE(percent, 0)) AS percent,
                CASE WHEN MAX({_BROKEN}) THEN 'encoding failed' ELSE 'encoding' END AS word
            FROM encoding WHERE account = ?1 AND NOT {_FINISHED} GROUP BY code
        ) e WHERE file.account = ?1 AND file.code = e.code
        """,
        (account,),
    )


ENCODED = (
    f"SELECT account, code, COUNT(*) AS jobs, SUM(NOT {_FINISHED}) AS open,"
    f" MAX(CASE WHEN {_BROKEN} THEN COALESCE(NULLIF(error, ''), state) END) AS broken"
    " FROM encoding GROUP BY account, code"
)
"""A query for how each file's encoding stands: its jobs, how many are open, what broke."""
