"""Lists of URLs for a host to fetch: what of them is new, and what failed at the host and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from vhtui.core.commands import check_url
from vhtui.errors import UsageError
from vhtui.models import RemoteState, RemoteUpload
from vhtui.text import clean, plural

MOST_URLS = 10_000
"""Lines of one list that are read."""
_MOST_BYTES = 4_000_000


class Verdict(StrEnum):
    """What becomes of a line."""

    NEW = "new"
    AGAIN = "again"  # the host failed to fetch it before
    DOUBLE = "twice"
    QUEUED = "in the queue"
    FETCHED = "fetched"
    FAULTY = "no URL"

    @property
    def is_known(self) -> bool:
        """Whether the host has it already, or will."""
        return self in (Verdict.QUEUED, Verdict.FETCHED)


class UrlLine(Struct, frozen=True):
    """A line of a list, with its number; ``note`` says more of the verdict."""

    number: int
    url: str
    verdict: Verdict
    note: str = ""


class UrlList(Struct, frozen=True):
    """The lines of a text that are neither blank nor comments; ``is_cut``: there were more."""

    lines: tuple[UrlLine, ...] = ()
    is_cut: bool = False

    def wanted(self, *, known: bool = False) -> list[str]:
        """Return the URLs to queue, with ``known`` also those that the host knows."""
        return [
            line.url
            for line in self.lines
            if line.verdict in (Verdict.NEW, Verdict.AGAIN) or (known and line.verdict.is_known)
        ]

    def count(self, *verdicts: Verdict) -> int:
        """Return how many lines have one of these verdicts."""
        return sum(line.verdict in verdicts for line in self.lines)

    @property
    def left_out(self) -> str:
        """Say what is left out and why: "2 twice in the list, 1 in the queue"."""
        words = (
            (Verdict.DOUBLE, "twice in the list"),
            (Verdict.QUEUED, "in the queue"),
            (Verdict.FETCHED, "fetched before"),
        )
        parts = [f"{n} {what}" for verdict, what in words if (n := self.count(verdict))]
        if faulty := self.count(Verdict.FAULTY):
            parts.append(f"{plural(faulty, 'line')} no URL")
        if self.is_cut:
            parts.append(f"the lines after {MOST_URLS} URLs not read")
        return ", ".join(parts)


def read_urls(text: str, queue: Iterable[RemoteUpload]) -> UrlList:
    """Read one URL a line; blank lines and those that begin with ``#`` do not count.

    ``queue``: what the account's host has of remote uploads, and what waits for it.
    """
    known = _by_url(queue)
    lines: list[UrlLine] = []
    first: dict[str, int] = {}
    for number, raw in enumerate(text.splitlines(), 1):
        url = raw.strip().lstrip("\ufeff")
        if not url or url.startswith("#"):
            continue
        if len(lines) >= MOST_URLS:
            return UrlList(tuple(lines), is_cut=True)
        lines.append(_line(number, url, known, first))
    return UrlList(tuple(lines))


def _line(number: int, url: str, known: dict[str, RemoteUpload], first: dict[str, int]) -> UrlLine:
    try:
        check_url(url)
    except UsageError as error:
        fault = str(error).removeprefix(repr(url[:200])).strip()
        return UrlLine(number, url, Verdict.FAULTY, fault)
    if url in first:
        return UrlLine(number, url, Verdict.DOUBLE, f"as line {first[url]}")
    first[url] = number
    if (upload := known.get(url)) is None:
        return UrlLine(number, url, Verdict.NEW)
    if upload.state.is_open or upload.state is RemoteState.UNKNOWN:
        return UrlLine(number, url, Verdict.QUEUED, upload.state.value)
    if upload.state is RemoteState.COMPLETED:
        return UrlLine(number, url, Verdict.FETCHED, f"as {upload.code}" if upload.code else "")
    return UrlLine(number, url, Verdict.AGAIN, f"failed before: {upload.note or 'no reason'}")


def _by_url(queue: Iterable[RemoteUpload]) -> dict[str, RemoteUpload]:
    """Return what is known of each URL: of several entries an open one, else one that came."""
    rank = {RemoteState.FAILED: 0, RemoteState.COMPLETED: 1}
    found: dict[str, RemoteUpload] = {}
    for upload in queue:
        before = found.get(upload.url)
        if before is None or rank.get(before.state, 2) < rank.get(upload.state, 2):
            found[upload.url] = upload
    return found


def read_list(path: Path) -> str:
    """Return the text of a file with URLs (blocking); UsageError when it is none."""
    try:
        if not path.is_file():
            missing = "is no file" if path.exists() else "does not exist"
            raise UsageError(f"{clean(str(path), 300)} {missing}")
        with path.open("rb") as file:
            return decoded(file)
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(f"{clean(str(path), 300)} cannot be read: {why}") from None


def decoded(stream: BinaryIO) -> str:
    """Return the text of a stream of at most 4 MB; UsageError for what is longer or no text."""
    data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise UsageError("a list of URLs has at most 4 MB")
    if b"\0" in data:
        raise UsageError("that is no list of URLs: it is no text")
    return data.decode("utf-8", "replace")


class FailedGroup(Struct, frozen=True):
    """Failed remote uploads of which the host says the same."""

    note: str
    uploads: tuple[RemoteUpload, ...]

    @property
    def ids(self) -> list[str]:
        """The ids of the queue's entries."""
        return [upload.id for upload in self.uploads]

    @property
    def words(self) -> str:
        """Say it: "12 × File not found"."""
        return f"{len(self.uploads)} × {clean(self.note, 200) or 'no reason given'}"


def failed_groups(uploads: Sequence[RemoteUpload]) -> list[FailedGroup]:
    """Return the failed uploads grouped by the host's note, the largest group first."""
    groups: dict[str, list[RemoteUpload]] = {}
    for upload in uploads:
        if upload.state is RemoteState.FAILED:
            note = upload.note.strip().rstrip(".")
            groups.setdefault(note, []).append(upload)
    found = [FailedGroup(note, tuple(each)) for note, each in groups.items()]
    return sorted(found, key=lambda group: (-len(group.uploads), group.note))
