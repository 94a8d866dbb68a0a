"""An engine over the sandbox, with every wait scaled down."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from vhtui.config import AccountConfig, Settings, Tuning, UploadSettings
from vhtui.core.engine import Engine, Notice
from vhtui.models import Upload, UploadState
from vhtui.providers import by_name, connect
from vhtui.providers.base import Provider
from vhtui.sandbox import RunningSandbox, SandboxOptions, start
from vhtui.sandbox.client import Control
from vhtui.text import Secret

QUICK = Tuning(
    settle=0.05,
    remote_settle=0.1,
    upload_settle=0.1,
    upload_backoff=0.05,
    upload_progress=0.05,
    watch_interval=0.05,
    poll_active=0.05,
    poll_idle=0.1,
    poll_hidden=0.1,
    announce_interval=0.01,
)
PATIENCE = 20.0


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    with start(SandboxOptions(files=0, folders=0, rate=0, speed=60)) as running:
        yield running


@pytest.fixture
def control(sandbox: RunningSandbox) -> Iterator[Control]:
    yield sandbox.control
    sandbox.control.clear_faults()


@dataclass
class Desk:
    """An engine, the accounts it has at the sandbox, and what it told."""

    engine: Engine
    control: Control
    names: dict[str, str]
    notices: list[Notice] = field(default_factory=list)

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                await asyncio.sleep(0.01)

    async def until_state(self, state: UploadState, *ids: int) -> list[Upload]:
        """Wait until uploads (all of them without ids) are in a state."""

        def found() -> list[Upload]:
            return [u for u in self.engine.uploads() if not ids or u.id in ids]

        try:
            await self.until(lambda: all(u.state is state for u in found()))
        except TimeoutError:
            pytest.fail(f"not {state}: {found()}")
        return found()

    def received(self, account: str = "main") -> list[tuple[str, int, str]]:
        """Name, size and SHA-256 of what the sandbox received for an account."""
        return [
            (upload["name"], upload["size"], upload["sha256"])
            for upload in self.control.uploads()
            if upload["account"] == self.names[account]
        ]

    def at_host(self, account: str = "main") -> list[tuple[str, str]]:
        """Path of the folder and title of every file at the host."""
        provider = "illvid" if account == "ill" else "voe"
        name = self.names[account]
        folders = {f["id"]: f for f in self.control.folders(provider=provider, account=name)}

        def path(id: int) -> str:
            folder = folders.get(id)
            return "" if folder is None else f"{path(folder['parent'])}/{folder['name']}"

        files = self.control.files(provider=provider, account=name)
        if provider == "illvid":
            return [(f["folder"], f["title"]) for f in files]
        return [(path(f["folder"]) or "/", f["title"]) for f in files]


@dataclass
class Accounts:
    """Fresh accounts at the sandbox, and engines on them."""

    control: Control
    access: dict[str, dict[str, str]]
    data: Path

    @asynccontextmanager
    async def open(
        self,
        *,
        running: bool = True,
        uploads: UploadSettings | None = None,
        tuning: Tuning = QUICK,
        templates: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Desk]:
        configs = tuple(
            AccountConfig(
                name,
                "illvid" if name == "ill" else "voe",
                base_url=access["base_url"],
                requests_per_second=500.0,
            )
            for name, access in self.access.items()
        )

        def link(account: AccountConfig) -> Provider:
            async def key() -> Secret:
                return Secret(self.access[account.name]["key"])

            return connect(
                account.provider,
                key=key,
                base_url=account.base_url,
                requests_per_second=500.0,
                deadline=10.0,
            )

        engine = Engine(
            Settings(
                accounts=configs,
                tuning=tuning,
                uploads=uploads or UploadSettings(),
                link_templates=templates or {},
            ),
            self.data,
            connect=link,
            hosts={"voe": by_name("voe"), "illvid": by_name("illvid")},
        )
        await engine.open()
        names = {name: access["account"] for name, access in self.access.items()}
        desk = Desk(engine, self.control, names)
        engine.subscribe_notices(desk.notices.append)
        try:
            if running:
                async with engine.running() as task:
                    yield desk
                    if task.done():
                        task.result()
            else:
                yield desk
        finally:
            engine.close()


@pytest.fixture
def accounts(control: Control, tmp_path: Path) -> Accounts:
    access = {
        "main": control.add_account("voe"),
        "second": control.add_account("voe"),
        "ill": control.add_account("illvid"),
    }
    return Accounts(control, access, tmp_path / "data")


@pytest.fixture
async def desk(accounts: Accounts) -> AsyncIterator[Desk]:
    async with accounts.open() as desk:
        yield desk


@pytest.fixture
def files(tmp_path: Path) -> Path:
    directory = tmp_path / "videos"
    directory.mkdir()
    return directory


def make(path: Path, size: int = 100_000, fill: str = "") -> Path:
    """Write a file whose bytes depend on its name (or ``fill``)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    seed = hashlib.sha256((fill or path.name).encode("utf-8", "replace")).digest()
    path.write_bytes((seed * (size // len(seed) + 1))[:size])
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
