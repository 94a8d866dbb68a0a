from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.widget import Widget
from typing_extensions import override

from vhtui.models import JobGroup, JobKind
from vhtui.ui.widgets.details import Details
from vhtui.ui.widgets.jobs_dock import JobsDock, JobsLine
from vhtui.ui.widgets.key_list import KeyFooter, KeyHint, KeyList
from vhtui.ui.widgets.status import MessageLine, StatusLine, TitleBar

ATTACKS = ["[/]", "\x1b]0;x\x07", "\x9b2J", "[@click=app.quit]"]


class OneWidget(App[None]):
    CSS = "Screen { layers: base keys; }"

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self.widgets = widgets

    @override
    def compose(self) -> ComposeResult:
        yield from self.widgets


def lines(widget: Widget) -> list[str]:
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


def group(**fields: int | bool) -> JobGroup:
    known: dict[str, Any] = {"id": 1, "total": 37, "done": 12, **fields}
    return JobGroup(
        account="main",
        title="Move 37 files to Season 02",
        kind=JobKind.MOVE,
        created=1,
        **known,
    )


async def test_the_title_bar_cuts_the_path_in_the_middle() -> None:
    bar = TitleBar()
    async with OneWidget(bar).run_test(size=(60, 5)) as pilot:
        bar.show("main", "VOE", "/Series/Season 01", filter="dark", badges=["read-only"])
        await pilot.pause()
        assert lines(bar) == ["main VOE  /Series/Season 01  filter: dark          read-only"]
        await pilot.resize_terminal(45, 5)
        await pilot.pause()
        assert lines(bar) == ["main VOE  /Ser…son 01  filter: dark read-only"]
        await pilot.resize_terminal(10, 5)
        await pilot.pause()
        assert lines(bar) == ["main VOE …"]


async def test_the_status_line_says_how_things_stand() -> None:
    line = StatusLine()
    async with OneWidget(line).run_test(size=(60, 5)) as pilot:
        line.show("300 files", marked="3 marked, 2 GB", jobs="2 jobs", connection="offline")
        await pilot.pause()
        assert lines(line)[0][:37] == "300 files  3 marked, 2 GB  2 jobs" + " " * 4
        assert lines(line)[0].endswith(" offline")
        line.show("300 files", jobs="2 jobs wait, 1 failed", connection="a long trouble" * 5)
        await pilot.pause()
        assert lines(line)[0].rstrip() == "300 files  2 jobs wait, 1 failed"


async def test_a_message_has_its_level_as_a_word() -> None:
    line = MessageLine()
    async with OneWidget(line).run_test(size=(60, 5)) as pilot:
        line.show("Moved 37 files to Season 02", undo="u undo")
        await pilot.pause()
        assert lines(line) == ["Moved 37 files to Season 02 - u undo"]
        line.show("no such folder", level="error")
        assert lines(line) == ["error: no such folder"]
        line.clear()
        assert lines(line) == [""]


async def test_details_go_on_in_the_next_line() -> None:
    details = Details()
    async with OneWidget(details).run_test(size=(32, 10)) as pilot:
        details.show([("Title", "A long title that goes on, S01E07"), ("Code", "abc")])
        await pilot.pause()
        assert lines(details)[:3] == [
            "Title  A long title that goes",
            "       on, S01E07",
            "Code   abc",
        ]
        await pilot.resize_terminal(14, 10)
        await pilot.pause()
        assert lines(details)[:2] == ["Title", " A long"]
        details.show_empty("nothing chosen")
        assert lines(details)[0] == "nothing"


async def test_jobs_show_how_far_they_are() -> None:
    line, dock = JobsLine(), JobsDock()
    async with OneWidget(line, dock).run_test(size=(70, 12)) as pilot:
        line.show(group(failed=2))
        dock.show([group(id=number, done=37) for number in range(10)])
        await pilot.pause()
        assert "14/37  [###.......] running, 2 failed" in lines(line)[0]
        assert lines(dock)[0].endswith("37/37  [##########] done")
        assert lines(dock)[-1] == "and 3 more"
        dock.show([group(paused=True), group(done=35, failed=2), group(done=37, undone=True)])
        assert [row.split("] ")[1] for row in lines(dock)[:3]] == ["paused", "2 failed", "undone"]
        line.show(None)
        assert lines(line) == [""]


async def test_the_footer_shows_help_first_and_only_what_works() -> None:
    footer = KeyFooter()
    async with OneWidget(footer).run_test(size=(34, 5)) as pilot:
        footer.show(
            [
                KeyHint("d", "trash", False),
                KeyHint("y", "copy link"),
                KeyHint("?", "help"),
                KeyHint("r", "rename"),
                KeyHint("m", "move to a folder"),
            ]
        )
        await pilot.pause()
        assert lines(footer) == ["? help  y copy link  r rename"]


async def test_the_second_keys_are_listed_with_reasons() -> None:
    keys = KeyList()
    async with OneWidget(Details(), keys).run_test(size=(40, 10)) as pilot:
        assert not keys.display
        keys.show([KeyHint("l", "link"), KeyHint("ctrl+e", "embed", False, "none")], title="copy")
        await pilot.pause()
        assert lines(keys) == ["copy", " l       link", " ctrl+e  embed - none"]
        assert keys.region.bottom == 10
        keys.show([])
        await pilot.pause()
        assert not keys.display


@settings(max_examples=12, deadline=None)
@given(
    st.text(max_size=80), st.sampled_from(["[/]", "\x1b]0;x\x07", "\x9b2J", "[@click=app.quit]"])
)
async def test_hostile_words_only_appear(text: str, attack: str) -> None:
    words = attack + text
    title, status, message = TitleBar(), StatusLine(), MessageLine()
    details, footer, keys = Details(), KeyFooter(), KeyList()
    widgets = (title, status, message, footer, details, keys)
    async with OneWidget(*widgets).run_test(size=(40, 12)) as pilot:
        title.show(words, words, words, filter=words, badges=[words])
        status.show(words, marked=words, jobs=words, connection=words)
        message.show(words, level="warning", undo=words)
        details.show([(words, words), ("", words)])
        footer.show([KeyHint("x", words)])
        keys.show([KeyHint(words, words)], title=words)
        await pilot.pause()
        for widget in widgets:
            for y in range(widget.size.height):
                strip = widget.render_line(y)
                assert strip.cell_length == widget.size.width
                assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in strip.text)
