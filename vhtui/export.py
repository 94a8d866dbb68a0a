"""Lists of files for other programs: chosen columns as CSV, JSON or lines, or a template's words.

Everything is given line by line, so that a million files need no more memory than one.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from vhtui.errors import UsageError
from vhtui.links import BaseFor, LinkBase, LinkItem, check_template, template_rows
from vhtui.sheets import Cell, csv_lines
from vhtui.text import clean, iso_words

COLUMNS: Mapping[str, Callable[[LinkItem, LinkBase], Cell]] = {
    "account": lambda item, base: item.account,
    "code": lambda item, base: item.code,
    "title": lambda item, base: item.title,
    "folder": lambda item, base: item.folder,
    "path": lambda item, base: path_of(item.folder, item.title),
    "size": lambda item, base: item.size,
    "length": lambda item, base: item.length,
    "views": lambda item, base: item.views,
    "uploaded": lambda item, base: iso_words(item.uploaded),
    "revenue": lambda item, base: item.revenue,
    "state": lambda item, base: item.state,
    "page": lambda item, base: base.page_of(item.code),
    "embed": lambda item, base: base.embed_of(item.code),
}
"""What can be told of a file: sizes in bytes, lengths in seconds, times as ISO 8601 in UTC."""


class Form(StrEnum):
    """How a list is written, where no template is meant."""

    CSV = "csv"
    JSON = "json"
    LINES = "lines"  # cells with a tab between, fit for a terminal


class Shape(Struct, frozen=True, kw_only=True):
    """What is written of each file. ``template`` is used instead of a form where it is not "".

    ``raw`` leaves the texts of a CSV as they are, see ``sheets.csv_lines``.
    """

    form: Form = Form.CSV
    columns: Sequence[str] = tuple(COLUMNS)
    template: str = ""
    raw: bool = False


def path_of(folder: str, title: str) -> str:
    """Return a file's path in its account; a ``/`` in its title becomes ``／``."""
    return f"{folder.rstrip('/')}/{title.replace('/', '／')}"


def parse_columns(text: str) -> tuple[str, ...]:
    """Read columns' names with commas or spaces between, each once; UsageError for others."""
    names = tuple(dict.fromkeys(text.replace(",", " ").split()))
    for name in names:
        if name not in COLUMNS:
            close = difflib.get_close_matches(name, COLUMNS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(COLUMNS)}"
            raise UsageError(f"there is no column {clean(name, 40)!r}; {hint}")
    if not names:
        raise UsageError(f"name columns: {','.join(COLUMNS)}")
    return names


def template_named(name: str, own: Mapping[str, str]) -> str:
    """Return the template that is meant: one of the settings by its name, or the text itself.

    Raises UsageError for a word that is no template's name, and for a template with a fault.
    """
    if name in own:
        return own[name]
    if "{" not in name:
        known = f": {', '.join(own)}" if own else ""
        raise UsageError(
            f"there is no template {clean(name, 40)!r}; name one of [links] in config.toml{known},"
            " or write one, such as '{title} {page}'"
        )
    check_template(name)
    return name.encode("utf-8", "replace").decode()


def lines(items: Iterable[LinkItem], shape: Shape, base_for: BaseFor) -> Iterator[str]:
    """Give a list as lines without their ends, in the order of the files."""
    if shape.template:
        return template_rows(items, shape.template, base_for)
    rows = _rows(items, shape.columns, base_for)
    match shape.form:
        case Form.CSV:
            return csv_lines(_headed(shape.columns, rows), raw=shape.raw)
        case Form.JSON:
            return _json_lines(dict(zip(shape.columns, row, strict=True)) for row in rows)
        case Form.LINES:
            return ("\t".join("" if cell is None else clean(str(cell)) for cell in r) for r in rows)


def _rows(
    items: Iterable[LinkItem], columns: Sequence[str], base_for: BaseFor
) -> Iterator[list[Cell]]:
    cells = [COLUMNS[name] for name in columns]
    bases: dict[str, LinkBase] = {}
    for item in items:
        base = bases.get(item.account)
        if base is None:
            base = bases[item.account] = base_for(item.account)
        yield [cell(item, base) for cell in cells]


def _headed(columns: Sequence[str], rows: Iterator[list[Cell]]) -> Iterator[Sequence[Cell]]:
    yield columns
    yield from rows


def _json_lines(objects: Iterable[object]) -> Iterator[str]:
    """Give one array, an object a line; in plain ASCII, so that nothing in it acts on a screen."""
    before = "["
    for each in objects:
        if before != "[":
            before += ","
        yield before
        before = "  " + json.dumps(each).replace("\x7f", "\\u007f")
    if before == "[":
        yield "[]"
    else:
        yield from (before, "]")
