"""One file on its way: read in a thread, paced, held, stopped and checked by its generator."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from vhtui.core.uploads import sources
from vhtui.core.uploads.pacing import Bandwidth
from vhtui.core.uploads.sources import Identity, SourceError, shown

Result = TypeVar("Result")

_SPEED_SECONDS = 5.0


class StoppedError(Exception):
    """The transfer was told to stop before the file was complete."""


class Transfer:
    """A file that is being sent, opened once.

    ``chunks`` runs in the sending thread; everything else is for the event loop. ``complete`` is
    set before the last bytes are handed over: until then the host cannot have the whole file.
    """

    def __init__(self, path: Path, identity: Identity, bandwidth: Bandwidth) -> None:
        """Open the file; SourceError when it is not the one that was chosen."""
        self.path = path
        self.size = identity.size
        self.sent = 0
        self.complete = False
        self.was_held = False
        self._identity = identity
        self._bandwidth = bandwidth
        self._condition = threading.Condition()
        self._held = self._stopped = False
        self._samples: deque[tuple[float, int]] = deque()
        self._descriptor = sources.open_source(path, identity)

    def digest(self) -> bytes:
        """Return what the content is recognised by (reads a little of the file)."""
        return sources.digest_of(self._descriptor, self.size)

    def close(self) -> None:
        """Close the file; call it when the thread has ended."""
        os.close(self._descriptor)

    # From the event loop

    @property
    def is_held(self) -> bool:
        """Whether it waits to be resumed."""
        return self._held

    def hold(self) -> None:
        """Send nothing more until released; the connection stays, as long as the host keeps it."""
        with self._condition:
            self._held = self.was_held = True

    def release(self) -> None:
        """Go on."""
        with self._condition:
            self._held = False
            self._samples.clear()
            self._condition.notify_all()

    def stop(self) -> None:
        """End it: the thread raises StoppedError at the next piece."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()

    def nudge(self) -> None:
        """The bandwidth changed: ask it again."""
        with self._condition:
            self._condition.notify_all()

    def sample(self, now: float) -> None:
        """Note how far it is, for the speed."""
        self._samples.append((now, self.sent))
        while len(self._samples) > 2 and self._samples[0][0] < now - _SPEED_SECONDS:
            self._samples.popleft()

    @property
    def speed(self) -> int | None:
        """Bytes per second over the last seconds, None when it is too early to tell."""
        if len(self._samples) < 2:
            return None
        (begun, first), (now, last) = self._samples[0], self._samples[-1]
        return int((last - first) / (now - begun)) if now > begun else None

    # From the sending thread

    def chunks(self) -> Iterator[bytes]:
        """Yield exactly the file's bytes, or raise SourceError or StoppedError."""
        while self.sent < self.size:
            wanted = min(self._bandwidth.piece(), self.size - self.sent)
            self._wait(wanted)
            piece = self._read(wanted)
            if self.sent + len(piece) == self.size:
                sources.check_unchanged(self.path, self._descriptor, self._identity)
                self.complete = True
            yield piece
            self.sent += len(piece)

    def _read(self, wanted: int) -> bytes:
        try:
            piece = os.read(self._descriptor, wanted)
        except OSError as error:
            raise SourceError(
                f"{shown(self.path)} could not be read to its end: {error.strerror or error}"
            ) from None
        if not piece:
            sources.check_unchanged(self.path, self._descriptor, self._identity)
            raise SourceError(f"{shown(self.path)} ended before its {self.size} bytes")
        return piece

    def _wait(self, size: int) -> None:
        """Wait for the bandwidth to send ``size`` bytes, and while held."""
        with self._condition:
            while not self._stopped:
                changes = self._bandwidth.changes
                seconds = self._bandwidth.take(size)
                if seconds <= 0 or not self._condition.wait_for(
                    partial(self._is_disturbed, changes), seconds
                ):
                    break
            self._condition.wait_for(lambda: self._stopped or not self._held)
            if self._stopped:
                raise StoppedError

    def _is_disturbed(self, changes: int) -> bool:
        """Whether it was stopped, or the bandwidth changed since it had changed so often."""
        return self._stopped or self._bandwidth.changes != changes
