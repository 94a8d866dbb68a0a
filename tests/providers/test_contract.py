"""Every provider, every call it says it can make, against the sandbox over real sockets.

What a provider cannot do must say so in words, with the same call.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from vhtui.errors import NotFoundError, UnsupportedError, WrongKeyError
from vhtui.models import ROOT, Capability, RemoteState
from vhtui.providers import PROVIDERS, by_name, connect
from vhtui.providers.base import Provider
from vhtui.sandbox import RunningSandbox, SandboxOptions, start
from vhtui.text import Secret

URL = "https://files.example/My%20Clip.mp4"
PAYLOAD = b"\x00\x01\x02\r\n--vhtui-not-a-boundary\r\n" * 1000


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the sandbox, and a provider connected to it."""

    provider: Provider
    name: str
    sandbox: RunningSandbox

    def code(self) -> str:
        return self.codes()[0]

    def codes(self) -> list[str]:
        files = self.sandbox.control.files(provider=self.provider.name, account=self.name)
        return [file["code"] for file in files]

    def file(self, code: str) -> dict[str, Any]:
        files = self.sandbox.control.files(provider=self.provider.name, account=self.name)
        return next(file for file in files if file["code"] == code)

    def folders(self) -> list[dict[str, Any]]:
        return self.sandbox.control.folders(provider=self.provider.name, account=self.name)

    async def queued(self) -> str:
        return (await self.provider.add_remote_upload(URL, None)).id


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with start(SandboxOptions(files=40, folders=8, rate=0)) as running:
        yield running


@pytest.fixture(params=PROVIDERS)
async def account(
    request: pytest.FixtureRequest, sandbox: RunningSandbox
) -> AsyncIterator[Account]:
    access = sandbox.control.add_account(request.param, files=40, folders=8)

    async def key() -> Secret:
        return Secret(access["key"])

    provider = connect(
        request.param, key=key, base_url=access["base_url"], requests_per_second=1000, deadline=10
    )
    yield Account(provider, access["account"], sandbox)
    await provider.close()


async def list_files(account: Account) -> None:
    provider = account.provider
    listing = await provider.list_folder(ROOT)
    folder_ids = {str(folder["id"]) for folder in account.folders() if not folder["parent"]}
    assert {folder.id for folder in listing.folders} == folder_ids
    assert all(folder.parent == ROOT for folder in listing.folders)
    assert all(file.folder == ROOT for file in listing.files.items)
    whole = await provider.list_files()
    assert {file.code for file in whole.items} == set(account.codes())
    assert whole.total == 40
    assert not whole.has_more
    assert not whole.unreadable
    assert all(file.title and file.uploaded for file in whole.items)
    some = await provider.list_files(name=whole.items[0].title)
    assert whole.items[0].code in {file.code for file in some.items}
    newest = max(file.uploaded or 0 for file in whole.items)
    newer = await provider.list_files(created_after=newest - 1)
    assert newer.items
    assert all((file.uploaded or 0) >= newest - 1 for file in newer.items)


async def file_info(account: Account) -> None:
    code = account.code()
    found = await account.provider.file_info([code, "nosuchfile00"])
    assert [(info.code, info.found) for info in found] == [(code, True), ("nosuchfile00", False)]
    assert found[0].title == account.file(code)["title"]
    account.sandbox.control.set_options(voe_single_info=True)
    assert await account.provider.file_info([code]) == found[:1]
    account.sandbox.control.set_options(voe_single_info=False)


async def rename_file(account: Account) -> None:
    title = "50% & more? #1 + ü 🎬"
    await account.provider.rename_file(account.code(), title)
    assert account.file(account.code())["title"] == title
    with pytest.raises(NotFoundError):
        await account.provider.rename_file("nosuchfile00", "x")


async def move_file(account: Account) -> None:
    codes, folder = account.codes()[:3], str(account.folders()[0]["id"])
    await account.provider.move_files(codes, folder)
    assert {str(account.file(code)["folder"]) for code in codes} == {folder}
    listed = await account.provider.list_folder(folder)
    assert {file.folder for file in listed.files.items} == {folder}


async def delete_file(account: Account) -> None:
    gone, *rest = account.codes()
    await account.provider.delete_files([gone])
    assert account.codes() == rest


async def clone_file(account: Account) -> None:
    code = account.code()
    clone = await account.provider.clone_file(code, ROOT)
    assert clone.code != code
    assert clone.code in account.codes()
    assert clone.title


async def renew_file(account: Account) -> None:
    code = account.code()
    renewed = await account.provider.renew_file(code)
    assert renewed in account.codes()
    assert code not in account.codes()


async def check_files(account: Account) -> None:
    asked = [account.code(), "nosuchfile00"]
    control = account.sandbox.control
    for switches in ({}, {"illvid_bare_codes": True}, {"illvid_envelope": True}):
        control.set_options(**switches)
        assert await account.provider.missing_files(asked) == {"nosuchfile00"}
    control.set_options(illvid_bare_codes=False, illvid_envelope=False)


async def create_folder(account: Account) -> None:
    id = await account.provider.create_folder(ROOT, "New & old")
    assert {"id": int(id), "parent": 0, "name": "New & old"} in account.folders()


async def rename_folder(account: Account) -> None:
    folder = account.folders()[0]
    await account.provider.rename_folder(str(folder["id"]), "Renamed")
    assert account.folders()[0]["name"] == "Renamed"


async def upload(account: Account) -> None:
    server = await account.provider.upload_server()
    chunks = (PAYLOAD[at : at + 4096] for at in range(0, len(PAYLOAD), 4096))
    path = Path('Clip "ü".mp4')
    sent = await asyncio.to_thread(account.provider.upload, server, path, chunks, len(PAYLOAD))
    received = account.sandbox.control.uploads()[-1]
    assert (received["code"], received["name"]) == (sent.code, path.name)
    assert received["size"] == len(PAYLOAD)
    account.sandbox.control.set_options(illvid_html_form=True)
    again = await asyncio.to_thread(account.provider.upload, server, path, [PAYLOAD], len(PAYLOAD))
    account.sandbox.control.set_options(illvid_html_form=False)
    assert again.code == account.sandbox.control.uploads()[-1]["code"]


async def add_remote(account: Account) -> None:
    entry = await account.provider.add_remote_upload(URL, None)
    assert entry.state is RemoteState.WAITING
    assert (entry.id, entry.url) == (entry.id.strip() or "missing", URL)


async def list_remote(account: Account) -> None:
    id = await account.queued()
    page = await account.provider.list_remote_uploads()
    assert id in {entry.id for entry in page.items}
    assert not page.unreadable
    assert next(entry for entry in page.items if entry.id == id).url == URL


async def follow_remote(account: Account) -> None:
    id = await account.queued()
    assert (await account.provider.remote_upload(id)).state.is_open
    account.sandbox.control.advance(86_400)
    entry = await account.provider.remote_upload(id)
    assert not entry.state.is_open
    assert entry.state is not RemoteState.UNKNOWN
    with pytest.raises(NotFoundError):
        await account.provider.remote_upload("99999999")


async def failed_entry(account: Account) -> str:
    """Return an entry that failed: some of a queue always do."""
    for _ in range(60):
        await account.queued()
    account.sandbox.control.advance(86_400)
    page = await account.provider.list_remote_uploads()
    return next(entry.id for entry in page.items if entry.state is RemoteState.FAILED)


async def restart_remote(account: Account) -> None:
    id = await failed_entry(account)
    await account.provider.restart_remote_upload(id)
    assert (await account.provider.remote_upload(id)).state.is_open


async def delete_remote(account: Account) -> None:
    id = await failed_entry(account)
    await account.provider.delete_remote_upload(id)
    with pytest.raises(NotFoundError):
        await account.provider.remote_upload(id)


async def clear_failed_remote(account: Account) -> None:
    await failed_entry(account)
    assert await account.provider.clear_failed_remote_uploads() > 0
    page = await account.provider.list_remote_uploads()
    assert RemoteState.FAILED not in {entry.state for entry in page.items}
    assert await account.provider.clear_failed_remote_uploads() == 0


async def list_encodings(account: Account) -> None:
    server = await account.provider.upload_server()
    path = Path("a.mkv")
    sent = await asyncio.to_thread(account.provider.upload, server, path, [PAYLOAD], len(PAYLOAD))
    jobs = [job for job in await account.provider.list_encodings() if job.code == sent.code]
    assert jobs
    assert all(job.state and job.title == "a.mkv" and job.quality for job in jobs)


async def list_deleted(account: Account) -> None:
    code = account.code()
    await account.provider.delete_files([code])
    page = await account.provider.list_deleted()
    gone = next(file for file in page.items if file.code == code)
    assert gone.deleted
    assert gone.title


async def list_takedowns(account: Account) -> None:
    page = await account.provider.list_takedowns()
    assert not page.unreadable
    assert all(item.code for item in page.items)
    pending = await account.provider.list_takedowns(pending=True)
    assert {item.code for item in pending.items} <= {item.code for item in page.items}


async def stats(account: Account) -> None:
    days = await account.provider.stats()
    assert len(days) >= 28
    assert [day.date for day in days] == sorted(day.date for day in days)


async def embed_domain(account: Account) -> None:
    assert "." in await account.provider.embed_domain()


async def premium_keys(account: Account) -> None:
    keys = await account.provider.generate_premium_keys(30, 2)
    assert len({key.key for key in keys}) == 2
    assert {key.days for key in keys} == {30}
    assert keys[0].key not in repr(keys)


async def move_folder(account: Account) -> None:
    await account.provider.move_folder("1", ROOT)


async def delete_folder(account: Account) -> None:
    await account.provider.delete_folder("1")


CHECKS: dict[Capability, Callable[[Account], Awaitable[None]]] = {
    Capability.LIST_FILES: list_files,
    Capability.FILE_INFO: file_info,
    Capability.RENAME_FILE: rename_file,
    Capability.MOVE_FILE: move_file,
    Capability.DELETE_FILE: delete_file,
    Capability.CLONE_FILE: clone_file,
    Capability.RENEW_FILE: renew_file,
    Capability.CHECK_FILES: check_files,
    Capability.CREATE_FOLDER: create_folder,
    Capability.RENAME_FOLDER: rename_folder,
    Capability.MOVE_FOLDER: move_folder,
    Capability.DELETE_FOLDER: delete_folder,
    Capability.UPLOAD: upload,
    Capability.ADD_REMOTE: add_remote,
    Capability.LIST_REMOTE: list_remote,
    Capability.FOLLOW_REMOTE: follow_remote,
    Capability.RESTART_REMOTE: restart_remote,
    Capability.DELETE_REMOTE: delete_remote,
    Capability.CLEAR_FAILED_REMOTE: clear_failed_remote,
    Capability.LIST_ENCODINGS: list_encodings,
    Capability.LIST_DELETED: list_deleted,
    Capability.LIST_TAKEDOWNS: list_takedowns,
    Capability.STATS: stats,
    Capability.EMBED_DOMAIN: embed_domain,
    Capability.PREMIUM_KEYS: premium_keys,
}


def call_of(provider: Provider, capability: Capability) -> Callable[..., Any]:
    """Return the first call of the contract that has a capability."""
    for name, call in vars(Provider).items():
        if getattr(call, "__vhtui_capability__", None) is capability:
            found: Callable[..., Any] = getattr(provider, name)
            return found
    raise AssertionError(capability)


@pytest.mark.parametrize("capability", Capability)
async def test_capability(account: Account, capability: Capability) -> None:
    if capability in account.provider.capabilities:
        await CHECKS[capability](account)
        return
    call = call_of(account.provider, capability)
    given: dict[str, Any] = {
        name: "1"
        for name, parameter in inspect.signature(call).parameters.items()
        if parameter.default is parameter.empty
    }
    with pytest.raises(UnsupportedError) as refused:
        result = call(**given)
        if inspect.isawaitable(result):
            await result
    assert str(refused.value) == account.provider.reason(capability)
    assert account.provider.title in str(refused.value)


async def test_account_info_checks_the_key(account: Account, sandbox: RunningSandbox) -> None:
    assert (await account.provider.account_info()).login

    async def wrong() -> Secret:
        return Secret("wrong")

    access = sandbox.info[account.provider.name]
    stranger = connect(account.provider.name, key=wrong, base_url=access["base_url"])
    with pytest.raises(WrongKeyError, match="vhtui accounts key"):
        await stranger.account_info()
    await stranger.close()


def test_a_provider_is_complete() -> None:
    for name in PROVIDERS:
        provider = by_name(name)
        assert provider.name == name
        assert provider.default_base_url.startswith("https://")
        assert Capability.UPLOAD in provider.capabilities


async def test_the_host_never_sees_more_than_its_limit() -> None:
    with start(SandboxOptions(files=5, folders=1, rate=4.0)) as strict:
        access = strict.info["voe"]

        async def key() -> Secret:
            return Secret(access["key"])

        provider = connect("voe", key=key, base_url=access["base_url"])
        async with asyncio.TaskGroup() as group:
            for number in range(4):
                group.create_task(provider.account_info())
                group.create_task(provider.create_folder(ROOT, f"Folder {number}"))
        await provider.close()
        times = [request["time"] for request in strict.requests()]
    assert len(times) == 8
    assert times[-1] - times[0] >= 7 / 3 - 0.1
    assert all(late - early > 1 for early, late in zip(times, times[4:], strict=False))
