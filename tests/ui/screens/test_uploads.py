"""The local browser, the question before an upload, and the uploads panel, as a person has them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from tests.ui.conftest import Open, Session
from vhtui.core.engine import Engine
from vhtui.core.uploads.limits import Limits
from vhtui.models import Upload, UploadState
from vhtui.sandbox import RunningSandbox
from vhtui.ui.attention import Attention
from vhtui.ui.disk import first_directory, kept, read_directory, survey
from vhtui.ui.keymap import Place
from vhtui.ui.screens.dialogs import Choice, Confirm
from vhtui.ui.screens.local_files import LocalPanel
from vhtui.ui.screens.upload_wish import AskUpload
from vhtui.ui.screens.uploads import UploadsPanel

NO_CODE: dict[str, Any] = {"success": True, "message": "ok", "file": None}
SLOW = 20_000
"""Bytes per second at which a test's file is on its way for a while."""


def make(path: Path, size: int = 100_000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(size))
    return path


@pytest.fixture
async def disk(tmp_path: Path, engine: Engine) -> Path:
    """Two folders and some files, where the browser was last."""
    disk = tmp_path / "disk"
    make(disk / "Show" / "S01" / "Episode 10.mkv")
    make(disk / "Show" / "S01" / "Episode 9.mkv")
    make(disk / "Show" / "notes.txt", 10)
    make(disk / "a.mp4")
    make(disk / "b.mp4")
    make(disk / ".hidden.mp4")
    (disk / "empty.mp4").touch()
    os.mkfifo(disk / "pipe")
    Path(os.fsdecode(os.fsencode(disk) + b"/\x1b[31mred\xff.mp4")).write_bytes(b"x" * 1000)
    await engine.store.remember("disk.directory", kept(disk))
    return disk


@pytest.fixture
def faults(sandbox: RunningSandbox) -> Iterator[Callable[..., None]]:
    def add(kind: str, **more: Any) -> None:
        sandbox.control.add_faults({"call": "upload", "kind": kind, **more})

    yield add
    sandbox.control.clear_faults()


def local(session: Session) -> LocalPanel:
    panel = session.main.panels[Place.LOCAL]
    assert isinstance(panel, LocalPanel)
    return panel


def shown_state(session: Session) -> UploadState | None:
    panel = session.main.panels[Place.UPLOADS]
    assert isinstance(panel, UploadsPanel)
    row = panel.table.cursor_row
    return row.state if row else None


def names(session: Session) -> list[str]:
    table = local(session).table
    return [row.name for row in table.source.window(0, table.row_count)]


async def browse(session: Session, name: str = "a.mp4") -> None:
    """Open the browser and go to a file."""
    await session.press("a", "u")
    panel = local(session)
    await session.until(lambda: panel.directory, "a listing")
    await session.until(
        lambda: any(panel.table.go_to(row.path) for row in panel.rows() if row.name == name), name
    )


def states(session: Session) -> list[str]:
    return [upload.state.value for upload in session.engine.uploads()]


async def encoded(session: Session, sandbox: RunningSandbox) -> None:
    """Let the hour pass in which the host encodes what arrived."""
    await session.until(
        lambda: session.engine.uploads() and session.engine.uploads()[0].code, "arrived"
    )
    sandbox.control.advance(3600)


async def sending(session: Session) -> Upload:
    """Have a file sent slowly, and show the uploads."""
    await session.engine.set_limit(SLOW)
    await browse(session)
    await session.press("u", "enter", "2")
    await session.until(lambda: "sending" in states(session), "sending")
    await session.sees("sending", "at most 20.0 kB/s")
    return session.engine.uploads()[0]


# -- the disk -------------------------------------------------------------------------------------


async def test_folders_come_first_and_what_cannot_be_sent_says_why(disk: Path) -> None:
    entries = {entry.name: entry for entry in read_directory(disk).entries}
    assert next(iter(entries)) == "Show"
    assert entries["pipe"].reason == "only regular files can be sent"
    assert entries["empty.mp4"].reason == "it is empty"
    assert any("\N{REPLACEMENT CHARACTER}" in name for name in entries)
    assert read_directory(disk / "nowhere").fault


async def test_only_what_is_in_folders_is_chosen_by_name(disk: Path) -> None:
    found = survey([disk / "Show", disk / "a.mp4"])
    assert [each.path.name for each in found.only(["*.mkv"]).found] == [
        "Episode 9.mkv", "Episode 10.mkv", "a.mp4"
    ]  # fmt: skip
    assert len(found.only([]).found) == 4


def test_the_browser_begins_at_the_nearest_directory_that_is_left(tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe"))
    odd.mkdir()
    assert first_directory(kept(odd)) == odd
    assert first_directory(kept(odd / "gone" / "too")) == odd
    assert first_directory(None) == Path.cwd()


async def test_the_browser_moves_marks_and_hides_like_the_files(vhtui: Open, disk: Path) -> None:
    async with vhtui(listed=False) as session:
        await session.press("a", "u", "j", "l")  # in a burst: the listing is waited for
        await session.sees("On this disk", "not sent", "pipe", "Show/")
        assert "\x1b[31m" not in session.screen_text()
        await session.until(
            lambda: "a.mp4" in names(session) and ".hidden.mp4" not in names(session)
        )
        await session.press("g", "g", "l")
        await session.until(lambda: names(session) == ["S01", "notes.txt"])
        await session.press("h")
        await session.until(lambda: "Show" in names(session))
        row = local(session).table.cursor_row
        assert row is not None and row.name == "Show"
        await session.press(".")
        await session.until(lambda: ".hidden.mp4" in names(session))
        await session.press("f", *"mp4", "enter", "ctrl+a")
        await session.sees("5 marked")
        await session.press("question_mark")
        await session.sees("disk.enter", "disk.leave")
        await session.press("escape", "escape", "escape", "q")
        await session.until(lambda: session.main.panel is session.main.files, "back")


async def test_the_disk_and_the_host_stand_side_by_side(vhtui: Open, disk: Path) -> None:
    async with vhtui(200, 50) as session:
        await session.press("a", "u")
        await session.sees("On this disk", "Name ▲")
        await session.press("tab", "j", "enter")  # another folder at the host
        await session.until(lambda: session.main.files.spot.folder != "0", "another target")
        assert session.main.panel is local(session)
        await session.sees(f"to voe:{local(session).target}")
        await session.press("1")
        await session.until(lambda: "On this disk" not in session.screen_text(), "the files alone")


async def test_a_typed_directory_must_be_there(vhtui: Open, disk: Path) -> None:
    async with vhtui(listed=False) as session:
        await browse(session)
        await session.press("g", "d", *"No", "enter")
        await session.sees("there is no such directory")
        await session.press("ctrl+u", *"Show", "enter")
        await session.until(lambda: names(session) == ["S01", "notes.txt"])
        assert session.engine.store.setting("disk.directory") == kept(disk / "Show")


# -- before an upload -----------------------------------------------------------------------------


async def test_marks_go_to_a_new_folder_in_one_burst(vhtui: Open, disk: Path) -> None:
    async with vhtui() as session:
        await browse(session)
        await session.press("space", "space", "u", "tab", "tab")
        await session.until(lambda: isinstance(session.app.screen, AskUpload))
        await session.sees("Upload 2 files", "cannot resume", "experimental", "2 uploads of 200 kB")
        folder = session.app.screen.query_one("#folder", Input)
        folder.value = "/New/Season"
        await session.press("ctrl+o")
        await session.until(lambda: len(session.engine.uploads()) == 2, "queued")
        await session.until(lambda: all(u.code for u in session.engine.uploads()), "sent")
        assert {u.folder for u in session.engine.uploads()} == {"/New/Season"}
        assert not local(session).table.has_marks


async def test_a_tree_goes_to_two_accounts_without_what_is_no_video(
    vhtui: Open, disk: Path
) -> None:
    async with vhtui() as session:
        await browse(session, "Show")
        await session.press("u")
        await session.sees("Upload 3 files", "folders become folders there")
        screen = session.app.screen
        screen.query_one("#only", Input).value = "*.mkv"
        await session.sees("Upload 2 files")
        screen.query_one("#account-1").focus()
        await session.press("space")
        await session.sees("4 uploads of 400 kB")
        await session.press("ctrl+o")
        await session.until(lambda: len(session.engine.uploads()) == 4, "queued")
        assert {(u.account, u.folder) for u in session.engine.uploads()} == {
            ("voe", "/Show/S01"), ("illvid", "/Show - S01")
        }  # fmt: skip
        await session.press("2")
        await session.sees("Episode 10.mkv")


async def test_each_account_has_a_folder_of_its_own(vhtui: Open, disk: Path) -> None:
    async with vhtui() as session:
        await browse(session)
        await session.press("u")
        await session.until(lambda: isinstance(session.app.screen, AskUpload))
        screen = session.app.screen
        screen.query_one("#folder", Input).value = "/Films/New"
        screen.query_one("#account-1").focus()
        await session.press("space")
        screen.query_one("#folder-1", Input).value = "a/b"
        await session.press("ctrl+o")
        await session.sees("illvid has no folders in folders")
        screen.query_one("#folder-1", Input).value = "Mine"
        await session.press("ctrl+o")
        await session.until(lambda: len(session.engine.uploads()) == 2, "queued")
        assert {(u.account, u.folder) for u in session.engine.uploads()} == {
            ("voe", "/Films/New"), ("illvid", "/Mine")
        }  # fmt: skip


async def test_what_is_there_already_is_named_and_left_out(
    vhtui: Open, disk: Path, sandbox: RunningSandbox
) -> None:
    async with vhtui() as session:
        await browse(session)
        await session.press("u", "enter")
        await session.until(lambda: session.engine.uploads() and session.engine.uploads()[0].code)
        await session.press("k", "u")
        await session.press("escape")
        await browse(session)
        await session.press("space", "u")
        await session.sees(
            "a.mp4 is already in voe:", "[ ] send those again too", "Nothing is left"
        )
        session.app.screen.query_one("#again").focus()
        await session.press("space")
        await session.sees("1 upload of 100 kB")
        await session.press("escape")


async def test_a_set_gets_its_links(vhtui: Open, disk: Path, sandbox: RunningSandbox) -> None:
    async with vhtui() as session:
        await browse(session)
        await session.press("a", "s")
        await session.until(lambda: isinstance(session.app.screen, AskUpload))
        screen = session.app.screen
        links = disk / "links.txt"
        await session.press("ctrl+o")
        await session.sees("Give the set a name")
        screen.query_one("#set", Input).value = "Season 1"
        await session.sees("Its links as", "written to")
        screen.query_one("#links", Input).value = str(links)
        screen.query_one("#form", Input).value = "tweets"
        await session.press("ctrl+o")
        await session.sees("There is no link form tweets")
        screen.query_one("#form", Input).value = "page"
        await session.press("ctrl+o", "2")
        await encoded(session, sandbox)
        await session.sees("Season 1 is complete: 1 video plays", "g s copies the links")
        assert links.read_text().startswith("https://voe.sx/")
        await session.sees("playable", "1 set complete, g s")
        await session.press("g", "s")
        await session.sees("copy 1 link as page", "They are in")
        await session.press("enter")
        await session.until(lambda: session.copied.exists(), "copied")
        assert session.copied.read_text() == links.read_text().strip()
        await session.sees("link copied")
        assert "set complete" not in session.screen_text()
        await session.press("g", "s")
        await session.sees("Sets (Enter: their links)", "Season 1: 1 video plays")
        await session.press("enter", "j", "j", "enter", "ctrl+u", *str(disk / "x"), "enter")
        await session.until(lambda: (disk / "x").exists(), "written")
        assert (disk / "x").read_text() == links.read_text()


async def test_uploads_are_made_a_set_in_the_panel(
    vhtui: Open, disk: Path, sandbox: RunningSandbox
) -> None:
    called: list[str] = []
    async with vhtui() as session:
        session.app.attention = Attention({"TERM": "xterm"}, called.append, "terminal")
        await session.press("g", "s")
        await session.sees("No sets")
        await session.engine.set_limit(1)
        await session.engine.queue_uploads("voe", [disk / "b.mp4", disk / "a.mp4"])
        await session.press("2", "ctrl+a", "s")
        await session.press(*"Both", "enter")
        await session.sees("as", "embed", "markdown")
        await session.press("enter")
        await session.sees("2 uploads in the set Both")
        await session.press("g", "g", "s")
        await session.sees("no set any more", "the set Both")
        await session.press("escape", "g", "s", "enter")
        await session.sees("nothing of Both plays yet")
        await session.engine.set_limit(None)
        await session.sees("Both is complete: 2 videos play")
        await session.until(lambda: len(called) == 2, "called")
        assert called == ["\a", "\x1b]9;vhtui: Both is complete: 2 videos play\a"]


async def test_what_cannot_be_sent_is_said(vhtui: Open, disk: Path) -> None:
    async with vhtui() as session:
        await browse(session, "pipe")
        await session.press("u")
        await session.sees("pipe cannot be sent: only regular files")
        await session.press("ctrl+a", "u", "enter")
        await session.until(lambda: isinstance(session.app.screen, Confirm), "what was refused")
        await session.sees("2 files cannot be sent", "is empty", "is a pipe")
        await session.press("enter")


# -- the panel ------------------------------------------------------------------------------------


async def test_pause_go_on_order_and_cancel(vhtui: Open, disk: Path) -> None:
    async with vhtui() as session:
        await session.engine.set_parallel(1)
        first = await sending(session)
        await session.engine.queue_uploads("voe", [disk / "b.mp4", disk / "Show/notes.txt"])
        await session.sees("b.mp4", "notes.txt", "#")
        await session.press("G", "K")
        await session.until(
            lambda: [u.title for u in session.engine.uploads()][1:] == ["notes.txt", "b.mp4"]
        )
        await session.press("x")
        await session.sees("Cancelled 1 upload")
        await session.until(lambda: states(session).count("cancelled") == 1, "cancelled")
        await session.press("g", "g", "x")
        await session.until(lambda: isinstance(session.app.screen, Confirm), "asks")
        await session.sees("are lost", "cannot resume")
        await session.press("escape", "p")
        await session.sees("Paused 1 upload; if the host hangs up, it starts over")
        await session.press("p")
        await session.sees("Going on with 1 upload")
        await session.press("P")
        await session.until(lambda: {"paused", "cancelled"} == set(states(session)), "all paused")
        await session.sees("paused")
        await session.press("C")
        await session.until(lambda: len(session.engine.uploads()) == 2, "cleared")
        await session.engine.set_limit(None)
        await session.press("P")
        await session.until(
            lambda: next(u for u in session.engine.uploads() if u.id == first.id).code, "sent"
        )


async def test_limits_change_while_files_are_sent_and_quitting_asks(
    vhtui: Open, disk: Path
) -> None:
    async with vhtui() as session:
        await sending(session)
        await session.press("q", "q")
        await session.until(lambda: isinstance(session.app.screen, Confirm), "asks")
        await session.sees("1 upload is not done. Quit?", "from its first byte")
        await session.press("escape")
        await session.engine.set_parallel(1)
        await session.engine.queue_uploads("voe", [disk / "b.mp4"])
        await session.press("q")
        await session.sees("2 uploads are not done. Quit?")
        await session.press("escape", "2", "o", "p", "ctrl+u", *"99", "enter")
        await session.sees("a number from 1 to 16")
        await session.press("ctrl+u", "5", "enter", "o", "l", "ctrl+u", *"5M", "enter")
        await session.press("o", "h", *"1:00-2:00", "enter")
        await session.sees("5 at once, at most 5.0 MB/s, 01:00-02:00")
        assert session.engine.upload_limits() == Limits(parallel=5, rate=5_000_000, hours=(60, 120))
        await session.press("o", "r")
        await session.sees("2 at once, no cap")


async def test_links_of_what_plays_are_copied_and_that_is_its_last_state(
    vhtui: Open, disk: Path, sandbox: RunningSandbox
) -> None:
    async with vhtui() as session:
        await browse(session)
        await session.press("u", "enter", "2")
        await encoded(session, sandbox)
        await session.sees("playable")
        await session.press("y")
        await session.sees("link copied")
        code = session.engine.uploads()[0].code or ""
        assert code in session.copied.read_text()
        await session.press("c", "c")
        await session.until(lambda: session.copied.read_text().strip() == code, "the code")
        await session.press("enter")
        await session.until(lambda: session.main.panel is session.main.files, "its folder")
        await session.until(
            lambda: getattr(session.main.files.table.cursor_row, "code", "") == code, "the file"
        )
        await session.press("2")


async def test_what_only_the_person_can_tell_is_asked(
    vhtui: Open, disk: Path, faults: Callable[..., None], sandbox: RunningSandbox
) -> None:
    faults("status", status=200, body=NO_CODE, provider="voe", times=2)
    async with vhtui() as session:
        await browse(session)
        await session.press("u", "enter", "2")
        await session.sees("needs you")
        await session.press("enter")
        await session.until(lambda: isinstance(session.app.screen, Choice), "choice")
        await session.sees("it arrived", "it did not happen", "give it up")
        await session.press("j", "enter")
        await session.sees("Trying 1 upload again")
        await session.until(lambda: states(session) != ["needs you"], "sent anew")
        await session.until(lambda: shown_state(session) is UploadState.NEEDS_YOU, "no trace again")
        await session.press("enter", "enter", *"ab1", "enter")
        await session.until(lambda: session.engine.uploads()[0].code == "ab1", "settled")


# -- watch folders --------------------------------------------------------------------------------


async def test_a_folder_is_watched_after_a_look_at_what_that_would_do(
    vhtui: Open, disk: Path
) -> None:
    async with vhtui(listed=False) as session:
        await browse(session, "Show")
        await session.press("a", "w", "j", "enter", *"*.mkv", "enter", *"x", "enter")
        await session.sees("seconds from 0 to 86400")
        await session.press("ctrl+u", *"900", "enter")
        await session.until(lambda: isinstance(session.app.screen, Confirm), "dry run")
        await session.sees("still changing", "Episode 9.mkv", "Right now: 0 files", "for 900 s")
        await session.press("enter")
        await session.sees("Watching")
        (folder,) = session.engine.watch_folders()
        assert folder.settle == 900
        assert (folder.path, folder.patterns, folder.keep_tree) == (
            disk / "Show",
            ("*.mkv",),
            False,
        )
        await session.press("2")
        await session.sees("1 folder watched")
        await session.press("o", "w", "enter")
        await session.until(lambda: isinstance(session.app.screen, Confirm), "remove?")
        await session.press("right", "enter")
        await session.until(lambda: not session.engine.watch_folders(), "removed")
