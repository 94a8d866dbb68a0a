"""Engines over fresh accounts of the sandbox, one at each host."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from vhtui.config import AccountConfig, Settings, Tuning
from vhtui.core.engine import Engine
from vhtui.models import FolderRow, JobGroup
from vhtui.providers import by_name, connect
from vhtui.providers.base import Provider
from vhtui.sandbox import RunningSandbox, SandboxOptions, start
from vhtui.sandbox.client import Control
from vhtui.text import Secret

HOSTS = ("voe", "illvid")
FILES = {"voe": 60, "illvid": 12}


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    with start(SandboxOptions(files=10, folders=3, rate=0)) as running:
        yield running


def host_of(account: str) -> str:
    """Return an account's host, which its name begins with."""
    return next(host for host in HOSTS if account.startswith(host))


@dataclass
class Desk:
    """A running engine, its accounts at the sandbox, and ways to wait for it."""

    engine: Engine
    control: Control
    access: dict[str, dict[str, str]]
    task: asyncio.Task[None]
    data: Path
    before: int = field(default=0)

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait until something holds, looking whenever something was announced."""
        news = asyncio.Event()
        leave = self.engine.subscribe(lambda _: news.set())
        try:
            async with asyncio.timeout(15):
                while not condition():
                    if self.task.done():
                        self.task.result()
                    await news.wait()
                    news.clear()
        except TimeoutError:
            state = (
                self.engine.journal.jobs()[:3],
                self.engine.store.accounts(),
                self.engine.store.log()[:9],
            )
            raise AssertionError(f"never: {what}: {state}") from None
        finally:
            leave()

    async def answer(self, wish: int) -> str:
        """Wait for a wish; return what went wrong, "" for nothing."""

        def closed() -> bool:
            request = self.engine.request(wish)
            return request is not None and request.state != "open"

        await self.until(closed, f"wish {wish}")
        request = self.engine.request(wish)
        assert request is not None
        return request.error

    async def sync(self) -> None:
        """List VOE's account."""
        assert await self.answer(await self.engine.sync("voe")) == ""

    async def end(self, group: int) -> JobGroup:
        """Wait until a group of jobs has ended."""

        def ended() -> bool:
            row = self.engine.journal.group(group)
            return row is not None and not row.is_open

        await self.until(ended, f"group {group}")
        row = self.engine.journal.group(group)
        assert row is not None
        return row

    async def checked(self, check: int) -> None:
        """Wait until a link check has ended."""

        def ended() -> bool:
            row = self.engine.check(check)
            return row is not None and not row.is_open

        await self.until(ended, f"check {check}")

    def codes(self, host: str = "voe") -> list[str]:
        """Return the codes an account has at the host."""
        return [file["code"] for file in self.files(host)]

    def files(self, host: str = "voe") -> list[dict[str, Any]]:
        return self.control.files(provider=host_of(host), account=self.access[host]["account"])

    def requests(self, call: str) -> int:
        """Return how many requests of a call came since the engine started."""
        since = self.control.requests(self.before)
        return sum(request["call"] == call for request in since)

    def applied(self, op: str) -> list[dict[str, Any]]:
        """Return what the host changed by a call, for these accounts."""
        names = {access["account"] for access in self.access.values()}
        return [e for e in self.control.history() if e["op"] == op and e["account"] in names]

    def folder(self) -> FolderRow:
        """Return some folder of VOE's."""
        return next(f for f in self.engine.store.all_folders("voe") if f.id != "0")

    def fault(self, call: str, kind: str, host: str = "voe", **more: Any) -> None:
        """Disturb the next request of a call."""
        account = self.access[host]["account"]
        self.control.add_faults({"call": call, "kind": kind, "account": account} | more)


def make_engine(
    access: dict[str, dict[str, str]], data: Path, *, premium: bool = True, **tuning: Any
) -> Engine:
    """Return an engine on accounts of the sandbox, with no rate to wait for."""

    def connected(config: AccountConfig) -> Provider:
        async def key() -> Secret:
            return Secret(access[config.name]["key"])

        return connect(
            config.provider, key=key, base_url=config.base_url, requests_per_second=1000, deadline=4
        )

    settings = Settings(
        accounts=tuple(
            AccountConfig(
                name,
                host_of(name),
                access[name]["base_url"],
                requests_per_second=1000,
            )
            for name in access
        ),
        premium=premium,
        tuning=Tuning(
            settle=0.02, remote_settle=0.05, announce_interval=0.01, lock_poll=0.02, **tuning
        ),
    )
    hosts = {name: by_name(name) for name in HOSTS}
    return Engine(settings, data, connect=connected, hosts=hosts)


@pytest.fixture
def access(sandbox: RunningSandbox) -> dict[str, dict[str, str]]:
    return {name: sandbox.control.add_account(name, files=FILES[name], folders=6) for name in HOSTS}


@pytest.fixture
async def desk(
    sandbox: RunningSandbox, access: dict[str, dict[str, str]], tmp_path: Path
) -> AsyncIterator[Desk]:
    engine = make_engine(access, tmp_path)
    await engine.open()
    before = len(sandbox.control.requests())
    try:
        async with engine.running() as task:
            yield Desk(engine, sandbox.control, access, task, tmp_path, before)
    finally:
        sandbox.control.clear_faults()
        engine.close()
