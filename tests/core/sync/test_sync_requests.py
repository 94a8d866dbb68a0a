"""What syncs cost and find, counted by the sandbox itself over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.core.rig import TUNING, Access, Rig, add_account, eventually, opened
from vhtui.config import SyncSettings
from vhtui.models import ROOT
from vhtui.sandbox.client import Control

PAGE = 100
"""Files a page of the sandbox's folder/list has."""
EAGER = replace(TUNING, poll_idle=0.05)
PATIENT = replace(TUNING, request_deadline=10.0)


@dataclass
class Account:
    """A running engine that looks only when asked, and the host's side of its account."""

    rig: Rig
    access: Access
    seen: int = 0

    async def sync(self, *, full: bool = False) -> dict[str, Any]:
        """Sync and return the report; ``requests`` counts from here."""
        self.seen = len(self.rig.control.requests())
        report, error = await self.try_to_sync(full=full)
        assert not error, error
        return report

    async def try_to_sync(self, *, full: bool = False) -> tuple[dict[str, Any], str]:
        number = await self.rig.engine.sync("main", full=full)

        def answered() -> bool:
            wish = self.rig.engine.request(number)
            return wish is not None and wish.state != "open"

        await eventually(answered, state=self.rig.store.log, seconds=60)
        wish = self.rig.engine.request(number)
        assert wish is not None
        return json.loads(wish.result or "{}"), wish.error

    def requests(self, call: str = "") -> list[dict[str, Any]]:
        """Return the account's requests since the last sync was asked for."""
        return [
            request
            for request in self.rig.control.requests(self.seen)
            if request["account"] == self.access.account and call in ("", request["call"])
        ]

    def agree(self) -> None:
        """Fail unless the library and the host have the same files in the same folders."""
        assert {row.code: (row.title, row.folder) for row in self.rig.rows()} == {
            code: (file["title"], str(file["folder"]))
            for code, file in self.rig.host_files().items()
        }

    def host_folders(self) -> dict[int, int]:
        """Return the account's folders and how many files each has, the top one included."""
        counts = Counter(int(file["folder"]) for file in self.rig.host_files().values())
        folders = self.rig.control.folders(account=self.access.account)
        return {0: counts[0]} | {folder["id"]: counts[folder["id"]] for folder in folders}

    def quietest_folder(self) -> str:
        """Return the folder, not the top, whose newest file is the oldest."""
        newest: dict[str, int] = {}
        for row in self.rig.rows():
            newest[row.folder] = max(newest.get(row.folder, 0), row.uploaded or 0)
        return min(newest.keys() - {ROOT}, key=lambda id: newest[id])

    def change(self, **change: Any) -> str:
        return self.rig.control.change_files(change | {"account": self.access.account})[0]

    def change_folder(self, **change: Any) -> int:
        return self.rig.control.change_folder(**change, account=self.access.account)

    def fault(self, call: str, kind: str, **more: Any) -> None:
        rule = {"call": call, "kind": kind, "account": self.access.account, "times": 999}
        self.rig.control.add_faults(rule | more)


@contextlib.asynccontextmanager
async def quiet(
    data: Path, control: Control, access: Access, *, polls: bool = False, **options: Any
) -> AsyncIterator[Account]:
    async with opened(data, control, access, **{"tuning": PATIENT} | options) as rig:
        rig.engine.polls = polls
        async with rig.engine.running():
            yield Account(rig, access)


def _pages(requests: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    return Counter(
        (request["params"]["fld_id"], request["params"].get("page", "1"))
        for request in requests
        if request["status"] == 200
    )


# -- the first sync -------------------------------------------------------------------------------


@pytest.mark.parametrize(("files", "folders"), [(900, 30), (450, 0), (0, 0), (20, 60)])
async def test_a_first_sync_takes_the_least_requests_and_two(
    tmp_path: Path, control: Control, files: int, folders: int
) -> None:
    access = add_account(control, files=files, folders=folders)
    async with quiet(tmp_path, control, access) as account:
        report = await account.sync()
        least = sum(max(1, math.ceil(count / PAGE)) for count in account.host_folders().values())
        assert len(account.requests("folder/list")) == least
        assert len(account.requests()) == report["requests"] <= least + 2
        assert (report["kind"], report["new"], report["complete"]) == ("first", files, True)
        account.agree()


@pytest.mark.parametrize(("files", "folders"), [(300, 30), (950, 0)])
async def test_an_interrupted_first_sync_goes_on_where_it_stopped(
    tmp_path: Path, control: Control, files: int, folders: int
) -> None:
    access = add_account(control, files=files, folders=folders)
    listed: Counter[tuple[str, str]] = Counter()
    async with quiet(tmp_path, control, access, tuning=TUNING) as account:
        account.fault("folder/list", "status", skip=6, status=401)
        _, error = await account.try_to_sync()
        assert error
        listed += _pages(account.requests("folder/list"))
        assert sum(listed.values()) == 6
        assert account.rig.store.account("main").synced is None
    control.clear_faults()
    async with quiet(tmp_path, control, access) as account:
        await account.sync()
        listed += _pages(account.requests("folder/list"))
        least = sum(max(1, math.ceil(count / PAGE)) for count in account.host_folders().values())
        assert len(listed) == least and set(listed.values()) == {1}
        account.agree()


async def test_a_first_sync_that_was_cut_off_resumes_by_itself(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=100, folders=12)
    async with quiet(tmp_path, control, access, tuning=TUNING) as account:
        account.fault("folder/list", "status", skip=4, status=401)
        assert (await account.try_to_sync())[1]
    control.clear_faults()
    async with quiet(tmp_path, control, access, polls=True, tuning=EAGER) as account:
        await eventually(lambda: account.rig.store.account("main").synced, seconds=30)
        account.agree()


async def test_a_first_sync_lists_what_is_on_screen_first(tmp_path: Path, control: Control) -> None:
    access = add_account(control, files=60, folders=60)
    folders = control.folders(account=access.account)
    parents = {folder["id"]: folder["parent"] for folder in folders}
    shown = [folder["id"] for folder in folders if folder["parent"]][-1]
    chain = [shown]
    while parents[chain[-1]]:
        chain.append(parents[chain[-1]])
    async with quiet(tmp_path, control, access, rate=40.0) as account:
        account.rig.engine.look_at("main", "files", str(shown))
        # The library knows the way there from an earlier time.
        await account.rig.engine.refresh("main", ROOT)
        for folder in reversed(chain[1:]):
            await account.rig.answered(await account.rig.engine.refresh("main", str(folder)))
        await account.sync()
        order = [request["params"]["fld_id"] for request in account.requests("folder/list")]
        assert str(shown) in order[:4]


async def test_progress_and_the_time_left_are_told(tmp_path: Path, control: Control) -> None:
    access = add_account(control, files=300, folders=40)
    async with quiet(tmp_path, control, access, rate=15.0) as account:
        told: list[tuple[int | None, int | None, float | None]] = []

        def hear(_: object) -> None:
            row = account.rig.store.account("main")
            told.append((row.sync_done, row.sync_total, row.sync_left))

        account.rig.engine.subscribe(hear)
        await account.sync()
        running = [(done, total, left) for done, total, left in told if total]
        assert running[0] == (0, 1, None), "told before the host answers"
        assert any(done and done < (total or 0) for done, total, _ in running)
        assert any(left and left < 60 for _, _, left in running)
        assert account.rig.store.account("main").sync_total is None


# -- what changed ---------------------------------------------------------------------------------


async def test_a_sync_with_nothing_changed_takes_at_most_five_requests(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=700, folders=40)
    async with quiet(tmp_path, control, access) as account:
        await account.sync()
        folder = account.rig.rows()[-1].folder
        account.rig.engine.look_at("main", "files", folder)
        for _ in range(2):
            report = await account.sync()
            assert report["kind"] == "quick" and report["requests"] == len(account.requests()) <= 5
            assert (report["new"], report["deleted"], report["unplaced"]) == (0, 0, 0)


@pytest.mark.parametrize("where", ["top", "deep", "new folder"])
async def test_a_new_file_is_found_in_few_requests(
    tmp_path: Path, control: Control, where: str
) -> None:
    access = add_account(control, files=400, folders=25)
    async with quiet(tmp_path, control, access) as account:
        await account.sync()
        newest = list(account.rig.host_files().values())[-1]
        if where == "new folder":
            folder = account.change_folder(action="add", name="Just made")
        else:
            folder = 0 if where == "top" else newest["folder"]
        code = account.change(action="add", title="New.mp4", folder=folder)
        report = await account.sync()
        assert report["new"] == 1 and report["unplaced"] == 0
        assert len(account.requests()) <= 10
        row = account.rig.store.file_by_code("main", code)
        assert row is not None and row.folder == str(folder)
        assert len(account.requests("folder/list")) <= 8
        assert (await account.sync())["requests"] <= 5


async def test_a_new_file_in_an_unlikely_folder_is_looked_for_in_the_background(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=400, folders=60)
    async with quiet(tmp_path, control, access) as account:
        await account.sync()
        folder = account.quietest_folder()
        code = account.change(action="add", title="Hidden.mp4", folder=int(folder))
        report = await account.sync()
        assert report["unplaced"] == 1 and len(account.requests()) <= 12
        note = account.rig.store.account("main").sync_note
        assert note == "1 new file on the host, still looking for its folder"
    settled = SyncSettings(share=1.0)
    async with quiet(
        tmp_path, control, access, polls=True, tuning=EAGER, checks=settled
    ) as account:
        await eventually(lambda: account.rig.store.file_by_code("main", code), seconds=30)
        await eventually(lambda: not account.rig.store.account("main").sync_note)
        account.agree()


async def test_a_hundred_new_files_are_found_by_the_host_s_count(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=120, folders=6)
    async with quiet(tmp_path, control, access) as account:
        await account.sync()
        folder = list(account.rig.host_files().values())[-1]["folder"]
        new = [
            {"action": "add", "title": f"{n}.mp4", "folder": folder, "account": access.account}
            for n in range(320)
        ]
        control.change_files(*new)
        report = await account.sync()
        assert report["new"] == 320
        assert [request["params"].get("created") for request in account.requests("file/list")][1:]
        account.agree()


async def test_a_thousand_new_files_cost_the_pages_they_fill(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=120, folders=6)
    async with quiet(tmp_path, control, access) as account:
        await account.sync()
        added = {"action": "add", "folder": 0, "account": access.account}
        control.change_files(*(added | {"title": f"{n}.mp4"} for n in range(1200)))
        report = await account.sync()
        assert report["new"] == 1200
        assert len(account.requests("folder/list")) <= 1200 / PAGE + 2
        account.agree()


async def test_a_file_deleted_at_the_website_goes_by_the_host_s_own_list(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=300, folders=20)
    async with quiet(tmp_path, control, access) as account:
        await account.sync()
        for row in account.rig.rows()[100:103]:
            account.change(action="delete", code=row.code)
        report = await account.sync()
        assert report["deleted"] == 3 and len(account.requests()) <= 5
        account.agree()


async def test_a_deleted_list_that_is_refused_is_not_asked_for_again(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=30, folders=3)
    async with quiet(tmp_path, control, access) as account:
        account.fault("files/deleted", "status", status=403)
        await account.sync()
        await account.sync()
        assert not account.requests("files/deleted")
        assert account.rig.store.account("main").state == "ok"


async def test_what_moved_at_the_website_is_found_by_a_whole_sync_and_never_lost(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=200, folders=12)
    async with quiet(tmp_path, control, access) as account:
        await account.sync()
        ids = {row.code: row.id for row in account.rig.rows()}
        away, renamed, gone, *_ = [row for row in account.rig.rows() if row.folder != ROOT]
        folders = [id for id in account.host_folders() if str(id) != away.folder]
        account.change(action="move", code=away.code, folder=folders[-1])
        account.change(action="rename", code=renamed.code, title="Theirs")
        report = await account.sync(full=True)
        account.agree()
        assert (report["kind"], report["new"], report["deleted"]) == ("full", 0, 0)
        assert {row.code: row.id for row in account.rig.rows()} == ids
        account.fault("files/deleted", "status", status=404)
        account.change(action="delete", code=gone.code)
        report = await account.sync(full=True)
        assert report["deleted"] == 1
        assert len(account.requests("file/info")) == 1
        account.agree()


async def test_the_background_finds_what_moved_in_its_own_time(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=80, folders=8)
    checks = SyncSettings(recheck=0.5, share=1.0)
    async with quiet(tmp_path, control, access, polls=True, tuning=EAGER, checks=checks) as account:
        await account.sync()
        row = next(row for row in account.rig.rows() if row.folder != ROOT)
        account.change(action="move", code=row.code, folder=0)

        def moved() -> bool:
            now = account.rig.store.file(row.id)
            return now is not None and now.folder == ROOT

        await eventually(moved, seconds=30)
        account.agree()


async def test_the_background_is_off_when_it_is_switched_off(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=20, folders=3)
    checks = SyncSettings(recheck=None)
    async with quiet(tmp_path, control, access, polls=True, tuning=EAGER, checks=checks) as account:
        await account.sync()
        before = len(account.requests("folder/list"))
        # The watcher looks at the queue again and again; the folders stay alone.
        await eventually(lambda: len(account.requests("upload/url/list")) > 3, seconds=30)
        assert len(account.requests("folder/list")) == before


# -- folders --------------------------------------------------------------------------------------


async def test_a_folder_deleted_at_the_website_goes_with_all_below_it(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=200, folders=14)
    async with quiet(tmp_path, control, access) as account:
        await account.sync()
        top = next(f for f in account.rig.store.folders("main", ROOT) if f.folders)
        account.change_folder(action="delete", id=int(top.id))
        await account.sync()
        paths = [folder.path for folder in account.rig.store.all_folders("main")]
        assert not [path for path in paths if path.startswith(top.path)]
        account.agree()


async def test_a_folder_moved_at_the_website_is_never_out_of_sight(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=200, folders=14)
    async with quiet(tmp_path, control, access) as account:
        await account.sync()
        one, other = [f for f in account.rig.store.folders("main", ROOT) if f.folders][:2]
        account.change_folder(action="move", id=int(one.id), parent=int(other.id))
        await account.sync()  # sees only that it left the top
        assert account.rig.store.folder("main", one.id) is not None
        await account.sync(full=True)
        moved = account.rig.store.folder("main", one.id)
        assert moved is not None and moved.path == f"{other.path}/{one.title}"
        assert len(account.rig.store.all_folders("main")) == 15
        account.agree()


# -- odd hosts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "switch", ["voe_ignores_created", "voe_created_in_minutes", "voe_oldest_first"]
)
async def test_new_files_are_found_whatever_the_host_makes_of_created(
    tmp_path: Path, control: Control, switch: str
) -> None:
    access = add_account(control, files=700, folders=5)
    control.set_options(**{switch: True})
    async with quiet(tmp_path, control, access) as account:
        await account.sync()
        folder = list(account.rig.host_files().values())[-1]["folder"]
        account.change(action="add", title="New.mp4", folder=folder)
        report = await account.sync()
        if switch == "voe_ignores_created":
            assert len(account.requests()) <= 12
        assert report["new"] == 1
        account.agree()
        assert (await account.sync())["requests"] <= 5


async def test_a_host_that_neither_sorts_nor_filters_is_read_in_bounds(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=1500, folders=20)
    control.set_options(voe_ignores_created=True, voe_oldest_first=True)
    async with quiet(tmp_path, control, access) as account:
        await account.sync()
        folder = account.quietest_folder()
        account.change(action="add", title="New.mp4", folder=int(folder))
        await account.sync()
        assert len(account.requests()) <= 8
        assert account.rig.engine.store.database.reader().execute(
            "SELECT drift, hurry > 0 FROM sync_state"
        ).fetchone()[:] == (1, 1)
        assert len(account.requests()) <= 8
        await account.sync(full=True)
        account.agree()


async def test_a_host_that_lists_only_the_top_without_a_folder_is_recognised(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=300, folders=12)
    control.set_options(voe_list_is_top=True)
    async with quiet(tmp_path, control, access) as account:
        report = await account.sync()
        assert report["complete"]
        account.agree()
        for _ in range(2):
            assert (await account.sync())["requests"] <= 5
        account.change(action="add", title="Top.mp4", folder=0)
        assert (await account.sync())["new"] == 1
        account.agree()


async def test_a_host_that_tells_folders_in_its_list_needs_no_search(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=300, folders=40)
    control.set_options(voe_list_has_folder=True)
    async with quiet(tmp_path, control, access) as account:
        await account.sync()
        folder = account.quietest_folder()
        account.change(action="add", title="New.mp4", folder=int(folder))
        report = await account.sync()
        assert report["new"] == 1 and len(account.requests()) <= 5
        account.agree()


async def test_pages_that_do_not_turn_are_read_by_the_other_list(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=320, folders=0)
    control.set_options(voe_pages_stand=True)
    async with quiet(tmp_path, control, access) as account:
        assert (await account.sync())["complete"]
        account.agree()
        assert (await account.sync())["requests"] <= 5


async def test_pages_that_shift_while_they_are_read_lose_nothing(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=250, folders=0)
    async with quiet(tmp_path, control, access) as account:
        await account.sync()
        newest = list(account.rig.host_files())[-5:]
        account.fault("folder/list", "delay", skip=1, times=1, seconds=1.0)
        sync = asyncio.create_task(account.sync(full=True))
        await eventually(lambda: len(account.requests("folder/list")) >= 2)
        for code in newest:  # of the first page: the others move up behind the reader's back
            account.change(action="delete", code=code)
        report = await sync
        assert report["deleted"] == 5
        account.agree()


async def test_a_host_that_does_not_answer_at_once_is_told_at_once(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=10, folders=2)
    async with quiet(tmp_path, control, access) as account:
        await account.sync()
        states: list[str] = []
        account.rig.engine.subscribe(
            lambda _: states.append(account.rig.store.account("main").state)
        )
        account.fault("folder/list", "disconnect", times=2)
        assert await account.rig.answered(await account.rig.engine.refresh("main")) == ""
        await eventually(lambda: states and states[-1] == "ok", state=lambda: states)
        assert "not answering" in states
        assert "not answering" not in " ".join(entry.text for entry in account.rig.store.log())


async def test_a_first_listing_whose_pages_shift_is_made_good_by_the_next_sync(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=250, folders=0)
    async with quiet(tmp_path, control, access) as account:
        newest = list(account.rig.host_files())[-5:]
        account.fault("folder/list", "delay", skip=1, times=1, seconds=1.0)
        sync = asyncio.create_task(account.sync())
        await eventually(lambda: len(account.requests("folder/list")) >= 2)
        for code in newest:
            account.change(action="delete", code=code)
        await sync
        await account.sync()
        account.agree()


async def test_a_listing_is_begun_again_when_its_pages_shifted_since(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=650, folders=0)
    async with quiet(tmp_path, control, access, tuning=TUNING) as account:
        account.fault("folder/list", "status", skip=4, status=401)
        assert (await account.try_to_sync())[1]
        for code in list(account.rig.host_files())[-40:]:
            account.change(action="delete", code=code)
        control.clear_faults()
        await account.sync()
        await account.sync()
        account.agree()


async def test_a_folder_that_cannot_be_listed_keeps_nothing_else_waiting(
    tmp_path: Path, control: Control
) -> None:
    access = add_account(control, files=200, folders=10)
    async with quiet(tmp_path, control, access, tuning=TUNING, rate=20.0) as account:
        account.fault("folder/list", "invalid_json", skip=5, times=16)
        report = await account.sync()
        assert not report["complete"]
        assert "could not be listed" in account.rig.store.account("main").sync_note
        control.clear_faults()
        report = await account.sync()
        assert report["complete"] and not account.rig.store.account("main").sync_note
        account.agree()
