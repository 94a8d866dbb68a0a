from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import asdict

from tests.core.kill_child import SCALED, doubts
from tests.core.rig import Access, Rig, add_account, eventually, opened, running
from vhtui.errors import StoreError, UsageError
from vhtui.models import JobState
from vhtui.sandbox.client import Control

CHILD = """
import asyncio, sys
from pathlib import Path
from tests.core.rig import Access, running
from vhtui.sandbox.client import Control

async def main() -> None:
    data, url, base_url, key, account = sys.argv[1:]
    access = Access("main", base_url, key, account)
    async with running(Path(data), Control(url), access, sync=False) as rig:
        print("running", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def _holder(data: Path, rig_access: Access, url: str) -> asyncio.subprocess.Process:
    import sys

    access = asdict(rig_access)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        CHILD,
        str(data),
        url,
        access["base_url"],
        access["key"],
        access["account"],
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"running\n"
    return process


async def test_another_process_takes_over_when_the_executor_is_killed(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=12)
    async with running(tmp_path, control, access) as rig:
        rows = [row.id for row in rig.rows()]
    holder = await _holder(tmp_path, access, control._url)
    try:
        async with running(tmp_path, control, access, sync=False, tuning=SCALED) as rig:
            assert not rig.engine.is_executor
            assert rig.engine.executor_pid == holder.pid
            # What the follower asks for, the holder does.
            assert await rig.answered(await rig.engine.refresh("main")) == ""
            for call in ("file/rename", "folder/create"):
                rule = {"call": call, "kind": "apply_then_delay", "seconds": 0.05, "times": 99}
                control.add_faults({**rule, "account": access.account})
            await rig.engine.rename("main", [(id, f"Renamed {id}") for id in rows])
            await rig.engine.create_folder("main", "0", "Made by one of two")
            await eventually(lambda: len(rig.history()) >= 3, state=rig.jobs)
            os.kill(holder.pid, signal.SIGKILL)
            await holder.wait()
            await eventually(lambda: rig.engine.is_executor, state=lambda: "still a follower")
            assert await eventually(lambda: doubts(rig), state=rig.jobs) == ([],)
            titles = [e["params"].get("title") for e in rig.history() if e["op"] == "file/rename"]
            assert sorted(titles) == sorted(f"Renamed {id}" for id in rows)
            assert sum(e["op"] == "folder/create" for e in rig.history()) == 1
    finally:
        if holder.returncode is None:
            holder.kill()
            await holder.wait()


async def test_a_group_is_told_of_once_and_also_to_a_follower(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control)
    async with (
        running(tmp_path, control, access) as rig,
        running(tmp_path, control, access, sync=False) as follower,
    ):
        await rig.engine.rename("main", [(rig.rows()[0].id, "Told")])
        for one in (rig, follower):
            await eventually(partial(getattr, one, "notices"), state=rig.jobs)
            assert [notice.text.split()[0] for notice in one.notices] == ["Renamed"]


async def test_stopping_is_prompt_while_everything_happens(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control)
    for _ in range(5):
        async with asyncio.timeout(10), running(tmp_path, control, access) as rig:
            await rig.engine.rename("main", [(row.id, f"{row.id} x") for row in rig.rows()])
            await rig.engine.rename("main", [(row.id, f"{row.id} y") for row in rig.rows()])


async def test_a_newer_library_is_read_and_not_written(tmp_path: Path, control: Control) -> None:
    access = add_account(control)
    async with running(tmp_path, control, access) as rig:
        titles = {row.title for row in rig.rows()}
    newer = sqlite3.connect(tmp_path / "library.db")
    newer.execute("ALTER TABLE account ADD COLUMN colour TEXT")
    newer.execute("ALTER TABLE job ADD COLUMN colour TEXT")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    async with opened(tmp_path, control, access) as rig, rig.engine.running() as task:
        assert {row.title for row in rig.rows()} == titles
        assert rig.engine.store.account("main").files == 8
        with pytest.raises(StoreError, match="newer vhtui"):
            await rig.engine.rename("main", [(rig.rows()[0].id, "No")])
        assert not rig.engine.is_executor and not task.done()


async def test_a_damaged_library_is_set_aside(tmp_path: Path, control: Control) -> None:
    (tmp_path / "library.db").write_bytes(b"this was a library once" * 1000)
    async with running(tmp_path, control, add_account(control)) as rig:
        assert len(rig.rows()) == 8
        (aside,) = tmp_path.glob("library.db.damaged-*")
        assert aside.read_bytes().startswith(b"this was a library")
        assert any("damaged" in entry.text for entry in rig.engine.store.log())


async def test_an_account_that_left_the_configuration_is_refused_in_words(
    tmp_path: Path, control: Control
) -> None:
    left, stays = add_account(control, "left"), add_account(control, "stays")
    async with running(tmp_path, control, left, stays) as rig:
        id = rig.rows("left")[0].id
    async with opened(tmp_path, control, stays) as rig:
        with pytest.raises(UsageError, match=r"config\.toml"):
            await rig.engine.rename("left", [(id, "No")])


async def test_state_after_a_plan_of_everything(tmp_path: Path, control: Control) -> None:
    """Nothing open, nothing pending, library and host agree."""
    async with running(tmp_path, control, add_account(control)) as rig:
        await _everything(rig)
        await rig.settled()
        assert {job.state for job in rig.jobs()} <= {JobState.DONE, JobState.CANCELLED}
        files = rig.host_files()
        assert {row.code: (row.title, row.folder) for row in rig.rows()} == {
            code: (file["title"], str(file["folder"])) for code, file in files.items()
        }
        assert not [row for row in rig.rows() if row.pending]
        account = rig.engine.store.account("main")
        assert (account.files, account.bytes) == (
            len(files),
            sum(file["size"] for file in files.values()),
        )
        for folder in rig.engine.store.all_folders("main"):
            count = sum(str(file["folder"]) == folder.id for file in files.values())
            assert folder.files == count


async def _everything(rig: Rig) -> None:
    rows = rig.rows()
    await rig.engine.rename("main", [(row.id, f"New {row.id}") for row in rows[:5]])
    made = await rig.engine.create_folder("main", "0", "Made")
    await rig.engine.move("main", [row.id for row in rows[2:7]], made.folder or "")
    await rig.engine.trash("main", [rows[7].id])
    await rig.engine.undo()
    await rig.engine.delete("main", [rig.engine.store.files([rows[0].id])[0]])
    await rig.engine.add_remote("main", ["https://example.com/one.mp4"], made.folder)
