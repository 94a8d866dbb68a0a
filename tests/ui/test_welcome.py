"""The first screen of somebody without an account, on a real terminal."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.bench.library import environment
from tests.bench.terminal import Terminal

ALTERNATE_SCREEN_LEFT = b"\x1b[?1049l"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_restores_the_terminal(tmp_path: Path, number: signal.Signals) -> None:
    environ = environment(os.environ, tmp_path) | {"PYTHONPATH": str(Path(__file__).parents[2])}
    terminal = Terminal([sys.executable, "-m", "vhtui"], environ, columns=80, rows=24)
    try:
        terminal.wait_for("Add account")
        os.kill(terminal.pid, number)
        seen = b""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            seen += terminal.read(0.1)
            if os.waitid(os.P_PID, terminal.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                break
        seen += terminal.read(0.1)
        assert ALTERNATE_SCREEN_LEFT in seen
        ended = os.waitid(os.P_PID, terminal.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        assert ended is not None
        assert (ended.si_code, ended.si_status) == (os.CLD_EXITED, 128 + number)
    finally:
        terminal.close()
