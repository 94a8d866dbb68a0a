"""How long encodings take: from how they went on, through pauses, restarts and other clocks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from vhtui.core import encodings, queues
from vhtui.core.database import Database, Transaction
from vhtui.core.encodings import Sample, outlook, time_left
from vhtui.core.store import Store
from vhtui.models import Encoding

JOB = Encoding(code="abc", title="a.mkv", state="ENCODING", quality=720, stage="transcode_video_")


def steady(count: int, *, seconds: float = 10.0, percent: float = 2.0) -> list[Sample]:
    return [(1000 + n * seconds, 10 + n * percent) for n in range(count)]


def test_it_is_too_early_to_tell_before_two_steps() -> None:
    assert outlook([], 1000) == (None, None)
    assert outlook(steady(2), 1010) == (None, None)


def test_a_steady_encoding_goes_on_as_it_did() -> None:
    samples = steady(6)  # at 20 percent, five seconds for each
    assert outlook(samples, 1050) == (400, None)
    assert outlook(samples, 1055) == (395, None)


def test_a_pause_in_the_past_does_not_count() -> None:
    before, pause = steady(4), 3600
    after = [(at + pause, percent) for at, percent in steady(8)[4:]]
    left, stalled = outlook([*before, *after], after[-1][0])
    assert stalled is None
    assert left == pytest.approx(380, rel=0.05)


def test_what_stands_still_says_so_and_promises_nothing() -> None:
    samples = steady(6)
    assert outlook(samples, 1050 + 59)[1] is None
    assert outlook(samples, 1050 + 600) == (None, 600)


def test_percents_in_large_steps_are_told_as_well() -> None:
    samples = [(0.0, 5.0), (5.0, 6.0), (20.0, 9.0), (25.0, 10.0), (40.0, 13.0)]
    left, _ = outlook(samples, 40)
    assert left == pytest.approx(87 * 5, rel=0.05)


def test_a_file_is_done_when_its_last_encoding_is() -> None:
    jobs = [replace(JOB, percent=40.0, left=300), replace(JOB, percent=90.0, left=20)]
    assert time_left(jobs) == 300
    assert time_left([*jobs, replace(JOB, percent=0.0)]) is None
    assert time_left([*jobs, replace(JOB, percent=100.0)]) == 300
    assert time_left([]) is None


@pytest.fixture
async def store(tmp_path: Path) -> Store:
    store = Store(Database(tmp_path / "library.db"))
    await store.adopt_accounts({"main": "voe"})
    return store


def at(seconds: float, *jobs: Encoding) -> Callable[[Transaction], None]:
    """Put the encodings as they were listed at a time."""

    def change(tx: Transaction) -> None:
        tx.now = seconds
        queues.put_encodings(tx, 1, "main", jobs)

    return change


async def test_what_was_polled_tells_how_long_it_takes(store: Store) -> None:
    for n in range(40):
        await store.database.write(at(1000 + 10 * n, replace(JOB, percent=10.0 + n)))
    (job,) = encodings.encodings(store.database.reader(), 1, 1390)
    assert (job.percent, job.left, job.stalled) == (49.0, 510, None)
    kept = store.database.reader().execute("SELECT COUNT(*) FROM encoding_sample").fetchone()[0]
    assert kept == 16
    await store.database.write(at(1400, replace(JOB, percent=3.0)))  # the host began anew
    (job,) = encodings.encodings(store.database.reader(), 1, 1400)
    assert job.left is None
    await store.database.write(at(1500))
    assert not store.database.reader().execute("SELECT * FROM encoding_sample").fetchall()
    store.database.close()


async def test_at_first_the_hosts_own_clock_tells(store: Store) -> None:
    job = replace(JOB, percent=25.0, started=5_000_000, updated=5_000_100)
    await store.database.write(at(1000, job, replace(JOB, quality=480, error="broken", percent=9)))
    found = {e.quality: e.left for e in store.encodings("main")}
    assert found == {720: 300, 480: None}
    assert [e.quality for e in store.encodings("main", "abc")] == [720, 480]
    assert store.encodings("main", "other") == []
    store.database.close()
