"""VOE's answers, as documented and as odd as they are known to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from vhtui.errors import (
    BadRequestError,
    ForbiddenError,
    InDoubtError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    UnreadableError,
    WrongKeyError,
)
from vhtui.models import (
    AccountInfo,
    DayStats,
    DeletedFile,
    Encoding,
    File,
    FileInfo,
    Folder,
    RemoteState,
    Takedown,
)

if TYPE_CHECKING:
    from tests.providers.conftest import ScriptedHost
    from vhtui.providers.voe import Voe

MARCH_31 = 1680220800


def paginator(*rows: Any, **more: Any) -> dict[str, Any]:
    return {"current_page": 1, "data": list(rows), "last_page": 1, "total": len(rows), **more}


async def test_account_info(host: ScriptedHost, voe: Voe) -> None:
    host.ok(
        server_time="2023-03-31 00:00:00",
        result={
            "email": "email@example.com",
            "balance": "0.00000",
            "storage_used": "2101860825",
            "storage_left": -2028119001,
            "premium_until": "0000-00-00 00:00:00",
            "partner_until": None,
            "new_key": {"of": "the host"},
        },
    )
    assert await voe.account_info() == AccountInfo(
        login="email@example.com",
        balance="0.00000",
        storage_used=2101860825,
        storage_left=-2028119001,
        server_time=MARCH_31,
    )


async def test_stats(host: ScriptedHost, voe: Voe) -> None:
    day = {"date": "2023-03-31", "views": "3", "views_adb": 1, "profit_total": 0.25}
    host.ok(result={"2023-02-27": {}, "2023-02-26": day})
    host.ok(result=[])
    assert await voe.stats() == [
        DayStats(date="2023-02-26", views=3, views_adblock=1, profit="0.25"),
        DayStats(date="2023-02-27"),
    ]
    assert await voe.stats() == []


async def test_a_day_of_stats_that_cannot_be_read_costs_that_day(
    host: ScriptedHost, voe: Voe
) -> None:
    host.ok(result={"2023-02-26": {"views": 3}, "2023-02-27": None, "currency": "USD", "total": {}})
    host.ok(result=[{"date": "2023-02-26", "views": 3}])
    assert await voe.stats() == [DayStats(date="2023-02-26", views=3)]
    assert await voe.stats() == [DayStats(date="2023-02-26", views=3)]
    for _ in range(4):
        host.ok(result={"2023-02-26": "none", "2023-02-27": {"views": "many"}})
    with pytest.raises(UnreadableError):
        await voe.stats()


@pytest.mark.parametrize("spelling", ["filecode", "file_code", "fileCode"])
async def test_a_code_in_three_spellings(host: ScriptedHost, voe: Voe, spelling: str) -> None:
    row = {
        spelling: "abc123456789",
        "name": "raw.mp4",
        "title": "Title.mp4",
        "uploaded": "2023-03-31 00:00:00",
        "size": "0",
        "length": 61,
        "file_money": "0.00000",
        "thumbnails": [],
    }
    host.ok(result=paginator(row))
    page = await voe.list_files()
    assert page.items == (
        File(
            code="abc123456789",
            title="Title.mp4",
            length=61,
            uploaded=MARCH_31,
            revenue="0.00000",
        ),
    )
    assert (page.has_more, page.total) == (False, 1)


async def test_list_folder(host: ScriptedHost, voe: Voe) -> None:
    files = paginator({"file_code": "a", "file_fld_id": 0, "name": "a.mp4", "revenue": "1.5"})
    folders: list[Any] = [{"fld_id": 1, "name": "Test Folder"}, {"name": "no id"}]
    host.ok(result={"folders": folders, "files": files})
    host.ok(result={"folders": [], "files": []})
    listing = await voe.list_folder("0")
    assert listing.folders == (Folder("1", "Test Folder", "0"),)
    assert listing.files.items == (File(code="a", title="a.mp4", folder="0", revenue="1.5"),)
    assert listing.files.unreadable == 1
    assert (await voe.list_folder("7", 3)).files.items == ()
    assert [target.partition("leak&")[2] for target in host.targets] == [
        "fld_id=0",
        "fld_id=7&page=3",
    ]


@pytest.mark.parametrize("result", [None, {}, {"folders": None}, {"folders": [], "files": {}}, "x"])
async def test_what_lacks_its_lists_is_no_empty_folder(
    host: ScriptedHost, voe: Voe, result: Any
) -> None:
    for _ in range(4):
        host.ok(result=result)
    with pytest.raises(UnreadableError):
        await voe.list_folder("0")


async def test_list_files_asks_for(host: ScriptedHost, voe: Voe) -> None:
    host.ok(result=paginator())
    await voe.list_files(page=2, folder="5", created_after=MARCH_31, name="a b")
    assert host.targets[0].endswith(
        "&page=2&per_page=250&fld_id=5&created=2023-03-31%2000%3A00%3A00&name=a%20b"
    )


async def test_file_info(host: ScriptedHost, voe: Voe) -> None:
    rows: list[Any] = [
        {"status": 200, "fileCode": "abc", "name": "t", "title": "T", "length": 6, "file_size": 0},
        {"status": "404", "fileCode": "def"},
        {"status": 403, "fileCode": "ghi"},
        {"status": 200, "fileCode": "unasked"},
    ]
    host.ok(result=rows)
    host.ok(result=rows[0])
    expected = FileInfo(code="abc", found=True, title="T", length=6)
    asked = ["abc", "def", "ghi"]
    assert await voe.file_info(asked) == [expected, FileInfo(code="def", found=False)]
    assert await voe.file_info(["abc"]) == [expected]


REMOTE = {
    "id": 757602,
    "folder_id": 0,
    "file_code": "xxxxxxxxxx",
    "url": "https://tiktok.com?v=2457433",
    "status": 3,
    "status_note": "Already completed (2).",
    "created_at": "2023-11-23T06:10:03.000000Z",
    "started_at": None,
    "updated_at": "2023-11-23T06:11:32.000000Z",
    "total_size": 0,
    "loaded_size": 0,
    "speed": 0,
    "estimated_duration": 0,
    "percent": 100,
    "additional_headers": None,
}


async def test_remote_uploads(host: ScriptedHost, voe: Voe) -> None:
    states: list[Any] = [1, "2", 3, 4, 9, None]
    host.ok(list=paginator(*(REMOTE | {"status": state} for state in states)))
    entries = (await voe.list_remote_uploads()).items
    assert [entry.state for entry in entries] == [
        RemoteState.WAITING,
        RemoteState.RUNNING,
        RemoteState.COMPLETED,
        RemoteState.FAILED,
        RemoteState.UNKNOWN,
        RemoteState.UNKNOWN,
    ]
    assert entries[4].raw_state == "9"
    entry = entries[2]
    assert (entry.id, entry.code, entry.folder) == ("757602", "xxxxxxxxxx", "0")
    assert (entry.created, entry.updated) == (1700719803, 1700719892)
    assert (entry.size, entry.percent) == (None, 100.0)
    assert host.targets[0].endswith("&page=1&limit=100")


async def test_one_remote_upload(host: ScriptedHost, voe: Voe) -> None:
    host.ok(list=paginator(REMOTE))
    host.ok(list=paginator(REMOTE | {"id": 1}))
    assert (await voe.remote_upload("757602")).note == "Already completed (2)."
    with pytest.raises(NotFoundError):
        await voe.remote_upload("757602")


async def test_add_remote_upload(host: ScriptedHost, voe: Voe) -> None:
    host.ok(result={"file_code": "abc", "queueID": 1})
    host.ok(result={"file_code": "abc"})
    url = "https://a.example/x?y=1&z=2#é"
    entry = await voe.add_remote_upload(url, "4")
    assert (entry.id, entry.code, entry.url, entry.folder) == ("1", "abc", url, "4")
    assert "url=https%3A%2F%2Fa.example%2Fx%3Fy%3D1%26z%3D2%23%C3%A9&folder_id=4" in host.targets[0]
    with pytest.raises(UnreadableError):
        await voe.add_remote_upload(url, None)


async def test_the_queue_is_changed_by_post(host: ScriptedHost, voe: Voe) -> None:
    host.ok(queueID="UPLOAD_ENTRY_ID")
    host.ok()
    host.ok(deleted_count=3)
    host.ok()
    await voe.restart_remote_upload("5")
    await voe.delete_remote_upload("6")
    assert await voe.clear_failed_remote_uploads() == 3
    assert await voe.clear_failed_remote_uploads() == 0
    assert all(request.startswith("POST /api/upload/url/") for request in host.requests)
    assert host.targets[0].endswith("&id=5")


async def test_encodings(host: ScriptedHost, voe: Voe) -> None:
    job = {
        "status": "ENCODING",
        "note": "In Progress",
        "created_at": "2025-04-25T15:00:00",
        "file_code": "abc",
        "file_title": "My Video.mp4",
        "quality": 1080,
        "error": None,
        "extra": "transcode_video_",
        "percent": 80,
        "original_details": {
            "videoWidth": 1920,
            "videoHeight": 1080,
            "videoBitrate": 5000,
            "audioBitrate": 128,
            "videoCodec": "H.264",
            "audioCodec": "AAC",
            "videoContainer": "MP4",
        },
    }
    host.ok(data=[job, job | {"original_details": []}, {"status": "no code"}])
    first, second = await voe.list_encodings()
    assert first == Encoding(
        code="abc",
        title="My Video.mp4",
        state="ENCODING",
        quality=1080,
        percent=80.0,
        note="In Progress",
        created=1745593200,
        source="1920x1080 H.264 5000 kbit/s, AAC 128 kbit/s, MP4",
        stage="transcode_video_",
    )
    assert second.source == ""


async def test_deleted_and_takedowns(host: ScriptedHost, voe: Voe) -> None:
    row = {
        "file_code": "abc",
        "name": "Test.mp4",
        "created": "2023-03-30 00:00:00",
        "deleted": "2023-03-31 00:00:00",
        "del_time": "2023-03-31 00:00:00",
        "deleted_ago_sec": 973,
    }
    host.ok(files=paginator(row))
    host.ok(result=[row], limit=250)
    host.ok(files=paginator(row))
    deleted = DeletedFile(code="abc", title="Test.mp4", deleted=MARCH_31)
    assert (await voe.list_deleted()).items == (deleted,)
    assert (await voe.list_deleted(2)).items == (deleted,)
    assert (await voe.list_takedowns(pending=True)).items == (
        Takedown(code="abc", title="Test.mp4", created=MARCH_31 - 86_400, expires=MARCH_31),
    )
    assert host.targets[1].endswith("&pagination=true&page=2")
    assert host.targets[2].endswith("&pagination=true&page=1&pending=true")


async def test_embed_domain(host: ScriptedHost, voe: Voe) -> None:
    host.ok(domain="Some-Domain.example", url="https://some-domain.example")
    assert await voe.embed_domain() == "some-domain.example"
    for _ in range(4):
        host.ok(domain="evil.example/x?")
    with pytest.raises(UnreadableError):
        await voe.embed_domain()


async def test_changes(host: ScriptedHost, voe: Voe) -> None:
    for _ in range(4):
        host.ok(result="File has been updated.")
    host.ok(result={"fld_id": 12})
    host.ok(result={"filecode": "new", "file_name": "Test.mp4", "url": "https://voe.sx/new"})
    host.ok(keys=[{"key": "X-1", "days": 5}])
    await voe.rename_file("abc", "a/b, c")
    await voe.move_files(["abc", "def"], "0")
    await voe.delete_files(["abc", "def"])
    await voe.rename_folder("3", "New")
    assert await voe.create_folder("0", "New") == "12"
    clone = File(code="new", title="Test.mp4", folder="2")
    assert await voe.clone_file("abc", "2") == clone
    assert (await voe.generate_premium_keys(5, 1))[0].key == "X-1"
    assert [target[4:].replace("?", "&").partition("&key=")[0] for target in host.targets] == [
        "/file/rename",
        "/file/set_folder",
        "/file/delete",
        "/folder/rename",
        "/folder/create",
        "/file/clone",
        "/reseller/premium/generate",
    ]
    assert [target.partition("leak&")[2] for target in host.targets] == [
        "file_code=abc&title=a%2Fb%2C%20c",
        "file_code=abc%2Cdef&fld_id=0",
        "del_code=abc%2Cdef",
        "fld_id=3&name=New",
        "parent_id=0&name=New",
        "file_code=abc&fld_id=2",
        "days=5&amount=1",
    ]


@pytest.mark.parametrize("codes", [[], ["a,b"], ["a&key=x"], [""], ["../x"], ["ok", "ä"]])
async def test_an_odd_code_is_never_sent(host: ScriptedHost, voe: Voe, codes: list[str]) -> None:
    with pytest.raises(BadRequestError):
        await voe.delete_files(codes)
    assert not host.requests


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"status": 200, "success": False, "message": "Folder is full."}, RefusedError),
        ({"status": "200", "success": 0, "msg": "Folder is full."}, RefusedError),
        ({"status": 404, "success": False, "message": "x"}, NotFoundError),
        ({"status": 429, "message": "Too Many Attempts."}, RateLimitedError),
        ({}, UnreadableError),
        ({"status": "fine"}, UnreadableError),
        ({"status": True}, UnreadableError),
        ([], UnreadableError),
        (None, UnreadableError),
        ("OK", UnreadableError),
    ],
)
async def test_success_is_more_than_a_200(
    host: ScriptedHost, voe: Voe, body: Any, error: type[Exception]
) -> None:
    host.say(body)
    with pytest.raises(error) as raised:
        await voe.rename_file("abc", "x")
    assert type(raised.value) is error
    if error is RefusedError:
        assert str(raised.value) == '127.0.0.1 refused ("Folder is full")'


async def test_a_403_forbids_one_call_where_the_host_still_takes_the_key(
    host: ScriptedHost, voe: Voe
) -> None:
    host.say({"status": 403, "success": False, "message": "Only for premium.", "msg": "y"}, 403)
    host.ok(result={"email": "a@b.c"})
    with pytest.raises(ForbiddenError, match="does not allow it") as raised:
        await voe.list_deleted()
    assert raised.value.said == "Only for premium"
    host.ok(result={"email": "a@b.c"})
    await voe.account_info()
    assert len(host.requests) == 3


async def test_a_403_is_a_wrong_key_where_the_host_forbids_the_accounts_figures_too(
    host: ScriptedHost, voe: Voe
) -> None:
    host.say({"status": 403, "success": False, "message": "x", "msg": "y"}, times=2)
    with pytest.raises(WrongKeyError, match="vhtui accounts key"):
        await voe.rename_file("abc", "x")
    assert len(host.requests) == 2


async def test_no_upload_server(host: ScriptedHost, voe: Voe) -> None:
    for _ in range(4):
        host.ok(result=[])
    with pytest.raises(UnreadableError, match="has no upload server at the moment"):
        await voe.upload_server()


@pytest.mark.parametrize(
    ("result", "folders", "files"),
    [
        ([], 0, 0),
        ({"folders": [{"fld_id": 1, "name": "a"}]}, 1, 0),
        ({"files": [{"filecode": "abc", "title": "x"}]}, 0, 1),
    ],
)
async def test_an_empty_list_of_a_folder_may_be_left_out(
    host: ScriptedHost, voe: Voe, result: Any, folders: int, files: int
) -> None:
    host.ok(result=result)
    listing = await voe.list_folder("0")
    assert (len(listing.folders), len(listing.files.items)) == (folders, files)


@pytest.mark.parametrize("keys", [None, [], {}])
async def test_an_order_without_keys_is_in_doubt(host: ScriptedHost, voe: Voe, keys: Any) -> None:
    host.ok(keys=keys)
    with pytest.raises(InDoubtError):
        await voe.generate_premium_keys(5, 1)


@pytest.mark.parametrize("name", ["file_code", "filecode", "fileCode"])
async def test_a_queued_url_has_its_code_in_any_spelling(
    host: ScriptedHost, voe: Voe, name: str
) -> None:
    host.ok(result={name: "abcdefabcdef", "queueID": 5})
    assert (await voe.add_remote_upload("https://a.example/x.mp4", None)).code == "abcdefabcdef"
