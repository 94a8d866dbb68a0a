"""Other file managers, on directories of empty files named as the library's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.bench.library import title


class Peer(NamedTuple):
    """A program with its arguments before the directory, and its keys."""

    argv: tuple[str, ...]
    down: str = "j"
    up: str = "k"


PEERS = {
    "ranger": Peer(("ranger", "--clean")),
    "yazi": Peer(("yazi",)),
    "lf": Peer(("lf",)),
    "mc": Peer(("mc", "-d"), "\x1b[B", "\x1b[A"),
    "nnn": Peer(("nnn",)),
}


def installed() -> dict[str, Peer]:
    """Return the peers that can be run; say which cannot."""
    missing = [name for name in PEERS if shutil.which(name) is None]
    if missing:
        print(f"not installed, so not measured: {', '.join(missing)}")
    return {name: peer for name, peer in PEERS.items() if name not in missing}


def make_directory(directory: Path, files: int) -> Path:
    """Make a directory of empty files."""
    directory.mkdir(parents=True)
    for number in range(files):
        (directory / title(number)).touch()
    return directory


def home(base: Mapping[str, str], root: Path) -> dict[str, str]:
    """Return the variables under which a peer keeps its files in a directory of its own."""
    plain = {name: value for name, value in base.items() if not name.startswith("PYTHON")}
    return {**plain, "HOME": str(root), "XDG_CONFIG_HOME": str(root / "config")}


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process and its children, in MB."""
    total = 0
    for entry in [pid, *_children(pid)]:
        pages = Path(f"/proc/{entry}/statm").read_text().split()[1]
        total += int(pages) * os.sysconf("SC_PAGE_SIZE")
    return total / 1e6


def cpu_ms(pid: int) -> float:
    """Return the milliseconds of CPU that a process and its children have used, in all threads."""
    total = 0
    for entry in [pid, *_children(pid)]:
        for thread in Path(f"/proc/{entry}/task").iterdir():
            total += int((thread / "schedstat").read_text().split()[0])
    return total / 1e6


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]
