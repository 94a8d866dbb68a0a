"""Locks between processes. The executor lock: one at a time speaks to the hosts.

An flock on a file in the data directory: the kernel gives it back when its holder dies, however.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class ScanLock:
    """Shared by all who scan texts for a link check: whoever gets it alone knows that none does."""

    def __init__(self, data: Path) -> None:
        """Use a lock file of a data directory."""
        self._path = data / "scanning.lock"

    @contextlib.contextmanager
    def shared(self) -> Iterator[None]:
        """Hold it with others; waits for a moment while somebody has it alone."""
        with self._held(fcntl.LOCK_SH):
            yield

    @contextlib.contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold it alone, if nobody else has it: says whether that is so."""
        try:
            with self._held(fcntl.LOCK_EX | fcntl.LOCK_NB):
                yield True
        except BlockingIOError:
            yield False

    @contextlib.contextmanager
    def _held(self, how: int) -> Iterator[None]:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)


class ExecutorLock:
    """The lock of one data directory."""

    def __init__(self, data: Path) -> None:
        """Prepare the lock file of a data directory; nothing is locked yet."""
        self._path = data / "executor.lock"
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """Whether this process holds it."""
        return self._descriptor is not None

    def take(self) -> bool:
        """Take the lock when it is free; return whether it is held now."""
        if self._descriptor is not None:
            return True
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor
        return True

    def holder(self) -> int | None:
        """Return the process id of who took the lock last, for messages only."""
        try:
            return int(self._path.read_text().strip())
        except (OSError, ValueError):
            return None

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
