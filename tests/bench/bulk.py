"""What commands on many files cost, without a host: ``python -m tests.bench.bulk [FILES]``.

Printed are the seconds until a command has answered, those of its transaction (for which every
other write waits), the processor's, and the longest that the event loop was held.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from typing_extensions import override

from tests.bench.library import make
from tests.core.rig import HOSTS, TUNING
from vhtui.config import AccountConfig, Settings
from vhtui.core.database import Database, Transaction
from vhtui.core.engine import Engine
from vhtui.core.jobs import effects, journal
from vhtui.core.store import ListingSpec
from vhtui.models import ROOT, Changes, JobState
from vhtui.providers.base import Provider

Result = TypeVar("Result")

FILES = 100_000
_BEAT = 0.005


class Timed(Database):
    """A library that knows how long its longest transaction took."""

    longest = 0.0

    @override
    def _write(self, change: Callable[[Transaction], Result]) -> tuple[Result, Changes]:
        began = time.perf_counter()
        try:
            return super()._write(change)
        finally:
            self.longest = max(self.longest, time.perf_counter() - began)


def _unconnected(account: AccountConfig) -> Provider:
    raise AssertionError("nothing is sent")


class Bench:
    """An engine over a library, and what its commands cost."""

    def __init__(self, data: Path) -> None:
        """Open the library."""
        self._database = Timed(data / "library.db")
        settings = Settings(accounts=(AccountConfig("main", "voe"),), tuning=TUNING)
        self.engine = Engine(
            settings, data, connect=_unconnected, hosts=HOSTS, database=self._database
        )
        self._held = 0.0

    async def watch_loop(self) -> None:
        """Note for how long the loop was held, until cancelled."""
        while True:
            began = time.perf_counter()
            await asyncio.sleep(_BEAT)
            self._held = max(self._held, time.perf_counter() - began - _BEAT)

    async def measure(self, label: str, command: Awaitable[Result]) -> Result:
        """Await a command and print what it cost."""
        await asyncio.sleep(2 * _BEAT)
        self._held = self._database.longest = 0.0
        began, processor = time.perf_counter(), time.process_time()
        result = await command
        took, processor = time.perf_counter() - began, time.process_time() - processor
        print(
            f"{label:12}{took:7.2f} s{self._database.longest:7.2f} s written{processor:7.2f} s of"
            f" processor{self._held * 1000:6.0f} ms held",
            flush=True,
        )
        return result

    async def end(self, group: int, state: JobState) -> None:
        """Have all jobs of a group come to a state, as the executor does with a batch."""

        def change(tx: Transaction) -> None:
            found = journal.entries(tx.sql, "j.grp = ?", (group,))
            if state is JobState.DONE:
                effects.happened(tx, 1, "main", found)
            journal.mark(tx, found, state)

        await self.engine.write(change)


async def run(data: Path) -> None:
    """Give one command after the other."""
    bench = Bench(data)
    engine = bench.engine
    await engine.open()
    watching = asyncio.create_task(bench.watch_loop())
    ids = list(engine.store.listing(ListingSpec("main", ROOT)).ids)
    titles = [(id, f"New {number:06}.mkv") for number, id in enumerate(ids)]
    group = (await bench.measure("rename", engine.rename("main", titles))).group
    await bench.measure("pause", engine.pause(group))
    await bench.measure("resume", engine.resume(group))
    await bench.measure("cancel", engine.cancel(group))
    group = (await engine.rename("main", titles)).group
    await bench.end(group, JobState.REJECTED)
    await bench.measure("retry", engine.retry(group))
    await bench.end(group, JobState.DONE)
    await bench.measure("undo", engine.undo())
    await bench.measure("redo", engine.redo())
    await bench.measure("trash", engine.trash("main", ids))
    await bench.measure("undo trash", engine.undo())
    folder = (await engine.create_folder("main", ROOT, "Box")).folder or ""
    await bench.measure("move", engine.move("main", ids, folder))
    watching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await watching
    engine.close()


def main() -> None:
    """Make the library and measure."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else FILES
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "library"
        make(root, files)
        asyncio.run(run(root / "data"))


if __name__ == "__main__":
    main()
