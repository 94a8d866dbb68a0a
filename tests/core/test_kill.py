"""The campaign of ``kill_campaign.py`` in the size that fits every test run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_nothing_is_lost_doubled_or_misapplied_in_300_kills() -> None:
    command = [sys.executable, "-m", "tests.core.kill_campaign", "--kills", "300"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=170, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
