"""Local files as they were chosen: found, told apart from what cannot be sent, opened once.

A file is known by its size, modification time (ns), inode and device. All four are compared when
it is opened and again before its last bytes leave, so what arrives is what was chosen or nothing.
"""

from __future__ import annotations

import fnmatch
import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath

from msgspec import Struct

from vhtui.errors import UsageError
from vhtui.text import clean

LONGEST_TITLE = 255
_SAMPLE = 256 * 1024


class SourceError(UsageError):
    """A local file that cannot be sent; the sentence names it and says why."""


class Identity(Struct, frozen=True):
    """What tells one content of a file from another: bytes, nanoseconds, inode, device."""

    size: int
    mtime: int
    inode: int
    device: int

    @classmethod
    def of(cls, found: os.stat_result) -> Identity:
        """Return the identity of a file that was looked at."""
        return cls(found.st_size, found.st_mtime_ns, found.st_ino, found.st_dev)


class Source(Struct, frozen=True):
    """A regular file that was chosen; ``below``: its folders within the directory chosen."""

    path: Path
    identity: Identity
    below: tuple[str, ...] = ()


class Refusal(Struct, frozen=True):
    """What was chosen and cannot be sent, and why in a sentence."""

    path: Path
    reason: str


def shown(path: Path) -> str:
    """Return a path as a message may show it, whatever its bytes are."""
    return clean(str(path), 300)


def title_of(path: PurePath) -> str:
    """Return a file's name as a title hosts take: valid Unicode, no control characters, at most
    255 characters with its extension kept."""
    name = os.fsencode(path.name).decode("utf-8", "replace")
    name = "".join(" " if unicodedata.category(char) == "Cc" else char for char in name).strip()
    if len(name) > LONGEST_TITLE:
        suffix = PurePath(name).suffix[:16]
        name = name[: LONGEST_TITLE - len(suffix)].rstrip() + suffix
    return name or "video"


def examine(path: Path) -> Identity:
    """Look at one path; SourceError unless it is a readable regular file with something in it."""
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise _cannot(path, error) from None
    _require_regular(path, found)
    if not os.access(path, os.R_OK):
        raise SourceError(f"{shown(path)} cannot be read: you have no permission")
    return Identity.of(found)


def open_source(path: Path, identity: Identity) -> int:
    """Open a file once and return its descriptor; SourceError when it is not what was chosen."""
    examine(path)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError as error:
        raise _cannot(path, error) from None
    try:
        found = os.fstat(descriptor)
        _require_regular(path, found)
        if Identity.of(found) != identity:
            raise SourceError(
                f"{shown(path)} is not the file that was chosen any more"
                f"{_difference(identity, Identity.of(found))}: retry sends it as it is now"
            )
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def check_unchanged(path: Path, descriptor: int, identity: Identity) -> None:
    """SourceError when an open file, or what its path leads to, is another than it was."""
    now = Identity.of(os.fstat(descriptor))
    if now != identity:
        raise SourceError(
            f"{shown(path)} changed while it was sent{_difference(identity, now)}:"
            " it was not uploaded, retry when it is complete"
        )
    try:
        there = path.stat()
    except OSError:
        raise SourceError(f"{shown(path)} vanished while it was sent") from None
    if Identity.of(there) != identity:
        raise SourceError(f"{shown(path)} was replaced by another file while it was sent")


def _difference(before: Identity, now: Identity) -> str:
    if now.size != before.size:
        verb = "grew" if now.size > before.size else "shrank"
        return f" (it {verb} from {before.size} to {now.size} bytes)"
    return ""


def _require_regular(path: Path, found: os.stat_result) -> None:
    mode = found.st_mode
    if stat.S_ISDIR(mode):
        raise SourceError(f"{shown(path)} is a folder: choose it recursively to send its files")
    if not stat.S_ISREG(mode):
        kind = next((word for test, word in _KINDS if test(mode)), "no regular file")
        raise SourceError(f"{shown(path)} is {kind}: only regular files can be sent")
    if found.st_size == 0:
        raise SourceError(f"{shown(path)} is empty")


_KINDS = (
    (stat.S_ISFIFO, "a pipe (FIFO)"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def _cannot(path: Path, error: Exception) -> SourceError:
    if isinstance(error, FileNotFoundError):
        return SourceError(f"{shown(path)} does not exist (any more)")
    if isinstance(error, PermissionError):
        return SourceError(f"{shown(path)} cannot be read: you have no permission")
    why = error.strerror if isinstance(error, OSError) else None
    return SourceError(f"{shown(path)} cannot be read: {why or error}")


def digest_of(descriptor: int, size: int) -> bytes:
    """Return what a content is recognised by: BLAKE2b of its size and of 256 KiB at its head, its
    middle and its tail. At most 768 KiB are read; two files that agree in all of these count as
    the same video."""
    digest = hashlib.blake2b(size.to_bytes(8, "big"), digest_size=16)
    for start in (0, max(0, size // 2 - _SAMPLE // 2), max(0, size - _SAMPLE)):
        digest.update(os.pread(descriptor, _SAMPLE, start))
    return digest.digest()


def find(
    chosen: Iterable[Path], *, recursive: bool, patterns: Sequence[str] = ()
) -> tuple[list[Source], list[Refusal]]:
    """Return the files behind what was chosen, in natural reading order, and what cannot be sent.

    A link that was chosen is followed; inside a directory links to files are, to directories not.
    ``patterns`` (such as ``*.mkv``, case ignored) and the rule that hidden files stay out are for
    files inside directories.
    """
    sources: dict[Path, Source] = {}
    refused: list[Refusal] = []
    for path in chosen:
        path = Path(os.path.abspath(path))  # noqa: PTH100 - links in it stay as they were chosen
        inside = path.is_dir() and recursive
        for each in _files_below(path, refused) if inside else (path,):
            if inside and not matches(each, patterns):
                continue
            below = (path.name, *each.parent.relative_to(path).parts) if inside else ()
            try:
                sources.setdefault(each, Source(each, examine(each), below))
            except SourceError as error:
                refused.append(Refusal(each, str(error)))
    return list(sources.values()), refused


def matches(path: PurePath, patterns: Sequence[str]) -> bool:
    """Whether a file's name matches one of the patterns, or there are none."""
    name = path.name.casefold()
    return not patterns or any(fnmatch.fnmatchcase(name, each.casefold()) for each in patterns)


def _files_below(directory: Path, refused: list[Refusal]) -> Iterator[Path]:
    from vhtui.text import natural_key

    def failed(error: OSError) -> None:
        path = Path(os.fsdecode(error.filename or directory))
        refused.append(Refusal(path, str(_cannot(path, error))))

    for root, folders, names in os.walk(directory, onerror=failed):
        folders[:] = sorted((f for f in folders if not f.startswith(".")), key=natural_key)
        for name in sorted(names, key=natural_key):
            if not name.startswith("."):
                yield Path(root, name)
