"""Wishes to look at the host again (refresh, sync): written down like every wish, so that any
vhtui can ask and whoever holds the executor lock answers."""

from __future__ import annotations

import sqlite3
from enum import StrEnum

from msgspec import Struct

from vhtui.core.database import Transaction
from vhtui.core.store import storable


class RequestKind(StrEnum):
    """What to look at again."""

    FOLDER = "folder"
    REMOTE = "remote"
    ENCODINGS = "encodings"
    ACCOUNT = "account"
    SYNC = "sync"
    STATS = "stats"
    TAKEDOWNS = "takedowns"
    DELETED = "deleted"
    DOMAIN = "domain"
    CHECK = "check"  # the links of a check; the target is its id
    PREMIUM = "premium"  # an order of premium keys; the target is its id


DESK_KINDS = frozenset(
    {
        RequestKind.STATS,
        RequestKind.TAKEDOWNS,
        RequestKind.DELETED,
        RequestKind.DOMAIN,
        RequestKind.CHECK,
        RequestKind.PREMIUM,
    }
)
"""The wishes that ``core/desk/desk.py`` answers; the others are the watcher's."""

FULL = "full"
"""The target of a wish to sync, for every folder to be listed again."""


class Request(Struct, frozen=True):
    """One wish. ``state`` is open, done or failed; ``error`` says why it failed, ``result`` what
    came of it, in JSON, where there is something to tell."""

    id: int
    account: int
    kind: RequestKind
    target: str
    created: float
    state: str
    error: str
    finished: float | None
    result: str = ""


def ask(tx: Transaction, account: int, kind: RequestKind, target: str = "") -> int:
    """Write a wish down, unless the same one is open already; return its id."""
    row = tx.sql.execute(
        "SELECT id FROM request WHERE account = ? AND kind = ? AND target = ? AND state = 'open'",
        (account, kind, target),
    ).fetchone()
    tx.touch("requests")
    if row is not None:
        return int(row["id"])
    tx.sql.execute("DELETE FROM request WHERE finished < ?", (tx.now - 86_400,))
    cursor = tx.sql.execute(
        "INSERT INTO request (account, kind, target, created) VALUES (?, ?, ?, ?)",
        (account, kind, target, tx.now),
    )
    return int(cursor.lastrowid or 0)


def answer(tx: Transaction, ids: list[int], error: str, result: str = "") -> None:
    """Close wishes; ``error`` empty: done, with a ``result`` in JSON where there is one."""
    for id in ids:
        tx.sql.execute(
            "UPDATE request SET state = ?, error = ?, finished = ?, result = ? WHERE id = ?",
            ("failed" if error else "done", storable(error), tx.now, result, id),
        )
    tx.touch("requests")


def open_requests(sql: sqlite3.Connection, account: int) -> list[Request]:
    """Return an account's open wishes, oldest first."""
    rows = sql.execute(
        "SELECT * FROM request WHERE account = ? AND state = 'open' ORDER BY id", (account,)
    )
    return [_request(row) for row in rows]


def request(sql: sqlite3.Connection, id: int) -> Request | None:
    """Return one wish."""
    row = sql.execute("SELECT * FROM request WHERE id = ?", (id,)).fetchone()
    return _request(row) if row else None


def _request(row: sqlite3.Row) -> Request:
    return Request(**{**dict(row), "kind": RequestKind(row["kind"])})
