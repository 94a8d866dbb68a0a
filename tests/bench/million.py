"""A library of a million files, written straight into its tables in a minute.

The titles are of five thousand made-up shows, so that words are common, rare and absent.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.library import configure
from vhtui.core.database import Database, Transaction
from vhtui.core.store import Store
from vhtui.core.title_index import TitleIndex
from vhtui.text import fold, natural_key

RARE = "zzyzx"
"""A word that four titles of a million have."""

_SYLLABLES = "ba be bi bo da de di do ka ke ko la le lo ma me mi mo na ne no ra re ro sa so ta to"
_QUALITIES, _SHARES = ("1080p", "720p", "2160p", "480p"), (60, 25, 10, 5)
_SOURCES = ("WEB-DL", "BluRay", "HDTV", "WEBRip")
_COLUMNS = (
    "account, code, folder, title, sort_title, folded, size, length, views, uploaded, revenue,"
    " state, host_title, host_folder"
)


def make(root: Path, files: int, *, folders: int) -> None:
    """Write a configuration and ``files`` files, evenly in folders, or at the top with none."""
    configure(root)
    database = Database(root / "data" / "library.db")
    asyncio.run(_make(database, files, folders))
    database.close()


async def _make(database: Database, files: int, folders: int) -> None:
    await Store(database).adopt_accounts({"main": "voe"})
    await database.write(lambda tx: _fill(tx, files, folders))
    index = TitleIndex(database)
    while await index.step():
        pass


def _fill(tx: Transaction, files: int, folders: int) -> None:
    """Write all rows, then make the indexes: ten times as quick as keeping them up to date."""
    made = tx.sql.execute(
        "SELECT name, sql, type FROM sqlite_master WHERE tbl_name = 'file'"
        " AND type IN ('index', 'trigger') AND sql IS NOT NULL"
    ).fetchall()
    for name, _, kind in made:
        tx.sql.execute(f"DROP {kind} {name}")
    tx.sql.executemany(
        "INSERT INTO folder (account, id, parent, title, sort_title, path, folded, host_title)"
        " VALUES (1, ?, '0', ?, ?, ?, ?, ?)",
        _folders(folders),
    )
    marks = ", ".join("?" * len(_COLUMNS.split(",")))
    tx.sql.executemany(f"INSERT INTO file ({_COLUMNS}) VALUES ({marks})", _files(files, folders))
    for _, statement, _ in made:
        tx.sql.execute(statement)
    tx.sql.execute("INSERT INTO title_unindexed SELECT id FROM file")
    totals = "(SELECT count(*), COALESCE(sum(size), 0) FROM file WHERE account = 1"
    tx.sql.execute(f"UPDATE folder SET (files, bytes) = {totals} AND folder = folder.id)")
    tx.sql.execute("UPDATE folder SET listed = ?", (int(tx.now),))
    tx.sql.execute(
        f"UPDATE account SET (files, bytes) = {totals}), synced = ?", (int(time.time()),)
    )


def _folders(count: int) -> Iterator[tuple[str, ...]]:
    for n in range(1, count + 1):
        title = f"Folder {n}"
        yield str(n), title, natural_key(title), f"/{title}", fold(f"/{title}"), title


def _files(count: int, folders: int) -> Iterator[tuple[object, ...]]:
    chance = random.Random(7)
    shows = [f"{_word(chance)}.{_word(chance)}" for _ in range(5000)]
    for n in range(count):
        title = (
            f"{chance.choice(shows)}.S{chance.randrange(1, 15):02}E{chance.randrange(1, 30):02}."
            f"{chance.choices(_QUALITIES, _SHARES)[0]}.{chance.choice(_SOURCES)}.mkv"
        )
        if n % 250_000 == 500:
            title = f"The {RARE} road.mkv"
        folder = str(1 + n % folders) if folders else "0"
        yield (
            1, f"code{n:08}", folder, title, natural_key(title), fold(title),
            chance.randrange(10**8, 4 * 10**9), chance.randrange(600, 9000),
            int(chance.paretovariate(0.7)) - 1, 1_500_000_000 + n * 60, "0.00000",
            "ok" if chance.random() > 0.002 else "encoding", title, folder,
        )  # fmt: skip


def _word(chance: random.Random) -> str:
    syllables = _SYLLABLES.split()
    return "".join(chance.choice(syllables) for _ in range(chance.randint(2, 4))).capitalize()
