"""The pace, on a clock that the test turns."""

from __future__ import annotations

import asyncio
import random

import pytest

from vhtui.errors import RateLimitedError
from vhtui.providers.base import background_calls
from vhtui.providers.limiter import PATIENCE, Limiter, Pace


def run(pace: Pace, *, seconds: float, lateness: float = 0.0, seed: int = 1) -> list[float]:
    """Send as fast as the pace allows; each call leaves up to ``lateness`` after it may."""
    chance = random.Random(seed)
    now = 1000.0
    sends: list[float] = []
    under_way: list[float] = []
    end = now + seconds
    while now < end:
        for due in sorted(due for due in under_way if due <= now):
            under_way.remove(due)
            pace.sent(due)
            sends.append(due)
        delay = pace.delay(now)
        if delay == 0:
            pace.allow(now)
            under_way.append(now + chance.uniform(0, lateness))
            continue
        now = min([now + delay, *under_way])
    return sends


def busiest_second(sends: list[float]) -> int:
    return max(sum(start <= send <= start + 1 for send in sends) for start in sends)


@pytest.mark.parametrize("lateness", [0.0, 0.05, 0.5, 3.0])
@pytest.mark.parametrize("seed", range(5))
def test_at_most_four_in_any_second_and_three_on_average(lateness: float, seed: int) -> None:
    sends = run(Pace(3.0), seconds=120, lateness=lateness, seed=seed)
    assert busiest_second(sends) <= 4
    assert (len(sends) - 1) / 120 <= 3.0
    if lateness < 0.2:
        assert len(sends) >= 355


def test_a_higher_rate_is_capped_by_itself() -> None:
    sends = run(Pace(10.0), seconds=30, lateness=0.05)
    assert busiest_second(sends) <= 10


def test_a_call_that_never_leaves_gives_its_place_back() -> None:
    pace = Pace(1000.0)
    for step in range(4):
        pace.allow(float(step))
    for _ in range(996):
        pace.allow(4.0)
    assert pace.delay(5.0) == float("inf")
    pace.dropped()
    assert pace.delay(5.0) == 0


def test_a_429_stops_halves_and_recovers() -> None:
    pace = Pace(3.0)
    pace.refused(100.0, 7.0)
    assert pace.delay(100.0) == 7.0
    assert pace.rate == 1.5
    pace.refused(100.1, None)  # was under way together with the first
    assert pace.rate == 1.5
    assert pace.delay(100.1) == pytest.approx(6.9)
    pace.answered()
    assert 1.5 < pace.rate < 1.7
    for _ in range(40):
        pace.answered()
    assert pace.rate == 3.0


def test_a_storm_of_429_never_stops_for_good() -> None:
    pace = Pace(3.0)
    for second in range(0, 100, 2):
        pace.refused(float(second), None)
    assert pace.rate == 3.0 / 8
    assert pace.delay(200.0) == 0


async def test_a_person_passes_the_background() -> None:
    limiter = Limiter("host", Pace(200.0))
    order: list[str] = []

    async def call(name: str) -> None:
        with await limiter.acquire() as slot:
            slot.sent()
        order.append(name)

    async with asyncio.TaskGroup() as group:
        with background_calls():
            for name in ("poll 1", "poll 2", "poll 3"):
                group.create_task(call(name))
        await asyncio.sleep(0)
        group.create_task(call("person"))
    assert order == ["poll 1", "person", "poll 2", "poll 3"]


async def test_a_cancelled_wait_keeps_nobody_waiting() -> None:
    limiter = Limiter("host", Pace(100.0))
    (await limiter.acquire()).sent()
    waiting = [asyncio.create_task(limiter.acquire()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    waiting[1].cancel()
    async with asyncio.timeout(1):
        (await waiting[2]).sent()
    assert [task.cancelled() for task in waiting] == [True, True, False]


async def test_a_pause_beyond_patience_fails_those_who_wait() -> None:
    limiter = Limiter("host", Pace(1.0))
    (await limiter.acquire()).sent()
    waiting = asyncio.create_task(limiter.acquire())
    await asyncio.sleep(0)
    limiter.refused(PATIENCE * 4)
    with pytest.raises(RateLimitedError, match="host was asked too often"):
        await waiting
