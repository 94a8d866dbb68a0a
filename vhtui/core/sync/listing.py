"""Listing one folder after the other: kept in small pieces, what is missing looked up by code.

Nothing is dropped because a listing lacks it: listings are no snapshots. A file that the whole
listing of its folder lacks is looked up, unless another folder brings it, and goes only when the
host says it is gone; a folder goes when the host no longer knows it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from msgspec import Struct

from vhtui.core import library
from vhtui.core.database import Transaction
from vhtui.core.store import Store, write_log
from vhtui.core.sync import strays, syncbook
from vhtui.core.sync.pages import MAX_PAGES, FolderWalk
from vhtui.core.sync.syncbook import CHUNK, PAGE
from vhtui.errors import NotFoundError
from vhtui.models import ROOT, Capability, File, FolderListing
from vhtui.providers.base import Provider

Result = TypeVar("Result")
Item = TypeVar("Item")

_AHEAD = 26 * 3600
"""An upload time further in the future (seconds) is no time zone but a mistake."""
GLANCE_PAGES = 5
"""A folder with more pages than this is not listed for a glance."""
_LOST_AT_ONCE = 20
_FOLDERS_A_WRITE = 20
_INLINE = 5_000
"""Rows read in the event loop; more are read in a thread."""


class Tally(Struct):
    """What a sync cost and found."""

    requests: int = 0
    new: int = 0
    gone: int = 0
    folders: int = 0


class Lister:
    """Lists folders of one account. ``under_way`` is shared: the folders being listed."""

    def __init__(self, provider: Provider, store: Store, name: str, under_way: set[str]) -> None:
        """List through a provider for the account of that name."""
        self.provider = provider
        self.store = store
        self.name = name
        self.account = store.account_id(name)
        self.under_way = under_way
        self.tally = Tally()
        self._confirming = asyncio.Lock()

    @property
    def sql(self) -> sqlite3.Connection:
        """The connection to read from in this thread."""
        return self.store.database.reader()

    async def write(self, change: Callable[[Transaction], Result]) -> Result:
        """Run a bounded change."""
        return await self.store.database.write(change)

    async def visit(self, id: str) -> None:
        """List a folder to its end, from where an earlier listing stopped; a folder that the host
        no longer knows is dropped."""
        try:
            await self.list(id, resume=True)
        except NotFoundError:
            if id == ROOT:
                raise
            await self.drop(id)

    async def list(self, id: str, *, resume: bool = False) -> None:
        """List a folder to its end, and note which files are missing.

        ``resume``: from where an earlier listing stopped, unless the host counts other files now:
        the pages have shifted then, so what was kept is no beginning.
        """
        page, total = syncbook.begun_page(self.sql, self.account, id) if resume else (0, None)
        if not await self._list_from(page, id, expected=total):
            await self._list_from(0, id)

    async def _list_from(self, kept: int, id: str, *, expected: int | None = None) -> bool:
        """List a folder from the page after so many; False when that makes no sense."""
        began = time.time()
        had_files = syncbook.folder_files(self.sql, self.account, id)
        walk = FolderWalk(self.provider, id, kept + 1)
        self.under_way.add(id)
        unreadable, number, fetched = 0, kept, began
        totals: set[int | None] = set()
        try:
            async for listing in walk:
                total = listing.files.total
                if kept and not totals and total != expected:
                    return False
                number += 1
                page = number if listing.files.has_more else None
                await self._keep(id, listing, fetched, page=page, is_first=number == kept + 1)
                unreadable += listing.files.unreadable
                totals.add(total)
                fetched = time.time()
        finally:
            self.under_way.discard(id)
            self.tally.requests += walk.requests
        if walk.is_endless:
            await self.write(partial(self._endless, id=id, began=began))
            return True
        if had_files and not kept:
            await self._note_missing(id, walk.seen)
        await self.write(
            partial(self._ended, id=id, began=began, unreadable=unreadable, total=total)
        )
        if len(totals) > 1:
            await self.write(lambda tx: syncbook.want(tx, self.account, [id]))
        return True

    async def leave_out(self, id: str, error: Exception) -> None:
        """Go on without a folder whose listing failed; it is tried again before others."""

        def change(tx: Transaction) -> None:
            path = self.store.folder_path(self.name, id)
            syncbook.folder_is_endless(tx, self.account, self.name, id, time.time())
            syncbook.want(tx, self.account, [id])
            write_log(tx, self.name, "warning", f"{path} could not be listed: {error}")

        await self.write(change)

    async def glance(self, id: str) -> None:
        """Look at the first page of a folder. If the host's count of its files is not ours, list
        a short one; of a long one read on while pages bring something new, and have it listed
        before others if that does not explain the count."""
        began = time.time()
        listing = await self.provider.list_folder(id)
        self.tally.requests += 1
        before = self.tally.new
        await self._keep(id, listing, began, is_first=True)
        files = listing.files
        if not files.has_more:
            await self._note_missing(id, {file.code for file in files.items})
            await self.write(
                partial(
                    self._ended, id=id, began=began, unreadable=files.unreadable, total=files.total
                )
            )
            return
        await self.write(lambda tx: syncbook.note_total(tx, self.account, id, files.total))
        count = syncbook.folder_files(self.sql, self.account, id)
        if files.total == count or (files.total is None and self.tally.new == before):
            return
        if max(files.total or 0, count) <= GLANCE_PAGES * PAGE:
            await self.list(id)
        elif self.tally.new == before or not await self._read_on(id):
            await self.write(lambda tx: syncbook.want(tx, self.account, [id]))

    async def _read_on(self, id: str) -> bool:
        """Keep the pages after the first that bring something new; return whether our count of the
        folder's files is then the host's."""
        for number in range(2, MAX_PAGES):
            began, before = time.time(), self.tally.new
            listing = await self.provider.list_folder(id, number)
            self.tally.requests += 1
            await self._keep(id, listing, began, is_first=False)
            if syncbook.folder_files(self.sql, self.account, id) == listing.files.total:
                return True
            if self.tally.new == before or not listing.files.has_more:
                return False
        return False

    # -- keeping ----------------------------------------------------------------------------------

    async def _keep(
        self,
        id: str,
        listing: FolderListing,
        fetched: float,
        *,
        is_first: bool,
        page: int | None = None,
    ) -> None:
        """Keep a page; ``page``: note that so many are kept of a listing that goes on."""
        if is_first:
            await self._keep_folders(id, listing, fetched)
        items = listing.files.items
        for start in range(0, len(items), CHUNK):
            kept = page if start + CHUNK >= len(items) else None
            part = items[start : start + CHUNK]
            put = partial(
                self.put, id=id, files=part, at=fetched, page=kept, total=listing.files.total
            )
            new = await self.write(put)
            self.tally.new += new

    async def _keep_folders(self, id: str, listing: FolderListing, fetched: float) -> None:
        known = set(syncbook.subfolders(self.sql, self.account, id))
        listed = {folder.id for folder in listing.folders}
        self.tally.folders += len(listed - known - {ROOT})
        for part in parts(listing.folders, CHUNK):
            await self.write(
                partial(
                    library.put_folders,
                    account=self.account,
                    name=self.name,
                    parent=id,
                    folders=part,
                    fetched=fetched,
                    is_whole=False,
                )
            )
        if known - listed and not listing.files.unreadable:
            await self.write(
                lambda tx: library.lose_folders(tx, self.account, id, listed, fetched=fetched)
            )

    def put(
        self,
        tx: Transaction,
        id: str,
        files: Sequence[File],
        at: float,
        page: int | None = None,
        total: int | None = None,
    ) -> int:
        """Keep some files asked for at a time; return how many of them are new.

        ``page``: that many pages of the folder are kept then, and the host counts ``total`` files.
        """
        before = syncbook.count_files(tx.sql, self.account)
        library.put_files(tx, self.account, self.name, id, files, fetched=at)
        newest = newest_of(files, tx.now)
        if newest is not None:
            syncbook.note_newest(tx, self.account, newest)
        if page is not None:
            syncbook.note_page(tx, self.account, id, page, total)
        return syncbook.count_files(tx.sql, self.account) - before

    def _endless(self, tx: Transaction, id: str, began: float) -> None:
        path = self.store.folder_path(self.name, id)
        text = f"the host's listing of {path} does not end: what is shown may be incomplete"
        syncbook.folder_is_endless(tx, self.account, self.name, id, began)
        write_log(tx, self.name, "warning", text)

    def _ended(
        self, tx: Transaction, id: str, began: float, unreadable: int, total: int | None
    ) -> None:
        syncbook.folder_listed(
            tx, self.account, self.name, id, began=began, unreadable=unreadable, total=total
        )
        if unreadable:
            path = self.store.folder_path(self.name, id)
            text = f"{unreadable} entries of {path} cannot be read and are not shown"
            write_log(tx, self.name, "warning", text)

    # -- what is missing --------------------------------------------------------------------------

    async def _note_missing(self, id: str, seen: set[str]) -> None:
        """Note which files the library has in a folder and a whole listing of it did not bring."""

        def look() -> list[str]:
            codes = strays.codes_in(self.sql, self.account, id)
            return [code for code in codes if code not in seen]

        is_large = syncbook.folder_files(self.sql, self.account, id) > _INLINE
        lacking = await asyncio.to_thread(look) if is_large else look()
        is_first = True
        for part in parts(lacking, CHUNK) if lacking else [()]:
            await self.write(
                partial(
                    strays.set_missing,
                    account=self.account,
                    folder=id,
                    codes=part,
                    is_first=is_first,
                )
            )
            is_first = False

    async def confirm(self, folder: str | None = None, *, least: int = 1) -> None:
        """Ask the host about missing files, of one folder or of all, in full batches; drop those it
        says are gone. Fewer than ``least`` are left for later."""
        if Capability.FILE_INFO not in self.provider.capabilities:
            return
        async with self._confirming:
            await self._confirm(folder, least)

    async def _confirm(self, folder: str | None, least: int) -> None:
        most = self.provider.max_info_codes
        while codes := strays.missing(self.sql, self.account, most, folder):
            if len(codes) < least:
                return
            infos = await self.provider.file_info(codes)
            self.tally.requests += 1
            for part in parts([info.code for info in infos if not info.found], CHUNK):
                gone = await self.write(
                    partial(library.remove_files, account=self.account, name=self.name, codes=part)
                )
                self.tally.gone += gone
            for part in parts(codes, CHUNK):
                await self.write(partial(strays.note_asked, account=self.account, codes=part))

    async def confirm_unplaced(self) -> None:
        """Ask the host about files whose folder was not found; forget those that are gone."""
        if Capability.FILE_INFO not in self.provider.capabilities:
            return
        codes = strays.unplaced(self.sql, self.account)
        for part in parts(codes, self.provider.max_info_codes):
            infos = await self.provider.file_info(part)
            self.tally.requests += 1
            gone = [info.code for info in infos if not info.found]
            await self.write(partial(strays.forget_unplaced, account=self.account, gone=gone))

    async def drop(self, id: str) -> None:
        """Drop a folder that is gone, with all below it; its files are missing then."""
        for part in parts(syncbook.subtree(self.sql, self.account, id), _FOLDERS_A_WRITE):
            await self.write(
                partial(syncbook.drop_folders, account=self.account, name=self.name, ids=part)
            )

    async def look_for_lost(self, parent: str) -> None:
        """Ask for the sub-folders that a listing of their parent lacked: they may be gone, or only
        moved."""
        for id in syncbook.lost_folders(self.sql, self.account, parent)[:_LOST_AT_ONCE]:
            await self.visit(id)

    async def drop_unclaimed(self) -> None:
        """Drop the folders that a listing of their parent lacked, when all others were listed since
        and none has them; and forget which files only moved."""
        for id in syncbook.unclaimed_folders(self.sql, self.account):
            await self.drop(id)
        await self.write(lambda tx: strays.forget_moved(tx, self.account))


def newest_of(files: Sequence[File], now: float) -> int | None:
    """Return the newest upload time among files, None without any."""
    times = [file.uploaded for file in files if file.uploaded and file.uploaded < now + _AHEAD]
    return max(times, default=None)


def parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield a sequence in pieces of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
