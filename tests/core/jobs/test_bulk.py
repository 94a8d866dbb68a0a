"""Commands on many files: statements for all of them at once, and the states they go by."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.core.rig import HOSTS, TUNING
from vhtui.config import AccountConfig, Settings
from vhtui.core import library
from vhtui.core.database import Database, Transaction
from vhtui.core.engine import Engine
from vhtui.core.jobs import effects, journal, schedule
from vhtui.core.jobs.history import History
from vhtui.core.store import ListingSpec
from vhtui.core.tables import MIGRATIONS
from vhtui.core.tables.states import STATES
from vhtui.models import ROOT, File, JobState
from vhtui.providers.base import Provider
from vhtui.text import fold, natural_key

FEW, MANY = 5, 60


def unconnected(account: AccountConfig) -> Provider:
    raise AssertionError("nothing is sent in this test")


class Watched(Database):
    """A library that keeps the statements of its writes, each once (its triggers repeat it), but
    for the rows of an executemany."""

    @contextlib.contextmanager
    def watched(self) -> Iterator[list[str]]:
        seen: list[str] = []
        self._writer.set_trace_callback(seen.append)
        try:
            yield seen
        finally:
            self._writer.set_trace_callback(None)
        of_rows = ("INSERT INTO wished VALUES", "INSERT INTO moving VALUES")
        seen[:] = {statement for statement in seen if not statement.startswith(of_rows)}


@contextlib.asynccontextmanager
async def opened(data: Path, files: int) -> AsyncIterator[tuple[Engine, Watched, list[int]]]:
    """An engine over a library of an account with files, with nothing that executes."""
    database = Watched(data / "library.db")
    settings = Settings(accounts=(AccountConfig("main", "voe"),), tuning=TUNING)
    engine = Engine(settings, data, connect=unconnected, hosts=HOSTS, database=database)
    await engine.open()
    listed = [File(code=f"c{n}", title=f"Old {n}", folder=ROOT) for n in range(files)]
    await engine.write(lambda tx: library.put_files(tx, 1, "main", ROOT, listed, fetched=tx.now))
    try:
        yield engine, database, list(engine.store.listing(ListingSpec("main", ROOT)).ids)
    finally:
        engine.close()


async def end(engine: Engine, group: int, state: JobState) -> None:
    """Have all jobs of a group come to a state, as the executor does with a batch."""

    def change(tx: Transaction) -> None:
        found = journal.entries(tx.sql, "j.grp = ?", (group,))
        if state is JobState.DONE:
            effects.happened(tx, 1, "main", found)
        journal.mark(tx, found, state)

    await engine.write(change)


async def statements(data: Path, files: int) -> dict[str, int]:
    """Count what each command takes on a number of files; all of them come to what they say."""
    counts: dict[str, int] = {}
    async with opened(data, files) as (engine, database, ids):

        def titles() -> set[str]:
            return {row.title for row in engine.store.files(ids)}

        old, new = titles(), {f"New {id}" for id in ids}
        with database.watched() as seen:
            group = (await engine.rename("main", [(id, f"New {id}") for id in ids])).group
        counts["rename"] = len(seen)
        assert titles() == new
        with database.watched() as seen:
            assert await engine.cancel(group) == files
        counts["cancel"] = len(seen)
        assert titles() == old
        group = (await engine.rename("main", [(id, f"New {id}") for id in ids])).group
        await end(engine, group, JobState.REJECTED)
        assert titles() == old
        with database.watched() as seen:
            assert await engine.retry(group) == files
        counts["retry"] = len(seen)
        assert titles() == new
        await end(engine, group, JobState.NEEDS_YOU)
        with database.watched() as seen:
            assert await engine.settle_group(group, None) == files
        counts["look again"] = len(seen)
        await end(engine, group, JobState.DONE)
        with database.watched() as seen:
            undone = await engine.undo()
        counts["undo"] = len(seen)
        assert undone is not None and undone.jobs == files and titles() == old
        with database.watched() as seen:
            await engine.trash("main", ids)
        counts["trash"] = len(seen)
        assert {row.pending for row in engine.store.files(ids)} == {"trash"}
    return counts


async def test_a_command_takes_as_many_statements_for_many_files_as_for_few(
    tmp_path: Path,
) -> None:
    assert await statements(tmp_path / "few", FEW) == await statements(tmp_path / "many", MANY)


async def test_what_was_refused_is_tried_again_whatever_its_title(tmp_path: Path) -> None:
    async with opened(tmp_path, 1) as (engine, _, ids):
        group = (await engine.rename("main", [(ids[0], "new: a title")])).group
        await end(engine, group, JobState.REJECTED)
        assert await engine.retry(group) == 1
        assert [job.state for job in engine.journal.jobs()] == [JobState.READY]


@pytest.mark.parametrize("take_back", [Engine.redo, lambda engine: engine.cancel(2)])
async def test_what_is_in_doubt_is_looked_at_though_its_undo_is_taken_back(
    tmp_path: Path, take_back: Callable[[Engine], Awaitable[object]]
) -> None:
    async with opened(tmp_path, 1) as (engine, database, ids):
        group = (await engine.rename("main", [(ids[0], "New")])).group
        await end(engine, group, JobState.NEEDS_YOU)
        assert await engine.undo()
        await take_back(engine)
        waiting = schedule.next_entry(database.reader(), 1, 2e10, ())
        assert waiting is not None and waiting.state is JobState.VERIFYING


async def test_what_a_look_found_is_shown_when_the_undo_is_taken_back(tmp_path: Path) -> None:
    async with opened(tmp_path, 1) as (engine, database, ids):
        group = (await engine.rename("main", [(ids[0], "New")])).group
        await end(engine, group, JobState.NEEDS_YOU)
        assert await engine.undo()
        undoing = schedule.next_entry(database.reader(), 1, 2e10, ())
        assert undoing is not None and undoing.before == "New"
        await engine.write(lambda tx: journal.mark(tx, [undoing], JobState.READY, looked=True))
        assert await engine.redo()
        assert [row.title for row in engine.store.files(ids)] == ["New"]


def test_an_older_journal_keeps_its_jobs_and_their_indexes(tmp_path: Path) -> None:
    version = MIGRATIONS.index(STATES)
    connection = sqlite3.connect(tmp_path / "library.db", isolation_level=None)
    for name, function in (("natural_key", natural_key), ("fold", fold)):
        connection.create_function(name, 1, function, deterministic=True)
    for script in MIGRATIONS[:version]:
        connection.executescript(script)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.execute("INSERT INTO account (name, provider) VALUES ('main', 'voe')")
    connection.execute(
        "INSERT INTO job_group (account, kind, title, done_title, created, position, total, open,"
        " failed, done) VALUES (1, 'rename', '', '', 0, 1, 10, 5, 3, 1)"
    )
    connection.executemany(
        "INSERT INTO job (grp, account, kind, state, target, file, lane, created, updated)"
        " VALUES (1, 1, 'rename', ?, '', ?, ?, 0, 0)",
        [(state, at, f"file {at}") for at, state in enumerate(JobState)],
    )
    connection.close()
    database = Database(tmp_path / "library.db")
    sql = database.reader()
    states = {
        column: {row["state"] for row in sql.execute(f"SELECT state FROM job WHERE {column}")}
        for column in ("is_open", "is_due", "is_doubtful", "is_deciding")
    }
    doubtful = {JobState.UNKNOWN, JobState.VERIFYING}
    is_open = {state for state in JobState if state.is_open}
    assert states == {
        "is_open": is_open,
        "is_due": {JobState.READY, *doubtful},
        "is_doubtful": doubtful,
        "is_deciding": is_open | {JobState.NEEDS_YOU},
    }
    asked: list[str] = []
    sql.set_trace_callback(asked.append)
    assert History(database).summary().doubtful == len(doubtful)
    assert schedule.next_entry(sql, 1, 1.0, ()) is not None
    schedule.next_time(sql, 1, 1.0)
    group = History(database).group(1)
    assert group is not None and group.undecided == 1
    sql.set_trace_callback(None)
    steps = [row["detail"] for ask in asked for row in sql.execute(f"EXPLAIN QUERY PLAN {ask}")]
    used = {step.split(" USING INDEX ")[1].split()[0] for step in steps if " USING INDEX " in step}
    assert {"job_doubtful", "job_due", "job_lane", "job_open", "job_later", "job_undecided"} <= used
    assert not [step for step in steps if step in ("SCAN j", "SCAN e", "SCAN job")]
    database.close()


async def test_refused_folders_one_in_the_other_are_made_again_with_what_goes_there(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path, 2) as (engine, _, ids):
        outer = await engine.create_folder("main", ROOT, "Outer")
        inner = await engine.create_folder("main", outer.folder or "", "Inner")
        group = (await engine.move("main", ids, inner.folder or "")).group
        await end(engine, outer.group, JobState.REJECTED)
        assert {job.state for job in engine.journal.jobs()} == {JobState.REJECTED}
        assert {row.folder for row in engine.store.files(ids)} == {ROOT}
        assert await engine.retry(group) == len(ids)
        states = [job.state for job in reversed(engine.journal.jobs())]
        assert states == [JobState.READY, *[JobState.PLANNED] * 3]
        assert {row.folder for row in engine.store.files(ids)} == {inner.folder}
        folder = engine.store.folder("main", inner.folder or "")
        assert folder is not None and folder.path == "/Outer/Inner"
