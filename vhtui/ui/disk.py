"""The local disk as the interface lists it: a directory at a time, and what was chosen in it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from msgspec import Struct
from msgspec.structs import replace

from vhtui.core.uploads import sources
from vhtui.core.uploads.sources import Refusal, Source
from vhtui.errors import UsageError
from vhtui.text import natural_key

MOST_ENTRIES = 50_000
"""Entries of one directory that are listed: more are neither sorted nor drawn."""

_KINDS = (
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)


class LocalEntry(Struct, frozen=True):
    """A file or folder of the disk. ``size``: bytes; ``reason``: why it cannot be sent, or ""."""

    path: Path
    name: str
    kind: str
    size: int | None = None
    mtime: float | None = None
    reason: str = ""

    @property
    def is_folder(self) -> bool:
        """Whether there are entries in it."""
        return self.kind == "folder"


class Directory(Struct, frozen=True):
    """What a directory holds, folders first; ``is_cut``: it holds more than is listed."""

    path: Path
    entries: tuple[LocalEntry, ...] = ()
    is_cut: bool = False
    fault: str = ""


class Survey(Struct, frozen=True):
    """The files behind what was chosen, and what of it cannot be sent."""

    found: tuple[Source, ...]
    refused: tuple[Refusal, ...]

    @property
    def size(self) -> int:
        """Bytes of all the files."""
        return sum(source.identity.size for source in self.found)

    def only(self, patterns: Sequence[str]) -> Survey:
        """Leave out what no pattern matches, of the files within folders that were chosen."""
        found = tuple(
            each for each in self.found if not each.below or sources.matches(each.path, patterns)
        )
        return replace(self, found=found)


def name_of(path: Path) -> str:
    """Return a name as it may be shown: bytes that are not UTF-8 become question marks."""
    return os.fsencode(path.name or str(path)).decode("utf-8", "replace")


def shown_path(path: Path) -> str:
    """Return a path as it may be shown, with ``~`` for the home directory."""
    home = Path.home()
    text = f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
    return os.fsencode("~" if text == "~/." else text).decode("utf-8", "replace")


def read_directory(path: Path) -> Directory:
    """List a directory (blocking); what stands in the way of that is its ``fault``."""
    try:
        with os.scandir(path) as found:
            taken = list(islice(found, MOST_ENTRIES + 1))
    except OSError as error:
        return Directory(path, fault=error.strerror or str(error))
    entries = [_entry(each) for each in taken[:MOST_ENTRIES]]
    entries.sort(key=lambda each: (not each.is_folder, natural_key(each.name), each.name))
    return Directory(path, tuple(entries), is_cut=len(taken) > MOST_ENTRIES)


def _entry(found: os.DirEntry[str]) -> LocalEntry:
    path = Path(found.path)
    name = name_of(path)
    try:
        known = found.stat()
    except OSError as error:
        kind = "broken link" if found.is_symlink() else "unreadable"
        return LocalEntry(path, name, kind, reason=error.strerror or str(error))
    if stat.S_ISDIR(known.st_mode):
        may_enter = os.access(path, os.R_OK | os.X_OK)
        reason = "" if may_enter else "you have no permission to list it"
        return LocalEntry(path, name, "folder", None, known.st_mtime, reason)
    if not stat.S_ISREG(known.st_mode):
        kind = next((word for test, word in _KINDS if test(known.st_mode)), "special")
        return LocalEntry(path, name, kind, None, known.st_mtime, "only regular files can be sent")
    reason = "it is empty" if not known.st_size else ""
    if not reason and not os.access(path, os.R_OK):
        reason = "you have no permission to read it"
    return LocalEntry(path, name, "file", known.st_size, known.st_mtime, reason)


def survey(chosen: Iterable[Path]) -> Survey:
    """Look at all that was chosen, folders with what is in them (blocking)."""
    found, refused = sources.find(chosen, recursive=True)
    return Survey(tuple(found), tuple(refused))


def directory_of(text: str, here: Path) -> Path:
    """Return the directory that was typed; UsageError where there is none."""
    path = os.path.join(here, os.path.expanduser(text.strip() or "~"))  # noqa: PTH111, PTH118
    if "\0" in path or not os.path.isdir(path):  # noqa: PTH112 (pathlib raises for odd names)
        raise UsageError("there is no such directory")
    return Path(os.path.abspath(path))  # noqa: PTH100 - links in it stay as they were typed


def kept(path: Path) -> str:
    """Return a path as the store keeps it, whatever its bytes are."""
    return quote_from_bytes(os.fsencode(path))


def first_directory(text: str | None) -> Path:
    """Return the directory that was ``kept``, or the nearest above it that is still there."""
    path = Path(os.fsdecode(unquote_to_bytes(text))) if text else Path.cwd()
    return next((each for each in (path, *path.parents) if each.is_dir()), Path.home())
