"""Waiting for what was asked: this process carries it out, or watches the vhtui that does."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Mapping, Sequence

from vhtui.cli.join import Session
from vhtui.cli.output import Progress, complain, job_object, print_document, say
from vhtui.core.jobs.groups import Receipt
from vhtui.core.status import sync_words
from vhtui.errors import ConfigError, ProviderError, VhtuiError
from vhtui.models import AccountRow, Job, JobGroup, JobState

_STEP = 0.5
"""Seconds after which a wait looks around even if nothing was announced."""
PATIENCE = 20.0
"""Seconds that an account may be out of reach before a command stops waiting for it."""
_HINT_AFTER = 5.0
_JOBS_SHOWN = 20
_OUT_OF_REACH = ("offline", "wrong key", "error")


# -- looking at the host again --------------------------------------------------------------------


async def sync_accounts(session: Session, accounts: Sequence[str]) -> None:
    """List accounts from top to bottom; raise ProviderError with what went wrong at the first."""
    wishes = {account: await session.engine.sync(account) for account in accounts}
    errors = await answers(session, wishes)
    for account, error in errors.items():
        raise _fault(session, account, error)


async def refresh_folder(session: Session, account: str, folder: str) -> None:
    """List one folder again; raise ProviderError with what went wrong."""
    errors = await answers(session, {account: await session.engine.refresh(account, folder)})
    for error in errors.values():
        raise _fault(session, account, error)


async def ask_each(session: Session, wishes: Mapping[str, int]) -> int:
    """Wait for wishes (account -> number), complain of those that failed, return how many did.

    ConfigError when there is one wish, and it failed for want of a usable key.
    """
    errors = await answers(session, wishes)
    if len(wishes) == 1:
        for account, error in errors.items():
            if session.is_misconfigured(account, error):
                raise _fault(session, account, error)
    for account, error in errors.items():
        complain(f"{account}: {error}")
    return len(errors)


def _fault(session: Session, account: str, error: str) -> VhtuiError:
    kind = ConfigError if session.is_misconfigured(account, error) else ProviderError
    return kind(f"{account}: {error}")


async def answers(session: Session, wishes: Mapping[str, int]) -> dict[str, str]:
    """Wait until every wish is answered; return the errors by account."""
    await session.start()
    progress = Progress()
    hint = Hint(session)
    errors: dict[str, str] = {}
    waiting = dict(wishes)
    try:
        while True:
            for account, number in list(waiting.items()):
                request = session.engine.request(number)
                if request is None or request.state != "open":
                    del waiting[account]
                    if request is not None and request.error:
                        errors[account] = request.error
            if not waiting:
                return errors
            progress.show(_sync_words(session.store.account(next(iter(waiting)))))
            hint.give_when_due()
            await session.wait(_STEP)
    finally:
        progress.end()


def _sync_words(row: AccountRow) -> str:
    return f"{row.name}: {sync_words(row) or 'waiting for the host'}"


class Hint:
    """Says once, after a while, that another vhtui has to do the work."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._due = time.monotonic() + _HINT_AFTER

    def give_when_due(self) -> None:
        """Say it, unless it was said or is not so."""
        if not self._session.engine.is_executor and time.monotonic() > self._due:
            self._due = float("inf")
            pid = self._session.engine.executor_pid
            say(f"waiting for the vhtui that carries things out (process {pid or 'unknown'})")


# -- changes --------------------------------------------------------------------------------------


async def finish(session: Session, args: Namespace, receipts: Sequence[Receipt]) -> int:
    """See the groups of these receipts to their end and report; return the exit status.

    With ``--no-wait`` they are left to whoever executes. What cannot go on now (no network, a wrong
    key, a paused group) stays in the journal, and that is a failure of this command.
    """
    groups = [receipt.group for receipt in receipts]
    if args.no_wait:
        for receipt in receipts:
            say(f"{receipt.sentence}: written down; 'vhtui work' carries it out")
    else:
        await _see_to_the_end(session, groups)
        await _tell_notices(session, groups)
    jobs = [job for group in groups for job in session.journal.jobs(group=group, limit=100_000)]
    if args.json:
        print_document([job_object(job) for job in jobs])
    return 1 if _complain_of_failures(jobs) else 0


async def _see_to_the_end(session: Session, groups: Sequence[int]) -> None:
    await session.start()
    progress = Progress()
    hint = Hint(session)
    obstacles = Obstacles(session)
    try:
        while True:
            rows = [row for id in groups if (row := session.journal.group(id)) is not None]
            open_groups = [row for row in rows if row.is_open]
            if not open_groups:
                return
            for row in open_groups:
                if row.paused:
                    raise _left(row, f"it is paused: 'vhtui jobs resume {row.id}' lets it go on")
            for row in open_groups:
                if obstacle := obstacles.before(row.account):
                    is_config = session.is_misconfigured(row.account, obstacle)
                    raise _left(row, obstacle, ConfigError if is_config else VhtuiError)
            progress.show(_group_words(open_groups[0]))
            hint.give_when_due()
            await session.wait(_STEP)
    finally:
        progress.end()


def _group_words(row: JobGroup) -> str:
    return f"{row.title}: {row.done + row.failed} of {row.total}"


def _left(row: JobGroup, why: str, kind: type[VhtuiError] = VhtuiError) -> VhtuiError:
    return kind(
        f"{row.title}: {why} (the change stays in the journal: 'vhtui work' carries it out later,"
        f" 'vhtui jobs cancel {row.id}' drops it)"
    )


class Obstacles:
    """Knows why the jobs of an account do not go on now, as opposed to being slow."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._started = time.time()
        self._before = {row.name: (row.state, row.message) for row in session.store.accounts()}
        self._out_of_reach_since: dict[str, float] = {}

    def before(self, account: str) -> str | None:
        """Return what stands in the way of an account's jobs, None when nothing is known to.

        A job that was tried since and waits with an error says it at once. Otherwise it is what
        the account's state says: a rejected key at once if that is news (an earlier process may
        have left the word), all else only after a while.
        """
        for job in self._session.journal.jobs(account=account, open_only=True, limit=200):
            if job.state is JobState.READY and job.error and job.updated >= int(self._started):
                return job.error
        row = self._session.store.account(account)
        if row.state not in _OUT_OF_REACH:
            self._out_of_reach_since.pop(account, None)
            return None
        since = self._out_of_reach_since.setdefault(account, time.time())
        is_news = (row.state, row.message) != self._before.get(account)
        patience = _STEP if is_news and row.state == "wrong key" else PATIENCE
        return row.message if time.time() - since > patience else None


async def _tell_notices(session: Session, groups: Sequence[int]) -> None:
    """Tell how groups ended: ours where they ended well, and those carried out along the way."""
    for notice in [*session.notices, *await session.engine.ended_groups()]:
        if notice.group not in groups or notice.level == "info":
            say(notice.text)
    session.notices.clear()


def _complain_of_failures(jobs: Sequence[Job]) -> int:
    failed = [job for job in jobs if job.state.is_failed or job.state is JobState.CANCELLED]
    for job in failed[:_JOBS_SHOWN]:
        complain(f"{job.kind} of {job.target}: {job.error or job.state}{_choices(job)}")
    if len(failed) > _JOBS_SHOWN:
        complain(f"and {len(failed) - _JOBS_SHOWN} more: 'vhtui jobs' lists them")
    return len(failed)


def _choices(job: Job) -> str:
    if job.state is not JobState.NEEDS_YOU:
        return ""
    return f" ('vhtui jobs settle {job.id} --happened', '--not' or '--look' decides)"


def confirm(question: str, word: str) -> bool:
    """Ask on the terminal; True when the person typed the word."""
    print(f"{question} [{word}] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() == word.lower()
