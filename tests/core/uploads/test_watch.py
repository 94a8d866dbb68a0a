"""Watch folders: what stopped changing is uploaded, once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vhtui.core.uploads.sources import Source
from vhtui.core.uploads.watch import Watch, WatchFolder
from vhtui.errors import UsageError
from vhtui.models import UploadState

from .conftest import Accounts, Desk, make


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_file_is_taken_when_it_has_stood_still(accounts: Accounts, files: Path) -> None:
    async with accounts.open(running=False) as desk:
        await desk.engine.add_watch("main", files, "/In", patterns=["*.mp4"], settle=10)
        taken: list[str] = []

        async def take(folder: WatchFolder, sources: list[Source]) -> None:
            taken.extend(source.path.name for source in sources)
            await desk.engine.take_watched(folder, sources)

        troubles: list[str] = []

        async def told(account: str, error: Exception) -> None:
            troubles.append(str(error))

        clock = Clock()
        watch = Watch(desk.engine.store, 1.0, take, told, clock=clock)
        make(files / "a.mp4")
        make(files / "notes.txt")
        growing = make(files / "sub" / "b.mp4")
        await watch.look()
        clock.now = 9
        with growing.open("ab") as file:
            file.write(b"more")
        await watch.look()
        assert taken == []
        clock.now = 10
        await watch.look()
        assert taken == ["a.mp4"]
        clock.now = 19
        await watch.look()
        await watch.look()
        assert taken == ["a.mp4", "b.mp4"]
        # Cancelled is cancelled, also for a vhtui that starts anew.
        ids = [upload.id for upload in desk.engine.uploads()]
        await desk.engine.cancel_uploads(ids)
        again = Watch(desk.engine.store, 1.0, take, told, clock=clock)
        await again.look()
        clock.now = 40
        await again.look()
        assert taken == ["a.mp4", "b.mp4"]
        assert troubles == []
        assert {upload.folder for upload in desk.engine.uploads()} == {"/In"}


async def test_a_dry_run_only_tells(accounts: Accounts, files: Path) -> None:
    async with accounts.open(running=False) as desk:
        old = make(files / "old.mp4")
        os.utime(old, (1, 1))
        make(files / "new.mp4")
        make(files / "empty.mp4").write_bytes(b"")
        told = await desk.engine.watch_dry_run("main", files)
        assert [(each.path.name, each.verdict, each.is_taken) for each in told] == [
            ("empty.mp4", f"{files / 'empty.mp4'} is empty", False),
            ("new.mp4", "still changing", False),
            ("old.mp4", "upload", True),
        ]
        await desk.engine.queue_uploads("main", [old])
        told = await desk.engine.watch_dry_run("main", files, recursive=False)
        assert told[-1].verdict == "uploaded or queued before"
        assert len(desk.engine.uploads()) == 1


async def test_an_engine_that_works_watches(desk: Desk, files: Path) -> None:
    watch = await desk.engine.add_watch("main", files, "/In", keep_tree=True, settle=0)
    make(files / "Show" / "a.mp4")
    await desk.until(lambda: desk.at_host() == [("/In/Show", "a.mp4")])
    await desk.until_state(UploadState.PLAYABLE)
    changed = await desk.engine.add_watch("main", files, "/Other", settle=5)
    assert changed.id == watch.id
    assert desk.engine.watch_folders() == [changed]
    await desk.engine.remove_watch(watch.id)
    assert desk.engine.watch_folders() == []


async def test_only_directories_are_watched(accounts: Accounts, files: Path) -> None:
    async with accounts.open(running=False) as desk:
        with pytest.raises(UsageError, match="no directory"):
            await desk.engine.add_watch("main", make(files / "a.mp4"))
        with pytest.raises(UsageError, match="needs the path"):
            await desk.engine.add_watch("main", files, "12")
