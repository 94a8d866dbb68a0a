"""How files and folders grew: read from the changes that ``tables/trends.py`` keeps, and thinned.

A folder with everything below it may take a second: use a thread.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from functools import partial

from vhtui.core.bounded import bounded
from vhtui.core.database import Database, Transaction
from vhtui.core.store import Store
from vhtui.models import ROOT, FileRow
from vhtui.trends import DAY, SPANS, History, Step

WEEKLY_AFTER = 90
"""Days after which one value a week is kept; after ``MONTHLY_AFTER`` one in four weeks."""
MONTHLY_AFTER = 365

_WEEK, _MONTH = 7, 28
_ROWS_A_STEP = 20_000
_STEP_PAUSE = 0.2
_THINNED = "trends:thinned"
_MOST = 10**12
_LONGEST = max(SPANS) + 1

_BELOW = """
    SELECT id FROM folder WHERE account = :account AND id = :folder
    UNION SELECT c.id FROM below b JOIN folder c ON c.account = :account AND c.parent = b.id
        AND c.id <> '0'
"""
_BORN = f"f.uploaded / {DAY}"
_STEPS = f"""
WITH RECURSIVE below(id) AS ({_BELOW}),
point AS (
    SELECT f.id, t.day, min(max(t.views, 0), {_MOST}) AS views, t.revenue AS money
    FROM file f JOIN trend t ON t.file = f.id WHERE {{files}}
    UNION ALL
    SELECT f.id, {_BORN} - 1, 0, 0 FROM file f
    WHERE {{files}} AND {_BORN} >= :since
        AND {_BORN} <= (SELECT min(day) FROM trend WHERE file = f.id)
),
step AS (
    SELECT LAG(day) OVER steps AS start, day AS stop,
        views - LAG(views) OVER steps AS views, money - LAG(money) OVER steps AS money
    FROM point WINDOW steps AS (PARTITION BY id ORDER BY day)
)
SELECT start, stop, SUM(views) AS views, SUM(money) AS money FROM step
WHERE stop >= :oldest AND (views <> 0 OR money <> 0) GROUP BY start, stop
"""


def of_file(store: Store, file: FileRow) -> History:
    """Return what is known of a file's growth in the last 90 days."""
    reader = store.database.reader()
    found = _history(store, reader, file.account, file.folder, "f.id = :file", file=file.id)
    if found.since is None or file.uploaded is None:
        return found
    born = max(found.since, file.uploaded // DAY)
    return History(born, found.seen, found.views, found.money)


def of_folder(
    store: Store,
    account: str,
    folder: str,
    *,
    below: bool = False,
    given_up: Callable[[], bool] = lambda: False,
) -> History:
    """Return what is known of the growth of a folder's files, or of all those below it too.

    Raises TooLongError.
    """
    files = "f.account = :account"
    if folder != ROOT or not below:
        files += f" AND f.folder {'IN below' if below else '= :folder'}"
    with bounded(store.database, given_up) as reader:
        return _history(store, reader, account, folder, files)


def held_below(
    store: Store,
    account: str,
    folder: str,
    *,
    given_up: Callable[[], bool] = lambda: False,
) -> tuple[int, int]:
    """Return how many files are in a folder and all below it, and their bytes.

    Raises TooLongError.
    """
    with bounded(store.database, given_up) as reader:
        row = reader.execute(
            f"WITH RECURSIVE below(id) AS ({_BELOW}) SELECT TOTAL(f.files), TOTAL(f.bytes)"
            " FROM below b JOIN folder f ON f.account = :account AND f.id = b.id",
            {"account": store.account_id(account), "folder": folder},
        ).fetchone()
    return int(row[0]), int(row[1])


def _history(
    store: Store,
    reader: sqlite3.Connection,
    account: str,
    folder: str,
    files: str,
    file: int = 0,
) -> History:
    number = store.account_id(account)
    since = known_since(store, account)
    row = store.folder(account, folder)
    listed = None if row is None or row.listed is None else int(row.listed) // DAY
    if since is None or listed is None:
        return History()
    today = int(time.time()) // DAY
    steps = reader.execute(
        _STEPS.format(files=files),
        {
            "account": number,
            "folder": folder,
            "file": file,
            "since": since,
            "oldest": today - _LONGEST,
        },
    )
    views, money = [], []
    for start, stop, gained, earned in steps:
        if gained:
            views.append(Step(start, stop, gained))
        if earned:
            money.append(Step(start, stop, earned))
    seen = max([listed, since, *(step.stop for step in views)])
    return History(since, seen, tuple(views), tuple(money))


def known_since(store: Store, account: str) -> int | None:
    """Return the day from which an account's figures are known; None: it never was listed."""
    row = store.database.reader().execute(
        "SELECT day FROM trend_since WHERE account = ?", (store.account_id(account),)
    )
    found = row.fetchone()
    return None if found is None else int(found["day"])


# -- keeping less of what is long ago -------------------------------------------------------------


async def keep_thinning(database: Database) -> None:
    """Thin old days once a day, in bounded steps, until cancelled."""
    while True:
        day = int(time.time()) // DAY
        while not await database.write(partial(thin, today=day)):
            await asyncio.sleep(_STEP_PAUSE)
        await asyncio.sleep(DAY / 24)


def thin(tx: Transaction, today: int, *, rows: int = _ROWS_A_STEP) -> bool:
    """Drop values of old days but the last of each week or month, among the next so many rows.

    Return whether all files have been looked through on this day.
    """
    kept = tx.sql.execute("SELECT value FROM setting WHERE name = ?", (_THINNED,)).fetchone()
    day, _, file = (kept["value"] if kept else "0 0").partition(" ")
    if int(day) == today and file == "end":
        return True
    after = int(file) if int(day) == today else -1
    last = tx.sql.execute(
        "SELECT file FROM trend WHERE file > ? ORDER BY file LIMIT 1 OFFSET ?", (after, rows - 1)
    ).fetchone()
    tx.sql.execute(
        f"""
        DELETE FROM trend WHERE (file, day) IN (
            SELECT t.file, t.day FROM trend t, (SELECT {_WEEK} AS days, :week AS before
                UNION ALL SELECT {_MONTH}, :month) AS step
            WHERE t.file > :after AND t.file <= :until AND t.day < step.before
                AND EXISTS (SELECT 1 FROM trend e WHERE e.file = t.file
                    AND e.day > t.day AND e.day / step.days = t.day / step.days))
        """,
        {
            "week": today - WEEKLY_AFTER,
            "month": today - MONTHLY_AFTER,
            "after": after,
            "until": last["file"] if last else 2**62,
        },
    )
    place = f"{today} {last['file'] if last else 'end'}"
    tx.sql.execute(
        "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (_THINNED, place),
    )
    return last is None
