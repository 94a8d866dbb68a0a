"""Queries that can be called off: the person has typed on, or gone elsewhere."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator

from vhtui.errors import VhtuiError


class StoppedError(VhtuiError):
    """A query was called off; whoever did so wants no answer."""


class Stop:
    """Calls off the queries of one reader, from any thread, within a millisecond."""

    def __init__(self) -> None:
        """Let queries run."""
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._is_set = False

    def set(self) -> None:
        """Stop the query that is running, and every later one."""
        with self._lock:
            self._is_set = True
            if self._connection is not None:
                self._connection.interrupt()

    @contextlib.contextmanager
    def over(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Run queries that ``set`` ends with a StoppedError."""
        with self._lock:
            self._check()
            self._connection = connection
        try:
            yield
        except sqlite3.OperationalError:
            self._check()
            raise
        finally:
            with self._lock:
                self._connection = None
        self._check()

    def _check(self) -> None:
        if self._is_set:
            raise StoppedError("called off")
