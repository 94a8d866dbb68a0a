"""Requests per operation against the fewest possible: ``python -m tests.bench.requests``.

Counted by the sandbox itself. The last line is the rate a
bulk rename reaches of what the account is allowed, and how late the interface's loop was meanwhile.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from vhtui.config import AccountConfig, Settings
from vhtui.core.engine import Engine
from vhtui.core.store import ListingSpec
from vhtui.models import ROOT, FileRow
from vhtui.providers import by_name, connect
from vhtui.providers.base import Provider
from vhtui.sandbox import RunningSandbox, SandboxOptions, start
from vhtui.text import Secret

FILES = 2_000
FOLDERS = 40
RENAMES = 120
RATE = 3.0
PAGE = 100
"""Files a page of folder/list has."""


def _engine(sandbox: RunningSandbox, data: Path, rate: float) -> Engine:
    def make(account: AccountConfig) -> Provider:
        async def key() -> Secret:
            return Secret(sandbox.info["voe"]["key"])

        return connect("voe", key=key, base_url=account.base_url, requests_per_second=rate)

    account = AccountConfig(
        "main", "voe", base_url=sandbox.info["voe"]["base_url"], requests_per_second=rate
    )
    return Engine(Settings(accounts=(account,)), data, connect=make, hosts={"voe": by_name("voe")})


async def _quiet(engine: Engine) -> None:
    while engine.journal.summary().open:
        await asyncio.sleep(0.02)


async def _synced(engine: Engine) -> None:
    number = await engine.sync("main")
    while (request := engine.request(number)) is not None and request.state == "open":
        await asyncio.sleep(0.02)


def _least_for_a_sync(engine: Engine) -> int:
    folders = engine.store.all_folders("main")
    return sum(max(1, math.ceil(folder.files / PAGE)) for folder in folders)


async def _measure(sandbox: RunningSandbox, engine: Engine) -> None:
    async def count(act: Callable[[], Awaitable[object]]) -> int:
        before = len(sandbox.requests())
        await act()
        await _quiet(engine)
        return len(sandbox.requests()) - before

    def report(what: str, used: int, least: int) -> None:
        print(f"{what:44} {used:6} {least:6} {used / least:6.2f}")

    print(f"{'operation':44} {'used':>6} {'least':>6} {'ratio':>6}")
    used = await count(lambda: _synced(engine))
    report(f"first sync, {FILES} files", used, _least_for_a_sync(engine))
    report("sync, nothing changed", await count(lambda: _synced(engine)), 1)
    ids = engine.store.listing(ListingSpec("main", None)).ids
    rows: list[FileRow] = engine.store.files(ids[:1000])

    async def rename() -> None:
        await engine.rename("main", [(row.id, f"{row.title} (new)") for row in rows])

    report("rename 1 000 files", await count(rename), 1000)

    async def move() -> None:
        await engine.move("main", [row.id for row in rows], ROOT)

    elsewhere = sum(row.folder != ROOT for row in rows)
    report(f"move {elsewhere} files", await count(move), math.ceil(elsewhere / 100))

    async def trash() -> None:
        await engine.trash("main", [row.id for row in rows[:200]])

    report("trash 200 files, the first time", await count(trash), 3)

    async def delete() -> None:
        await engine.delete("main", engine.store.files([row.id for row in rows[:200]]))

    report("delete 200 files, each looked at before", await count(delete), 4 + 1)

    async def remote() -> None:
        urls = [f"https://example.com/{number}.mp4" for number in range(100)]
        await engine.add_remote("main", urls, None)

    report("queue 100 URLs", await count(remote), 100)


async def _measure_rate(engine: Engine) -> None:
    """Print what share of the allowed rate a bulk rename reaches."""
    ids = engine.store.listing(ListingSpec("main", None)).ids[:RENAMES]
    rows = engine.store.files(ids)
    began = time.monotonic()
    await engine.rename("main", [(row.id, f"{row.title} (again)") for row in rows])
    latest = 0.0
    while engine.journal.summary().open:
        before = time.monotonic()
        await asyncio.sleep(0.01)
        latest = max(latest, time.monotonic() - before - 0.01)
    share = len(rows) / (time.monotonic() - began) / RATE
    print(
        f"rename {len(rows)} files at {RATE:.0f} a second: {share:.0%} of the rate,"
        f" the loop at most {latest * 1000:.0f} ms late"
    )


async def _main() -> None:
    options = SandboxOptions(files=FILES, folders=FOLDERS, rate=0)
    with start(options) as sandbox, tempfile.TemporaryDirectory() as name:
        for rate, measure in ((1000.0, partial(_measure, sandbox)), (RATE, _measure_rate)):
            engine = _engine(sandbox, Path(name), rate)
            engine.polls = False
            await engine.open()
            async with engine.running():
                await measure(engine)
            engine.close()


if __name__ == "__main__":
    asyncio.run(_main())
