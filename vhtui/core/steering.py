"""What the person does to groups in the journal: cancel, pause, try again, order, clear away."""

from __future__ import annotations

from collections.abc import Sequence

from vhtui.core.database import Transaction
from vhtui.core.journal import Entry, entries, mark
from vhtui.models import JobKind, JobState

_UNSENT = "(j.state IN ('planned', 'ready') OR (j.state IN ('unknown', 'verifying') AND tries = 0))"


def cancel_group(tx: Transaction, group: int) -> int:
    """Cancel what of a group has not been sent; return how many jobs."""
    left = entries(tx.sql, f"j.grp = ? AND {_UNSENT}", (group,))
    mark(tx, left, JobState.CANCELLED)
    return len(left)


def cancel_jobs(tx: Transaction, account: int, kind: JobKind, ids: Sequence[int]) -> int:
    """Cancel those of an account's jobs of a kind that have not been sent; return how many."""
    listed = ",".join(str(int(id)) for id in ids)
    which = f"j.id IN ({listed}) AND j.account = ? AND j.kind = ? AND {_UNSENT}"
    left = entries(tx.sql, which, (account, kind))
    mark(tx, left, JobState.CANCELLED)
    return len(left)


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
    failed = entries(tx.sql, "j.grp = ? AND j.state IN ('rejected', 'conflict')", (group,))
    again = [entry for entry in failed if _try_again(tx, entry)]
    tx.sql.execute("UPDATE job_group SET hidden = 0 WHERE id = ?", (group,))
    return len(again)


def _try_again(tx: Transaction, entry: Entry) -> bool:
    """Ready or plan a failed job again; False when its folder can no longer be made."""
    state = JobState.READY
    if any((value or "").startswith("new:") for value in (entry.after, entry.folder)):
        found = entries(tx.sql, "j.id = ?", (entry.waits_for,))
        folder = found[0] if found else None
        if folder is None or folder.state is JobState.CANCELLED:
            return False
        if folder.state.is_failed and folder.state is not JobState.NEEDS_YOU:
            return _try_again(tx, folder)
        state = JobState.PLANNED
    tx.sql.execute("UPDATE job SET tries = 0, looks = 0, alone = 1 WHERE id = ?", (entry.id,))
    mark(tx, [entry], state)
    return True


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
