"""TOML with line numbers: every refusal says where in the file the wrong value stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from vhtui.errors import ConfigError
from vhtui.text import clean, redact

_LARGEST_FILE = 1_000_000
_DEEPEST_NAME = 4


class Document(Struct, frozen=True):
    """A TOML file that was read: its name, its text for finding lines, and its tables."""

    name: str
    text: str
    tables: Mapping[str, Any]

    def refuse(self, name: str, words: str) -> ConfigError:
        """Return the error about the value with this dotted name."""
        return ConfigError(f"{self.place(name)}: {clean(name, 100)} {words}")

    def place(self, name: str) -> str:
        """Return where a dotted name is set; the file alone where it is not."""
        if name not in _dotted_names(self.tables):
            return self.name
        return f"{self.name} line {self.line_of(name)}"

    def line_of(self, name: str) -> int:
        """Return the line in which a value with this dotted name is set, counted from 1.

        Bisects for the longest beginning of the text in which the name is not set yet.

        The TOML reader gives no positions, but it can say whether a beginning is complete and what
        it sets: the line after the longest one without the name is where the name is set.
        """
        lines = [line + "\n" for line in self.text.split("\n")]
        without, with_it = 0, len(lines)
        while with_it - without > 1:
            middle = (without + with_it) // 2
            _, tables = _complete_beginning(lines, middle)
            if name in _dotted_names(tables):
                with_it = middle
            else:
                without = middle
        return _complete_beginning(lines, without)[0] + 1


def parse_document(name: str, text: str) -> Document:
    """Parse TOML; what is wrong with its syntax is a ConfigError with the line."""
    import tomllib

    try:
        return Document(name, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r" \(at line (\d+), column (\d+)\)$", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        words = str(error)[: found.start()] if found else str(error).partition(" (at end")[0]
        at = f" at column {found[2]}" if found else " at the end of the file"
        raise ConfigError(f"{name} line {line}: {clean(words, 100)}{at}") from None
    except (RecursionError, ValueError) as error:
        raise ConfigError(f"{name} cannot be understood: {clean(str(error), 100)}") from None


def read_document(file: Path) -> Document | None:
    """Read and parse a TOML file, None where there is none; anything else is a ConfigError."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror or error}") from None
    if len(raw) > _LARGEST_FILE:
        raise ConfigError(f"{file} is larger than {_LARGEST_FILE // 1_000_000} MB")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{file.name} line {line}: this is not UTF-8 text") from None
    return parse_document(file.name, text.replace("\r\n", "\n"))


def _complete_beginning(lines: Sequence[str], count: int) -> tuple[int, Mapping[str, Any]]:
    import tomllib

    while count:
        try:
            return count, tomllib.loads("".join(lines[:count]))
        except tomllib.TOMLDecodeError:  # cut in the middle of a value
            count -= 1
    return 0, {}


def _dotted_names(tables: Mapping[str, Any]) -> set[str]:
    names: set[str] = set()
    waiting = [("", tables)]
    while waiting:
        prefix, table = waiting.pop()
        for key, value in table.items():
            names.add(prefix + key)
            if isinstance(value, dict):
                waiting.append((f"{prefix}{key}.", value))
    return names


class Table(Struct, frozen=True):
    """One table of a document, read value by value; a wrong one is refused where it stands."""

    document: Document
    name: str
    values: Mapping[str, Any]

    def dotted(self, key: str) -> str:
        """Return a key's whole name in the document."""
        return f"{self.name}.{key}" if self.name else key

    def refuse(self, key: str, words: str) -> ConfigError:
        """Return the error about one key of this table."""
        return self.document.refuse(self.dotted(key), words)

    def wrong(self, key: str, wanted: str) -> ConfigError:
        """Return the error about a value that is of the wrong kind."""
        return self.refuse(key, f"is {shown(self.values[key])}, but must be {wanted}")

    def allow(self, *known: str) -> None:
        """Refuse every key but these, with what was probably meant."""
        for key in self.values:
            if key not in known:
                from difflib import get_close_matches

                near = get_close_matches(key, known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"known are {listed(known, 'and')}"
                raise self.refuse(key, f"is not known; {hint}")

    def table(self, key: str) -> Table:
        """Return a table in this one, an empty one where it is not set."""
        values = self.values.get(key, {})
        if not isinstance(values, dict):
            raise self.wrong(key, f"a table: [{self.dotted(key)}]")
        return Table(self.document, self.dotted(key), values)

    def text(self, key: str) -> str | None:
        """Return a text that is not empty, None where it is not set."""
        value = self.values.get(key)
        if value is not None and not (isinstance(value, str) and value):
            raise self.wrong(key, "a text in quotes")
        return value

    def texts(self, prefix: str = "") -> Iterator[tuple[str, str]]:
        """Give all values by dotted name: an action id may be written with or without quotes."""
        for key, value in self.values.items():
            if isinstance(value, dict) and prefix.count(".") < _DEEPEST_NAME:
                yield from self.table(key).texts(f"{prefix}{key}.")
            elif isinstance(value, str):
                yield prefix + key, value
            else:
                raise self.wrong(key, "a text in quotes")

    def choice(self, key: str, options: Sequence[str], default: str) -> str:
        """Return one of the words that are possible here."""
        value = self.values.get(key, default)
        if value not in options:
            raise self.refuse(key, f"is {shown(value)}, but vhtui knows {listed(options, 'and')}")
        return str(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def number(self, key: str, default: float) -> float:
        """Return a number above 0."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(key, "a number")
        if not 0 < value < 1e9:
            raise self.wrong(key, "a number above 0")
        return float(value)

    def count(self, key: str, default: int) -> int:
        """Return a whole number above 0."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**9:
            raise self.wrong(key, "a whole number above 0")
        return value

    def command(self, key: str) -> tuple[str, ...] | None:
        """Return a program with its arguments, None where it is not set."""
        value = self.values.get(key)
        if value is None:
            return None
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(word, str) and "\0" not in word for word in value)
            or not value[0]
        ):
            raise self.refuse(key, 'must be a list of words, such as ["pass", "show", "voe"]')
        return tuple(value)


def place(file: Path, name: str) -> str:
    """Return where a dotted name is set, for a message: "config.toml line 12"."""
    try:
        document = read_document(file)
    except ConfigError:
        document = None
    return document.place(name) if document else file.name


def shown(value: object) -> str:
    """Return a value as a message may show it: short, harmless, without keys."""
    if isinstance(value, str):
        return f'"{clean(redact(value), 60)}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) > 10**18:
        return "a number too large"
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    return str(value)


def listed(words: Sequence[str], last: str) -> str:
    """Return words as a sentence has them: "voe and illvid"."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
