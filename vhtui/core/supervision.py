"""Keeping the engine's parts alive: one part's error is told and must not end the others."""

from __future__ import annotations

import asyncio
import contextlib
import time
import traceback
from collections.abc import Awaitable, Callable
from pathlib import PurePath

from vhtui.core.database import Database
from vhtui.core.store import write_log
from vhtui.errors import StoreError, VhtuiError
from vhtui.text import redact

_TELL_AGAIN = 60.0
"""Seconds in which the same trouble is told only once."""
_LONGEST = 60.0


class Supervisor:
    """Restarts what fails, and tells the person why."""

    def __init__(
        self, database: Database, tell: Callable[[str], None], *, first_pause: float
    ) -> None:
        """Log to a library and ``tell`` sentences; a part is restarted after ``first_pause``
        seconds, and then ever later."""
        self._database = database
        self._tell = tell
        self._first_pause = first_pause
        self._told: dict[str, float] = {}

    async def keep(self, account: str, part: Callable[[], Awaitable[None]]) -> None:
        """Run a part until it ends or is cancelled, again after every error."""
        pause = self._first_pause
        while True:
            started = time.monotonic()
            try:
                await part()
                return
            except Exception as error:
                await self.trouble(account, error)
            if time.monotonic() - started > _LONGEST:
                pause = self._first_pause
            await asyncio.sleep(pause)
            pause = min(_LONGEST, pause * 2)

    async def trouble(self, account: str, error: Exception) -> None:
        """Log an error, and tell it unless that was done a moment ago."""
        text = _words(error)
        now = time.monotonic()
        if now - self._told.get(text, -_TELL_AGAIN) < _TELL_AGAIN:
            return
        self._told[text] = now
        self._tell(text)
        with contextlib.suppress(StoreError):
            await self._database.write(lambda tx: write_log(tx, account, "error", text))


def _words(error: BaseException) -> str:
    """Return an error as a sentence; of an unexpected one also where it happened."""
    while isinstance(error, BaseExceptionGroup) and error.exceptions:
        error = error.exceptions[0]
    if isinstance(error, VhtuiError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({PurePath(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return redact(
        f"an error in vhtui itself, please report it: {type(error).__name__}: {error}{where}"
    )
