"""illvid's answers: bare, in an envelope, or an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from vhtui.errors import (
    NotFoundError,
    RefusedError,
    ServerFaultError,
    UnreadableError,
    WrongKeyError,
)
from vhtui.models import AccountInfo, Capability, RemoteState, Takedown

if TYPE_CHECKING:
    from tests.providers.conftest import ScriptedHost
    from vhtui.providers.illvid import Illvid


def wrapped(result: Any) -> dict[str, Any]:
    return {"status": 200, "msg": "OK", "result": result}


async def test_account_info(host: ScriptedHost, illvid: Illvid) -> None:
    bare = {"login": "smith", "money": "4050.00"}
    host.say(bare)
    host.say(wrapped(bare))
    expected = AccountInfo(login="smith", balance="4050.00")
    assert await illvid.account_info() == expected
    assert await illvid.account_info() == expected
    assert host.targets[0].startswith("/api?key=canary")
    assert host.targets[0].endswith("&op=account_info")


@pytest.mark.parametrize(
    ("body", "state", "raw"),
    [
        ({"status": "PENDING", "url": "u"}, RemoteState.WAITING, "PENDING"),
        ({"status": "working", "url": "u"}, RemoteState.RUNNING, "working"),
        ({"status": "Error", "url": "u"}, RemoteState.FAILED, "Error"),
        ({"status": "OK", "url": "u", "file_code": "c"}, RemoteState.COMPLETED, "OK"),
        (
            {"status": "ERROR: 404 Not Found", "url": "u"},
            RemoteState.FAILED,
            "ERROR: 404 Not Found",
        ),
        ({"status": "WORKING 45%", "url": "u"}, RemoteState.RUNNING, "WORKING 45%"),
        ({"file_code": "c"}, RemoteState.COMPLETED, ""),
        ({"status": "arrived", "url": "u", "file_code": "c"}, RemoteState.COMPLETED, "arrived"),
        ({"status": 7, "url": "u", "file_code": "c"}, RemoteState.COMPLETED, "7"),
        ({"status": "working", "url": "u", "file_code": "c"}, RemoteState.RUNNING, "working"),
        ({"status": "pondering", "url": "u"}, RemoteState.UNKNOWN, "pondering"),
        ([{"status": "done", "url": "u"}, {"file_code": "c"}], RemoteState.COMPLETED, "done"),
        (wrapped({"status": "queued", "url": "u"}), RemoteState.WAITING, "queued"),
        (wrapped([{"status": "done"}, {"file_code": "c"}]), RemoteState.COMPLETED, "done"),
    ],
)
async def test_remote_upload(
    host: ScriptedHost, illvid: Illvid, body: Any, state: RemoteState, raw: str
) -> None:
    host.say(body)
    entry = await illvid.remote_upload("121212")
    assert (entry.id, entry.state, entry.raw_state) == ("121212", state, raw)
    assert entry.code == ("c" if '"file_code"' in str(body).replace("'", '"') else None)


async def test_add_remote_upload(host: ScriptedHost, illvid: Illvid) -> None:
    host.say({"queue_id": "121212"})
    host.say({})
    entry = await illvid.add_remote_upload("http://a.example/b", "My Folder")
    assert (entry.id, entry.state) == ("121212", RemoteState.WAITING)
    assert host.targets[0].endswith(
        "op=upload_url&url=http%3A%2F%2Fa.example%2Fb&folder=My%20Folder"
    )
    with pytest.raises(UnreadableError):
        await illvid.add_remote_upload("http://a.example/b", None)


@pytest.mark.parametrize(
    "missing", [["b"], [{"file_code": "b"}], wrapped(["b"]), wrapped([{"file_code": "b"}])]
)
async def test_missing_files(host: ScriptedHost, illvid: Illvid, missing: Any) -> None:
    host.say(missing)
    assert await illvid.missing_files(["a", "b"]) == {"b"}
    assert host.targets[0].endswith("op=check_files&list=a%2Cb")


async def test_a_result_may_be_the_bare_value(host: ScriptedHost, illvid: Illvid) -> None:
    for value in (121212, "newcode", "https://s1.illvid.com/upload", "b,c", {"money": "4.00"}):
        host.say(wrapped(value))
    assert (await illvid.add_remote_upload("http://a.example/b", None)).id == "121212"
    assert await illvid.renew_file("oldcode") == "newcode"
    assert (await illvid.upload_server()).url == "https://s1.illvid.com/upload"
    assert await illvid.missing_files(["a", "b", "c"]) == {"b", "c"}
    assert await illvid.account_info() == AccountInfo(balance="4.00")


@pytest.mark.parametrize(
    "odd", [{}, wrapped(None), wrapped(True), wrapped({}), wrapped("none, b"), {"status": 200}]
)
async def test_no_list_is_not_an_empty_list(host: ScriptedHost, illvid: Illvid, odd: Any) -> None:
    host.say(odd, times=4)
    with pytest.raises(UnreadableError):
        await illvid.missing_files(["a", "b"])


async def test_takedowns(host: ScriptedHost, illvid: Illvid) -> None:
    rows = [
        {"file_code": "a", "dmca_created": "2023-03-31", "dmca_expire": "2023-04-01"},
        {"file_code": "b", "dmca_created": "2023-03-31", "dmca_expire": "9999-12-31"},
        {"dmca_created": "2023-03-31"},
    ]
    host.say(rows, times=2)
    page = await illvid.list_takedowns()
    assert page.items[0] == Takedown(code="a", created=1680220800, expires=1680307200)
    assert (len(page.items), page.unreadable, page.has_more) == (2, 1, False)
    pending = await illvid.list_takedowns(pending=True)
    assert [item.code for item in pending.items] == ["b"]
    assert not (await illvid.list_takedowns(2)).items
    assert len(host.requests) == 2


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"error": "Invalid file"}, 200, RefusedError),
        ({"error": "Invalid file", "status": 404}, 200, NotFoundError),
        ({"status": "404", "msg": "File not found", "result": False}, 200, NotFoundError),
        ({"status": 509, "msg": "Bandwidth"}, 200, ServerFaultError),
        (wrapped(True), 200, UnreadableError),
        ({"status": 200, "msg": "OK"}, 200, UnreadableError),
        ({"result": {}}, 200, UnreadableError),
    ],
)
async def test_refusals(
    host: ScriptedHost, illvid: Illvid, body: Any, status: int, error: type[Exception]
) -> None:
    host.say(body, status)
    with pytest.raises(error) as raised:
        await illvid.renew_file("abc")
    assert type(raised.value) is error
    assert len(host.requests) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"status": 403, "msg": "Permission denied", "result": False}, 200),
        ({"error": "Invalid key"}, 403),
    ],
)
async def test_a_403_is_a_wrong_key_where_the_host_forbids_the_accounts_figures_too(
    host: ScriptedHost, illvid: Illvid, body: Any, status: int
) -> None:
    host.say(body, status, times=2)
    with pytest.raises(WrongKeyError, match="vhtui accounts key"):
        await illvid.renew_file("abc")
    assert [target.split("op=")[1] for target in host.targets] == [
        "file_renew&file_code=abc",
        "account_info",
    ]


async def test_renew_file(host: ScriptedHost, illvid: Illvid) -> None:
    host.say({"file_code": "new"})
    assert await illvid.renew_file("old") == "new"
    assert host.targets[0].endswith("op=file_renew&file_code=old")


def test_reasons_are_sentences(illvid: Illvid) -> None:
    assert illvid.reason(Capability.RENAME_FILE) == "illvid has no call to rename a file"
    assert "no call to list files" in illvid.reason(Capability.LIST_FILES)
