"""The app over the real engine and the sandbox, and what tests look at it with."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from vhtui.clipboard import Clipboard
from vhtui.config import AccountConfig, Settings, Tuning
from vhtui.core.engine import Engine
from vhtui.models import FileRow, FolderRow
from vhtui.providers import by_name, connect
from vhtui.providers.base import Provider
from vhtui.sandbox import RunningSandbox, SandboxOptions, start
from vhtui.text import Secret
from vhtui.ui.app import VhtuiApp
from vhtui.ui.cells import steady
from vhtui.ui.screens.main import MainScreen

HOSTS = ("voe", "illvid")
PATIENCE = 40.0
"""Seconds until a condition is given up."""


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    with start(SandboxOptions(files=10, folders=3, rate=0)) as running:
        yield running


@pytest.fixture
async def engine(sandbox: RunningSandbox, tmp_path: Path) -> AsyncIterator[Engine]:
    """An engine on fresh accounts of 40 files, one at each host."""
    access = {name: sandbox.control.add_account(name, files=40, folders=6) for name in HOSTS}
    engine = engine_on(access, {name: name for name in HOSTS}, tmp_path)
    await engine.open()
    yield engine
    engine.close()


def engine_on(
    access: Mapping[str, Mapping[str, str]], hosts: Mapping[str, str], path: Path
) -> Engine:
    """Return an engine on accounts of the sandbox, by their names and hosts."""

    def make(config: AccountConfig) -> Provider:
        async def key() -> Secret:
            return Secret(access[config.name]["key"])

        return connect(
            config.provider, key=key, base_url=config.base_url, requests_per_second=1000, deadline=5
        )

    settings = Settings(
        accounts=tuple(
            AccountConfig(name, host, access[name]["base_url"], requests_per_second=1000)
            for name, host in hosts.items()
        ),
        clipboard="file",
        tuning=Tuning(
            settle=0.05,
            remote_settle=0.1,
            announce_interval=0.02,
            upload_settle=0.1,
            upload_backoff=0.05,
            upload_progress=0.1,
        ),
    )
    return Engine(settings, path, connect=make, hosts={name: by_name(name) for name in HOSTS})


@dataclass
class Session:
    """A running app, its keyboard, and what it shows."""

    app: VhtuiApp
    engine: Engine
    copied: Path
    press: Callable[..., Awaitable[None]]
    pause: Callable[[], Awaitable[None]]

    @property
    def main(self) -> MainScreen:
        assert self.app.main is not None
        return self.app.main

    def screen_text(self) -> str:
        """What is on screen, line by line."""
        return "\n".join(
            "".join(segment.text for segment in strip)
            for strip in self.app.screen._compositor.render_strips()
        )

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait until something holds, as long as a busy machine may take."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if condition():
                return
            await self.pause()
        raise AssertionError(f"never: {what}\n{self.screen_text()}")

    async def sees(self, *words: str) -> None:
        """Wait until the screen shows all these words."""
        shown = [steady(word) for word in words]
        await self.until(lambda: all(word in self.screen_text() for word in shown), f"sees {words}")

    async def is_listed(self) -> None:
        """Wait until the whole of voe is listed."""
        await self.until(lambda: self.engine.store.account("voe").synced, "synced")
        await self.until(self.folders, "listed")

    def rows(self) -> list[FileRow | FolderRow]:
        table = self.main.files.table
        return list(table.source.window(0, table.row_count))

    def files(self) -> list[FileRow]:
        return [row for row in self.rows() if isinstance(row, FileRow)]

    def folders(self) -> list[FolderRow]:
        return [row for row in self.rows() if isinstance(row, FolderRow)]

    async def to_files(self) -> None:
        """Go to the folder with the most files."""
        fullest = max(self.engine.store.all_folders("voe"), key=lambda folder: folder.files)
        self.main.files.go("voe", fullest.id)
        await self.until(lambda: len(self.files()) == fullest.files, "the fullest folder")

    async def to_file(self, number: int = 0) -> FileRow:
        """Put the cursor on a file of the fullest folder."""
        await self.to_files()
        file = self.files()[number]
        self.main.files.table.go_to(file.id)
        await self.pause()
        return file


Open = Callable[..., AbstractAsyncContextManager[Session]]


@pytest.fixture
def vhtui(engine: Engine, tmp_path: Path) -> Open:
    """Starts the app in a terminal of a size."""

    @asynccontextmanager
    async def run(
        width: int = 80, height: int = 24, *, listed: bool = True
    ) -> AsyncIterator[Session]:
        copied = tmp_path / "copied.txt"
        app = VhtuiApp(
            engine,
            engine.settings,
            lambda write: Clipboard({}, copied, setting="file", write_terminal=write),
            tmp_path,
        )
        async with app.run_test(size=(width, height)) as pilot:

            async def pause() -> None:
                await pilot.pause(0.02)

            session = Session(app, engine, copied, pilot.press, pause)
            await session.until(lambda: app.main is not None and app.main.is_mounted, "mounted")
            if listed:
                await session.is_listed()
            yield session

    return run
