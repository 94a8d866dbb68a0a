"""Checking the library against the host in the background, one folder after the other.

What a quick sync cannot see (a file moved or renamed at the website) is found when its folder's
turn comes. How far this is, is in the library, so it goes on over any number of short sessions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from msgspec import Struct

from vhtui.config import AccountConfig, SyncSettings, Tuning
from vhtui.core import requests
from vhtui.core.connection import Connection
from vhtui.core.requests import RequestKind
from vhtui.core.store import Store
from vhtui.core.sync.sync import Sync
from vhtui.errors import ConfigError, ProviderError

_QUIET_SECONDS = 30.0
"""How long after the start, and when nothing is due, the background waits."""
_HURRIED = 3
"""How many times its share of the rate it takes when something changed unseen."""
_LARGEST_SHARE = 0.5


class Pace(Struct, frozen=True, kw_only=True):
    """How the library is checked: each folder once in a ``period`` (seconds; None: never), in at
    most ``share`` of the account's ``rate`` (requests per second)."""

    period: float | None
    share: float
    rate: float

    @classmethod
    def of(cls, settings: SyncSettings, account: AccountConfig) -> Pace:
        """Return the pace that the configuration sets for an account."""
        rate = account.requests_per_second
        return cls(period=settings.recheck, share=settings.share, rate=rate)


class Recheck:
    """Lists the folder whose turn it is, and resumes a first sync that was interrupted."""

    def __init__(
        self,
        store: Store,
        connection: Connection,
        sync: Sync,
        tuning: Tuning,
        name: str,
        pace: Pace,
        is_syncing: Callable[[], bool],
    ) -> None:
        """Check the account of that name while no sync runs anyway (``is_syncing``)."""
        self._store = store
        self._connection = connection
        self._sync = sync
        self._account = store.account_id(name)
        self._pace = pace
        self._is_syncing = is_syncing
        self._pause = min(_QUIET_SECONDS, tuning.poll_idle)

    async def run(self) -> None:
        """Check until cancelled."""
        pause = self._pause
        while True:
            await asyncio.sleep(pause)
            pause = await self._step()

    async def _step(self) -> float:
        """Make one check; return the seconds until the next."""
        if self._is_syncing() or self._connection.is_held:
            return self._pause
        if self._sync.is_begun:
            await self._store.database.write(
                lambda tx: requests.ask(tx, self._account, RequestKind.SYNC)
            )
            return self._pause
        if self._pace.period is None:
            return self._pause
        is_hurried = self._sync.is_hurried
        try:
            cost = await self._sync.check_next(self._pace.period)
        except (ProviderError, ConfigError) as error:
            await self._connection.failed(error)
            return self._pause
        if not cost:
            return self._pause
        await self._connection.worked()
        share = self._pace.share
        if is_hurried:
            share = max(share, min(_LARGEST_SHARE, share * _HURRIED))
        return cost / (self._pace.rate * share)
