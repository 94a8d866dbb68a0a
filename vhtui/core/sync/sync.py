"""Bringing the host's listings into the library: one folder at once, the whole account, or only
what changed since.

The folder is the unit: when it was last listed is in the library, and that is the whole state of a
sync, so a restart goes on where it stopped.
"""

from __future__ import annotations

import time
from functools import partial

from msgspec import Struct

from vhtui.core import library, status
from vhtui.core.database import Transaction
from vhtui.core.store import Store
from vhtui.core.sync import strays, syncbook
from vhtui.core.sync.listing import Lister, newest_of, parts
from vhtui.core.sync.quick import Quick, note_refused, read_deleted, tolerated
from vhtui.core.sync.syncbook import CHUNK
from vhtui.core.sync.walk import Walk
from vhtui.errors import NotFoundError
from vhtui.models import ROOT, Capability
from vhtui.providers.base import Provider, background_calls
from vhtui.text import plural

_MARGIN = 60
"""Seconds by which an upload time is mistrusted."""
_MISTAKEN = 3600.0
"""Seconds for which the re-check leaves out a folder whose listing failed."""
_LEFT_OUT = 50
"""At most so many folders are left out."""


class SyncReport(Struct, frozen=True, kw_only=True):
    """What a sync did. ``kind``: first, quick, full or ledger; ``unplaced``: files that the host
    has and whose folder is not known yet; ``complete``: every listing came to its end."""

    kind: str
    new: int = 0
    deleted: int = 0
    folders: int = 0
    requests: int = 0
    unplaced: int = 0
    complete: bool = True


class Sync:
    """Keeps one account's folders and files as the host lists them."""

    def __init__(self, provider: Provider, store: Store, name: str) -> None:
        """List through a provider for the account of that name."""
        self._provider = provider
        self._store = store
        self._name = name
        self._account = store.account_id(name)
        self._under_way: set[str] = set()
        self._mistaken: dict[str, float] = {}
        self.on_screen = ""
        """The folder that the person looks at, "" for none."""

    async def folder(self, id: str) -> None:
        """List one folder to its end, and look up what the library has in it and it did not."""
        lister = self._lister()
        try:
            await lister.list(id)
        except NotFoundError:
            if id != ROOT:
                await lister.drop(id)
                await lister.confirm()
            raise
        if syncbook.lost_folders(lister.sql, self._account, id):
            await lister.look_for_lost(id)
            await lister.confirm()
        else:
            await lister.confirm(id)

    async def sync(self, asked: float, *, full: bool = False) -> SyncReport:
        """Bring the library up to date, as somebody asked at a time: by a first sync, by what
        changed since, or by listing everything again (``full``)."""
        with background_calls():
            if Capability.LIST_FILES not in self._provider.capabilities:
                return await self._check_ledger()
            state = syncbook.state(self._store.database.reader(), self._account)
            if state is None or state.ended is None:
                return await self._first(asked)
            return await (self._full(asked) if full else self._quick())

    # -- the kinds --------------------------------------------------------------------------------

    async def _first(self, asked: float) -> SyncReport:
        lister = self._lister()
        await lister.write(lambda tx: self._begin(tx, asked))
        state = syncbook.state(lister.sql, self._account)
        assert state is not None
        is_refused = state.files is None and await self._take_bearings(lister)
        await Walk(lister, state.began, lambda: self.on_screen).run()
        if is_refused:
            await note_refused(lister)
        await self._close(lister)
        await self._note_known(lister, state.began)
        return await self._report("first", lister)

    def _begin(self, tx: Transaction, asked: float) -> None:
        """Note that a first sync begins or goes on, which is told before the host answers."""
        syncbook.begin(tx, self._account, asked)
        state = syncbook.state(tx.sql, self._account)
        since = state.began if state is not None else asked
        done, total, _ = syncbook.progress(tx.sql, self._account, since)
        status.sync_progress(tx, self._account, self._name, done, total, None)

    async def _take_bearings(self, lister: Lister) -> bool:
        """Note, before anything is listed, how many files there are and what was deleted last;
        return whether the host refuses to tell the latter."""
        with tolerated():
            page = await self._provider.list_files()
            lister.tally.requests += 1
            newest = newest_of(page.items, time.time())
            await lister.write(
                lambda tx: syncbook.note(tx, self._account, files=page.total, known_to=newest)
            )
        return await read_deleted(lister, is_first=True)

    async def _note_known(self, lister: Lister, began: float) -> None:
        """Note until when all uploads are known: by what the newest one then was, or is now less
        the time this took."""
        state = syncbook.state(lister.sql, self._account)
        assert state is not None
        known_to = state.known_to or 0
        if state.newest is not None:
            known_to = max(known_to, int(state.newest - (time.time() - began)) - _MARGIN)
        await lister.write(
            lambda tx: syncbook.note(tx, self._account, ended=time.time(), known_to=known_to)
        )

    async def _full(self, since: float) -> SyncReport:
        lister = self._lister()
        await Walk(lister, since, lambda: self.on_screen).run()
        await self._close(lister)
        return await self._report("full", lister)

    async def _quick(self) -> SyncReport:
        lister = self._lister()
        await Quick(lister, self.on_screen).run()
        await lister.confirm()
        return await self._report("quick", lister)

    async def _close(self, lister: Lister) -> None:
        """After every folder was listed: look up what is missing, drop what nothing leads to."""
        await lister.drop_unclaimed()
        await lister.confirm()
        await lister.confirm_unplaced()

    async def _check_ledger(self) -> SyncReport:
        """A host without listings: ask which codes of the ledger it no longer knows."""
        codes = library.ledger_codes(self._store.database.reader(), self._account)
        requests = 0
        if Capability.CHECK_FILES in self._provider.capabilities:
            for part in parts(codes, self._provider.max_info_codes):
                gone = await self._provider.missing_files(part)
                requests += 1
                for piece in parts(part, CHUNK):
                    await self._store.database.write(
                        partial(
                            library.mark_missing,
                            account=self._account,
                            name=self._name,
                            codes=piece,
                            missing=gone,
                        )
                    )
        await self._store.database.write(
            lambda tx: status.sync_ended(tx, self._account, self._name, "", complete=True)
        )
        return SyncReport(kind="ledger", requests=requests)

    # -- the re-check -----------------------------------------------------------------------------

    @property
    def is_begun(self) -> bool:
        """Whether a first sync has begun and not ended."""
        state = syncbook.state(self._store.database.reader(), self._account)
        return state is not None and state.ended is None

    @property
    def is_hurried(self) -> bool:
        """Whether folders are to be checked at a quicker pace, for something changed unseen."""
        sql = self._store.database.reader()
        state = syncbook.state(sql, self._account)
        since = state.hurry if state is not None else 0.0
        return bool(syncbook.due_folders(sql, self._account, since, most=1, wanted=True))

    async def check_next(self, period: float) -> int:
        """List the folder whose turn it is, when it was not listed for a period (seconds); return
        the requests that took, 0 when none is due."""
        lister = self._lister()
        sql, now = lister.sql, time.time()
        state = syncbook.state(sql, self._account)
        if state is None or state.ended is None:
            return 0
        since = max(now - period, state.hurry)
        due = syncbook.due_folders(sql, self._account, since, most=_LEFT_OUT, wanted=True)
        turn = (each.id for each in due if self._mistaken.get(each.id, 0.0) < now)
        with background_calls():
            if (id := next(turn, None)) is None:
                await lister.drop_unclaimed()
                await lister.confirm()
            else:
                self._mistaken[id] = now + _MISTAKEN
                await lister.visit(id)
                await lister.confirm(least=self._provider.max_info_codes)
                del self._mistaken[id]
        await self._note(lister)
        return lister.tally.requests

    # -- telling ----------------------------------------------------------------------------------

    async def _report(self, kind: str, lister: Lister) -> SyncReport:
        tally = lister.tally
        complete = not syncbook.endless_folders(lister.sql, self._account)
        words = self._words(lister)
        await lister.write(
            lambda tx: status.sync_ended(
                tx, self._account, self._name, words, complete=complete or kind == "quick"
            )
        )
        return SyncReport(
            kind=kind,
            new=tally.new,
            deleted=tally.gone,
            folders=tally.folders,
            requests=tally.requests,
            unplaced=len(strays.unplaced(lister.sql, self._account)),
            complete=complete,
        )

    async def _note(self, lister: Lister) -> None:
        words = self._words(lister)
        if words != self._store.account(self._name).sync_note:
            await lister.write(lambda tx: status.note_sync(tx, self._account, self._name, words))

    def _words(self, lister: Lister) -> str:
        """Return what the person should know of how the library stands, "" for nothing."""
        if unplaced := strays.unplaced(lister.sql, self._account):
            whose = "its folder" if len(unplaced) == 1 else "their folders"
            files = plural(len(unplaced), "new file")
            return f"{files} on the host, still looking for {whose}"
        if endless := syncbook.endless_folders(lister.sql, self._account):
            return f"may be incomplete: {endless[0]} could not be listed to its end"
        if odd := syncbook.unreadable_entries(lister.sql, self._account):
            count = sum(odd.values())
            where = next(iter(odd)) if len(odd) == 1 else plural(len(odd), "folder")
            verb = "is" if count == 1 else "are"
            return f"{plural(count, 'entry')} of {where} cannot be read and {verb} not shown"
        return ""

    def _lister(self) -> Lister:
        return Lister(self._provider, self._store, self._name, self._under_way)
