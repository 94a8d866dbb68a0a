"""What is written, shown by a terminal emulator, is what was wanted: whatever changed how."""

from __future__ import annotations

import random

import pyte
import pytest

from vhtui.ui.paint.cells import (
    BLANK,
    Row,
    blank_pen,
    blank_row,
    cells_of,
    changed_runs,
    is_steady,
    plain_pen,
)
from vhtui.ui.paint.scroll import Scroll, find_scroll
from vhtui.ui.paint.wide import wide_cells
from vhtui.ui.paint.writer import Writer

WIDTH, HEIGHT = 60, 20
PENS = ("", "1", "7", "1;34", "33;44", "4;31", "1;38;2;1;2;3", "48;5;17")
WORDS = ("The.Harbour", "S01E02", "     ", "          ", "日本語", "한국", "é…▌", "ok", "💾x", "❤a")


def some_row(chance: random.Random) -> Row:
    row: Row = []
    while len(row) < WIDTH:
        row += wide_cells(chance.choice(WORDS), chance.choice(PENS))
    row = row[:WIDTH]
    if not is_steady(row[-1:]) or wide_cells(row[-1][0], "")[1:]:
        row[-1] = BLANK  # it would be half outside
    return row


class Screen:
    """A terminal that is written to."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.screen.reset_mode(pyte.modes.DECAWM)
        self._stream = pyte.Stream(self.screen)
        self.rows = [blank_row(WIDTH)] * HEIGHT

    def turn(self, rows: list[Row], *, scrolls: bool = True, erases: bool = True) -> str:
        writer = Writer(WIDTH, erases=erases)
        old = self.rows
        if scrolls and (scroll := find_scroll(old, rows)):
            writer.raw(scroll.sequence())
            old = scroll.apply(old)
        for y in range(HEIGHT):
            writer.turn(y, old[y], rows[y])
        text = writer.finish()
        self._stream.feed(text)
        self.rows = rows
        return text

    def seen(self) -> list[list[tuple[object, ...]]]:
        """Return what can be seen in every cell: of a blank only its background and its lines."""
        return [[_seen(self.screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def _seen(char: pyte.screens.Char) -> tuple[object, ...]:
    if char.data == " " and not char.reverse:
        return (" ", char.bg, char.underscore)
    return (*char[:4], char.underscore, char.reverse)


def painted_whole(rows: list[Row]) -> Screen:
    screen = Screen()
    screen.rows = [[("\0", "")] * WIDTH] * HEIGHT
    screen.turn(rows, scrolls=False, erases=False)
    return screen


@pytest.mark.parametrize("scrolls", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_random_changes_end_in_what_was_wanted(seed: int, scrolls: bool) -> None:
    chance = random.Random(seed)
    screen = Screen()
    rows = [some_row(chance) for _ in range(HEIGHT)]
    for _ in range(60):
        screen.turn(rows, scrolls=scrolls, erases=chance.random() < 0.8)
        assert screen.seen() == painted_whole(rows).seen()
        rows = changed(rows, chance)


def changed(rows: list[Row], chance: random.Random) -> list[Row]:
    rows = rows.copy()
    if chance.random() < 0.5:
        top = chance.randrange(HEIGHT - 8)
        scroll = Scroll(top, chance.randrange(top + 6, HEIGHT), chance.choice([-3, -2, -1, 1, 2]))
        rows = scroll.apply(rows)
    for _ in range(chance.randrange(4)):
        y = chance.randrange(HEIGHT)
        rows[y] = some_row(chance) if chance.random() < 0.5 else blank_row(WIDTH)
    return rows


@pytest.mark.parametrize("by", [1, -1, 4, -5])
def test_rows_that_moved_are_scrolled(by: int) -> None:
    rows = [cells_of(f"file {n:04} and its size {n * 7:9}".ljust(WIDTH), "") for n in range(40)]
    screen = Screen()
    screen.turn(rows[10 : 10 + HEIGHT])
    text = screen.turn(rows[10 + by : 10 + by + HEIGHT])
    assert text.startswith("\x1b[1;20r")
    assert len(text) < 40 + 50 * abs(by)


def test_what_stands_beside_the_rows_is_weighed() -> None:
    left = [cells_of(f" {n:03}".ljust(8), "") for n in range(HEIGHT + 1)]
    beside = [cells_of(chr(65 + n) * (WIDTH - 8), "") for n in range(HEIGHT)]
    old = [a + b for a, b in zip(left, beside, strict=False)]
    new = [a + b for a, b in zip(left[1:], beside, strict=True)]
    assert find_scroll(old, new) is None


def test_a_cursor_move_writes_two_rows_and_no_more() -> None:
    texts = [f" The.Harbour.S01E{n:02}.1080p  700 MB  ok".ljust(WIDTH) for n in range(HEIGHT)]
    before = [cells_of(text, "7" if n == 3 else "") for n, text in enumerate(texts)]
    after = [cells_of(text, "7" if n == 4 else "") for n, text in enumerate(texts)]
    screen = Screen()
    screen.turn(before)
    assert len(screen.turn(after)) < 2 * WIDTH + 20


def test_the_next_line_is_reached_by_the_shortest_way() -> None:
    writer = Writer(WIDTH, erases=True)
    old = cells_of("a" * WIDTH, "")
    for y in (11, 12, 13):
        changed = [*old[:9], ("b", ""), *old[10:19], ("c", ""), *old[20:]]
        writer.turn(y, old, changed)
    step = "\x1b[9Cc\x1bD\x1b[11Db"
    assert writer.finish() == f"\x1b[12;10Hb{step}{step}\x1b[9Cc"


def test_nothing_is_written_for_what_is_there() -> None:
    chance = random.Random(1)
    rows = [some_row(chance) for _ in range(HEIGHT)]
    screen = Screen()
    screen.turn(rows)
    assert screen.turn([row.copy() for row in rows]) == ""


def test_a_run_never_parts_a_wide_character() -> None:
    old = wide_cells("a日本b", "")
    assert changed_runs(old, [*wide_cells("aX本bc", "")[:5], BLANK]) == [(1, 6)]
    assert changed_runs(old, wide_cells("a日語b", "")) == [(3, 5)]


def test_a_row_of_doubtful_widths_is_written_whole() -> None:
    old, new = wide_cells("❤ heart 1", ""), wide_cells("❤ heart 2", "")
    assert changed_runs(old, new) == [(0, len(new))]


@pytest.mark.parametrize(
    ("pen", "on_blank", "plain"),
    [
        ("", "", ""),
        ("1;34", "", "1;34"),
        ("39;49", "49", ""),
        ("38;5;49;48;5;39", "48;5;39", "38;5;49;48;5;39"),
        ("1;38;2;7;39;49", "", "1;38;2;7;39;49"),
        ("7;34", "7;34", "7;34"),
        ("4;31;44", "4;44", "4;31;44"),
    ],
)
def test_pens(pen: str, on_blank: str, plain: str) -> None:
    assert blank_pen(pen) == on_blank
    assert plain_pen(pen) == plain
