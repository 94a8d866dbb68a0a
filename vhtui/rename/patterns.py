"""The patterns of the rename studio, each a frozen value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING, Literal

from typing_extensions import override

from vhtui.models import FileRow
from vhtui.rename.plan import (
    NewTitle,
    Pattern,
    PatternError,
    split_title,
)
from vhtui.rename.release import clear_release, parse_release

if TYPE_CHECKING:
    import regex

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([a-z]+)(?::(\d\d?))?\}|[{}]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_MAX_REGEX = 200
_REGEX_SECONDS = 0.25
_REGEX_SECONDS_A_TITLE = 50e-6  # a sane pattern takes three
_ESCAPE = re.compile(r"\\(?:(\\)|([1-9][0-9]?)|g<(\w+)>|)", re.ASCII)


class Replace(Pattern, frozen=True):
    """Replace every occurrence of a text."""

    find: str
    replace: str
    match_case: bool = True
    extension: bool = False

    def __post_init__(self) -> None:
        if not self.find:
            raise PatternError("say which text is to be replaced")

    @override
    def titles(self, files: Sequence[FileRow], folders: Mapping[str, str]) -> Iterator[NewTitle]:
        any_case = re.compile(re.escape(self.find), re.IGNORECASE)
        for file in files:
            stem, end = _stem(file, whole=self.extension)
            if self.match_case:
                yield stem.replace(self.find, self.replace) + end, ()
            else:
                yield any_case.sub(lambda _: self.replace, stem) + end, ()


class RegexReplace(Pattern, frozen=True):
    r"""Replace every match of a regular expression; ``\1`` and ``\g<name>`` are its groups."""

    pattern: str
    replacement: str
    match_case: bool = True
    extension: bool = False

    def __post_init__(self) -> None:
        import regex

        if not 0 < len(self.pattern) <= _MAX_REGEX:
            raise PatternError(f"a regular expression has 1 to {_MAX_REGEX} characters")
        try:
            compiled = _compiled(self.pattern, match_case=self.match_case)
        except regex.error as error:
            position = min(getattr(error, "pos", None) or 0, len(self.pattern) - 1)
            reason = re.sub(r" at position \d+$", "", str(error))
            message = f"this regular expression is wrong: {reason}"
            raise PatternError(message, position=position, length=1) from None
        _replacement(self.replacement, compiled)

    @override
    def titles(self, files: Sequence[FileRow], folders: Mapping[str, str]) -> Iterator[NewTitle]:
        compiled = _compiled(self.pattern, match_case=self.match_case)
        parts = _replacement(self.replacement, compiled)

        def replaced(found: regex.Match[str]) -> str:
            return "".join(part if group is None else found[group] or "" for part, group in parts)

        end_at = monotonic() + _REGEX_SECONDS + _REGEX_SECONDS_A_TITLE * len(files)
        for file in files:
            stem, end = _stem(file, whole=self.extension)
            try:
                left = max(end_at - monotonic(), 0.001)
                yield compiled.sub(replaced, stem, timeout=left) + end, ()
            except TimeoutError:
                message = "this regular expression takes too long; avoid repeats inside repeats"
                raise PatternError(message, length=len(self.pattern)) from None


class Template(Pattern, frozen=True):
    """Write titles anew: ``{folder} S{season:02}E{ep:02} {quality}.{ext}``; ``{{`` is a brace.

    ``{title}`` is the old title, without its extension if the template has ``{ext}``; ``{ext}`` has
    no dot, and takes a dot before it along where a file has none. ``{n:03}`` counts from ``start``,
    with zeros to three digits. ``{date}`` is the day of the upload (UTC). Season, episode and
    quality are read from the old title: see ``prepare``.
    """

    text: str
    start: int = 1

    def __post_init__(self) -> None:
        if not self.text:
            raise PatternError("write a template, such as {title} {n:03}")
        _template(self.text)

    @property
    def reads_releases(self) -> bool:
        """Whether it needs what ``parse_release`` reads from the old titles."""
        return not _RELEASE_FIELDS.isdisjoint(field for _, field, _ in _template(self.text))

    @override
    def titles(self, files: Sequence[FileRow], folders: Mapping[str, str]) -> Iterator[NewTitle]:
        parts = _template(self.text)
        has_extension = any(field == "ext" for _, field, _ in parts)
        for n, file in enumerate(files, self.start):
            title = ""
            missing = []
            for literal, field, width in parts:
                title += literal
                if not field:
                    continue
                value = _value(field, width, file, n, folders, has_extension=has_extension)
                title += value
                if field == "ext" and not value:
                    title = title.removesuffix(".")
                elif not value:
                    missing.append(f"no {_FIELDS[field]}")
            yield title, tuple(dict.fromkeys(missing))


_FIELDS = {
    "title": "title",
    "n": "number",
    "folder": "folder",
    "code": "code",
    "date": "date",
    "season": "season",
    "ep": "episode",
    "quality": "quality",
    "ext": "extension",
}
_RELEASE_FIELDS = frozenset({"season", "ep", "quality"})


@lru_cache(maxsize=16)
def _template(text: str) -> tuple[tuple[str, str, int], ...]:
    """Split a template into (literal, field after it or "", width)."""
    parts = []
    literal, end = "", 0
    for found in _PLACEHOLDER.finditer(text):
        literal += text[end : found.start()]
        end = found.end()
        whole, (field, width) = found[0], found.groups()
        at = {"position": found.start(), "length": len(whole)}
        if whole in ("{{", "}}"):
            literal += whole[0]
        elif field is None:
            message = "this brace is no field, such as {title} or {n:03}; for a brace, double it"
            raise PatternError(message, **at)
        elif field not in _FIELDS:
            raise PatternError(f"there is no {whole}; fields: {' '.join(_FIELDS)}", **at)
        elif width and field not in ("n", "season", "ep"):
            raise PatternError(f"{{{field}}} is no number, so it has no width", **at)
        else:
            parts.append((literal, field, int(width or 0)))
            literal = ""
    return (*parts, (literal + text[end:], "", 0))


def _value(
    field: str,
    width: int,
    file: FileRow,
    n: int,
    folders: Mapping[str, str],
    *,
    has_extension: bool,
) -> str:
    match field:
        case "title":
            return split_title(file.title)[0] if has_extension else file.title
        case "ext":
            return split_title(file.title)[1][1:]
        case "n":
            return f"{n:0{width}}"
        case "folder":
            return folders.get(file.folder, "")
        case "code":
            return file.code
        case "date":
            day = None if file.uploaded is None else datetime.fromtimestamp(file.uploaded, UTC)
            return f"{day:%Y-%m-%d}" if day else ""
        case "season":
            season = parse_release(file.title).season
            return "" if season is None else f"{season:0{width}}"
        case "ep":
            return "-".join(f"{ep:0{width}}" for ep in parse_release(file.title).episodes)
        case _:
            return parse_release(file.title).quality


def prepare(files: Sequence[FileRow], pattern: Pattern) -> Iterator[int]:
    """Do the slow part of ``plan`` ahead, in pieces of about a millisecond.

    Yields how many files are ready after every title that needed the parser; nothing for patterns
    that do not read names. The first piece loads the parser, some 100 ms.
    """
    if isinstance(pattern, Template) and pattern.reads_releases:
        for ready, file in enumerate(files, 1):
            if clear_release(file.title) is None:
                parse_release(file.title)
                yield ready


class Case(Pattern, frozen=True):
    """Change letters: ``title`` capitalises every word, ``sentence`` the first letter."""

    to: Literal["lower", "upper", "title", "sentence"]

    @override
    def titles(self, files: Sequence[FileRow], folders: Mapping[str, str]) -> Iterator[NewTitle]:
        for file in files:
            stem, end = split_title(file.title)
            yield self._changed(stem) + end, ()

    def _changed(self, stem: str) -> str:
        match self.to:
            case "lower":
                return stem.lower()
            case "upper":
                return stem.upper()
            case "title":
                return _WORD.sub(lambda word: word[0].capitalize(), stem)
            case "sentence":
                return _WORD.sub(lambda word: word[0].capitalize(), stem.lower(), count=1)


class Numbering(Pattern, frozen=True):
    """Put a number before or after the title: ``01 - Title.mkv``, ``Title - 01.mkv``."""

    start: int = 1
    step: int = 1
    width: int = 2
    where: Literal["prefix", "suffix"] = "prefix"
    separator: str = " - "

    @override
    def titles(self, files: Sequence[FileRow], folders: Mapping[str, str]) -> Iterator[NewTitle]:
        for index, file in enumerate(files):
            stem, end = split_title(file.title)
            number = f"{self.start + index * self.step:0{self.width}}"
            parts = (number, stem) if self.where == "prefix" else (stem, number)
            yield self.separator.join(parts) + end, ()


def _stem(file: FileRow, *, whole: bool) -> tuple[str, str]:
    return (file.title, "") if whole else split_title(file.title)


@lru_cache(maxsize=16)
def _compiled(pattern: str, *, match_case: bool) -> regex.Pattern[str]:
    import regex  # has what re lacks, a time limit; 10 ms that only this mode needs

    return regex.compile(pattern, 0 if match_case else regex.IGNORECASE)


def _replacement(
    text: str, compiled: regex.Pattern[str]
) -> list[tuple[str, None] | tuple[str, str | int]]:
    """Split a replacement into literals (with None) and groups (with their number or name)."""
    parts: list[tuple[str, None] | tuple[str, str | int]] = []
    end = 0
    for found in _ESCAPE.finditer(text):
        parts.append((text[end : found.start()], None))
        end = found.end()
        slash, number, name = found.groups()
        group = int(number or name) if number or (name or "").isdecimal() else name
        if slash:
            parts.append((slash, None))
        elif group is None:
            message = r"write \1 or \g<name> for a group, \\ for a backslash"
            raise PatternError(message, position=found.start(), length=1)
        elif group in compiled.groupindex or (isinstance(group, int) and group <= compiled.groups):
            parts.append((found[0], group))
        else:
            message = f"the regular expression has no group {group}"
            raise PatternError(message, position=found.start(), length=len(found[0]))
    return [*parts, (text[end:], None)]
