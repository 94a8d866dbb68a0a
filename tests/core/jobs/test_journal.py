"""The journal against a simple model: whatever is asked, sent, lost, undone and reopened."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from typing_extensions import override

from tests.core.rig import HOSTS, TUNING
from vhtui.config import AccountConfig, Settings
from vhtui.core.database import Transaction
from vhtui.core.engine import Engine
from vhtui.core.jobs import effects, journal, schedule
from vhtui.core.jobs.journal import Entry
from vhtui.errors import UsageError
from vhtui.models import File, FileRow, JobState
from vhtui.providers.base import Provider

Result = TypeVar("Result")

CODES = ("a", "b", "c")
TITLES = st.sampled_from(["One", "Two", "Three"])


def unconnected(account: AccountConfig) -> Provider:
    raise AssertionError("nothing is sent in this test")


class JournalMachine(RuleBasedStateMachine):
    """``host`` is what the host has. The machine is executor, host and person in one."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory(prefix="vhtui-journal-")
        self.loop = asyncio.new_event_loop()
        self.host = {code: f"First {code}" for code in CODES}
        self.sent: list[tuple[Entry, bool]] = []  # under way, and whether the host applied it
        self.engine = self._open()
        self._write(self._list_host)

    def _open(self) -> Engine:
        accounts = (AccountConfig("main", "voe"),)
        engine = Engine(
            Settings(accounts=accounts, tuning=TUNING),
            Path(self.directory.name),
            connect=unconnected,
            hosts=HOSTS,
        )
        self.loop.run_until_complete(engine.open())
        return engine

    def _write(self, change: Callable[[Transaction], Result]) -> Result:
        return self.loop.run_until_complete(self.engine.write(change))

    def _list_host(self, tx: Transaction) -> None:
        from vhtui.core import library

        files = [File(code=code, title=title) for code, title in self.host.items()]
        library.put_files(tx, 1, "main", "0", files, fetched=tx.now)

    def _row(self, code: str) -> FileRow:
        row = self.engine.store.file_by_code("main", code)
        assert row is not None
        return row

    def _entries(self) -> list[Entry]:
        return journal.entries(self.engine.database.reader(), "1", ())

    def _verdict(self, entry: Entry, state: JobState, *, looked: bool = False) -> None:
        def change(tx: Transaction) -> None:
            if state is JobState.DONE:
                effects.happened(tx, 1, "main", [entry])
            journal.mark(tx, [entry], state, looked=looked)

        self._write(change)

    # The person

    @rule(code=st.sampled_from(CODES), title=TITLES)
    def rename(self, code: str, title: str) -> None:
        try:
            self.loop.run_until_complete(self.engine.rename("main", [(self._row(code).id, title)]))
        except UsageError:
            assert self._row(code).title == title
        else:
            assert self._row(code).title == title

    @rule()
    def undo(self) -> None:
        try:
            self.loop.run_until_complete(self.engine.undo())
        except UsageError as error:
            assert "changed since" in str(error)

    @rule()
    def redo(self) -> None:
        try:
            self.loop.run_until_complete(self.engine.redo())
        except UsageError as error:
            assert "changed since" in str(error)

    @rule(data=st.data())
    def steer(self, data: st.DataObject) -> None:
        groups = self.engine.journal.groups()
        if groups:
            group = data.draw(st.sampled_from([group.id for group in groups]))
            act = data.draw(st.sampled_from(["cancel", "retry", "pause", "resume"]))
            self.loop.run_until_complete(getattr(self.engine, act)(group))

    @rule(data=st.data())
    def decide(self, data: st.DataObject) -> None:
        asked = [e for e in self._entries() if e.state is JobState.NEEDS_YOU]
        if asked:
            entry = data.draw(st.sampled_from(asked))
            happened = self.host[entry.code or ""] == entry.after
            self.loop.run_until_complete(
                self.engine.settle(entry.id, happened or data.draw(st.sampled_from([False, None])))
            )

    # The executor and the host

    @rule(applied=st.booleans())
    def go_on(self, applied: bool) -> None:
        busy = [entry.id for entry, _ in self.sent]
        entry = schedule.next_entry(self.engine.database.reader(), 1, 2e10, busy)
        if entry is None:
            return
        if entry.state is not JobState.READY:
            now = self.host[entry.code or ""]
            state = {entry.after: JobState.DONE, entry.before: JobState.READY}
            self._verdict(entry, state.get(now, JobState.CONFLICT), looked=True)
            return
        for claimed in self._write(lambda tx: journal.claim(tx, [entry], None)):
            if applied:
                self.host[claimed.code or ""] = claimed.after or ""
            self.sent.append((claimed, applied))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        entry, applied = self.sent.pop(data.draw(st.integers(0, len(self.sent) - 1)))
        heard = data.draw(st.booleans())
        if not heard:
            doubt = data.draw(st.sampled_from([JobState.UNKNOWN, JobState.NEEDS_YOU]))
            self._verdict(entry, doubt)
        else:
            self._verdict(entry, JobState.DONE if applied else JobState.REJECTED)

    @rule()
    def crash(self) -> None:
        self.engine.close()
        self.engine = self._open()
        count = self._write(lambda tx: journal.recover(tx, 1, 0.0))
        assert count == len(self.sent)
        self.sent.clear()

    # What always holds

    @invariant()
    def counts_are_right(self) -> None:
        for group in self.engine.journal.groups(limit=10_000):
            jobs = self.engine.journal.jobs(group=group.id)
            ended = [j for j in jobs if j.state in (JobState.DONE, JobState.CANCELLED)]
            failed = [j for j in jobs if j.state.is_failed]
            assert (group.total, group.done, group.failed) == (len(jobs), len(ended), len(failed))
            assert group.is_open == any(job.state.is_open for job in jobs)

    @invariant()
    def one_change_of_a_file_is_under_way(self) -> None:
        sent = [entry.lane for entry in self._entries() if entry.state is JobState.SENT]
        assert len(sent) == len(set(sent)) == len(self.sent)

    @invariant()
    def the_newest_wish_is_shown(self) -> None:
        for code in CODES:
            mine = [e for e in self._entries() if e.code == code]
            deciding = [e for e in mine if e.state.is_open or e.state is JobState.NEEDS_YOU]
            row = self._row(code)
            if deciding:
                assert row.title == deciding[-1].after
                assert row.pending is not None
            else:
                assert (row.title, row.pending) == (self.host[code], None)

    @override
    def teardown(self) -> None:
        self.engine.close()
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        self.directory.cleanup()


TestJournal = JournalMachine.TestCase
TestJournal.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
