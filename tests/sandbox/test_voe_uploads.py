from __future__ import annotations

import hashlib
import resource
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from vhtui.sandbox.client import Control

PAGE = "https://example.org/{}.mp4"
# A URL whose download is known to succeed; see transfers.plan_download.
GOOD = PAGE.format("harbour-1")


def queue(voe: httpx.Client, **parameters: object) -> list[dict[str, Any]]:
    shown = voe.get("/upload/url/list", params={key: str(v) for key, v in parameters.items()})
    rows: list[dict[str, Any]] = shown.json()["list"]["data"]
    return rows


def entry(voe: httpx.Client, id: int) -> dict[str, Any]:
    (row,) = queue(voe, id=id)
    return row


@pytest.fixture
def fresh(control: Control) -> Iterator[httpx.Client]:
    """A client for an account with nothing in it, whose queue is its own."""
    access = control.add_account("voe")
    with httpx.Client(
        base_url=access["base_url"],
        params={"key": access["key"]},
        headers={"Accept": "application/json", "Account": access["account"]},
        trust_env=False,
    ) as http:
        yield http


def test_the_queue_starts_with_entries_in_every_state(voe: httpx.Client) -> None:
    rows = queue(voe)
    assert {row["status"] for row in rows} == {1, 2, 3, 4}
    assert sum(row["status"] == 2 for row in rows) == 2
    assert set(rows[0]) == {
        "id", "folder_id", "file_code", "url", "status", "status_note", "created_at", "started_at",
        "updated_at", "total_size", "loaded_size", "speed", "estimated_duration", "percent",
        "additional_headers",
    }  # fmt: skip
    assert rows[0]["created_at"].endswith("Z")
    assert len(queue(voe, limit=3)) == 3


def test_a_remote_upload_waits_runs_completes_and_is_encoded(
    fresh: httpx.Client, control: Control
) -> None:
    folder = fresh.get("/folder/create", params={"name": "In"}).json()["result"]["fld_id"]
    added = fresh.get("/upload/url", params={"url": GOOD, "folder_id": folder}).json()["result"]
    code, id = added["file_code"], added["queueID"]
    asked = {"file_code": code}
    assert entry(fresh, id)["status"] == 1
    waiting = fresh.get("/file/info", params=asked).json()["result"][0]
    assert (waiting["status"], waiting["file_size"], waiting["title"]) == (200, 0, "harbour-1.mp4")

    control.advance(5)
    first = entry(fresh, id)
    control.advance(3)
    second = entry(fresh, id)
    assert first["status"] == second["status"] == 2
    assert 0 < first["loaded_size"] < second["loaded_size"] < second["total_size"]
    assert second["speed"] > 0
    assert second["estimated_duration"] > 0
    assert fresh.get("/file/list").json()["result"]["total"] == 0

    control.advance(second["estimated_duration"] + 5)
    done = entry(fresh, id)
    assert (done["status"], done["percent"]) == (3, 100)
    listed = fresh.get("/folder/list", params={"fld_id": folder}).json()["result"]["files"]["data"]
    assert [row["file_code"] for row in listed] == [code]

    control.advance(10)
    jobs = fresh.get("/encodings/list").json()["data"]
    assert [job["quality"] for job in jobs] == [1080, 720, 480]
    assert [job["status"] for job in jobs] == ["ENCODING", "ENCODING", "PENDING"]
    assert jobs[0]["original_details"]["videoWidth"] == 1920
    assert jobs[2]["original_details"] == []
    assert set(jobs[0]) == {
        "status", "note", "created_at", "started_at", "updated_at", "file_code", "file_title",
        "quality", "error", "extra", "percent", "original_details",
    }  # fmt: skip
    control.advance(3600)
    assert fresh.get("/encodings/list").json()["data"] == []
    assert fresh.get("/file/info", params=asked).json()["result"][0]["length"] > 0


def test_two_run_at_once_and_one_long_wait_is_as_good_as_many(
    fresh: httpx.Client, control: Control
) -> None:
    for number in range(4):
        fresh.post("/upload/url", data={"url": PAGE.format(number)})
    control.advance(4)
    assert [row["status"] for row in queue(fresh)] == [1, 1, 2, 2]
    control.advance(86_400)
    assert {row["status"] for row in queue(fresh)} <= {3, 4}


def test_a_failed_one_is_restarted_deleted_or_swept_away(
    fresh: httpx.Client, control: Control
) -> None:
    bad = "https://example.org/404/fail.mkv"
    ids = [
        fresh.get("/upload/url", params={"url": bad}).json()["result"]["queueID"] for _ in range(3)
    ]
    running = fresh.post("/upload/url/delete", params={"id": ids[0]})
    assert running.status_code == 422
    assert fresh.post("/upload/url/restart", json={"id": ids[0]}).status_code == 422
    control.advance(600)
    failed = entry(fresh, ids[0])
    assert (failed["status"], failed["status_note"]) == (4, "HTTP 404 Not Found.")
    asked = {"file_code": failed["file_code"]}
    assert fresh.get("/file/info", params=asked).json()["result"][0]["status"] == 404

    restarted = fresh.post("/upload/url/restart", json={"id": ids[0]}).json()
    assert (restarted["queueID"], "T" in restarted["server_time"]) == (ids[0], True)
    assert entry(fresh, ids[0])["status"] == 1
    assert fresh.post("/upload/url/delete", data={"id": ids[1]}).json()["success"] is True
    assert queue(fresh, id=ids[1]) == []
    assert fresh.post("/upload/url/delete", data={"id": ids[1]}).status_code == 404
    assert fresh.post("/upload/url/delete/failed").json()["deleted_count"] == 1
    assert [row["id"] for row in queue(fresh)] == [ids[0]]


def test_an_upload_is_known_by_size_and_hash(
    voe: httpx.Client, control: Control, account: dict[str, str]
) -> None:
    node = voe.get("/upload/server").json()["result"]
    content = bytes(range(256)) * 5000
    name = 'Été "7" [b].mkv'
    body = httpx.post(node, params={"key": account["key"]}, files={"file": (name, content)}).json()
    assert (body["success"], body["file"]["file_title"]) == (True, name)
    assert body["file"]["encoding_necessary"] is True
    received = control.uploads()[-1]
    assert (received["name"], received["size"]) == (name, len(content))
    assert received["sha256"] == hashlib.sha256(content).hexdigest()
    file = control.files(account=account["account"])[-1]
    assert (file["code"], file["folder"]) == (body["file"]["file_code"], 0)
    assert control.history()[-1]["op"] == "upload"


def test_an_upload_s_key_may_come_behind_the_file(
    voe: httpx.Client, account: dict[str, str]
) -> None:
    node = voe.get("/upload/server").json()["result"]
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\nabc\r\n'
        b'--b\r\nContent-Disposition: form-data; name="key"\r\n\r\n' + account["key"].encode()
    ) + b"\r\n--b--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    whole = httpx.post(node, content=body, headers=kind)
    assert whole.json()["file"]["encoding_necessary"] is False
    assert httpx.post(node, content=body[:-20], headers=kind).status_code == 400
    assert httpx.post(node, content=iter([body]), headers=kind).status_code == 411


def test_an_upload_without_file_or_key_is_refused(
    voe: httpx.Client, control: Control, account: dict[str, str]
) -> None:
    before = control.uploads()
    node = voe.get("/upload/server").json()["result"]
    headers = {"Accept": "application/json"}
    other = {"other": ("a.mp4", b"x")}
    missing = httpx.post(node, params={"key": account["key"]}, files=other, headers=headers)
    assert missing.status_code == 422
    assert httpx.post(node, files={"file": ("a.mp4", b"x")}).status_code == 401
    assert control.uploads() == before


def test_a_large_upload_takes_no_memory(voe: httpx.Client, account: dict[str, str]) -> None:
    node = voe.get("/upload/server").json()["result"]
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'
    tail = b"\r\n--b--\r\n"
    block, blocks = bytes(1 << 20), 128

    def stream() -> Iterator[bytes]:
        yield head
        for _ in range(blocks):
            yield block
        yield tail

    length = len(head) + len(block) * blocks + len(tail)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    headers = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(length)}
    sent = httpx.post(
        node, params={"key": account["key"]}, content=stream(), headers=headers, timeout=60
    )
    assert sent.json()["success"] is True
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000
