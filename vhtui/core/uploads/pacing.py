"""How fast and when files may be sent: one bandwidth for all uploads, and the hours of the day."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

CHUNK = 1024 * 1024
"""Bytes read and handed over at once; as fast as curl, where 64 KiB are half of it."""
_SMALLEST = 4096
_PIECES_A_SECOND = 4


class Bandwidth:
    """Bytes per second shared by every upload; may be asked and changed from any thread.

    Who takes bytes is told how long to wait. Nothing is saved up while nobody sends.
    """

    def __init__(
        self, limit: int | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin with a limit in bytes per second, None for none."""
        self._limit = limit
        self.changes = 0
        self._clock = clock
        self._lock = threading.Lock()
        self._free = clock()

    @property
    def limit(self) -> int | None:
        """Bytes per second, None: as fast as the line."""
        return self._limit

    def set_limit(self, limit: int | None) -> None:
        """Change the limit at once: who waits sees ``changes`` grow, and takes again."""
        with self._lock:
            if limit != self._limit:
                self._limit = limit
                self.changes += 1
                self._free = self._clock()

    def piece(self) -> int:
        """Return how many bytes to take at once, so that a slow line still moves evenly."""
        limit = self._limit
        return CHUNK if limit is None else max(_SMALLEST, min(CHUNK, limit // _PIECES_A_SECOND))

    def take(self, size: int) -> float:
        """Reserve bytes and return the seconds to wait before sending them."""
        with self._lock:
            if self._limit is None:
                return 0.0
            now = self._clock()
            start = max(now, self._free)
            self._free = start + size / self._limit
            return start - now


def is_open(hours: tuple[int, int] | None, minute: int) -> bool:
    """Whether uploads may begin at a minute of the day; hours such as 22:00-06:00 go over
    midnight. The last minute is no longer in."""
    if hours is None:
        return True
    first, last = hours
    return first <= minute < last if first < last else minute >= first or minute < last


def minute_of_day(epoch: float) -> int:
    """Return the minute of the local day."""
    local = time.localtime(epoch)
    return local.tm_hour * 60 + local.tm_min
