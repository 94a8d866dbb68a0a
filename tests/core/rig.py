"""An engine over real accounts of a sandbox, and waiting for conditions instead of sleeping."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

from vhtui.config import AccountConfig, Settings, SyncSettings, Tuning
from vhtui.core.database import Database
from vhtui.core.engine import Engine, Notice
from vhtui.models import FileRow, Job, JobState
from vhtui.providers import by_name, connect
from vhtui.providers.base import Provider
from vhtui.sandbox.client import Control
from vhtui.text import Secret

T = TypeVar("T")

TUNING = Tuning(
    request_deadline=2.0,
    settle=0.05,
    remote_settle=0.1,
    poll_active=0.2,
    poll_idle=20.0,
    poll_hidden=20.0,
    lock_poll=0.02,
    announce_interval=0.02,
)
HOSTS: Mapping[str, type[Provider]] = {name: by_name(name) for name in ("voe", "illvid")}


async def eventually(
    check: Callable[[], T | None], *, state: Callable[[], object] = str, seconds: float = 10.0
) -> T:
    """Wait until ``check`` returns something true, and return it; fail with ``state()``."""
    end = time.monotonic() + seconds
    while True:
        if found := check():
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain; now: {state()}")
        await asyncio.sleep(0.005)


class Access(Struct):
    """One account as the sandbox made it, under a name of our own."""

    name: str
    base_url: str
    key: str
    account: str
    provider: str = "voe"
    read_only: bool = False


def add_account(
    control: Control, name: str = "main", *, provider: str = "voe", files: int = 8, folders: int = 2
) -> Access:
    """Make an account at the sandbox that nobody else uses."""
    made = control.add_account(provider, files=files, folders=folders)
    return Access(name, made["base_url"], made["key"], made["account"], provider)


@dataclass
class Rig:
    """A running (or only opened) engine with what a test needs to look into it."""

    engine: Engine
    control: Control
    accesses: dict[str, Access]
    notices: list[Notice] = field(default_factory=list)

    @property
    def store(self) -> Any:
        return self.engine.store

    def history(self, name: str = "main") -> list[dict[str, Any]]:
        account = self.accesses[name].account
        return [entry for entry in self.control.history() if entry["account"] == account]

    def host_files(self, name: str = "main") -> dict[str, dict[str, Any]]:
        access = self.accesses[name]
        found = self.control.files(provider=access.provider, account=access.account)
        return {file["code"]: file for file in found}

    def rows(self, name: str = "main") -> list[FileRow]:
        from vhtui.core.store import ListingSpec

        return self.engine.store.files(self.engine.store.listing(ListingSpec(name, None)).ids)

    def jobs(self) -> list[Job]:
        return self.engine.journal.jobs(limit=100_000)

    async def sync(self, name: str = "main") -> None:
        """List an account; on a busy machine a call may time out, so that is tried again."""
        errors = [""]
        while len(errors) < 6 and (error := await self.answered(await self.engine.sync(name))):
            errors.append(error)
        assert len(errors) < 6, errors

    async def answered(self, request: int) -> str:
        """Wait until a wish to look again is answered; return its error."""

        def check() -> bool:
            found = self.engine.request(request)
            return found is not None and found.state != "open"

        await eventually(check, state=lambda: self.engine.request(request))
        found = self.engine.request(request)
        assert found is not None
        return found.error

    async def settled(self, *, seconds: float = 15.0) -> None:
        """Wait until no job is open."""
        await eventually(
            lambda: not self.engine.journal.summary().open, state=self.jobs, seconds=seconds
        )

    async def ended(self, group: int, *, seconds: float = 15.0) -> list[Job]:
        """Wait until a group has no open job; return its jobs."""

        def check() -> bool:
            found = self.engine.journal.group(group)
            return found is not None and not found.is_open

        await eventually(check, state=self.jobs, seconds=seconds)
        return self.engine.journal.jobs(group=group, limit=100_000)


def states(jobs: list[Job]) -> set[JobState]:
    return {job.state for job in jobs}


@contextlib.asynccontextmanager
async def opened(
    data: Path,
    control: Control,
    *accesses: Access,
    tuning: Tuning = TUNING,
    rate: float = 500.0,
    database: Database | None = None,
    keys: Mapping[str, Callable[[], Secret]] | None = None,
    checks: SyncSettings | None = None,
) -> AsyncIterator[Rig]:
    """An engine over these accounts, not running."""
    configs = tuple(
        AccountConfig(
            access.name,
            access.provider,
            base_url=access.base_url,
            requests_per_second=rate,
            read_only=access.read_only,
        )
        for access in accesses
    )
    by_access = {access.name: access for access in accesses}

    def connected(account: AccountConfig) -> Provider:
        async def key() -> Secret:
            if keys and account.name in keys:
                return keys[account.name]()
            return Secret(by_access[account.name].key)

        return connect(
            account.provider,
            key=key,
            base_url=account.base_url,
            requests_per_second=account.requests_per_second,
            deadline=tuning.request_deadline,
        )

    engine = Engine(
        Settings(accounts=configs, tuning=tuning, sync=checks or SyncSettings()),
        data,
        connect=connected,
        hosts=HOSTS,
        database=database,
    )
    try:
        await engine.open()
        rig = Rig(engine, control, by_access)
        engine.subscribe_notices(rig.notices.append)
        yield rig
    finally:
        engine.close()


@contextlib.asynccontextmanager
async def running(
    data: Path, control: Control, *accesses: Access, sync: bool = True, **options: Any
) -> AsyncIterator[Rig]:
    """A running engine over these accounts, their listings in the library."""
    async with opened(data, control, *accesses, **options) as rig, rig.engine.running() as task:
        for access in accesses if sync else ():
            await rig.sync(access.name)
        yield rig
        if task.done():
            task.result()
