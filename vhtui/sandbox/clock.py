"""The sandbox's time: the real time, sped up and moved forward at will."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class Clock:
    """Seconds since the epoch, as the hosts see them. Everything that takes time asks here."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._origin = time.time()
        self._started = time.monotonic()

    def now(self) -> float:
        """Return the sandbox's time in seconds since the epoch."""
        return self._origin + (time.monotonic() - self._started) * self._speed

    @property
    def speed(self) -> float:
        """How many sandbox seconds pass in a real one."""
        return self._speed

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once."""
        self._origin += seconds

    def set_speed(self, speed: float) -> None:
        """Change how fast time passes from now on."""
        self._origin, self._started = self.now(), time.monotonic()
        self._speed = speed


def _utc(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


def sql_time(moment: float) -> str:
    """Return `2023-03-31 00:00:00`, the format of most VOE calls."""
    return _utc(moment).strftime("%Y-%m-%d %H:%M:%S")


def iso_time(moment: float) -> str:
    """Return `2023-03-31T00:00:00`, the format of VOE's newer calls."""
    return _utc(moment).strftime("%Y-%m-%dT%H:%M:%S")


def zulu_time(moment: float) -> str:
    """Return `2023-03-31T00:00:00.000000Z`, the format of VOE's remote upload list."""
    return _utc(moment).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def date(moment: float) -> str:
    """Return `2023-03-31`."""
    return _utc(moment).strftime("%Y-%m-%d")
