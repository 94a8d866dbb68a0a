"""The process that a kill campaign kills: an engine that carries out a plan of changes."""

from __future__ import annotations

import asyncio
import os
import signal
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace
from typing_extensions import override

from tests.core.rig import TUNING, Access, Rig, eventually, opened
from vhtui.core.database import Database, Transaction
from vhtui.models import Changes, Job, JobKind, JobState
from vhtui.sandbox.client import Control

Result = TypeVar("Result")

# A call that was under way when its process died ends at the host well within the settle time.
SCALED = replace(TUNING, settle=0.2, remote_settle=0.2, poll_active=10.0)


@dataclass(frozen=True)
class Plan:
    """What one account's owner asked for: (row, title), folders, (rows, folder's title), URLs."""

    data: Path
    control_url: str
    access: Access
    renames: tuple[tuple[int, str], ...] = ()
    folders: tuple[str, ...] = ()
    moves: tuple[tuple[tuple[int, ...], str], ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Death:
    """Where a process kills itself: before its n-th transaction begins, or after its commit."""

    write: int
    after: bool


class DyingDatabase(Database):
    """A library whose process dies at one of its writes."""

    def __init__(self, path: Path, death: Death) -> None:
        super().__init__(path)
        self._left = death.write
        self._after = death.after

    @override
    def _write(self, change: Callable[[Transaction], Result]) -> tuple[Result, Changes]:
        self._left -= 1
        if self._left == 0 and not self._after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = super()._write(change)
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


async def order(rig: Rig, plan: Plan) -> None:
    """Write the intents down, each once: how far that came is in the journal itself."""
    engine = rig.engine

    def move(rows: tuple[int, ...], title: str) -> Awaitable[object]:
        folder = next(f for f in engine.store.folders("main", "0") if f.title == title)
        return engine.move("main", rows, folder.id)

    steps: list[Callable[[], Awaitable[object]]] = [
        partial(engine.rename, "main", [pair]) for pair in plan.renames[:3]
    ]
    steps.append(partial(engine.rename, "main", plan.renames[3:]))
    steps += [partial(engine.create_folder, "main", "0", title) for title in plan.folders]
    steps += [partial(move, rows, title) for rows, title in plan.moves]
    steps += [partial(engine.add_remote, "main", [url], None) for url in plan.urls]
    for step in steps[len(engine.journal.groups(limit=1000)) :]:
        await step()


async def live(plan: Plan, death: Death | None) -> None:
    """Go on with the plan until everything is done (or death comes)."""
    database = DyingDatabase(plan.data / "library.db", death) if death else None
    control = Control(plan.control_url)
    async with opened(plan.data, control, plan.access, tuning=SCALED, database=database) as rig:
        await order(rig, plan)
        async with rig.engine.running():
            while True:
                (doubtful,) = await eventually(partial(doubts, rig), state=rig.jobs, seconds=30)
                if not doubtful:
                    return
                for job in doubtful:
                    await decide(rig, plan, job)


def doubts(rig: Rig) -> tuple[list[Job]] | None:
    """Return the jobs that only a person can decide (none: all is done), None to wait."""
    left = [job for job in rig.jobs() if job.state is not JobState.DONE]
    asking = [job for job in left if job.state is JobState.NEEDS_YOU]
    return (asking,) if asking or not left else None


async def decide(rig: Rig, plan: Plan, job: Job) -> None:
    """Be the person: look at the host, and tell whether it happened."""
    with (plan.data / "asked").open("a") as file:
        file.write(f"{job.kind}: {job.error}\n")
    words = {JobKind.CREATE_FOLDER: "name", JobKind.REMOTE_ADD: "url"}
    happened = any(
        entry["params"].get(words.get(job.kind)) == job.target for entry in rig.history()
    )
    await rig.engine.settle(job.id, happened)


async def begin(plan: Plan) -> list[int]:
    """List the account once; return the rows of its files."""
    control = Control(plan.control_url)
    async with opened(plan.data, control, plan.access, tuning=SCALED) as rig:
        async with rig.engine.running():
            await rig.sync()
        return [row.id for row in rig.rows()]


def run(plan: Plan, death: Death | None = None) -> int:
    """Live in a forked process; return its id. It exits with 0 when everything was done."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            asyncio.run(live(plan, death))
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return pid
