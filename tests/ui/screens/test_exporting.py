from __future__ import annotations

import csv
import json
from pathlib import Path

from textual.widgets import Input, OptionList

from tests.ui.conftest import Open, Session
from vhtui.ui.prompt import PromptLine
from vhtui.ui.screens.dialogs import Confirm
from vhtui.ui.screens.link_picker import LinkPicker


async def choose(session: Session, name: str) -> None:
    """Press E and choose a form."""
    await session.press("E")
    await session.until(lambda: isinstance(session.app.screen, LinkPicker), "forms")
    options = session.app.screen.query_one(OptionList)
    options.highlighted = options.get_option_index(f"={name}")
    await session.press("enter")


async def answer(session: Session, label: str, text: str | None = None) -> None:
    """Answer a question of the prompt; None: as it is."""
    await session.sees(label)
    line = session.app.screen.query_one(PromptLine).query_one(Input)
    await session.until(lambda: line.has_focus, label)
    if text is not None:
        line.value = text
    await session.press("enter")


async def test_all_that_is_shown_is_written_as_csv(vhtui: Open, tmp_path: Path) -> None:
    async with vhtui() as session:
        await session.to_files()
        path = tmp_path / "new" / "list.csv"
        await choose(session, "csv")
        await answer(session, "Columns", "code, size")
        await answer(session, "To a file", str(path))
        await session.sees(f"Wrote {len(session.files())} files")
        rows = list(csv.reader(path.read_text().splitlines()))
        assert rows[0] == ["code", "size"]
        assert rows[1:] == [[file.code, str(file.size)] for file in session.files()]
        assert path.stat().st_mode & 0o777 == 0o644


async def test_marked_files_as_json_and_the_columns_are_kept(vhtui: Open, tmp_path: Path) -> None:
    async with vhtui() as session:
        await session.to_file()
        marked = session.files()[:2]
        await session.press("space", "space")
        await choose(session, "json")
        await answer(session, "Columns", "titel")
        await session.sees("did you mean title")
        await answer(session, "Columns", "title")
        await answer(session, "To a file", str(tmp_path / "a.json"))
        await session.sees("Wrote 2 files")
        written = json.loads((tmp_path / "a.json").read_text())
        assert written == [{"title": file.title} for file in marked]
        await choose(session, "csv")
        await session.sees("Columns title")


async def test_a_file_is_replaced_only_when_that_is_wanted(vhtui: Open, tmp_path: Path) -> None:
    async with vhtui() as session:
        await session.to_file()
        path = tmp_path / "list.csv"
        path.write_text("precious")
        for key, text in (("enter", "precious"), ("escape", "precious"), ("tab", None)):
            await choose(session, "csv")
            await answer(session, "Columns", "code")
            await answer(session, "To a file", str(path))
            await session.until(lambda: isinstance(session.app.screen, Confirm), "asked")
            await session.press(key, *(["enter"] if text is None else []))
            if text is not None:
                await session.sees("Nothing was written")
                assert path.read_text() == text
        await session.sees("Wrote")
        assert path.read_text().startswith("code\n")


async def test_what_cannot_be_written_is_said(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.to_file()
        await choose(session, "csv")
        await answer(session, "Columns", "code")
        await answer(session, "To a file", "/tmp")
        await session.sees("is a folder")
        await answer(session, "To a file", "/proc/none/list.csv")
        await session.sees("cannot be written")


async def test_a_template_typed_now_goes_to_the_clipboard(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        await session.press("space")
        await choose(session, "a template, typed now")
        await answer(session, "Template", "{titel}")
        await session.sees("unknown field")
        await answer(session, "Template", "{n:02} {code} {account}")
        await answer(session, "To a file", "clipboard")
        await session.until(session.copied.exists, "copied")
        assert session.copied.read_text() == f"01 {file.code} voe"
