"""The process and the terminal around the app: signals, a watchdog, crash reports, the mouse."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.app import App

from vhtui.text import redact

_GONE_WITHIN = 2.5
_SIGNALS = (signal.SIGHUP, signal.SIGTERM)


def arm_watchdog(code: int, seconds: float = _GONE_WITHIN) -> None:
    """End the process after a while, whatever still hangs: a closed terminal blocks writes.

    The journal is consistent at every moment, so nothing is lost by that.
    """

    def wait() -> None:
        time.sleep(seconds)
        os._exit(code)

    threading.Thread(target=wait, name="watchdog", daemon=True).start()


def end_on_signals(end: Callable[[int], None]) -> None:
    """Call ``end`` with an exit code on SIGHUP and SIGTERM, which would just kill."""
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        return

    def receive(number: int) -> None:
        arm_watchdog(128 + number)
        end(128 + number)

    for number in _SIGNALS:
        loop.add_signal_handler(number, receive, number)


def restore_signals() -> None:
    """Give the signals back to the loop's default."""
    if threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)


def write_crash_report(directory: Path, error: BaseException) -> Path | None:
    """Write where an error came from, without any value of a variable; return the file's path."""
    from vhtui import __version__

    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"vhtui {__version__}, Python {sys.version.split()[0]}, {sys.platform}", ""]
    lines += [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    lines += ["", redact(f"{type(error).__name__}: {error}")]
    path = directory / "crash.txt"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as report:
            report.write("\n".join(lines) + "\n")
    except OSError:
        return None
    return path


def set_mouse(app: App[Any], *, on: bool) -> None:
    """Turn mouse reporting on or off while the app runs.

    Textual's drivers can do it, but have no public name for it.
    """
    name = "_enable_mouse_support" if on else "_disable_mouse_support"
    change = getattr(app._driver, name, None)
    if change is not None:
        change()
