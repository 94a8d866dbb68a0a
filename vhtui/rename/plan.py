"""Files and a pattern become a plan: one step a file, with its warnings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from typing import TypeAlias

from msgspec import Struct

from vhtui.errors import UsageError
from vhtui.models import FileRow

MAX_TITLE = 255
"""Characters that a title may have before it is warned about."""

EMPTY = "empty"
CONTROL = "control characters"
TOO_LONG = f"longer than {MAX_TITLE} characters"
SPACE = "space at an end"
DUPLICATE = "duplicate title"
UNCHANGED = "unchanged"

_BLOCKING = frozenset({EMPTY, CONTROL})
CONTROL_CHARACTERS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_EXTENSION = re.compile(
    r"3gp|asf|avi|divx|f4v|flv|iso|m2ts|m4v|mkv|mov|mp4|mpe?g|mts|ogv|rmvb|srt|ts|vob|webm|wmv",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\W_]+|[\W_]")
_MAX_COMPARED = 400  # words; beyond it the whole title counts as changed


class PatternError(UsageError):
    """A pattern that cannot be used; it points at the part of the text that is wrong."""

    def __init__(self, message: str, *, position: int = 0, length: int = 0) -> None:
        """Keep where in the text it is: the first character's index and how many there are."""
        super().__init__(message)
        self.position = position
        self.length = length


class Step(Struct, frozen=True):
    """One row of a plan. ``included`` is False for a row that the person left out."""

    file: FileRow
    new_title: str
    warnings: tuple[str, ...] = ()
    included: bool = True

    @property
    def is_sent(self) -> bool:
        """Whether it becomes a request: wanted, a change, and a title that a host can take."""
        return (
            self.included
            and self.new_title != self.file.title
            and _BLOCKING.isdisjoint(self.warnings)
        )


NewTitle: TypeAlias = tuple[str, tuple[str, ...]]
"""A new title, and warnings about what was missing to make it."""


class Pattern(Struct, frozen=True):
    """A way to make new titles."""

    def titles(self, files: Sequence[FileRow], folders: Mapping[str, str]) -> Iterator[NewTitle]:
        """Give each file's new title, in order; ``folders`` are titles by folder id."""
        raise NotImplementedError


def plan(
    files: Sequence[FileRow],
    pattern: Pattern,
    *,
    folders: Mapping[str, str] | None = None,
    taken: Mapping[tuple[str, str], int] | None = None,
    left_out: Collection[int] = (),
) -> list[Step]:
    """Make the plan for files of one account, in their order.

    ``folders`` gives folders' titles by id (for ``{folder}``), ``taken`` how often a (folder id,
    title) is in use by files that are not among ``files``, ``left_out`` the row ids that keep their
    title. Raises PatternError, or UsageError when a list does not fit the files.
    """
    rows = list(zip(files, pattern.titles(files, folders or {}), strict=True))
    uses = Counter(taken or {})
    uses.update(
        (file.folder, file.title if file.id in left_out else title) for file, (title, _) in rows
    )
    steps = []
    for file, (title, missing) in rows:
        included = file.id not in left_out
        warnings = missing + _warnings(title)
        if included and uses[file.folder, title] > 1:
            warnings += (DUPLICATE,)
        if title == file.title:
            warnings += (UNCHANGED,)
        steps.append(Step(file, title, warnings, included))
    return steps


def changes(steps: Sequence[Step]) -> list[tuple[FileRow, str]]:
    """List what is to be sent: files and their new titles."""
    return [(step.file, step.new_title) for step in steps if step.is_sent]


def _warnings(title: str) -> tuple[str, ...]:
    if not title.strip():
        return (EMPTY,)
    if title.isprintable() and title[0] != " " != title[-1] and len(title) <= MAX_TITLE:
        return ()
    found: tuple[str, ...] = ()
    if CONTROL_CHARACTERS.search(title):
        found += (CONTROL,)
    if len(title) > MAX_TITLE:
        found += (TOO_LONG,)
    if title != title.strip():
        found += (SPACE,)
    return found


def split_title(title: str) -> tuple[str, str]:
    """Split off a known video extension with its dot: ``("Show.S01", ".mkv")``, or ``""``."""
    dot = title.rfind(".")
    if dot > 0 and _EXTENSION.fullmatch(title, dot + 1):
        return title[:dot], title[dot:]
    return title, ""


Span: TypeAlias = tuple[int, int]


def spans(old: str, new: str) -> tuple[list[Span], list[Span]]:
    """Find what to highlight: the (start, end) of the words that differ, in both titles.

    Costs some 0.1 ms, so call it for the rows on screen.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(before), len(after)) > _MAX_COMPARED:
        before, after = [old], [new]
    starts = [list(accumulate(map(len, tokens), initial=0)) for tokens in (before, after)]
    changed: tuple[list[Span], list[Span]] = ([], [])
    for tag, *ends in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for side in (0, 1):
            start, end = (starts[side][index] for index in ends[side * 2 : side * 2 + 2])
            if tag != "equal" and start < end:
                changed[side].append((start, end))
    return changed
