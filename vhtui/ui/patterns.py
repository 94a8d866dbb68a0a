"""The modes of the rename studio: what a person fills in, and the pattern that comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, cast

from msgspec import Struct

from vhtui.errors import UsageError
from vhtui.rename import Case, Numbering, Pattern, RegexReplace, Replace, Template

KEPT = 50
"""How many patterns are remembered."""

Values = Mapping[str, str]
"""What stands in the fields of a mode, by their names."""

Used = tuple[str, dict[str, str]]
"""A pattern that was used before: its mode and what stood in the fields."""

_MATCH_CASE = ("match case", "any case")
_EXTENSION = ("keep extension", "whole title")
_MOST_DIGITS = 6


class Field(Struct, frozen=True):
    """One thing to fill in: a text, or one of a few ``choices``. ``width`` None takes the rest."""

    name: str
    label: str = ""
    value: str = ""
    width: int | None = None
    choices: tuple[str, ...] = ()


class Mode(Struct, frozen=True):
    """A way to make new titles. ``make`` None: the titles are pasted, or come from an editor."""

    name: str
    fields: tuple[Field, ...] = ()
    make: Callable[[Values], Pattern] | None = None
    hint: str = ""


def _replace(values: Values) -> Pattern:
    return Replace(
        values["find"],
        values["with"],
        match_case=values["case"] == _MATCH_CASE[0],
        extension=values["extension"] == _EXTENSION[1],
    )


def _regex(values: Values) -> Pattern:
    return RegexReplace(
        values["find"],
        values["with"],
        match_case=values["case"] == _MATCH_CASE[0],
        extension=values["extension"] == _EXTENSION[1],
    )


def _template(values: Values) -> Pattern:
    return Template(values["template"], _number(values, "from"))


def _case(values: Values) -> Pattern:
    return Case(cast(Literal["lower", "upper", "title", "sentence"], values["to"]))


def _numbering(values: Values) -> Pattern:
    return Numbering(
        _number(values, "from"),
        _number(values, "step"),
        min(_number(values, "digits"), 9),
        "prefix" if values["where"] == "before" else "suffix",
        values["separator"],
    )


def _number(values: Values, name: str) -> int:
    text = values[name].strip()
    if not text.isdecimal() or len(text) > _MOST_DIGITS:
        raise UsageError(f"“{name}” is a number of at most {_MOST_DIGITS} digits")
    return int(text)


_FIND = (
    Field("find", "find"),
    Field("with", "with"),
    Field("case", choices=_MATCH_CASE),
    Field("extension", choices=_EXTENSION),
)

MODES: Mapping[str, Mode] = {
    mode.name: mode
    for mode in (
        Mode("replace", _FIND, _replace),
        Mode("regex", _FIND, _regex),
        Mode(
            "template",
            (Field("template", "template", "{title}.{ext}"), Field("from", "n from", "1", 6)),
            _template,
        ),
        Mode("case", (Field("to", "letters", choices=("lower", "upper", "title", "sentence")),),
             _case),
        Mode(
            "number",
            (
                Field("from", "from", "1", 6), Field("step", "step", "1", 6),
                Field("digits", "digits", "2", 3), Field("where", choices=("before", "after")),
                Field("separator", "separator", " - ", 8),
            ),
            _numbering,
        ),
        Mode("list", hint="p pastes one title per line, e opens $EDITOR"),
        Mode("csv", hint="p pastes lines of code,title"),
    )
}  # fmt: skip

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("{title} {n:03}", "the old title and a number from 001"),
    ("{folder} S{season:02}E{ep:02}.{ext}", "the folder; season and episode of the old title"),
    ("{code} {date} {quality}", "the file's code, day of upload, 1080p"),
    ("{{ and }}", "the braces themselves"),
    (r"regex (\d+)x(\d+)  with S\1E\2", r"groups are \1, or \g<name> for (?P<name>…)"),
    ("code,title", "a line of CSV; quote a title that has a comma"),
)
"""What the help of the studio explains."""


def read_used(text: str | None) -> list[Used]:
    """Read the patterns used before, newest first; what cannot be read is left out."""
    try:
        kept = json.loads(text or "[]")
        return [
            (mode, {str(name): str(value) for name, value in values.items()})
            for mode, values in kept
            if mode in MODES
        ]
    except (ValueError, TypeError, AttributeError):
        return []


def write_used(used: Iterable[Used], newest: Used) -> str:
    """Write the patterns used before, with the newest in front and each of them once."""
    return json.dumps([newest, *(each for each in used if each != newest)][:KEPT])
