from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from typing_extensions import override

from tests.core.rig import Rig, add_account, eventually, opened, running, states
from vhtui.core.database import Database, Transaction
from vhtui.core.jobs import schedule
from vhtui.core.store import ListingSpec
from vhtui.errors import ConfigError, ReadOnlyError, StoreError, UsageError
from vhtui.models import Changes, File, JobState
from vhtui.sandbox.client import Control
from vhtui.text import Secret

Result = TypeVar("Result")


class FullDisk(Database):
    """A library on a disk that is full while ``is_full``."""

    is_full = False

    @override
    def _write(self, change: Callable[[Transaction], Result]) -> tuple[Result, Changes]:
        if self.is_full:
            raise StoreError("the library cannot be written: database or disk is full")
        return super()._write(change)


def _titles(rig: Rig) -> dict[int, str]:
    return {row.id: row.title for row in rig.rows()}


# -- folders that are being made ------------------------------------------------------------------


async def test_files_move_into_a_folder_that_is_being_made(
    tmp_path: Path, control: Control
) -> None:
    async with running(tmp_path, control, add_account(control)) as rig:
        made = await rig.engine.create_folder("main", "0", "Outer")
        assert made.folder is not None
        inner = await rig.engine.create_folder("main", made.folder, "Inner")
        assert inner.folder is not None
        await rig.engine.move("main", [row.id for row in rig.rows()], inner.folder)
        await rig.settled()
        assert {job.state for job in rig.jobs()} == {JobState.DONE}
        real = rig.engine.store.folder("main", inner.folder)  # the old id is still understood
        assert real is not None and real.path == "/Outer/Inner" and real.files == 8
        assert {str(file["folder"]) for file in rig.host_files().values()} == {real.id}
        assert len(rig.engine.store.listing(ListingSpec("main", inner.folder))) == 8


async def test_a_refused_folder_gives_the_files_back_and_can_be_tried_again(
    tmp_path: Path, control: Control
) -> None:
    async with opened(tmp_path, control, add_account(control)) as rig:
        async with rig.engine.running():
            await rig.sync()
        before = {row.id: row.folder for row in rig.rows()}
        control.add_faults({"call": "folder/create", "kind": "success_false", "times": 1})
        outer = await rig.engine.create_folder("main", "0", "Outer")
        inner = await rig.engine.create_folder("main", outer.folder or "", "Inner")
        moved = await rig.engine.move("main", list(before), inner.folder or "")
        async with rig.engine.running():
            jobs = await rig.ended(moved.group)
            assert states(jobs) == {JobState.REJECTED}
            assert "the folder was not made" in jobs[0].error
            assert {row.id: row.folder for row in rig.rows()} == before
            assert len(rig.engine.store.all_folders("main")) == 3  # the top and the two of before
            assert await rig.engine.retry(moved.group) == 8
            await rig.settled()
        assert states(rig.jobs()) == {JobState.DONE}
        assert {rig.engine.store.folder_path("main", row.folder) for row in rig.rows()} == {
            "/Outer/Inner"
        }


async def test_a_cancelled_folder_gives_the_files_back(tmp_path: Path, control: Control) -> None:
    async with opened(tmp_path, control, add_account(control)) as rig:
        async with rig.engine.running():
            await rig.sync()
        before = {row.id: row.folder for row in rig.rows()}
        made = await rig.engine.create_folder("main", "0", "New")
        await rig.engine.move("main", list(before), made.folder or "")
        await rig.engine.cancel(made.group)
        assert {row.id: row.folder for row in rig.rows()} == before
        assert rig.engine.store.folder("main", made.folder or "") is None
        with pytest.raises(UsageError):
            await rig.engine.move("main", list(before), made.folder or "")


# -- taking back ----------------------------------------------------------------------------------


async def test_undo_leaves_alone_what_somebody_changed_since(
    tmp_path: Path, control: Control
) -> None:
    async with running(tmp_path, control, add_account(control)) as rig:
        rows = rig.rows()[:3]
        old = _titles(rig)
        group = await rig.engine.rename("main", [(row.id, f"New {row.id}") for row in rows])
        await rig.ended(group.group)
        control.change_files({"action": "rename", "code": rows[0].code, "title": "Theirs"})
        await rig.engine.rename("main", [(rows[1].id, "Mine again")])
        await rig.settled()
        undone = await rig.engine.undo(group.group)
        assert undone is not None
        jobs = await rig.ended(undone.group)
        assert [job.state for job in jobs] == [
            JobState.CONFLICT,
            JobState.CONFLICT,
            JobState.DONE,
        ]
        files = rig.host_files()
        assert [files[row.code]["title"] for row in rows] == [
            "Theirs",
            "Mine again",
            old[rows[2].id],
        ]


async def test_undo_of_a_half_done_group_and_redo_after_a_restart(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control)
    async with opened(tmp_path, control, access) as rig:
        async with rig.engine.running():
            await rig.sync()
            old = _titles(rig)
            first = await rig.engine.rename("main", [(id, f"New {id}") for id in list(old)[:4]])
            await eventually(lambda: rig.history(), state=rig.jobs)
            await rig.engine.undo()
            await rig.settled()
        assert _titles(rig) == old
        assert {f["title"] for f in rig.host_files().values()} == set(old.values())
        undone = rig.engine.journal.group(first.group)
        assert undone is not None and undone.undone
    async with running(tmp_path, control, access) as rig:
        redone = await rig.engine.redo()
        if redone is not None:
            await rig.ended(redone.group)
        shown = _titles(rig)
        assert {f["title"] for f in rig.host_files().values()} == set(shown.values())


async def test_what_is_cancelled_while_it_is_looked_at_is_not_sent(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control)
    async with running(tmp_path, control, access) as rig:
        rule = {"call": "file/info", "kind": "delay", "seconds": 0.4, "account": access.account}
        control.add_faults(rule)
        receipt = await rig.engine.delete("main", rig.rows())
        await eventually(
            lambda: any(r["call"] == "file/info" for r in control.requests()), state=rig.jobs
        )
        assert await rig.engine.cancel(receipt.group) == 8
        await asyncio.to_thread(control.history)
        marker = await rig.engine.rename("main", [(rig.rows()[0].id, "After that")])
        await rig.ended(marker.group)
        assert [entry["op"] for entry in rig.history()] == ["file/rename"]
        assert states(rig.engine.journal.jobs(group=receipt.group)) == {JobState.CANCELLED}


# -- deleting -------------------------------------------------------------------------------------


async def test_a_file_that_changed_is_not_deleted_and_the_others_have_a_manifest(
    tmp_path: Path, control: Control
) -> None:
    async with running(tmp_path, control, add_account(control)) as rig:
        rows = rig.rows()[:2]
        control.change_files({"action": "rename", "code": rows[0].code, "title": "Precious"})
        receipt = await rig.engine.delete("main", rows)
        jobs = await rig.ended(receipt.group)
        assert [job.state for job in jobs] == [JobState.CONFLICT, JobState.DONE]
        assert rows[0].code in rig.host_files() and rows[1].code not in rig.host_files()
        (manifest,) = (tmp_path / "manifests").iterdir()
        assert rows[1].code in manifest.read_text() and rows[0].code not in manifest.read_text()


# -- when the way to the host is closed ------------------------------------------------------------


async def test_a_missing_key_holds_the_jobs_until_the_person_retries(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control)
    right = Secret(access.key)
    found = [right]

    def key() -> Secret:
        if not found:
            raise ConfigError("no key for main: set VHTUI_KEY_MAIN")
        return found[0]

    async with running(tmp_path, control, access, keys={"main": key}):
        found.clear()
    async with running(tmp_path, control, access, sync=False, keys={"main": key}) as rig:
        receipt = await rig.engine.rename("main", [(rig.rows()[0].id, "Later")])
        await eventually(lambda: rig.engine.store.account("main").state == "wrong key")
        assert "VHTUI_KEY_MAIN" in rig.engine.store.account("main").message
        assert rig.engine.journal.summary().open == 1
        found.append(right)
        await rig.engine.refresh_account("main")
        assert states(await rig.ended(receipt.group)) == {JobState.DONE}
        assert rig.engine.store.account("main").state == "ok"


async def test_a_read_only_account_takes_no_orders(tmp_path: Path, control: Control) -> None:
    access = add_account(control)
    access.read_only = True
    async with running(tmp_path, control, access) as rig:
        with pytest.raises(ReadOnlyError):
            await rig.engine.rename("main", [(rig.rows()[0].id, "Never")])
        assert rig.rows()


async def test_a_full_disk_is_told_and_nothing_is_done_twice(
    tmp_path: Path, control: Control
) -> None:
    database = FullDisk(tmp_path / "library.db")
    access = add_account(control)
    async with running(tmp_path, control, access, database=database) as rig:
        slow = {"call": "file/rename", "kind": "apply_then_delay", "seconds": 0.2}
        control.add_faults(slow)
        receipt = await rig.engine.rename("main", [(rig.rows()[0].id, "On a full disk")])
        await eventually(lambda: rig.history(), state=rig.jobs)
        database.is_full = True  # between the answer and its being written down
        await eventually(lambda: any("full" in n.text for n in rig.notices), state=rig.jobs)
        with pytest.raises(StoreError):
            await rig.engine.rename("main", [(rig.rows()[1].id, "Not written")])
        database.is_full = False
        assert states(await rig.ended(receipt.group)) == {JobState.DONE}
        assert len(rig.history()) == 1


async def test_one_account_does_not_stop_another(tmp_path: Path, control: Control) -> None:
    broken = add_account(control, "broken")

    def key() -> Secret:
        raise RuntimeError("a bug with key=SECRETKEY in it")

    good = add_account(control)
    async with running(tmp_path, control, broken, good, sync=False, keys={"broken": key}) as rig:
        await rig.sync()
        receipt = await rig.engine.rename("main", [(rig.rows()[0].id, "All the same")])
        assert states(await rig.ended(receipt.group)) == {JobState.DONE}
        log = " ".join(entry.text for entry in rig.engine.store.log())
        assert "RuntimeError" in log and "SECRETKEY" not in log


# -- sizes ----------------------------------------------------------------------------------------


async def test_choosing_of_ten_thousand_jobs_takes_no_more_work_than_of_a_hundred(
    tmp_path: Path, control: Control
) -> None:
    async with opened(tmp_path, control, add_account(control, files=0)) as rig:
        from vhtui.core import library

        files = [File(code=f"c{n}", title=f"Title {n}") for n in range(10_000)]
        await rig.engine.write(
            lambda tx: library.put_files(tx, 1, "main", "0", files, fetched=tx.now)
        )
        ids = list(rig.engine.store.listing(ListingSpec("main", None)).ids)

        def steps() -> int:
            """Count the database's own steps, tens of them, for a round of reads."""
            sql, counted = rig.engine.database.reader(), Counter[str]()
            sql.set_progress_handler(lambda: counted.update(("step",)), 10)
            assert schedule.next_entry(sql, 1, 2e10, []) is not None
            rig.engine.journal.summary()
            rig.engine.journal.groups()
            sql.set_progress_handler(None, 0)
            return counted["step"]

        await rig.engine.rename("main", [(id, f"New {id}") for id in ids[:100]])
        few = steps()
        await rig.engine.rename("main", [(id, f"New {id}") for id in ids[100:]])
        assert 0 < steps() < 2 * few + 10


# -- waiting --------------------------------------------------------------------------------------


async def test_a_job_behind_a_paused_one_waits_without_a_busy_loop(
    tmp_path: Path, control: Control
) -> None:
    async with running(tmp_path, control, add_account(control)) as rig:
        id = rig.rows()[0].id
        await rig.engine.pause_all()
        slow = {"call": "file/rename", "kind": "status", "status": 500, "times": 1}
        control.add_faults(slow)
        first = await rig.engine.rename("main", [(id, "First")])
        await rig.engine.pause(first.group)
        second = await rig.engine.rename("main", [(id, "Second")])
        reads = time.process_time()
        await asyncio.sleep(0.3)  # the measure itself: what an idle engine costs
        assert time.process_time() - reads < 0.25
        assert rig.engine.journal.summary().paused == 1
        await rig.engine.resume(first.group)
        await rig.ended(second.group)
        titles = [entry["params"]["title"] for entry in rig.history()]
        assert titles == ["First", "Second"]
        assert rig.rows()[0].title in {"Second", rig.rows()[0].title}


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    database = Database(tmp_path / "library.db")
    try:
        with pytest.raises(sqlite3.OperationalError):
            database.reader().execute("DELETE FROM log")
    finally:
        database.close()
