from __future__ import annotations

from textual.widgets import Input, Label

from tests.ui.conftest import Open, Session
from vhtui.ui.prompt import PromptLine


async def opened(session: Session, *keys: str) -> Input:
    await session.press(*keys)
    line = session.app.screen.query_one(PromptLine).query_one(Input)
    await session.until(lambda: line.has_focus, "a prompt")
    return line


def hint(session: Session) -> str:
    return str(session.app.screen.query_one("#hint", Label).render())


def is_fault(session: Session) -> bool:
    return session.app.screen.query_one("#hint", Label).has_class("-fault")


async def test_the_prompt_lists_what_may_be_typed_and_tab_goes_through_it(vhtui: Open) -> None:
    async with vhtui() as session:
        for key in "fs+-/":
            line = await opened(session, key)
            await session.until(lambda: "age>" in hint(session), "fields")
            await session.press(*"s")
            await session.until(lambda: hint(session) == "Tab: size>  state:", "both")
            await session.press("tab")
            assert line.value == "size>"
            await session.press("tab")
            assert line.value == "state:"
            await session.press("shift+tab")
            assert line.value == "size>"
            await session.press("escape")
            await session.until(lambda: session.app.focused is session.main.files.table, "closed")


async def test_folders_are_completed_in_the_middle_of_a_filter(vhtui: Open) -> None:
    async with vhtui() as session:
        folder = max(session.engine.store.all_folders("voe"), key=lambda row: row.path.count(" "))
        line = await opened(session, "f")
        line.value = f"x -in:{folder.path[:3]} or y"
        line.cursor_position = len(line.value) - len(" or y")
        words: list[str] = []
        while folder.path not in line.value:
            await session.press("tab")
            await session.until(lambda: line.value not in words, "another folder")
            words.append(line.value)
        written = f'"{folder.path}"' if " " in folder.path else folder.path
        assert line.value == f"x -in:{written} or y"


async def test_a_fault_is_only_mentioned_while_its_end_is_typed(vhtui: Open) -> None:
    async with vhtui() as session:
        line = await opened(session, "f", *"(views<")
        await session.until(lambda: "a value is missing" in hint(session), "mentioned")
        assert not is_fault(session)
        line.value = "(veiws<10 a)"
        await session.until(lambda: is_fault(session), "a fault")
        assert "did you mean views?" in hint(session)
        marks = line._value.spans
        assert [(mark.start, mark.end) for mark in marks] == [(1, 7)]
        line.value = "(views<10 a)"
        await session.until(lambda: not is_fault(session), "mended")
        assert not line._value.spans
        line.value = "(views<"
        await session.press("enter")
        await session.until(lambda: is_fault(session), "refused")


async def test_a_long_fault_leaves_room_to_type(vhtui: Open) -> None:
    async with vhtui(80, 24) as session:
        line = await opened(session, "f")
        line.value = "veiws<10 and more words"
        await session.sees("Filter veiws<10 and more words", "there is no field veiws")


async def test_the_command_line_completes_commands_and_what_they_take(vhtui: Open) -> None:
    async with vhtui() as session:
        line = await opened(session, ":", *"unm", "tab")
        assert line.value == "unmark "
        await session.press("escape")
        line = await opened(session, ":", *"trash")
        await session.until(lambda: "file.trash" in hint(session), "an action by a part of its id")
        line.value = ""
        await session.press(*"mark siz")
        await session.until(lambda: hint(session) == "Tab: size>", "fields")
        line.value = "mark size<x a"
        await session.until(lambda: is_fault(session), "a fault")
        assert [(mark.start, mark.end) for mark in line._value.spans] == [(10, 11)]
        line.value = ""
        await session.press(*"account ")
        await session.until(lambda: "illvid" in hint(session), "accounts")
        line.value = ""
        await session.press(*"cd /")
        await session.until(lambda: "Tab: /" in hint(session), "folders")


async def test_a_command_marks_and_unmarks(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.to_files()
        total = len(session.files())
        await opened(session, ":", *"mark size>0")
        await session.press("enter")
        table = session.main.files.table
        await session.until(lambda: table.mark_count == total, "marked")
        await opened(session, ":", *"unmark size>0")
        await session.press("enter")
        await session.until(lambda: not table.has_marks, "unmarked")


async def test_bookmarks_are_listed_removed_and_told_when_dead(vhtui: Open) -> None:
    async with vhtui() as session:
        folder = session.folders()[0]
        session.main.files.go("voe", folder.id)
        await session.until(lambda: session.main.files.spot.folder == folder.id, "there")
        await session.press("B", "a")
        await session.sees("Bookmark a set")
        await session.press("apostrophe")
        await session.sees(f"voe:{folder.path}")
        await session.press("a", "B", "a")
        await session.sees("Bookmark a removed")
        await session.press("apostrophe", "a")
        await session.sees("there is no bookmark a")
        await session.press("B", "b")
        await session.sees("Bookmark b set")
        await opened(session, ":", *"unbookmark b")
        await session.press("enter")
        await session.sees("Bookmark b removed")
        await session.engine.store.remember("bookmarks", '{"z": ["voe", "nosuch"]}')
        await session.press("apostrophe", "z")
        await session.sees("is gone")
