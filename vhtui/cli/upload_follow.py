"""Uploads followed to where they are wanted, by this process or the vhtui that sends them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from vhtui.cli.follow import PATIENCE, Hint, Obstacles
from vhtui.cli.join import Session
from vhtui.cli.output import Progress, complain, say
from vhtui.core.uploads.pacing import is_open, minute_of_day
from vhtui.models import Upload, UploadState
from vhtui.text import clean, duration_words, plural, size_words

SENT = frozenset({UploadState.ENCODING, UploadState.PLAYABLE})
"""The states of what is at the host, in its folder."""
ENDS = {"sent": SENT, "playable": frozenset({UploadState.PLAYABLE})}
"""The states that ``--until`` waits for."""

_STEP = 0.5
_AWAY = ("offline", "wrong key")
_WAITS = (UploadState.QUEUED, UploadState.SENDING)


def upload_object(upload: Upload) -> dict[str, Any]:
    """Return an upload as JSON tells it."""
    return {
        "id": upload.id,
        "account": upload.account,
        "path": upload.path,
        "title": upload.title,
        "folder": upload.folder,
        "size": upload.size,
        "sent": upload.sent,
        "state": upload.state.value,
        "percent": upload.percent,
        "code": upload.code,
        "error": upload.error,
        "set": upload.set_name,
    }


async def follow_uploads(
    session: Session, ids: Collection[int], ends: Collection[UploadState]
) -> tuple[list[Upload], bool]:
    """See uploads to one of the states ``ends``; return how they stand, and whether all got there.

    It ends when each is there, has failed, or cannot go on now; what did not get there is told.
    """
    await session.start()
    progress = Progress()
    hint = Hint(session)
    obstacles = UploadObstacles(session)
    try:
        while True:
            began = time.monotonic()
            rows = uploads_by_id(session, ids)
            under_way = [row for row in rows if row.state.is_open and row.state not in ends]
            stuck = obstacles.before(under_way)
            if len(stuck) == len(under_way):
                break
            progress.show(_progress_words(session, rows, ends))
            hint.give_when_due()
            # A long queue takes a while to look through: it is looked at less often.
            await asyncio.sleep(min(_STEP, 4 * (time.monotonic() - began)))
            await session.wait(_STEP)
    finally:
        progress.end()
    for notice in session.notices:
        say(notice.text)
    session.notices.clear()
    return rows, not _complain(rows, ends, stuck)


def uploads_by_id(session: Session, ids: Collection[int]) -> list[Upload]:
    """Return those of the uploads that are still listed, in the order they are sent."""
    return [upload for upload in session.engine.uploads() if upload.id in ids]


def _progress_words(session: Session, rows: Sequence[Upload], ends: Collection[UploadState]) -> str:
    size, sent = sum(row.size for row in rows), sum(row.sent for row in rows)
    there = sum(row.state in ends for row in rows)
    words = f"{there} of {plural(len(rows), 'file')}, {size_words(sent)} of {size_words(size)}"
    if speed := sum(row.speed or 0 for row in rows):
        return f"{words}, {size_words(speed)}/s, {duration_words((size - sent) / speed)}"
    if sent < size and not may_begin(session):
        return f"{words}, waiting for the upload hours"
    current = next((row for row in rows if row.state.is_open and row.state not in ends), rows[0])
    return f"{words}, {current.title}: {current.error or current.state}"


def may_begin(session: Session) -> bool:
    """Whether uploads begin at this time of the day."""
    return is_open(session.engine.upload_limits().hours, minute_of_day(time.time()))


class UploadObstacles:
    """Knows why uploads do not go on now, as opposed to being slow or having to wait."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._accounts = Obstacles(session)
        self._started = int(time.time())
        self._in_vain_since: dict[int, float] = {}

    def before(self, uploads: Sequence[Upload]) -> dict[int, str]:
        """Return what stands in the way of those of these open uploads that do not go on.

        That is a pause, an account out of reach (at once, when a try since has shown it), or a
        place to send to that takes nothing for a while.
        """
        states = {name: self._session.store.account(name).state for name in _accounts(uploads)}
        away = {name: self._accounts.before(name) for name in states}
        for upload in uploads:
            if states[upload.account] in _AWAY and self._was_tried(upload):
                away[upload.account] = upload.error
        found: dict[int, str] = {}
        for upload in uploads:
            if upload.state is UploadState.PAUSED:
                found[upload.id] = upload.error or "it is paused"
                continue
            why = away[upload.account]
            if why is None and self._is_in_vain(upload, states[upload.account]):
                why = upload.error
            if why is not None and upload.state is not UploadState.SENDING:
                found[upload.id] = why
        return found

    def _was_tried(self, upload: Upload) -> bool:
        waits = upload.state is UploadState.QUEUED and bool(upload.error)
        return waits and upload.updated >= self._started

    def _is_in_vain(self, upload: Upload, state: str) -> bool:
        """Whether an upload is put off again and again, and not by a limit on requests."""
        if upload.state not in _WAITS or upload.sent or state == "limited":
            self._in_vain_since.pop(upload.id, None)
            return False
        if not self._was_tried(upload):
            return False
        since = self._in_vain_since.setdefault(upload.id, time.monotonic())
        return time.monotonic() - since > PATIENCE


def _accounts(uploads: Iterable[Upload]) -> set[str]:
    return {upload.account for upload in uploads}


class UploadNews:
    """Tells, upload by upload, what became of those that are under way."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._states = {row.id: row.state for row in session.engine.uploads()}
        self._next = 0.0

    def tell(self, *, now: bool = False) -> bool:
        """Tell what arrived or failed since the last look; return whether something failed."""
        if not now and time.monotonic() < self._next:
            return False
        began = time.monotonic()
        failed = False
        for row in self._session.engine.uploads():
            before = self._states.get(row.id)
            if row.state is before:
                continue
            self._states[row.id] = row.state
            if row.state in SENT and before not in SENT:
                say(f"uploaded {row.title} to {row.account}:{row.folder} as {row.code}")
            elif row.state in (UploadState.FAILED, UploadState.NEEDS_YOU):
                failed = True
                complain(failure_words(row))
        self._next = time.monotonic() + max(_STEP, 4 * (time.monotonic() - began))
        return failed


# -- what did not get there -----------------------------------------------------------------------


def failure_words(upload: Upload) -> str:
    """Say what an upload failed of, and what the person can do."""
    title = clean(upload.title, 200)
    words = f"upload {upload.id} of {title} to {upload.account}: {upload.error or upload.state}"
    if upload.state is not UploadState.NEEDS_YOU:
        return words
    if upload.code:
        return f"{words} ('vhtui uploads retry {upload.id}' tries again)"
    return (
        f"{words} ('vhtui uploads settle {upload.id} CODE' says which file it is,"
        f" 'vhtui uploads retry {upload.id}' sends it again)"
    )


def _complain(
    rows: Sequence[Upload], ends: Collection[UploadState], stuck: Mapping[int, str]
) -> bool:
    """Tell of every upload that failed, and what keeps the others; return whether there are any."""
    left: dict[tuple[str, str, bool], list[Upload]] = {}
    failed = False
    for row in rows:
        if row.id in stuck:
            is_paused = row.state is UploadState.PAUSED
            left.setdefault((row.account, stuck[row.id], is_paused), []).append(row)
        elif row.state not in ends:
            failed = True
            complain(failure_words(row))
    for (account, why, is_paused), waiting in left.items():
        complain(f"{account}: {why} ({_left_words(waiting, is_paused)})")
    return failed or bool(left)


def _left_words(waiting: Sequence[Upload], is_paused: bool) -> str:
    one = len(waiting) == 1
    what = clean(waiting[0].title, 200) if one else plural(len(waiting), "file")
    which = str(waiting[0].id) if one else "--all"
    it = "it" if one else "them"
    on = f"'vhtui uploads resume {which}' lets {it} go on"
    if not is_paused:
        on = f"'vhtui work' sends {it} later"
    stays = f"{what} {'stays' if one else 'stay'} in the queue"
    return f"{stays}: {on}, 'vhtui uploads cancel {which}' drops {it}"
