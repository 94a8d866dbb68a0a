"""The end of history: finished groups are kept for 30 days, and the newest 200 for ever."""

from __future__ import annotations

from vhtui.core.database import Transaction

KEPT_SECONDS = 30 * 86_400
KEPT_GROUPS = 200
MOST_JOBS = 5000
"""Jobs that one transaction drops, so that no other write waits long for it."""

_OLD = """
FROM job_group g WHERE g.open = 0 AND g.created < ?1
    AND g.id <= (SELECT id FROM job_group ORDER BY id DESC LIMIT 1 OFFSET ?2)
    AND NOT EXISTS (SELECT 1 FROM job j WHERE j.grp = g.id AND j.state = 'needs you')
    AND NOT EXISTS (SELECT 1 FROM job j JOIN file f ON f.id = j.file
        WHERE j.grp = g.id AND j.kind = 'trash' AND j.state = 'done')
    AND NOT EXISTS (SELECT 1 FROM job j JOIN job w ON w.waits_for = j.id
        WHERE j.grp = g.id AND w.is_open)
    AND NOT EXISTS (SELECT 1 FROM job j JOIN upload u ON u.folder = 'new:' || j.id
        WHERE j.grp = g.id AND j.kind = 'create folder')
    AND NOT (g.role = 'place' AND EXISTS (SELECT 1 FROM upload WHERE state = 'placing'))
"""


def prune(tx: Transaction, *, kept: int = KEPT_GROUPS, most_jobs: int = MOST_JOBS) -> int:
    """Drop the oldest groups that nothing needs any more; return how many.

    What is open, waits for a decision or for a folder, and where files in the trash came from, is
    never dropped. At least one group goes where any may, whatever its size.
    """
    found = tx.sql.execute(
        "SELECT id FROM (SELECT g.id, SUM(g.total) OVER (ORDER BY g.id) - g.total AS before"
        f" {_OLD}) WHERE before < ?3 ORDER BY id",
        (tx.now - KEPT_SECONDS, kept, most_jobs),
    ).fetchall()
    for row in found:
        tx.sql.execute("DELETE FROM job_group WHERE id = ?", (row["id"],))
    if found:
        tx.touch("jobs")
    return len(found)
