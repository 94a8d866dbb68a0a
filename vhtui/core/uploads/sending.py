"""Sending one file, and finding out what became of it when the answer was lost.

A send always looks first: at the first one the codes that the host has under that name are noted
as evidence, before a later one a new code among them means that an earlier send arrived. A body
that was not handed over to its end cannot have arrived; one that was is looked for.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePath

from msgspec import Struct

from vhtui.config import Tuning
from vhtui.core.connection import Connection
from vhtui.core.database import Transaction
from vhtui.core.store import Store
from vhtui.core.threads import in_thread
from vhtui.core.uploads import ledger, table
from vhtui.core.uploads.arrival import arrived
from vhtui.core.uploads.pacing import Bandwidth
from vhtui.core.uploads.sources import SourceError
from vhtui.core.uploads.table import CANCEL, Row
from vhtui.core.uploads.transfer import StoppedError, Transfer
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
from vhtui.models import Capability, File, Uploaded, UploadServer, UploadState
from vhtui.providers.base import Provider

MOST_SENDS = 3
"""A file is sent anew by itself at most twice."""
MOST_LOOKS = 5
_DAY = 86_400
_MOST_PAGES = 40
_FULL = re.compile(
    r"\b(space|storage|quota|disk|disc)\b.*\b(full|left|limit|exceed\w*|enough|insufficient|out|no)"
    r"\b|\b(full|exceed\w*|enough|insufficient|out of|no)\b.*\b(space|storage|quota|disk|disc)\b",
    re.IGNORECASE,
)
"""How a host may say that the account has no room: every other file would meet the same."""


class Host(Struct, frozen=True):
    """An account's way to its host."""

    provider: Provider
    connection: Connection

    def can(self, capability: Capability) -> bool:
        """Whether the host has a call for it."""
        return capability in self.provider.capabilities


class Found(Struct, frozen=True):
    """What a look at the host brought: new files of that name and size, and those that may be."""

    codes: tuple[str, ...]
    new: tuple[File, ...]
    maybe: tuple[File, ...]


class Sender:
    """Sends files and resolves lost answers, for every account."""

    def __init__(
        self, hosts: Mapping[str, Host], store: Store, tuning: Tuning, bandwidth: Bandwidth
    ) -> None:
        """Send to these accounts, sharing one bandwidth."""
        self._hosts = hosts
        self._store = store
        self._tuning = tuning
        self._bandwidth = bandwidth

    async def send(self, row: Row, begin: Callable[[Transfer], None]) -> None:
        """Send a queued file; ``begin`` hears of the transfer when its first byte may leave."""
        try:
            transfer = await asyncio.to_thread(Transfer, row.path, row.identity, self._bandwidth)
        except SourceError as error:
            await self._end(row, UploadState.FAILED, str(error))
            return
        server: UploadServer | None = None
        try:
            server = await self._prepare(row, transfer)
        finally:
            if server is None:
                transfer.close()
        if server is None:
            return
        begin(transfer)
        try:
            uploaded = await in_thread(partial(self._post, row, server, transfer))
        except (VhtuiError, StoppedError, OSError) as error:
            await self._failed(row, transfer, error)
            return
        finally:
            transfer.stop()
        await self._hosts[row.name].connection.worked()
        await self._answered(row, uploaded)

    async def _prepare(self, row: Row, transfer: Transfer) -> UploadServer | None:
        """Look, ask where to send, and write the intent down; None when nothing is to be sent."""
        host = self._hosts[row.name]
        evidence = row.evidence
        try:
            if host.can(Capability.LIST_FILES):
                found = await self._look(host, row)
                if evidence is None:
                    evidence = json.dumps(found.codes)
                elif found.new or found.maybe:
                    await self._judge(row, found)
                    return None
            server = await host.provider.upload_server()
        except (ProviderError, ConfigError) as error:
            await self._not_now(row, error)
            return None
        await host.connection.worked()
        digest = await asyncio.to_thread(transfer.digest)
        intended = await self._store.database.write(
            lambda tx: table.change(
                tx,
                row,
                "state = 'queued' AND wish = ''",
                state=UploadState.SENDING,
                error="",
                sent=0,
                tries=row.tries + 1,
                evidence=evidence,
                digest=digest,
            )
        )
        return server if intended else None

    def _post(self, row: Row, server: UploadServer, transfer: Transfer) -> Uploaded:
        """Send the file, in a thread."""
        provider = self._hosts[row.name].provider
        try:
            return provider.upload(server, Path(row.title), transfer.chunks(), transfer.size)
        finally:
            transfer.close()

    async def _answered(self, row: Row, uploaded: Uploaded) -> None:
        if uploaded.code is not None:
            code, encodes = uploaded.code, uploaded.encoding_needed
            await self._store.database.write(
                lambda tx: self._arrived(tx, row, code, uploaded.title, encodes)
            )
            return
        await self._change(
            row,
            state=UploadState.CHECKING,
            sent=row.identity.size,
            accepted=True,
            looks=0,
            not_before=time.time() + self._tuning.settle,
            error="the host took it and gave no code: looking for it",
        )

    def _arrived(
        self, tx: Transaction, row: Row, code: str, title: str | None, encodes: bool | None = None
    ) -> None:
        lists = self._hosts[row.name].can(Capability.LIST_FILES)
        arrived(tx, row, code=code, title=title, encodes=encodes, lists=lists)

    # When a send did not end with a code

    async def _failed(self, row: Row, transfer: Transfer, error: Exception) -> None:
        host = self._hosts[row.name]
        match error:
            case StoppedError():  # cancelled by the person, or vhtui ends
                await self._again(row, "", counted=False, pause=0.0)
            case NotSentError():
                await self._again(row, str(error), counted=False)
            case WrongKeyError() | RateLimitedError() | ConfigError():
                await host.connection.failed(error)
                await self._again(row, str(error), counted=False)
            case RefusedError():
                await self._refused(row, str(error))
            case InDoubtError() if transfer.complete:
                await self._change(
                    row,
                    state=UploadState.CHECKING,
                    looks=0,
                    not_before=time.time() + self._tuning.settle,
                    error=f"looking whether the host has it: {error}",
                )
            case InDoubtError() if row.tries + 1 >= MOST_SENDS and not transfer.was_held:
                await self._end(
                    row, UploadState.FAILED, f"it broke off {MOST_SENDS} times, the last: {error}"
                )
            case InDoubtError():
                await self._again(row, f"it starts over: {error}", counted=not transfer.was_held)
            case _:  # the file itself
                await self._end(row, UploadState.FAILED, str(error))

    async def _again(
        self, row: Row, error: str, *, counted: bool, pause: float | None = None
    ) -> None:
        """Back into the queue, for ``pause`` seconds: longer, the more often it was sent."""
        tries = row.tries + counted
        if pause is None:
            pause = self._tuning.upload_backoff * 2 ** max(0, tries - 1)

        def change(tx: Transaction) -> None:
            values = {"error": error, "sent": 0, "tries": tries, "not_before": tx.now + pause}
            if not table.change(tx, row, f"wish <> '{CANCEL}'", state=UploadState.QUEUED, **values):
                table.end(tx, row, UploadState.CANCELLED)

        await self._store.database.write(change)

    async def _not_now(self, row: Row, error: ProviderError | ConfigError) -> None:
        """Nothing was sent: the account waits, or the host refuses to say where to send."""
        host = self._hosts[row.name]
        await host.connection.failed(error)
        if isinstance(error, RefusedError) and not isinstance(
            error, RateLimitedError | WrongKeyError
        ):
            await self._refused(row, str(error))
            return
        held = max(host.connection.held_until, time.time() + self._tuning.settle)
        await self._change(row, not_before=held, error=str(error))

    async def _refused(self, row: Row, error: str) -> None:
        """The host said no. Without room the account's other files are paused: they would only be
        sent to be refused."""

        def change(tx: Transaction) -> None:
            table.end(tx, row, UploadState.FAILED, error)
            if _FULL.search(error):
                tx.sql.execute(
                    "UPDATE upload SET wish = 'pause', error = ? WHERE account = ?"
                    " AND state = 'queued'",
                    (f"{row.name} has no room: {error}", row.account),
                )
                tx.touch("uploads", row.name)

        await self._store.database.write(change)

    # Looking

    async def check(self, row: Row) -> None:
        """Find out whether a file arrived whose answer was lost or had no code."""
        host = self._hosts[row.name]
        if not host.can(Capability.LIST_FILES):
            await self._end(
                row,
                UploadState.NEEDS_YOU,
                "the answer was lost and this host lists no files: only you can see whether it is"
                " there",
            )
            return
        try:
            found = await self._look(host, row)
        except (ProviderError, ConfigError) as error:
            await host.connection.failed(error)
            held = max(host.connection.held_until, time.time() + self._tuning.settle)
            await self._change(row, not_before=held)
            return
        await host.connection.worked()
        if found.new or found.maybe:
            await self._judge(row, found)
        else:
            await self._absent(row)

    async def _look(self, host: Host, row: Row) -> Found:
        """List what came lately under the file's name, with or without its extension."""
        stem = PurePath(row.title).stem
        listed: dict[str, File] = {}
        for number in range(1, _MOST_PAGES):
            page = await host.provider.list_files(
                page=number, name=stem, created_after=row.created - _DAY
            )
            before = len(listed)
            listed.update((f.code, f) for f in page.items if f.title in (row.title, stem))
            if not page.has_more or not page.items or (number > 2 and len(listed) == before):
                break
        known = set(json.loads(row.evidence or "[]"))
        sql = self._store.database.reader()
        new = [
            file
            for file in listed.values()
            if file.code not in known and not ledger.is_claimed(sql, row.account, file.code)
        ]
        return Found(
            codes=tuple(listed),
            new=tuple(file for file in new if file.size == row.identity.size),
            maybe=tuple(file for file in new if file.size is None),
        )

    async def _judge(self, row: Row, found: Found) -> None:
        """Adopt the one file that can only be ours; never guess between two."""
        if len(found.new) == 1 and not found.maybe:
            file = found.new[0]
            await self._store.database.write(
                lambda tx: self._arrived(tx, row, file.code, file.title)
            )
        elif len(found.new) > 1 or row.looks >= MOST_LOOKS:
            codes = _listed([*found.new, *found.maybe])
            await self._end(
                row, UploadState.NEEDS_YOU, f"the host has several that may be it: {codes}"
            )
        else:
            await self._look_again(row, "a file of this name is there, its size is not known yet")

    async def _absent(self, row: Row) -> None:
        if row.looks < 1 or (row.accepted and row.looks < MOST_LOOKS):
            await self._look_again(row, "not there yet: looking again")
        elif row.wish == CANCEL:
            await self._end(row, UploadState.CANCELLED)
        elif row.accepted:
            await self._end(
                row,
                UploadState.NEEDS_YOU,
                "the host said that it took the file and shows no trace of it",
            )
        elif row.tries >= MOST_SENDS:
            await self._end(
                row,
                UploadState.FAILED,
                f"it was sent {row.tries} times and the host shows no trace of it",
            )
        else:
            await self._again(row, "it did not arrive: it starts over", counted=False)

    async def _look_again(self, row: Row, why: str) -> None:
        await self._change(
            row,
            state=UploadState.CHECKING,
            looks=row.looks + 1,
            not_before=time.time() + self._tuning.upload_settle,
            error=why,
        )

    async def _change(self, row: Row, **values: object) -> None:
        await self._store.database.write(lambda tx: table.change(tx, row, **values))

    async def _end(self, row: Row, state: UploadState, error: str = "") -> None:
        await self._store.database.write(lambda tx: table.end(tx, row, state, error))


def _listed(files: Sequence[File]) -> str:
    return ", ".join(file.code for file in files)
