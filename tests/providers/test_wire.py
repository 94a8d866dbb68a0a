"""Rows and pages, read tolerantly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from vhtui.errors import UnreadableError
from vhtui.models import File, Folder, RemoteState
from vhtui.providers.wire import moment

if TYPE_CHECKING:
    from tests.providers.conftest import ScriptedHost
    from vhtui.providers.illvid import Illvid
    from vhtui.providers.voe import Voe


def paginator(*rows: Any, **more: Any) -> dict[str, Any]:
    return {"current_page": 1, "data": list(rows), "last_page": 1, "total": len(rows), **more}


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("2023-03-31 00:00:00", 1680220800),
        ("2023-03-31T00:00:00", 1680220800),
        ("2023-03-31T00:00:00.999999Z", 1680220800),
        ("2023-03-31T02:00:00+02:00", 1680220800),
        ("2023-03-31", 1680220800),
        (1680220800, 1680220800),
        ("1680220800", 1680220800),
        ("0000-00-00 00:00:00", None),
        (0, None),
        ("-0001-11-30T00:00:00.000000Z", None),
        ("", None),
        (None, None),
    ],
)
def test_times_are_utc(written: str | int | None, seconds: int | None) -> None:
    assert moment(written) == seconds


async def test_one_bad_row_costs_one_row(host: ScriptedHost, voe: Voe) -> None:
    good = {"filecode": "good", "title": None, "name": 7}
    bad: list[Any] = [
        {"title": "no code"},
        {"filecode": "x", "size": {}},
        {"filecode": "x", "size": "many"},
        {"filecode": "x", "size": 2**70},
        {"filecode": "x", "uploaded": "yesterday"},
        {"filecode": ["x"]},
        "text",
        None,
        3,
    ]
    host.ok(result=paginator(good, *bad))
    page = await voe.list_files()
    assert page.items == (File(code="good", title="7"),)
    assert page.unreadable == len(bad)


async def test_a_list_with_gaps_is_an_object(host: ScriptedHost, voe: Voe) -> None:
    host.ok(result=paginator() | {"data": {"1": {"filecode": "a"}, "7": {"filecode": "b"}}})
    assert [file.code for file in (await voe.list_files()).items] == ["a", "b"]


async def test_a_bare_list_with_gaps_is_an_object(host: ScriptedHost, voe: Voe) -> None:
    host.ok(result={"0": {"file_code": "a"}, "7": {"file_code": "b"}})
    page = await voe.list_deleted()
    assert ([file.code for file in page.items], page.has_more) == (["a", "b"], False)


async def test_an_id_may_come_as_a_fraction(host: ScriptedHost, voe: Voe) -> None:
    host.ok(result={"folders": [{"fld_id": 11.0, "name": "a"}], "files": []})
    host.ok(list=paginator() | {"data": [{"id": 7.0, "url": "u", "status": 3.0}]})
    assert (await voe.list_folder("0")).folders == (Folder("11", "a", "0"),)
    [entry] = (await voe.list_remote_uploads()).items
    assert (entry.id, entry.state) == ("7", RemoteState.COMPLETED)


@pytest.mark.parametrize("empty", [[], {}, None])
async def test_a_list_that_is_no_page_may_be_empty(
    host: ScriptedHost, voe: Voe, illvid: Illvid, empty: Any
) -> None:
    host.ok(data=empty)
    host.ok(result=empty)
    host.say({"status": 200, "msg": "OK", "result": empty})
    assert await voe.list_encodings() == []
    assert await voe.file_info(["a"]) == []
    if empty != {}:
        assert (await illvid.list_takedowns()).items == ()
        host.ok(files=empty, result=None)
        assert (await voe.list_deleted()).items == ()


async def test_a_list_that_was_left_out_is_not_empty(host: ScriptedHost, voe: Voe) -> None:
    for _ in range(8):
        host.ok()
    with pytest.raises(UnreadableError):
        await voe.list_encodings()
    with pytest.raises(UnreadableError):
        await voe.list_deleted()


async def test_an_empty_list_may_be_an_empty_object(host: ScriptedHost, voe: Voe) -> None:
    host.ok(result=paginator() | {"data": {}})
    host.ok(result={"folders": {}, "files": paginator() | {"data": {}}})
    assert (await voe.list_files()).items == ()
    listing = await voe.list_folder("0")
    assert (listing.folders, listing.files.items, listing.files.unreadable) == ((), (), 0)


@pytest.mark.parametrize(
    ("more", "has_more"),
    [
        ({"current_page": 1, "last_page": 2}, True),
        ({"current_page": "2", "last_page": "2"}, False),
        ({"last_page": None, "next_page_url": "https://voe.sx/api/file/list?page=2"}, True),
        ({"last_page": None, "next_page_url": None}, False),
        ({"current_page": 1, "last_page": 9, "data": []}, False),
        ({"current_page": 1, "last_page": 9, "data": [None]}, True),
    ],
)
async def test_where_a_listing_ends(
    host: ScriptedHost, voe: Voe, more: dict[str, Any], has_more: bool
) -> None:
    host.ok(result=paginator({"filecode": "a"}, **more))
    assert (await voe.list_files()).has_more is has_more
