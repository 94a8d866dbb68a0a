"""Which titles are where, read of a library."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from vhtui.core import library
from vhtui.core.database import Database, Transaction
from vhtui.core.holes.matching import Cell, Match
from vhtui.core.holes.titles import Scope, TitleRow, TitleSort, TitlesSpec, read_titles
from vhtui.core.ledger import add_to_ledger
from vhtui.core.store import Store
from vhtui.models import ROOT, File
from vhtui.query import parse

NAMES = ("main", "second")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    database = Database(tmp_path / "library.db")
    store = Store(database)
    await store.adopt_accounts({"main": "voe", "second": "voe", "ill": "illvid"})
    await run(store, "UPDATE account SET synced = 1")
    yield store
    database.close()


async def put(
    store: Store, account: str, title: str, *, size: int = 0, length: int = 0, folder: str = ""
) -> str:
    """Put a file into an account and return its code."""
    code = f"{account}{store.account(account).files}"
    file = File(code=code, title=title, size=size or None, length=length or None)
    number = store.account_id(account)

    def change(tx: Transaction) -> None:
        if folder:
            library.put_ledger_folder(tx, number, account, folder)
        library.put_files(tx, number, account, folder or ROOT, [file], fetched=tx.now)

    await store.database.write(change)
    return code


async def run(store: Store, sql: str, *values: object) -> None:
    def change(tx: Transaction) -> None:
        tx.sql.execute(sql, values)

    await store.database.write(change)


def rows(store: Store, spec: TitlesSpec | None = None) -> list[TitleRow]:
    titles = read_titles(store, spec or TitlesSpec(accounts=NAMES, holes_only=False), NAMES)
    return titles.rows(store, range(len(titles)))


def states(row: TitleRow) -> list[str]:
    return [cell.state.word for cell in row.cells]


async def test_a_title_is_there_or_missing(store: Store) -> None:
    await put(store, "main", "Film.2020.mkv", length=100)
    await put(store, "second", "film 2020", length=101)
    await put(store, "main", "Other.mkv")
    first, other = rows(store)
    assert states(first) == ["there", "there"]
    assert first.cells[1].match is Match.LENGTH
    assert (other.title, states(other)) == ("Other.mkv", ["there", "missing"])
    [hole] = rows(store, TitlesSpec(accounts=NAMES))
    assert hole.title == "Other.mkv"


async def test_by_name_alone_is_said(store: Store) -> None:
    await put(store, "main", "a", length=100)
    await put(store, "second", "A")
    [row] = rows(store)
    assert row.cells[1].match is Match.NAME


async def test_another_length_is_neither_there_nor_a_hole(store: Store) -> None:
    await put(store, "main", "a", length=100)
    await put(store, "second", "a", length=900)
    assert [states(row) for row in rows(store)] == [["there", "unsure"], ["unsure", "there"]]
    assert not rows(store, TitlesSpec(accounts=NAMES))


async def test_what_was_there_is_gone(store: Store) -> None:
    await put(store, "main", "a", length=100)
    code = await put(store, "second", "a", length=100)
    number = store.account_id("second")
    await store.database.write(lambda tx: library.remove_files(tx, number, "second", [code]))
    [row] = rows(store)
    assert states(row) == ["there", "gone"]
    assert row.cells[1].state.is_hole


async def test_what_is_gone_everywhere_is_no_title(store: Store) -> None:
    code = await put(store, "main", "a")
    number = store.account_id("main")
    await store.database.write(lambda tx: library.remove_files(tx, number, "main", [code]))
    assert rows(store) == []


async def test_an_account_that_was_never_listed_lacks_nothing(store: Store) -> None:
    await run(store, "UPDATE account SET synced = NULL WHERE name = 'second'")
    await put(store, "main", "a")
    [row] = rows(store)
    assert states(row) == ["there", "unlisted"]
    assert not rows(store, TitlesSpec(accounts=NAMES))


async def test_what_is_in_the_trash_is_said(store: Store) -> None:
    await put(store, "main", "a")
    await put(store, "second", "a", folder="vhtui-trash")
    assert [states(row) for row in rows(store)] == [["there", "trash"]]


async def test_a_url_on_its_way_is_pending(store: Store) -> None:
    await put(store, "main", "a file.mp4")
    await run(
        store,
        "INSERT INTO remote_upload (account, id, url, state) VALUES (2, '1', ?, 'running')",
        "https://example.com/x/a%20file.mp4?token=1",
    )
    [row] = rows(store)
    assert states(row) == ["there", "pending"]


async def test_one_url_is_one_title_whatever_it_is_called(store: Store) -> None:
    codes = await put(store, "main", "renamed since"), await put(store, "second", "a.mp4")
    for account, code in enumerate(codes, 1):
        await run(
            store,
            "INSERT INTO remote_upload (account, id, url, state, code)"
            " VALUES (?, '1', 'https://example.com/a.mp4', 'completed', ?)",
            account,
            code,
        )
    await run(store, "DELETE FROM remote_upload")
    for row in rows(store):
        assert states(row) == ["there", "there"]
        assert Match.URL in {cell.match for cell in row.cells}


@pytest.mark.parametrize("notice", ["of the file", "of one that is gone", "of a renewed one"])
async def test_a_title_on_any_takedown_list_is_marked(store: Store, notice: str) -> None:
    code = await put(store, "main", "a")
    other = await put(store, "ill", "A.mp4")
    if notice == "of one that is gone":
        number = store.account_id("ill")
        await store.database.write(lambda tx: library.remove_files(tx, number, "ill", [other]))
    if notice == "of a renewed one":
        await run(store, "INSERT INTO renewal VALUES (1, 'old', ?, 'a', 0)", code)
        other = "old"
    await run(
        store,
        "INSERT INTO takedown (account, code, title) VALUES (?, ?, '')",
        1 if other == "old" else 3,
        other,
    )
    spec = TitlesSpec(accounts=("main", "second", "ill"), scopes=(Scope("main"),))
    [row] = read_titles(store, spec, NAMES).rows(store, [0])
    assert row.is_taken_down
    await run(store, "UPDATE takedown SET withdrawn = 1")
    [row] = read_titles(store, spec, NAMES).rows(store, [0])
    assert not row.is_taken_down


async def test_only_a_folder_and_what_is_below_it(store: Store) -> None:
    await put(store, "main", "in", folder="Series")
    await put(store, "main", "out")
    await put(store, "main", "near", folder="Series 2")
    spec = TitlesSpec(accounts=NAMES, scopes=(Scope("main", "/Series"),))
    assert [row.title for row in rows(store, spec)] == ["in"]


async def test_only_what_a_filter_lets_through(store: Store) -> None:
    await put(store, "main", "big", size=10)
    await put(store, "second", "small", size=1)
    spec = TitlesSpec(accounts=NAMES, query=parse("size>5"))
    assert [row.title for row in rows(store, spec)] == ["big"]


async def test_only_some_accounts_holes_count(store: Store) -> None:
    await put(store, "main", "a")
    await put(store, "second", "b")
    spec = TitlesSpec(accounts=NAMES, targets=("second",))
    assert [row.title for row in rows(store, spec)] == ["a"]


async def test_titles_are_in_natural_order_or_by_size_or_by_holes(store: Store) -> None:
    for number, size in ((10, 1), (9, 3), (2, 2)):
        await put(store, "main", f"ep {number}", size=size)
    await put(store, "second", "ep 2", size=2)

    def order(sort: TitleSort, *, reverse: bool = False) -> list[str]:
        spec = TitlesSpec(accounts=NAMES, holes_only=False, sort=sort, reverse=reverse)
        return [row.title for row in rows(store, spec)]

    assert order(TitleSort.TITLE) == ["ep 2", "ep 9", "ep 10"]
    assert order(TitleSort.TITLE, reverse=True) == ["ep 10", "ep 9", "ep 2"]
    assert order(TitleSort.SIZE) == ["ep 10", "ep 2", "ep 9"]
    assert order(TitleSort.STATE) == ["ep 9", "ep 10", "ep 2"]


async def test_a_library_of_a_ledger_is_compared_as_well(store: Store) -> None:
    await add_to_ledger(store, "ill", [File(code="x1", title="a.mp4")])
    await put(store, "main", "a")
    spec = TitlesSpec(accounts=("main", "ill"), holes_only=False)
    [row] = read_titles(store, spec, ["main"]).rows(store, [0])
    assert states(row) == [Cell.THERE.word, Cell.THERE.word]
