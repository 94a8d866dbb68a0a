"""Links are chosen by a preview, under headings or not, for the clipboard or a file."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input

from tests.ui.conftest import Open
from vhtui.ui.screens.copy_picker import CopyPicker


async def test_links_are_copied_under_headings(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        await session.press("Y")
        await session.until(lambda: isinstance(session.app.screen, CopyPicker), "picker")
        await session.sees("Copy 1 link as", f"https://voe.sx/{file.code}", "groups: none")
        await session.press("g")
        folder = session.engine.store.folder_path("voe", file.folder)
        await session.sees("groups: folder", folder)
        await session.press("enter")
        await session.until(lambda: session.copied.exists(), "copied")
        assert session.copied.read_text() == f"{folder}\nhttps://voe.sx/{file.code}"


async def test_links_are_written_to_a_file_or_it_is_said_why_not(
    vhtui: Open, tmp_path: Path
) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        target = tmp_path / "links.txt"
        for where, told in (
            ("/proc/none/x", "cannot be written"),
            (target, "Wrote 1 embed link to"),
        ):
            await session.press("Y")
            await session.until(lambda: isinstance(session.app.screen, CopyPicker), "picker")
            await session.press("j", "E")
            await session.until(lambda: session.main.prompt.is_open, "prompt")
            session.main.prompt.query_one(Input).value = str(where)
            await session.press("enter")
            await session.sees(told)
        assert target.read_text() == f"https://voe.sx/e/{file.code}\n"
        assert not session.copied.exists()
