"""Accounts that are configured while vhtui runs are used, changed and let go at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.core.desk.conftest import Desk
from vhtui.config import AccountConfig, Settings, Tuning
from vhtui.core.engine import Engine
from vhtui.core.roster import Roster
from vhtui.errors import ReadOnlyError, UsageError
from vhtui.models import JobState
from vhtui.providers import by_name, connect
from vhtui.providers.base import Provider
from vhtui.sandbox import RunningSandbox, SandboxOptions, start
from vhtui.text import Secret

NAMES = ("voe-one", "voe-two")


@dataclass
class World:
    """A running engine, how its accounts are reached, what is configured by now, and whose
    workers were hired."""

    desk: Desk
    known: dict[str, AccountConfig]
    wanted: list[AccountConfig]
    made: list[str]

    async def configure(self, *accounts: AccountConfig) -> Sequence[str]:
        self.wanted[:] = accounts
        return await self.desk.engine.follow_configuration()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    with start(SandboxOptions(files=10, folders=3, rate=0)) as sandbox:
        async for world in _world(sandbox, tmp_path):
            yield world


async def _world(sandbox: RunningSandbox, data: Path) -> AsyncIterator[World]:
    access = {name: sandbox.control.add_account("voe", files=20) for name in NAMES}
    known = {
        name: AccountConfig(name, "voe", access[name]["base_url"], requests_per_second=1000)
        for name in NAMES
    }
    wanted: list[AccountConfig] = []
    made: list[str] = []

    def make(config: AccountConfig) -> Provider:
        async def key() -> Secret:
            return Secret(access[config.name]["key"])

        made.append(config.name)
        return connect("voe", key=key, base_url=config.base_url, requests_per_second=1000)

    settings = Settings(
        accounts=(known[NAMES[0]],), tuning=Tuning(settle=0.02, announce_interval=0.01)
    )
    engine = Engine(
        settings,
        data,
        connect=make,
        hosts={"voe": by_name("voe")},
        configured=lambda: tuple(wanted) or None,
    )
    await engine.open()
    async with engine.running() as task:
        desk = Desk(engine, sandbox.control, access, task, data)
        yield World(desk, known, wanted, made)
    engine.close()


async def test_an_account_that_is_added_is_used(world: World) -> None:
    desk, (one, two) = world.desk, world.known.values()
    told: list[tuple[str, ...]] = []
    desk.engine.subscribe(lambda changes: told.extend(changes.topics))
    await world.configure(one, two)
    assert desk.engine.accounts == NAMES and ("accounts",) in told
    assert await desk.answer(await desk.engine.sync("voe-two")) == ""
    assert desk.engine.store.account("voe-two").files == 20
    assert world.made == ["voe-one", "voe-two"]


async def test_read_only_holds_back_what_waits_and_lets_it_go_again(world: World) -> None:
    desk, (one, _) = world.desk, world.known.values()
    engine = desk.engine
    assert await desk.answer(await engine.sync("voe-one")) == ""
    await world.configure(replace(one, read_only=True))
    with pytest.raises(ReadOnlyError):
        await engine.create_folder("voe-one", "0", "New")
    await world.configure(one)
    receipt = await engine.create_folder("voe-one", "0", "New")
    assert receipt.group is not None
    await desk.end(receipt.group)
    assert [job.state for job in engine.journal.jobs(group=receipt.group)] == [JobState.DONE]


async def test_another_order_disturbs_nobody(world: World) -> None:
    one, two = world.known.values()
    await world.configure(one, two)
    await world.configure(two, one)
    assert world.desk.engine.accounts == ("voe-two", "voe-one")
    assert world.made == ["voe-one", "voe-two"]


async def test_an_account_that_is_removed_is_no_more(world: World) -> None:
    one, two = world.known.values()
    await world.configure(one, two)
    await world.configure(two)
    engine = world.desk.engine
    with pytest.raises(UsageError, match="no account 'voe-one'"):
        engine.host_title("voe-one")
    await engine.sync("voe-one")
    assert await world.desk.answer(await engine.sync("voe-two")) == ""
    assert engine.store.account("voe-one").synced is None


async def test_no_account_changes_while_a_file_is_sent_to_it(world: World) -> None:
    one, two = world.known.values()
    roster = Roster(lambda: [replace(one, read_only=True), two])
    assert await roster.news([one], {"voe-one"}) == (None, ["voe-one"])
    accounts, busy = await roster.news([one], ())
    assert accounts == (replace(one, read_only=True), two) and busy == ()


async def test_a_configuration_without_accounts_changes_nothing() -> None:
    roster = Roster(lambda: ())
    assert await roster.news([AccountConfig("main", "voe")], ()) == (None, ())
