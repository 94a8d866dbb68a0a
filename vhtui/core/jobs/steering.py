"""What the person does to groups in the journal: cancel, pause, try again, order, clear away."""

from __future__ import annotations

from collections.abc import Sequence

from vhtui.core.database import Transaction
from vhtui.core.jobs.journal import Entry, entries, mark_where
from vhtui.models import JobKind, JobState

_UNSENT = "(j.state IN ('planned', 'ready') OR (j.state IN ('unknown', 'verifying') AND tries = 0))"


def cancel_group(tx: Transaction, group: int) -> int:
    """Cancel what of a group has not been sent; return how many jobs."""
    return mark_where(tx, JobState.CANCELLED, f"j.grp = ? AND {_UNSENT}", group)


def cancel_jobs(tx: Transaction, account: int, kind: JobKind, ids: Sequence[int]) -> int:
    """Cancel those of an account's jobs of a kind that have not been sent; return how many."""
    listed = ",".join(str(int(id)) for id in ids)
    which = f"j.id IN ({listed}) AND j.account = ? AND j.kind = ? AND {_UNSENT}"
    return mark_where(tx, JobState.CANCELLED, which, account, kind)


def pause(tx: Transaction, groups: str, value: int, *, paused: bool) -> list[int]:
    """Pause or resume those groups with open jobs that a condition names; return the accounts."""
    rows = tx.sql.execute(
        f"UPDATE job_group SET paused = ? WHERE {groups} AND paused <> ? AND (paused = 1"
        " OR open > 0) RETURNING account",
        (paused, value, paused),
    ).fetchall()
    tx.touch("jobs")
    return sorted({row["account"] for row in rows})


def retry(tx: Transaction, group: int) -> int:
    """Make what of a group was refused ready again; return how many.

    A job whose folder was refused takes the folder's making along.
    """
    failed = "j.grp = ? AND j.state IN ('rejected', 'conflict')"
    count = _afresh(tx, JobState.READY, f"{failed} AND NOT {_IN_NEW_FOLDER}", group)
    waiting = f"{failed} AND {_IN_NEW_FOLDER}"
    makers = tx.sql.execute(f"SELECT DISTINCT waits_for FROM job j WHERE {waiting}", (group,))
    for row in makers.fetchall():
        folders = _refused_folders(tx, row["waits_for"])
        if folders is None:
            continue
        planned = f"{waiting} AND j.waits_for = ?"
        count += _afresh(tx, JobState.PLANNED, planned, group, row["waits_for"])
        for folder in folders:
            state = JobState.PLANNED if _is_provisional(folder.folder) else JobState.READY
            _afresh(tx, state, "j.id = ?", folder.id)
    tx.sql.execute("UPDATE job_group SET hidden = 0 WHERE id = ?", (group,))
    return count


_IN_NEW_FOLDER = (
    "COALESCE(CASE WHEN j.kind IN ('move', 'trash') THEN j.after ELSE j.folder END, '')"
    " GLOB 'new:*'"
)


def _is_provisional(folder: str | None) -> bool:
    return folder is not None and folder.startswith("new:")


def _refused_folders(tx: Transaction, job: int | None) -> list[Entry] | None:
    """Return which of a folder and those above it were refused, the topmost first; None when it
    can no longer be made."""
    found = entries(tx.sql, "j.id = ?", (job,))
    if not found or found[0].state is JobState.CANCELLED:
        return None
    folder = found[0]
    if not folder.state.is_failed or folder.state is JobState.NEEDS_YOU:
        return []
    above = _refused_folders(tx, folder.waits_for) if _is_provisional(folder.folder) else []
    return None if above is None else [*above, folder]


def _afresh(tx: Transaction, state: JobState, where: str, *values: object) -> int:
    """Have the jobs ``j`` that a condition names begin again, each by itself; return how many."""
    tx.sql.execute(f"UPDATE job AS j SET tries = 0, looks = 0, alone = 1 WHERE {where}", values)
    return mark_where(tx, state, where, *values)


def reorder(tx: Transaction, group: int, step: int) -> None:
    """Swap a group with the open neighbour before (-1) or after (+1) it."""
    here = tx.sql.execute("SELECT position FROM job_group WHERE id = ?", (group,)).fetchone()
    if here is None:
        return
    sign, order = ("<", "DESC") if step < 0 else (">", "ASC")
    there = tx.sql.execute(
        f"SELECT id, position FROM job_group WHERE position {sign} ? AND open > 0"
        f" ORDER BY position {order} LIMIT 1",
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
        "UPDATE job_group SET hidden = 1 WHERE hidden = 0 AND open = 0 AND NOT (failed > 0 AND"
        " EXISTS (SELECT 1 FROM job WHERE grp = job_group.id AND state = 'needs you'))"
    ).rowcount
    tx.touch("jobs")
    return count
