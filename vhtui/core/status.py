"""How an account is: whether its host answers, its figures, how far a sync has come."""

from __future__ import annotations

from dataclasses import asdict

import msgspec

from vhtui.core.database import Transaction
from vhtui.core.store import write_log
from vhtui.models import AccountInfo


def note_account(tx: Transaction, account: int, name: str, state: str, message: str) -> None:
    """Keep how the last call went, and log it when that is news."""
    cursor = tx.sql.execute(
        "UPDATE account SET state = ?, message = ? WHERE id = ? AND (state <> ? OR message <> ?)",
        (state, message, account, state, message),
    )
    if cursor.rowcount:
        tx.touch("account", name)
        write_log(tx, name, "info" if state == "ok" else "warning", message or f"{name} is {state}")


def note_info(tx: Transaction, account: int, name: str, info: AccountInfo) -> None:
    """Keep the account's own figures."""
    tx.sql.execute(
        "UPDATE account SET info = ?, checked = ? WHERE id = ?",
        (msgspec.json.encode(asdict(info)).decode(), int(tx.now), account),
    )
    tx.touch("account", name)


def sync_progress(tx: Transaction, account: int, name: str, done: int, total: int) -> None:
    """Note how many of the folders known so far a whole sync has listed."""
    tx.sql.execute(
        "UPDATE account SET sync_done = ?, sync_total = ? WHERE id = ?", (done, total, account)
    )
    tx.touch("account", name)


def sync_ended(tx: Transaction, account: int, name: str, *, complete: bool) -> None:
    """Note the end of a whole sync."""
    tx.sql.execute(
        "UPDATE account SET sync_done = NULL, sync_total = NULL,"
        " synced = CASE WHEN ? THEN ? ELSE synced END WHERE id = ?",
        (complete, int(tx.now), account),
    )
    tx.touch("account", name)


def sync_stopped(tx: Transaction, account: int, name: str) -> None:
    """Note that a whole sync ended before its end."""
    tx.sql.execute(
        "UPDATE account SET sync_done = NULL, sync_total = NULL WHERE id = ?", (account,)
    )
    tx.touch("account", name)
