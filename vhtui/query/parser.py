"""Reading filters, and helping to write them."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from vhtui.query.nodes import (
    STATES,
    AllOf,
    AnyOf,
    Between,
    Contains,
    Duplicate,
    EndsWith,
    InState,
    Matches,
    Measure,
    Node,
    Not,
    Query,
    QueryError,
    Within,
    compiled,
)
from vhtui.text import fold

HELP: tuple[tuple[str, str], ...] = (
    ("show s01", "both words are in the title"),
    ('"season 1"', "the phrase is in the title; quotes also search for: or dark - ( )"),
    ("-trailer", "not; works before any term and before brackets"),
    ("(show or film) s01", "or, and brackets"),
    ("title:word title~s\\d+e\\d+", "the title contains a word; matches a regular expression"),
    ('folder:"Season 1"', "the folder's path contains it"),
    ("in:/Series", "in this folder or below it, case as written"),
    ("code:abc", "the file code contains it, case as written"),
    ("ext:mkv", "the title ends with .mkv"),
    ("views<10 views>=1k", "views; = != < <= > >= and k m g"),
    ("size>1g size<=700MiB", "size in bytes; k m g t are decimal, KiB MiB GiB TiB binary"),
    ("length<20m length:1h..1:30:00", "playing time; s m h or h:mm:ss; a..b is a range"),
    ("revenue>1.5", "what it earned, as the host says it"),
    ("age>90d", "time since the upload; min h d w mo y"),
    ("uploaded:2026-01..2026-03", "upload date, both ends included; either may be left open"),
    ("state:encoding", "state: " + " ".join(STATES)),
    ("dark", "nobody watched it: no views, or none known"),
    ("dup:title dup:size dup:length", "another file has the same title; size; size and length"),
)
"""The rows (example, meaning) of the ``?`` help."""

_DAY = 24 * 3600
_COMPARISONS = ": = != < <= > >="
_FIELDS: Mapping[str, tuple[str, str]] = {  # name: (its operators, an example)
    "title": (": ~", "title:show"),
    "folder": (":", 'folder:"Season 1"'),
    "in": (":", "in:/Series"),
    "code": (":", "code:abc"),
    "ext": (":", "ext:mkv"),
    "state": (":", "state:encoding"),
    "dup": (":", "dup:title"),
    "views": (_COMPARISONS, "views<10"),
    "size": (_COMPARISONS, "size>1.5g"),
    "length": (_COMPARISONS, "length<1h30m"),
    "revenue": (_COMPARISONS, "revenue>1.5"),
    "age": (_COMPARISONS, "age>90d"),
    "uploaded": (_COMPARISONS, "uploaded:2026-01"),
}
_UNITS: Mapping[str, Mapping[str, int]] = {
    "views": {"": 1, "k": 10**3, "m": 10**6, "g": 10**9},
    "size": {"": 1, "b": 1}
    | {f"{unit}{b}": 1000**power for power, unit in enumerate("kmgt", 1) for b in ("", "b")}
    | {f"{unit}{b}": 1024**power for power, unit in enumerate("kmgt", 1) for b in ("i", "ib")},
    "length": {"": 1, "s": 1, "m": 60, "h": 3600},
    "revenue": {"": 10**6, "k": 10**9},
    "age": {"min": 60, "h": 3600, "d": _DAY, "w": 7 * _DAY, "mo": 30 * _DAY, "y": 365 * _DAY},
}
_HEAD = r"[^\W\d_]+(?:[<>]=?|!=|[=:~])"
_BARE = r'[^\s()"]+'
_QUOTED = r'"((?:\\"|[^"])*)("|\Z)'
_EXTENSIONS = ("avi", "m4v", "mkv", "mov", "mp4", "mpg", "ts", "webm", "wmv")
_OR = r'(?i:or|\|)(?=[\s()"]|\Z)'
_NUMBER = r"([0-9]{1,15}(?:\.[0-9]{1,9})?)"
_DATE = r"((?:19|2[0-9])[0-9]{2})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?"


_MAX_TEXT = 4000
_MAX_TERMS = 300  # SQLite takes expressions at most 1000 deep
_MAX_DEPTH = 40
_MAX_REGEX = 200
_MAX_NUMBER = 2**62  # fits SQLite's integers, also after "now" was subtracted


def parse(text: str) -> Query:
    """Read a filter; the empty text means every file.

    Raises QueryError, also for a filter that is still being typed (``views<``, ``"abc``).
    """
    return Query(text, _Parser(text).parse())


def token_start(text: str, cursor: int) -> int:
    """Find where the term that is being typed at ``cursor`` begins (behind its ``-``)."""
    before = text[:cursor]
    for quoted in re.finditer(_QUOTED, before):
        if quoted.end() == cursor and not quoted[2]:  # still open
            before = before[: quoted.start()]
    found = re.search(r"[^\s()]*\Z", before)
    assert found is not None  # the pattern also matches nothing
    return found.start() + (found[0].startswith("-"))


def complete(text: str, cursor: int, folders: Iterable[str] = ()) -> list[str]:
    """List what may replace the term being typed, ``text[token_start(text, cursor):cursor]``.

    ``folders`` are the paths of the folders that ``folder:`` and ``in:`` are completed with.
    """
    typed = text[token_start(text, cursor) : cursor]
    head = re.match(rf"(?:{_HEAD})?", typed)
    assert head is not None
    field = head[0].casefold()
    if field in ("folder:", "in:"):
        begun = fold(typed[head.end() :].removeprefix('"').replace('\\"', '"'))
        names = _folder_names(folders, begun) if field == "folder:" else sorted(folders)
        words = [field + _written(name) for name in names if fold(name).startswith(begun)]
        return [word for word in words if word != typed]
    values = [f"state:{state}" for state in STATES]
    values += ["dup:title", "dup:size", "dup:length", *(f"ext:{name}" for name in _EXTENSIONS)]
    starts = [re.sub(r"(\W).*", r"\1", example) for _, example in _FIELDS.values()]
    words = values if field else [*starts, "title~", "dark", "or"]
    return sorted(word for word in words if word.startswith(typed.casefold()) and word != typed)


def _folder_names(paths: Iterable[str], begun: str) -> list[str]:
    """Return the folders' titles, or parts of their paths where a path is begun."""
    if "/" in begun:
        return sorted(paths)
    return sorted({path.rpartition("/")[2] for path in paths} - {""})


def _written(value: str) -> str:
    """Return a value as it is written behind a field: in quotes where it has to be."""
    if re.fullmatch(_BARE, value):
        return value
    escaped = value.replace('"', '\\"')
    return f'"{escaped}"'


class _Parser:
    """Recursive descent over the text itself, so that every error knows its place."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._terms = 0

    def parse(self) -> Node:
        if len(self._text) > _MAX_TEXT:
            message = f"a filter has at most {_MAX_TEXT} characters; shorten it"
            raise self._error(message, _MAX_TEXT, len(self._text))
        if broken := re.search(r"[\ud800-\udfff]", self._text):
            raise self._error("this is half a character; type it again", *broken.span())
        if not self._text.strip():
            return AllOf(())
        node = self._either(0)
        if self._at < len(self._text):
            raise self._error("this bracket closes nothing; remove it or add ( before", self._at)
        return node

    def _error(self, message: str, start: int, end: int | None = None) -> QueryError:
        end = start + 1 if end is None else end
        return QueryError(message, position=start, length=end - start)

    def _sees(self, pattern: str) -> bool:
        return re.compile(pattern).match(self._text, self._at) is not None

    def _take(self, pattern: str) -> str:
        found = re.compile(pattern).match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found[0] if found else ""

    def _either(self, depth: int) -> Node:
        parts = [self._both(depth)]
        while self._take(_OR):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _both(self, depth: int) -> Node:
        parts: list[Node] = []
        self._take(r"\s+")
        while not self._sees(rf"\Z|\)|{_OR}"):
            parts.append(self._term(depth))
            self._take(r"\s+")
        if not parts:
            raise self._error('a term is missing here; the word itself is "or"', self._at)
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _term(self, depth: int) -> Node:
        start = self._at
        self._terms += 1
        if self._terms > _MAX_TERMS or depth > _MAX_DEPTH:
            raise self._error("this filter has too many parts; shorten it", start)
        if self._take("-"):
            if self._sees(r"\s|\)|\Z"):
                message = 'say right after the - what is not wanted, or write "-"'
                raise self._error(message, start)
            return Not(self._term(depth + 1))
        if self._take(r"\("):
            node = self._either(depth + 1)
            if not self._take(r"\)"):
                raise self._error("this bracket is not closed; add )", start, len(self._text))
            return node
        if self._sees('"'):
            return Contains("title", fold(self._quoted()))
        if head := self._take(_HEAD):
            return self._field(start, *re.split(r"(?<=\w)(?=\W)", head, maxsplit=1))
        word = self._take(_BARE)
        if word.casefold() == "dark":
            return Not(Between("views", 1, None))
        return Contains("title", fold(word))

    def _quoted(self) -> str:
        start = self._at
        quoted = self._take(r'"(?:\\"|[^"])*"')
        if not quoted:
            raise self._error('this quote is not closed; add "', start, len(self._text))
        if quoted == '""':
            raise self._error("there is nothing between the quotes", start, self._at)
        return quoted[1:-1].replace('\\"', '"')

    def _pattern(self) -> str:
        """Take an unquoted regular expression: to a space, or to a bracket that is not its own."""
        pattern, depth = "", 0
        while part := self._take(r'\\\S|[^\s()"]|\(' + (r"|\)" if depth else "")):
            pattern += part
            depth += (part == "(") - (part == ")")
        return pattern

    def _field(self, start: int, written: str, operator: str) -> Node:
        name = written.casefold()
        if name not in _FIELDS:
            close = difflib.get_close_matches(name, _FIELDS, n=1)
            hint = f"did you mean {close[0]}?" if close else "fields: " + " ".join(_FIELDS)
            message = f"there is no field {written}; {hint} (to find it as text, use quotes)"
            raise self._error(message, start, self._at)
        operators, example = _FIELDS[name]
        if operator not in operators.split():
            message = f"{name} goes with {operators}, as in {example}"
            raise self._error(message, start, self._at)
        at = self._at
        is_quoted = self._sees('"')
        if is_quoted:
            value = self._quoted()
        else:
            value = self._pattern() if operator == "~" else self._take(_BARE)
        if not value:
            raise self._error(f"a value is missing, as in {example}", start, at)
        if operator == "~":
            return self._regex(value, at + is_quoted)
        try:
            return _leaf(name, operator, value)
        except ValueError as error:
            raise self._error(f"{error}, as in {example}", at, self._at) from None

    def _regex(self, pattern: str, at: int) -> Matches:
        import regex

        if len(pattern) > _MAX_REGEX:
            message = f"a regular expression has at most {_MAX_REGEX} characters; shorten it"
            raise self._error(message, at, self._at)
        try:
            compiled(pattern)
        except regex.error as error:
            where = min(at + (getattr(error, "pos", None) or 0), self._at - 1)
            reason = re.sub(r" at position \d+$", "", str(error))
            raise self._error(f"this regular expression is wrong: {reason}", where) from None
        return Matches(pattern, at)


def _leaf(name: str, operator: str, value: str) -> Node:
    """Build the node of a field; ValueError says what is wrong with the value."""
    match name:
        case "title" | "folder":
            return Contains(name, fold(value))
        case "code":
            return Contains(name, value)
        case "in":
            return Within("".join(f"/{part}" for part in value.split("/") if part))
        case "ext":
            if not value.strip("."):
                raise ValueError("this is no extension")
            return EndsWith(fold(f".{value.lstrip('.')}"))
        case "state":
            if value.casefold() not in STATES:
                raise ValueError(f"the states are {' '.join(STATES)}")
            return InState(value.casefold())
        case "dup":
            match value.casefold():
                case "title" | "size" | "length" as by:
                    return Duplicate(by)
            raise ValueError("duplicates are found by title, by size, or by size and length")
        case "views" | "size" | "length" | "age" | "uploaded" | "revenue":
            return _between(name, operator, value)
    raise AssertionError(name)


def _between(measure: Measure, operator: str, value: str) -> Between:
    first, dots, last = value.partition("..")
    if dots and operator in (":", "=", "!="):
        low = _bounds(measure, first)[0] if first else None
        high = _bounds(measure, last)[1] if last else None
        if low is None and high is None:
            raise ValueError("a range needs an end")
        if low is not None and high is not None and low >= high:
            raise ValueError("this range runs backwards; swap its ends")
        return Between(measure, low, high, outside=operator == "!=")
    low, high = _bounds(measure, value)
    match operator:
        case "<":
            return Between(measure, None, low)
        case "<=":
            return Between(measure, None, high)
        case ">":
            return Between(measure, high, None)
        case ">=":
            return Between(measure, low, None)
    return Between(measure, low, high, outside=operator == "!=")


def _bounds(measure: Measure, value: str) -> tuple[int, int]:
    """Find the whole numbers that a value covers: the first, and the one after the last."""
    if measure == "uploaded":
        return _days(value)
    units = _UNITS[measure]
    clock = value.split(":")
    if measure == "length" and len(clock) in (2, 3):
        value = "".join(map("".join, zip(clock, "hms"[-len(clock) :], strict=True)))
    value = value.casefold()
    parts = re.findall(rf"{_NUMBER}([a-z]*)", value)
    if not re.fullmatch(rf"(?:{_NUMBER}[a-z]+)*{_NUMBER}?", value):
        raise ValueError("this is not a number")
    if any(unit not in units for _, unit in parts):
        raise ValueError(f"the number's unit is one of {' '.join(units).strip()}")
    total = sum(Decimal(number) * units[unit] for number, unit in parts)
    return min(math.ceil(total), _MAX_NUMBER), min(math.floor(total) + 1, _MAX_NUMBER)


def _days(value: str) -> tuple[int, int]:
    """Find the first second (UTC) of a year, month or day, and the first one after it."""
    if not (found := re.fullmatch(_DATE, value)):
        raise ValueError("a date is YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = found.groups()
    first = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    if day:
        after = first + timedelta(days=1)
    elif month:
        after = (first + timedelta(days=31)).replace(day=1)
    else:
        after = first.replace(year=first.year + 1)
    return int(first.timestamp()), int(after.timestamp())
