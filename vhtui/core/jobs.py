"""The executor of one account: takes jobs from the journal and carries them out, a few at once.

What an error means for a job is decided here, in ``Executor._failed``, by the three branches of
ProviderError: not sent (try again), refused (it did not happen), in doubt (look first).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence

from vhtui.config import Tuning
from vhtui.core import journal, library, status
from vhtui.core.database import Transaction
from vhtui.core.journal import Entry
from vhtui.core.looks import Verdict
from vhtui.core.operations import Operations
from vhtui.core.store import Store, write_log
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
_FETCH = 600


class Connection:
    """How an account's host answers: kept in the library, and when to try again after a fault."""

    def __init__(self, store: Store, name: str) -> None:
        """Follow the account of that name."""
        self._store = store
        self._name = name
        self._account = store.account_id(name)
        self._failures = 0
        self.held_until = 0.0
        self._noted: tuple[str, str] | None = None

    async def worked(self) -> None:
        """A call was answered."""
        self._failures = 0
        self.held_until = 0.0
        await self._note("ok", "")

    async def failed(self, error: VhtuiError) -> None:
        """A call was not answered as it should be: hold the account where that makes sense."""
        match error:
            case RateLimitedError():
                self.held_until = time.time() + (error.retry_after or 1.0)
                await self._note("limited", str(error))
            case WrongKeyError() | ConfigError():
                self.held_until = time.time() + 300.0
                await self._note("wrong key", str(error))
            case NotSentError() | InDoubtError():
                self._failures += 1
                self.held_until = time.time() + min(60.0, 2.0 ** min(self._failures, 6))
                await self._note(
                    "offline" if isinstance(error, NotSentError) else "error", str(error)
                )
            case _:
                pass

    def release(self) -> None:
        """The person asks again: try at once."""
        self.held_until = 0.0

    async def _note(self, state: str, message: str) -> None:
        if self._noted == (state, message):
            return
        self._noted = (state, message)
        await self._store.database.write(
            lambda tx: status.note_account(tx, self._account, self._name, state, message)
        )


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
        on_done: Callable[[JobKind, Sequence[Entry]], None],
    ) -> None:
        """Carry out through ``operations``; ``on_done`` hears what kinds of jobs have ended."""
        self._operations = operations
        self._store = store
        self._connection = connection
        self._tuning = tuning
        self._name = name
        self._account = store.account_id(name)
        self._on_done = on_done
        self._in_flight: set[int] = set()
        self._wake = asyncio.Event()
        self._slots = asyncio.Semaphore(AT_ONCE)

    def wake(self) -> None:
        """The journal changed: look for work."""
        self._wake.set()

    async def run(self) -> None:
        """Carry out jobs until cancelled; first, doubt what an earlier executor left as sent."""
        await self._store.database.write(self._recover)
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._wake.clear()
                await self._slots.acquire()
                batch = self._next()
                if not batch:
                    self._slots.release()
                    await self._sleep()
                    continue
                ids = {entry.id for entry in batch}
                self._in_flight |= ids
                tasks.create_task(self._carry_out(batch, ids))

    def _recover(self, tx: Transaction) -> None:
        found = journal.recover(tx, self._account, self._tuning.settle)
        if found:
            write_log(
                tx,
                self._name,
                "warning",
                f"{found} changes were under way when vhtui last stopped: looking at the host"
                " what became of them",
            )

    def _next(self) -> list[Entry]:
        now = time.time()
        if now < self._connection.held_until:
            return []
        found = journal.next_entries(
            self._store.database.reader(), self._account, now, self._in_flight, _FETCH
        )
        return self._operations.gather(found) if found else []

    async def _sleep(self) -> None:
        times = [
            at
            for at in (
                journal.next_time(self._store.database.reader(), self._account),
                self._connection.held_until or None,
            )
            if at is not None
        ]
        delay = None
        if times:
            future = [at for at in times if at > time.time()]
            delay = max(0.01, min(future) - time.time()) if future else None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), delay)

    async def _carry_out(self, batch: list[Entry], ids: set[int]) -> None:
        try:
            if batch[0].state is JobState.READY:
                await self._send(batch)
            else:
                await self._look(batch)
        finally:
            self._in_flight -= ids
            self._slots.release()
            self._wake.set()

    async def _send(self, batch: list[Entry]) -> None:
        try:
            stopped = await self._operations.check(batch)
            going = [entry for entry in batch if entry.id not in stopped]
            evidence = await self._operations.evidence(going) if going else None
        except (ProviderError, ConfigError, OSError) as error:
            await self._not_checked(batch, error)
            return
        if stopped:
            await self._apply(batch, stopped)
        if not going:
            return
        await self._send_once(going, evidence)

    async def _send_once(self, batch: list[Entry], evidence: str | None) -> None:
        await self._store.database.write(
            lambda tx: journal.mark(tx, batch, JobState.SENT, evidence=evidence, tried=True)
        )
        try:
            result = await self._operations.send(batch)
        except (VhtuiError, OSError) as error:
            await self._failed(batch, error)
            return
        await self._connection.worked()
        await self._apply(batch, {e.id: Verdict(JobState.DONE, result=result) for e in batch})

    async def _failed(self, batch: list[Entry], error: VhtuiError | OSError) -> None:
        if isinstance(error, VhtuiError):
            await self._connection.failed(error)
        match error:
            case NotSentError() | RateLimitedError() | WrongKeyError() | ConfigError():
                await self._not_sent(batch, error)
            case RefusedError() if len(batch) > 1:
                await self._store.database.write(
                    lambda tx: journal.mark(
                        tx, batch, JobState.UNKNOWN, error=str(error), alone=True
                    )
                )
            case InDoubtError():
                settled = time.time() + self._tuning.settle
                await self._store.database.write(
                    lambda tx: journal.mark(
                        tx, batch, JobState.UNKNOWN, error=str(error), not_before=settled
                    )
                )
            case _:
                await self._apply(
                    batch, {e.id: Verdict(JobState.REJECTED, str(error)) for e in batch}
                )

    async def _not_checked(self, batch: list[Entry], error: Exception) -> None:
        """The look before the act failed: refused for good, or to be tried again."""
        refused = isinstance(error, RefusedError)
        if refused and not isinstance(error, RateLimitedError | WrongKeyError):
            await self._apply(batch, {e.id: Verdict(JobState.REJECTED, str(error)) for e in batch})
        else:
            await self._not_sent(batch, error)

    async def _not_sent(self, batch: list[Entry], error: Exception) -> None:
        """Nothing happened at the host: the jobs stay ready, and say why they wait."""
        if isinstance(error, VhtuiError):
            await self._connection.failed(error)
        not_before = self._connection.held_until or time.time() + self._tuning.settle
        why = "" if isinstance(error, RateLimitedError) else str(error)
        await self._store.database.write(
            lambda tx: journal.mark(tx, batch, JobState.READY, error=why, not_before=not_before)
        )

    async def _look(self, batch: list[Entry]) -> None:
        await self._store.database.write(
            lambda tx: journal.mark(tx, batch, JobState.VERIFYING, error=batch[0].error)
        )
        try:
            verdicts = await self._operations.look(batch)
        except (VhtuiError, OSError) as error:
            if isinstance(error, VhtuiError):
                await self._connection.failed(error)
            why = str(error)
            later = max(self._connection.held_until, time.time() + self._tuning.settle)
            await self._store.database.write(
                lambda tx: journal.mark(tx, batch, JobState.UNKNOWN, error=why, not_before=later)
            )
            return
        await self._connection.worked()
        await self._apply(batch, verdicts, looked=True)

    async def _apply(
        self, batch: Sequence[Entry], verdicts: dict[int, Verdict], *, looked: bool = False
    ) -> None:
        """Write verdicts and what follows of them in one transaction; tell who waits."""
        done = [e for e in batch if e.id in verdicts and verdicts[e.id].state is JobState.DONE]

        def change(tx: Transaction) -> None:
            if done:
                self._operations.settled(tx, done, verdicts[done[0].id].result)
            for entry in batch:
                if (verdict := verdicts.get(entry.id)) is not None:
                    self._write_verdict(tx, entry, verdict, looked=looked)

        await self._store.database.write(change)
        if done:
            self._on_done(done[0].kind, done)

    def _write_verdict(
        self, tx: Transaction, entry: Entry, verdict: Verdict, *, looked: bool
    ) -> None:
        state, error = verdict.state, verdict.error
        not_before = 0.0
        if state is JobState.READY and entry.tries >= MAX_TRIES:
            state = JobState.NEEDS_YOU
            error = f"sent {entry.tries} times and the host never confirmed it: did it happen?"
        if state is JobState.UNKNOWN and entry.looks >= MAX_LOOKS:
            state = JobState.NEEDS_YOU
            error = f"looked {entry.looks} times without an answer: did it happen?"
        if state is JobState.UNKNOWN:
            not_before = tx.now + self._tuning.remote_settle
        journal.mark(tx, [entry], state, error=error, not_before=not_before, looked=looked)
        if state.is_failed:
            journal.give_up_waiting(tx, entry, error)
            write_log(tx, self._name, "error", f"{entry.kind} of {entry.target}: {error}")
        if entry.file is not None:
            tx.touch("files", self._name)
        if entry.kind is JobKind.RENAME_FOLDER and not state.is_open:
            library.show_folder_wish(tx, self._account, self._name, entry.folder or "")
        if entry.kind is JobKind.CREATE_FOLDER and state.is_failed:
            library.drop_folder(tx, self._account, self._name, f"new:{entry.id}")
        if entry.kind is JobKind.REMOTE_ADD:
            tx.touch("remote", self._name)
