"""The executor of one account: takes jobs from the journal and carries them out, a few at once.

What an error means for a job is decided here, in ``Executor._failed``, by the three branches of
ProviderError: not sent (try again), refused (it did not happen), in doubt (look first).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence

from vhtui.config import Tuning
from vhtui.core.connection import Connection
from vhtui.core.database import Transaction
from vhtui.core.jobs import effects, journal, schedule
from vhtui.core.jobs.journal import Entry
from vhtui.core.jobs.looks import Verdict
from vhtui.core.jobs.operations import Operations
from vhtui.core.store import Store, write_log
from vhtui.core.uploads.feeding import is_full
from vhtui.errors import (
    ConfigError,
    InDoubtError,
    NotSentError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    VhtuiError,
    WrongKeyError,
)
from vhtui.models import JobKind, JobState

AT_ONCE = 6
"""How many requests of one account may be on their way: enough to keep the host's rate busy when
an answer takes a second or two."""
MAX_TRIES = 4
"""A job that was sent this often without a provable outcome is given to the person."""
MAX_LOOKS = 5
"""A job that was looked for this often without finding anything is given to the person."""


class Executor:
    """Carries out the jobs of one account, in the order of their groups."""

    def __init__(
        self,
        operations: Operations,
        store: Store,
        connection: Connection,
        tuning: Tuning,
        name: str,
        *,
        on_done: Callable[[JobKind], None],
        on_trouble: Callable[[Exception], Awaitable[None]],
        remote_active: Callable[[], int] = lambda: 0,
    ) -> None:
        """Carry out through ``operations``; ``on_done`` hears what kinds of jobs have ended,
        ``on_trouble`` of errors that are not the host's, such as a full disk. ``remote_active``
        says how many remote uploads the host is given at once, 0 for all."""
        self._operations = operations
        self._store = store
        self._connection = connection
        self._tuning = tuning
        self._name = name
        self._account = store.account_id(name)
        self._on_done = on_done
        self._on_trouble = on_trouble
        self._remote_active = remote_active
        self._in_flight: set[int] = set()
        self._wake = asyncio.Event()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._carrying: set[asyncio.Task[None]] = set()
        self._troubled = self._is_ending = False

    def wake(self) -> None:
        """The journal changed: look for work."""
        self._wake.set()

    async def drain(self) -> None:
        """Take no more jobs, and return when those that are on their way have ended."""
        self._is_ending = True
        if self._carrying:
            await asyncio.wait(self._carrying)

    async def run(self) -> None:
        """Carry out jobs until cancelled; first, doubt what an earlier executor left as sent."""
        self._troubled = False
        self._slots = asyncio.Semaphore(AT_ONCE)
        await self._recover()
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                await self._slots.acquire()
                if self._troubled:
                    self._slots.release()
                    await asyncio.sleep(self._tuning.settle)
                    await self._mend()
                    continue
                now = time.time()
                batch = self._next(now)
                if not batch:
                    self._slots.release()
                    await self._sleep(now)
                    continue
                ids = {entry.id for entry in batch}
                self._in_flight |= ids
                task = tasks.create_task(self._carry_out(batch, ids))
                self._carrying.add(task)
                task.add_done_callback(self._carrying.discard)

    async def _mend(self) -> None:
        """After an error of ours: doubt what was sent and not written down, once that works."""
        try:
            await self._recover()
        except Exception as error:
            await self._on_trouble(error)
        else:
            self._troubled = False

    async def _recover(self) -> None:
        def change(tx: Transaction) -> None:
            found = journal.recover(tx, self._account, self._tuning.settle, self._in_flight)
            if found:
                write_log(
                    tx,
                    self._name,
                    "warning",
                    f"{found} changes were under way when vhtui last stopped: looking at the"
                    " host what became of them",
                )

        await self._store.database.write(change)

    def _next(self, now: float) -> list[Entry]:
        if self._is_ending or now < self._connection.held_until:
            return []
        sql, busy = self._store.database.reader(), self._in_flight
        feed = not is_full(sql, self._account, self._remote_active(), busy)
        first = schedule.next_entry(sql, self._account, now, busy, feed=feed)
        if first is None:
            return []
        most = self._operations.most_at_once(first)
        if most == 1:
            return [first]
        found = schedule.entries_like(sql, first, now, busy, most)
        return self._operations.gather(first, found)

    async def _sleep(self, now: float) -> None:
        """Wait until something changes, or falls due after ``now``, the time of the last choice."""
        later = schedule.next_time(self._store.database.reader(), self._account, now)
        held = self._connection.held_until
        times = [at for at in (later, held) if at is not None and at > now]
        delay = max(0.01, min(times) - time.time()) if times else None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay):  # wait_for may swallow a cancellation
                await self._wake.wait()

    async def _carry_out(self, batch: list[Entry], ids: set[int]) -> None:
        try:
            if batch[0].state is JobState.READY:
                await self._send(batch)
            else:
                await self._look(batch)
        except Exception as error:
            self._troubled = True
            await self._on_trouble(error)
        finally:
            self._in_flight -= ids
            self._slots.release()
            self._wake.set()

    # Sending

    async def _send(self, batch: list[Entry]) -> None:
        try:
            stopped = await self._operations.check(batch)
            going = [entry for entry in batch if entry.id not in stopped]
            evidence = await self._operations.evidence(going) if going else None
        except (ProviderError, ConfigError, OSError) as error:
            await self._not_checked(batch, error)
            return
        await self._apply(batch, stopped)
        claimed = await self._store.database.write(lambda tx: journal.claim(tx, going, evidence))
        if claimed:
            await self._send_once(claimed)

    async def _send_once(self, batch: list[Entry]) -> None:
        try:
            result = await self._operations.send(batch)
        except (VhtuiError, OSError) as error:
            await self._failed(batch, error)
            return
        await self._apply(batch, {e.id: Verdict(JobState.DONE, result=result) for e in batch})
        await self._connection.worked()

    async def _failed(self, batch: list[Entry], error: VhtuiError | OSError) -> None:
        match error:
            case NotSentError() | RateLimitedError() | WrongKeyError() | ConfigError():
                await self._not_sent(batch, error, untried=True)
            case RefusedError() if len(batch) > 1:
                await self._mark(batch, JobState.UNKNOWN, str(error), alone=True)
            case InDoubtError() | OSError():
                await self._hold(error)
                settled = time.time() + self._tuning.settle
                await self._mark(batch, JobState.UNKNOWN, str(error), not_before=settled)
            case _:
                await self._reject(batch, error)

    async def _not_checked(self, batch: list[Entry], error: Exception) -> None:
        """The look before the act failed: refused for good, or to be tried again."""
        refused = isinstance(error, RefusedError)
        if refused and not isinstance(error, RateLimitedError | WrongKeyError):
            await self._reject(batch, error)
        else:
            await self._not_sent(batch, error)

    async def _not_sent(
        self, batch: list[Entry], error: Exception, *, untried: bool = False
    ) -> None:
        """Nothing happened at the host: the jobs stay ready, and say why they wait."""
        await self._hold(error)
        ours = not isinstance(error, VhtuiError)
        await self._mark(
            batch,
            JobState.READY,
            "" if isinstance(error, RateLimitedError) else str(error),
            not_before=time.time() + self._tuning.settle if ours else 0.0,
            untried=untried,
        )

    async def _reject(self, batch: list[Entry], error: Exception) -> None:
        await self._apply(batch, {e.id: Verdict(JobState.REJECTED, str(error)) for e in batch})

    async def _hold(self, error: Exception) -> None:
        if isinstance(error, VhtuiError):
            await self._connection.failed(error)

    async def _mark(
        self,
        batch: Sequence[Entry],
        state: JobState,
        error: str,
        *,
        not_before: float = 0,
        alone: bool = False,
        untried: bool = False,
    ) -> None:
        await self._store.database.write(
            lambda tx: journal.mark(
                tx, batch, state, error=error, not_before=not_before, alone=alone, untried=untried
            )
        )

    # Looking

    async def _look(self, batch: list[Entry]) -> None:
        await self._mark(batch, JobState.VERIFYING, batch[0].error)
        try:
            verdicts = await self._operations.look(batch)
        except (VhtuiError, OSError) as error:
            await self._looked_in_vain(batch, error)
            return
        await self._apply(batch, verdicts, looked=True)
        await self._connection.worked()

    async def _looked_in_vain(self, batch: list[Entry], error: Exception) -> None:
        """The look failed: look again, or ask the person when the host refuses to be asked."""
        await self._hold(error)
        refused = isinstance(error, RefusedError)
        if refused and not isinstance(error, RateLimitedError | WrongKeyError):
            verdict = Verdict(JobState.UNKNOWN, str(error))
            await self._apply(batch, {entry.id: verdict for entry in batch}, looked=True)
            return
        later = max(self._connection.held_until, time.time() + self._tuning.settle)
        await self._mark(batch, JobState.UNKNOWN, str(error), not_before=later)

    # What came of it

    async def _apply(
        self, batch: Sequence[Entry], verdicts: dict[int, Verdict], *, looked: bool = False
    ) -> None:
        """Write verdicts and what follows of them in one transaction; tell who waits."""
        if not verdicts:
            return

        def change(tx: Transaction) -> None:
            for entry in batch:
                if (verdict := verdicts.get(entry.id)) is not None:
                    self._write_verdict(tx, entry, verdict, looked=looked)

        await self._store.database.write(change)
        for kind in {e.kind for e in batch if _is_done(verdicts.get(e.id))}:
            self._on_done(kind)

    def _write_verdict(
        self, tx: Transaction, entry: Entry, verdict: Verdict, *, looked: bool
    ) -> None:
        state, error = verdict.state, verdict.error
        not_before = 0.0
        if state is JobState.READY and entry.tries >= MAX_TRIES:
            state = JobState.NEEDS_YOU
            error = f"sent {entry.tries} times and the host never confirmed it: did it happen?"
        if state is JobState.UNKNOWN and entry.looks + looked >= MAX_LOOKS:
            state = JobState.NEEDS_YOU
            error = f"{error} (looked {MAX_LOOKS} times): did it happen?"
        if state is JobState.UNKNOWN:
            not_before = tx.now + self._tuning.remote_settle
        if state is JobState.DONE:
            effects.happened(tx, self._account, self._name, [entry], verdict.result)
        journal.mark(tx, [entry], state, error=error, not_before=not_before, looked=looked)
        if state.is_failed:
            write_log(tx, self._name, "error", f"{entry.kind} of {entry.target}: {error}")


def _is_done(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.state is JobState.DONE
