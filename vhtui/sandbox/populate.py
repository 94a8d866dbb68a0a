"""Fills an account with a library, a remote upload queue, encodings and takedowns."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator

from vhtui.sandbox import hostile, library, names, transfers
from vhtui.sandbox.database import raw

DAY = 86_400
INSERT_FILE = (
    "INSERT INTO file (account, folder, code, title, size, length, views, revenue, uploaded,"
    " clonable) VALUES (?, ?, ?, CAST(? AS TEXT), ?, ?, ?, ?, ?, ?)"
)


def populate(
    db: sqlite3.Connection,
    account: int,
    *,
    files: int,
    folders: int,
    now: float,
    rng: random.Random,
    hostile_texts: bool,
    flat: bool,
) -> None:
    """Fill an empty account with exactly so many files and folders; also its queues, if any."""
    plan = library.folders(folders, rng, hostile_names=hostile_texts)
    if flat:
        plan = library.flattened(plan)
    (last,) = db.execute("SELECT coalesce(max(id), 0) FROM folder").fetchone()
    db.executemany(
        "INSERT INTO folder (id, account, parent, name) VALUES (?, ?, ?, CAST(? AS TEXT))",
        (
            (last + 1 + position, account, last + 1 + at.parent if at.parent >= 0 else 0,
             raw(at.name))
            for position, at in enumerate(plan)
        ),
    )  # fmt: skip

    def rows() -> Iterator[tuple[object, ...]]:
        for file in library.files(files, plan, now, rng, hostile_titles=hostile_texts):
            folder = last + 1 + file.folder if file.folder >= 0 else 0
            revenue = int(file.views * rng.uniform(20, 60))
            yield (
                account, folder, library.code(rng), raw(file.title), file.size, file.length,
                file.views, revenue, file.uploaded, rng.random() < 0.9,
            )  # fmt: skip

    db.executemany(INSERT_FILE, rows())
    if files:
        _takedowns(db, account, files, now, rng)
        _deleted(db, account, files, now, rng)
        _remote(db, account, now, rng, hostile_texts=hostile_texts)
        _encodings(db, account, now)


def _takedowns(
    db: sqlite3.Connection, account: int, files: int, now: float, rng: random.Random
) -> None:
    pending = db.execute(
        "SELECT code, title FROM file WHERE account = ? ORDER BY id LIMIT ? OFFSET ?",
        (account, min(max(files // 400, 1), 500), files // 3),
    ).fetchall()
    past = [(library.code(rng), _lost_title(rng)) for _ in range(min(max(files // 300, 1), 4000))]
    for codes, earliest, latest, done in ((past, -700, -8, 1), (pending, -6, 0, 0)):
        for code, title in codes:
            created = now + rng.uniform(earliest, latest) * DAY
            db.execute(
                "INSERT INTO takedown (account, code, title, created, due, done)"
                " VALUES (?, ?, CAST(? AS TEXT), ?, ?, ?)",
                (account, code, raw(title), created, created + 7 * DAY, done),
            )


def _deleted(
    db: sqlite3.Connection, account: int, files: int, now: float, rng: random.Random
) -> None:
    moments = sorted(now - 60 - rng.expovariate(1 / (5 * DAY)) for _ in range(min(files, 400)))
    db.executemany(
        "INSERT INTO deleted (account, code, title, moment) VALUES (?, ?, CAST(? AS TEXT), ?)",
        [(account, library.code(rng), raw(_lost_title(rng)), moment) for moment in moments],
    )


def _lost_title(rng: random.Random) -> str:
    return library.TITLES["film"](rng, rng.choice(("1980", "1990", "2000", "2010")), 0)


def _url(rng: random.Random, *, fails: bool = False) -> str:
    """Return a URL whose download will do as asked, and last for some minutes."""
    while True:
        title = _lost_title(rng).replace(" ", ".")
        extra = "?fail=1" if fails else ""
        url = f"https://{rng.choice(names.HOSTS)}/{rng.randrange(10**6):06}/{title}{extra}"
        plan = transfers.plan_download(url, 0)
        if "404" not in url and (fails or (plan.failure is None and plan.duration > 200)):
            return url


def _remote(
    db: sqlite3.Connection, account: int, now: float, rng: random.Random, *, hostile_texts: bool
) -> None:
    insert = (
        "INSERT INTO remote (account, folder, code, url, status, note, created, ready, started,"
        " ended) VALUES (?, ?, ?, CAST(? AS TEXT), ?, CAST(? AS TEXT), ?, ?, ?, ?)"
    )
    done = db.execute(
        "SELECT code, title, folder, uploaded FROM file WHERE account = ?"
        " ORDER BY id DESC LIMIT 12",
        (account,),
    ).fetchall()
    for code, title, folder, uploaded in reversed(done):
        url = f"https://{rng.choice(names.HOSTS)}/{title.replace(' ', '.')}"
        began = uploaded - 300
        row = (3, b"Completed.", began - 30, began - 28, began, uploaded)
        db.execute(insert, (account, folder, code, raw(url), *row))
    for position in range(5):
        note = rng.choice(hostile.NOTES if hostile_texts else transfers.FAILURES)
        began = now - rng.uniform(0.1, 2) * DAY
        row = (4, raw(note), began - 30, began - 28, began, began + 5)
        url = _url(rng, fails=True)
        if hostile_texts:
            url = hostile.URLS[position % len(hostile.URLS)]
        db.execute(insert, (account, 0, library.code(rng), raw(url), *row))
    for position in range(7):
        running = position < transfers.SLOTS
        created = now - 90 + position
        row = (2, b"Downloading.", created, created + 2, now - 45, None)
        if not running:
            row = (1, b"", created, created + 2, None, None)
        url = _url(rng)
        if hostile_texts and not running:
            url = hostile.URLS[position % len(hostile.URLS)]
        db.execute(insert, (account, 0, library.code(rng), raw(url), *row))


def _encodings(db: sqlite3.Connection, account: int, now: float) -> None:
    for (code,) in db.execute(
        "SELECT code FROM file WHERE account = ? ORDER BY id DESC LIMIT 2", (account,)
    ).fetchall():
        transfers.queue_encodings(db, account, code, now - 20)
