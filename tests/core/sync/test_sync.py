from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from typing_extensions import override

from tests.core.rig import add_account, eventually, running
from vhtui.core import library
from vhtui.core.database import Database, Transaction
from vhtui.core.jobs import effects, journal
from vhtui.core.jobs.journal import Wish
from vhtui.core.store import ListingSpec, Store
from vhtui.core.sync.sync import Sync
from vhtui.models import Changes, File, FileInfo, Folder, FolderListing, JobKind, JobState, Page
from vhtui.providers.base import Provider
from vhtui.sandbox.client import Control


class OddHost(Provider):
    """A host whose listings are whatever a test says; it knows every file it ever listed."""

    name = "odd"
    title = "Odd"
    max_info_codes = 2

    def __init__(self) -> None:
        self.folders: dict[str, list[Folder]] = {}
        self.pages: dict[str, list[list[str]]] = {}
        self.gone: set[str] = set()
        self.repeats = False
        self.unreadable = 0
        self.listed = 0
        self.total: int | None = None
        self.by_files: list[list[str]] = []

    @override
    async def list_folder(self, folder: str, page: int = 1) -> FolderListing:
        self.listed += 1
        pages = self.pages.get(folder, [[]])
        codes = pages[min(page, len(pages)) - 1]
        has_more = self.repeats or page < len(pages)
        files = tuple(File(code=code, title=f"Title {code}", size=10) for code in codes)
        listed = Page(files, has_more, self.total, unreadable=self.unreadable)
        return FolderListing(tuple(self.folders.get(folder, [])), listed)

    @override
    async def list_files(
        self,
        *,
        page: int = 1,
        folder: str | None = None,
        created_after: int | None = None,
        name: str | None = None,
    ) -> Page[File]:
        pages = self.by_files or [[]]
        files = tuple(File(code=code, title=f"Title {code}") for code in pages[page - 1])
        return Page(files, page < len(pages), sum(map(len, pages)))

    @override
    async def file_info(self, codes: Sequence[str]) -> list[FileInfo]:
        return [FileInfo(code=code, found=code not in self.gone) for code in codes]


@pytest.fixture
async def odd(tmp_path: Path) -> OddHost:
    return OddHost()


async def _walk(host: OddHost, data: Path) -> tuple[Store, Sync]:
    database = Database(data / "library.db")
    store = Store(database)
    await store.adopt_accounts({"main": "odd"})
    return store, Sync(host, store, "main")


async def _whole(sync: Sync) -> None:
    await sync.sync(time.time(), full=True)


def _codes(store: Store, folder: str | None = None) -> list[str]:
    return [row.code for row in store.files(store.listing(ListingSpec("main", folder)).ids)]


async def test_a_listing_that_repeats_itself_ends_and_is_told(odd: OddHost, tmp_path: Path) -> None:
    store, sync = await _walk(odd, tmp_path)
    odd.pages["0"], odd.repeats = [["a", "b"]], True
    await _whole(sync)
    assert odd.listed < 6 and _codes(store) == ["a", "b"]
    assert "does not end" in store.log()[0].text
    assert store.account("main").synced is None
    store.database.close()


async def test_a_folder_whose_pages_do_not_turn_is_listed_by_its_files(
    odd: OddHost, tmp_path: Path
) -> None:
    store, sync = await _walk(odd, tmp_path)
    odd.pages["0"], odd.repeats, odd.total = [["a", "b"]], True, 5
    odd.by_files = [["a", "b", "c"], ["d", "e"]]
    await _whole(sync)
    assert _codes(store, "0") == ["a", "b", "c", "d", "e"]
    assert store.account("main").synced is not None
    store.database.close()


async def test_a_listing_of_files_that_overlooks_the_folder_is_not_believed(
    odd: OddHost, tmp_path: Path
) -> None:
    store, sync = await _walk(odd, tmp_path)
    odd.pages["0"], odd.repeats, odd.total = [["a", "b"]], True, 5
    odd.by_files = [["a", "b", "c", "x", "y", "z"]]
    await _whole(sync)
    assert _codes(store) == ["a", "b"]
    assert store.account("main").synced is None
    store.database.close()


async def test_what_a_listing_lacks_goes_only_when_the_host_says_so(
    odd: OddHost, tmp_path: Path
) -> None:
    store, sync = await _walk(odd, tmp_path)
    odd.pages["0"] = [["a", "b"], ["b", "c", "d"]]  # pages shift: b comes twice
    await _whole(sync)
    odd.pages["0"], odd.gone = [["a"]], {"d"}
    await sync.folder("0")
    assert _codes(store) == ["a", "b", "c"]
    account = store.account("main")
    assert (account.files, account.bytes) == (3, 30)
    store.database.close()


async def test_a_folder_inside_itself_does_not_loop(odd: OddHost, tmp_path: Path) -> None:
    store, sync = await _walk(odd, tmp_path)
    odd.folders = {
        "0": [Folder("1", "One", "0"), Folder("0", "Top", "0")],
        "1": [Folder("2", "Two", "1"), Folder("1", "One", "1")],
        "2": [Folder("1", "One", "2"), Folder("0", "Top", "2")],
    }
    odd.pages["2"] = [["a"]]
    async with asyncio.timeout(5):
        await _whole(sync)
    assert store.folder_path("main", "2") == "/One/Two" and store.folder_path("main", "0") == "/"
    assert _codes(store, "2") == ["a"]
    store.database.close()


async def test_folders_that_are_gone_go_with_what_is_below_them(
    odd: OddHost, tmp_path: Path
) -> None:
    store, sync = await _walk(odd, tmp_path)
    odd.folders = {"0": [Folder("1", "One", "0")], "1": [Folder("2", "Two", "1")]}
    await _whole(sync)
    odd.folders = {}
    odd.unreadable = 1  # what cannot be read may be a folder
    await _whole(sync)
    assert len(store.all_folders("main")) == 3
    assert store.folders("main", "0")[0].id == "1"
    odd.unreadable = 0
    await _whole(sync)
    assert len(store.all_folders("main")) == 1
    store.database.close()


async def test_what_cannot_be_read_is_told(odd: OddHost, tmp_path: Path) -> None:
    store, sync = await _walk(odd, tmp_path)
    odd.folders = {"0": [Folder("1", "One", "0")]}
    odd.unreadable = 1
    await _whole(sync)
    note = "2 entries of 2 folders cannot be read and are not shown"
    assert store.account("main").sync_note == note
    odd.folders = {}
    await sync.folder("0")
    odd.unreadable = 0
    await _whole(sync)
    assert store.account("main").sync_note == ""
    store.database.close()


async def test_a_large_page_is_written_in_small_pieces(odd: OddHost, tmp_path: Path) -> None:
    store, sync = await _walk(odd, tmp_path)
    odd.pages["0"] = [[f"code{n}" for n in range(1000)]]
    odd.folders["0"] = [Folder(str(n), f"Folder {n}", "0") for n in range(1, 451)]
    rows: list[int] = []

    def count(_: Changes) -> None:
        account = store.account("main")
        rows.append(account.files + len(store.all_folders("main")))

    store.database.on_change = count
    await sync.folder("0")
    steps = [after - before for before, after in zip([1, *rows], rows, strict=False)]
    assert rows[-1] == 1451 and max(steps) <= 100
    store.database.close()


async def test_a_listing_older_than_a_change_does_not_bring_the_old_back(
    odd: OddHost, tmp_path: Path
) -> None:
    store, sync = await _walk(odd, tmp_path)
    odd.folders["0"] = [Folder("1", "One", "0")]
    odd.pages["0"] = [["a", "b"]]
    await _whole(sync)
    database = store.database
    a, b = (store.file_by_code("main", code) for code in "ab")
    assert a is not None and b is not None
    fetched = await database.write(lambda tx: tx.now)
    listing = await odd.list_folder("0")

    async def do(kind: JobKind, wish: Wish, result: str | None = None) -> None:
        _, (job,) = await database.write(lambda tx: journal.add_group(tx, 1, kind, "", "", [wish]))
        found = journal.entries(database.reader(), "j.id = ?", (job,))

        def change(tx: Transaction) -> None:
            effects.happened(tx, 1, "main", found, result)
            journal.mark(tx, found, JobState.DONE)

        await database.write(change)

    await do(JobKind.RENAME, Wish(target="", file=a.id, code="a", after="New"))
    await do(JobKind.MOVE, Wish(target="", file=a.id, code="a", before="0", after="1"))
    await do(JobKind.DELETE, Wish(target="", file=b.id, code="b"))
    await do(JobKind.RENAME_FOLDER, Wish(target="", folder="1", before="One", after="Uno"))
    await do(JobKind.CREATE_FOLDER, Wish(target="", folder="0", after="Dos"), "2")
    await database.write(
        lambda tx: library.put_folders(
            tx, 1, "main", "0", listing.folders, fetched=fetched, is_whole=True
        )
    )
    await database.write(
        lambda tx: library.put_files(tx, 1, "main", "0", listing.files.items, fetched=fetched)
    )
    row = store.file_by_code("main", "a")
    assert row is not None and (row.title, row.folder) == ("New", "1")
    assert store.file_by_code("main", "b") is None
    assert [folder.title for folder in store.folders("main", "0")] == ["Dos", "Uno"]
    store.database.close()


async def test_what_others_change_is_seen(tmp_path: Path, control: Control) -> None:
    async with running(tmp_path, control, add_account(control)) as rig:
        first, second, *_ = rig.rows()
        control.change_files(
            {"action": "rename", "code": first.code, "title": "Theirs"},
            {"action": "delete", "code": second.code},
        )
        await rig.sync()
        row = rig.engine.store.file(first.id)
        assert row is not None and row.title == "Theirs"
        assert rig.engine.store.file(second.id) is None


async def test_a_finished_remote_upload_becomes_a_file(tmp_path: Path, control: Control) -> None:
    async with running(tmp_path, control, add_account(control, files=0)) as rig:
        await rig.engine.add_remote("main", ["https://example.com/a/good.mp4"], None)
        await rig.settled()
        control.advance(5000)
        await rig.engine.refresh_remote("main")
        await eventually(rig.rows, state=lambda: rig.engine.store.remote_uploads("main"))
        assert rig.rows()[0].title == "good.mp4"
