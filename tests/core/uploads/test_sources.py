"""What can be chosen and what cannot: each with its own sentence, the rest goes on."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhtui.core.uploads import sources
from vhtui.core.uploads.pacing import Bandwidth
from vhtui.core.uploads.sources import SourceError
from vhtui.core.uploads.transfer import StoppedError, Transfer
from vhtui.errors import UsageError
from vhtui.models import UploadState

from .conftest import Desk, make


def fifo(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def dangling(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (fifo, "is a pipe (FIFO): only regular files can be sent"),
        (a_socket, "is a socket: only regular files can be sent"),
        (device, "is a device: only regular files can be sent"),
        (dangling, "does not exist (any more)"),
        (Path.mkdir, "is a folder: choose it recursively to send its files"),
        (Path.touch, "is empty"),
        (lambda path: None, "does not exist (any more)"),
    ],
)
async def test_each_bad_source_has_its_sentence(
    desk: Desk, files: Path, prepare: Callable[[Path], object], words: str
) -> None:
    bad = files / "bad"
    prepare(bad)
    with pytest.raises(UsageError) as caught:
        await desk.engine.queue_uploads("main", [bad])
    assert str(caught.value) == f"nothing can be uploaded: {bad} {words}"
    receipt = await desk.engine.queue_uploads("main", [bad, make(files / "good.mp4")])
    assert [each.path for each in receipt.refused] == [bad]
    assert receipt.sentence.endswith(f"; {bad} {words}")
    await desk.until_state(UploadState.PLAYABLE)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(files: Path) -> None:
    path = make(files / "a.mp4")
    path.chmod(0)
    with pytest.raises(SourceError, match="no permission"):
        sources.examine(path)


def test_a_directory_brings_its_files_and_what_is_wrong_in_it(files: Path) -> None:
    for name in ("2.mp4", "10.mp4", "sub/1.mp4", ".git/x"):
        make(files / name)
    fifo(files / "sub" / "pipe")
    (files / "sub" / "loop").symlink_to(files)
    found, refused = sources.find([files], recursive=True)
    assert [(s.path.name, s.below) for s in found] == [
        ("2.mp4", ("videos",)),
        ("10.mp4", ("videos",)),
        ("1.mp4", ("videos", "sub")),
    ]
    assert [(r.path.name, "pipe (FIFO)" in r.reason) for r in refused] == [("pipe", True)]


@given(st.binary(min_size=1, max_size=300).filter(lambda name: b"/" not in name))
def test_every_name_becomes_a_title(name: bytes) -> None:
    title = sources.title_of(Path(os.fsdecode(name.replace(b"\0", b"x"))))
    assert 0 < len(title) <= 255
    assert title.encode().decode() == title
    assert title.strip() == title
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in title)


def test_a_long_title_keeps_its_extension() -> None:
    assert sources.title_of(Path("a" * 300 + ".mkv")) == "a" * 251 + ".mkv"


# While it is sent


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"other bytes")


def shrink(path: Path) -> None:
    os.truncate(path, 3_000_000)


def cut_to_nothing(path: Path) -> None:
    os.truncate(path, 1)


def replace(path: Path) -> None:
    make(path.parent / "other", 4_000_000).replace(path)


CHANGES = [
    (append, "changed while it was sent (it grew from 4000000 to 4000004 bytes)"),
    (overwrite, "changed while it was sent"),
    (shrink, "changed while it was sent (it shrank"),
    (cut_to_nothing, "changed while it was sent (it shrank"),
    (replace, "was replaced by another file while it was sent"),
    (Path.unlink, "vanished while it was sent"),
]


@pytest.mark.parametrize(("disturb", "words"), CHANGES)
def test_a_change_half_way_is_noticed_before_the_last_bytes(
    files: Path, disturb: Callable[[Path], object], words: str
) -> None:
    path = make(files / "a.mp4", 4_000_000)
    transfer = Transfer(path, sources.examine(path), Bandwidth())
    chunks = transfer.chunks()
    sent = len(next(chunks))
    disturb(path)
    with pytest.raises(SourceError) as caught:
        for chunk in chunks:
            sent += len(chunk)
    transfer.close()
    assert words in str(caught.value)
    assert sent < 4_000_000
    assert not transfer.complete


@pytest.mark.parametrize("disturb", [append, overwrite, shrink, replace])
def test_a_change_before_it_is_sent(files: Path, disturb: Callable[[Path], object]) -> None:
    path = make(files / "a.mp4", 4_000_000)
    identity = sources.examine(path)
    disturb(path)
    with pytest.raises(SourceError, match="not the file that was chosen any more"):
        Transfer(path, identity, Bandwidth())


def test_exactly_its_bytes_are_sent(files: Path) -> None:
    path = make(files / "a.mp4", 2_500_001)
    transfer = Transfer(path, sources.examine(path), Bandwidth())
    assert b"".join(transfer.chunks()) == path.read_bytes()
    assert transfer.complete
    transfer.close()


def test_a_stopped_transfer_ends_at_the_next_piece(files: Path) -> None:
    path = make(files / "a.mp4", 4_000_000)
    transfer = Transfer(path, sources.examine(path), Bandwidth())
    chunks = transfer.chunks()
    next(chunks)
    transfer.stop()
    with pytest.raises(StoppedError):
        next(chunks)
    transfer.close()


async def test_a_file_that_changes_in_the_queue_or_under_way(desk: Desk, files: Path) -> None:
    await desk.engine.set_limit(1)
    paths = [make(files / f"{name}.mp4") for name in ("grows", "goes", "waits", "fine")]
    await desk.engine.set_parallel(2)
    ids = (await desk.engine.queue_uploads("main", paths)).ids
    await desk.until_state(UploadState.SENDING, *ids[:2])
    append(paths[0])
    paths[1].unlink()
    append(paths[2])
    await desk.engine.set_limit(None)
    failed = await desk.until_state(UploadState.FAILED, *ids[:3])
    assert [error in upload.error for error, upload in zip(
        ["changed while it was sent", "vanished while it was sent", "not the file that was chosen"],
        failed,
        strict=True,
    )] == [True] * 3  # fmt: skip
    await desk.until_state(UploadState.PLAYABLE, ids[3])
    assert [name for name, _, _ in desk.received()] == ["fine.mp4"]
    assert await desk.engine.retry_uploads([ids[0], ids[2]]) == 2
    await desk.until_state(UploadState.PLAYABLE, ids[0], ids[2], ids[3])
    with pytest.raises(UsageError, match="does not exist"):
        await desk.engine.retry_uploads([ids[1]])
