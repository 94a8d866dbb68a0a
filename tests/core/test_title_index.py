from __future__ import annotations

import asyncio
import sqlite3
from functools import partial
from pathlib import Path

import pytest

from vhtui.core import library
from vhtui.core.database import Database, Transaction
from vhtui.core.store import ListingSpec, Store
from vhtui.core.tables import MIGRATIONS
from vhtui.core.tables.index import INDEX
from vhtui.core.title_index import TitleIndex, match_for
from vhtui.models import ROOT, File
from vhtui.query import parse
from vhtui.text import fold, natural_key

NEW = MIGRATIONS.index(INDEX)
"""The version before the one that brought the indexes."""
TITLES = ("Show ep 10", "Show ep 2", "é" * 150 + "e\u0301" * 150, "a\x00b")


def old_library(path: Path, version: int) -> None:
    """Write a library as an older vhtui did: an account with files, one table set at a time."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.create_function("natural_key", 1, natural_key, deterministic=True)
    connection.create_function("fold", 1, fold, deterministic=True)
    for script in MIGRATIONS[:version]:
        connection.executescript(script)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.execute("INSERT INTO account (name, provider) VALUES ('main', 'voe')")
    connection.execute(
        "INSERT INTO folder (account, id, parent, title, sort_title, path, folded, host_title)"
        " VALUES (1, '0', '', '', '', '/', '/', '')"
    )
    for at, title in enumerate(TITLES):
        connection.execute(
            "INSERT INTO file (account, code, folder, title, sort_title, folded, size, host_title,"
            " host_folder) VALUES (1, ?1, '0', ?2, natural_key(?2), fold(?2), 10, ?2, '0')",
            (f"c{at}", title),
        )
    connection.close()


def found(store: Store, text: str) -> set[str]:
    listing = store.listing(ListingSpec("main", None, parse(text)))
    return {row.title for row in store.files(listing.ids)}


@pytest.mark.parametrize("version", range(1, NEW + 1))
async def test_an_older_library_keeps_its_files_and_is_searched(
    tmp_path: Path, version: int
) -> None:
    old_library(tmp_path / "library.db", version)
    store = Store(Database(tmp_path / "library.db"))
    everything = store.listing(ListingSpec("main", ROOT))
    rows = store.files(everything.ids)
    assert sorted(row.title for row in rows) == sorted(TITLES)
    shows = [row.title for row in rows if row.title.startswith("Show")]
    assert shows == ["Show ep 2", "Show ep 10"]
    account = store.account("main")
    assert (account.files, account.bytes) == (len(TITLES), 10 * len(TITLES))
    index = TitleIndex(store.database, batch=1)
    for _ in range(2):
        assert found(store, "show") == {"Show ep 10", "Show ep 2"}
        assert found(store, "é" * 200) == {TITLES[2]}
        assert found(store, "dup:title") == set()
        while await index.step():
            pass
    store.database.close()


async def test_a_large_library_says_that_it_is_being_prepared(tmp_path: Path) -> None:
    old_library(tmp_path / "library.db", NEW)
    connection = sqlite3.connect(tmp_path / "library.db")
    connection.execute("UPDATE file SET id = 1000000 WHERE code = 'c0'")
    connection.commit()
    connection.close()
    said: list[str] = []
    Database(tmp_path / "library.db", tell=said.append).close()
    assert said and "prepared" in said[0]
    Database(tmp_path / "library.db", tell=said.append).close()
    assert len(said) == 1


async def test_few_titles_are_left_to_be_looked_at_and_many_are_indexed(tmp_path: Path) -> None:
    store = Store(Database(tmp_path / "library.db"))
    await store.adopt_accounts({"main": "voe"})
    index = TitleIndex(store.database, batch=3, idle=0.001)

    async def put(*titles: str) -> None:
        rows = [File(code=f"{title}-code", title=title, folder=ROOT) for title in titles]
        await store.database.write(
            lambda tx: library.put_files(tx, 1, "main", ROOT, rows, fetched=1.0)
        )

    def waiting() -> int:
        sql = "SELECT count(*) FROM title_unindexed"
        return int(store.database.reader().execute(sql).fetchone()[0])

    await put("one", "two")
    assert not (await index.step() and await index.step())
    assert waiting() == 2 and found(store, "two") == {"two"}
    running = asyncio.create_task(index.run())
    await put("three", "four")
    async with asyncio.timeout(20):
        while waiting() != 1:
            await asyncio.sleep(0)
    assert found(store, "o") == {"one", "two", "four"}
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    store.database.close()


async def test_the_host_may_rename_a_file_that_is_not_indexed_yet(tmp_path: Path) -> None:
    store = Store(Database(tmp_path / "library.db"))
    await store.adopt_accounts({"main": "voe"})
    for at, title in enumerate(("first", "second", "third"), start=1):
        rows = [File(code="c", title=title, folder=ROOT, views=at)]
        put = partial(library.put_files, account=1, name="main", folder=ROOT, fetched=float(at))
        await store.database.write(partial(put, files=rows))
        assert found(store, title) == {title}
    assert found(store, "first") == set()
    store.database.close()


async def test_views_that_changed_are_kept_and_told(tmp_path: Path) -> None:
    store = Store(Database(tmp_path / "library.db"))
    await store.adopt_accounts({"main": "voe"})
    topics: list[bool] = []

    def put(tx: Transaction, views: int | None) -> None:
        rows = [File(code="c", title="t", folder=ROOT, views=views, revenue="0.1")]
        library.put_files(tx, 1, "main", ROOT, rows, fetched=1.0)
        topics.append(bool(tx.topics))

    for views in (1, 2, 2, None):
        await store.database.write(partial(put, views=views))
    assert topics == [True, True, False, False]
    row = store.file_by_code("main", "c")
    assert row is not None and (row.views, row.revenue) == (2, "0.1")
    store.database.close()


def test_what_is_common_is_looked_up_only_where_it_excludes_something() -> None:
    sample = ["show.bluray.s01", *["film.bluray.s02"] * 30, *["film.hdtv.s02"] * 30]
    nothing = sqlite3.connect(":memory:")
    rare = match_for(nothing, ["bluray", "show"], 10, sample)
    assert rare is not None and set(rare.split(" AND ")) == {'"sho"', '"how"'}
    both = match_for(nothing, ["bluray", "s02"], 10, sample)
    assert both is not None and sum(gram in both for gram in ("blu", "lur", "ura", "ray")) == 1
    assert match_for(nothing, ["absent"], 10, sample) == match_for(nothing, ["absent"], 10, [])
