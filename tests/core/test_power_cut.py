"""What was acknowledged survives a power cut, which drops or tears what was not synced."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.power.replay import Disk, Event, events
from vhtui.core.database import Database

_HERE = Path(__file__).parent / "power"
_CUTS = 40
_COMPILER = shutil.which("cc")

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or _COMPILER is None, reason="the recorder is C for Linux"
)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    """What the writer did to its disk, in order."""
    place = tmp_path_factory.mktemp("power")
    library = place / "recorder.so"
    assert _COMPILER is not None
    source = _HERE / "recorder.c"
    subprocess.run([_COMPILER, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    disk = place / "disk"
    (disk / "data").mkdir(parents=True)
    subprocess.run(
        [sys.executable, "-m", "tests.core.power.writer", disk / "data"],
        check=True,
        env={
            **os.environ,
            "LD_PRELOAD": str(library),
            "RECORD_DIR": str(disk),
            "RECORD_LOG": str(place / "log"),
        },
    )
    return list(events((place / "log").read_bytes()))


def top(recorded: list[Event]) -> Path:
    return Path(recorded[0].path).parent


def acknowledged(event: Event) -> set[str]:
    return set(event.data.decode().splitlines()) if event.path.endswith("/acknowledged") else set()


def lost(data: Path, promised: set[str]) -> set[str]:
    """Return what was acknowledged and is not there after the cut."""
    database = Database(data / "library.db")
    try:
        reader = database.reader()
        assert [row[0] for row in reader.execute("PRAGMA integrity_check")] == ["ok"]
        found = {row[0] for row in reader.execute("SELECT after FROM job")}
    finally:
        database.close()
    for manifest in (data / "manifests").glob("*"):
        for line in manifest.read_text(errors="replace").splitlines():
            if line.endswith("}"):
                found.add(f"manifest {json.loads(line)['job']}")
    return promised - found


def cut_at_random(recorded: list[Event], place: Path, disk: Disk, seed: int) -> list[set[str]]:
    """Cut the power at many moments; return what each lost of what had been acknowledged."""
    dice = random.Random(seed)
    moments = {*dice.sample(range(len(recorded)), _CUTS), len(recorded) - 1}
    promised: set[str] = set()
    losses: list[set[str]] = []
    for number, event in enumerate(recorded):
        promised |= acknowledged(event)
        if not event.path.endswith("/acknowledged"):
            disk.happens(event)
        if number in moments:
            after = place / f"after-{number}"
            after.mkdir()
            disk.left(dice, after)
            (after / "data").mkdir(exist_ok=True)
            losses.append(lost(after / "data", promised))
    return losses


@pytest.mark.parametrize("seed", range(3))
def test_what_was_acknowledged_survives_a_power_cut(
    recorded: list[Event], tmp_path: Path, seed: int
) -> None:
    assert sum(len(acknowledged(event)) for event in recorded) > 400
    losses = cut_at_random(recorded, tmp_path, Disk(top(recorded)), seed)
    assert len(losses) > _CUTS
    assert not any(losses)


def test_a_disk_that_lies_about_syncing_is_caught(recorded: list[Event], tmp_path: Path) -> None:
    """The rig itself: without the syncs something is lost, so the syncs are what keeps it."""
    try:
        losses = cut_at_random(recorded, tmp_path, Disk(top(recorded), keeps_promises=False), 0)
    except (AssertionError, sqlite3.DatabaseError):
        return
    assert any(losses)
