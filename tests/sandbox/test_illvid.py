from __future__ import annotations

import hashlib

import httpx

from vhtui.sandbox.client import Control


def test_account_info_is_a_bare_object(
    illvid: httpx.Client, illvid_account: dict[str, str]
) -> None:
    body = illvid.get("", params={"op": "account_info"}).json()
    assert set(body) == {"login", "money"}
    assert body["login"] == illvid_account["account"]


def test_a_remote_upload_tells_its_code_when_done(illvid: httpx.Client, control: Control) -> None:
    asked = {"op": "upload_url", "url": "https://example.org/harbour-1.mp4", "folder": "New one"}
    queued = illvid.get("", params=asked).json()
    status = {"op": "check_upload_url", "id": queued["queue_id"]}
    waiting = illvid.get("", params=status).json()
    assert waiting == {"status": "PENDING", "url": asked["url"]}
    control.advance(86_400)
    done = illvid.get("", params=status).json()
    assert done["status"] == "COMPLETED"
    account = control.history()[-1]["account"]
    file = control.files(provider="illvid", account=account)[-1]
    assert (file["code"], file["folder"]) == (done["file_code"], "New one")


def test_check_files_names_what_is_missing(
    illvid: httpx.Client, control: Control, illvid_account: dict[str, str]
) -> None:
    code = control.files(provider="illvid", account=illvid_account["account"])[0]["code"]
    asked = {"op": "check_files", "list": f"{code},aaaabbbbcccc"}
    assert illvid.get("", params=asked).json() == [{"file_code": "aaaabbbbcccc"}]


def test_renewing_gives_a_new_code_and_ends_the_old(
    illvid: httpx.Client, control: Control, illvid_account: dict[str, str]
) -> None:
    code = control.files(provider="illvid", account=illvid_account["account"])[0]["code"]
    asked = {"op": "file_renew", "file_code": code}
    renewed = illvid.get("", params=asked).json()["file_code"]
    assert renewed != code
    gone = illvid.get("", params=asked)
    assert (gone.status_code, list(gone.json())) == (404, ["error"])


def test_takedowns_by_order_and_date(illvid: httpx.Client) -> None:
    down = illvid.get("", params={"op": "files_dmca"}).json()
    up = illvid.get("", params={"op": "files_dmca", "order": "up"}).json()
    assert up == down[::-1]
    assert set(down[0]) == {"file_code", "dmca_created", "dmca_expire"}
    day = down[0]["dmca_created"]
    of_day = illvid.get("", params={"op": "files_dmca", "date": day}).json()
    assert [row["dmca_created"] for row in of_day] == [day] * len(of_day)
    assert illvid.get("", params={"op": "files_dmca", "date": "1.2.2023"}).status_code == 400


def test_an_upload_answers_json_or_the_form(
    illvid: httpx.Client, control: Control, illvid_account: dict[str, str]
) -> None:
    place = illvid.get("", params={"op": "get_upload_server"}).json()
    assert set(place) == {"url", "srv_id", "disk_id"}
    fields = {
        "srv_id": place["srv_id"],
        "disk_id": place["disk_id"],
        "sess_id": illvid_account["key"],
        "utype": "reg",
    }
    file = {"file": ("Film.mkv", b"film")}
    sent = httpx.post(place["url"], data=fields, files=file).json()
    assert sent[0]["file_status"] == "OK"
    assert control.uploads()[-1]["sha256"] == hashlib.sha256(b"film").hexdigest()
    bad = httpx.post(place["url"], data=fields | {"disk_id": "7"}, files=file)
    assert bad.status_code == 400
    control.set_options(illvid_html_form=True)
    try:
        form = httpx.post(place["url"], data=fields, files=file)
    finally:
        control.set_options(illvid_html_form=False)
    code = control.uploads()[-1]["code"]
    assert f"<textarea name='fn'>{code}</textarea><textarea name='st'>OK</textarea>" in form.text


def test_the_envelope_wraps_everything_on_request(illvid: httpx.Client, control: Control) -> None:
    control.set_options(illvid_envelope=True)
    try:
        good = illvid.get("", params={"op": "account_info"}).json()
        bad = illvid.get("", params={"op": "file_renew", "file_code": "nothing"}).json()
    finally:
        control.set_options(illvid_envelope=False)
    assert (good["status"], set(good["result"])) == (200, {"login", "money"})
    assert (bad["status"], bad["result"]) == (404, False)


def test_wrong_key_operation_parameter_and_method(illvid: httpx.Client) -> None:
    wrong = illvid.get("", params={"op": "account_info", "key": "wrong"})
    assert (wrong.status_code, list(wrong.json())) == (403, ["error"])
    assert illvid.get("", params={"op": "file_list"}).status_code == 400
    assert illvid.get("", params={"op": "upload_url"}).status_code == 400
    assert illvid.get("", params={"op": "check_upload_url", "id": 10**9}).status_code == 404
    assert illvid.post("", params={"op": "account_info"}).status_code == 405
