"""Search as you type, and lists so large that a head of them is shown first."""

from __future__ import annotations

import gc

from textual.widgets import Input

from tests.ui.conftest import Open, Session
from vhtui.core import library
from vhtui.core.database import Transaction
from vhtui.core.store import Listing, Sort
from vhtui.models import ROOT, File, Folder
from vhtui.ui.sources import EntrySource

MANY = 10_500


async def fill(session: Session) -> None:
    """Give the ledger account more files than are simply sorted, and go there."""
    store = session.engine.store
    number = store.account_id("illvid")
    rows = [
        File(code=f"m{n:07}", title=f"Made {n:05}.mkv", folder=ROOT, size=n * 7919 % 10_000)
        for n in range(MANY)
    ]

    def put(tx: Transaction) -> None:
        tx.sql.execute("DELETE FROM file WHERE account = ?", (number,))
        library.put_files(tx, number, "illvid", ROOT, rows, fetched=1.0)

    await session.engine.write(put)
    session.main.switch_account("illvid")
    await session.until(lambda: count(session) == MANY, "all of them")
    await session.until(lambda: session.main.files.is_settled, "settled")


def count(session: Session) -> int:
    source = session.main.files.table.source
    return len(source.listing) if isinstance(source, EntrySource) else 0


def listings_kept() -> int:
    return sum(isinstance(item, Listing) for item in gc.get_objects())


def sizes(session: Session) -> list[int]:
    files = session.main.files
    return [row.size or 0 for row in files.table.source.window(0, 20) if hasattr(row, "size")]


async def typed(session: Session, key: str, text: str) -> Input:
    await session.press(key)
    prompt = session.app.screen.query_one("#prompt Input", Input)
    await session.until(lambda: prompt.has_focus)
    prompt.value = text
    return prompt


async def test_a_search_finds_while_it_is_typed_and_esc_goes_back(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        files = session.main.files
        before = files.spot.folder
        prompt = await typed(session, "s", f"code:{file.code}")
        await session.until(lambda: [row.id for row in session.files()] == [file.id], "found")
        assert files.spot.folder is None and prompt.has_focus
        prompt.value = f"size> code:{file.code}"
        await session.until(lambda: bool(session.app.screen.query("#hint.-fault")), "fault")
        assert [row.id for row in session.files()] == [file.id]
        await session.press("escape")
        await session.until(lambda: files.spot.folder == before, "back")
        await session.until(lambda: files.table.cursor_key == file.id, "on the row")
        assert not files.forward


async def test_enter_stays_with_what_was_found_and_back_leaves_it(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        files = session.main.files
        before = files.spot.folder
        await typed(session, "s", f"code:{file.code}")
        await session.press("enter")
        await session.until(lambda: files.table.has_focus, "in the table")
        await session.until(lambda: files.table.cursor_key == file.id, "found")
        assert files.spot.folder is None
        await session.press("space")
        await session.sees("1 marked")
        await session.press("escape", "H")
        await session.until(lambda: files.spot.folder == before, "back")


async def test_a_filter_narrows_a_search_and_esc_takes_it_back_first(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.to_files()
        files = session.main.files
        await typed(session, "s", "size>=0")
        await session.press("enter")
        await session.until(lambda: files.spot.folder is None and files.is_settled, "found")
        await session.until(lambda: bool(session.files()), "listed")
        found = [row.id for row in session.files()]
        few = next(row for row in session.files() if row.code)
        await typed(session, "f", f"-size>=0 or code:{few.code}")
        await session.until(lambda: [row.id for row in session.files()] == [few.id], "narrowed")
        await session.sees("search: size>=0", "filter: -size>=0 or code:")
        await session.press("enter", "escape")
        await session.until(lambda: [row.id for row in session.files()] == found, "all found")
        assert files.where() == "search: size>=0"


async def test_a_filter_that_is_left_brings_the_cursor_back(vhtui: Open) -> None:
    async with vhtui() as session:
        await fill(session)
        table = session.main.files.table
        await session.press("G", "up", "up")
        await session.until(lambda: table.cursor == MANY - 3, "near the end")
        key, line = table.cursor_key, table.cursor_line
        for words in ("no such title", "size>=0", "size<100"):
            await typed(session, "f", words)
            await session.until(lambda: session.main.files.filter_text != "", "filtered")
            await session.press("escape")
            await session.until(lambda: count(session) == MANY, "all again")
            await session.until(lambda: table.cursor_key == key, "on the row")
            assert table.cursor_line == line


async def test_an_empty_search_changes_nothing(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        spot = session.main.files.spot
        await typed(session, "s", "")
        await session.press("enter")
        await session.until(lambda: session.main.files.table.has_focus, "closed")
        assert session.main.files.spot == spot
        assert session.main.files.table.cursor_key == file.id


async def test_a_large_list_is_sorted_marked_and_walked_to_its_end(vhtui: Open) -> None:
    async with vhtui() as session:
        await fill(session)
        table = session.main.files.table
        await session.press("comma", "S")
        await session.until(lambda: max(sizes(session), default=0) == 9999, "sorted")
        shown = sizes(session)
        assert shown == sorted(shown, reverse=True)
        await session.press("G")
        await session.until(lambda: table.cursor == MANY - 1, "at the end")
        await session.press("ctrl+a")
        await session.until(lambda: table.mark_count == MANY, "marked")
        assert all(isinstance(key, int) for key in table.marked_keys())


async def test_a_list_that_is_called_off_is_not_kept(vhtui: Open) -> None:
    async with vhtui() as session:
        await fill(session)
        files = session.main.files
        gc.collect()
        before = listings_kept()
        gc.disable()
        try:
            for sort in [Sort.SIZE, Sort.VIEWS] * 10:
                shown = files.table.source
                files.set_order(sort, reverse=False)
                await session.until(lambda: files.table.source is not shown, "a head")  # noqa: B023
            await session.until(lambda: files.is_settled, "all of it")
            kept = listings_kept() - before
        finally:
            gc.enable()
        assert kept < 5


async def test_marks_survive_another_order(vhtui: Open) -> None:
    async with vhtui() as session:
        await fill(session)
        table = session.main.files.table
        await session.press("space", "space")
        marked = table.marked_keys()
        await session.press("comma", "s")
        await session.until(lambda: sizes(session)[:1] == [0], "sorted")
        assert table.marked_keys() == marked


async def test_the_end_of_a_large_filter_is_its_real_end(vhtui: Open) -> None:
    async with vhtui() as session:
        await fill(session)
        await typed(session, "f", "size>=0")
        await session.press("enter", "G")
        table = session.main.files.table
        await session.until(lambda: table.cursor == MANY - 1, "at the end")
        assert session.main.files.is_settled
        await session.sees(f"{MANY // 1000} {MANY % 1000} files")


async def test_many_folders_are_read_again_only_after_a_change(vhtui: Open) -> None:
    async with vhtui() as session:
        store, files = session.engine.store, session.main.files
        number = store.account_id("illvid")

        def put(tx: Transaction, count: int) -> None:
            rows = [Folder(f"made{n}", f"Made {n}", ROOT) for n in range(count)]
            library.put_folders(tx, number, "illvid", ROOT, rows, fetched=1.0, is_whole=False)

        await session.engine.write(lambda tx: put(tx, 1500))
        await session.until(
            lambda: (
                files.folders_in("illvid", ROOT) is files.folders_in("illvid", ROOT)
                and len(files.folders_in("illvid", ROOT)) >= 1500
            ),
            "kept",
        )
        before = len(files.folders_in("illvid", ROOT))
        await session.engine.write(lambda tx: put(tx, 1501))
        assert len(files.folders_in("illvid", ROOT)) == before + 1
        assert files.folders_in("illvid", ROOT) == store.folders("illvid", ROOT)
