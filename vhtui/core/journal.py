"""The journal: every change a person asked for, and how far it got.

::

    planned --> ready --> sent --> done
       |          ^        |-----> rejected            the host said no
       |          |        '-----> unknown --> verifying --> done | ready | conflict | needs you
       '----------'                 (the answer was lost)

"sent" is on the disk before the first byte leaves. What is "sent" when an executor starts was
interrupted, so it becomes "unknown": the outcome is looked up, never assumed. A group is one wish
of the person: one line of progress, one undo.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vhtui.core.database import Transaction
from vhtui.core.library import show_wishes
from vhtui.core.store import storable
from vhtui.models import JobKind, JobState

OPEN = "('planned', 'ready', 'sent', 'unknown', 'verifying')"
DECIDING = "('planned', 'ready', 'sent', 'unknown', 'verifying', 'needs you')"
"""The states of a job that those after it on the same file wait for."""
FAILED = "('rejected', 'conflict', 'needs you')"
UNDOABLE = frozenset({JobKind.RENAME, JobKind.MOVE, JobKind.TRASH, JobKind.RENAME_FOLDER})
"""The kinds that another job of the same sort takes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A job about to be written. What the fields mean depends on the kind.

    rename: ``before`` and ``after`` are titles. move, trash: folder ids. delete: ``before`` is the
    title and ``after`` the size in digits (or empty) that the person saw. create folder:
    ``folder`` is the parent, ``after`` the title. rename folder: ``folder``, titles. remote add:
    ``after`` is the URL, ``folder`` where to. remote restart, remote delete: ``code`` is the entry.
    """

    target: str
    file: int | None = None
    code: str | None = None
    folder: str | None = None
    before: str | None = None
    after: str | None = None
    waits_for: int | None = None
    state: JobState = JobState.READY


@dataclass(frozen=True, slots=True)
class Entry:
    """A job as the executor sees it, all columns."""

    id: int
    grp: int
    account: int
    kind: JobKind
    state: JobState
    target: str
    file: int | None
    code: str | None
    folder: str | None
    before: str | None
    after: str | None
    evidence: str | None
    result: str | None
    waits_for: int | None
    alone: int
    looks: int
    tries: int
    not_before: float
    error: str
    created: int
    updated: int


def add_group(
    tx: Transaction,
    account: int,
    kind: JobKind,
    title: str,
    done_title: str,
    wishes: Sequence[Wish],
    *,
    role: str = "do",
    undoes: int | None = None,
) -> tuple[int, list[int]]:
    """Write a group and its jobs; return the group's id and the jobs' ids, in order.

    ``role``: do, undo (it takes back the group ``undoes``) or redo (it takes back an undo).
    """
    group = int(
        tx.sql.execute(
            "INSERT INTO job_group (account, kind, title, done_title, created, position, role,"
            " undoes) VALUES (?, ?, ?, ?, ?,"
            " (SELECT COALESCE(MAX(position), 0) + 1 FROM job_group), ?, ?)",
            (account, kind, title, done_title, int(tx.now), role, undoes),
        ).lastrowid
        or 0
    )
    jobs: list[int] = []
    for wish in wishes:
        cursor = tx.sql.execute(
            "INSERT INTO job (grp, account, kind, state, target, file, code, folder, before, after,"
            " waits_for, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                group,
                account,
                kind,
                JobState.PLANNED if wish.waits_for is not None else wish.state,
                storable(wish.target),
                wish.file,
                wish.code,
                wish.folder,
                wish.before,
                None if wish.after is None else storable(wish.after),
                wish.waits_for,
                int(tx.now),
                int(tx.now),
            ),
        )
        jobs.append(int(cursor.lastrowid or 0))
    show_wishes(tx, (wish.file for wish in wishes if wish.file is not None))
    tx.touch("jobs")
    return group, jobs


def mark(
    tx: Transaction,
    entries: Iterable[Entry],
    state: JobState,
    *,
    error: str = "",
    not_before: float = 0,
    evidence: str | None = None,
    alone: bool = False,
    looked: bool = False,
    tried: bool = False,
) -> None:
    """Move jobs to a state, and show what follows of it."""
    files: list[int] = []
    for entry in entries:
        tx.sql.execute(
            "UPDATE job SET state = ?, error = ?, not_before = ?, updated = ?,"
            " evidence = COALESCE(?, evidence), alone = alone OR ?, looks = looks + ?,"
            " tries = tries + ? WHERE id = ?",
            (
                state,
                storable(error),
                not_before,
                int(tx.now),
                evidence,
                alone,
                looked,
                tried,
                entry.id,
            ),
        )
        if entry.file is not None:
            files.append(entry.file)
    if state not in (JobState.SENT, JobState.UNKNOWN, JobState.VERIFYING):
        show_wishes(tx, files)
    tx.touch("jobs")


def entries(
    sql: sqlite3.Connection, where: str, values: Sequence[object], limit: int = -1
) -> list[Entry]:
    """Return jobs of the journal in the order they were written, as the executor sees them."""
    rows = sql.execute(
        f"SELECT j.* FROM job j WHERE {where} ORDER BY j.id LIMIT ?", (*values, limit)
    )
    return [
        Entry(**{**dict(row), "kind": JobKind(row["kind"]), "state": JobState(row["state"])})
        for row in rows
    ]


_UNBLOCKED = f"""
    NOT EXISTS (SELECT 1 FROM job e WHERE e.file = j.file AND e.id < j.id AND e.file IS NOT NULL
        AND e.state IN {DECIDING})
    AND NOT EXISTS (SELECT 1 FROM job e WHERE e.account = j.account AND e.folder = j.folder
        AND e.folder IS NOT NULL AND e.id < j.id AND e.kind = j.kind AND e.state IN {DECIDING}
        AND (j.kind IN ('create folder', 'rename folder')
            OR (j.kind = 'remote add' AND e.after = j.after)))
    AND NOT (j.kind = 'remote clear failed' AND EXISTS (SELECT 1 FROM job e
        WHERE e.account = j.account AND e.id < j.id AND e.kind LIKE 'remote%'
        AND e.state IN {OPEN}))
"""


def next_entries(
    sql: sqlite3.Connection, account: int, now: float, skip: Iterable[int], limit: int
) -> list[Entry]:
    """Return what an account's executor may do now: jobs of one group, in order.

    Left out is what is paused, too early, in flight (``skip``), or behind an earlier job on the
    same file or folder.
    """
    busy = ",".join(str(id) for id in skip)
    groups = sql.execute(
        "SELECT id FROM job_group WHERE account = ? AND paused = 0"
        f" AND id IN (SELECT grp FROM job WHERE account = ?1 AND state IN {OPEN})"
        " ORDER BY position",
        (account,),
    ).fetchall()
    for group in groups:
        found = entries(
            sql,
            f"j.grp = ? AND j.state IN {OPEN} AND j.state IN ('ready', 'unknown', 'verifying')"
            f" AND j.not_before <= ? AND j.id NOT IN ({busy}) AND {_UNBLOCKED}",
            (group["id"], now),
            limit,
        )
        if found:
            return found
    return []


def next_time(sql: sqlite3.Connection, account: int) -> float | None:
    """Return when the next waiting job of an account may be tried (epoch seconds)."""
    row = sql.execute(
        "SELECT MIN(j.not_before) AS at FROM job j JOIN job_group g ON g.id = j.grp"
        " WHERE j.account = ? AND j.state IN ('ready', 'unknown', 'verifying') AND g.paused = 0"
        " AND j.not_before > 0",
        (account,),
    ).fetchone()
    return None if row is None else row["at"]


def recover(tx: Transaction, account: int, settle: float) -> int:
    """Turn what an earlier executor left as sent into unknown; return how many."""
    found = entries(tx.sql, "j.account = ? AND j.state IN ('sent')", (account,))
    mark(
        tx,
        found,
        JobState.UNKNOWN,
        error="interrupted: looking whether it happened",
        not_before=tx.now + settle,
    )
    return len(found)


def release(tx: Transaction, done: Entry, folder: str) -> None:
    """A folder was made: what waited for it may go, with the folder's real id."""
    placeholder = f"new:{done.id}"
    tx.sql.execute(
        "UPDATE job SET after = CASE WHEN after = ?1 THEN ?2 ELSE after END,"
        " before = CASE WHEN before = ?1 THEN ?2 ELSE before END,"
        " folder = CASE WHEN folder = ?1 THEN ?2 ELSE folder END"
        " WHERE account = ?3 AND (after = ?1 OR before = ?1 OR folder = ?1)",
        (placeholder, folder, done.account),
    )
    waiting = entries(tx.sql, "j.waits_for = ? AND j.state IN ('planned')", (done.id,))
    mark(tx, waiting, JobState.READY)


def give_up_waiting(tx: Transaction, failed: Entry, error: str) -> None:
    """A folder was not made: what waited for it cannot happen either."""
    waiting = entries(tx.sql, "j.waits_for = ? AND j.state IN ('planned')", (failed.id,))
    mark(tx, waiting, JobState.REJECTED, error=f"the folder was not made: {error}")
    for entry in waiting:
        give_up_waiting(tx, entry, error)


def cancel_group(tx: Transaction, group: int) -> list[Entry]:
    """Cancel what of a group has not been sent; return those jobs."""
    left = entries(tx.sql, "j.grp = ? AND j.state IN ('planned', 'ready')", (group,))
    mark(tx, left, JobState.CANCELLED)
    for entry in left:
        give_up_waiting(tx, entry, "it was cancelled")
    return left


def pause(tx: Transaction, which: str, value: int, *, paused: bool) -> None:
    """Pause or resume groups that still have open jobs."""
    tx.sql.execute(
        f"UPDATE job_group SET paused = ? WHERE {which}"
        f" AND (paused = 1 OR id IN (SELECT grp FROM job WHERE state IN {OPEN}))",
        (paused, value),
    )
    tx.touch("jobs")


def retry(tx: Transaction, group: int) -> int:
    """Make what of a group was refused ready again; return how many."""
    failed = entries(tx.sql, "j.grp = ? AND j.state IN ('rejected', 'conflict')", (group,))
    for entry in failed:
        tx.sql.execute("UPDATE job SET tries = 0, looks = 0, alone = 1 WHERE id = ?", (entry.id,))
    mark(tx, [e for e in failed if not _waits_in_vain(tx, e)], JobState.READY)
    tx.sql.execute("UPDATE job_group SET announced = 0, hidden = 0 WHERE id = ?", (group,))
    return len(failed)


def _waits_in_vain(tx: Transaction, entry: Entry) -> bool:
    """Whether a job is for a folder that was never made."""
    return any((value or "").startswith("new:") for value in (entry.after, entry.folder))


def reorder(tx: Transaction, group: int, step: int) -> None:
    """Swap a group with the open neighbour before (-1) or after (+1) it."""
    here = tx.sql.execute("SELECT position FROM job_group WHERE id = ?", (group,)).fetchone()
    if here is None:
        return
    sign, order = ("<", "DESC") if step < 0 else (">", "ASC")
    there = tx.sql.execute(
        f"SELECT id, position FROM job_group WHERE position {sign} ? AND id IN"
        f" (SELECT grp FROM job WHERE state IN {OPEN}) ORDER BY position {order} LIMIT 1",
        (here["position"],),
    ).fetchone()
    if there is None:
        return
    swap = "UPDATE job_group SET position = ? WHERE id = ?"
    tx.sql.execute(swap, (there["position"], group))
    tx.sql.execute(swap, (here["position"], there["id"]))
    tx.touch("jobs")


def hide_finished(tx: Transaction) -> int:
    """Take from view the groups with nothing open and nothing left to decide."""
    count = tx.sql.execute(
        "UPDATE job_group SET hidden = 1 WHERE hidden = 0 AND id NOT IN"
        f" (SELECT grp FROM job WHERE state IN {OPEN} OR state = 'needs you')"
    ).rowcount
    tx.touch("jobs")
    return count
