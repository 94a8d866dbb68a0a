"""The looks at an account beside its files: figures, takedowns, deletions, domain, links, keys.

They have a loop of their own, so that a long link check never keeps a folder waiting. In the
background each list is asked for as seldom as it changes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from vhtui.config import Tuning
from vhtui.core import requests
from vhtui.core.connection import Connection
from vhtui.core.database import Transaction
from vhtui.core.desk import deletions, domains, linkcheck, lookbook, premium, stats, takedowns
from vhtui.core.requests import DESK_KINDS, Request, RequestKind
from vhtui.core.store import Store
from vhtui.errors import ConfigError, ProviderError
from vhtui.models import Capability
from vhtui.providers.base import Provider, background_calls

_QUIET_SECONDS = 30.0
"""How long after the start the background waits."""
_STEP = 15.0
_INTERVALS = {
    RequestKind.STATS: 3600.0,
    RequestKind.TAKEDOWNS: 1800.0,
    RequestKind.DELETED: 3600.0,
    RequestKind.DOMAIN: float(domains.CACHE_SECONDS),
}
_NEEDED = {
    RequestKind.STATS: Capability.STATS,
    RequestKind.TAKEDOWNS: Capability.LIST_TAKEDOWNS,
    RequestKind.DELETED: Capability.LIST_DELETED,
    RequestKind.DOMAIN: Capability.EMBED_DOMAIN,
}


class Desk:
    """Answers the wishes of ``DESK_KINDS`` for one account."""

    def __init__(
        self,
        provider: Provider,
        store: Store,
        connection: Connection,
        tuning: Tuning,
        name: str,
        data: Path,
        *,
        polls: bool = True,
        on_trouble: Callable[[Exception], Awaitable[None]],
    ) -> None:
        """Look through a provider at the account of that name; keys go below ``data``.

        ``polls``: look in the background, too. ``on_trouble`` hears of errors that are not the
        host's, such as a full disk.
        """
        self._provider = provider
        self._store = store
        self._connection = connection
        self._tuning = tuning
        self._name = name
        self._data = data
        self._polls = polls
        self._on_trouble = on_trouble
        self._account = store.account_id(name)
        self._wake = asyncio.Event()
        self._serving: set[int] = set()

    def wake(self) -> None:
        """Something was asked for."""
        self._wake.set()

    async def run(self) -> None:
        """Answer wishes until cancelled."""
        self._serving.clear()
        await premium.doubt_interrupted(self._store, self._name, self._data)
        await linkcheck.mend(self._store)
        async with asyncio.TaskGroup() as tasks:
            if self._polls:
                tasks.create_task(self._keep_fresh())
            while True:
                self._wake.clear()
                for wish in requests.open_requests(self._store.database.reader(), self._account):
                    if wish.kind in DESK_KINDS and wish.id not in self._serving:
                        self._serving.add(wish.id)
                        tasks.create_task(self._serve(wish))
                await self._wake.wait()

    async def _serve(self, wish: Request) -> None:
        self._connection.release()
        try:
            while not await self._serve_once(wish):
                pass
        except Exception as error:  # the others go on, a purchase above all
            await self._on_trouble(error)
            await asyncio.sleep(self._tuning.settle)
            self._wake.set()
        finally:
            self._serving.discard(wish.id)

    async def _serve_once(self, wish: Request) -> bool:
        """Carry a wish out and close it; False when more has come to it meanwhile."""
        error = await self._try(self._call(wish.kind, wish.target))

        def change(tx: Transaction) -> bool:
            if wish.kind is RequestKind.CHECK:
                if error:
                    linkcheck.fail(tx, int(wish.target), self._name, error)
                elif linkcheck.has_more(tx, self._account, int(wish.target)):
                    return False
            requests.answer(tx, [wish.id], error)
            return True

        return await self._store.database.write(change)

    def _call(self, kind: RequestKind, target: str) -> Callable[[], Awaitable[None]]:
        place = (self._provider, self._store, self._name)
        match kind:
            case RequestKind.STATS:
                return self._look_at_stats
            case RequestKind.TAKEDOWNS:
                return lambda: takedowns.refresh(*place)
            case RequestKind.DELETED:
                return lambda: deletions.refresh(*place)
            case RequestKind.DOMAIN:
                return lambda: domains.refresh(*place)
            case RequestKind.CHECK:
                return lambda: linkcheck.carry_out(
                    self._provider, self._store, self._tuning, self._name, int(target)
                )
            case RequestKind.PREMIUM:
                return lambda: premium.carry_out(*place, self._data, int(target))
        raise AssertionError(kind)

    async def _try(self, call: Callable[[], Awaitable[None]]) -> str:
        """Make a call and note how the host answers; return what went wrong, "" for nothing."""
        try:
            await call()
        except (ProviderError, ConfigError) as failure:
            await self._connection.failed(failure)
            return str(failure) or type(failure).__name__
        await self._connection.worked()
        return ""

    async def _look_at_stats(self) -> None:
        days = await self._provider.stats()

        def change(tx: Transaction) -> None:
            stats.put_days(tx, self._account, self._name, days)
            lookbook.note_look(tx, self._account, RequestKind.STATS)

        await self._store.database.write(change)

    # In the background

    async def _keep_fresh(self) -> None:
        kinds = [kind for kind in _INTERVALS if _NEEDED[kind] in self._provider.capabilities]
        again: dict[RequestKind, float] = {}
        # A short command makes only its own requests.
        await asyncio.sleep(min(_QUIET_SECONDS, self._tuning.poll_idle))
        while True:
            await linkcheck.mend(self._store)
            for kind in kinds:
                now = time.time()
                held = now < max(again.get(kind, 0.0), self._connection.held_until)
                if held or not self._is_due(kind, now):
                    continue
                with background_calls():
                    error = await self._try(self._call(kind, ""))
                again[kind] = now + (_INTERVALS[kind] if error else 0.0)
            await asyncio.sleep(_STEP)

    def _is_due(self, kind: RequestKind, now: float) -> bool:
        if kind is RequestKind.DOMAIN:
            domain = domains.known(self._store, self._name)
            return domain is None or domain.is_due(now)
        looked = lookbook.last_look(self._store, self._name, kind)
        return looked is None or now - looked >= _INTERVALS[kind]
