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

from vhtui.core import library
from vhtui.core.database import Transaction
from vhtui.core.jobs.wishes import Wish as Wish
from vhtui.core.jobs.wishes import lane, with_folders_made_since
from vhtui.core.store import storable
from vhtui.models import JobKind, JobState

FAILED = "('rejected', 'conflict', 'needs you')"
UNDOABLE = frozenset({JobKind.RENAME, JobKind.MOVE, JobKind.TRASH, JobKind.RENAME_FOLDER})
"""The kinds that another job of the same sort takes back."""
_OF_FOLDERS = frozenset({JobKind.CREATE_FOLDER, JobKind.RENAME_FOLDER})
_UNDER_WAY = (JobState.SENT, JobState.UNKNOWN, JobState.VERIFYING)


class Entry(Struct, frozen=True, gc=False):
    """A job as the executor sees it, all columns; many at once are no work for the collector."""

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
) -> tuple[int, Sequence[int]]:
    """Write a group and its jobs; return the group's id and the jobs' ids, in order.

    ``role``: do, undo (it takes back the group ``undoes``), redo (it takes back an undo) or place
    (it brings an upload to its folder; the upload tells how that ended).
    """
    wishes = with_folders_made_since(tx, wishes)
    group = int(
        tx.sql.execute(
            "INSERT INTO job_group (account, kind, title, done_title, created, position, role,"
            " undoes) VALUES (?, ?, ?, ?, ?,"
            " (SELECT COALESCE(MAX(position), 0) + 1 FROM job_group), ?, ?)",
            (account, kind, title, done_title, int(tx.now), role, undoes),
        ).lastrowid
        or 0
    )
    first = _next_job(tx)
    jobs = range(first, first + len(wishes))
    now = int(tx.now)
    tx.sql.execute(_WISHED)
    tx.sql.executemany(
        f"INSERT INTO wished VALUES (?{', ?' * 11})",
        (
            (
                job,
                JobState.PLANNED if wish.waits_for is not None else wish.state,
                storable(wish.target),
                wish.file,
                wish.code,
                wish.folder,
                None if wish.before is None else storable(wish.before),
                None if wish.after is None else storable(wish.after),
                lane(kind, wish),
                wish.waits_for,
                wish.tries,
                wish.error,
            )
            for job, wish in zip(jobs, wishes, strict=True)
        ),
    )
    tx.sql.execute(
        f"INSERT INTO job ({_WISH_COLUMNS}, grp, account, kind, created, updated)"
        f" SELECT {_WISH_COLUMNS}, ?1, ?2, ?3, ?4, ?4 FROM wished ORDER BY id",
        (group, account, kind, now),
    )
    tx.sql.execute("DELETE FROM wished")
    begun = (JobState.PLANNED if wish.waits_for is not None else wish.state for wish in wishes)
    tx.sql.execute("UPDATE job_group SET total = ? WHERE id = ?", (len(jobs), group))
    _count(tx, Counter((group, _COLUMN[state]) for state in begun))
    library.show_wishes(tx, "grp = ?", group)
    for entry in entries(tx.sql, "j.grp = ?", (group,)) if kind in _OF_FOLDERS else ():
        _show_folder(tx, entry)
    _touch(tx, account, {kind})
    return group, jobs


_WISH_COLUMNS = (
    "id, state, target, file, code, folder, before, after, lane, waits_for, tries, error"
)
_WISHED = f"CREATE TEMP TABLE IF NOT EXISTS wished ({_WISH_COLUMNS})"
"""Jobs on their way into the journal: one statement for all of them is three times as fast."""


def _next_job(tx: Transaction) -> int:
    """Return the id that the next job will have; those of pruned ones are not used again."""
    row = tx.sql.execute("SELECT seq FROM sqlite_sequence WHERE name = 'job'").fetchone()
    return 1 + (int(row["seq"]) if row is not None else 0)


def entries(
    sql: sqlite3.Connection, where: str, values: Sequence[object], limit: int = -1
) -> list[Entry]:
    """Return jobs of the journal in the order they were written, as the executor sees them."""
    rows = sql.execute(
        f"SELECT {_COLUMNS} FROM job j WHERE {where} ORDER BY j.id LIMIT ?", (*values, limit)
    )
    return [
        Entry(id, grp, account, _KINDS[kind], _STATES[state], *others)
        for id, grp, account, kind, state, *others in rows
    ]


_COLUMNS = ", ".join(f"j.{name}" for name in Entry.__struct_fields__)
_KINDS = {kind.value: kind for kind in JobKind}
_STATES = {state.value: state for state in JobState}


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
    _begin_move(tx)
    tx.sql.executemany("INSERT INTO moving VALUES (?)", ((entry.id,) for entry in entries))
    _move(tx, state, error, not_before, alone, looked, untried)


def mark_where(
    tx: Transaction, state: JobState, where: str, *values: object, error: str = ""
) -> int:
    """Move the jobs ``j`` that a condition names to a state, as ``mark`` does; return how many."""
    _begin_move(tx)
    tx.sql.execute(f"INSERT INTO moving SELECT j.id FROM job j WHERE {where}", values)
    return _move(tx, state, error)


def _begin_move(tx: Transaction) -> None:
    tx.sql.execute("CREATE TEMP TABLE IF NOT EXISTS moving (id INTEGER PRIMARY KEY)")
    tx.sql.execute("DELETE FROM moving")


_MOVING = "(SELECT id FROM moving)"


def _move(
    tx: Transaction,
    state: JobState,
    error: str,
    not_before: float = 0,
    alone: bool = False,
    looked: bool = False,
    untried: bool = False,
) -> int:
    """Move the jobs that are in ``moving``, and return how many: each statement does all."""
    tx.sql.execute(
        "DELETE FROM moving WHERE NOT EXISTS"
        " (SELECT 1 FROM job WHERE id = moving.id AND state <> 'cancelled')"
    )
    counts: Counter[tuple[int, str]] = Counter()
    for row in tx.sql.execute(
        f"SELECT grp, state, COUNT(*) AS jobs FROM job WHERE id IN {_MOVING} GROUP BY grp, state"
    ):
        counts[row["grp"], _COLUMN[JobState(row["state"])]] -= row["jobs"]
        counts[row["grp"], _COLUMN[state]] += row["jobs"]
    moved = tx.sql.execute(
        "UPDATE job SET state = ?, error = ?, not_before = ?, updated = ?,"
        f" alone = alone OR ?, looks = looks + ?, tries = tries - ? WHERE id IN {_MOVING}",
        (state, storable(error), not_before, int(tx.now), alone, looked, untried),
    ).rowcount
    _count(tx, counts)
    if looked and state is JobState.READY:
        library.note_not_happened(tx, f"id IN {_MOVING}")
    _follow(tx, state, error)
    return moved


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
    for account in {entry.account for entry in claimed}:
        _touch(tx, account, {entry.kind for entry in claimed})
    return claimed


def recover(tx: Transaction, account: int, settle: float, under_way: Collection[int] = ()) -> int:
    """Turn what was sent by an executor that is no more into unknown; return how many."""
    found = [
        entry
        for entry in entries(tx.sql, "j.account = ? AND j.is_open AND j.state = 'sent'", (account,))
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
    mark_where(tx, JobState.READY, "j.waits_for = ? AND j.state = 'planned'", done.id)


def _follow(tx: Transaction, state: JobState, error: str) -> None:
    """Show what jobs that have just come to a state mean for files and folders."""
    kinds: dict[int, set[JobKind]] = {}
    for row in tx.sql.execute(f"SELECT DISTINCT account, kind FROM job WHERE id IN {_MOVING}"):
        kinds.setdefault(row["account"], set()).add(JobKind(row["kind"]))
    if kinds and state not in _UNDER_WAY:
        library.show_wishes(tx, f"id IN {_MOVING}")
        if any(_OF_FOLDERS & found for found in kinds.values()):
            names = ", ".join(f"'{kind}'" for kind in sorted(_OF_FOLDERS))
            for entry in entries(tx.sql, f"j.id IN {_MOVING} AND j.kind IN ({names})", ()):
                if entry.kind is JobKind.CREATE_FOLDER:
                    _follow_folder(tx, entry, state, error)
                else:
                    _show_folder(tx, entry)
    for account, found in kinds.items():
        _touch(tx, account, found)


def _show_folder(tx: Transaction, entry: Entry) -> None:
    """Show a folder as it was asked for: under its new name, or about to be made."""
    if entry.kind is JobKind.CREATE_FOLDER:
        title = entry.after or ""
        library.plan_folder(tx, entry.account, f"new:{entry.id}", entry.folder or "0", title)
    else:
        library.show_folder_wish(tx, entry.account, entry.folder or "")


def _follow_folder(tx: Transaction, entry: Entry, state: JobState, error: str) -> None:
    """A folder that will not be made goes, and so does what waited for it; both may come back."""
    waiting = "j.waits_for = ? AND j.state = ?"
    if state in (JobState.REJECTED, JobState.CONFLICT, JobState.CANCELLED):
        why = error or "it was cancelled"
        words = f"the folder was not made: {why}"
        mark_where(tx, JobState.REJECTED, waiting, entry.id, JobState.PLANNED, error=words)
        library.drop_folder(tx, entry.account, f"new:{entry.id}")
    elif state in (JobState.READY, JobState.PLANNED):
        _show_folder(tx, entry)
        mark_where(tx, JobState.PLANNED, waiting, entry.id, JobState.REJECTED)


def _touch(tx: Transaction, account: int, kinds: Collection[JobKind]) -> None:
    tx.touch("jobs")
    name = library.account_name(tx, account)
    if any(kind.startswith("remote") for kind in kinds):
        tx.touch("remote", name)
    if any(not kind.startswith("remote") for kind in kinds):
        tx.touch("files", name)
