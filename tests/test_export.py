from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhtui.errors import UsageError
from vhtui.export import COLUMNS, Form, Shape, lines, parse_columns, template_named
from vhtui.links import DEFAULT_BASES, LinkBase, LinkItem
from vhtui.sheets import csv_lines

ITEM = LinkItem(code="abc", title="a/b", account="main", folder="/S", size=7, uploaded=0)


def base_for(account: str) -> LinkBase:
    return DEFAULT_BASES["voe"]


def written(shape: Shape, *items: LinkItem) -> str:
    return "\n".join(lines(items, shape, base_for))


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"])), max_size=4))
def test_json_is_one_document_of_harmless_characters(titles: list[str]) -> None:
    items = [LinkItem(code="c", title=title, account="a") for title in titles]
    text = written(Shape(form=Form.JSON, columns=("title",)), *items)
    assert json.loads(text) == [{"title": title} for title in titles]
    assert all(char == "\n" or 32 <= ord(char) < 127 for char in text)


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"))))
def test_raw_csv_comes_back_as_it_was(cells: list[str]) -> None:
    [line] = csv_lines([["", *cells]], raw=True)
    assert next(csv.reader(StringIO(line, newline=""))) == ["", *cells]


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_no_cell_of_a_csv_is_a_formula_or_has_control_characters(text: str) -> None:
    [line] = csv_lines([[text, -1, None]])
    [cell, number, nothing] = next(csv.reader([line]))
    assert not cell.startswith(("=", "+", "-", "@"))
    assert not any(ord(char) < 32 or ord(char) == 127 for char in cell)
    assert (number, nothing) == ("-1", "")


def test_every_column_has_its_value() -> None:
    row = json.loads(written(Shape(form=Form.JSON), ITEM))[0]
    assert list(row) == list(COLUMNS)
    assert (row["path"], row["uploaded"]) == ("/S/a／b", "1970-01-01T00:00:00Z")
    assert (row["size"], row["views"], row["page"]) == (7, None, "https://voe.sx/abc")


def test_lines_have_tabs_between_cells_that_do_nothing() -> None:
    hostile = LinkItem(code="c", title="a\tb\x1b[31m", account="a")
    text = written(Shape(form=Form.LINES, columns=("code", "title", "size")), hostile)
    assert text.count("\t") == 2 and "\x1b" not in text


def test_a_list_is_given_piece_by_piece() -> None:
    def endless() -> Iterator[LinkItem]:
        while True:
            yield ITEM

    for shape in (*(Shape(form=form) for form in Form), Shape(template="{n} {title}")):
        assert next(lines(endless(), shape, base_for))


def test_columns_are_read_and_mended() -> None:
    assert parse_columns("code, title size,code") == ("code", "title", "size")
    with pytest.raises(UsageError, match="did you mean title"):
        parse_columns("titel")
    with pytest.raises(UsageError, match="embed"):
        parse_columns(" ")


def test_a_template_is_named_or_written() -> None:
    assert template_named("forum", {"forum": "{title}"}) == "{title}"
    assert template_named("{views} {account}", {}) == "{views} {account}"
    with pytest.raises(UsageError, match="forum"):
        template_named("other", {"forum": "{title}"})
    with pytest.raises(UsageError, match="unknown field"):
        template_named("{nothing}", {})
