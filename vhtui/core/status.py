"""How an account is: whether its host answers, its figures, how far a sync has come."""

from __future__ import annotations

import msgspec

from vhtui.core.database import Transaction
from vhtui.core.store import write_log
from vhtui.models import AccountInfo, AccountRow
from vhtui.text import count_words, duration_words, plural

STUMBLING = "not answering"
"""The state of an account while a call that was not answered is tried again."""


def note_account(tx: Transaction, account: int, name: str, state: str, message: str) -> None:
    """Keep how the last call went, and log it when that is news."""
    row = tx.sql.execute("SELECT state FROM account WHERE id = ?", (account,)).fetchone()
    recovers = row is not None and row["state"] == STUMBLING and state == "ok"
    cursor = tx.sql.execute(
        "UPDATE account SET state = ?, message = ? WHERE id = ? AND (state <> ? OR message <> ?)",
        (state, message, account, state, message),
    )
    if cursor.rowcount:
        tx.touch("account", name)
        if state == STUMBLING or recovers:
            return
        write_log(tx, name, "info" if state == "ok" else "warning", message or f"{name} is {state}")


def note_info(tx: Transaction, account: int, name: str, info: AccountInfo) -> None:
    """Keep the account's own figures."""
    tx.sql.execute(
        "UPDATE account SET info = ?, checked = ? WHERE id = ?",
        (msgspec.json.encode(info).decode(), int(tx.now), account),
    )
    tx.touch("account", name)


def sync_progress(
    tx: Transaction, account: int, name: str, done: int, total: int, left: float | None
) -> None:
    """Note how many of the folders known so far a sync has listed, and the seconds it needs yet."""
    tx.sql.execute(
        "UPDATE account SET sync_done = ?, sync_total = ?, sync_left = ? WHERE id = ?",
        (done, total, left, account),
    )
    tx.touch("account", name)


def sync_ended(tx: Transaction, account: int, name: str, words: str, *, complete: bool) -> None:
    """Note the end of a sync, and what the person should know of it."""
    tx.sql.execute(
        "UPDATE account SET sync_done = NULL, sync_total = NULL, sync_left = NULL, sync_note = ?,"
        " synced = CASE WHEN ? THEN ? ELSE synced END WHERE id = ?",
        (words, complete, int(tx.now), account),
    )
    tx.touch("account", name)


def sync_stopped(tx: Transaction, account: int, name: str) -> None:
    """Note that a sync ended before its end."""
    tx.sql.execute(
        "UPDATE account SET sync_done = NULL, sync_total = NULL, sync_left = NULL WHERE id = ?",
        (account,),
    )
    tx.touch("account", name)


def note_sync(tx: Transaction, account: int, name: str, words: str) -> None:
    """Keep what the person should know of how the library stands."""
    tx.sql.execute("UPDATE account SET sync_note = ? WHERE id = ?", (words, account))
    tx.touch("account", name)


def sync_words(row: AccountRow, *, brief: bool = False) -> str:
    """Return how far a running sync is ("" when none runs): folders, files (but for ``brief``),
    time left."""
    if row.sync_total is None:
        return ""
    done, total = count_words(row.sync_done or 0), plural(row.sync_total, "folder")
    left = "" if row.sync_left is None else f", {duration_words(row.sync_left)}"
    files = "" if brief else f", {plural(row.files, 'file')}"
    return f"listing {done} of {total}{files}{left}"
