"""The accounts that are configured, and when a change of them can be followed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence

from vhtui.config import AccountConfig
from vhtui.providers.base import Provider

Configured = Callable[[], Sequence[AccountConfig] | None]
"""Returns the accounts when they changed since it was last called, else None."""
Connect = Callable[[AccountConfig], Provider]
"""Makes an account's way to its host."""


class Roster:
    """Hears of accounts that are configured anew, and when that can be followed."""

    def __init__(self, configured: Configured | None) -> None:
        """Ask ``configured``; without it nothing ever changes."""
        self._configured = configured
        self._waiting: tuple[AccountConfig, ...] | None = None
        self.lock = asyncio.Lock()
        """Held by whoever follows the configuration."""

    async def news(
        self, present: Sequence[AccountConfig], sending: Collection[str]
    ) -> tuple[tuple[AccountConfig, ...] | None, Sequence[str]]:
        """Return other accounts to use from now on, if any; else whose sending has to end first.

        An upload that is cut off begins anew, so no account changes while files go to it.
        """
        found = await asyncio.to_thread(self._configured) if self._configured else None
        if found:  # with no account at all there would be nothing to show
            self._waiting = tuple(found)
        if self._waiting is None or self._waiting == tuple(present):
            self._waiting = None
            return None, ()
        before = {account.name: account for account in present}
        wanted = {account.name: account for account in self._waiting}
        if busy := sorted(name for name in sending if wanted.get(name) != before.get(name)):
            return None, busy
        accounts, self._waiting = self._waiting, None
        return accounts, ()
