"""How each kind of job is carried out, and how a lost answer is resolved by looking.

``send`` does it once, ``look`` finds out what the host has; ``effects.py`` writes what follows of
success into the library.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

from typing_extensions import override

from vhtui.core import queues
from vhtui.core.database import Transaction
from vhtui.core.jobs import copies
from vhtui.core.jobs.journal import Entry
from vhtui.core.jobs.looks import DONE, MOVES, Looks, Verdict, upload_number
from vhtui.core.jobs.manifest import write_manifest
from vhtui.links import DEFAULT_BASES
from vhtui.models import (
    ROOT,
    Capability,
    FileInfo,
    JobKind,
    JobState,
    RemoteState,
)


class Operations(Looks):
    """The calls behind the jobs of one account."""

    def most_at_once(self, first: Entry) -> int:
        """Return how many jobs like one go in a request (or a look)."""
        if first.state is not JobState.READY:
            if first.kind in (JobKind.RENAME, JobKind.DELETE):
                return min(self.provider.max_info_codes, self._tuning.info_batch)
            return self._tuning.info_batch if first.kind in MOVES else 1
        if first.alone:
            return 1
        if first.kind in MOVES:
            return self._tuning.move_batch
        return self._tuning.delete_batch if first.kind is JobKind.DELETE else 1

    def gather(self, first: Entry, like: Sequence[Entry]) -> list[Entry]:
        """Return those of some jobs like the first that go along with it."""
        if first.state is JobState.READY:
            like = [e for e in like if not e.alone]
        if first.kind not in MOVES:
            return list(like)
        if first.state is JobState.READY:
            return [e for e in like if e.after == first.after]
        return [e for e in like if (e.before, e.after) == (first.before, first.after)]

    # Before: what must be known or kept before the host is asked to change something

    async def check(self, batch: Sequence[Entry]) -> dict[int, Verdict]:
        """Look before an act that cannot be taken back, or that would make a second of what is
        there already; return what became of the jobs that must not go on."""
        match batch[0].kind:
            case JobKind.DELETE:
                return await self._check_before_deleting(batch)
            case JobKind.CREATE_FOLDER:
                return await self._check_for_folder(batch[0])
            case JobKind.CLONE | JobKind.RENEW:
                return await copies.check(self.provider, self._store, self._name, batch[0])
        return {}

    async def _check_before_deleting(self, batch: Sequence[Entry]) -> dict[int, Verdict]:
        infos = await self._infos(batch)
        stopped: dict[int, Verdict] = {}
        for entry in batch:
            info = infos.get(entry.code or "")
            if info is None:
                stopped[entry.id] = Verdict(
                    JobState.NEEDS_YOU, "the host did not say whether it still has this file"
                )
            elif not info.found:
                stopped[entry.id] = DONE
            elif difference := _difference(entry, info):
                stopped[entry.id] = Verdict(JobState.CONFLICT, f"not deleted: {difference}")
        going = [entry for entry in batch if entry.id not in stopped]
        if going:
            base = DEFAULT_BASES[self.provider.name]
            await asyncio.to_thread(
                write_manifest, self._data, self._store, self._name, going, base
            )
        return stopped

    async def _check_for_folder(self, entry: Entry) -> dict[int, Verdict]:
        listing = await self.provider.list_folder(entry.folder or ROOT)
        same = [folder.id for folder in listing.folders if folder.title == entry.after]
        if same:
            return {entry.id: Verdict(JobState.DONE, result=same[0])}
        self._seen_folders[entry.id] = [folder.id for folder in listing.folders]
        return {}

    async def evidence(self, batch: Sequence[Entry]) -> str | None:
        """Return what to note before the send, so that a lost answer can be told from no effect."""
        entry = batch[0]
        if entry.kind is JobKind.CREATE_FOLDER:
            return json.dumps(self._seen_folders.pop(entry.id))
        if entry.kind is JobKind.REMOTE_ADD and self._can(Capability.LIST_REMOTE):
            return json.dumps(await self._highest_upload())
        if entry.kind is JobKind.REMOTE_RESTART and self._can(Capability.FOLLOW_REMOTE):
            return json.dumps((await self.provider.remote_upload(entry.code or "")).updated)
        if entry.kind is JobKind.REMOTE_CLEAR:
            queue = await self._kept_queue()
            return json.dumps([u.id for u in queue if u.state is RemoteState.FAILED])
        return await copies.evidence(self.provider, entry)

    async def _highest_upload(self) -> int:
        """Return the highest number in the queue: from the host once, then as it is watched."""
        if self._queue_top is None:
            self._queue_top = max((upload_number(u.id) for u in await self._queue()), default=0)
        row = self._store.database.reader().execute(
            "SELECT MAX(CAST(id AS INTEGER)) AS top FROM remote_upload WHERE account = ?",
            (self._account,),
        )
        self._queue_top = max(self._queue_top, row.fetchone()["top"] or 0)
        return self._queue_top

    # The send: exactly one request

    async def send(self, batch: Sequence[Entry]) -> str | None:
        """Ask the host, once; return the id or code that came of it."""
        entry = batch[0]
        codes = [e.code or "" for e in batch]
        match entry.kind:
            case JobKind.RENAME:
                await self.provider.rename_file(codes[0], entry.after or "")
            case JobKind.MOVE | JobKind.TRASH:
                await self.provider.move_files(codes, entry.after or "0")
            case JobKind.DELETE:
                await self.provider.delete_files(codes)
            case JobKind.CREATE_FOLDER:
                return await self.provider.create_folder(entry.folder or "0", entry.after or "")
            case JobKind.RENAME_FOLDER:
                await self.provider.rename_folder(entry.folder or "", entry.after or "")
            case JobKind.REMOTE_ADD:
                return await self._add_remote(entry)
            case JobKind.REMOTE_RESTART:
                await self.provider.restart_remote_upload(codes[0])
            case JobKind.REMOTE_DELETE:
                await self.provider.delete_remote_upload(codes[0])
            case JobKind.REMOTE_CLEAR:
                await self.provider.clear_failed_remote_uploads()
            case JobKind.CLONE | JobKind.RENEW:
                return await copies.send(self.provider, self._store, self._name, entry)
        return None

    # The look at what came of it

    @override
    async def look(self, batch: Sequence[Entry]) -> dict[int, Verdict]:
        entry = batch[0]
        if entry.kind in copies.KINDS:
            verdict = await copies.look(self.provider, self._store, self._name, entry)
            return {entry.id: verdict}
        return await super().look(batch)

    async def _add_remote(self, entry: Entry) -> str:
        upload = await self.provider.add_remote_upload(entry.after or "", entry.folder)
        if self._queue_top is not None:
            self._queue_top = max(self._queue_top, upload_number(upload.id))

        def change(tx: Transaction) -> None:
            queues.put_remote_uploads(
                tx, self._account, self._name, [upload], whole=False, fetched=tx.now
            )
            queues.mark_changed(tx, self._account, upload.id)

        await self._store.database.write(change)
        return upload.id


def _difference(entry: Entry, info: FileInfo) -> str:
    if info.title is not None and info.title != entry.before:
        return f"its title is now {info.title!r}"
    if entry.after and info.size is not None and int(entry.after) != info.size:
        return f"its size is now {info.size} bytes"
    return ""
