"""A vhtui that is killed while it sends, and one whose memory is measured."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from vhtui.models import UploadState

from .conftest import PATIENCE, Accounts, make, sha256

CHILD = Path(__file__).with_name("child.py")
MOST_GROWTH = 32 * 1024  # KiB


async def child(accounts: Accounts, file: Path, limit: int) -> Process:
    make(file.with_name("small.mp4"), 8)
    access = accounts.access["main"]
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(CHILD),
        access["base_url"],
        access["key"],
        str(accounts.data),
        str(file),
        str(limit),
        stdout=PIPE,
    )


async def says(process: Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        return (await process.stdout.readline()).decode().strip()


async def test_killed_half_way_it_is_sent_once_more(accounts: Accounts, files: Path) -> None:
    file = make(files / "a.mp4")
    process = await child(accounts, file, 10)
    assert [await says(process), await says(process)] == ["queued", "sending"]
    process.kill()
    await process.wait()
    async with accounts.open() as desk:
        (upload,) = [u for u in desk.engine.uploads() if u.title == "a.mp4"]
        assert upload.state in (UploadState.SENDING, UploadState.CHECKING)
        await desk.until_state(UploadState.PLAYABLE)
        assert desk.received()[1:] == [("a.mp4", 100_000, sha256(file))]
        assert ("/Kept", "a.mp4") in desk.at_host()
        assert next(u.tries for u in desk.engine.uploads() if u.title == "a.mp4") == 2


async def test_killed_before_the_answer_it_is_found_and_not_sent_again(
    accounts: Accounts, files: Path
) -> None:
    file = make(files / "a.mp4")
    accounts.control.add_faults(
        {"call": "upload", "kind": "apply_then_delay", "seconds": 30, "skip": 1}
    )
    process = await child(accounts, file, 0)
    name = accounts.access["main"]["account"]
    async with asyncio.timeout(PATIENCE):
        while len([u for u in accounts.control.uploads() if u["account"] == name]) < 2:
            await asyncio.sleep(0.01)
    process.kill()
    await process.wait()
    async with accounts.open() as desk:
        await desk.until_state(UploadState.PLAYABLE)
        assert len(desk.received()) == 2
        assert ("/Kept", "a.mp4") in desk.at_host()
        assert next(u.tries for u in desk.engine.uploads() if u.title == "a.mp4") == 1


async def test_the_memory_stays_flat(accounts: Accounts, files: Path) -> None:
    file = files / "big.mp4"
    with file.open("wb") as sparse:
        sparse.truncate(300 * 1024 * 1024)
    process = await child(accounts, file, 0)
    assert [await says(process), await says(process)] == ["queued", "sending"]
    assert int(await says(process)) <= MOST_GROWTH
    await process.wait()
