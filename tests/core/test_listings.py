from __future__ import annotations

import asyncio
import sqlite3
import threading
from array import array
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vhtui.core import library
from vhtui.core.database import Database, Transaction
from vhtui.core.listed import Bounds, Listing, ListingSpec, Sort
from vhtui.core.listings import Listings
from vhtui.core.stopping import Stop, StoppedError
from vhtui.core.store import Store
from vhtui.core.title_index import TitleIndex
from vhtui.models import ROOT, File, FileRow, Folder
from vhtui.query import Duplicates, parse
from vhtui.text import natural_key

TINY = Bounds(sorted=3, narrow=5, walked=8, head=2, filtered=2)
PATHS = {ROOT: "/", "1": "/Größe_%"}

words = st.sampled_from(["show", "SHOW", "s01", "ep 2", "ep 10", "%", "ß", "ﬁ", "a\x00b", "'", '"'])
titles = st.one_of(
    st.lists(words, max_size=3).map(" ".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)
numbers = st.sampled_from([None, 0, 1, 1000])
files = st.builds(
    File,
    code=st.just(""),
    title=titles,
    folder=st.sampled_from(sorted(PATHS)),
    size=numbers,
    length=numbers,
    views=numbers,
    uploaded=numbers,
)
queries = st.one_of(
    st.sampled_from(["", "s", "sh", "show", "ss", "fi", "size>0", "-show", "views<1 or s01"]),
    st.sampled_from(
        [
            "show s01",
            'folder:"größe"',
            "state:moving",
            "dup:title",
            "title~s.1",
            "dark",
            "dup:size",
            "dup:length",
            "title~show.s0",
            "show dup:size",
            "ext:w",
            "in:/Größe_%",
            "code:3",
            "ext:01 -dup:title",
        ]
    ),
    st.sampled_from(["show size<5", "(s01 or ep) -views:1", "title:a", "length:1..", "age>1d"]),
    titles.map(lambda title: title.replace('"', "").strip()).filter(bool).map('"{}"'.format),
)
specs = st.builds(
    ListingSpec,
    account=st.just("main"),
    folder=st.sampled_from([None, ROOT, "1"]),
    query=queries.map(lambda text: parse(text) if text else None),
    sort=st.sampled_from(Sort),
    reverse=st.booleans(),
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store(Database(tmp_path / "library.db"))
    await store.adopt_accounts({"other": "voe", "main": "voe"})
    yield store
    store.database.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One library for every example, emptied in between."""
    store = Store(Database(tmp_path_factory.mktemp("listings") / "library.db"))
    asyncio.run(store.adopt_accounts({"other": "voe", "main": "voe"}))
    yield store
    store.database.close()


async def fill(store: Store, found: list[File]) -> None:
    """Put files into both accounts, in place of those that are there."""

    def put(tx: Transaction) -> None:
        tx.sql.execute("DELETE FROM file")
        for name in ("other", "main"):
            number = store.account_id(name)
            folder = [Folder("1", "Größe_%", ROOT)]
            library.put_folders(tx, number, name, ROOT, folder, fetched=1.0, is_whole=True)
            rows = [
                File(
                    **{
                        **{key: getattr(file, key) for key in File.__struct_fields__},
                        "code": f"c{at:04}",
                    }
                )
                for at, file in enumerate(found)
            ]
            library.put_files(tx, number, name, ROOT, rows, fetched=1.0)

    await store.database.write(put)


async def index_all(store: Store, batch: int = 1) -> None:
    index = TitleIndex(store.database, batch=batch)
    while await index.step():
        pass


def many(count: int) -> list[File]:
    return [
        File(
            code="",
            title=f"show {n % 7} ep {n % 50}",
            folder=ROOT,
            size=n % 13,
            length=None,
            views=0,
            uploaded=n,
        )
        for n in range(count)
    ]


def rows_of(store: Store, account: str = "main") -> list[FileRow]:
    found = store.database.reader().execute(
        "SELECT id FROM file WHERE account = ? ORDER BY id", (store.account_id(account),)
    )
    return store.files([row["id"] for row in found])


def key_of(file: FileRow, sort: Sort) -> tuple[Any, ...]:
    """What a file is sorted by, as plain Python compares it: what is not known comes first."""
    name = natural_key(file.title)
    if sort is Sort.TITLE:
        return (name.encode(),)
    if sort is Sort.STATE:
        return (str(file.pending or file.state).encode(), name.encode())
    value = getattr(file, sort.value)
    return (-1 if value is None else value,)


def in_order(rows: list[FileRow], spec: ListingSpec, *, by_name: bool) -> list[int]:
    """The ids as the rule has them: equal ones by name, or as they came to the library."""
    rows = sorted(rows, key=lambda row: row.id)
    if by_name and spec.sort is not Sort.TITLE:
        rows.sort(key=lambda row: natural_key(row.title).encode())
        rows.sort(key=lambda row: key_of(row, spec.sort)[:1], reverse=spec.reverse)
        return [row.id for row in rows]
    ids = [row.id for row in sorted(rows, key=lambda row: key_of(row, spec.sort))]
    return ids[::-1] if spec.reverse else ids


def wanted(store: Store, spec: ListingSpec) -> list[FileRow]:
    every = rows_of(store)
    here = [row for row in every if spec.folder in (None, row.folder)]
    if spec.query is None:
        return here
    duplicates = Duplicates.among(every)
    return [
        row
        for row in here
        if spec.query.matches(
            row, now=2_000_000_000, folder_path=PATHS[row.folder], duplicates=duplicates
        )
    ]


def check(store: Store, spec: ListingSpec, bounds: Bounds) -> None:
    listings = Listings(store.database, bounds)
    place = (store.account_id("main"), spec.folder)
    rows = wanted(store, spec)
    whole = list(listings.whole(spec, *place, Stop()).ids)
    orders = [in_order(rows, spec, by_name=by_name) for by_name in (True, False)]
    assert whole in orders
    head = listings.head(spec, *place, Stop())
    if head.is_whole:
        assert list(head.ids) == whole
        return
    assert spec.query is None or not head.is_counted
    if head.is_counted:
        assert len(head) == len(whole)
        assert all(id in (0, there) for id, there in zip(head.ids, whole, strict=True))
        assert head.ids[0] and head.ids[-1]
    else:
        assert list(head.ids) == whole[: len(head)]
    assert all(head.position(id) == at for at, id in enumerate(head.ids) if id)


@settings(max_examples=200, deadline=None)
@given(st.lists(files, max_size=14), st.lists(specs, min_size=1, max_size=4), st.booleans())
def test_filter_and_sort_are_what_plain_python_says(
    shared: Store, found: list[File], asked: list[ListingSpec], is_indexed: bool
) -> None:
    async def prepare() -> None:
        await fill(shared, found)
        if is_indexed:
            await index_all(shared, batch=4)

    asyncio.run(prepare())
    for spec in asked:
        check(shared, spec, TINY)
        check(shared, spec, Bounds())


async def test_a_large_listing_has_a_head_that_is_its_beginning_and_its_end(store: Store) -> None:
    await fill(store, many(60))
    for sort in Sort:
        for reverse in (False, True):
            spec = ListingSpec("main", None, sort=sort, reverse=reverse)
            head = Listings(store.database, TINY).head(spec, store.account_id("main"), None, Stop())
            assert not head.is_whole and head.is_counted and len(head) == 60
            assert [bool(id) for id in head.ids] == [True] * 2 + [False] * 56 + [True] * 2
            check(store, spec, TINY)


async def test_the_head_of_a_filter_is_not_counted(store: Store) -> None:
    await fill(store, many(60))
    spec = ListingSpec("main", None, parse("show"))
    head = Listings(store.database, TINY).head(spec, store.account_id("main"), None, Stop())
    assert (len(head), head.is_whole, head.is_counted) == (2, False, False)


async def test_what_is_too_rare_to_be_met_has_an_empty_head(store: Store) -> None:
    await fill(store, [*many(60), File(code="", title="zebra", folder=ROOT, size=1)])
    spec = ListingSpec("main", None, parse("title~zebra"))
    listings = Listings(store.database, TINY)
    head = listings.head(spec, store.account_id("main"), None, Stop())
    assert (len(head), head.is_whole, head.is_counted) == (0, False, False)
    assert len(listings.whole(spec, store.account_id("main"), None, Stop())) == 1


async def test_few_are_shown_as_soon_as_one_of_them_is_met(store: Store) -> None:
    rows = many(60)
    rows[3] = File(code="", title="show 3 ep 3 a zebra", folder=ROOT, size=1)
    await fill(store, rows)
    spec = ListingSpec("main", None, parse("title~z.bra"), Sort.UPLOADED)
    head = Listings(store.database, TINY).head(spec, store.account_id("main"), None, Stop())
    assert (len(head), head.is_whole, head.is_counted) == (1, False, False)


@pytest.mark.parametrize("text", ["title~zebr[a]", "ext:bra", "in:/Größe_%", "zebra dup:size"])
async def test_what_an_index_can_tell_is_whole_at_once(store: Store, text: str) -> None:
    await fill(store, [*many(60), File(code="", title="a zebra.bra", folder="1", size=1)])
    await index_all(store)
    found = Listings(store.database, TINY).head(
        ListingSpec("main", None, parse(text)), store.account_id("main"), None, Stop()
    )
    assert (len(found), found.is_whole) == (1, True)


async def test_that_nothing_is_found_is_known_at_once(store: Store) -> None:
    await fill(store, many(60))
    await index_all(store)
    head = Listings(store.database, TINY).head(
        ListingSpec("main", None, parse("zebra")), store.account_id("main"), None, Stop()
    )
    assert (len(head), head.is_whole) == (0, True)


async def test_an_order_is_kept_until_a_file_changes(store: Store) -> None:
    await fill(store, many(60))
    account = store.account_id("main")
    listings = Listings(store.database, TINY)
    spec = ListingSpec("main", None, sort=Sort.SIZE)
    back = ListingSpec("main", None, sort=Sort.SIZE, reverse=True)
    whole = listings.whole(spec, account, None, Stop())
    assert listings.head(spec, account, None, Stop()).is_whole
    assert list(listings.head(back, account, None, Stop()).ids) == list(whole.ids)[::-1]
    await store.database.write(lambda tx: library.remove_files(tx, account, "main", ["c0000"]))
    assert not listings.head(spec, account, None, Stop()).is_whole
    assert len(listings.whole(back, account, None, Stop())) == 59


async def test_positions_are_found_in_any_listing(store: Store) -> None:
    spec = ListingSpec("main", None)
    for ids in ([5, 3, 9], list(range(9000, 0, -1)), [10**9 + n for n in range(5000)]):
        listing = Listing(spec, array("q", ids))
        for at in (0, 1, len(ids) - 1):
            assert listing.position(ids[at]) == at
        assert listing.position(10**8) is None
        assert listing.position(0) is None


async def test_a_search_without_fts_finds_the_same(store: Store, tmp_path: Path) -> None:
    await fill(store, [*many(60), File(code="", title="The zebra", folder=ROOT)])
    await index_all(store)
    assert store.database.reader().execute("SELECT 1 FROM title_gram").fetchone()
    plain = Store(Database(tmp_path / "library.db", has_fts=False))
    for text in ("zebra", "z", "ze", "show", "zebra or show"):
        spec = ListingSpec("main", None, parse(text))
        for bounds in (TINY, Bounds()):
            place = (store.account_id("main"), None)
            found, again = (
                Listings(each.database, bounds).whole(spec, *place, Stop()).ids
                for each in (store, plain)
            )
            assert found and sorted(found) == sorted(again)
    await asyncio.wait_for(TitleIndex(plain.database).run(), 5)
    plain.database.close()


async def test_a_rename_is_found_before_and_after_it_is_indexed(store: Store) -> None:
    await fill(store, many(60))
    await index_all(store)
    row = rows_of(store)[7]

    def rename(tx: Transaction) -> None:
        tx.sql.execute("UPDATE file SET title = 'zebra', folded = 'zebra' WHERE id = ?", (row.id,))
        tx.touch("files", "main")

    await store.database.write(rename)
    place = (store.account_id("main"), None)
    for _ in range(2):
        listings = Listings(store.database, TINY)
        found = listings.whole(ListingSpec("main", None, parse("zebra")), *place, Stop())
        assert list(found.ids) == [row.id]
        gone = listings.whole(ListingSpec("main", None, parse(f'"{row.title}"')), *place, Stop())
        assert row.id not in gone.ids
        await index_all(store)


async def test_a_running_query_is_called_off(store: Store) -> None:
    stop = Stop()
    connection = store.database.reader()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    timer = threading.Thread(target=stop.set)

    def started(*_: object) -> int:
        if not timer.ident:
            timer.start()
        return 0

    connection.set_progress_handler(started, 1000)
    with pytest.raises(StoppedError), stop.over(connection):
        connection.execute(endless).fetchone()
    timer.join()
    connection.set_progress_handler(None, 0)
    with pytest.raises(StoppedError):
        store.listing(ListingSpec("main", None), stop)
    assert len(store.listing(ListingSpec("main", None))) == 0


async def test_other_faults_are_not_taken_for_a_stop(store: Store) -> None:
    stop = Stop()
    with pytest.raises(sqlite3.OperationalError), stop.over(store.database.reader()):
        store.database.reader().execute("SELECT nothing")
