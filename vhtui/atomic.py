"""Files that are kept whole, whatever dies in between, a power cut included."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def write_atomically(path: Path, text: str | Iterable[str], *, mode: int = 0o600) -> None:
    """Replace a file's text in one step that survives a power cut; raises OSError.

    The text may come in pieces. Missing directories are made, the last one for the owner alone. A
    link is followed, so that a file kept elsewhere is replaced where it is kept.
    """
    from tempfile import mkstemp

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = path.resolve()
    descriptor, name = mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.writelines([text] if isinstance(text, str) else text)
            file.flush()
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_directory(target.parent)


def append_durably(path: Path, text: str) -> None:
    """Add a text to a file's end and flush it to the disk; raises OSError.

    The file and a missing directory are made for the owner alone, and are on the disk as well.
    """
    new_folder, new_file = not path.parent.exists(), not path.exists()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if new_file:
        sync_directory(path.parent)
    if new_folder:
        sync_directory(path.parent.parent)


def sync_directory(directory: Path) -> None:
    """Flush a directory's names to the disk; raises OSError."""
    if os.name == "nt":
        return  # directories cannot be opened there
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
