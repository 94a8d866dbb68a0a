"""Lost answers and refusals: looked for, never guessed, sent anew at most twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vhtui.errors import UsageError
from vhtui.models import UploadState

from .conftest import Desk, make

NO_CODE = {"success": True, "message": "ok", "file": None}


def fault(kind: str, **more: Any) -> dict[str, Any]:
    return {"call": "upload", "kind": kind, **more}


async def test_a_lost_answer_is_looked_up(desk: Desk, files: Path) -> None:
    desk.control.add_faults(fault("apply_then_disconnect"))
    await desk.engine.queue_uploads("main", [make(files / "a.mp4")], "/F")
    (upload,) = await desk.until_state(UploadState.PLAYABLE)
    assert (len(desk.received()), upload.tries) == (1, 1)
    assert desk.at_host() == [("/F", "a.mp4")]


async def test_a_success_without_a_code_is_looked_up(desk: Desk, files: Path) -> None:
    desk.control.add_faults(fault("apply_then_status", status=200, body=NO_CODE))
    await desk.engine.queue_uploads("main", [make(files / "a.mp4")])
    await desk.until_state(UploadState.PLAYABLE)
    assert len(desk.received()) == 1


async def test_an_older_file_of_that_name_and_size_is_never_adopted(
    desk: Desk, files: Path
) -> None:
    add = {"action": "add", "account": desk.names["main"], "title": "a.mp4", "size": 100_000}
    (old,) = desk.control.change_files(add)
    desk.control.add_faults(fault("apply_then_disconnect"))
    await desk.engine.queue_uploads("main", [make(files / "a.mp4")])
    (upload,) = await desk.until_state(UploadState.PLAYABLE)
    assert upload.code != old


async def test_between_two_the_person_decides(desk: Desk, files: Path) -> None:
    # The host takes its time, and meanwhile another file of that name and size comes.
    desk.control.add_faults(fault("apply_then_status", status=200, body=NO_CODE))
    await desk.engine.set_limit(1)
    (id,) = (await desk.engine.queue_uploads("main", [make(files / "a.mp4")])).ids
    await desk.until_state(UploadState.SENDING)
    add = {"action": "add", "account": desk.names["main"], "title": "a.mp4", "size": 100_000}
    desk.control.change_files(add)
    await desk.engine.set_limit(None)
    (upload,) = await desk.until_state(UploadState.NEEDS_YOU)
    code = next(f["code"] for f in desk.control.files(account=desk.names["main"]) if f["sha256"])
    assert code in upload.error
    with pytest.raises(UsageError, match="no file code"):
        await desk.engine.settle_upload(id, "../x")
    await desk.engine.settle_upload(id, code)
    (upload,) = await desk.until_state(UploadState.PLAYABLE)
    assert upload.code == code
    with pytest.raises(UsageError, match="does not wait"):
        await desk.engine.settle_upload(id, code)


async def test_what_did_not_arrive_is_sent_anew(desk: Desk, files: Path) -> None:
    desk.control.add_faults(fault("disconnect"))
    await desk.engine.queue_uploads("main", [make(files / "a.mp4")])
    (upload,) = await desk.until_state(UploadState.PLAYABLE)
    assert (upload.tries, len(desk.received())) == (2, 1)


async def test_it_is_sent_anew_at_most_twice(desk: Desk, files: Path) -> None:
    desk.control.add_faults(fault("status", times=5))
    ids = (await desk.engine.queue_uploads("main", [make(files / "a.mp4")])).ids
    (upload,) = await desk.until_state(UploadState.FAILED)
    assert upload.error == "it was sent 3 times and the host shows no trace of it"
    assert await desk.engine.retry_uploads(ids) == 1
    await desk.until_state(UploadState.PLAYABLE)
    assert len(desk.received()) == 1


async def test_a_success_without_trace_is_never_sent_anew(desk: Desk, files: Path) -> None:
    desk.control.add_faults(fault("status", status=200, body=NO_CODE))
    await desk.engine.queue_uploads("main", [make(files / "a.mp4")])
    (upload,) = await desk.until_state(UploadState.NEEDS_YOU)
    assert "no trace" in upload.error
    assert desk.received() == []


async def test_where_nothing_is_listed_only_the_person_can_tell(desk: Desk, files: Path) -> None:
    desk.control.add_faults(fault("apply_then_disconnect", provider="illvid"))
    (id,) = (await desk.engine.queue_uploads("ill", [make(files / "a.mp4")])).ids
    (upload,) = await desk.until_state(UploadState.NEEDS_YOU)
    assert "lists no files" in upload.error
    code = desk.control.uploads()[-1]["code"]
    await desk.engine.settle_upload(id, code)
    await desk.until_state(UploadState.PLAYABLE)


async def test_a_refused_type_stops_nothing_else(desk: Desk, files: Path) -> None:
    body = {"message": "x", "errors": {"file": ["The file must be a video."]}}
    desk.control.add_faults(fault("status", status=422, body=body))
    await desk.engine.set_parallel(1)
    paths = [make(files / "a.txt"), make(files / "b.mp4")]
    first, second = (await desk.engine.queue_uploads("main", paths)).ids
    await desk.until_state(UploadState.PLAYABLE, second)
    (refused,) = await desk.until_state(UploadState.FAILED, first)
    assert "The file must be a video" in refused.error
    assert refused.tries == 1


async def test_without_room_the_account_is_paused_and_others_go_on(desk: Desk, files: Path) -> None:
    await desk.engine.set_parallel(1)
    body = {"message": "Not enough storage space left."}
    desk.control.add_faults(fault("status", status=422, body=body, account=desk.names["main"]))
    paths = [make(files / f"{name}.mp4") for name in "abc"]
    ids = (await desk.engine.queue_uploads("main", paths)).ids
    await desk.engine.queue_uploads("second", paths)
    await desk.until_state(UploadState.FAILED, ids[0])
    rest = await desk.until_state(UploadState.PAUSED, *ids[1:])
    assert "main has no room" in rest[0].error
    await desk.until(
        lambda: {u.state for u in desk.engine.uploads("second")} == {UploadState.PLAYABLE}
    )
    assert await desk.engine.resume_uploads(ids) == 2
    await desk.until_state(UploadState.PLAYABLE, *ids[1:])


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("https://evil.example/node", "evil.example, which is not trusted"),
        ("http://voe.sx/node", "voe.sx, by plain http"),
    ],
)
async def test_a_place_that_is_not_trusted(desk: Desk, files: Path, place: str, words: str) -> None:
    body = {"status": 200, "success": True, "result": place}
    desk.control.add_faults(
        {"call": "upload/server", "kind": "status", "status": 200, "body": body}
    )
    await desk.engine.queue_uploads("main", [make(files / "a.mp4")])
    (upload,) = await desk.until_state(UploadState.FAILED)
    assert words in upload.error


async def test_nobody_at_the_node_is_waited_for(desk: Desk, files: Path) -> None:
    body = {"status": 200, "success": True, "result": "http://127.0.0.1:1/node"}
    desk.control.add_faults(
        {"call": "upload/server", "kind": "status", "status": 200, "body": body, "times": 5}
    )
    await desk.engine.queue_uploads("main", [make(files / "a.mp4")])
    (upload,) = await desk.until_state(UploadState.PLAYABLE)
    assert upload.tries == 1


async def test_no_server_at_the_moment_is_waited_for(desk: Desk, files: Path) -> None:
    body = {"status": 200, "success": True, "result": None}
    desk.control.add_faults(
        {"call": "upload/server", "kind": "status", "status": 200, "body": body, "times": 5}
    )
    await desk.engine.queue_uploads("main", [make(files / "a.mp4")])
    await desk.until_state(UploadState.PLAYABLE)
