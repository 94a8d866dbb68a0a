"""Bringing the host's listings into the library: one folder at once, or the whole account.

Nothing is dropped because a listing lacks it: listings are no snapshots. What a listing that ended
well did not bring is looked up by code, and goes only when the host says it is gone.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from vhtui.config import Tuning
from vhtui.core import library, status
from vhtui.core.database import Transaction
from vhtui.core.pages import FolderWalk
from vhtui.core.store import Store, write_log
from vhtui.errors import NotFoundError
from vhtui.models import ROOT, Capability, FolderListing
from vhtui.providers.base import Provider, background_calls

Result = TypeVar("Result")

_AT_ONCE = 4
"""Folders listed at once by a whole sync: keeps the host's rate busy over slow lines."""
_walks = itertools.count(1)


class Sync:
    """Keeps one account's folders and files as the host lists them."""

    def __init__(self, provider: Provider, store: Store, tuning: Tuning, name: str) -> None:
        """List through a provider for the account of that name."""
        self._provider = provider
        self._store = store
        self._tuning = tuning
        self._name = name
        self._account = store.account_id(name)

    async def folder(self, id: str) -> None:
        """List one folder to its end, and look up what the library has in it and it did not."""
        walk = next(_walks)
        try:
            if await self._list(id, walk):
                missing = await self._write(lambda tx: library.unseen(tx, self._account, id, walk))
                await self._confirm(missing)
        except NotFoundError:
            if id != ROOT:
                await self._write(lambda tx: library.drop_folder(tx, self._account, id))
                await self._confirm(
                    await self._write(lambda tx: library.unseen(tx, self._account, id, walk))
                )
            raise
        finally:
            await self._write(lambda tx: library.forget_walk(tx, walk))

    async def whole(self) -> None:
        """List every folder, then look up every file that no folder listed."""
        if Capability.LIST_FILES not in self._provider.capabilities:
            await self._check_ledger()
            return
        walk = next(_walks)
        try:
            with background_calls():
                started = time.time()
                reached, complete = await self._walk(walk)
                if complete:
                    await self._write(
                        lambda tx: library.drop_unreached(
                            tx, self._account, reached, started=started
                        )
                    )
                    missing = await self._write(
                        lambda tx: library.unseen_anywhere(tx, self._account, walk)
                    )
                    await self._confirm(missing)
            await self._write(
                lambda tx: status.sync_ended(tx, self._account, self._name, complete=complete)
            )
        finally:
            await self._write(lambda tx: library.forget_walk(tx, walk))

    async def _walk(self, walk: int) -> tuple[set[str], bool]:
        """Visit the folders breadth first, a few at once; return those met, and whether all
        listings ended well."""
        waiting: asyncio.Queue[str] = asyncio.Queue()
        waiting.put_nowait(ROOT)
        known = {ROOT}
        done = 0
        complete = True

        async def visit(id: str) -> None:
            nonlocal done, complete
            try:
                ended = await self._list(id, walk)
            except NotFoundError:
                ended = id != ROOT
                if id == ROOT:
                    raise
            complete = complete and ended
            for folder in self._store.folders(self._name, id):
                if folder.id not in known and not folder.id.startswith("new:"):
                    known.add(folder.id)
                    waiting.put_nowait(folder.id)
            done += 1
            count, total = done, len(known)
            await self._write(
                lambda tx: status.sync_progress(tx, self._account, self._name, count, total)
            )

        async def work() -> None:
            while True:
                id = await waiting.get()
                await visit(id)
                waiting.task_done()

        await self._write(lambda tx: status.sync_progress(tx, self._account, self._name, 0, 1))
        workers = [asyncio.create_task(work()) for _ in range(_AT_ONCE)]
        finished = asyncio.create_task(waiting.join())
        try:
            await asyncio.wait([finished, *workers], return_when=asyncio.FIRST_COMPLETED)
            for worker in workers:
                if worker.done():
                    worker.result()
        finally:
            for task in (finished, *workers):
                task.cancel()
            await asyncio.gather(finished, *workers, return_exceptions=True)
        return known, complete

    async def _list(self, id: str, walk: int) -> bool:
        """Keep every page of a folder; return whether the listing came to a proper end."""
        pages = FolderWalk(self._provider, id)
        unreadable = 0
        fetched = time.time()
        is_first = True
        async for listing in pages:
            await self._write(
                partial(
                    self._keep,
                    id=id,
                    listing=listing,
                    fetched=fetched,
                    walk=walk,
                    is_first=is_first,
                )
            )
            unreadable += listing.files.unreadable
            fetched, is_first = time.time(), False
        await self._write(
            partial(self._ended, id=id, unreadable=unreadable, is_endless=pages.is_endless)
        )
        return not pages.is_endless

    def _keep(
        self,
        tx: Transaction,
        id: str,
        listing: FolderListing,
        fetched: float,
        walk: int,
        *,
        is_first: bool,
    ) -> None:
        if is_first:
            library.put_folders(
                tx,
                self._account,
                self._name,
                id,
                listing.folders,
                fetched=fetched,
                is_whole=not listing.files.unreadable,
            )
        library.put_files(
            tx, self._account, self._name, id, listing.files.items, fetched=fetched, walk=walk
        )

    def _ended(self, tx: Transaction, id: str, unreadable: int, *, is_endless: bool) -> None:
        path = self._store.folder_path(self._name, id)
        if is_endless:
            text = f"the host's listing of {path} does not end: what is shown may be incomplete"
            write_log(tx, self._name, "warning", text)
            return
        library.folder_listed(tx, self._account, self._name, id, unreadable)
        if unreadable:
            text = f"{unreadable} entries of {path} cannot be read and are not shown"
            write_log(tx, self._name, "warning", text)

    async def _confirm(self, codes: Sequence[str]) -> None:
        """Ask the host about files that a listing lacks; drop those it says are gone."""
        if Capability.FILE_INFO not in self._provider.capabilities:
            return
        for part in _parts(codes, self._provider.max_info_codes):
            infos = await self._provider.file_info(part)
            gone = [info.code for info in infos if not info.found]
            await self._write(
                partial(library.remove_files, account=self._account, name=self._name, codes=gone)
            )

    async def _check_ledger(self) -> None:
        """A host without listings: ask which codes of the ledger it no longer knows."""
        codes = await self._write(lambda tx: library.ledger_codes(tx, self._account))
        missing: set[str] = set()
        if Capability.CHECK_FILES in self._provider.capabilities:
            with background_calls():
                for part in _parts(codes, self._provider.max_info_codes):
                    missing |= await self._provider.missing_files(part)
        await self._write(
            lambda tx: library.mark_missing(tx, self._account, self._name, codes, missing)
        )
        await self._write(
            lambda tx: status.sync_ended(tx, self._account, self._name, complete=True)
        )

    async def _write(self, change: Callable[[Transaction], Result]) -> Result:
        return await self._store.database.write(change)


def _parts(codes: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(codes), size):
        yield codes[start : start + size]
