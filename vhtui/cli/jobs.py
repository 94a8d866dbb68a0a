"""Commands about the journal: what was asked for, and how far it is."""

from __future__ import annotations

import asyncio
import os
import signal
from argparse import Namespace
from collections.abc import Mapping

from vhtui.cli.follow import Obstacles, finish
from vhtui.cli.join import Session
from vhtui.cli.output import (
    complain,
    group_object,
    group_state,
    job_object,
    print_document,
    print_table,
    say,
)
from vhtui.cli.upload_follow import SENT, UploadNews, UploadObstacles, may_begin
from vhtui.core.jobs.groups import Receipt
from vhtui.errors import ReadOnlyError, VhtuiError
from vhtui.models import Job, JobGroup, UploadState
from vhtui.text import plural

_RECENT = 200
_ALL = 1_000_000
_STEP = 0.5


async def show(session: Session, args: Namespace) -> int:
    """List jobs, the newest first: the recent ones and all that are open, or every one."""
    if args.all:
        jobs = session.journal.jobs(limit=_ALL)
    else:
        recent = session.journal.jobs(limit=_RECENT)
        seen = {job.id for job in recent}
        waiting = session.journal.jobs(open_only=True, limit=_ALL)
        jobs = recent + [job for job in waiting if job.id not in seen]
    if args.json:
        print_document([job_object(job) for job in jobs])
    else:
        print_table([_job_cells(job) for job in jobs], right=(0, 1), flexible=5)
    return 0


def _job_cells(job: Job) -> list[str]:
    return [
        str(job.id),
        f"group {job.group}",
        job.account,
        job.state,
        job.kind,
        job.target,
        job.error,
    ]


async def history(session: Session, args: Namespace) -> int:
    """List groups, the newest first."""
    groups = session.journal.groups(limit=_ALL if args.all else _RECENT)
    if args.json:
        print_document([group_object(group) for group in groups])
    else:
        print_table([_group_cells(group) for group in groups], right=(0,), flexible=4)
    return 0


def _group_cells(group: JobGroup) -> list[str]:
    ended = group.done + group.failed
    undo = "can be undone" if group.undoable and not group.undone else ""
    return [
        str(group.id),
        group.account,
        group_state(group),
        f"{ended}/{group.total}",
        group.title,
        undo,
    ]


def _group(session: Session, id: int) -> JobGroup:
    group = session.journal.group(id)
    if group is None:
        raise VhtuiError(f"there is no group {id}: 'vhtui history' lists them")
    return group


async def pause(session: Session, args: Namespace) -> int:
    """Send nothing more of a group until it is resumed."""
    group = _group(session, args.group)
    await session.engine.pause(group.id)
    say(f"Paused: {group.title}")
    return 0


async def resume(session: Session, args: Namespace) -> int:
    """Go on with a paused group."""
    group = _group(session, args.group)
    await session.engine.resume(group.id)
    return await finish(session, args, [_receipt(group, "Going on with")])


async def retry(session: Session, args: Namespace) -> int:
    """Try what the host refused once more."""
    group = _group(session, args.group)
    if not await session.engine.retry(group.id):
        raise VhtuiError(f"nothing of “{group.title}” was refused: there is nothing to try again")
    return await finish(session, args, [_receipt(group, "Trying again")])


async def cancel(session: Session, args: Namespace) -> int:
    """Cancel what of a group has not been sent."""
    group = _group(session, args.group)
    count = await session.engine.cancel(group.id)
    if not count:
        raise VhtuiError(f"nothing of “{group.title}” is left to cancel")
    say(f"Cancelled {plural(count, 'job')} of: {group.title}")
    return 0


async def settle(session: Session, args: Namespace) -> int:
    """Decide a job whose outcome nothing can prove."""
    await session.engine.settle(args.job, args.verdict)
    say(f"job {args.job} is decided; 'vhtui work' goes on with what is open")
    return 0


async def undo(session: Session, args: Namespace) -> int:
    """Take a group back."""
    chosen = session.journal.last_to_undo() if args.group is None else _group(session, args.group)
    if chosen is None:
        raise VhtuiError("there is nothing to undo")
    _refuse_read_only(session, chosen)
    receipt = await session.engine.undo(chosen.id)
    return await finish(session, args, [receipt] if receipt else [])


async def redo(session: Session, args: Namespace) -> int:
    """Take the last undo back."""
    chosen = session.journal.last_to_redo()
    if chosen is None:
        raise VhtuiError("there is nothing to redo")
    _refuse_read_only(session, chosen)
    receipt = await session.engine.redo()
    return await finish(session, args, [receipt] if receipt else [])


def _refuse_read_only(session: Session, group: JobGroup) -> None:
    for account in session.settings.accounts:
        if account.name == group.account and account.read_only:
            raise ReadOnlyError(f"{account.name} is read-only in config.toml")


def _receipt(group: JobGroup, verb: str) -> Receipt:
    return Receipt(
        group=group.id,
        jobs=group.total,
        sentence=f"{verb}: {group.title}",
        undoable=group.undoable,
    )


# -- the executor without a screen ----------------------------------------------------------------


async def work(session: Session, args: Namespace) -> int:
    """Carry out what is in the journal until a signal comes, or nothing is left to do."""
    session.require_accounts()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    session.goes_on = True
    await session.start()
    was_executor = None
    states: dict[str, tuple[str, str]] = {}
    obstacles, uploads = Obstacles(session), _Uploads(session)
    failed = args.until_idle and not await _take_settled(session)
    while not ended.is_set():
        if session.engine.is_executor != was_executor:
            was_executor = session.engine.is_executor
            say(_role(session))
        _tell_states(session, states)
        failed = _tell_notices(session) or failed
        failed = uploads.news.tell() or failed
        if args.until_idle and (reason := _idle(session, obstacles)) is not None:
            left = uploads.left()
            if left is not None:
                for words in {**left, **reason}.values():
                    complain(words)
                failed = failed or bool(reason or left)
                break
        waiting = asyncio.create_task(session.wait(_STEP))
        stopping = asyncio.create_task(ended.wait())
        await asyncio.wait([waiting, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if waiting.done():
            waiting.result()
        else:
            waiting.cancel()
    session.notices.extend(await session.engine.ended_groups())
    failed = _tell_notices(session) or failed
    failed = uploads.news.tell(now=True) or failed
    if not args.until_idle:
        say("stopped; what is left stays in the journal")
    return 1 if args.until_idle and failed else 0


async def _take_settled(session: Session) -> bool:
    """Queue what stands still in the watch folders, for there may be no second look at them;
    return whether that went well."""
    went_well = True
    for folder in session.engine.watch_folders():
        try:
            await session.engine.take_settled(folder)
        except VhtuiError as error:
            complain(str(error))
            went_well = False
    return went_well


def _role(session: Session) -> str:
    if session.engine.is_executor:
        return f"carrying out the journal (process {os.getpid()})"
    pid = session.engine.executor_pid or "unknown"
    return f"another vhtui (process {pid}) carries out the journal: waiting to take over"


def _tell_states(session: Session, told: dict[str, tuple[str, str]]) -> None:
    for row in session.store.accounts():
        if row.name in session.accounts and told.get(row.name) != (row.state, row.message):
            told[row.name] = (row.state, row.message)
            say(f"{row.name}: {row.state}{f' ({row.message})' if row.message else ''}")


def _tell_notices(session: Session) -> bool:
    """Tell how groups ended; return whether one did not end well, or something else failed."""
    failed = any(
        notice.level == "error" or (notice.level != "info" and notice.group is not None)
        for notice in session.notices
    )
    for notice in session.notices:
        say(notice.text)
    session.notices.clear()
    return failed


def _idle(session: Session, obstacles: Obstacles) -> Mapping[str, str] | None:
    """Return None while there is something to do, else what keeps each account from its rest."""
    reasons: dict[str, str] = {}
    for group in session.journal.groups(open_only=True, limit=_ALL):
        if group.paused or group.account in reasons:
            continue
        if group.account not in session.accounts:
            continue
        reason = obstacles.before(group.account)
        if reason is None:
            return None
        reasons[group.account] = f"{group.account}: {reason}"
    return reasons


class _Uploads:
    """The uploads as ``work`` sees them: what became of them, and what is left to do."""

    def __init__(self, session: Session) -> None:
        self.news = UploadNews(session)
        self._session = session
        self._obstacles = UploadObstacles(session)

    def left(self) -> Mapping[str, str] | None:
        """Return None while there is something to do, else what keeps each account from its rest.

        What is paused, waits for its hours or is being encoded is nothing to do now.
        """
        waits = {UploadState.PAUSED, *SENT}
        if not may_begin(self._session):
            waits.add(UploadState.QUEUED)
        rows = [
            row
            for row in self._session.engine.uploads(open_only=True)
            if row.state not in waits and row.account in self._session.accounts
        ]
        stuck = self._obstacles.before(rows)
        if len(stuck) < len(rows):
            return None
        return {row.account: f"{row.account}: {stuck[row.id]}" for row in rows}
