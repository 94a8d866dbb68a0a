"""Both hosts, VOE and illvid, as one real local server: for the demo and the tests.

The sandbox stands in for hosts that tests must not touch. It keeps its state in a real SQLite
database, speaks HTTP over real sockets on loopback, and is as strict and as odd as the hosts
are. It imports nothing of the rest of vhtui, so that both sides are written from the hosts'
documents alone and a misreading shows up as a failing test.

Importing this package is cheap; the server's dependencies load when a sandbox starts.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from vhtui.sandbox.server import RunningSandbox

__all__ = ["RunningSandbox", "SandboxError", "SandboxOptions", "serve", "start"]


class SandboxError(Exception):
    """The sandbox cannot start; the message is one sentence for the person who asked."""


class SandboxOptions(Struct, frozen=True, kw_only=True):
    """What the sandbox holds and how strictly it behaves.

    `rate` is requests a second per key (0: no limit); `speed` is how many seconds pass in the
    sandbox for each real one. A `database` that exists already is continued as it is, with its
    accounts; without one, a temporary file is used and removed at the end.
    """

    port: int = 0
    files: int = 2000
    folders: int = 40
    seed: int = 1
    hostile: bool = False
    rate: float = 4.0
    database: Path | None = None
    speed: float = 1.0
    host: str = "127.0.0.1"


def serve(options: SandboxOptions) -> int:
    """Serve until SIGTERM or SIGINT; print one JSON line when ready; return an exit status."""
    from vhtui.sandbox import server

    return server.serve(options)


def start(options: SandboxOptions | None = None) -> RunningSandbox:
    """Serve in a background thread; the result is a context manager that stops it.

    Raises SandboxError when the sandbox cannot start.
    """
    from vhtui.sandbox import server

    return server.RunningSandbox(options or SandboxOptions())


def __getattr__(name: str) -> object:
    """Load RunningSandbox, which needs the server's dependencies, when it is asked for."""
    if name == "RunningSandbox":
        from vhtui.sandbox import server

        return server.RunningSandbox
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
