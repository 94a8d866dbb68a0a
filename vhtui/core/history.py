"""The journal as the interface and the command line read it: groups, jobs, how they ended."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from vhtui.core.database import Database, Transaction
from vhtui.core.journal import FAILED, OPEN, UNDOABLE
from vhtui.models import Job, JobGroup, JobKind, JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSummary:
    """The journal in one line."""

    open: int = 0
    failed: int = 0
    paused: int = 0
    doubtful: int = 0
    current: str = ""


_GROUP = """
SELECT g.*, a.name AS account_name, COUNT(j.id) AS total,
    COALESCE(SUM(j.state IN ('done', 'cancelled')), 0) AS done,
    COALESCE(SUM(j.state IN ('rejected', 'conflict', 'needs you')), 0) AS failed
FROM job_group g JOIN account a ON a.id = g.account LEFT JOIN job j ON j.grp = g.id
"""


def _group(row: sqlite3.Row) -> JobGroup:
    kind = JobKind(row["kind"])
    return JobGroup(
        id=row["id"],
        account=row["account_name"],
        title=row["title"],
        kind=kind,
        created=row["created"],
        paused=bool(row["paused"]),
        total=row["total"],
        done=row["done"],
        failed=row["failed"],
        undoable=kind in UNDOABLE,
        undone=bool(row["undone"]),
    )


def _ended(tx: Transaction, row: sqlite3.Row) -> tuple[str, str, int, bool]:
    """Say how a group ended: (level, sentence, group, undoable)."""
    states = {
        found["state"]: found["n"]
        for found in tx.sql.execute(
            "SELECT state, COUNT(*) AS n FROM job WHERE grp = ? GROUP BY state", (row["id"],)
        )
    }
    done = states.get(JobState.DONE, 0)
    undoable = JobKind(row["kind"]) in UNDOABLE and row["role"] != "undo" and done > 0
    if done == row["total"]:
        return "info", row["done_title"], row["id"], undoable
    if states.get(JobState.CANCELLED, 0) == row["total"]:
        return "info", f"Cancelled: {row['title']}", row["id"], False
    first = tx.sql.execute(
        f"SELECT error FROM job WHERE grp = ? AND state IN {FAILED} ORDER BY id LIMIT 1",
        (row["id"],),
    ).fetchone()
    why = f": {first['error']}" if first else ""
    level = "error" if row["failed"] else "warning"
    text = f"{row['title']}: {done} of {row['total']} done, {row['failed']} failed{why}"
    return level, text, row["id"], undoable


class History:
    """The journal as the interface and the command line read it."""

    def __init__(self, database: Database) -> None:
        """Read through an open database."""
        self._database = database

    def groups(self, *, limit: int = 100, open_only: bool = False) -> list[JobGroup]:
        """Return the groups, newest first, leaving out those cleared from view."""
        where = "WHERE g.hidden = 0"
        if open_only:
            where += f" AND g.id IN (SELECT grp FROM job WHERE state IN {OPEN})"
        rows = self._read(f"{_GROUP} {where} GROUP BY g.id ORDER BY g.id DESC LIMIT ?", limit)
        return [_group(row) for row in rows]

    def group(self, id: int) -> JobGroup | None:
        """Return one group."""
        rows = self._read(f"{_GROUP} WHERE g.id = ? GROUP BY g.id", id)
        return _group(rows[0]) if rows else None

    def jobs(
        self, *, account: str | None = None, group: int | None = None, limit: int = 1000
    ) -> list[Job]:
        """Return jobs, newest first; those of one group in their own order."""
        clauses, values = ["1"], []
        if account is not None:
            clauses.append("a.name = ?")
            values.append(account)
        if group is not None:
            clauses.append("j.grp = ?")
            values.append(str(group))
        order = "j.id" if group is not None else "j.id DESC"
        rows = self._read(
            "SELECT j.id, j.grp, j.kind, j.state, a.name AS account, j.target, j.error, j.tries,"
            " j.created, j.updated FROM job j JOIN account a ON a.id = j.account"
            f" WHERE {' AND '.join(clauses)} ORDER BY {order} LIMIT ?",
            *values,
            limit,
        )
        return [
            Job(
                id=row["id"],
                group=row["grp"],
                kind=JobKind(row["kind"]),
                state=JobState(row["state"]),
                account=row["account"],
                target=row["target"],
                error=row["error"],
                tries=row["tries"],
                created=row["created"],
                updated=row["updated"],
            )
            for row in rows
        ]

    def summary(self) -> JobSummary:
        """Return the journal in one line."""
        row = self._read(
            f"SELECT (SELECT COUNT(*) FROM job WHERE state IN {OPEN}) AS open,"
            f" (SELECT COUNT(*) FROM job JOIN job_group g ON g.id = grp WHERE g.hidden = 0"
            f" AND state IN {FAILED}) AS failed,"
            " (SELECT COUNT(*) FROM job WHERE state IN ('unknown', 'verifying')) AS doubtful,"
            " (SELECT COUNT(*) FROM job_group WHERE paused = 1 AND hidden = 0) AS paused"
        )[0]
        running = self.groups(limit=1, open_only=True) if row["open"] else []
        current = f"{running[0].title} {running[0].done}/{running[0].total}" if running else ""
        return JobSummary(
            open=row["open"],
            failed=row["failed"],
            paused=row["paused"],
            doubtful=row["doubtful"],
            current=current,
        )

    def last_to_undo(self) -> JobGroup | None:
        """Return the newest group that can be undone."""
        return self._last("g.role <> 'undo'")

    def last_to_redo(self) -> JobGroup | None:
        """Return the newest undo that can be taken back: nothing else was done after it."""
        return self._last(
            "g.role = 'undo' AND g.id > (SELECT COALESCE(MAX(n.id), 0) FROM job_group n"
            " WHERE n.role = 'do')"
        )

    def _last(self, which: str) -> JobGroup | None:
        kinds = ", ".join(f"'{kind}'" for kind in sorted(UNDOABLE))
        rows = self._read(
            f"{_GROUP} WHERE {which} AND g.undone = 0 AND g.kind IN ({kinds}) GROUP BY g.id"
            " HAVING SUM(j.state NOT IN ('rejected', 'conflict', 'cancelled')) > 0"
            " ORDER BY g.id DESC LIMIT 1"
        )
        return _group(rows[0]) if rows else None

    def take_ended(self, tx: Transaction) -> list[tuple[str, str, int, bool]]:
        """Return (level, sentence, group, undoable) of the groups that have come to their end and
        were not told of yet, and note that they are told of now."""
        rows = tx.sql.execute(
            f"{_GROUP} WHERE g.announced = 0 AND g.id NOT IN"
            f" (SELECT grp FROM job WHERE state IN {OPEN}) GROUP BY g.id ORDER BY g.id"
        ).fetchall()
        news: list[tuple[str, str, int, bool]] = []
        for row in rows:
            tx.sql.execute("UPDATE job_group SET announced = 1 WHERE id = ?", (row["id"],))
            news.append(_ended(tx, row))
        return news

    def _read(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self._database.reader().execute(sql, values).fetchall()
