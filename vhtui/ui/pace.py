"""How long groups of jobs still take, from how fast they went in the last seconds."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

from vhtui.models import JobGroup
from vhtui.text import duration_words

_WINDOW = 20.0
"""Seconds that the rate is measured over."""


class Pace:
    """Remembers how many jobs of each open group had ended when."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Measure time with a clock in seconds."""
        self._clock = clock
        self._seen: dict[int, deque[tuple[float, int]]] = {}

    def note(self, groups: Iterable[JobGroup]) -> None:
        """Note how far the open groups are; what is not among them is forgotten."""
        now = self._clock()
        before, self._seen = self._seen, {}
        for group in groups:
            if not group.is_open or group.paused:
                continue
            samples = self._seen[group.id] = before.get(group.id, deque())
            samples.append((now, group.done + group.failed))
            while len(samples) > 2 and samples[0][0] < now - _WINDOW:
                samples.popleft()

    def left(self, group: JobGroup) -> float | None:
        """Return the seconds that a group still takes; None while that is not known."""
        samples = self._seen.get(group.id)
        if not samples or not group.is_open or group.paused:
            return None
        began, ended = samples[0]
        done = group.done + group.failed
        seconds = self._clock() - began
        if done <= ended or seconds <= 0:
            return None
        return (group.total - done) * seconds / (done - ended)

    def words(self, group: JobGroup) -> str:
        """Say how long a group still takes: "about 7 min", or nothing."""
        left = self.left(group)
        return "" if left is None else duration_words(left)
