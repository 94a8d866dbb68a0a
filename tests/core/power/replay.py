"""What a disk holds after a power cut: all that was synced, and some of what was not."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_SECTOR = 512


@dataclass(frozen=True)
class Event:
    """One thing a process did to the disk: c(reate), m(kdir), w(rite), t(runcate), s(ync),
    r(ename), u(nlink). ``offset`` is where it wrote (-1: at the end), or the size it cut to."""

    op: str
    path: str
    to: str
    offset: int
    data: bytes


def events(log: bytes) -> Iterator[Event]:
    """Read the recorder's log (its form is told in ``recorder.c``)."""
    at = 0

    def text() -> bytes:
        nonlocal at
        (length,) = struct.unpack_from("<I", log, at)
        at += 4 + length
        return log[at - length : at]

    while at < len(log):
        op = chr(log[at])
        at += 1
        path, to = text().decode(), text().decode()
        (offset,) = struct.unpack_from("<q", log, at)
        at += 8
        yield Event(op, path, to, offset, text())


@dataclass
class _File:
    """A file's synced bytes, and what was done to it since."""

    kept: bytearray = field(default_factory=bytearray)
    loose: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class _Naming:
    """A change of a directory: a name now stands for a file, for a directory, or for nothing."""

    path: str
    file: _File | None
    op: str


class Disk:
    """Follows a process's events and tells what would be left after a power cut."""

    def __init__(self, top: Path, *, keeps_promises: bool = True) -> None:
        """Follow a directory; ``keeps_promises`` False: a disk that says "synced" and is not."""
        self._top = top
        self._keeps_promises = keeps_promises
        self._open: dict[str, _File] = {}
        self._names: list[tuple[_Naming, bool]] = []

    def happens(self, event: Event) -> None:
        """Take in what the process did next."""
        match event.op:
            case "c":
                self._open[event.path] = _File()
                self._name(event.path, "c")
            case "m":
                self._name(event.path, "m")
            case "u":
                self._name(event.path, "u")
                self._open.pop(event.path, None)
            case "r":
                self._open[event.to] = self._open.pop(event.path)
                self._name(event.path, "u")
                self._name(event.to, "c")
            case "w" | "t":
                self._open[event.path].loose.append(event)
            case "s" if self._keeps_promises:
                self._synced(event.path)

    def _name(self, path: str, op: str) -> None:
        self._names.append((_Naming(path, self._open.get(path), op), False))

    def _synced(self, path: str) -> None:
        if path in self._open:
            file = self._open[path]
            for event in file.loose:
                _apply(file.kept, event)
            file.loose.clear()
        else:
            self._names = [
                (naming, is_kept or _parent(naming.path) == path) for naming, is_kept in self._names
            ]

    def left(self, dice: random.Random, into: Path) -> None:
        """Write what a power cut now would leave into an empty directory."""
        lucky = dice.randint(0, len(self._names))
        found: dict[str, _File | None] = {}
        for at, (naming, is_kept) in enumerate(self._names):
            if not is_kept and at >= lucky:
                continue
            if naming.op == "u":
                found.pop(naming.path, None)
            else:
                found[naming.path] = naming.file
        made = {naming.path for naming, _ in self._names if naming.op == "m"}
        for path, file in found.items():
            if _parent(path) in made and _parent(path) not in found:
                continue
            place = into / Path(path).relative_to(self._top)
            if file is None:
                place.mkdir(parents=True)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(_survivors(file, dice))


def _survivors(file: _File, dice: random.Random) -> bytes:
    content = bytearray(file.kept)
    chance = dice.choice((0.0, 0.5, 0.9))
    for event in file.loose:
        if dice.random() < chance:
            whole = len(event.data)
            torn = dice.randrange(0, whole + 1, _SECTOR) if whole and dice.random() < 0.3 else whole
            _apply(content, Event(event.op, event.path, "", event.offset, event.data[:torn]))
    return bytes(content)


def _apply(content: bytearray, event: Event) -> None:
    if event.op == "t":
        del content[event.offset :]
        content.extend(bytes(event.offset - len(content)))
        return
    start = len(content) if event.offset < 0 else event.offset
    content.extend(bytes(max(0, start - len(content))))
    content[start : start + len(event.data)] = event.data


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
