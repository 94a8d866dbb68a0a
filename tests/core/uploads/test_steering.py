"""Pause, cancel, order, how many at once, how fast, when: all while files are sent."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from vhtui.config import UploadSettings
from vhtui.core.uploads.pacing import CHUNK, Bandwidth, is_open
from vhtui.errors import UsageError
from vhtui.models import Changes, UploadState

from .conftest import Accounts, Desk, make


def states(desk: Desk) -> list[UploadState]:
    return [upload.state for upload in desk.engine.uploads()]


async def under_way(desk: Desk, files: Path, count: int, *, parallel: int = 1) -> tuple[int, ...]:
    """Queue files that are sent one byte a second: what is sent stays so."""
    await desk.engine.set_limit(1)
    await desk.engine.set_parallel(parallel)
    paths = [make(files / f"{number}.mp4") for number in range(count)]
    ids = (await desk.engine.queue_uploads("main", paths)).ids
    await desk.until(lambda: states(desk).count(UploadState.SENDING) == parallel)
    return ids


async def test_as_many_at_once_as_chosen(desk: Desk, files: Path) -> None:
    await under_way(desk, files, 5, parallel=2)
    await desk.engine.set_parallel(4)
    await desk.until(lambda: states(desk).count(UploadState.SENDING) == 4)
    await desk.engine.set_parallel(1)
    await desk.engine.set_limit(None)
    await desk.until_state(UploadState.PLAYABLE)
    assert desk.engine.upload_limits().parallel == 1


async def test_a_pause_makes_room_and_nothing_is_sent_twice(desk: Desk, files: Path) -> None:
    first, second, third = await under_way(desk, files, 3)
    assert await desk.engine.pause_uploads([first, third]) == 2
    await desk.until_state(UploadState.SENDING, second)
    assert states(desk) == [UploadState.PAUSED, UploadState.SENDING, UploadState.PAUSED]
    assert desk.engine.upload_counts("main") == {UploadState.PAUSED: 2, UploadState.SENDING: 1}
    assert [u.id for u in desk.engine.uploads(open_only=True, limit=2)] == [first, second]
    await desk.engine.set_limit(None)
    await desk.until_state(UploadState.PLAYABLE, second)
    assert states(desk) == [UploadState.PAUSED, UploadState.PLAYABLE, UploadState.PAUSED]
    assert await desk.engine.resume_uploads([first, third]) == 2
    await desk.until_state(UploadState.PLAYABLE)
    assert len(desk.received()) == 3


async def test_cancelling_what_is_sent_and_what_waits(desk: Desk, files: Path) -> None:
    first, second, third = await under_way(desk, files, 3)
    assert await desk.engine.cancel_uploads([first, second]) == 2
    await desk.until_state(UploadState.CANCELLED, first, second)
    await desk.engine.set_limit(None)
    await desk.until_state(UploadState.PLAYABLE, third)
    assert await desk.engine.cancel_uploads([third]) == 0
    assert [name for name, _, _ in desk.received()] == ["2.mp4"]
    assert await desk.engine.retry_uploads([first]) == 1
    await desk.until_state(UploadState.PLAYABLE, first)


async def test_what_is_paused_has_no_speed(desk: Desk, files: Path) -> None:
    (first,) = await under_way(desk, files, 1)
    await desk.until(lambda: desk.engine.uploads()[0].speed is not None)
    await desk.engine.pause_uploads([first])
    await desk.until(lambda: desk.engine.uploads()[0].speed is None)
    assert desk.engine.uploads()[0].eta is None


async def test_a_held_upload_can_be_cancelled(desk: Desk, files: Path) -> None:
    (first,) = await under_way(desk, files, 1)
    await desk.engine.pause_uploads([first])
    await desk.until_state(UploadState.PAUSED)
    await desk.engine.cancel_uploads([first])
    await desk.until_state(UploadState.CANCELLED)


async def test_the_order_can_be_changed(desk: Desk, files: Path) -> None:
    ids = await under_way(desk, files, 4)
    await desk.engine.move_upload(ids[3], -1)
    await desk.engine.move_upload(ids[3], -1)
    await desk.engine.move_upload(ids[3], -1)
    await desk.engine.move_upload(ids[1], 1)
    await desk.engine.set_limit(None)
    await desk.until_state(UploadState.PLAYABLE)
    assert [name for name, _, _ in desk.received()] == ["0.mp4", "3.mp4", "2.mp4", "1.mp4"]


async def test_progress_is_announced_without_a_write(desk: Desk, files: Path) -> None:
    heard: list[Changes] = []
    await under_way(desk, files, 1)
    desk.engine.subscribe(heard.append)
    await desk.until(lambda: any(changes.touches("uploads", "main") for changes in heard))
    (upload,) = desk.engine.uploads("main")
    assert 0 < upload.sent < upload.size
    await desk.until(lambda: desk.engine.uploads()[0].speed is not None)


async def test_uploads_begin_only_in_their_hours(desk: Desk, files: Path) -> None:
    now = time.localtime()
    hour = (now.tm_hour + 3) % 24
    await desk.engine.set_hours(f"{hour:02}:00-{hour:02}:30")
    await desk.engine.queue_uploads("main", [make(files / "a.mp4")])
    before = len(desk.control.requests())
    await desk.until(lambda: len(desk.control.requests()) > before + 5)
    assert states(desk) == [UploadState.QUEUED]
    await desk.engine.set_hours(None)
    await desk.until_state(UploadState.PLAYABLE)


async def test_limits_come_from_the_settings_until_changed(accounts: Accounts) -> None:
    chosen = UploadSettings(parallel=3, limit=5_000, hours=(60, 420))
    async with accounts.open(running=False, uploads=chosen) as desk:
        limits = desk.engine.upload_limits()
        assert (limits.parallel, limits.rate, limits.hours) == (3, 5_000, (60, 420))
        await desk.engine.set_limit(None)
        await desk.engine.set_hours("22:00-6:30")
        limits = desk.engine.upload_limits()
        assert (limits.parallel, limits.rate, limits.hours) == (3, None, (1320, 390))
        await desk.engine.reset_upload_limits()
        assert desk.engine.upload_limits().rate == 5_000
        with pytest.raises(UsageError, match="1 to 16"):
            await desk.engine.set_parallel(0)
        with pytest.raises(UsageError, match="two times"):
            await desk.engine.set_hours("at night")
        with pytest.raises(UsageError, match="at least 1"):
            await desk.engine.set_limit(0)


def test_a_window_may_go_over_midnight() -> None:
    assert is_open(None, 0)
    assert [is_open((60, 420), minute) for minute in (59, 60, 419, 420)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert [is_open((1320, 390), minute) for minute in (1319, 1320, 0, 389, 390)] == [
        False, True, True, True, False,
    ]  # fmt: skip


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_bandwidth_is_shared_and_nothing_is_saved_up() -> None:
    clock = Clock()
    bandwidth = Bandwidth(1_000_000, clock=clock)
    assert bandwidth.piece() == 250_000
    assert [bandwidth.take(250_000) for _ in range(4)] == [0.0, 0.25, 0.5, 0.75]
    clock.now += 60
    assert [bandwidth.take(250_000) for _ in range(2)] == [0.0, 0.25]
    bandwidth.set_limit(None)
    assert (bandwidth.take(CHUNK), bandwidth.piece(), bandwidth.changes) == (0.0, CHUNK, 1)
    bandwidth.set_limit(100)
    assert bandwidth.piece() == 4096
