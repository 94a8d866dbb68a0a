"""How long encodings still take, from how their percents grew while vhtui looked.

Hosts tell a percent and no more. Each time it has grown, the time is kept; the slope of the last
steps, leaving out pauses in which the host did something else, says when it will be at 100.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import pairwise

from vhtui.core.database import Transaction
from vhtui.models import Encoding

Sample = tuple[float, float]
"""A time (epoch seconds) and the percent that was reached by then."""

_KEPT = 16
_FEWEST_STEPS = 2
_PAUSE = 5
"""A step that took so many times the usual is a pause; so is what lasts that long by now."""
_SHORTEST_PAUSE = 60.0

_JOB = "account = ? AND code = ? AND quality = ? AND stage = ?"
_COLUMNS = "code, NULLIF(quality, 0) AS quality, stage, title, state, percent, note, error,"


def note_percent(
    tx: Transaction, job: tuple[int, str, int, str], percent: float | None, before: float | None
) -> None:
    """Keep when an encoding (account, code, quality, stage) got to a percent."""
    if percent is None or percent == before:
        return
    if before is not None and percent < before:  # it began anew
        tx.sql.execute(f"DELETE FROM encoding_sample WHERE {_JOB}", job)
    tx.sql.execute(
        "INSERT OR REPLACE INTO encoding_sample (account, code, quality, stage, at, percent)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (*job, tx.now, percent),
    )
    tx.sql.execute(
        f"DELETE FROM encoding_sample WHERE {_JOB} AND at < (SELECT at FROM encoding_sample"
        f" WHERE {_JOB} ORDER BY at DESC LIMIT 1 OFFSET {_KEPT - 1})",
        (*job, *job),
    )


def forget_ended(tx: Transaction, account: int) -> None:
    """Forget the times of encodings that are no longer listed."""
    tx.sql.execute(
        "DELETE FROM encoding_sample WHERE account = ?1 AND NOT EXISTS (SELECT 1 FROM encoding e"
        " WHERE e.account = ?1 AND e.code = encoding_sample.code"
        " AND e.quality = encoding_sample.quality AND e.stage = encoding_sample.stage)",
        (account,),
    )


def encodings(
    sql: sqlite3.Connection, account: int, now: float, *, code: str | None = None
) -> list[Encoding]:
    """Return the encoding jobs of an account, or of one of its files, the newest file first."""
    samples: dict[tuple[str, int, str], list[Sample]] = {}
    for row in sql.execute(
        "SELECT code, quality, stage, at, percent FROM encoding_sample"
        " WHERE account = ?1 AND (?2 IS NULL OR code = ?2) ORDER BY at",
        (account, code),
    ):
        key = (row["code"], row["quality"], row["stage"])
        samples.setdefault(key, []).append((row["at"], row["percent"]))
    found: list[Encoding] = []
    for row in sql.execute(
        f"SELECT {_COLUMNS} created, started, updated, source FROM encoding"
        " WHERE account = ?1 AND (?2 IS NULL OR code = ?2)"
        " ORDER BY COALESCE(created, 0) DESC, code, quality DESC",
        (account, code),
    ):
        values = dict(row)
        left = stalled = None
        if (percent := row["percent"]) is not None and 0 < percent < 100 and not row["error"]:
            seen = samples.get((row["code"], row["quality"] or 0, row["stage"]), [])
            left, stalled = outlook(seen, now)
            if left is None and stalled is None:
                left = _by_host(row["started"], row["updated"], percent)
        found.append(Encoding(**values, left=left, stalled=stalled))
    return found


def outlook(samples: Sequence[Sample], now: float) -> tuple[int | None, int | None]:
    """Return the seconds until 100 percent and, where it stands still, for how long it does.

    Each is None where that is not so, or too early to tell.
    """
    steps = [
        (later - earlier, more - less)
        for (earlier, less), (later, more) in pairwise(samples)
        if later > earlier and more > less
    ]
    if len(steps) < _FEWEST_STEPS:
        return None, None
    from statistics import median

    usual = median(seconds / percent for seconds, percent in steps)
    going = [(s, p) for s, p in steps if s / p <= _PAUSE * usual]
    at, reached = samples[-1]
    since = max(0.0, now - at)
    step = median(seconds for seconds, _ in steps)
    if since > max(_SHORTEST_PAUSE, _PAUSE * step):
        return None, int(since)
    slope = sum(percent for _, percent in going) / sum(seconds for seconds, _ in going)
    return max(0, round((100 - reached) / slope - min(since, step))), None


def _by_host(started: int | None, updated: int | None, percent: float) -> int | None:
    """Return the seconds left by the host's own clock, which need not agree with ours."""
    if started is None or updated is None or updated <= started:
        return None
    return round((updated - started) * (100 - percent) / percent)


def time_left(jobs: Sequence[Encoding]) -> int | None:
    """Return the seconds until all open encodings of a file are done, None: not known."""
    going = [job for job in jobs if job.percent is None or job.percent < 100]
    left = [job.left for job in going]
    known = [seconds for seconds in left if seconds is not None]
    return max(known) if known and len(known) == len(left) else None
