"""The interface on a million files, in a pty: ``python -m tests.bench.large [FILES]``.

It pages, sorts, filters and searches; printed are the milliseconds from a key to the last byte of
what was painted for it before a pause, and the most memory that was used.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.interface import OURS
from tests.bench.library import environment
from tests.bench.million import RARE, make
from tests.bench.peers import memory_mb
from tests.bench.terminal import Terminal

FILES = 1_000_000
_QUIET, _REST = 0.3, 1.5
SORTS = [f",{key}" for key in "sSdDvVlLnN"]


class Interface:
    """A running vhtui, and what its keys cost."""

    def __init__(self, root: Path) -> None:
        """Start it on a library."""
        self._terminal = Terminal(OURS.argv, environment(os.environ, root), emulate=False)
        self._terminal.wait_for("help", 120)
        self._terminal.settle(3.0)
        self.most = memory_mb(self._terminal.pid)

    def measure(self, label: str, *keys: str) -> None:
        """Press keys one after the other; print the median and the longest."""
        times = []
        for key in keys:
            times.append(self._terminal.key(key, _QUIET)[0] * 1000)
            self.most = max(self.most, memory_mb(self._terminal.pid))
        print(
            f"{label:24}{statistics.median(times):7.0f} ms, at most {max(times):5.0f} ms"
            f"{self.most:7.0f} MB",
            flush=True,
        )

    def settle(self) -> None:
        """Let it read on for a while; a prompt's cursor blinks all the time."""
        until = time.monotonic() + _REST
        while time.monotonic() < until:
            self._terminal.read(0.1)
        self.most = max(self.most, memory_mb(self._terminal.pid))

    def close(self) -> None:
        """End it."""
        self._terminal.close()


def run(root: Path) -> None:
    """Press keys on a library and print what they cost."""
    interface = Interface(root)
    try:
        interface.measure("page down and up", *["\x1b[6~", "\x1b[5~"] * 20)
        interface.measure("to the end and back", *["G", "gg"] * 5)
        for keys in SORTS:
            interface.measure(f"sort {keys}", keys)
            interface.settle()
        interface.measure("sort back and forth", *[",s", ",v"] * 4)
        interface.settle()
        interface.measure("filter, opened", "f")
        interface.measure("filter, typed", *"1080p")
        interface.settle()
        interface.measure("filter, left", "\x1b")
        interface.settle()
        for word in ("1080p", RARE, "qq"):
            interface.measure("search, opened", "s")
            interface.measure(f"search, typed {word}", *word)
            interface.settle()
            interface.measure("search, left", "\x1b")
            interface.settle()
    finally:
        interface.close()


def main() -> None:
    """Make the library and measure."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else FILES
    with tempfile.TemporaryDirectory() as name:
        for kind, folders in (("all in one folder", 0), ("in folders", files // 100)):
            root = Path(name) / str(folders)
            make(root, files, folders=folders)
            print(f"\n{files} files {kind}")
            run(root)


if __name__ == "__main__":
    main()
