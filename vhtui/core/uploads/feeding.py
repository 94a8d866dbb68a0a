"""Remote uploads are fed to the host a few at a time; the rest waits in the journal."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable

from vhtui.models import JobKind, RemoteState

_UNLISTED = 120
"""Seconds that an entry counts which was just added and that no listing of the queue has shown."""


def is_full(sql: sqlite3.Connection, account: int, most: int, in_flight: Iterable[int]) -> bool:
    """Whether a host has as many active remote uploads as it is to be given (0: any number).

    Counted are those it waits for or fetches, the jobs that may have added one already, and what
    was added a moment ago: a listing that was under way then does not have it.
    """
    if most == 0:
        return False
    busy = ",".join(str(id) for id in in_flight)
    active = sql.execute(
        "SELECT (SELECT COUNT(*) FROM remote_upload WHERE account = ?1"
        f"  AND state IN ('{RemoteState.WAITING}', '{RemoteState.RUNNING}'))"
        f" + (SELECT COUNT(*) FROM job WHERE account = ?1 AND kind = '{JobKind.REMOTE_ADD}'"
        f"  AND (state IN ('sent', 'unknown', 'verifying') OR id IN ({busy})"
        "   OR (state = 'done' AND updated > ?2 AND NOT EXISTS (SELECT 1 FROM remote_upload r"
        "    WHERE r.account = ?1 AND r.id = job.result))))",
        (account, time.time() - _UNLISTED),
    ).fetchone()[0]
    return bool(active >= most)
