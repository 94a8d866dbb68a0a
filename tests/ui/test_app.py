from __future__ import annotations

import json
from pathlib import Path

import pytest
from textual.events import Resize
from textual.filter import Monochrome, NoColor
from textual.geometry import Size
from textual.widgets import Input
from textual.worker import WorkerFailed

from tests.ui.conftest import Open
from vhtui.models import Capability
from vhtui.ui.keymap import ACTIONS, PREMIUM_ACTIONS, Place
from vhtui.ui.screens.dialogs import Confirm
from vhtui.ui.screens.help import Help
from vhtui.ui.widgets.folder_tree import FolderTree


async def test_every_action_has_a_handler_and_no_handler_is_left_over(vhtui: Open) -> None:
    async with vhtui(listed=False) as session:
        studio = {Place.STUDIO, Place.PATTERN}
        actions = (*ACTIONS, *PREMIUM_ACTIONS)
        here = {action.id for action in actions if action.places - studio}
        while session.main.parts.load_next():
            pass
        assert set(session.main.dispatcher.handlers) == here


@pytest.mark.parametrize(("width", "height"), [(1, 1), (20, 5), (59, 19), (300, 80)])
async def test_any_size_is_survived(vhtui: Open, width: int, height: int) -> None:
    async with vhtui(width, height) as session:
        await session.press("j", "space", "i", "w", "q", "tab", "escape")


async def test_a_small_terminal_shows_nineteen_rows_with_their_state(vhtui: Open) -> None:
    async with vhtui(80, 24) as session:
        await session.sees("Name", "Length", "Size", "Views", "State")
        table = session.main.files.table
        assert table.size.height - 1 == 19
        assert not session.main.folder_tree.display


async def test_a_large_terminal_shows_folders_and_details(vhtui: Open) -> None:
    async with vhtui(200, 50) as session:
        file = await session.to_file()
        await session.sees("Uploaded", "Code", file.code, "https://voe.sx/")
        assert session.main.folder_tree.display


async def test_details_over_the_table_stand_beside_it_in_a_wider_terminal(vhtui: Open) -> None:
    async with vhtui(80, 24) as session:
        await session.to_file()
        await session.press("i")
        await session.until(lambda: session.main.details.display, "details over the table")
        size = Size(120, 40)
        session.app.post_message(Resize(size, size))
        await session.until(
            lambda: session.main.files.table.region.right <= session.main.details.region.x,
            "beside it",
        )
        await session.press("escape")
        assert session.main.details.display


async def test_the_list_of_second_keys_opens_after_a_moment(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.press("c")
        await session.sees("embed links", "Markdown")
        await session.press("escape")
        await session.until(lambda: "embed links" not in session.screen_text())


async def test_what_the_host_cannot_do_says_why(vhtui: Open) -> None:
    async with vhtui() as session:
        reason = session.engine.cannot("illvid", Capability.MOVE_FILE)
        assert reason
        await session.press("right_square_bracket")
        await session.sees("ledger", "lists nothing")
        await session.press("d")
        await session.sees(reason[:30])


async def test_help_lists_the_keys_of_the_place_and_the_filter_language(vhtui: Open) -> None:
    async with vhtui(100, 170) as session:
        await session.press("question_mark")
        await session.until(lambda: isinstance(session.app.screen, Help))
        await session.sees("Rename in place", "file.rename", "size>1g")
        await session.press("escape", "3", "question_mark")
        await session.sees("Keys in Remote uploads", "remote.restart")


async def test_lines_of_the_help_that_are_broken_go_on_below_their_words(vhtui: Open) -> None:
    async with vhtui(80, 170) as session:
        await session.press("question_mark")
        await session.until(lambda: isinstance(session.app.screen, Help))
        await session.sees(f"│ {'':<15}account.sync", f"│ {'':<33}quotes also search")


async def test_the_palette_finds_actions(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.press("ctrl+p", *"log")
        await session.sees("What happened")
        await session.press("enter", "enter")
        await session.until(lambda: session.main.panel.place is Place.LOG, "log")


async def test_the_command_line_takes_commands_and_refuses_others(vhtui: Open) -> None:
    async with vhtui() as session:
        folder = session.folders()[0]
        await session.press("colon", *"nope", "enter")
        await session.sees("no command")
        await session.press("escape", "colon")
        await session.until(lambda: isinstance(session.app.focused, Input))
        session.app.screen.query_one("#prompt Input", Input).value = f"cd {folder.path}"
        await session.press("enter")
        await session.until(lambda: session.main.files.spot.folder == folder.id, "cd")


async def test_ctrl_c_never_quits(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.press("ctrl+c")
        await session.sees("q quits")
        assert session.app.is_running


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_quitting_asks_while_jobs_wait(vhtui: Open, key: str) -> None:
    async with vhtui() as session:
        await session.engine.pause_all()
        file = await session.to_file()
        receipt = await session.engine.rename("voe", [(file.id, "Another.mp4")])
        await session.engine.pause(receipt.group)
        if not session.engine.journal.summary().open:
            pytest.skip("the job was faster")
        await session.press(key)
        await session.until(lambda: isinstance(session.app.screen, Confirm), "asked")
        await session.press("escape")
        await session.until(lambda: session.app.screen is session.main)
        assert session.app.is_running


async def test_a_crash_leaves_a_report_without_any_value(vhtui: Open, tmp_path: Path) -> None:
    async def fail() -> None:
        key = "canary-4711"
        raise RuntimeError(f"GET https://host/?key={key}")

    with pytest.raises(WorkerFailed):
        async with vhtui(listed=False) as session:
            session.app.run_worker(fail())
            await session.until(lambda: session.app.has_crashed)
            assert not session.app._exit_renderables
    report = (tmp_path / "crash.txt").read_text()
    assert "in fail" in report
    assert "canary" not in report


async def test_q_closes_a_panel_first(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.press("w")
        await session.until(lambda: session.main.panel.place is Place.JOBS)
        await session.press("q")
        await session.until(lambda: session.main.panel.place is Place.FILES)
        await session.press("q")
        await session.until(lambda: not session.app.is_running, "left")


async def test_tab_goes_to_the_folders_and_enter_shows_one(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.press("tab")
        await session.until(lambda: isinstance(session.app.focused, FolderTree))
        await session.press("j", "enter")
        await session.until(lambda: session.main.files.spot.folder != "0", "went")
        assert session.app.focused is session.main.files.table


async def test_bookmarks_are_kept(vhtui: Open) -> None:
    async with vhtui() as session:
        folder = session.folders()[0]
        await session.press("j", "k", "enter")
        await session.until(lambda: session.main.files.spot.folder == folder.id)
        await session.press("B", "m")
        await session.sees("Bookmark m set")
        await session.press("h")
        await session.until(lambda: session.main.files.spot.folder == "0")
        await session.press("apostrophe", "m")
        await session.until(lambda: session.main.files.spot.folder == folder.id)
        kept = session.engine.store.setting("bookmarks")
        assert kept and json.loads(kept) == {"m": ["voe", folder.id]}


async def test_no_color_leaves_the_terminals_own_colours(
    vhtui: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with vhtui() as session:
        filters = session.app.get_line_filters()
        assert any(isinstance(each, NoColor) for each in filters)
        assert not any(isinstance(each, Monochrome) for each in filters)
