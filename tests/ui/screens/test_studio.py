from __future__ import annotations

import json

from textual.widgets import Input, TextArea

from tests.ui.conftest import Open, Session
from vhtui.models import FileRow
from vhtui.ui.keymap import Place
from vhtui.ui.screens.help import Help
from vhtui.ui.screens.paste_text import PasteText
from vhtui.ui.screens.studio import Studio
from vhtui.ui.widgets.pattern_line import ChoiceField


async def opened(session: Session) -> Studio:
    """The studio on all files of the fullest folder."""
    await session.to_files()
    await session.press("R")
    await session.until(lambda: isinstance(session.app.screen, Studio), "open")
    studio = session.app.screen
    assert isinstance(studio, Studio)
    await session.until(lambda: studio.is_mounted and isinstance(studio.focused, Input), "ready")
    return studio


def field(studio: Studio, name: str) -> Input:
    return studio.query_one(f"#{studio.line.mode.name}-{name}", Input)


def new_titles(studio: Studio) -> list[str]:
    return [step.new_title for step in studio.planned.steps]


async def numbered(session: Session, studio: Studio) -> list[FileRow]:
    """Every title gets a number before it."""
    files = session.files()
    await session.press("f6")
    await session.until(lambda: len(studio.planned.titles) == len(files), "planned")
    return files


def all_titles(session: Session, files: list[FileRow]) -> list[str]:
    return [file.title for file in session.engine.store.files([file.id for file in files])]


async def test_a_pattern_is_shown_live_and_sent_on_the_second_enter(vhtui: Open) -> None:
    async with vhtui() as session:
        studio = await opened(session)
        files = await numbered(session, studio)
        await session.sees(f"Rename all {len(files)} files", "01 - ", f"{len(files)} requests")
        await session.press("enter")
        await session.sees("can be undone. Enter starts")
        await session.press("escape")
        await session.until(lambda: "Enter starts" not in session.screen_text(), "withdrawn")
        assert session.app.screen is studio
        await session.press("enter")
        await session.sees("can be undone. Enter starts")
        assert not session.engine.journal.groups()
        await session.press("enter")
        await session.until(lambda: session.app.screen is session.main, "back")
        wanted = [f"{number:02} - {file.title}" for number, file in enumerate(files, 1)]
        await session.until(lambda: all_titles(session, files) == wanted, "renamed")
        [group] = session.engine.journal.groups()
        assert group.total == len(files)
        await session.until(lambda: not session.engine.journal.summary().open, "done")
        await session.press("u")
        before = [file.title for file in files]
        await session.until(lambda: all_titles(session, files) == before, "one undo for all")


async def test_rows_are_left_out_and_conflicts_throw_no_other_row_away(vhtui: Open) -> None:
    async with vhtui() as session:
        studio = await opened(session)
        files = await numbered(session, studio)
        await session.press("tab", "tab", "tab", "tab", "tab")
        await session.until(lambda: studio.place is Place.STUDIO, "in the rows")
        await session.press("space")
        await session.sees(" - " + files[0].title[:3], "1 left out")
        await session.until(lambda: len(studio.planned.titles) == len(files) - 1, "left out")
        await session.engine.rename("voe", [(files[1].id, "Somebody else was here.mp4")])
        await session.press("enter")
        await session.sees("Enter starts")
        await session.press("enter")
        wanted = [f"{number:02} - {file.title}" for number, file in enumerate(files, 1)]
        wanted[:2] = [files[0].title, "Somebody else was here.mp4"]
        await session.until(lambda: all_titles(session, files) == wanted, "the others")


async def test_warnings_are_jumped_through(vhtui: Open) -> None:
    async with vhtui() as session:
        studio = await opened(session)
        await session.press("f4")
        field(studio, "template").value = "Same title"
        count = len(session.files())
        await session.until(lambda: len(studio.planned.doubtful) == count, "duplicates")
        await session.sees("duplicate title", f"{count} warnings", ">! Same title")
        await session.press("ctrl+n")
        assert studio.table.cursor == 1
        field(studio, "template").value = "x" * 300
        await session.sees("longer than 255 characters", "the title stays", f"0 of {count} change")
        await session.press("enter")
        await session.sees("nothing to start")


FAULTS: list[tuple[str, dict[str, str], str]] = [
    ("f3", {"find": "(a"}, "this regular expression is wrong"),
    ("f3", {"find": "a", "with": r"\2"}, "no group 2 (at character 1)"),
    ("f4", {"template": "{nope}"}, "there is no {nope}"),
    ("f4", {"template": "{title}", "from": "x"}, "“from” is a number"),
    ("f2", {"find": ""}, "say which text is to be replaced"),
]


async def test_a_fault_is_said_and_starts_nothing(vhtui: Open) -> None:
    async with vhtui() as session:
        studio = await opened(session)
        for mode, fill, words in FAULTS:
            await session.press(mode)
            for name, value in fill.items():
                field(studio, name).value = value
            await session.sees(words)
            await session.press("enter")
            await session.pause()
            await session.sees(words)
        assert not session.engine.journal.groups()


async def test_groups_case_and_choices(vhtui: Open) -> None:
    async with vhtui() as session:
        studio = await opened(session)
        before = new_titles(studio)
        await session.press("f3")
        field(studio, "find").value = r"^(.)(.)"
        field(studio, "with").value = r"\2\1"
        swapped = [title[1] + title[0] + title[2:] for title in before]
        await session.until(lambda: new_titles(studio) == swapped, "swapped")
        await session.press("ctrl+t", "ctrl+t")
        await session.until(lambda: isinstance(studio.focused, ChoiceField), "case")
        await session.press("space")
        stems = [title.rpartition(".")[0].upper() for title in before]
        await session.until(
            lambda: [title.rpartition(".")[0] for title in new_titles(studio)] == stems, "upper"
        )


async def test_patterns_are_recalled_the_newest_first(vhtui: Open) -> None:
    async with vhtui() as session:
        defaults = {"step": "1", "digits": "2", "where": "before", "separator": " - "}
        used = [["number", {"from": start, **defaults}] for start in ("8", "7")]
        await session.engine.store.remember("renames", json.dumps([*used, ["nope", {}]]))
        studio = await opened(session)
        assert studio.line.mode.name == "number"
        for key, value in (("up", "8"), ("up", "7"), ("up", "7"), ("down", "8")):
            await session.press(key)
            assert field(studio, "from").value == value
        field(studio, "from").value = "9"
        await session.sees("09 - ")
        await session.press("enter")
        await session.sees("Enter starts")
        await session.press("enter")
        await session.until(lambda: session.app.screen is session.main, "back")
        kept = json.loads(session.engine.store.setting("renames") or "")
        assert [values["from"] for _, values in kept] == ["9", "8", "7"]


async def test_a_list_is_pasted_if_its_lines_are_as_many(vhtui: Open) -> None:
    async with vhtui() as session:
        studio = await opened(session)
        wanted = [f"Title {number}.mp4" for number in range(len(session.files()))]
        await session.press("f7", "p")
        await session.until(lambda: isinstance(session.app.screen, PasteText), "dialog")
        area = session.app.screen.query_one(TextArea)
        area.text = "one\ntwo"
        await session.sees("keep one line per file")
        await session.press("ctrl+o")
        area.text = "\n".join(wanted)
        await session.until(lambda: "one line per" not in session.screen_text().split("\n")[-5])
        await session.press("ctrl+o")
        await session.until(lambda: new_titles(studio) == wanted, "taken")


async def test_csv_names_files_by_their_codes(vhtui: Open) -> None:
    async with vhtui() as session:
        studio = await opened(session)
        file = session.files()[1]
        await session.press("f8", "p")
        await session.until(lambda: isinstance(session.app.screen, PasteText), "dialog")
        text = f'code,title\n{file.code},"A, B"\nstrange00000,x\n'
        session.app.screen.query_one(TextArea).text = text
        await session.sees("2 titles, 1 for codes of other files")
        await session.press("ctrl+o")
        await session.until(lambda: studio.planned.titles == [(file.id, "A, B")], "taken")


async def test_marked_files_only_and_no_editor_without_a_terminal(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.to_file(1)
        await session.press("space", "space", "e")
        await session.sees("an editor needs a terminal of its own", "this changes nothing")
        await session.press("R")
        await session.sees("Rename 2 marked files")
        studio = session.app.screen
        assert isinstance(studio, Studio)
        assert len(studio.planned.steps) == 2


async def test_a_wide_terminal_shows_old_and_new(vhtui: Open) -> None:
    async with vhtui(160, 40) as session:
        studio = await opened(session)
        first = (await numbered(session, studio))[0]
        await session.sees("Old title", "New title", f"{first.title} ", f"-> 01 - {first.title}")


async def test_a_narrow_terminal_shows_new_or_old(vhtui: Open) -> None:
    async with vhtui() as session:
        studio = await opened(session)
        await numbered(session, studio)
        await session.press("ctrl+o")
        await session.sees("Old title")
        assert "01 - " not in session.screen_text()
        await session.sees("F1 help", "Enter start")
        await session.press("f1")
        await session.until(lambda: isinstance(session.app.screen, Help), "help")
        await session.sees("Keys in the rename studio", "ctrl+n")
        await session.press("escape", "f7")
        await session.sees("? help", "Space leave out")


async def test_hostile_titles_only_appear(vhtui: Open) -> None:
    hostile = "[b]\u202e\u200bx[/] \N{ZERO WIDTH JOINER}.mp4"
    async with vhtui() as session:
        file = await session.to_file()
        await session.engine.rename("voe", [(file.id, hostile)])
        await session.until(lambda: file.id in {each.id for each in session.files()})
        studio = await opened(session)
        await numbered(session, studio)
        await session.sees("[b]x[/]")
        assert "\u202e" not in session.screen_text()
