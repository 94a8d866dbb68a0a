"""What follows in the library of jobs that happened at the host."""

from __future__ import annotations

import json
from collections.abc import Sequence

from vhtui.core import library, queues
from vhtui.core.database import Transaction
from vhtui.core.jobs import copies, journal
from vhtui.core.jobs.journal import Entry
from vhtui.core.store import write_log
from vhtui.models import JobKind


def happened(
    tx: Transaction, account: int, name: str, entries: Sequence[Entry], result: str | None = None
) -> None:
    """Write what follows of jobs that happened, in the transaction that marks them done.

    ``result``: the id or code that came of the one job.
    """
    for entry in entries:
        if result is not None:
            tx.sql.execute("UPDATE job SET result = ? WHERE id = ?", (result, entry.id))
        _happened(tx, account, name, entry, result)


def _happened(tx: Transaction, account: int, name: str, entry: Entry, result: str | None) -> None:
    match entry.kind:
        case JobKind.RENAME:
            tx.sql.execute(
                "UPDATE file SET host_title = ?, touched = ? WHERE id = ?",
                (entry.after, tx.now, entry.file),
            )
        case JobKind.MOVE | JobKind.TRASH:
            tx.sql.execute(
                "UPDATE file SET host_folder = ?, touched = ? WHERE id = ?",
                (entry.after, tx.now, entry.file),
            )
        case JobKind.DELETE:
            library.remove_files(tx, account, name, [entry.code or ""])
        case JobKind.CREATE_FOLDER:
            library.adopt_folder(tx, account, f"new:{entry.id}", result or "", entry.after or "")
            journal.release(tx, entry, result or "")
        case JobKind.RENAME_FOLDER:
            tx.sql.execute(
                "UPDATE folder SET host_title = ?, touched = ? WHERE account = ? AND id = ?",
                (entry.after, tx.now, account, entry.folder),
            )
        case JobKind.REMOTE_DELETE:
            _forget_uploads(tx, account, name, [entry.code or ""])
        case JobKind.REMOTE_CLEAR:
            _forget_uploads(tx, account, name, json.loads(entry.evidence or "[]"), "failed")
        case JobKind.REMOTE_RESTART:
            tx.sql.execute(
                "UPDATE remote_upload SET state = 'waiting', note = '' WHERE account = ?"
                " AND id = ?",
                (account, entry.code),
            )
            queues.mark_changed(tx, account, entry.code or "")
        case JobKind.CLONE | JobKind.RENEW:
            copies.happened(tx, account, name, entry, result)
        case _:
            pass


def _forget_uploads(
    tx: Transaction, account: int, name: str, ids: Sequence[str], state: str = "%"
) -> None:
    """Take entries that the host deleted out of the queue, keeping a line of each in the log."""
    for id in ids:
        queues.mark_changed(tx, account, id)
        for row in tx.sql.execute(
            "DELETE FROM remote_upload WHERE account = ? AND id = ? AND state LIKE ?"
            " RETURNING url, state",
            (account, id, state),
        ).fetchall():
            write_log(tx, name, "info", f"taken from the queue, {row['state']}: {row['url']}")
