"""What commands print: documents and tables on stdout, sentences on stderr.

Outside text passes ``text.clean`` on its way to a table; JSON is plain ASCII, so that nothing in
it can act on a terminal.
"""

from __future__ import annotations

import json
import os
import sys
import time
import unicodedata
from collections.abc import Sequence
from typing import Any

from vhtui.export import path_of
from vhtui.models import (
    AccountRow,
    Encoding,
    FileRow,
    FolderRow,
    Job,
    JobGroup,
    RemoteState,
    RemoteUpload,
)
from vhtui.text import clean, iso_words
from vhtui.ui import first_frame

_LONGEST_SENTENCE = 2000
_LEAST_NAME = 20
_CONTEXT = 60


def say(text: str) -> None:
    """Print a sentence for the person; a first frame that stands gives way to it."""
    first_frame.take_down()
    print(clean(text, _LONGEST_SENTENCE), file=sys.stderr)


def complain(text: str) -> None:
    """Print a sentence about something that is wrong."""
    say(f"vhtui: {text}")


def print_document(document: object) -> None:
    """Print one JSON document."""
    print(json.dumps(document, indent=2).replace("\x7f", "\\u007f"))


def print_table(
    rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), flexible: int | None = 0
) -> None:
    """Print rows in aligned columns; those numbered in ``right`` are flush right.

    On a terminal the ``flexible`` column is cut in the middle where lines would not fit.
    """
    if not rows:
        return
    cells = [[clean(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    if flexible is not None and sys.stdout.isatty():
        room = os.get_terminal_size(sys.stdout.fileno()).columns - 2 * (len(widths) - 1)
        spare = room - sum(widths)
        if spare < 0:
            widths[flexible] = max(_LEAST_NAME, widths[flexible] + spare)
    for row in cells:
        line = [
            _padded(_cut(cell, width) if number == flexible else cell, width, number in right)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(line).rstrip())


def pointed(text: str, start: int, length: int) -> list[str]:
    """Return a line of a text and below it carets under a part; nothing where there is no part."""
    if not length:
        return []
    before, part = (
        "".join(clean(char) or "·" for char in each)
        for each in (text[max(0, start - _CONTEXT) : start], text[start : start + length])
    )
    after = "".join(clean(char) or "·" for char in text[start + length :][:_CONTEXT])
    return [f"  {before}{part}{after}", f"  {' ' * _width(before)}{'^' * max(1, _width(part))}"]


def _padded(cell: str, width: int, flush_right: bool) -> str:
    space = " " * (width - _width(cell))
    return space + cell if flush_right else cell + space


def _cut(cell: str, width: int) -> str:
    """Cut in the middle: the number of an episode stands at the end."""
    while _width(cell) > width:
        middle = len(cell) // 2
        cell = cell[: middle - 1] + "…" + cell[middle + 1 :]
    return cell


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(char) in ("Mn", "Me", "Cf") else _cells(char) for char in text
    )


def _cells(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def file_path(row: FileRow, folder: str) -> str:
    """Return a file's path in its account; a ``/`` in its title becomes ``／``."""
    return path_of(folder, row.title)


def file_object(row: FileRow, folder: str) -> dict[str, Any]:
    """Return a file, in the folder of that path, as JSON tells it."""
    return {
        "kind": "file",
        "account": row.account,
        "code": row.code,
        "title": row.title,
        "path": file_path(row, folder),
        "size": row.size,
        "length": row.length,
        "views": row.views,
        "uploaded": iso_words(row.uploaded),
        "state": row.shown_state,
    }


def folder_object(row: FolderRow) -> dict[str, Any]:
    """Return a folder as JSON tells it."""
    return {
        "kind": "folder",
        "account": row.account,
        "id": row.id,
        "title": row.title,
        "path": row.path,
        "files": row.files,
        "folders": row.folders,
        "listed": iso_words(row.listed),
    }


def remote_object(account: str, upload: RemoteUpload) -> dict[str, Any]:
    """Return an entry of a remote-upload queue as JSON tells it."""
    return {
        "account": account,
        "id": upload.id,
        "code": upload.code,
        "url": upload.url,
        "state": upload.state.value,
        "host_state": upload.raw_state,
        "percent": upload.percent,
        "note": upload.note,
        "folder": upload.folder,
        "size": upload.size,
        "loaded": upload.loaded,
        "created": iso_words(upload.created),
        "updated": iso_words(upload.updated),
    }


def remote_state_words(upload: RemoteUpload) -> str:
    """Return how a remote upload stands, with the host's own word where that is not understood."""
    is_odd = upload.state is RemoteState.UNKNOWN and upload.raw_state
    return f"{upload.state} ({upload.raw_state})" if is_odd else upload.state.value


def encoding_object(account: str, encoding: Encoding) -> dict[str, Any]:
    """Return an encoding job as JSON tells it."""
    return {
        "account": account,
        "code": encoding.code,
        "title": encoding.title,
        "state": encoding.state,
        "quality": encoding.quality,
        "percent": encoding.percent,
        "left": encoding.left,
        "stalled": encoding.stalled,
        "note": encoding.note,
        "error": encoding.error,
        "source": encoding.source,
        "created": iso_words(encoding.created),
        "started": iso_words(encoding.started),
        "updated": iso_words(encoding.updated),
    }


def job_object(job: Job) -> dict[str, Any]:
    """Return a job as JSON tells it."""
    return {
        "id": job.id,
        "group": job.group,
        "kind": job.kind.value,
        "state": job.state.value,
        "account": job.account,
        "target": job.target,
        "error": job.error,
        "tries": job.tries,
        "created": iso_words(job.created),
        "updated": iso_words(job.updated),
    }


def group_object(group: JobGroup) -> dict[str, Any]:
    """Return a group of jobs as JSON tells it."""
    return {
        "id": group.id,
        "account": group.account,
        "kind": group.kind.value,
        "title": group.title,
        "state": group_state(group),
        "total": group.total,
        "done": group.done,
        "failed": group.failed,
        "undoable": group.undoable and not group.undone,
        "created": iso_words(group.created),
    }


def group_state(group: JobGroup) -> str:
    """Return how a group stands in one word."""
    if group.is_open:
        return "paused" if group.paused else "open"
    if group.failed:
        return "failed"
    return "undone" if group.undone else "done"


def account_object(row: AccountRow) -> dict[str, Any]:
    """Return what the library knows of an account as JSON tells it."""
    info = row.info
    return {
        "account": row.name,
        "provider": row.provider,
        "state": row.state,
        "message": row.message,
        "files": row.files,
        "bytes": row.bytes,
        "synced": iso_words(row.synced),
        "checked": iso_words(row.checked),
        "login": info.login if info else None,
        "balance": info.balance if info else None,
        "storage_used": info.storage_used if info else None,
        "storage_left": info.storage_left if info else None,
        "premium_until": iso_words(info.premium_until) if info else None,
    }


class Progress:
    """One line on stderr that changes: only on a terminal, and only for what takes a while."""

    _PATIENCE = 1.0
    _INTERVAL = 0.5

    def __init__(self) -> None:
        self._next = time.monotonic() + self._PATIENCE
        self._is_shown = False

    def show(self, text: str) -> None:
        """Show how far it is, at most twice a second."""
        now = time.monotonic()
        if now < self._next or not sys.stderr.isatty():
            return
        self._next = now + self._INTERVAL
        self._is_shown = True
        print(f"\r\x1b[K{clean(text, 70)}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Take the line away."""
        if self._is_shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self._is_shown = False
