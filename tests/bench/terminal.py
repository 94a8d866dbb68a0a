"""A program in a pseudo-terminal, with a clock on what it writes."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence

import pyte


class Terminal:
    """A child in a pty of its own; every read is timed and fed to a screen."""

    def __init__(
        self,
        argv: Sequence[str],
        environ: Mapping[str, str],
        *,
        columns: int = 120,
        rows: int = 40,
        emulate: bool = True,
    ) -> None:
        """Start the child now; ``emulate`` False leaves out the screen, for exact timing."""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._emulate = emulate
        self.started = time.perf_counter()
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            os.execvpe(argv[0], list(argv), dict(environ))
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)

    def read(self, seconds: float) -> bytes:
        """Return what comes within some seconds, as soon as something comes."""
        data = self._read(seconds)
        self._show(data)
        return data

    def _show(self, data: bytes) -> None:
        if self._emulate:
            self._stream.feed(data)

    def _read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return b""
        try:
            return os.read(self._master, 1 << 20)
        except OSError:
            return b""

    def send(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def wait_for(self, text: str, seconds: float = 30.0) -> float:
        """Read until a text has been written; return when, in seconds since the start."""
        seen = b""
        wanted = text.encode()
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline:
            data = self.read(0.2)
            seen += data
            if wanted in seen:
                return time.perf_counter() - self.started
        raise TimeoutError(f"{text!r} never appeared; the screen:\n" + self.text())

    def settle(self, quiet: float = 0.3) -> None:
        """Read until nothing comes for a while."""
        while self.read(quiet):
            pass

    def key(self, keys: str, quiet: float = 0.08) -> tuple[float, int]:
        """Type, and return (seconds until the last byte of the answer, bytes of it)."""
        begun = last = time.perf_counter()
        self.send(keys)
        size = 0
        while data := self._read(quiet):
            last = time.perf_counter()
            size += len(data)
            self._show(data)
        return last - begun, size

    def text(self) -> str:
        """Return the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def close(self) -> None:
        """End the child."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._master)
