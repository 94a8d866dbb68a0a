"""What was uploaded is known again: by path and time, and by content under another name."""

from __future__ import annotations

import shutil
from pathlib import Path

from vhtui.models import UploadState

from .conftest import Desk, make


async def test_a_second_upload_says_where_it_is(desk: Desk, files: Path) -> None:
    path = make(files / "a.mp4")
    await desk.engine.queue_uploads("main", [path], "/Series")
    (upload,) = await desk.until_state(UploadState.PLAYABLE)
    await desk.engine.clear_uploads()
    receipt = await desk.engine.queue_uploads("main", [path])
    assert receipt.ids == ()
    assert receipt.sentence == f"{path} is already in main:/Series as {upload.code}"
    assert [entry.code for entry in receipt.already] == [upload.code]
    assert len((await desk.engine.queue_uploads("main", [path], again=True)).ids) == 1
    await desk.until_state(UploadState.PLAYABLE)
    assert len(desk.received()) == 2


async def test_another_account_does_not_have_it(desk: Desk, files: Path) -> None:
    path = make(files / "a.mp4")
    await desk.engine.queue_uploads("main", [path])
    await desk.until_state(UploadState.PLAYABLE)
    receipt = await desk.engine.queue_uploads(["main", "second"], [path])
    assert len(receipt.ids) == 1
    await desk.until_state(UploadState.PLAYABLE)
    found = await desk.engine.already_uploaded([path])
    assert sorted(entry.account for entry in found) == ["main", "second"]
    assert await desk.engine.already_uploaded([path], "ill") == []


async def test_a_copy_under_another_name_is_recognised(desk: Desk, files: Path) -> None:
    path = make(files / "a.mp4", 2_000_000)
    await desk.engine.queue_uploads("main", [path])
    await desk.until_state(UploadState.PLAYABLE)
    copy = Path(shutil.copyfile(path, files / "copy.mp4"))
    other = make(files / "other.mp4", 2_000_000)
    receipt = await desk.engine.queue_uploads("main", [copy, other])
    assert [entry.path for entry in receipt.already] == [str(copy)]
    assert len(receipt.ids) == 1


async def test_what_waits_is_not_queued_twice(desk: Desk, files: Path) -> None:
    await desk.engine.set_limit(1)
    path = make(files / "a.mp4")
    await desk.engine.queue_uploads("main", [path])
    receipt = await desk.engine.queue_uploads("main", [path], again=True)
    assert (receipt.ids, receipt.waiting) == ((), (path,))
    assert receipt.sentence == "1 file in the queue already"


async def test_what_the_host_no_longer_has_is_sent_again(desk: Desk, files: Path) -> None:
    path = make(files / "a.mp4")
    await desk.engine.queue_uploads("main", [path])
    (upload,) = await desk.until_state(UploadState.PLAYABLE)
    file = desk.engine.store.file_by_code("main", upload.code or "")
    assert file is not None
    await desk.engine.delete("main", [file])
    await desk.until(lambda: desk.at_host() == [])
    await desk.until(lambda: desk.engine.store.file_by_code("main", file.code) is None)
    assert len((await desk.engine.queue_uploads("main", [path])).ids) == 1
    await desk.until_state(UploadState.PLAYABLE)
