"""The hosts' rate limit: so many requests in any second, per key."""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque


class RateLimit:
    """Allows at most `rate` requests in any sliding second (0: any number).

    A rate below one means one request in any 1/rate seconds. Refused requests do not count.
    """

    def __init__(self, rate: float) -> None:
        self._allowed = max(1, int(rate))
        self._window = self._allowed / rate if rate else 0.0
        self._seen: dict[str, deque[float]] = defaultdict(deque)

    def wait(self, key: str) -> int:
        """Count a request; return 0 when it is allowed, else the whole seconds to wait."""
        if not self._window:
            return 0
        seen, now = self._seen[key], time.monotonic()
        while seen and now - seen[0] >= self._window:
            seen.popleft()
        if len(seen) < self._allowed:
            seen.append(now)
            return 0
        return max(1, math.ceil(self._window - (now - seen[0])))
