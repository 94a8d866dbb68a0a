"""When the next call of one key may leave.

``Pace`` decides, from times it is told. ``Limiter`` makes callers wait for that decision, those
that a person waits for before those of the background.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections import deque
from types import TracebackType

from vhtui.errors import RateLimitedError
from vhtui.providers.base import background

WINDOW = 1.1
"""Seconds over which sends are counted: the host's one second, and a margin for jitter."""
MOST = 4
"""Calls that both hosts take in any second."""
PATIENCE = 30.0
"""Seconds a call waits for the host's own Retry-After; a longer one fails it at once."""
_UNSAID_PAUSE = 1.0
_RECOVERY = 40  # answered calls from standstill back to the full rate
_SLOWEST = 8  # the rate never falls below this part of the full one


class Pace:
    """A token bucket that holds one token, under a cap on what any second may see.

    Calls are spaced evenly, so the mean never exceeds ``rate`` (calls per second). A call counts
    from when it is allowed until ``WINDOW`` after its bytes left, because connecting delays it.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._full_rate = rate
        self._most = max(MOST, math.ceil(rate))
        self._sent: deque[float] = deque()
        self._unsent = 0
        self._next = -math.inf
        self._resume = -math.inf
        self._slowed = -math.inf

    def delay(self, now: float) -> float:
        """Return the seconds until a call may leave: 0 now, inf when one must be sent first."""
        while self._sent and self._sent[0] <= now - WINDOW:
            self._sent.popleft()
        if self._unsent >= self._most:
            return math.inf
        delay = max(0.0, self._next - now, self._resume - now)
        excess = len(self._sent) + self._unsent - self._most
        if excess >= 0:
            delay = max(delay, self._sent[excess] + WINDOW - now)
        return delay

    def pause(self, now: float) -> float:
        """Return the seconds that the host still asks to wait."""
        return max(0.0, self._resume - now)

    def allow(self, now: float) -> None:
        """Take the token for a call that is about to be sent."""
        self._next = now + 1 / self.rate
        self._unsent += 1

    def sent(self, now: float) -> None:
        """Note that the bytes of an allowed call leave now."""
        self._unsent -= 1
        self._sent.append(now)

    def dropped(self) -> None:
        """Note that an allowed call will never be sent."""
        self._unsent -= 1

    def answered(self) -> None:
        """Recover a little: the host took a call."""
        self.rate = min(self._full_rate, self.rate + self._full_rate / _RECOVERY)

    def refused(self, now: float, retry_after: float | None) -> None:
        """Stop for ``retry_after`` seconds and go on at half the rate.

        Refusals of calls that were under way together slow down once.
        """
        self._resume = max(self._resume, now + (retry_after or _UNSAID_PAUSE))
        if now - self._slowed >= WINDOW:
            self._slowed = now
            self.rate = max(self._full_rate / _SLOWEST, self.rate / 2)


class Slot:
    """Leave to send one call; left unsent (``with``), it is given back."""

    def __init__(self, limiter: Limiter) -> None:
        self.is_sent = False
        self._limiter = limiter

    def sent(self) -> None:
        """Note that the first byte leaves now."""
        self.is_sent = True
        self._limiter._sent()

    def __enter__(self) -> Slot:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self.is_sent:
            self._limiter._dropped()


class Limiter:
    """The queue in front of a host: one per key, used within one event loop."""

    def __init__(self, host: str, pace: Pace) -> None:
        self._host = host
        self._pace = pace
        self._waiters: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    async def acquire(self) -> Slot:
        """Wait for leave to send; RateLimitedError when the host asks for more than PATIENCE."""
        loop = asyncio.get_running_loop()
        leave: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._waiters, (background.get(), next(self._order), leave))
        self._pump()
        try:
            await leave
        except asyncio.CancelledError:
            if leave.done() and not leave.cancelled() and leave.exception() is None:
                self._dropped()
            raise
        return Slot(self)

    def answered(self) -> None:
        """Note that the host took a call."""
        self._pace.answered()

    def refused(self, retry_after: float | None) -> None:
        """Note that the host refused a call for being one too many."""
        self._pace.refused(asyncio.get_running_loop().time(), retry_after)
        self._pump()

    def _sent(self) -> None:
        self._pace.sent(asyncio.get_running_loop().time())
        self._pump()

    def _dropped(self) -> None:
        self._pace.dropped()
        self._pump()

    def _pump(self) -> None:
        """Let go whoever may leave now, and wake up when the next one may."""
        loop = asyncio.get_running_loop()
        if self._timer:
            self._timer.cancel()
            self._timer = None
        while self._waiters:
            leave = self._waiters[0][2]
            now = loop.time()
            if leave.cancelled():
                pass
            elif (pause := self._pace.pause(now)) > PATIENCE:
                leave.set_exception(self._too_long(pause))
            elif delay := self._pace.delay(now):
                if delay < math.inf:
                    self._timer = loop.call_later(delay, self._pump)
                return
            else:
                self._pace.allow(now)
                leave.set_result(None)
            heapq.heappop(self._waiters)

    def _too_long(self, pause: float) -> RateLimitedError:
        return RateLimitedError(
            f"{self._host} was asked too often and wants to be left alone for {pause:.0f} s: "
            "try again then",
            retry_after=pause,
        )
