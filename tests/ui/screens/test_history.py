from __future__ import annotations

import pytest

from tests.ui.conftest import Open, Session
from vhtui.models import FileRow, JobGroup, JobKind
from vhtui.sandbox import RunningSandbox
from vhtui.ui.keymap import Place
from vhtui.ui.pace import Pace

RENAME: dict[str, object] = {"call": "file/rename", "kind": "status", "provider": "voe"}


async def renamed(session: Session, count: int = 1) -> list[FileRow]:
    """Ask for renames, in one group."""
    await session.to_file()
    files = session.files()[:count]
    titles = [(file.id, f"Renamed {file.title}") for file in files]
    await session.engine.rename("voe", titles)
    return files


async def ended(session: Session) -> None:
    await session.until(lambda: not session.engine.journal.summary().open, "all done")


async def test_the_history_keeps_what_is_cleared_and_undoes_a_group(vhtui: Open) -> None:
    async with vhtui() as session:
        [first] = await renamed(session)
        await ended(session)
        await session.press("w")
        await session.sees("Rename ", "1/1", "done")
        await session.press("c")
        await session.sees("Cleared 1 group; g u shows them still", "No jobs")
        await session.press("g", "u")
        await session.sees("History", "Rename ", "1/1")
        await session.press("enter")
        await session.sees("History: ", "1 of 1 job")
        await session.press("h", "u")
        await session.sees("Undo: Rename")

        def title() -> str:
            row = session.engine.store.file(first.id)
            return row.title if row else ""

        await session.until(lambda: title() == first.title, "taken back")
        await session.sees("undone")
        await session.press("w")
        await session.until(lambda: session.main.panel.where() == "Jobs", "from history to jobs")
        await session.press("w")
        await session.until(lambda: session.main.panel.place is Place.FILES, "back")


async def test_groups_are_paused_resumed_and_cancelled(
    vhtui: Open, sandbox: RunningSandbox
) -> None:
    async with vhtui() as session:
        sandbox.control.add_faults(RENAME | {"status": 429, "times": 1000})
        try:
            await renamed(session, 12)
            await session.press("w")
            await session.sees("0/12", "waiting")
            await session.press("p")
            await session.sees("Paused 1 group", "paused")
            await session.press("p")
            await session.sees("Going on with 1 group", "waiting")
            await session.press("x")
            await session.sees("Cancelled ")  # but for those that are on their way
            sandbox.control.clear_faults()
            await ended(session)
            await session.sees("cancelled")
            await session.press("p")
            await session.sees("nothing to pause")
        finally:
            sandbox.control.clear_faults()


async def test_what_failed_says_why_and_is_retried(vhtui: Open, sandbox: RunningSandbox) -> None:
    async with vhtui() as session:
        body = {"success": False, "message": "not today", "status": 400}
        sandbox.control.add_faults(RENAME | {"status": 400, "body": body})
        await renamed(session, 2)
        await ended(session)
        await session.press("w")
        await session.sees("1/2", "1 failed", "failed")
        await session.press("enter")
        await session.sees("rejected", "try again")
        await session.press("h", "r")
        await session.sees("2/2", "done")


async def test_the_log_is_written_to_a_file_that_the_sentence_names(vhtui: Open) -> None:
    async with vhtui() as session:
        await renamed(session)
        await ended(session)
        await session.press("9", "E")
        await session.sees("Wrote ", "vhtui-log-")
        [path] = session.main.state.glob("vhtui-log-*.txt")
        lines = path.read_text().splitlines()
        assert len(lines) == len(session.engine.store.log(limit=10_000))
        assert all(line.count("\t") == 3 for line in lines)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("done", "seconds", "left"), [(0, 10, None), (20, 10, 40.0), (100, 10, None)]
)
def test_the_pace_is_measured(done: int, seconds: float, left: float | None) -> None:
    def group(done: int) -> JobGroup:
        return JobGroup(
            id=1, account="voe", title="t", kind=JobKind.RENAME, created=0, total=100, done=done
        )

    clock = Clock()
    pace = Pace(clock)
    pace.note([group(0)])
    clock.now += seconds
    pace.note([group(done)])
    assert pace.left(group(done)) == left
    pace.note([])
    assert pace.left(group(done)) is None
