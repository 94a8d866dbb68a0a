"""What a job's state means for the executor and the person, as columns that indexes can go by.

SQLite builds the list of an ``IN`` in a partial index anew for every row that is written, and the
journal has seven such indexes: with these columns 100 000 jobs change their state in a quarter of
the time. A query that wants one of these indexes names its column.

``is_open``: its group is not at its end for it. ``is_due``: the executor may take it up, at its
time. ``is_doubtful``: it is not known whether it happened. ``is_deciding``: what it wishes is what
the person sees, and those behind it in its lane wait.
"""

from __future__ import annotations


def _one_of(*states: str) -> str:
    return " OR ".join(f"state = '{state}'" for state in states)


_DOUBTFUL = ("unknown", "verifying")
_DUE = ("ready", *_DOUBTFUL)
_OPEN = ("planned", "sent", *_DUE)

STATES = f"""
ALTER TABLE job ADD COLUMN is_open INTEGER AS ({_one_of(*_OPEN)});
ALTER TABLE job ADD COLUMN is_due INTEGER AS ({_one_of(*_DUE)});
ALTER TABLE job ADD COLUMN is_doubtful INTEGER AS ({_one_of(*_DOUBTFUL)});
ALTER TABLE job ADD COLUMN is_deciding INTEGER AS ({_one_of(*_OPEN, "needs you")});

DROP INDEX job_open;
DROP INDEX job_doubtful;
DROP INDEX job_due;
DROP INDEX job_later;
DROP INDEX job_lane;
DROP INDEX job_by_file;
DROP INDEX job_by_folder;
CREATE INDEX job_open ON job(account, id) WHERE is_open;
CREATE INDEX job_doubtful ON job(account, id) WHERE is_doubtful;
CREATE INDEX job_due ON job(grp, id) WHERE is_due;
CREATE INDEX job_undecided ON job(grp) WHERE state = 'needs you';
CREATE INDEX job_later ON job(account, not_before) WHERE is_due AND not_before > 0;
CREATE INDEX job_lane ON job(account, lane, id) WHERE lane IS NOT NULL AND is_deciding;
CREATE INDEX job_by_file ON job(file, id) WHERE file IS NOT NULL AND is_deciding;
CREATE INDEX job_by_folder ON job(account, folder, id) WHERE folder IS NOT NULL AND is_deciding;
"""
