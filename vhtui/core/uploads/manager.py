"""The executor's side of uploads: what is sent when, and everything that follows.

One loop for all accounts, because slots and bandwidth are shared. It is woken by every change of
the library and decides anew from the ``upload`` table, so any vhtui can pause, cancel or reorder.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Coroutine, Mapping
from functools import partial

from msgspec.structs import replace

from vhtui.config import Settings
from vhtui.core.database import Transaction
from vhtui.core.store import Store
from vhtui.core.uploads import table
from vhtui.core.uploads.following import Follower, MakeFolder
from vhtui.core.uploads.limits import Limits, limits
from vhtui.core.uploads.pacing import Bandwidth, is_open, minute_of_day
from vhtui.core.uploads.sending import Host, Sender
from vhtui.core.uploads.sets import Notify, Sets
from vhtui.core.uploads.table import CANCEL, PAUSE, Row
from vhtui.core.uploads.transfer import Transfer
from vhtui.links import BaseFor
from vhtui.models import Changes, Upload, UploadState
from vhtui.text import plural

_FETCH = 200
_SHORTEST = 0.05
"""Seconds between two rounds: a burst of changes is one of them."""
_HOURS_CHECK = 30.0
_KEEP_SECONDS = 5.0
"""How often the progress goes to the store, for other processes to see."""


class UploadManager:
    """Sends the queue of every account that this process executes."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        hosts: Mapping[str, Host],
        *,
        make_folder: MakeFolder,
        base_for: BaseFor,
        notify: Notify,
        announce: Callable[[Changes], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Work for these accounts. ``announce`` hears of progress that is only in memory;
        ``clock`` says the time of day."""
        self._store = store
        self._settings = settings
        self._hosts = hosts
        self._announce = announce
        self._notify = notify
        self._clock = clock
        self._bandwidth = Bandwidth()
        self._sender = Sender(hosts, store, settings.tuning, self._bandwidth)
        self._follower = Follower(hosts, store, settings.tuning, make_folder)
        self._sets = Sets(store, settings, base_for, notify)
        self._busy: dict[int, Row] = {}
        self._transfers: dict[int, Transfer] = {}
        self._wake = asyncio.Event()
        self._round = asyncio.Event()
        self._work: set[asyncio.Task[None]] = set()
        self._finishing = asyncio.Lock()
        self._is_ending = False

    def wake(self) -> None:
        """Something changed: decide anew."""
        self._wake.set()

    @property
    def is_finishing_set(self) -> bool:
        """Whether a set is being brought to its end, the person's command included."""
        return self._finishing.locked()

    async def drain(self) -> None:
        """Begin nothing more, and return when nothing is half-way.

        A file that is not sent to its end goes back into the queue: the host cannot have it.
        """
        self._is_ending = True
        for transfer in self._transfers.values():
            if not transfer.complete:
                transfer.stop()
        if self._work:
            await asyncio.wait(self._work)
        async with self._finishing:
            pass

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts that something is on its way to, or looked for at."""
        return frozenset(row.name for row in self._busy.values())

    def with_progress(self, upload: Upload) -> Upload:
        """Return an upload with how far it is right now."""
        transfer = self._transfers.get(upload.id)
        if transfer is None:
            return upload
        speed = None if transfer.is_held else transfer.speed
        eta = int((transfer.size - transfer.sent) / speed) if speed else None
        return replace(upload, sent=transfer.sent, speed=speed, eta=eta)

    async def run(self) -> None:
        """Send and follow until cancelled; first, doubt what an earlier process left behind."""
        found = await self._store.database.write(self._recover)
        if found:
            was = f"{plural(found, 'upload')} {'was' if found == 1 else 'were'}"
            self._notify("warning", f"{was} interrupted: looking what arrived")
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._tick())
                tasks.create_task(self._finish_sets())
                while True:
                    self._wake.clear()
                    now = time.time()  # one for the round: what falls due in it is for the next
                    chosen = limits(self._store, self._settings.uploads)
                    self._heed(chosen)
                    await self._follower.follow(now)
                    self._round.set()
                    self._start(tasks, chosen, now)
                    await self._sleep(now)
        finally:
            for transfer in self._transfers.values():
                transfer.stop()

    def _recover(self, tx: Transaction) -> int:
        return table.recover(tx, self._settings.tuning.settle)

    async def _sleep(self, now: float) -> None:
        """Wait until something changes, or falls due after the round that began at ``now``."""
        await asyncio.sleep(_SHORTEST)
        times = [table.next_time(self._store.database.reader(), now)]
        times += [host.connection.held_until for host in self._hosts.values()]
        due = min((at for at in times if at is not None and at > now), default=math.inf)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(max(0.0, due - time.time()), _HOURS_CHECK)):
                await self._wake.wait()

    # What was asked for

    def _heed(self, chosen: Limits) -> None:
        """Hold, release or stop what is being sent, and set the bandwidth, as wished by now."""
        changes = self._bandwidth.changes
        self._bandwidth.set_limit(chosen.rate)
        if self._bandwidth.changes != changes:
            for transfer in self._transfers.values():
                transfer.nudge()
        for row in table.by_ids(self._store.database.reader(), self._transfers):
            transfer = self._transfers[row.id]
            if row.wish == CANCEL:
                transfer.stop()
            elif row.wish == PAUSE and not transfer.is_held:
                transfer.hold()
            elif row.wish == "" and transfer.is_held:
                transfer.release()

    # What is sent next

    def _start(self, tasks: asyncio.TaskGroup, chosen: Limits, now: float) -> None:
        if self._is_ending:
            return
        sql = self._store.database.reader()
        answering = [n for n, host in self._hosts.items() if host.connection.held_until <= now]
        doubtful = table.in_doubt(sql)
        for row in doubtful:
            checking = row.state is UploadState.CHECKING and row.not_before <= now
            if checking and row.name in answering and row.id not in self._busy:
                self._take(tasks, row, self._sender.check(row))
        if not is_open(chosen.hours, minute_of_day(self._clock())) or not self._has_slot(chosen):
            return
        twins = {_look(row) for row in (*doubtful, *self._busy.values())}
        for row in table.ready(sql, answering, now, _FETCH):
            if row.id not in self._busy and _look(row) not in twins and self._has_slot(chosen):
                twins.add(_look(row))
                begin = partial(self._begun, row)
                self._take(tasks, row, self._sender.send(row, begin))

    def _has_slot(self, chosen: Limits) -> bool:
        """Whether fewer than allowed are sent; those that are held by a pause do not count."""
        held = sum(transfer.is_held for transfer in self._transfers.values())
        sending = sum(row.state is UploadState.QUEUED for row in self._busy.values())
        return sending - held < chosen.parallel

    def _take(
        self, tasks: asyncio.TaskGroup, row: Row, work: Coroutine[object, object, None]
    ) -> None:
        self._busy[row.id] = row

        def over(task: asyncio.Task[None]) -> None:
            self._busy.pop(row.id, None)
            self._transfers.pop(row.id, None)
            self._wake.set()

        task = tasks.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        task.add_done_callback(over)

    def _begun(self, row: Row, transfer: Transfer) -> None:
        self._transfers[row.id] = transfer
        if self._is_ending:
            transfer.stop()
        self._wake.set()

    # Progress and ends

    async def _tick(self) -> None:
        """Tell of progress twice a second, and keep it every few seconds."""
        kept = time.monotonic()
        while True:
            await asyncio.sleep(self._settings.tuning.upload_progress)
            if not self._transfers:
                continue
            now = time.monotonic()
            for transfer in self._transfers.values():
                transfer.sample(now)
            names = {row.name for id, row in self._busy.items() if id in self._transfers}
            self._announce(Changes(frozenset(("uploads", name) for name in names)))
            if now - kept >= _KEEP_SECONDS:
                kept = now
                await self._store.database.write(self._keep_progress)

    def _keep_progress(self, tx: Transaction) -> None:
        tx.sql.executemany(
            "UPDATE upload SET sent = ? WHERE id = ? AND state = 'sending'",
            [(transfer.sent, id) for id, transfer in dict(self._transfers).items()],
        )

    async def _finish_sets(self) -> None:
        """End complete sets beside the loop: a command of the person's may take its time."""
        while True:
            await self._round.wait()
            self._round.clear()
            async with self._finishing:
                await self._sets.finish()


def _look(row: Row) -> tuple[int, str, int]:
    """Return what a look at the host knows a file by: of two alike only one is sent at a time."""
    return row.account, row.title, row.identity.size
