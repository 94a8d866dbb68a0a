"""Watching an account: its queue, its encodings, its figures, and the wishes to look again.

The pace adapts: fast while something moves and is on screen, slow otherwise, so that watching
never takes the rate from what the person asked for.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec.structs import replace

from vhtui.config import Tuning
from vhtui.core import library, queues, requests, status
from vhtui.core.connection import Connection
from vhtui.core.database import Transaction
from vhtui.core.requests import FULL, Request, RequestKind
from vhtui.core.store import Store, write_log
from vhtui.core.sync.pages import whole_queue
from vhtui.core.sync.sync import Sync
from vhtui.errors import ConfigError, NotFoundError, ProviderError, StoreError, UnsupportedError
from vhtui.models import ROOT, Capability, File, JobKind, RemoteState, RemoteUpload
from vhtui.providers.base import Provider, background_calls, stumbles_to

ACCOUNT_SECONDS = 300.0
"""The host caches an account's figures this long."""

_STIRRING = (JobKind.REMOTE_ADD, JobKind.REMOTE_RESTART, JobKind.REMOTE_CLEAR)
_TOPICS = {RequestKind.REMOTE: "remote", RequestKind.ENCODINGS: "encodings"}


class Watcher:
    """Looks at one account at the host, as often as is worth it."""

    def __init__(
        self,
        provider: Provider,
        store: Store,
        connection: Connection,
        sync: Sync,
        tuning: Tuning,
        name: str,
        *,
        polls: bool = True,
        on_trouble: Callable[[Exception], Awaitable[None]],
    ) -> None:
        """Look through a provider at the account of that name. ``polls``: look by itself, not only
        when asked. ``on_trouble`` hears of errors that are not the host's."""
        self._provider = provider
        self._store = store
        self._connection = connection
        self._sync = sync
        self._tuning = tuning
        self._name = name
        self._account = store.account_id(name)
        self._polls = polls
        self._on_trouble = on_trouble
        self._on_screen = ""
        self._due: dict[RequestKind, float] = {}
        self._wake = asyncio.Event()
        self._syncing: asyncio.Task[None] | None = None

    @property
    def is_syncing(self) -> bool:
        """Whether a sync is under way."""
        return self._syncing is not None and not self._syncing.done()

    def look_at(self, panel: str, folder: str) -> None:
        """Say which panel and folder of this account are on screen ("" for none)."""
        self._sync.on_screen = folder
        if panel != self._on_screen:
            self._on_screen = panel
            self._wake.set()

    def wake(self) -> None:
        """Something was asked for."""
        self._wake.set()

    def job_done(self, kind: JobKind) -> None:
        """A job ended: what it set in motion is looked at soon."""
        if kind in _STIRRING:
            soon = time.time() + min(1.0, self._tuning.poll_active)
            self._due[RequestKind.REMOTE] = min(self._due.get(RequestKind.REMOTE, soon), soon)
            self._wake.set()

    async def run(self) -> None:
        """Look until cancelled."""
        try:
            while True:
                self._wake.clear()
                await self._answer_requests()
                kinds = self._watched() if self._polls else []
                await self._poll(kinds)
                next_due = min(map(self._due_at, kinds), default=None)
                delay = None if next_due is None else max(0.05, next_due - time.time())
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(delay):
                        await self._wake.wait()
        finally:
            if self._syncing is not None:
                self._syncing.cancel()
                await asyncio.gather(self._syncing, return_exceptions=True)

    # Wishes

    async def _answer_requests(self) -> None:
        reader = self._store.database.reader()
        for request in requests.open_requests(reader, self._account):
            if request.kind in requests.DESK_KINDS:
                continue
            if request.kind is RequestKind.SYNC:
                if not self.is_syncing:
                    self._syncing = asyncio.create_task(self._run_sync(request))
                    self._syncing.add_done_callback(lambda _: self._wake.set())
                continue
            self._connection.release()
            await self._try(self._call(request.kind, request.target), [request.id])

    async def _run_sync(self, wish: Request) -> None:
        self._connection.release()

        async def sync() -> str:
            report = await self._sync.sync(wish.created, full=wish.target == FULL)
            return msgspec.json.encode(report).decode()

        try:
            await self._try(sync, [wish.id])
        except Exception as error:
            await self._on_trouble(error)
            await asyncio.sleep(self._tuning.settle)
        finally:
            with contextlib.suppress(StoreError):
                await self._store.database.write(
                    lambda tx: status.sync_stopped(tx, self._account, self._name)
                )

    def _call(self, kind: RequestKind, target: str) -> Callable[[], Awaitable[str | None]]:
        match kind:
            case RequestKind.FOLDER:
                return lambda: self._list_folder(target or ROOT)
            case RequestKind.REMOTE:
                return self._look_at_queue
            case RequestKind.ENCODINGS:
                return self._look_at_encodings
            case RequestKind.ACCOUNT:
                return self._look_at_account
            case _:
                raise AssertionError(kind)

    async def _try(self, call: Callable[[], Awaitable[str | None]], ids: list[int]) -> bool:
        """Make a call; note how it went, and answer the wishes it was for with what it returns."""
        error, result = "", None
        try:
            with stumbles_to(self._connection.stumbled):
                result = await call()
            await self._connection.worked()
        except (ProviderError, ConfigError, UnsupportedError) as failure:
            error = str(failure) or type(failure).__name__
            await self._connection.failed(failure)
        if ids:
            await self._store.database.write(
                lambda tx: requests.answer(tx, ids, error, result or "")
            )
        return not error

    # Watching

    def _watched(self) -> list[RequestKind]:
        can = self._provider.capabilities
        kinds = [RequestKind.ACCOUNT]
        if Capability.LIST_REMOTE in can or Capability.FOLLOW_REMOTE in can:
            kinds.append(RequestKind.REMOTE)
        if Capability.LIST_ENCODINGS in can:
            kinds.append(RequestKind.ENCODINGS)
        return kinds

    def _due_at(self, kind: RequestKind) -> float:
        return max(self._due.get(kind, 0.0), self._connection.held_until)

    async def _poll(self, kinds: Sequence[RequestKind]) -> None:
        for kind in kinds:
            if self._due_at(kind) > time.time():
                continue
            with background_calls():
                worked = await self._try(self._call(kind, ""), [])
            self._due[kind] = time.time() + (
                self._interval(kind) if worked else self._tuning.poll_active
            )
            if not worked:
                break

    def _interval(self, kind: RequestKind) -> float:
        """Return seconds until the next look, by what moves and what is on screen."""
        if kind is RequestKind.ACCOUNT:
            return ACCOUNT_SECONDS
        shown = self._on_screen == _TOPICS[kind]
        remote, encodings = queues.is_moving(self._store.database.reader(), self._account)
        if remote if kind is RequestKind.REMOTE else encodings:
            return self._tuning.poll_active if shown else self._tuning.poll_active * 3
        return self._tuning.poll_idle if self._on_screen else self._tuning.poll_hidden

    # The looks

    async def _look_at_account(self) -> None:
        info = await self._provider.account_info()
        await self._store.database.write(
            lambda tx: status.note_info(tx, self._account, self._name, info)
        )

    async def _list_folder(self, folder: str) -> None:
        if Capability.LIST_FILES in self._provider.capabilities:
            await self._sync.folder(folder)
        else:
            await self._sync.sync(time.time())

    async def _look_at_encodings(self) -> None:
        if Capability.LIST_ENCODINGS not in self._provider.capabilities:
            return
        encodings = await self._provider.list_encodings()
        await self._store.database.write(
            lambda tx: queues.put_encodings(tx, self._account, self._name, encodings)
        )

    async def _look_at_queue(self) -> None:
        whole = Capability.LIST_REMOTE in self._provider.capabilities
        fetched = time.time()
        queue = await (whole_queue(self._provider) if whole else self._follow())

        def change(tx: Transaction) -> list[RemoteUpload]:
            completed = queues.put_remote_uploads(
                tx, self._account, self._name, queue, whole=whole, fetched=fetched
            )
            for upload in completed:
                write_log(tx, self._name, "info", f"remote upload finished: {upload.url}")
            if whole:
                for folder in {upload.folder or ROOT for upload in completed}:
                    requests.ask(tx, self._account, RequestKind.FOLDER, folder)
            else:
                self._enter_in_ledger(tx, completed)
            return completed

        if await self._store.database.write(change):
            self._due[RequestKind.ENCODINGS] = 0.0
            self._wake.set()

    async def _follow(self) -> list[RemoteUpload]:
        """Ask a host that lists no queue about each entry that is still open."""
        queue: list[RemoteUpload] = []
        for upload in queues.open_uploads(self._store.database.reader(), self._account):
            try:
                now = await self._provider.remote_upload(upload.id)
            except NotFoundError:
                now = replace(
                    upload, state=RemoteState.FAILED, note="the host no longer knows this entry"
                )
            queue.append(
                replace(
                    now,
                    url=now.url or upload.url,
                    folder=now.folder or upload.folder,
                    created=now.created or upload.created,
                    updated=int(time.time()),
                )
            )
        return queue

    def _enter_in_ledger(self, tx: Transaction, finished: Sequence[RemoteUpload]) -> None:
        for upload in finished:
            if upload.code is None:
                continue
            if upload.folder:
                library.put_ledger_folder(tx, self._account, self._name, upload.folder)
            library.put_files(
                tx,
                self._account,
                self._name,
                upload.folder or ROOT,
                [
                    File(
                        code=upload.code,
                        title=title_of(upload.url),
                        size=upload.size,
                        uploaded=int(tx.now),
                    )
                ],
                fetched=tx.now,
            )


def title_of(url: str) -> str:
    """Return the file name at the end of a URL, the URL itself when it has none."""
    return unquote(urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1]) or url
