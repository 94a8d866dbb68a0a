"""Titles from elsewhere: a list, a CSV, an editor."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO

from typing_extensions import override

from vhtui.errors import UsageError
from vhtui.models import FileRow
from vhtui.rename.plan import (
    CONTROL_CHARACTERS,
    NewTitle,
    Pattern,
)


class FromList(Pattern, frozen=True):
    """Give the files these titles, in order."""

    new_titles: tuple[str, ...]

    @override
    def titles(self, files: Sequence[FileRow], folders: Mapping[str, str]) -> Iterator[NewTitle]:
        if len(self.new_titles) != len(files):
            count = f"{len(self.new_titles)} titles for {len(files)} files"
            raise UsageError(f"{count}: one line per file is needed, so this changes nothing")
        return ((title, ()) for title in self.new_titles)


class FromCsv(Pattern, frozen=True):
    """Give files the titles that rows of (code, title) name; the other files keep theirs."""

    rows: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> FromCsv:
        """Read CSV of ``code,title``, with or without that header; blank lines are skipped.

        Raises UsageError with the line that is wrong, also when a code comes twice.
        """
        reader = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
        rows: dict[str, str] = {}
        try:
            for row in reader:
                cells = [cell.strip() for cell in row]
                if not any(cells) or (not rows and [cell.casefold() for cell in cells] == _HEADER):
                    continue
                if len(row) != 2 or not cells[0]:
                    raise UsageError(f"line {reader.line_num}: write code,title (quote commas)")
                if cells[0] in rows:
                    raise UsageError(f"line {reader.line_num}: {cells[0]} has a title already")
                rows[cells[0]] = row[1]
        except csv.Error as error:
            raise UsageError(f"line {reader.line_num}: this is not CSV ({error})") from None
        return cls(tuple(rows.items()))

    def unknown(self, files: Sequence[FileRow]) -> tuple[str, ...]:
        """List the codes that are none of the files'."""
        known = {file.code for file in files}
        return tuple(code for code, _ in self.rows if code not in known)

    @override
    def titles(self, files: Sequence[FileRow], folders: Mapping[str, str]) -> Iterator[NewTitle]:
        new = dict(self.rows)
        return ((new.get(file.code, file.title), ()) for file in files)


_HEADER = ["code", "title"]


def editor_text(files: Sequence[FileRow]) -> str:
    """Write the titles for $EDITOR, one a line; control characters show as U+FFFD."""
    return "".join(f"{_line(file)}\n" for file in files)


def from_editor(original: Sequence[FileRow], edited_text: str) -> FromList:
    """Read back what $EDITOR made of ``editor_text``: an untouched line keeps its title as it is.

    Raises UsageError when lines were added or removed, for then nobody knows which is which.
    """
    lines = edited_text.removesuffix("\n").split("\n") if edited_text else []
    if len(lines) != len(original):
        count = f"{len(original)} titles became {len(lines)} lines"
        raise UsageError(f"{count}: keep one line per file; this changes nothing")
    lines = [line.removesuffix("\r") for line in lines]
    pairs = zip(original, lines, strict=True)
    return FromList(tuple(file.title if line == _line(file) else line for file, line in pairs))


def _line(file: FileRow) -> str:
    return CONTROL_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", file.title)
