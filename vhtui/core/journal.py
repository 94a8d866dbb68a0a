"""The journal: every change a person asked for, and how far it got.

::

    planned --> ready --> sent --> done
       |          ^        |-----> rejected            the host said no
       |          |        '-----> unknown --> verifying --> done | ready | conflict | needs you
       '----------'                 (the answer was lost)

"sent" is on the disk before the first byte leaves. What is "sent" when an executor starts was
interrupted, so it becomes "unknown": the outcome is looked up, never assumed. A group is one wish
of the person: one line of progress, one undo. What was cancelled stays cancelled.

Jobs that share a lane (a file, a queue entry, the folder that folders are made in) are carried out
one after the other, in the order they were asked for.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from vhtui.core import library
from vhtui.core.database import Transaction
from vhtui.core.store import storable
from vhtui.errors import StateError
from vhtui.models import JobKind, JobState

OPEN = "('planned', 'ready', 'sent', 'unknown', 'verifying')"
FAILED = "('rejected', 'conflict', 'needs you')"
UNDOABLE = frozenset({JobKind.RENAME, JobKind.MOVE, JobKind.TRASH, JobKind.RENAME_FOLDER})
"""The kinds that another job of the same sort takes back."""
_UNDER_WAY = (JobState.SENT, JobState.UNKNOWN, JobState.VERIFYING)


class Wish(Struct, frozen=True, kw_only=True):
    """A job about to be written. What the fields mean depends on the kind.

    rename: ``before`` and ``after`` are titles. move, trash: folder ids. delete: ``before`` is the
    title and ``after`` the size in digits (or empty) that the person saw. create folder:
    ``folder`` is the parent, ``after`` the title. rename folder: ``folder``, titles. remote add:
    ``after`` is the URL, ``folder`` where to. remote restart, remote delete: ``code`` is the entry.
    clone: ``code`` of the source, ``folder`` where to, ``before`` its title if known. renew:
    ``file`` and its ``code``.
    """

    target: str
    file: int | None = None
    code: str | None = None
    folder: str | None = None
    before: str | None = None
    after: str | None = None
    waits_for: int | None = None
    state: JobState = JobState.READY
    error: str = ""


class Entry(Struct, frozen=True):
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
    lane: str | None
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

    ``role``: do, undo (it takes back the group ``undoes``), redo (it takes back an undo) or place
    (it brings an upload to its folder; the upload tells how that ended).
    """
    wishes = _with_folders_made_since(tx, wishes)
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
            " lane, waits_for, error, created, updated)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                group,
                account,
                kind,
                JobState.PLANNED if wish.waits_for is not None else wish.state,
                storable(wish.target),
                wish.file,
                wish.code,
                wish.folder,
                None if wish.before is None else storable(wish.before),
                None if wish.after is None else storable(wish.after),
                _lane(kind, wish),
                wish.waits_for,
                wish.error,
                int(tx.now),
                int(tx.now),
            ),
        )
        jobs.append(int(cursor.lastrowid or 0))
    begun = (JobState.PLANNED if wish.waits_for is not None else wish.state for wish in wishes)
    tx.sql.execute("UPDATE job_group SET total = ? WHERE id = ?", (len(jobs), group))
    _count(tx, Counter((group, _COLUMN[state]) for state in begun))
    library.show_wishes(tx, (wish.file for wish in wishes if wish.file is not None))
    for job, wish in zip(jobs, wishes, strict=True):
        if kind is JobKind.RENAME_FOLDER:
            library.show_folder_wish(tx, account, wish.folder or "")
        elif kind is JobKind.CREATE_FOLDER:
            library.plan_folder(tx, account, f"new:{job}", wish.folder or "0", wish.after or "")
    _touch(tx, account, {kind})
    return group, jobs


def _lane(kind: JobKind, wish: Wish) -> str | None:
    if wish.file is not None:
        return f"file {wish.file}"
    match kind:
        case JobKind.CREATE_FOLDER:
            return f"in {wish.folder}"
        case JobKind.RENAME_FOLDER:
            return f"folder {wish.folder}"
        case JobKind.REMOTE_ADD:
            return f"url {storable(wish.after or '')}"
        case JobKind.REMOTE_RESTART | JobKind.REMOTE_DELETE:
            return f"entry {wish.code}"
        case JobKind.CLONE:
            return f"clone {wish.folder}"
    return None


def _with_folders_made_since(tx: Transaction, wishes: Sequence[Wish]) -> Sequence[Wish]:
    """Put real folders for provisional ones that were made while the person was asking."""
    waited = {wish.waits_for for wish in wishes} - {None}
    for job in waited:
        row = tx.sql.execute("SELECT state, result FROM job WHERE id = ?", (job,)).fetchone()
        state = JobState(row["state"]) if row is not None else JobState.CANCELLED
        if state.is_open or state is JobState.NEEDS_YOU:
            continue
        if state is not JobState.DONE:
            raise StateError("that folder was not made: choose another one")
        swap = {f"new:{job}": row["result"]}
        wishes = [
            replace(
                wish,
                after=swap.get(wish.after or "", wish.after),
                folder=swap.get(wish.folder or "", wish.folder),
                waits_for=None,
            )
            if wish.waits_for == job
            else wish
            for wish in wishes
        ]
    return wishes


def entries(
    sql: sqlite3.Connection, where: str, values: Sequence[object], limit: int = -1
) -> list[Entry]:
    """Return jobs of the journal in the order they were written, as the executor sees them."""
    rows = sql.execute(
        f"SELECT {_COLUMNS} FROM job j WHERE {where} ORDER BY j.id LIMIT ?", (*values, limit)
    )
    return [
        Entry(**{**dict(row), "kind": JobKind(row["kind"]), "state": JobState(row["state"])})
        for row in rows
    ]


_COLUMNS = ", ".join(f"j.{name}" for name in Entry.__struct_fields__)


# How jobs go on


def mark(
    tx: Transaction,
    entries: Iterable[Entry],
    state: JobState,
    *,
    error: str = "",
    not_before: float = 0,
    alone: bool = False,
    looked: bool = False,
    untried: bool = False,
) -> None:
    """Move jobs to a state, unless they were cancelled meanwhile, and write what follows of it.

    ``alone``: send it by itself from now on. ``looked``: the host was looked at for it.
    ``untried``: the last send turned out to be none.
    """
    moved: list[Entry] = []
    counts: Counter[tuple[int, str]] = Counter()
    for entry in entries:
        before = tx.sql.execute("SELECT state FROM job WHERE id = ?", (entry.id,)).fetchone()
        cursor = tx.sql.execute(
            "UPDATE job SET state = ?, error = ?, not_before = ?, updated = ?,"
            " alone = alone OR ?, looks = looks + ?, tries = tries - ?"
            " WHERE id = ? AND state <> 'cancelled'",
            (state, storable(error), not_before, int(tx.now), alone, looked, untried, entry.id),
        )
        if cursor.rowcount:
            moved.append(entry)
            counts[entry.grp, _COLUMN[JobState(before["state"])]] -= 1
            counts[entry.grp, _COLUMN[state]] += 1
    _count(tx, counts)
    _follow(tx, moved, state, error)


_COLUMN = {
    state: "open"
    if state.is_open
    else "failed"
    if state.is_failed
    else "cancelled"
    if state is JobState.CANCELLED
    else "done"
    for state in JobState
}
"""Which of its group's counts a job in a state is part of."""


def _count(tx: Transaction, changes: Counter[tuple[int, str]]) -> None:
    """Keep the groups' counts, which make every question about a group independent of its size."""
    for (group, column), change in changes.items():
        if change:
            tx.sql.execute(
                f"UPDATE job_group SET {column} = {column} + ? WHERE id = ?", (change, group)
            )


def claim(tx: Transaction, batch: Sequence[Entry], evidence: str | None) -> list[Entry]:
    """Mark ready jobs as sent, and return those that are: what was cancelled meanwhile is not.

    What a look will compare with is noted first: ``evidence`` (of the first send), and as
    ``before`` what the host has now, which another job may have left otherwise than planned.
    """
    claimed: list[Entry] = []
    for entry in batch:
        cursor = tx.sql.execute(
            "UPDATE job SET state = 'sent', error = '', not_before = 0, updated = ?,"
            " evidence = COALESCE(evidence, ?), looks = 0, tries = tries + 1,"
            " before = CASE"
            "  WHEN kind = 'rename' THEN (SELECT host_title FROM file WHERE id = job.file)"
            "  WHEN kind IN ('move', 'trash')"
            "   THEN (SELECT host_folder FROM file WHERE id = job.file)"
            "  ELSE before END"
            " WHERE id = ? AND state = 'ready'",
            (int(tx.now), evidence, entry.id),
        )
        if cursor.rowcount:
            claimed.append(entry)
    _follow(tx, claimed, JobState.SENT, "")
    return claimed


def recover(tx: Transaction, account: int, settle: float, under_way: Collection[int] = ()) -> int:
    """Turn what was sent by an executor that is no more into unknown; return how many."""
    found = [
        entry
        for entry in entries(
            tx.sql, f"j.account = ? AND j.state IN {OPEN} AND j.state = 'sent'", (account,)
        )
        if entry.id not in under_way
    ]
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
        " folder = CASE WHEN folder = ?1 THEN ?2 ELSE folder END,"
        " lane = CASE WHEN lane = 'in ' || ?1 THEN 'in ' || ?2 ELSE lane END"
        " WHERE account = ?3 AND (after = ?1 OR before = ?1 OR folder = ?1)",
        (placeholder, folder, done.account),
    )
    mark(tx, _waiting_for(tx, done, JobState.PLANNED), JobState.READY)


def _waiting_for(tx: Transaction, folder: Entry, state: JobState) -> list[Entry]:
    return entries(tx.sql, "j.waits_for = ? AND j.state = ?", (folder.id, state))


def _follow(tx: Transaction, moved: Sequence[Entry], state: JobState, error: str) -> None:
    """Show what jobs that have just come to a state mean for files and folders."""
    if not moved:
        return
    if state not in _UNDER_WAY:
        library.show_wishes(tx, (entry.file for entry in moved if entry.file is not None))
        for entry in moved:
            if entry.kind is JobKind.RENAME_FOLDER:
                library.show_folder_wish(tx, entry.account, entry.folder or "")
            elif entry.kind is JobKind.CREATE_FOLDER:
                _follow_folder(tx, entry, state, error)
    for account in {entry.account for entry in moved}:
        _touch(tx, account, {entry.kind for entry in moved})


def _follow_folder(tx: Transaction, entry: Entry, state: JobState, error: str) -> None:
    """A folder that will not be made goes, and so does what waited for it; both may come back."""
    placeholder = f"new:{entry.id}"
    if state in (JobState.REJECTED, JobState.CONFLICT, JobState.CANCELLED):
        why = error or "it was cancelled"
        mark(
            tx,
            _waiting_for(tx, entry, JobState.PLANNED),
            JobState.REJECTED,
            error=f"the folder was not made: {why}",
        )
        library.drop_folder(tx, entry.account, placeholder)
    elif state in (JobState.READY, JobState.PLANNED):
        library.plan_folder(tx, entry.account, placeholder, entry.folder or "0", entry.after or "")
        mark(tx, _waiting_for(tx, entry, JobState.REJECTED), JobState.PLANNED)


def _touch(tx: Transaction, account: int, kinds: Collection[JobKind]) -> None:
    tx.touch("jobs")
    name = library.account_name(tx, account)
    if any(kind.startswith("remote") for kind in kinds):
        tx.touch("remote", name)
    if any(not kind.startswith("remote") for kind in kinds):
        tx.touch("files", name)
