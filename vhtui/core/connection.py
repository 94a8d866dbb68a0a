"""How an account's host answers: kept in the library, and when to try again after a fault."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from vhtui.config import Tuning
from vhtui.core import status
from vhtui.core.status import STUMBLING
from vhtui.core.store import Store
from vhtui.errors import (
    ConfigError,
    InDoubtError,
    NotSentError,
    ProviderError,
    RateLimitedError,
    VhtuiError,
    WrongKeyError,
)

_KEY_SECONDS = 300.0
"""A key that was not accepted is tried again this late, or when the person asks for something."""
_LONGEST = 60.0


class Connection:
    """One account's way to its host, as the parts that use it share it."""

    def __init__(self, store: Store, tuning: Tuning, name: str) -> None:
        """Follow the account of that name."""
        self._store = store
        self._tuning = tuning
        self._name = name
        self._account = store.account_id(name)
        self._failures = 0
        self._noted: tuple[str, str] | None = None
        self._telling: set[asyncio.Task[None]] = set()
        self.held_until = 0.0
        self.on_release: Callable[[], None] = lambda: None

    async def worked(self) -> None:
        """A call was answered."""
        self._failures = 0
        self.release()
        await self._note("ok", "")

    async def failed(self, error: VhtuiError) -> None:
        """A call was not answered as it should be: hold the account where that makes sense."""
        match error:
            case RateLimitedError():
                self._hold(error.retry_after or self._tuning.settle / 2)
                await self._note("limited", str(error))
            case WrongKeyError() | ConfigError():
                self._hold(_KEY_SECONDS)
                await self._note("wrong key", str(error))
            case NotSentError() | InDoubtError():
                self._hold(min(_LONGEST, self._tuning.settle * 2.0 ** min(self._failures, 6)))
                self._failures += 1
                away = isinstance(error, NotSentError)
                await self._note("offline" if away else "error", str(error))
            case _:
                pass

    def stumbled(self, _: ProviderError) -> None:
        """The first try of a call was not answered: say so while the others are made."""
        if self._noted == ("ok", "") or self._noted is None:
            task = asyncio.create_task(self._note(STUMBLING, "no answer yet, trying again"))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    @property
    def is_held(self) -> bool:
        """Whether the account is left alone for a while."""
        return time.time() < self.held_until

    def _hold(self, seconds: float) -> None:
        self.held_until = time.time() + seconds

    def release(self) -> None:
        """The person asks again, or the host has answered: go on at once."""
        if self.held_until:
            self.held_until = 0.0
            self.on_release()

    async def _note(self, state: str, message: str) -> None:
        if self._noted == (state, message):
            return
        before, self._noted = self._noted, (state, message)
        try:
            await self._store.database.write(
                lambda tx: status.note_account(tx, self._account, self._name, state, message)
            )
        except BaseException:
            self._noted = before
            raise
