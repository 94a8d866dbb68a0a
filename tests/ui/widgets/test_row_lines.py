from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from vhtui.ui.cells import cell_width
from vhtui.ui.columns import FILE_COLUMNS
from vhtui.ui.widgets.row_lines import Line, changed_span, fit, found_in
from vhtui.ui.widgets.row_source import Column

COLUMNS = (
    Column[str]("name", "Name", str),
    Column[str]("size", "Size", str, 8, "right", 4),
    Column[str]("views", "Views", str, 7, "right", 2),
    Column[str]("state", "State", str, 10, worth=100),
)


def test_the_least_worth_columns_go_until_the_name_has_its_cells() -> None:
    shown = {
        width: [(column.id, cells) for column, cells in fit(COLUMNS, width).columns]
        for width in (60, 44, 35, 5)
    }
    assert shown == {
        60: [("name", 31), ("size", 8), ("views", 7), ("state", 10)],
        44: [("name", 23), ("size", 8), ("state", 10)],
        35: [("name", 23), ("state", 10)],
        5: [("name", 0), ("state", 10)],
    }


def test_columns_go_before_the_titles_of_videos_cannot_be_told_apart() -> None:
    shown = {
        width: [column.id for column, _ in fit(FILE_COLUMNS, width).columns]
        for width in (117, 84, 80, 60)
    }
    assert shown == {
        117: ["name", "length", "size", "views", "uploaded", "code", "state"],
        84: ["name", "length", "size", "views", "state"],
        80: ["name", "length", "size", "views", "state"],
        60: ["name", "size", "state"],
    }


def test_a_cell_belongs_to_its_column() -> None:
    layout = fit(COLUMNS, 60)
    found = [layout.column_at(x) for x in (0, 1, 33, 59)]
    assert [column.id if column else None for column in found] == [None, "name", "size", "state"]


def test_finding_folds_case_and_keeps_the_places() -> None:
    assert found_in("Straße STRASSE", "strasse") == [(0, 6), (7, 14)]


def line_of(texts: list[str], style: Style) -> Line:
    pieces = tuple(Segment(text, style) for text in texts)
    widths = tuple(cell_width(text) for text in texts)
    return Line(pieces, widths, Strip(pieces, sum(widths)))


cells = st.lists(st.text("ab日", min_size=3, max_size=3), min_size=1, max_size=3)


@settings(max_examples=100, deadline=None)
@given(cells, cells, st.booleans())
def test_outside_the_changed_span_two_lines_are_equal(
    was: list[str], now: list[str], bold: bool
) -> None:
    old, new = line_of(was, Style()), line_of(now, Style(bold=bold))
    span = changed_span(old, new)
    if span is None:
        assert (was, bold) == (now, False)
        return
    start, stop = span
    assert start < stop
    width = new.strip.cell_length
    assert old.strip.crop(0, start) == new.strip.crop(0, start)
    assert stop >= width or old.strip.crop(stop, width) == new.strip.crop(stop, width)
