from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from textual import on
from textual.app import App, ComposeResult
from textual.message import Message
from typing_extensions import override

from vhtui.ui.widgets.row_table import Column, ListSource, RowTable

HOSTILE = [
    "Show [/] S01",
    "[@click=app.quit]x",
    "[HorribleSubs] a",
    "\x1b]52;c;aGk=\x07",
    "\x9b31mred",
    "a\x00b\nc\td",
    "\u202eevil",
    "\ud800",
    "\u0301\u0301",
    "\N{ZERO WIDTH JOINER}" * 5,
    "日本語" * 40,
    "x" * 10_000,
    "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}" * 9,
]


@dataclass(frozen=True)
class Video:
    id: int
    title: str = "Episode"
    state: str = "ok"


COLUMNS = (
    Column[Video]("name", "Name", lambda video: video.title),
    Column[Video]("size", "Size", lambda video: "1.4 GB", 8, "right", 4),
    Column[Video]("views", "Views", lambda video: str(video.id), 7, "right", 2),
    Column[Video](
        "state", "State", lambda video: video.state, 10, worth=100, style=lambda v: v.state
    ),
)


def videos(*ids: int) -> ListSource[Video]:
    return ListSource([Video(id, f"Episode {id}") for id in ids], key=lambda video: video.id)


class TableApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.table: RowTable[Video] = RowTable(COLUMNS, id="files", empty="no files here")
        self.heard: list[Message] = []

    @override
    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.focus()

    @on(RowTable.CursorMoved)
    @on(RowTable.Opened)
    @on(RowTable.MarksChanged)
    @on(RowTable.HeaderClicked)
    def hear(self, message: Message) -> None:
        self.heard.append(message)

    def last(self, kind: type[Message]) -> Any:
        return next(message for message in reversed(self.heard) if isinstance(message, kind))

    @property
    def lines(self) -> list[str]:
        return [self.table.render_line(y).text for y in range(self.table.size.height)]


class Endless:
    """A million rows that are made when they are asked for."""

    def __init__(self) -> None:
        self.asked = 0

    def __len__(self) -> int:
        return 1_000_000

    def window(self, start: int, stop: int) -> Sequence[Video]:
        self.asked += stop - start
        return [Video(id) for id in range(start, stop)]

    def key_at(self, position: int) -> int:
        return position

    def key_runs(self, start: int, stop: int) -> Iterable[Sequence[int]]:
        return (array("q", range(start, stop)),)

    def position(self, key: object) -> int | None:
        return key if isinstance(key, int) and 0 <= key < len(self) else None


async def test_the_header_the_rows_and_the_cursor_are_drawn() -> None:
    app = TableApp()
    async with app.run_test(size=(50, 6)) as pilot:
        app.table.show(videos(1, 2, 3))
        app.table.set_sort("name", True)
        await pilot.pause()
        assert app.lines == [
            " Name ▼                    Size   Views State     ",
            ">Episode 1               1.4 GB       1 ok        ",
            " Episode 2               1.4 GB       2 ok        ",
            " Episode 3               1.4 GB       3 ok        ",
            " " * 50,
            " " * 50,
        ]


async def test_an_empty_table_says_why() -> None:
    app = TableApp()
    async with app.run_test(size=(30, 5)) as pilot:
        await pilot.pause()
        assert app.lines[2].strip() == "no files here"
        app.table.set_empty("offline\n\x1b[2Jtry later")
        assert [line.strip() for line in app.lines[1:4]] == ["offline", "␛[2Jtry later", ""]


async def test_ascii_screens_get_ascii() -> None:
    app = TableApp()
    app.add_class("-ascii")
    async with app.run_test(size=(40, 8)) as pilot:
        app.table.show(ListSource([Video(1, "long name " * 9)], key=lambda video: video.id))
        app.table.set_sort("name", False)
        app.table.toggle_mark()
        await pilot.pause()
        assert all(line.isascii() for line in app.lines)
        assert app.lines[1].startswith("*")


async def test_cursor_and_marks_stay_with_their_keys() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.table
        table.show(videos(*range(100)))
        table.mark([3, 50, 7], True)
        table.go_to(50)
        await pilot.pause()
        on_line = [line[0] for line in app.lines].index("▌")
        table.show(videos(*range(200, 230), *range(100)))
        await pilot.pause()
        assert table.cursor == 80
        assert table.cursor_key == 50
        assert table.marked_keys() == [3, 7, 50]
        assert [line[0] for line in app.lines].index("▌") == on_line


async def test_marks_of_hidden_rows_come_back_and_are_not_worked_on() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.table
        table.show(videos(1, 2, 3, 4))
        table.mark([1, 3], True)
        table.show(videos(3, 4))
        await pilot.pause()
        assert table.selected_keys() == [3]
        assert app.last(RowTable.MarksChanged).count == 1
        table.show(videos(1, 2, 3, 4))
        assert table.selected_keys() == [1, 3]


async def test_the_cursor_of_a_vanished_row_goes_to_its_neighbour() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.table
        table.show(videos(*range(40)))
        table.go_to(20)
        table.show(videos(*range(5, 20), *range(23, 40)))
        assert table.cursor_key == 19
        table.show(videos(1, 2))
        table.end()
        table.show(videos(1))
        await pilot.pause()
        assert app.last(RowTable.CursorMoved).key == 1
        table.show(videos())
        await pilot.pause()
        assert table.cursor_row is None
        assert app.last(RowTable.CursorMoved).key is None


async def test_another_folder_starts_at_the_top_without_marks() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)):
        app.table.show(videos(*range(100)))
        app.table.mark_all()
        app.table.end()
        app.table.show(videos(*range(100)), restart=True)
        assert (app.table.cursor, app.table.scroll_offset.y) == (0, 0)
        assert app.table.marked_keys() == []


async def test_a_range_counts_as_marked_and_is_kept_when_it_ends() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.table
        table.show(videos(*range(10)))
        table.mark([0, 6], True)
        table.go_to(7)
        table.start_range()
        table.move(-3)
        await pilot.pause()
        assert app.last(RowTable.MarksChanged).count == 5
        assert table.marked_keys() == [0, 4, 5, 6, 7]
        table.end_range()
        assert not table.has_range
        table.invert_marks()
        assert table.marked_keys() == [1, 2, 3, 8, 9]
        table.clear_marks()
        assert table.selected_keys() == [table.cursor_key]


async def test_marking_steps_on() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)):
        app.table.show(videos(1, 2, 3))
        app.table.toggle_mark()
        app.table.toggle_mark()
        app.table.go_to(1)
        app.table.toggle_mark(step=False)
        assert app.table.marked_keys() == [2]


async def test_paging_and_the_rows_kept_around_the_cursor() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 11)):
        table = app.table
        table.show(videos(*range(100)))
        table.page(1)
        assert (table.cursor, table.scroll_offset.y) == (9, 2)
        table.page(1, half=True)
        assert table.cursor == 14
        table.page(-1)
        table.home()
        assert table.scroll_offset.y == 0
        table.end()
        assert (table.cursor, table.scroll_offset.y) == (99, 90)
        assert not table.go_to(1000)


async def test_a_million_rows_are_never_read_as_a_whole() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        source = Endless()
        app.table.show(source)
        app.table.end()
        await pilot.pause()
        assert app.lines[-1].startswith(">")
        assert source.asked < 500


async def test_a_cursor_move_paints_two_lines() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(videos(*range(100)))
        await pilot.pause()
        before = app.lines
        app.table.move(3)
        after = app.lines
        assert [y for y in range(24) if before[y] != after[y]] == [1, 4]


async def test_changed_rows_are_read_again() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        rows = [Video(id) for id in range(5)]
        app.table.show(ListSource(rows, key=lambda video: video.id))
        await pilot.pause()

        class Changed(ListSource[Video]):
            @override
            def window(self, start: int, stop: int) -> Sequence[Video]:
                return [replace(row, state="error") for row in super().window(start, stop)]

        app.table.show(Changed(rows, key=lambda video: video.id))
        await pilot.pause()
        assert app.lines[1].rstrip().endswith("error")


async def test_rows_that_vanished_leave_the_others_in_place() -> None:
    class Gone(ListSource[Video]):
        @override
        def window(self, start: int, stop: int) -> Sequence[Video]:
            return [row for row in super().window(start, stop) if row.id != 2]

    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(Gone([Video(id, f"Episode {id}") for id in (1, 2, 3)], key=lambda v: v.id))
        await pilot.pause()
        assert [line[1:10].strip() for line in app.lines[1:4]] == ["Episode 1", "", "Episode 3"]
        app.table.move(1)
        assert app.table.cursor_row is None


async def test_columns_go_by_worth_and_the_state_stays() -> None:
    app = TableApp()
    async with app.run_test(size=(44, 6)) as pilot:
        app.table.show(videos(1))
        await pilot.pause()
        assert app.lines[0].split() == ["Name", "Size", "State"]
        await pilot.resize_terminal(30, 6)
        assert app.lines[0].split() == ["Name", "State"]


async def test_it_works_at_any_size() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(videos(*range(50)))
        app.table.go_to(25)
        for width, height in ((1, 1), (2, 2), (10, 3), (200, 1), (80, 24)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            assert {app.table.render_line(y).cell_length for y in range(height)} == {width}
            assert app.lines[app.table.cursor - app.table.scroll_offset.y + (height > 2)][0] == ">"


async def test_the_mouse_moves_marks_opens_and_sorts() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.table
        table.show(videos(*range(100)))
        await pilot.click(table, offset=(5, 4))
        assert table.cursor_key == 3
        await pilot.click(table, offset=(5, 6), shift=True)
        assert table.marked_keys() == [3, 4, 5]
        await pilot.click(table, offset=(5, 5), control=True)
        assert table.marked_keys() == [3, 5]
        await pilot.click(table, offset=(5, 2), times=2)
        assert app.last(RowTable.Opened).key == 1
        await pilot.click(table, offset=(75, 0))
        assert app.last(RowTable.HeaderClicked).column_id == "state"


async def test_what_is_looked_for_is_highlighted() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(videos(1))
        app.table.find_highlight = "sode"
        await pilot.pause()
        marked = [s.text for s in app.table.render_line(1) if s.style and s.style.underline]
        assert marked == ["sode"]


STEPS: dict[str, Callable[[RowTable[Video]], None]] = {
    "down": lambda table: table.move(1),
    "up": lambda table: table.move(-1),
    "page": lambda table: table.page(1),
    "end": lambda table: table.end(),
    "home": lambda table: table.home(),
    "mark": lambda table: table.toggle_mark(),
    "range": lambda table: table.start_range(),
    "end of range": lambda table: table.end_range(),
    "invert": lambda table: table.invert_marks(),
    "fewer": lambda table: table.show(videos(*range(0, 40, 3))),
    "more": lambda table: table.show(videos(*range(40))),
    "none": lambda table: table.show(videos()),
    "find": lambda table: setattr(table, "find_highlight", "2"),
    "restart": lambda table: table.show(videos(*range(30)), restart=True),
}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.sampled_from(sorted(STEPS)), max_size=3), max_size=12))
async def test_what_is_painted_is_what_is_so(bursts: list[list[str]]) -> None:
    app = TableApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.table.show(videos(*range(40)))
        await pilot.pause()
        for burst in bursts:
            for step in burst:
                STEPS[step](app.table)
            painted = app.table.render_lines(app.table.size.region)
            app.table.reread()
            assert painted == [app.table.render_line(y) for y in range(12)]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=40), min_size=1, max_size=8))
async def test_hostile_titles_only_appear(titles: list[str]) -> None:
    app = TableApp()
    async with app.run_test(size=(40, 10)) as pilot:
        rows = [Video(id, title, title) for id, title in enumerate(titles)]
        app.table.show(ListSource(rows, key=lambda video: video.id))
        app.table.find_highlight = "a"
        app.table.mark_all()
        await pilot.pause()
        for y in range(10):
            strip = app.table.render_line(y)
            assert strip.cell_length == 40
            assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in strip.text)
            assert "\u202e" not in strip.text
