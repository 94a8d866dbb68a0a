"""The journal as the interface and the command line read it: groups, jobs, how they ended."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from msgspec import Struct

from vhtui.core.database import Database
from vhtui.core.jobs.journal import FAILED, UNDOABLE
from vhtui.models import Job, JobGroup, JobKind, JobState

_IDS_A_QUERY = 500


class JobSummary(Struct, frozen=True, kw_only=True):
    """The journal in one line."""

    open: int = 0
    failed: int = 0
    paused: int = 0
    doubtful: int = 0
    current: str = ""


_TOLD = "role <> 'place'"
"""Upload's own placing is told of by the upload."""
_GROUP = """
SELECT g.*, a.name AS account_name, CASE WHEN g.failed = 0 THEN 0 ELSE
    (SELECT COUNT(*) FROM job j WHERE j.grp = g.id AND j.state = 'needs you') END AS undecided
FROM job_group g JOIN account a ON a.id = g.account
"""
_TROUBLE_FIRST = """
CASE j.state WHEN 'needs you' THEN 0 WHEN 'rejected' THEN 1 WHEN 'conflict' THEN 1
    WHEN 'done' THEN 3 WHEN 'cancelled' THEN 3 ELSE 2 END, j.id
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
        done=row["done"] + row["cancelled"],
        failed=row["failed"],
        cancelled=row["cancelled"],
        undecided=row["undecided"],
        undoable=kind in UNDOABLE,
        undone=bool(row["undone"]),
        position=row["position"],
    )


class Ending(Struct, frozen=True, kw_only=True):
    """How a group came to its end."""

    level: str
    text: str
    group: int
    undoable: bool


class Endings:
    """Tells of every group that comes to its end while this process looks, each once."""

    def __init__(self, database: Database) -> None:
        """Begin to look now."""
        self._database = database
        self._open = self._now_open()
        self._newest = self._newest_group()

    def news(self) -> list[Ending]:
        """Return how the groups ended that were open, or not yet known, at the last call.

        Of a folder that was made only for what waited for it nothing is told: what waited is news.
        """
        newest, still = self._newest_group(), self._now_open()
        born = self._read(
            f"SELECT id FROM job_group WHERE id > ? AND id <= ? AND {_TOLD}", self._newest, newest
        )
        ended = sorted((self._open | {row["id"] for row in born}) - still)
        self._newest, self._open = newest, still
        return [self._ending(id) for id in ended if not self._was_a_means(id)]

    def _was_a_means(self, id: int) -> bool:
        return bool(
            self._read(
                "SELECT 1 FROM job_group g JOIN job j ON j.grp = g.id"
                " JOIN job w ON w.waits_for = j.id"
                " WHERE g.id = ? AND g.kind = ? AND g.done = g.total LIMIT 1",
                id,
                JobKind.CREATE_FOLDER,
            )
        )

    def _ending(self, id: int) -> Ending:
        row = self._read("SELECT * FROM job_group WHERE id = ?", id)[0]
        level, text = "info", row["done_title"]
        if row["cancelled"] == row["total"]:
            text = f"Cancelled: {row['title']}"
        elif row["done"] < row["total"]:
            level = "error" if row["failed"] else "warning"
            failed = f", {row['failed']} failed" if row["failed"] else ""
            text = f"{row['title']}: {row['done']} of {row['total']} done{failed}{self._why(id)}"
        can_undo = JobKind(row["kind"]) in UNDOABLE and row["role"] != "undo" and row["done"] > 0
        return Ending(level=level, text=text, group=id, undoable=can_undo)

    def _why(self, id: int) -> str:
        rows = self._read(
            f"SELECT error FROM job WHERE grp = ? AND state IN {FAILED} ORDER BY id LIMIT 1", id
        )
        return f": {rows[0]['error']}" if rows else ""

    def _now_open(self) -> set[int]:
        rows = self._read(f"SELECT id FROM job_group WHERE open > 0 AND {_TOLD}")
        return {row["id"] for row in rows}

    def _newest_group(self) -> int:
        return int(self._read("SELECT COALESCE(MAX(id), 0) AS id FROM job_group")[0]["id"])

    def _read(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self._database.reader().execute(sql, values).fetchall()


class Trashed(Struct, frozen=True):
    """Where a file was before it went to the trash, and when that was (epoch seconds)."""

    folder: str
    at: int


class History:
    """The journal as the interface and the command line read it."""

    def __init__(self, database: Database) -> None:
        """Read through an open database."""
        self._database = database

    def groups(
        self, *, limit: int = 100, open_only: bool = False, cleared: bool = False
    ) -> list[JobGroup]:
        """Return the groups, newest first; those cleared from view only if ``cleared``."""
        where = "WHERE g.open > 0" if open_only else "" if cleared else "WHERE g.hidden = 0"
        rows = self._read(f"{_GROUP} {where} ORDER BY g.id DESC LIMIT ?", limit)
        return [_group(row) for row in rows]

    def group(self, id: int) -> JobGroup | None:
        """Return one group."""
        rows = self._read(f"{_GROUP} WHERE g.id = ?", id)
        return _group(rows[0]) if rows else None

    def trashed(self, files: Sequence[int]) -> dict[int, Trashed]:
        """Return where files were before they went to the trash, and since when they are there."""
        found: dict[int, Trashed] = {}
        for start in range(0, len(files), _IDS_A_QUERY):
            part = files[start : start + _IDS_A_QUERY]
            rows = self._read(
                "SELECT j.file, j.before, j.updated FROM job j JOIN job_group g ON g.id = j.grp"
                f" WHERE j.kind = '{JobKind.TRASH}' AND j.state = 'done' AND g.role <> 'undo'"
                f" AND j.file IN ({','.join('?' * len(part))}) ORDER BY j.id",
                *part,
            )
            found.update((r["file"], Trashed(r["before"], r["updated"])) for r in rows)
        return found

    def jobs(
        self,
        *,
        account: str | None = None,
        group: int | None = None,
        open_only: bool = False,
        trouble_first: bool = False,
        limit: int = 1000,
    ) -> list[Job]:
        """Return jobs, newest first; those of one group in their own order, or trouble first."""
        clauses, values = ["1"], []
        if account is not None:
            clauses.append("a.name = ?")
            values.append(account)
        if group is not None:
            clauses.append("j.grp = ?")
            values.append(str(group))
        if open_only:
            clauses.append("j.is_open")
        order = "j.id" if group is not None else "j.id DESC"
        if trouble_first:
            order = _TROUBLE_FIRST
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
            "SELECT (SELECT COALESCE(SUM(open), 0) FROM job_group WHERE open > 0) AS open,"
            " (SELECT COALESCE(SUM(failed), 0) FROM job_group WHERE failed > 0 AND hidden = 0)"
            " AS failed,"
            " (SELECT COUNT(*) FROM job WHERE is_doubtful) AS doubtful,"
            " (SELECT COUNT(*) FROM job_group WHERE open > 0 AND paused = 1) AS paused"
        )[0]
        running = self._read(f"{_GROUP} WHERE g.open > 0 ORDER BY g.paused, g.position LIMIT 1")
        return JobSummary(
            open=row["open"],
            failed=row["failed"],
            paused=row["paused"],
            doubtful=row["doubtful"],
            current=_progress(_group(running[0])) if running else "",
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
            f"{_GROUP} WHERE {which} AND g.undone = 0 AND g.kind IN ({kinds})"
            " AND (g.open + g.done > 0 OR undecided > 0)"
            " ORDER BY g.id DESC LIMIT 1"
        )
        return _group(rows[0]) if rows else None

    def _read(self, sql: str, *values: object) -> list[sqlite3.Row]:
        return self._database.reader().execute(sql, values).fetchall()


def _progress(group: JobGroup) -> str:
    return f"{group.title} {group.done + group.failed}/{group.total}"
