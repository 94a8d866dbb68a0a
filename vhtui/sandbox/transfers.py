"""What takes time at the hosts: remote uploads, encodings, announced takedowns.

Nothing runs in the background. `settle` brings the database up to the clock, whenever somebody
looks: it works out when each job began and ended, so the outcome is the same whether it is
called every second or once a day later.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from vhtui.sandbox import hostile
from vhtui.sandbox.database import raw

WAITING, RUNNING, COMPLETED, FAILED = 1, 2, 3, 4
SLOTS = 2
START_DELAY = 2.0
QUALITIES = (1080, 720, 480)
ENCODING_STAYS = 120.0
MEGABYTE = 1_000_000
FAILURES = (
    "HTTP 404 Not Found.",
    "HTTP 403 Forbidden.",
    "Connection timed out after 30 seconds.",
    "Could not resolve host.",
    "The file is not a video.",
    "Connection reset by peer.",
)


class DownloadPlan(Struct, frozen=True):
    """How the download of a URL will go: bytes, bytes a second, seconds, why it fails if so."""

    total: int
    rate: int
    duration: float
    failure: str | None


def plan_download(url: str, attempt: int, *, hostile_notes: bool = False) -> DownloadPlan:
    """Return the fate of a URL: always the same for the same attempt.

    URLs that contain `fail` or `404` always fail; of the others about 6 % do.
    """
    rng = random.Random(raw(url) + b":%d" % attempt)
    total = rng.randrange(200 * MEGABYTE, 6_000 * MEGABYTE)
    rate = rng.randrange(4 * MEGABYTE, 25 * MEGABYTE)
    doomed = "fail" in url.lower() or "404" in url
    if not doomed and rng.random() >= 0.06:
        return DownloadPlan(total, rate, total / rate, None)
    note = FAILURES[0] if "404" in url else rng.choice(FAILURES)
    if hostile_notes:
        note = rng.choice(hostile.NOTES)
    duration = rng.uniform(2, 8) if doomed else total / rate * rng.uniform(0.1, 0.9)
    return DownloadPlan(total, rate, duration, note)


def title_of(url: str) -> str:
    """Return the title a host gives to a file fetched from a URL: its last path segment."""
    try:
        path = urlsplit(url).path
    except ValueError:
        path = url
    return unquote(path.rstrip("/").rpartition("/")[2])[:255] or "video.mp4"


class Job(Struct, frozen=True):
    """A thing that needs one of the SLOTS for `duration`; not before `ready`."""

    id: int
    ready: float
    started: float | None
    duration: float


def schedule(jobs: Sequence[Job], since: float) -> list[tuple[int, float, float]]:
    """Return (id, start, end) of every job: first come, first served, SLOTS at a time.

    A job that had not started at `since` starts later than that.
    """
    free = [job.started + job.duration for job in jobs if job.started is not None]
    free += [since] * (SLOTS - len(free))
    times = []
    for job in jobs:
        start = job.started
        if start is None:
            slot = min(range(len(free)), key=free.__getitem__)
            start = max(job.ready, free[slot])
            free[slot] = start + job.duration
        times.append((job.id, start, start + job.duration))
    return times


def settle(
    db: sqlite3.Connection, since: float, now: float, *, hostile_notes: bool = False
) -> None:
    """Bring everything that takes time from `since`, the last time it was settled, to `now`.

    Runs inside the caller's transaction.
    """
    _settle_remote(db, since, now, hostile_notes=hostile_notes)
    _settle_encodings(db, since, now)
    _settle_takedowns(db, now)


def _settle_remote(
    db: sqlite3.Connection, since: float, now: float, *, hostile_notes: bool
) -> None:
    rows = db.execute("SELECT * FROM remote WHERE status IN (1, 2) ORDER BY ready, id").fetchall()
    completed = []
    for account in {row["account"] for row in rows}:
        own = {row["id"]: row for row in rows if row["account"] == account}
        plans = {
            id: plan_download(row["url"], row["attempt"], hostile_notes=hostile_notes)
            for id, row in own.items()
        }
        jobs = [
            Job(id, row["ready"], row["started"], plans[id].duration) for id, row in own.items()
        ]
        for id, start, end in schedule(jobs, since):
            failure = plans[id].failure
            if end <= now:
                status = FAILED if failure else COMPLETED
                db.execute(
                    "UPDATE remote SET status = ?, started = ?, ended = ?,"
                    " note = CAST(? AS TEXT) WHERE id = ?",
                    (status, start, end, raw(failure or "Completed."), id),
                )
                if not failure:
                    completed.append((end, own[id], plans[id].total))
            elif start <= now and own[id]["status"] == WAITING:
                db.execute(
                    "UPDATE remote SET status = 2, started = ?, note = 'Downloading.' WHERE id = ?",
                    (start, id),
                )
    for end, row, total in sorted(completed, key=lambda item: item[0]):
        db.execute(
            "INSERT INTO file (account, folder, code, title, size, length, views, revenue,"
            " uploaded) VALUES (?, ?, ?, CAST(? AS TEXT), ?, 0, 0, 0, ?)",
            (row["account"], row["folder"], row["code"], raw(title_of(row["url"])), total, end),
        )
        queue_encodings(db, row["account"], row["code"], end)


def queue_encodings(db: sqlite3.Connection, account: int, code: str, now: float) -> None:
    """Queue the encodings of a new file, one for each quality."""
    rng = random.Random(code)
    db.executemany(
        "INSERT INTO encoding (account, code, quality, duration, created) VALUES (?, ?, ?, ?, ?)",
        [(account, code, quality, quality * rng.uniform(0.05, 0.2), now) for quality in QUALITIES],
    )


def _settle_encodings(db: sqlite3.Connection, since: float, now: float) -> None:
    db.execute("DELETE FROM encoding WHERE ended <= ?", (now - ENCODING_STAYS,))
    rows = db.execute("SELECT * FROM encoding WHERE ended IS NULL ORDER BY id").fetchall()
    for account in {row["account"] for row in rows}:
        own = {row["id"]: row for row in rows if row["account"] == account}
        jobs = [
            Job(id, row["created"] + START_DELAY, row["started"], row["duration"])
            for id, row in own.items()
        ]
        for id, start, end in schedule(jobs, since):
            if end <= now or (start <= now and own[id]["started"] is None):
                ended = end if end <= now else None
                db.execute(
                    "UPDATE encoding SET started = ?, ended = ? WHERE id = ?", (start, ended, id)
                )
            if end <= now:
                # The length of a video is known once it has been decoded.
                db.execute(
                    "UPDATE file SET length = size / 400000 + 1 WHERE code = ? AND length = 0",
                    (own[id]["code"],),
                )
    db.execute("DELETE FROM encoding WHERE ended <= ?", (now - ENCODING_STAYS,))


def _settle_takedowns(db: sqlite3.Connection, now: float) -> None:
    for row in db.execute(
        "SELECT id, code, due FROM takedown WHERE done = 0 AND due <= ?", (now,)
    ).fetchall():
        db.execute("UPDATE takedown SET done = 1 WHERE id = ?", (row["id"],))
        remove_files(db, [row["code"]], row["due"])


def remove_files(db: sqlite3.Connection, codes: Sequence[str], now: float) -> None:
    """Delete files by code and remember that they were there."""
    marks = ",".join("?" * len(codes))
    db.execute(
        "INSERT INTO deleted (account, code, title, moment)"
        f" SELECT account, code, title, ? FROM file WHERE code IN ({marks})",
        (now, *codes),
    )
    db.execute(f"DELETE FROM encoding WHERE code IN ({marks})", codes)
    db.execute(f"DELETE FROM file WHERE code IN ({marks})", codes)
