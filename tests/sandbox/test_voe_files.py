from __future__ import annotations

from typing import Any

import httpx
import pytest

from vhtui.sandbox.client import Control

ENVELOPE = {"server_time", "msg", "message", "status", "success"}
PAGINATOR = {
    "current_page", "data", "first_page_url", "from", "last_page", "last_page_url", "links",
    "next_page_url", "path", "per_page", "prev_page_url", "to", "total",
}  # fmt: skip


def answer(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    assert body["status"] == 200
    assert body["success"] is True
    return body


def codes(voe: httpx.Client, count: int) -> list[str]:
    rows = answer(voe.get("/file/list", params={"per_page": count}))["result"]["data"]
    return [row["filecode"] for row in rows]


def test_account_info_has_decimal_strings_and_the_date_for_never(voe: httpx.Client) -> None:
    body = answer(voe.get("/account/info"))
    assert set(body) == ENVELOPE | {"result"}
    assert set(body["result"]) == {
        "email", "balance", "storage_used", "storage_left", "premium_until", "partner_until",
    }  # fmt: skip
    assert "." in body["result"]["balance"]
    assert body["result"]["premium_until"] == "0000-00-00 00:00:00"


def test_account_stats_are_of_32_days_and_an_empty_list_when_there_are_none(
    voe: httpx.Client, control: Control
) -> None:
    days = answer(voe.get("/account/stats"))["result"]
    assert len(days) == 32
    assert all(row["date"] == day and "views_total" in row for day, row in days.items())
    empty = control.add_account("voe")
    bare = httpx.get(f"{empty['base_url']}/account/stats", params={"key": empty["key"]})
    assert bare.json()["result"] == []


def test_file_list_is_a_laravel_page(voe: httpx.Client) -> None:
    page = answer(voe.get("/file/list"))["result"]
    assert set(page) == PAGINATOR
    assert (page["from"], page["to"], page["total"], page["last_page"]) == (1, 100, 130, 2)
    assert page["next_page_url"].endswith("/file/list?page=2")
    assert page["prev_page_url"] is None
    assert [link["label"] for link in page["links"]] == ["« Previous", "1", "2", "Next »"]
    assert set(page["data"][0]) == {
        "filecode", "name", "title", "uploaded", "size", "length", "file_money", "thumbnails",
        "subtitles",
    }  # fmt: skip
    last = answer(voe.get("/file/list", params={"page": 3}))["result"]
    assert (last["data"], last["from"], last["to"]) == ([], None, None)


def test_file_list_clamps_the_page_size_and_says_so(voe: httpx.Client) -> None:
    page = answer(voe.get("/file/list", params={"per_page": 9999}))["result"]
    assert (page["per_page"], len(page["data"])) == (250, 130)


def test_file_list_filters_by_folder_name_and_age(
    voe: httpx.Client, control: Control, account: dict[str, str]
) -> None:
    name = account["account"]
    folder = control.folders(account=name)[0]["id"]
    control.change_files(
        {"action": "add", "account": name, "title": "100%_x.mp4", "folder": folder}
    )
    by_folder = answer(voe.get("/file/list", params={"fld_id": folder}))["result"]["data"]
    assert [row["title"] for row in by_folder] == ["100%_x.mp4"]
    by_name = answer(voe.get("/file/list", params={"name": "%_X"}))["result"]["data"]
    assert [row["title"] for row in by_name] == ["100%_x.mp4"]
    for created in ("5", by_folder[0]["uploaded"][:10]):
        fresh = answer(voe.get("/file/list", params={"created": created}))["result"]["data"]
        assert fresh[0]["title"] == "100%_x.mp4"
    preview = answer(voe.get("/file/list", params={"preview": "true"}))["result"]["data"]
    assert preview[0]["preview"].startswith("https://")


def test_file_info_says_404_for_what_is_nothing(voe: httpx.Client, control: Control) -> None:
    (code,) = codes(voe, 1)
    rows = answer(voe.get("/file/info", params={"file_code": f"{code},nothing"}))["result"]
    assert set(rows[0]) == {"status", "fileCode", "name", "title", "length", "file_size"}
    assert rows[1] == {"status": 404, "fileCode": "nothing"}
    assert answer(voe.get("/file/info", params={"file_code": "nothing"}))["result"][0]


def test_rename_gives_every_file_the_same_title(
    voe: httpx.Client, control: Control, account: dict[str, str]
) -> None:
    two = codes(voe, 2)
    asked = {"file_code": ",".join([*two, "nothing"]), "title": "Ночь [/] 🎂.mkv"}
    assert answer(voe.get("/file/rename", params=asked))["result"] == "File has been updated."
    rows = answer(voe.get("/file/info", params={"file_code": ",".join(two)}))["result"]
    assert [row["title"] for row in rows] == ["Ночь [/] 🎂.mkv"] * 2
    entry = control.history()[-1]
    assert (entry["op"], entry["account"], entry["result"]) == (
        "file/rename", account["account"], {"file_code": two},
    )  # fmt: skip


def test_move_applies_to_what_is_known(voe: httpx.Client) -> None:
    two = codes(voe, 2)
    folder = answer(voe.get("/folder/create", params={"name": "New", "parent_id": 0}))
    id = folder["result"]["fld_id"]
    moved = answer(
        voe.get("/file/set_folder", params={"file_code": f"{two[0]},x,{two[1]}", "fld_id": id})
    )
    assert set(moved) == ENVELOPE
    listed = answer(voe.get("/folder/list", params={"fld_id": id}))["result"]
    assert {row["file_code"] for row in listed["files"]["data"]} == set(two)


def test_delete_applies_to_what_is_known_and_is_remembered(voe: httpx.Client) -> None:
    two = codes(voe, 2)
    answer(voe.get("/file/delete", params={"del_code": ",".join([*two, "nothing"])}))
    rows = answer(voe.get("/file/info", params={"file_code": ",".join(two)}))["result"]
    assert [row["status"] for row in rows] == [404, 404]
    gone = answer(voe.get("/files/deleted", params={"last": 2}))
    assert {row["file_code"] for row in gone["result"]} == set(two)
    assert set(gone["result"][0]) == {
        "file_code", "name", "deleted", "del_time", "deleted_ago_sec",
    }  # fmt: skip


def test_files_deleted_and_dmca_list_have_two_shapes(voe: httpx.Client) -> None:
    plain = answer(voe.get("/files/deleted"))
    assert (plain["limit"], "files" in plain) == (250, False)
    paged = answer(voe.get("/files/deleted", params={"pagination": "true"}))
    assert set(paged["files"]) == PAGINATOR
    plain = answer(voe.get("/dmca/list"))
    assert plain["limit"] == 1000
    paged = answer(voe.get("/dmca/list", params={"pagination": "true"}))
    assert set(paged["files"]["data"][0]) == {"title", "name", "file_code", "created", "deleted"}


def test_a_pending_takedown_takes_the_file_in_the_end(voe: httpx.Client, control: Control) -> None:
    pending = answer(voe.get("/dmca/list", params={"pending": "true"}))["result"]
    assert all(row["deleted_ago_sec"] < 0 for row in pending)
    code = pending[0]["file_code"]
    control.advance(8 * 86_400)
    assert answer(voe.get("/dmca/list", params={"pending": "true"}))["result"] == []
    assert answer(voe.get("/file/info", params={"file_code": code}))["result"][0]["status"] == 404


def test_clone_makes_a_copy_where_it_is_wanted(voe: httpx.Client, control: Control) -> None:
    (code,) = codes(voe, 1)
    copy = answer(voe.get("/file/clone", params={"file_code": code, "fld_id": 0}))["result"]
    assert set(copy) == {"filecode", "file_name", "url", "url_embed"}
    assert copy["url_embed"] == f"https://voe.sx/e/{copy['filecode']}"
    assert copy["filecode"] != code
    assert codes(voe, 1) == [copy["filecode"]]


def test_folders_are_created_listed_and_renamed(voe: httpx.Client) -> None:
    created = answer(voe.get("/folder/create", params={"parent_id": 0, "name": "Old"}))
    id = created["result"]["fld_id"]
    answer(voe.get("/folder/rename", params={"fld_id": id, "name": "[/] New"}))
    root = answer(voe.get("/folder/list", params={"fld_id": 0}))["result"]
    assert {"fld_id": id, "name": "[/] New"} in root["folders"]
    assert root["files"]["per_page"] == 100
    assert set(root["files"]) == PAGINATOR
    empty = answer(voe.get("/folder/list", params={"fld_id": id}))["result"]
    assert (empty["folders"], empty["files"]["data"], empty["files"]["total"]) == ([], [], 0)


def test_folder_list_rows_tell_folder_views_and_revenue(
    voe: httpx.Client, control: Control, account: dict[str, str]
) -> None:
    file = next(row for row in control.files(account=account["account"]) if row["folder"])
    listed = answer(voe.get("/folder/list", params={"fld_id": file["folder"], "page": 1}))
    row = listed["result"]["files"]["data"][0]
    assert set(row) == {
        "file_code", "file_fld_id", "name", "title", "views", "uploaded", "length", "file_size",
        "revenue", "link", "link_embed",
    }  # fmt: skip
    assert row["file_fld_id"] == file["folder"]


def test_domain_and_premium_keys_are_at_the_top(voe: httpx.Client) -> None:
    assert answer(voe.get("/settings/domain"))["domain"] == "voe.sx"
    bought = answer(voe.get("/reseller/premium/generate", params={"days": 5, "amount": 2}))
    assert [key["days"] for key in bought["keys"]] == [5, 5]


@pytest.mark.parametrize(
    ("call", "parameters", "field"),
    [
        ("file/info", {}, "file_code"),
        ("file/info", {"file_code": ",".join(map(str, range(501)))}, "file_code"),
        ("file/delete", {"del_code": ",".join(map(str, range(501)))}, "del_code"),
        ("file/list", {"page": "x"}, "page"),
        ("file/list", {"page": "0"}, "page"),
        ("file/list", {"created": "yesterday"}, "created"),
        ("file/rename", {"file_code": "x"}, "title"),
        ("file/rename", {"file_code": "x", "title": "x" * 256}, "title"),
        ("folder/create", {"name": " "}, "name"),
        ("upload/url", {"url": "gopher://example.org/x"}, "url"),
        ("reseller/premium/generate", {"amount": "1"}, "days"),
    ],
)
def test_bad_parameters_are_named(
    voe: httpx.Client, call: str, parameters: dict[str, str], field: str
) -> None:
    response = voe.get(f"/{call}", params=parameters)
    assert response.status_code == 422
    assert list(response.json()["errors"]) == [field]
    assert response.json()["message"]
    browser = voe.get(f"/{call}", params=parameters, headers={"Accept": "text/html"})
    assert browser.status_code == 302
    assert browser.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("call", "parameters"),
    [
        ("file/rename", {"file_code": "nothing", "title": "x"}),
        ("file/set_folder", {"file_code": "nothing", "fld_id": 0}),
        ("file/set_folder", {"file_code": "nothing", "fld_id": 10**9}),
        ("file/delete", {"del_code": "nothing"}),
        ("file/clone", {"file_code": "nothing"}),
        ("folder/list", {"fld_id": 10**9}),
        ("folder/rename", {"fld_id": 0, "name": "x"}),
        ("folder/create", {"parent_id": 10**9, "name": "x"}),
    ],
)
def test_what_does_not_exist_is_404_and_changes_nothing(
    voe: httpx.Client, control: Control, call: str, parameters: dict[str, str]
) -> None:
    before = control.history()
    response = voe.get(f"/{call}", params=parameters)
    assert (response.status_code, response.json()["success"]) == (404, False)
    assert control.history() == before


def test_another_account_s_files_are_nothing_to_this_one(
    voe: httpx.Client, control: Control
) -> None:
    other = control.add_account("voe", files=3)
    code = control.files(account=other["account"])[0]["code"]
    assert voe.get("/file/delete", params={"del_code": code}).status_code == 404
    assert len(control.files(account=other["account"])) == 3


def test_wrong_key_method_and_path(voe: httpx.Client) -> None:
    wrong = voe.get("/account/info", params={"key": "wrong"})
    assert (wrong.status_code, wrong.json()["message"]) == (401, "Authentication failed.")
    assert voe.post("/file/rename").status_code == 405
    assert voe.get("/upload/url/delete").status_code == 405
    lost = voe.get("/file/undelete")
    assert (lost.status_code, lost.headers["content-type"][:9]) == (404, "text/html")
