"""Sets: told once, when all of it plays, with the links in natural order."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

import pytest

from vhtui.config import UploadSettings
from vhtui.errors import UsageError
from vhtui.models import UploadState

from .conftest import Accounts, Desk, make

HOOK = """
import json, os, sys
keep = {k: v for k, v in os.environ.items() if k.startswith("VHTUI_")}
with open(sys.argv[1], "a") as file:
    file.write(json.dumps(keep) + "\\n")
"""


async def test_a_set_is_told_of_when_all_of_it_plays(
    accounts: Accounts, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VHTUI_KEY_MAIN", "canary")
    hook = UploadSettings(set_command=(sys.executable, "-c", HOOK, str(tmp_path / "told")))
    async with accounts.open(uploads=hook, templates={"mine": "{n}. {title} {page}"}) as desk:
        paths = [make(files / f"E{number}.mp4") for number in (10, 9, 1)]
        paths.append(make(files / "E2.mkv"))
        links = tmp_path / "links" / "season.txt"
        await desk.engine.queue_uploads(
            "main", paths, set_name="Season", set_template="mine", links_file=links
        )
        await desk.until(lambda: [u.state for u in desk.engine.uploads()][3] == "encoding")
        assert not links.exists()
        desk.control.advance(3600)
        told_in = tmp_path / "told"
        await desk.until(lambda: told_in.exists() and told_in.read_text().endswith("\n"))
        uploads = await desk.until_state(UploadState.PLAYABLE)
        assert {upload.set_name for upload in uploads} == {"Season"}
        codes = {upload.title: upload.code for upload in uploads}
        ordered = ["E1.mp4", "E2.mkv", "E9.mp4", "E10.mp4"]
        assert links.read_text().splitlines() == [
            f"{n}. {title} https://voe.sx/{codes[title]}" for n, title in enumerate(ordered, 1)
        ]
        (told,) = told_in.read_text().splitlines()
        environ = json.loads(told)
        assert environ["VHTUI_SET"] == "Season"
        assert environ["VHTUI_CODES"].splitlines() == [codes[title] for title in ordered]
        assert environ["VHTUI_LINKS"] == links.read_text().rstrip("\n")
        assert environ["VHTUI_LINKS_FILE"] == str(links)
        assert "VHTUI_KEY_MAIN" not in environ
        await desk.until(
            lambda: any("Season is complete: 4 videos play," in n.text for n in desk.notices)
        )
        await desk.engine.clear_uploads()


async def test_what_was_cancelled_does_not_hold_a_set_up(
    accounts: Accounts, desk: Desk, files: Path
) -> None:
    await desk.engine.set_parallel(1)
    await desk.engine.set_limit(1)
    paths = [make(files / "a.mp4"), make(files / "b.mp4")]
    first, second = (await desk.engine.queue_uploads("main", paths, set_name="S/1")).ids
    await desk.engine.cancel_uploads([second])
    await desk.engine.set_limit(None)
    (upload,) = await desk.until_state(UploadState.PLAYABLE, first)
    await desk.until(lambda: any("S/1 is complete" in notice.text for notice in desk.notices))
    written = accounts.data / "sets" / "S_1.txt"
    assert written.read_text() == f"https://voe.sx/e/{upload.code}\n"


async def test_uploads_can_be_made_a_set_later(desk: Desk, files: Path, tmp_path: Path) -> None:
    receipt = await desk.engine.queue_uploads("main", [make(files / "a.mp4")])
    await desk.until_state(UploadState.PLAYABLE)
    with pytest.raises(UsageError, match="no link form 'nothing'"):
        await desk.engine.make_set(receipt.ids, "Late", template="nothing")
    file = tmp_path / "late"
    await desk.engine.make_set(receipt.ids, "Late", template="code", links_file=file)
    await desk.until(file.exists)
    assert file.read_text() == f"{desk.engine.uploads()[0].code}\n"


async def test_a_command_that_does_not_start_is_told(accounts: Accounts, files: Path) -> None:
    async with accounts.open(uploads=UploadSettings(set_command=("/nowhere/at/all",))) as desk:
        await desk.engine.queue_uploads("main", [make(files / "a.mp4")], set_name="S")
        await desk.until(lambda: any("did not start" in notice.text for notice in desk.notices))


async def test_every_window_hears_of_a_complete_set(accounts: Accounts, files: Path) -> None:
    async with accounts.open() as desk, accounts.open() as window:
        assert desk.engine.is_executor != window.engine.is_executor
        await desk.engine.queue_uploads("main", [make(files / "a.mp4")], set_name="S")
        for each in (desk, window):
            heard = each.notices
            await each.until(partial(bool, heard))
            (notice,) = heard
            assert notice.text.startswith("S is complete: 1 video plays, links in")
            assert notice.upload_set == window.engine.upload_sets()[0].id


async def test_the_videos_of_a_set_are_known_when_its_uploads_are_cleared(
    desk: Desk, files: Path
) -> None:
    paths = [make(files / f"E{number}.mp4") for number in (10, 2)]
    await desk.engine.queue_uploads("main", paths, set_name="S")
    await desk.until(lambda: [s.is_complete for s in desk.engine.upload_sets()] == [True])
    assert await desk.engine.clear_uploads() == 2
    (each,) = desk.engine.upload_sets()
    assert (each.total, each.playable, each.seen) == (2, 2, False)
    assert [item.title for item in desk.engine.set_videos(each.id)] == ["E2.mp4", "E10.mp4"]
    await desk.engine.see_sets()
    assert desk.engine.upload_sets()[0].seen


async def test_links_that_cannot_be_written_are_told_of(desk: Desk, files: Path) -> None:
    path = make(files / "a.mp4")
    await desk.engine.queue_uploads("main", [path], set_name="S", links_file=path / "links")
    await desk.until(lambda: bool(desk.notices))
    assert "links could not be written" in desk.notices[0].text
    (each,) = desk.engine.upload_sets()
    assert each.is_complete and each.fault


async def test_an_upload_can_leave_its_set(desk: Desk, files: Path) -> None:
    await desk.engine.set_limit(1)
    paths = [make(files / "a.mp4"), make(files / "b.mp4")]
    first, second = (await desk.engine.queue_uploads("main", paths, set_name="S")).ids
    assert await desk.engine.leave_set([second]) == 1
    await desk.engine.cancel_uploads([second])
    await desk.engine.set_limit(None)
    await desk.until(lambda: [s.is_complete for s in desk.engine.upload_sets()] == [True])
    assert {u.id: u.set_name for u in desk.engine.uploads()} == {first: "S", second: None}
