"""What changed in an account that is known, in as few requests as there are changes.

Four requests when nothing did: what was deleted last, the top folder, the folder on screen, and the
newest files. The host's own counts say whether that explains everything; what it does not explain
is found by listing the folders again, which is then done at a quicker pace.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from functools import partial

from vhtui.core.desk import deletions
from vhtui.core.sync import strays, syncbook
from vhtui.core.sync.listing import GLANCE_PAGES, Lister, newest_of, parts
from vhtui.core.sync.syncbook import CHUNK, PAGE
from vhtui.core.sync.walk import Walk
from vhtui.errors import (
    InDoubtError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    UnsupportedError,
)
from vhtui.models import ROOT, Capability, File, Page

_GLANCES = 6
"""Folders looked into at once for new files."""
_WANTED = 30
"""Folders listed before others when the glances did not find them."""
_BLIND_PAGES = 3
"""Pages read of a host that does not tell new files from old ones."""
_REFUSED_SECONDS = 86_400.0
"""How long a list that the host refused is not asked for again."""
_FRESH_SECONDS = 30.0
"""A folder listed so lately is not listed again."""


@contextlib.contextmanager
def tolerated() -> Iterator[None]:
    """Go on without a call that this account's host refuses; only its pace is to be kept."""
    try:
        yield
    except RateLimitedError:
        raise
    except (RefusedError, UnsupportedError):
        pass


async def read_deleted(lister: Lister, *, is_first: bool = False) -> bool:
    """Drop the files that the host lists as deleted since it was last asked; return whether the
    host refuses to tell."""
    provider = lister.provider
    state = syncbook.state(lister.sql, lister.account)
    if state is None or Capability.LIST_DELETED not in provider.capabilities:
        return False
    if time.time() < state.no_deleted + _REFUSED_SECONDS:
        return False
    try:
        read = await deletions.catch_up(provider, lister.store, lister.name, is_first=is_first)
    except RateLimitedError:
        raise
    except RefusedError:
        lister.tally.requests += 1
        return True
    lister.tally.requests += read.requests
    lister.tally.gone += read.gone
    return False


async def note_refused(lister: Lister) -> None:
    """Note that the host takes the account's key and yet refuses the list of deleted files."""
    await lister.write(lambda tx: syncbook.note(tx, lister.account, no_deleted=tx.now))


class Quick:
    """One quick look at an account."""

    def __init__(self, lister: Lister, on_screen: str) -> None:
        """Look for a lister; ``on_screen`` is the folder that the person looks at, "" for none."""
        self._lister = lister
        self._on_screen = on_screen
        self._glanced: set[str] = set()
        self._found: dict[str, File] = {}  # files that the library does not have
        self._newest = 0
        self._began = time.time()

    async def run(self) -> None:
        """Find what changed."""
        lister = self._lister
        is_refused = await read_deleted(lister)
        await self._glance(ROOT)
        if is_refused:
            await note_refused(lister)
        if self._on_screen and self._is_stale(self._on_screen):
            await self._glance(self._on_screen)
        total = await self._look_at_newest()
        await self._list_wanted()
        if syncbook.due_folders(lister.sql, lister.account, syncbook.NEVER, most=1):
            await Walk(lister, syncbook.NEVER, lambda: self._on_screen).run()
        if self._found:
            await self._place()
        if total is not None:
            await self._compare(total)
        await lister.confirm_unplaced()

    def _is_stale(self, id: str) -> bool:
        lister = self._lister
        oldest = time.time() - _FRESH_SECONDS
        return id not in self._glanced and syncbook.is_due(lister.sql, lister.account, id, oldest)

    async def _glance(self, id: str) -> None:
        self._glanced.add(id)
        try:
            await self._lister.glance(id)
        except NotFoundError:
            if id == ROOT:
                raise
            await self._lister.drop(id)
        else:
            await self._lister.look_for_lost(id)

    async def _list_wanted(self) -> None:
        """List some of the smaller folders that earlier syncs left for later."""
        lister = self._lister
        largest = GLANCE_PAGES * PAGE
        wanted = syncbook.wanted_folders(lister.sql, lister.account, _GLANCES, largest=largest)
        for id in wanted:
            try:
                await lister.visit(id)
            except InDoubtError:
                return

    # -- new files --------------------------------------------------------------------------------

    async def _look_at_newest(self) -> int | None:
        """Collect files that the library does not have; return how many the host counts in all."""
        lister = self._lister
        state = syncbook.state(lister.sql, lister.account)
        assert state is not None
        page: Page[File] | None = None
        with tolerated():
            page = await lister.provider.list_files()
        lister.tally.requests += 1
        if page is None:
            return None
        self._collect(page)
        if page.total is None or not self._is_explained(page.total, state.drift):
            at_the_top = syncbook.folder_total(lister.sql, lister.account, ROOT)
            if page.total is not None and page.total == at_the_top:
                return None  # the host's list is that of the top folder only
            with tolerated():
                await self._look_after(state.known_to or 0)
        known_to = max(self._newest, state.known_to or 0)
        await lister.write(lambda tx: syncbook.note(tx, lister.account, known_to=known_to))
        return page.total

    async def _look_after(self, known_to: int) -> None:
        """Read all files uploaded since a time; of a host that does not tell them apart, only as
        many pages as bring something new."""
        lister = self._lister
        number = 0
        has_more = True
        while has_more:
            number += 1
            page = await lister.provider.list_files(page=number, created_after=known_to - 1)
            lister.tally.requests += 1
            fresh = self._collect(page)
            is_blind = any((file.uploaded or known_to) < known_to - 1 for file in page.items)
            has_more = page.has_more and bool(page.items)
            if is_blind and (not fresh or number >= _BLIND_PAGES):
                return

    def _collect(self, page: Page[File]) -> int:
        """Keep what a page says of files; return how many of them the library does not have."""
        lister = self._lister
        codes = [file.code for file in page.items]
        unknown = set(strays.unknown_codes(lister.sql, lister.account, codes))
        fresh = {file.code: file for file in page.items if file.code in unknown}
        self._found |= fresh
        self._newest = max(self._newest, newest_of(page.items, time.time()) or 0)
        return len(fresh)

    def _is_explained(self, total: int, drift: int) -> bool:
        """Whether the host counts the files that are known, but for a difference looked into."""
        lister = self._lister
        ours = syncbook.count_files(lister.sql, lister.account)
        return total - ours - len(self._unplaced()) in (0, drift)

    def _unplaced(self) -> set[str]:
        lister = self._lister
        unknown = {code for code in self._found if self._is_unknown(code)}
        return unknown | set(strays.unplaced(lister.sql, lister.account))

    # -- their folders ----------------------------------------------------------------------------

    async def _place(self) -> None:
        """Look for the folders of new files where they most likely are."""
        lister, account = self._lister, self._lister.account
        for part in parts([file for file in self._found.values() if file.folder], CHUNK):
            put = partial(lister.put, id=ROOT, files=part, at=self._began)
            new = await lister.write(put)
            lister.tally.new += new
        codes = [code for code in self._found if self._is_unknown(code)]
        if not codes:
            return
        for some in parts(codes, CHUNK):
            await lister.write(partial(strays.set_unplaced, account=account, codes=some))
        likely = strays.targets(lister.sql, account, codes[:500])
        likely += await asyncio.to_thread(
            lambda: syncbook.likely_folders(lister.sql, account, _WANTED)
        )
        for id in [id for id in dict.fromkeys(likely) if id not in self._glanced][:_GLANCES]:
            await self._glance(id)
            if not any(map(self._is_unknown, codes)):
                break
        await lister.write(lambda tx: strays.forget_unplaced(tx, account, ()))
        if any(map(self._is_unknown, codes)):
            wanted = [id for id in likely if id not in self._glanced]
            await lister.write(lambda tx: syncbook.want(tx, account, wanted))
            await lister.write(lambda tx: syncbook.note(tx, account, hurry=tx.now))

    def _is_unknown(self, code: str) -> bool:
        return bool(strays.unknown_codes(self._lister.sql, self._lister.account, [code]))

    async def _compare(self, total: int) -> None:
        """Have every folder listed soon when the host's count says that something moved unseen."""
        lister, account = self._lister, self._lister.account
        state = syncbook.state(lister.sql, account)
        assert state is not None
        ours = syncbook.count_files(lister.sql, account)
        drift = total - ours - len(strays.unplaced(lister.sql, account))
        if drift == state.drift:
            return
        hurry = time.time() if drift else state.hurry
        await lister.write(lambda tx: syncbook.note(tx, account, drift=drift, hurry=hurry))
