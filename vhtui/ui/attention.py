"""Calling a person who looks elsewhere: the bell, and a notification of their terminal (OSC 9)."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable, Mapping, Sequence

from vhtui.text import clean

Ask = Callable[[Sequence[str], Mapping[str, str]], str]
"""Runs a program with an environment and returns what it prints, "" when it fails."""

_LONGEST = 200
_MUTE_TERMINALS = frozenset({"", "dumb", "linux"})
"""Values of TERM of terminals that would print the notification."""


class Attention:
    """Rings and notifies, as ``[interface] notify`` says: ``terminal``, ``bell`` or ``off``."""

    def __init__(
        self,
        environ: Mapping[str, str],
        write: Callable[[str], None],
        setting: str,
        *,
        ask: Ask | None = None,
    ) -> None:
        """Write to the terminal with ``write``, as it is; ``ask`` asks tmux."""
        self._environ = environ
        self._write = write
        self._setting = setting
        self._ask = ask or _printed

    async def call(self, text: str) -> None:
        """Ring, and have the terminal show ``text`` where it gets through."""
        if self._setting == "off":
            return
        self._write("\a")
        if self._setting == "terminal":
            self._write(await asyncio.to_thread(self._notification, text))

    def _notification(self, text: str) -> str:
        """Return the sequence for the terminal: tmux passes one on only where that is allowed."""
        sequence = f"\x1b]9;vhtui: {clean(text, _LONGEST)}\a"
        if self._environ.get("TMUX"):
            command = ["tmux", "show-options", "-Apv", "allow-passthrough"]
            if self._ask(command, self._environ).strip() not in ("on", "all"):
                return ""
            return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\"
        if self._environ.get("STY") or self._environ.get("TERM", "") in _MUTE_TERMINALS:
            return ""
        return sequence


def _printed(argv: Sequence[str], environ: Mapping[str, str]) -> str:
    try:
        return subprocess.run(
            argv,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=2,
            check=False,
            text=True,
            errors="replace",
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
