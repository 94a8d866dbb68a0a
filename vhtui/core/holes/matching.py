"""Which files are one title: by their name, and by length or size where both hosts tell it. Pure.

Files of one name are told apart by their lengths, which a host that encodes keeps, else by their
sizes. A file of neither goes with the only title of its name; where there are several, nobody can
tell, and it counts for none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum

from msgspec import Struct, field

from vhtui.text import fold

TOLERANCE = 2
"""Seconds by which hosts round the length of one video differently."""

_EXTENSIONS = {
    3: (".ts",),
    4: (".3gp", ".asf", ".avi", ".flv", ".f4v", ".iso", ".m4v", ".mkv", ".mov", ".mp4", ".mpg",
        ".mts", ".ogv", ".vob", ".wmv"),
    5: (".divx", ".m2ts", ".mpeg", ".rmvb", ".webm"),
}  # fmt: skip


class Cell(IntEnum):
    """What an account has of a title; of several files the lowest counts."""

    THERE = 1
    TAKEDOWN = 2
    PENDING = 3
    TRASH = 4
    GONE = 5
    UNSURE = 6
    MISSING = 7
    UNLISTED = 8

    @property
    def word(self) -> str:
        """The state in a word."""
        return self.name.lower()

    @property
    def is_hole(self) -> bool:
        """Whether the account lacks the title, as far as can be told."""
        return self in (Cell.GONE, Cell.MISSING)


class Match(IntEnum):
    """By what a file was found to be a title."""

    NONE = 0
    LENGTH = 1
    SIZE = 2
    NAME = 3
    UPLOAD = 4
    URL = 5
    CLONE = 6

    @property
    def words(self) -> str:
        """Say it."""
        return _WORDS[self]


_WORDS = {
    Match.NONE: "",
    Match.LENGTH: "by name and length",
    Match.SIZE: "by name and size",
    Match.NAME: "by name alone: there is no length or size to compare",
    Match.UPLOAD: "uploaded from the same local file",
    Match.URL: "fetched from the same URL",
    Match.CLONE: "cloned from it",
}


class Entry(Struct, frozen=True):
    """A file, or the trace of one, that has the name. ``id`` is 0 where there is no file.

    ``account`` counts the accounts that are compared; ``state`` None says nothing of them.
    """

    account: int
    id: int
    size: int
    length: int
    state: Cell | None
    is_chosen: bool = False
    is_taken_down: bool = False

    @property
    def is_there(self) -> bool:
        """Whether the account has something of the title, or will."""
        return self.state is not None and self.state <= Cell.TRASH


class Title(Struct):
    """The entries that are one title, each with what it was matched by."""

    members: list[tuple[Entry, Match]] = field(default_factory=list)
    length: int = 0
    sizes: set[int] = field(default_factory=set)
    doubtful: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry, match: Match) -> None:
        """Take an entry in."""
        self.members.append((entry, match if self.members else Match.NONE))
        if entry.size:
            self.sizes.add(entry.size)

    @property
    def accounts(self) -> int:
        """The accounts that have it, as bits."""
        bits = 0
        for entry, _ in self.members:
            if entry.is_there:
                bits |= 1 << entry.account
        return bits


def title_key(title: str) -> str:
    """Return what a title is compared by: without case, a known extension, and with one space
    for any run of spaces, dots and underscores (``TITLE_KEY`` is the same in SQL)."""
    folded = fold(title)
    stem = folded
    for length, endings in _EXTENSIONS.items():
        if folded[-length:] in endings:
            stem = folded[:-length]
            break
    spaced = stem.replace(".", " ").replace("_", " ")
    return " ".join(part for part in spaced.split(" ") if part) or folded


def _key_in_sql() -> str:
    cases = " ".join(
        f"WHEN substr({{0}}, -{length}) IN ({', '.join(repr(each) for each in endings)})"
        f" THEN substr({{0}}, 1, length({{0}}) - {length})"
        for length, endings in _EXTENSIONS.items()
    )
    stem = f"CASE {cases} ELSE {{0}} END"
    spaced = f"replace(replace({stem}, '.', ' '), '_', ' ')"
    once = f"replace(replace(replace({spaced}, ' ', char(1, 2)), char(2, 1), ''), char(1, 2), ' ')"
    return f"COALESCE(NULLIF(trim({once}), ''), {{0}})"


TITLE_KEY = _key_in_sql()
"""``title_key`` of a folded title in SQL; ``{0}`` is its column."""


def split(entries: Sequence[Entry]) -> list[Title]:
    """Tell the titles of one name apart; their order is that of lengths, then of sizes."""
    if len(entries) == 1:
        title = Title()
        title.add(entries[0], Match.NONE)
        return [title]
    titles: list[Title] = []
    rest: list[Entry] = []
    for entry in sorted((e for e in entries if e.length), key=lambda e: e.length):
        if not titles or entry.length - titles[-1].length > TOLERANCE:
            titles.append(Title(length=entry.length))
        titles[-1].add(entry, Match.LENGTH)
    by_size = {size: title for title in reversed(titles) for size in title.sizes}
    for entry in (e for e in entries if not e.length):
        if not entry.size:
            rest.append(entry)
        elif entry.size in by_size:
            by_size[entry.size].add(entry, Match.SIZE)
        elif any(not title.sizes for title in titles):
            rest.append(entry)
        else:
            titles.append(Title())
            titles[-1].add(entry, Match.NONE)
            by_size[entry.size] = titles[-1]
    _place(titles, rest)
    return titles


def _place(titles: list[Title], rest: Iterable[Entry]) -> None:
    """Place what can only be compared by name: with the only title there is, or with none."""
    for entry in rest:
        if not titles:
            titles.append(Title())
        if len(titles) == 1:
            titles[0].add(entry, Match.NAME)
        else:
            for title in titles:
                title.doubtful.append(entry)


def lookalikes(titles: Sequence[Title]) -> list[int]:
    """Return for each title of one name the accounts (as bits) that may have it after all.

    That is where an account has a file of the name which is of another length or size, and no
    account that has the one has the other; or one that could not be compared.
    """
    if len(titles) == 1:
        return [0]
    masks = [title.accounts for title in titles]
    found = []
    for title, mask in zip(titles, masks, strict=True):
        maybe = 0
        for other in set(masks):
            if not other & mask:
                maybe |= other
        for entry in title.doubtful:
            if entry.is_there:
                maybe |= 1 << entry.account
        found.append(maybe & ~mask)
    return found
