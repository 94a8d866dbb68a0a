"""Every change under every fault: the end is the permitted one, and the host applied it once.

The accounts of one engine each meet one fault, all at the same time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.core.rig import TUNING, Access, Rig, add_account, eventually, running
from tests.proxy import Mischief, Plan, Proxy, proxied
from vhtui.core.jobs.groups import Receipt
from vhtui.models import FileRow, JobState, RemoteState
from vhtui.sandbox.client import Control

# A change that applies late does so within the time after which vhtui looks.
SCALED = replace(TUNING, request_deadline=2.0, settle=1.0, remote_settle=0.3, poll_active=8.0)


@dataclass(frozen=True)
class Fault:
    """One thing that happens to the call. ``refuses``: the host says that it did nothing."""

    name: str
    rule: dict[str, Any] | None = None
    mischief: Mischief | None = None
    is_refused: bool = False
    refuses: bool = False
    applies: bool = False
    is_doubtful: bool = True


def sandbox_fault(name: str, kind: str, **rule: Any) -> Fault:
    marks = {key: rule.pop(key) for key in ("refuses", "applies", "is_doubtful") if key in rule}
    return Fault(name, {"kind": kind, **rule}, **marks)


FAULTS = [
    Fault("refused connection", is_refused=True, is_doubtful=False),
    Fault("reset before", mischief=Mischief.RESET_BEFORE),
    Fault("reset after", mischief=Mischief.RESET_AFTER, applies=True),
    Fault("stall before", mischief=Mischief.STALL_BEFORE),
    Fault("stall after", mischief=Mischief.STALL_AFTER, applies=True),
    Fault("cut body", mischief=Mischief.CUT, applies=True),
    sandbox_fault("hang up before", "disconnect"),
    sandbox_fault("hang up after", "apply_then_disconnect", applies=True),
    sandbox_fault("half body", "truncate", applies=True),
    sandbox_fault("late in time-out", "delay", seconds=2.2, applies=True),
    sandbox_fault(
        "429 with Retry-After",
        "status",
        status=429,
        headers={"Retry-After": "1"},
        is_doubtful=False,
    ),
    sandbox_fault("429 without", "status", status=429, is_doubtful=False),
    sandbox_fault("500", "status", status=500),
    sandbox_fault("applied, then 500", "apply_then_status", status=500, applies=True),
    sandbox_fault("500, applied late", "late", seconds=0.2, applies=True),
    sandbox_fault("HTML", "html"),
    sandbox_fault("HTML after", "html", apply=True, applies=True),
    sandbox_fault("success false", "success_false", refuses=True, is_doubtful=False),
    sandbox_fault("redirect", "redirect"),
    sandbox_fault("invalid JSON", "invalid_json"),
    sandbox_fault("empty body", "empty"),
    sandbox_fault("wrong types", "wrong_types", applies=True),
]

Order = Callable[[Rig, str], Awaitable[Receipt]]
Check = Callable[[Rig, str, bool], bool]


@dataclass(frozen=True)
class Operation:
    """A change: how it is asked for, the host's call, and whether the host shows its effect."""

    name: str
    call: str
    order: Order
    holds: Check
    provider: str = "voe"
    is_batch: bool = False
    prepare: Callable[[Rig, str], Awaitable[None]] | None = None

    @property
    def marker(self) -> str:
        """What the request line of the call has in it."""
        return "op=upload_url" if self.provider == "illvid" else f"/api/{self.call}?"


def _first(rig: Rig, name: str) -> FileRow:
    return min(rig.rows(name), key=lambda row: row.code)


async def rename(rig: Rig, name: str) -> Receipt:
    return await rig.engine.rename(name, [(_first(rig, name).id, "A new title")])


def renamed(rig: Rig, name: str, happened: bool) -> bool:
    row = _first(rig, name)
    there = bool(rig.host_files(name)[row.code]["title"] == "A new title")
    return there == happened == (row.title == "A new title")


def _target(rig: Rig, name: str) -> str:
    folders = rig.engine.store.folders(name, "0")
    return next(f.id for f in folders if f.id != _first(rig, name).folder)


async def gather_at_the_top(rig: Rig, name: str) -> None:
    for row in sorted(rig.rows(name), key=lambda row: row.code)[:3]:
        if row.folder != "0":
            rig.control.change_files({"action": "move", "code": row.code, "folder": 0})
    await rig.sync(name)


async def move(rig: Rig, name: str) -> Receipt:
    rows = sorted(rig.rows(name), key=lambda row: row.code)[:3]
    return await rig.engine.move(name, [row.id for row in rows], _target(rig, name))


def moved(rig: Rig, name: str, happened: bool) -> bool:
    rows = sorted(rig.rows(name), key=lambda row: row.code)[:3]
    files = rig.host_files(name)
    same = all(str(files[row.code]["folder"]) == row.folder for row in rows)
    return same and all((row.folder != "0") == happened for row in rows)


async def trash(rig: Rig, name: str) -> Receipt:
    return await rig.engine.trash(name, [_first(rig, name).id])


def trashed(rig: Rig, name: str, happened: bool) -> bool:
    row = _first(rig, name)
    shown = rig.engine.store.folder_path(name, row.folder) == "/vhtui-trash"
    return shown == happened and str(rig.host_files(name)[row.code]["folder"]) == row.folder


async def delete(rig: Rig, name: str) -> Receipt:
    return await rig.engine.delete(name, sorted(rig.rows(name), key=lambda row: row.code)[:3])


def deleted(rig: Rig, name: str, happened: bool) -> bool:
    return len(rig.host_files(name)) == len(rig.rows(name)) == (5 if happened else 8)


async def create_folder(rig: Rig, name: str) -> Receipt:
    return await rig.engine.create_folder(name, "0", "Season 02")


def _host_folders(rig: Rig, name: str) -> list[str]:
    account = rig.accesses[name].account
    return [folder["name"] for folder in rig.control.folders(account=account)]


def created(rig: Rig, name: str, happened: bool) -> bool:
    shown = [folder.id for folder in rig.engine.store.folders(name, "0")]
    count = _host_folders(rig, name).count("Season 02")
    return count == happened and len(shown) == 2 + happened and "new" not in str(shown)


async def rename_folder(rig: Rig, name: str) -> Receipt:
    folder = rig.engine.store.folders(name, "0")[0]
    return await rig.engine.rename_folder(name, folder.id, "Renamed")


def folder_renamed(rig: Rig, name: str, happened: bool) -> bool:
    titles = [folder.title for folder in rig.engine.store.folders(name, "0")]
    return ("Renamed" in _host_folders(rig, name)) == happened == ("Renamed" in titles)


async def add_remote(rig: Rig, name: str) -> Receipt:
    return await rig.engine.add_remote(name, ["https://example.com/new.mp4"], None)


def remote_added(rig: Rig, name: str, happened: bool) -> bool:
    return len([e for e in rig.history(name) if e["op"] == "upload/url"]) == happened


def _failed_uploads(rig: Rig, name: str) -> list[str]:
    queue = rig.engine.store.remote_uploads(name)
    return [upload.id for upload in queue if upload.state is RemoteState.FAILED]


async def restart_remote(rig: Rig, name: str) -> Receipt:
    return await rig.engine.restart_remote(name, _failed_uploads(rig, name)[:1])


async def delete_remote(rig: Rig, name: str) -> Receipt:
    return await rig.engine.delete_remote(name, _failed_uploads(rig, name)[:1])


async def clear_failed(rig: Rig, name: str) -> Receipt:
    return await rig.engine.clear_failed_remote(name)


def queue_shorter_by(count: int) -> Check:
    def check(rig: Rig, name: str, happened: bool) -> bool:
        return len(_failed_uploads(rig, name)) == 5 - (count if happened else 0)

    return check


OPERATIONS = [
    Operation("rename", "file/rename", rename, renamed),
    Operation("move", "file/set_folder", move, moved, is_batch=True, prepare=gather_at_the_top),
    Operation("trash", "file/set_folder", trash, trashed),
    Operation("delete", "file/delete", delete, deleted, is_batch=True),
    Operation("create folder", "folder/create", create_folder, created),
    Operation("rename folder", "folder/rename", rename_folder, folder_renamed),
    Operation("remote add", "upload/url", add_remote, remote_added),
    Operation("remote restart", "upload/url/restart", restart_remote, queue_shorter_by(1)),
    Operation("remote delete", "upload/url/delete", delete_remote, queue_shorter_by(1)),
    Operation("clear failed", "upload/url/delete/failed", clear_failed, queue_shorter_by(5)),
    Operation("illvid remote add", "upload_url", add_remote, lambda *_: True, provider="illvid"),
]


def permitted(operation: Operation, fault: Fault) -> tuple[JobState, int]:
    """Return how the job must end, and how often the host may have applied it."""
    if fault.refuses and operation.is_batch:
        return JobState.DONE, 3  # refused together, so they are tried one by one
    if fault.refuses:
        return JobState.REJECTED, 0
    if operation.provider == "illvid" and fault.is_doubtful:
        return JobState.NEEDS_YOU, int(fault.applies)
    return JobState.DONE, 1


async def suffer(operation: Operation, fault: Fault, rig: Rig, name: str, proxy: Proxy) -> str:
    """Let one account's change meet a fault; return what is wrong with the end."""
    if "remote" in operation.name or operation.name == "clear failed":
        await rig.answered(await rig.engine.refresh_remote(name))
    if operation.prepare is not None:
        await operation.prepare(rig, name)
    count = len(rig.history(name))
    if fault.rule is not None:
        rule = {"call": operation.call, "account": rig.accesses[name].account, **fault.rule}
        if fault.refuses and operation.provider == "illvid":
            rule["body"] = {"error": "No."}
        rig.control.add_faults(rule)
    if fault.mischief is not None:
        proxy.plans.append(Plan(operation.marker, fault.mischief))
    if fault.is_refused:
        await proxy.refuse()
    receipt = (
        await operation.order(rig, name)
        if not fault.is_refused
        else await _refused(operation, rig, name, proxy)
    )
    jobs = await rig.ended(receipt.group)
    state, times = permitted(operation, fault)

    def applied() -> int:
        return sum(entry["op"] == operation.call for entry in rig.history(name)[count:])

    with contextlib.suppress(AssertionError):  # what was late may still be on its way
        await eventually(lambda: applied() >= times, seconds=2.0)
    wrong = []
    if {job.state for job in jobs} != {state}:
        wrong.append(f"ended as {[(j.state.value, j.error) for j in jobs]}, not {state}")
    if applied() != times:
        wrong.append(f"applied {applied()} times, not {times}")
    with contextlib.suppress(AssertionError):
        await eventually(lambda: operation.holds(rig, name, times > 0), seconds=2.0)
    if not operation.holds(rig, name, times > 0):
        wrong.append("host and library do not show it")
    return "; ".join(wrong)


async def _refused(operation: Operation, rig: Rig, name: str, proxy: Proxy) -> Receipt:
    """Ask while no connection can be made, and let them through once one was refused."""
    receipt = await operation.order(rig, name)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.3):
            while rig.engine.store.account(name).state != "offline":
                await asyncio.sleep(0.01)
    await proxy.listen()
    return receipt


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
async def test_fault(operation: Operation, tmp_path: Path, control: Control) -> None:
    async with contextlib.AsyncExitStack() as stack:
        accesses: list[Access] = []
        proxies: list[Proxy] = []
        for number, _ in enumerate(FAULTS):
            access = add_account(control, f"a{number}", provider=operation.provider)
            proxy = await stack.enter_async_context(proxied(access.base_url))
            accesses.append(replace(access, base_url=proxy.url))
            proxies.append(proxy)
        rig = await stack.enter_async_context(
            running(tmp_path, control, *accesses, sync=operation.provider == "voe", tuning=SCALED)
        )
        wrong = await asyncio.gather(
            *(
                suffer(operation, fault, rig, access.name, proxy)
                for fault, access, proxy in zip(FAULTS, accesses, proxies, strict=True)
            )
        )
    failures = {fault.name: text for fault, text in zip(FAULTS, wrong, strict=True) if text}
    assert not failures
