from __future__ import annotations

import pytest
from textual.widgets import Button, Input

from tests.ui.conftest import Open, Session
from vhtui.ui.row_editor import RowEditor
from vhtui.ui.screens.dialogs import Confirm
from vhtui.ui.screens.picker import Picker


async def history(session: Session, operation: str) -> list[str]:
    return [group.title for group in session.engine.journal.groups() if operation in group.title]


async def test_a_folder_is_entered_and_left_onto_where_it_was(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.press("j")
        folder = session.folders()[1]
        await session.press("enter")
        await session.until(lambda: session.main.files.spot.folder == folder.id, "in")
        await session.sees(folder.path)
        await session.press("h")
        await session.until(lambda: session.main.files.table.cursor_key == folder.id, "out")
        await session.press("H")
        await session.until(lambda: session.main.files.spot.folder == folder.id, "back")
        await session.press("L")
        await session.until(lambda: session.main.files.spot.folder == "0", "forward")


async def test_a_rename_edits_the_raw_title_in_place(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        await session.press("r")
        await session.until(lambda: isinstance(session.app.focused, RowEditor), "editing")
        editor = session.app.focused
        assert isinstance(editor, RowEditor)
        assert editor.value == file.title
        await session.press(*"XY", "enter")
        stem, _, extension = file.title.rpartition(".")
        wanted = f"{stem}XY.{extension}"

        def title() -> str | None:
            row = session.engine.store.file(file.id)
            return row.title if row else None

        await session.until(lambda: title() == wanted, "renamed")
        await session.until(lambda: session.app.focused is session.main.files.table)
        await session.press("u")
        await session.until(lambda: title() == file.title, "undone")


async def test_tab_saves_and_takes_the_next_file(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.to_file()
        second = session.files()[1]
        await session.press("r", "Z", "tab")
        await session.until(
            lambda: (
                isinstance(session.app.focused, RowEditor)
                and session.app.focused.value == second.title
            ),
            "the next",
        )
        await session.press("escape")
        await session.until(lambda: session.app.focused is session.main.files.table)


async def test_a_bad_title_is_refused_with_a_sentence(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.to_file()
        await session.press("r")
        await session.until(lambda: isinstance(session.app.focused, RowEditor))
        assert isinstance(session.app.focused, Input)
        session.app.focused.value = "  "
        await session.press("enter")
        await session.sees("cannot be empty")
        assert isinstance(session.app.focused, RowEditor)
        assert not session.engine.journal.groups()


async def test_the_trash_takes_what_is_marked_and_undo_brings_it_back(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.to_file()
        before = {file.id for file in session.files()}
        marked = [file.id for file in session.files()[:2]]
        await session.press("space", "space", "d")
        await session.until(lambda: {f.id for f in session.files()} == before - set(marked), "gone")
        await session.sees("u undo")
        await session.press("u")
        await session.until(lambda: {f.id for f in session.files()} == before, "back")


async def test_cut_and_paste_moves(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        await session.press("x")
        await session.sees("1 file cut")
        session.main.files.go("voe", "0")
        await session.until(lambda: session.main.files.spot.folder == "0")
        await session.press("p")

        def folder() -> str | None:
            row = session.engine.store.file(file.id)
            return row.folder if row else None

        await session.until(lambda: folder() == "0", "moved")


async def test_move_offers_to_create_a_folder(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        await session.press("m")
        await session.until(lambda: isinstance(session.app.screen, Picker), "picker")
        await session.press(*"qqqq")
        await session.sees("create ‘qqqq’")
        await session.press("enter")

        def path() -> str:
            row = session.engine.store.file(file.id)
            return session.engine.store.folder_path("voe", row.folder) if row else ""

        await session.until(lambda: path().endswith("/qqqq"), "moved")


async def test_delete_shows_the_frozen_list_and_starts_on_cancel(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        await session.press("D")
        await session.until(lambda: isinstance(session.app.screen, Confirm), "asked")
        await session.sees(file.code, "cannot be undone", "for good")
        assert isinstance(session.app.focused, Button)
        assert session.app.focused.id == "no"
        await session.press("enter")
        await session.until(lambda: session.app.screen is session.main)
        assert not session.engine.journal.groups()
        await session.press("D")
        await session.until(lambda: isinstance(session.app.screen, Confirm), "asked again")
        await session.press("l", "enter")
        await session.until(lambda: session.engine.store.file(file.id) is None, "deleted")


async def test_above_twenty_files_the_number_is_typed(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.to_files()
        count = len(session.files())
        assert count > 20
        await session.press("ctrl+a", "D")
        await session.until(lambda: isinstance(session.app.screen, Confirm), "asked")
        yes = session.app.screen.query_one("#yes", Button)
        assert yes.disabled
        await session.sees("Type", "Cancel")
        await session.press(*str(count))
        await session.until(lambda: not yes.disabled, "typed")
        await session.press("escape")
        await session.until(lambda: session.app.screen is session.main)
        assert not session.engine.journal.groups()


async def test_a_new_folder_appears_at_once(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.press("a", "f", *"New one", "enter")
        await session.until(
            lambda: any(folder.title == "New one" for folder in session.folders()), "made"
        )


async def test_the_filter_acts_while_typing_and_keeps_the_last_good_one(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        total = len(session.files())
        await session.press("f")
        prompt = session.app.screen.query_one("#prompt Input", Input)
        await session.until(lambda: prompt.has_focus)
        prompt.value = f"code:{file.code}"
        await session.until(lambda: [f.id for f in session.files()] == [file.id], "filtered")
        prompt.value = f"size> code:{file.code}"
        await session.until(lambda: bool(session.app.screen.query("#hint.-fault")))
        assert [f.id for f in session.files()] == [file.id]
        await session.press("escape")
        await session.until(lambda: len(session.files()) == total, "all again")


async def test_search_and_sort_and_find(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.to_files()
        await session.press("comma", "S")
        count = len(session.files())
        await session.until(
            lambda: (
                [f.size for f in session.files()]
                == sorted((f.size or 0 for f in session.files()), reverse=True)
            ),
            "sorted",
        )
        last = session.files()[-1]
        await session.press("slash")
        prompt = session.app.screen.query_one("#prompt Input", Input)
        await session.until(lambda: prompt.has_focus)
        prompt.value = f"code:{last.code}"
        await session.press("enter")
        await session.until(lambda: session.main.files.table.cursor_key == last.id, "found")
        await session.press("s")
        await session.until(lambda: prompt.has_focus)
        prompt.value = "size>0"
        await session.press("enter")
        await session.until(lambda: session.main.files.spot.folder is None, "searched")
        await session.until(lambda: len(session.files()) >= count, "found")
        await session.sees("search: size>0")
        await session.press("escape", "escape")
        await session.until(lambda: session.main.files.spot.folder not in (None, "0"), "back")


async def test_links_are_copied(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        await session.press("y")
        await session.until(session.copied.exists, "copied")
        assert session.copied.read_text() == f"https://voe.sx/e/{file.code}"
        await session.press("space", "space", "c", "c")
        codes = [each.code for each in session.files()[:2]]
        await session.until(lambda: sorted(session.copied.read_text().split()) == sorted(codes))


async def test_a_file_goes_back_from_the_trash_to_where_it_was(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        await session.press("d")

        def folder() -> str:
            row = session.engine.store.file(file.id)
            assert row is not None
            return session.engine.store.folder_path("voe", row.folder)

        await session.until(lambda: folder() == "/vhtui-trash", "trashed")
        await session.until(lambda: not session.engine.journal.summary().open, "done")
        trash = session.engine.store.find_folder("voe", "/vhtui-trash")
        assert trash is not None
        session.main.files.go("voe", trash.id)
        await session.until(lambda: [row.id for row in session.files()] == [file.id], "in it")
        session.main.files.table.go_to(file.id)
        await session.press("g", "r")
        await session.until(lambda: not session.files(), "restored")
        row = session.engine.store.file(file.id)
        assert row is not None and row.folder == file.folder


async def test_a_path_typed_after_m_is_made_folder_by_folder(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        await session.press("m")
        await session.until(lambda: isinstance(session.app.screen, Picker), "picker")
        await session.press(*"/New/Deep er", "enter")

        def moved() -> bool:
            row = session.engine.store.file(file.id)
            assert row is not None
            return session.engine.store.folder_path("voe", row.folder) == "/New/Deep er"

        await session.until(moved, "moved")
        await session.until(lambda: not session.engine.journal.summary().open, "made")
        assert [f.title for f in session.engine.store.all_folders("voe") if "/" in f.title] == []


async def test_a_jump_to_no_folder_says_so_and_goes_nowhere(vhtui: Open) -> None:
    async with vhtui(80, 24) as session:
        await session.press("z", *"qzqzqz")
        await session.sees("nothing has these letters")
        await session.press("enter")
        assert isinstance(session.app.screen, Picker)
        await session.press("escape", "s")
        await session.sees("Search all of voe")


async def test_folders_that_are_left_out_are_counted(vhtui: Open) -> None:
    async with vhtui(120, 30) as session:
        await session.press("ctrl+a", "x")
        folders = len(session.folders())
        await session.sees(f"{folders} folders left out: VOE cannot move or delete folders")


@pytest.mark.parametrize("width", [80, 150, 200])
async def test_the_folders_are_on_screen_while_the_keyboard_is_in_them(
    vhtui: Open, width: int
) -> None:
    async with vhtui(width, 40) as session:
        tree = session.main.folder_tree
        await session.press("tab")
        await session.until(lambda: tree.has_focus and tree.region.width >= 30, "the folders")
        assert tree in session.app.screen._compositor.visible_widgets
        await session.press("tab")
        await session.until(lambda: not tree.has_focus, "the table again")
        await session.until(lambda: tree.display == (width >= 140), "as it was")
