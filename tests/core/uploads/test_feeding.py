"""Remote uploads are fed to the host a few at a time."""

from __future__ import annotations

from vhtui.config import UploadSettings
from vhtui.models import RemoteState

from .conftest import Accounts, Desk


def active(desk: Desk) -> int:
    open_states = (RemoteState.WAITING, RemoteState.RUNNING)
    return sum(u.state in open_states for u in desk.engine.store.remote_uploads("main"))


def added(desk: Desk) -> int:
    return sum(
        entry["op"] == "upload/url" and entry["account"] == desk.names["main"]
        for entry in desk.control.history()
    )


async def test_at_most_the_chosen_number_is_active(accounts: Accounts) -> None:
    accounts.control.set_speed(0.001)
    try:
        async with accounts.open(uploads=UploadSettings(remote_active=2)) as desk:
            urls = [f"https://example.com/fail-{number}.mp4" for number in range(5)]
            await desk.engine.add_remote("main", urls, None)
            await desk.until(lambda: added(desk) == 2 and active(desk) == 2)
            seen = len(desk.control.requests())
            await desk.until(lambda: len(desk.control.requests()) > seen + 5)
            assert added(desk) == 2
            desk.control.advance(60)
            await desk.until(lambda: added(desk) == 4)
            desk.control.advance(60)
            await desk.until(lambda: added(desk) == 5)
    finally:
        accounts.control.set_speed(60)


async def test_the_number_changes_while_it_runs(accounts: Accounts) -> None:
    accounts.control.set_speed(0.001)
    try:
        async with accounts.open(uploads=UploadSettings(remote_active=1)) as desk:
            urls = [f"https://example.com/fail-{number}.mp4" for number in range(5)]
            await desk.engine.add_remote("main", urls, None)
            await desk.until(lambda: added(desk) == 1 and active(desk) == 1)
            await desk.engine.set_remote_active("main", 3)
            await desk.until(lambda: added(desk) == 3 and active(desk) == 3)
            await desk.engine.set_remote_active("main", 0)
            await desk.until(lambda: added(desk) == 5)
            await desk.engine.reset_upload_limits()
            assert desk.engine.remote_active("main") == 1
    finally:
        accounts.control.set_speed(60)


async def test_without_a_number_all_are_given_at_once(desk: Desk) -> None:
    urls = [f"https://example.com/{number}.mp4" for number in range(5)]
    await desk.engine.add_remote("main", urls, None)
    await desk.until(lambda: added(desk) == 5)
