"""Files that arrive: whole, in their folder, under their title, followed until they play."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vhtui.errors import UsageError
from vhtui.models import UploadState

from .conftest import Desk, make, sha256


async def test_what_arrives_is_what_was_chosen(desk: Desk, files: Path) -> None:
    path = make(files / "Große Reise 01.mp4", 3_500_000)
    receipt = await desk.engine.queue_uploads("main", [path], "/Series/Season 1")
    assert receipt.sentence == "Uploading 1 file to main (3.5 MB)"
    (upload,) = await desk.until_state(UploadState.PLAYABLE)
    assert desk.received() == [(path.name, 3_500_000, sha256(path))]
    assert desk.at_host() == [("/Series/Season 1", path.name)]
    file = desk.engine.store.file_by_code("main", upload.code or "")
    assert file is not None
    assert desk.engine.store.folder_path("main", file.folder) == "/Series/Season 1"
    assert (upload.sent, upload.error, upload.tries) == (3_500_000, "", 1)


async def test_it_is_encoding_until_the_host_has_encoded_it(desk: Desk, files: Path) -> None:
    await desk.engine.queue_uploads("main", [make(files / "a.mkv")])
    await desk.until_state(UploadState.ENCODING)
    desk.control.advance(3600)
    await desk.until_state(UploadState.PLAYABLE)


async def test_a_tree_becomes_a_tree_and_no_folder_is_made_twice(desk: Desk, files: Path) -> None:
    at_host = desk.control.change_folder(
        provider="voe", account=desk.names["main"], action="add", name="Series"
    )
    assert at_host
    for name in ("Show/1.mp4", "Show/Season 2/2.mp4", "Show/Season 2/3.mp4", "Show/.hidden.mp4"):
        make(files / name)
    receipt = await desk.engine.queue_uploads("main", [files / "Show"], "/Series", recursive=True)
    assert len(receipt.ids) == 3
    await desk.until_state(UploadState.PLAYABLE)
    assert sorted(desk.at_host()) == [
        ("/Series/Show", "1.mp4"),
        ("/Series/Show/Season 2", "2.mp4"),
        ("/Series/Show/Season 2", "3.mp4"),
    ]
    names = [f["name"] for f in desk.control.folders(account=desk.names["main"])]
    assert sorted(names) == ["Season 2", "Series", "Show"]


async def test_a_tree_can_be_laid_flat_and_filtered(desk: Desk, files: Path) -> None:
    make(files / "Show/1.mp4")
    make(files / "Show/Extras/2.MP4")
    make(files / "Show/readme.txt")
    await desk.engine.queue_uploads(
        "main", [files / "Show"], recursive=True, keep_tree=False, patterns=["*.mp4"]
    )
    await desk.until_state(UploadState.PLAYABLE)
    assert sorted(desk.at_host()) == [("/", "1.mp4"), ("/", "2.MP4")]


async def test_a_folder_by_its_id_even_while_it_is_being_made(desk: Desk, files: Path) -> None:
    made = await desk.engine.create_folder("main", "0", "New")
    await desk.engine.queue_uploads("main", [make(files / "a.mp4")], made.folder or "")
    await desk.until_state(UploadState.PLAYABLE)
    assert desk.at_host() == [("/New", "a.mp4")]
    with pytest.raises(UsageError, match="no folder 99"):
        await desk.engine.queue_uploads("main", [files / "a.mp4"], "99", again=True)
    with pytest.raises(UsageError, match="belongs to one account"):
        await desk.engine.queue_uploads(["main", "second"], [files / "a.mp4"], "0")


async def test_one_file_to_several_hosts(desk: Desk, files: Path) -> None:
    path = make(files / "a.mp4")
    await desk.engine.queue_uploads(["main", "second", "ill"], [path], "/Films")
    await desk.until_state(UploadState.PLAYABLE)
    for account in ("main", "second", "ill"):
        assert desk.received(account) == [("a.mp4", 100_000, sha256(path))]
    assert desk.at_host("second") == [("/Films", "a.mp4")]
    (row,) = (u for u in desk.engine.uploads("ill"))
    ledger = desk.engine.store.file_by_code("ill", row.code or "")
    assert ledger is not None
    assert ledger.folder == "Films"


async def test_illvid_answers_by_a_form_too(desk: Desk, files: Path) -> None:
    desk.control.set_options(illvid_html_form=True)
    await desk.engine.queue_uploads("ill", [make(files / "a.mp4")])
    (upload,) = await desk.until_state(UploadState.PLAYABLE)
    desk.control.set_options(illvid_html_form=False)
    assert upload.code


async def test_a_name_that_is_not_utf8(desk: Desk, files: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(files) + b"/caf\xe9\x1b[31m.mp4"))
    path.write_bytes(b"x" * 10)
    await desk.engine.queue_uploads("main", [path])
    (upload,) = await desk.until_state(UploadState.PLAYABLE)
    assert upload.title == "caf\N{REPLACEMENT CHARACTER} [31m.mp4"
    assert upload.path == str(path)
    assert [title for _, title in desk.at_host()] == [upload.title]


async def test_the_title_is_set_where_the_host_chose_another(desk: Desk, files: Path) -> None:
    body = {"success": True, "file": None}
    desk.control.add_faults(
        {"call": "upload", "kind": "apply_then_status", "status": 200, "body": body}
    )
    path = make(files / "b.mp4")
    await desk.engine.queue_uploads("main", [path])
    # Meanwhile the host takes the extension off, as some do.
    await desk.until(lambda: bool(desk.received()))
    (file,) = desk.control.files(account=desk.names["main"])
    desk.control.change_files({"action": "rename", "code": file["code"], "title": "b"})
    await desk.until_state(UploadState.PLAYABLE)
    await desk.until(lambda: desk.at_host() == [("/", "b.mp4")])


async def test_placing_stays_out_of_undo_and_out_of_the_list(desk: Desk, files: Path) -> None:
    await desk.engine.queue_uploads("main", [make(files / "a.mp4")], "/New")
    await desk.until_state(UploadState.PLAYABLE)
    assert await desk.engine.undo() is None
    assert [group.title for group in desk.engine.journal.groups()] == ["Create folder New"]
    assert desk.notices == []


async def test_a_folder_that_cannot_be_made(desk: Desk, files: Path) -> None:
    desk.control.add_faults(
        {"call": "folder/create", "status": 422, "body": {"message": "No more folders."}}
    )
    (id,) = (await desk.engine.queue_uploads("main", [make(files / "a.mp4")], "/New")).ids
    (upload,) = await desk.until_state(UploadState.NEEDS_YOU)
    assert "but not moved to /New" in upload.error
    assert "No more folders" in upload.error
    assert await desk.engine.retry_uploads([id]) == 1
    await desk.until_state(UploadState.PLAYABLE)
    assert desk.at_host() == [("/New", "a.mp4")]
    assert len(desk.received()) == 1


async def test_what_plays_can_be_cleared_from_the_list(desk: Desk, files: Path) -> None:
    await desk.engine.queue_uploads("main", [make(files / "a.mp4")])
    await desk.until_state(UploadState.PLAYABLE)
    assert await desk.engine.clear_uploads() == 1
    assert desk.engine.uploads() == []
