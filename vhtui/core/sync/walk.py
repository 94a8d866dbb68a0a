"""Listing every folder that is due, a few at once: a first sync, or a whole one.

What is due is read from the library, so that it goes on after a restart where it stopped.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from vhtui.core import status
from vhtui.core.sync import syncbook
from vhtui.core.sync.listing import Lister
from vhtui.errors import InDoubtError, ProviderError, ServerFaultError, UnreadableError
from vhtui.models import ROOT

_AT_ONCE = 4
"""Folders listed at once: keeps the host's rate busy over slow lines."""
_LINE = 1_000
"""Folders read from the library at once."""
_REPORT_SECONDS = 0.5
_HOPELESS = 3
"""Listings in a row without an answer after which the walk is given up."""
_FAULTY = 20
"""The same, for answers that are the host's own faults."""
_ENOUGH = 5
"""Requests after which the time that is left can be told."""


class Walk:
    """Lists all folders not listed since a time, those around what is on screen first."""

    def __init__(self, lister: Lister, since: float, on_screen: Callable[[], str]) -> None:
        """Walk for a lister; ``on_screen`` returns the folder that the person looks at, or ""."""
        self._lister = lister
        self._since = since
        self._on_screen = on_screen
        self._waiting: dict[str, str] = {}  # folder -> parent, in order
        self._children: dict[str, deque[str]] = {}
        self._taken: set[str] = set()
        self._busy = 0
        self._failures: dict[str, ProviderError] = {}
        self._fatal: ProviderError | None = None
        self._in_a_row = 0
        self._freed = asyncio.Event()
        self._began = time.monotonic()
        self._asked_before = lister.tally.requests
        self._reported = 0.0

    async def run(self) -> None:
        """List until no folder is due. A folder whose listing fails is left for later; when the
        host does not answer at all, its error is raised, once what is under way has ended."""
        await self._report()
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(_AT_ONCE):
                    tasks.create_task(self._work())
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None
        if self._fatal is not None:
            raise self._fatal
        for id, error in self._failures.items():
            await self._lister.leave_out(id, error)

    async def _work(self) -> None:
        while (id := await self._next()) is not None:
            self._busy += 1
            try:
                await self._lister.visit(id)
                await self._lister.confirm(least=self._lister.provider.max_info_codes)
                await self._report()
                self._in_a_row = 0
            except ProviderError as error:
                self._failed(id, error)
            finally:
                self._busy -= 1
                self._freed.set()

    def _failed(self, id: str, error: ProviderError) -> None:
        self._in_a_row += 1
        answers = isinstance(error, ServerFaultError | UnreadableError)
        is_hopeless = self._in_a_row >= (_FAULTY if answers else _HOPELESS)
        if id == ROOT or is_hopeless or not isinstance(error, InDoubtError):
            self._fatal = error
        self._failures[id] = error

    async def _next(self) -> str | None:
        while self._fatal is None:
            if not self._waiting:
                self._fill()
            if (id := self._take()) is not None:
                return id
            if not self._busy:
                return None
            self._freed.clear()
            await self._freed.wait()
        return None

    def _fill(self) -> None:
        lister = self._lister
        for due in syncbook.due_folders(lister.sql, lister.account, self._since, most=_LINE):
            if due.id not in self._taken:
                self._waiting[due.id] = due.parent
                self._children.setdefault(due.parent, deque()).append(due.id)

    def _take(self) -> str | None:
        lister = self._lister
        while self._waiting:
            id = self._first()
            del self._waiting[id]
            if id in lister.under_way:
                continue
            if syncbook.is_due(lister.sql, lister.account, id, self._since):
                self._taken.add(id)
                return id
        self._children.clear()
        return None

    def _first(self) -> str:
        """Return the folder on screen or one above it, else one in it, else the next in line."""
        shown = self._on_screen()
        if shown:
            folder = shown
            while folder != ROOT and folder not in self._waiting:
                row = self._lister.store.folder(self._lister.name, folder)
                folder = row.parent if row is not None else ROOT
            if folder in self._waiting:
                return folder
            children = self._children.get(shown, deque())
            while children:
                if (child := children.popleft()) in self._waiting:
                    return child
        return next(iter(self._waiting))

    async def _report(self) -> None:
        """Tell how far it is, not too often."""
        now = time.monotonic()
        if now - self._reported < _REPORT_SECONDS:
            return
        self._reported = now
        lister = self._lister
        done, total, requests = syncbook.progress(lister.sql, lister.account, self._since)
        left = self._seconds_left(requests, now)
        await lister.write(
            lambda tx: status.sync_progress(tx, lister.account, lister.name, done, total, left)
        )

    def _seconds_left(self, requests: int, now: float) -> float | None:
        lister = self._lister
        asked = lister.tally.requests - self._asked_before
        if asked < _ENOUGH:
            return None
        state = syncbook.state(lister.sql, lister.account)
        if state is not None and state.ended is None and state.files is not None:
            # Files nobody listed yet, half of a page wasted in each of their folders.
            unknown = state.files - syncbook.count_files(lister.sql, lister.account)
            requests = max(requests, unknown // syncbook.PAGE + requests // 2)
        return requests * (now - self._began) / asked
