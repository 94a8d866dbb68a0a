"""What the executor does next: the order of groups, lanes that are taken, and times to wait for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from vhtui.core.jobs.journal import Entry, entries

_UNBLOCKED = """
    NOT EXISTS (SELECT 1 FROM job e WHERE e.account = j.account AND e.lane = j.lane
        AND e.lane IS NOT NULL AND e.id < j.id AND e.is_deciding
        AND NOT (e.kind = 'create folder' AND e.state = 'needs you'))
    AND NOT (j.kind = 'remote clear failed' AND EXISTS (SELECT 1 FROM job e
        WHERE e.account = j.account AND e.id < j.id AND e.kind LIKE 'remote%'
        AND e.is_open))
"""
"""Nothing before it in its lane. Only a folder that the person has to decide about keeps nothing
back: other folders are made beside it."""


def next_entry(
    sql: sqlite3.Connection, account: int, now: float, skip: Iterable[int], *, feed: bool = True
) -> Entry | None:
    """Return the job an account's executor does next.

    Left out is what is paused, too early, in flight (``skip``), or behind another in its lane;
    without ``feed`` also new remote uploads.
    """
    where = "" if feed else "AND NOT (j.kind = 'remote add' AND j.state = 'ready')"
    groups = sql.execute(
        "SELECT id FROM job_group WHERE account = ? AND paused = 0 AND open > 0 ORDER BY position",
        (account,),
    ).fetchall()
    for group in groups:
        if found := _due(sql, group["id"], now, skip, where, (), 1):
            return found[0]
    return None


def entries_like(
    sql: sqlite3.Connection, first: Entry, now: float, skip: Iterable[int], limit: int
) -> list[Entry]:
    """Return jobs of the same group that could go along with one, itself included, in order."""
    where = "AND j.kind = ? AND j.state = ?"
    return _due(sql, first.grp, now, skip, where, (first.kind, first.state), limit)


def _due(
    sql: sqlite3.Connection,
    group: int,
    now: float,
    skip: Iterable[int],
    where: str,
    values: tuple[object, ...],
    limit: int,
) -> list[Entry]:
    busy = ",".join(str(id) for id in skip)
    return entries(
        sql,
        f"j.grp = ? AND j.is_due AND j.not_before <= ? AND j.id NOT IN ({busy})"
        f" {where} AND {_UNBLOCKED}",
        (group, now, *values),
        limit,
    )


def next_time(sql: sqlite3.Connection, account: int, now: float) -> float | None:
    """Return when the next waiting job of an account may be tried (epoch seconds, after now)."""
    row = sql.execute(
        "SELECT j.not_before AS at FROM job j JOIN job_group g ON g.id = j.grp"
        " WHERE j.account = ? AND j.is_due AND j.not_before > 0"
        " AND j.not_before > ? AND g.paused = 0 ORDER BY j.not_before LIMIT 1",
        (account, now),
    ).fetchone()
    return None if row is None else row["at"]
