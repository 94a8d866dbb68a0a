"""Finding out what the host has, where an answer was lost or an act must look first."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from vhtui.config import Tuning
from vhtui.core import queues
from vhtui.core.jobs.journal import Entry
from vhtui.core.store import Store, storable
from vhtui.core.sync.pages import FolderWalk, whole_queue
from vhtui.errors import NotFoundError
from vhtui.models import (
    ROOT,
    Capability,
    FileInfo,
    JobKind,
    JobState,
    RemoteState,
    RemoteUpload,
)
from vhtui.providers.base import Provider

MOVES = (JobKind.MOVE, JobKind.TRASH)


class Verdict(Struct, frozen=True):
    """What a look at the host says of a job: its next state, why, and what it resulted in."""

    state: JobState
    error: str = ""
    result: str | None = None


DONE = Verdict(JobState.DONE)
AGAIN = Verdict(JobState.READY)
GONE = Verdict(JobState.REJECTED, "the host no longer knows this file")
ABSENT = Verdict(JobState.UNKNOWN, "not there yet: looking again")


class Looks:
    """The looks behind the jobs of one account."""

    def __init__(
        self, provider: Provider, store: Store, tuning: Tuning, name: str, data: Path
    ) -> None:
        """Carry jobs out through a provider for the account of that name."""
        self.provider = provider
        self._store = store
        self._tuning = tuning
        self._name = name
        self._data = data
        self._account = store.account_id(name)
        self._queue_top: int | None = None
        self._seen_folders: dict[int, list[str]] = {}

    # The look: what the host has, after an answer was lost

    async def look(self, batch: Sequence[Entry]) -> dict[int, Verdict]:
        """Find out what became of jobs whose answer was lost (or that must look first)."""
        kind = batch[0].kind
        if kind is JobKind.RENAME:
            return await self._look_at_titles(batch)
        if kind in MOVES:
            return await self._look_at_folders(batch)
        if kind is JobKind.DELETE:
            infos = await self._infos(batch)
            return {
                e.id: ABSENT
                if (i := infos.get(e.code or "")) is None
                else AGAIN
                if i.found
                else DONE
                for e in batch
            }
        entry = batch[0]
        match kind:
            case JobKind.CREATE_FOLDER:
                verdict = await self._look_for_new_folder(entry)
            case JobKind.RENAME_FOLDER:
                verdict = await self._look_at_folder_title(entry)
            case JobKind.REMOTE_ADD:
                verdict = await self._look_for_new_upload(entry)
            case JobKind.REMOTE_CLEAR:
                queue = await self._kept_queue()
                failed = {u.id for u in queue if u.state is RemoteState.FAILED}
                left = failed & set(json.loads(entry.evidence or "[]"))
                verdict = AGAIN if left else DONE
            case _:
                verdict = await self._look_at_upload(entry)
        return {entry.id: verdict}

    async def _look_at_titles(self, batch: Sequence[Entry]) -> dict[int, Verdict]:
        infos = await self._infos(batch)
        verdicts: dict[int, Verdict] = {}
        for entry in batch:
            info = infos.get(entry.code or "")
            if info is None:
                verdicts[entry.id] = ABSENT
            elif not info.found:
                verdicts[entry.id] = GONE
            elif storable(info.title or "") == entry.after:
                verdicts[entry.id] = DONE
            elif storable(info.title or "") == entry.before:
                verdicts[entry.id] = AGAIN
            else:
                verdicts[entry.id] = Verdict(
                    JobState.CONFLICT, f"somebody else renamed it to {info.title!r}"
                )
        return verdicts

    async def _look_at_folders(self, batch: Sequence[Entry]) -> dict[int, Verdict]:
        wanted = {entry.code or "" for entry in batch}
        here, _ = await self._codes_in(batch[0].after or ROOT, wanted)
        there, ended = await self._codes_in(batch[0].before or ROOT, wanted - here)
        lost = wanted - here - there
        infos = await self._infos([e for e in batch if e.code in lost]) if lost else {}
        verdicts: dict[int, Verdict] = {}
        for entry in batch:
            code = entry.code or ""
            info = infos.get(code)
            if code in here:
                verdicts[entry.id] = DONE
            elif code in there:
                verdicts[entry.id] = AGAIN
            elif info is not None and not info.found:
                verdicts[entry.id] = GONE
            elif not ended or entry.looks < 1:  # a listing is no snapshot: look twice
                verdicts[entry.id] = ABSENT
            else:
                verdicts[entry.id] = Verdict(
                    JobState.CONFLICT, "somebody else moved it to another folder"
                )
        return verdicts

    async def _codes_in(self, folder: str, wanted: set[str]) -> tuple[set[str], bool]:
        """Return which of the codes a folder's listing has, and whether it was read to its end.

        It is read no further than needed.
        """
        found: set[str] = set()
        walk = FolderWalk(self.provider, folder)
        if wanted:
            with contextlib.suppress(NotFoundError):
                async for listing in walk:
                    found |= {file.code for file in listing.files.items} & wanted
                    if found == wanted:
                        break
        return found, not walk.is_endless

    async def _look_for_new_folder(self, entry: Entry) -> Verdict:
        known = set(json.loads(entry.evidence or "[]"))
        listing = await self.provider.list_folder(entry.folder or ROOT)
        for folder in listing.folders:
            if folder.id not in known and storable(folder.title) == entry.after:
                return Verdict(JobState.DONE, result=folder.id)
        return self._after_absence(entry)

    async def _look_at_folder_title(self, entry: Entry) -> Verdict:
        row = self._store.folder(self._name, entry.folder or "")
        listing = await self.provider.list_folder(row.parent if row else ROOT)
        titles = {folder.id: storable(folder.title) for folder in listing.folders}
        title = titles.get(entry.folder or "")
        if title is None:
            return Verdict(JobState.REJECTED, "the host no longer knows this folder")
        if title == entry.after:
            return DONE
        if title == entry.before:
            return AGAIN
        return Verdict(JobState.CONFLICT, f"somebody else renamed it to {title!r}")

    async def _look_for_new_upload(self, entry: Entry) -> Verdict:
        if not self._can(Capability.LIST_REMOTE):
            return Verdict(
                JobState.NEEDS_YOU,
                "the answer was lost and this host lists no queue: only you can tell whether the"
                " upload was queued",
            )
        queue = await self._kept_queue()
        if entry.evidence is None:
            return Verdict(JobState.NEEDS_YOU, "nothing was noted before the send")
        top = int(json.loads(entry.evidence))
        for upload in sorted(queue, key=lambda u: upload_number(u.id)):
            same_folder = upload.folder is None or upload.folder == (entry.folder or ROOT)
            same = storable(upload.url) == entry.after and same_folder
            if same and upload_number(upload.id) > top and not self._is_claimed(upload.id):
                return Verdict(JobState.DONE, result=upload.id)
        return self._after_absence(entry)

    def _is_claimed(self, upload: str) -> bool:
        """Whether a queue entry is known to have come of another job."""
        row = self._store.database.reader().execute(
            "SELECT 1 FROM job WHERE account = ? AND result = ? AND kind = ?",
            (self._account, upload, JobKind.REMOTE_ADD),
        )
        return row.fetchone() is not None

    def _after_absence(self, entry: Entry) -> Verdict:
        """Absent in two looks, well apart: send once more; absent after that: ask the person."""
        if entry.looks < 1:
            return ABSENT
        if entry.tries < 2:
            return AGAIN
        return Verdict(
            JobState.NEEDS_YOU, "sent twice, and the host shows no trace of it: did it happen?"
        )

    async def _look_at_upload(self, entry: Entry) -> Verdict:
        restart = entry.kind is JobKind.REMOTE_RESTART
        try:
            upload = await self.provider.remote_upload(entry.code or "")
        except NotFoundError:
            if restart:
                return Verdict(JobState.REJECTED, "the host no longer has this entry")
            return DONE
        if not restart:
            return AGAIN
        before = json.loads(entry.evidence) if entry.evidence else None
        same = upload.state is RemoteState.FAILED and upload.updated == before
        return AGAIN if same else DONE

    # Shared reads

    def _can(self, capability: Capability) -> bool:
        return capability in self.provider.capabilities

    async def _infos(self, batch: Sequence[Entry]) -> dict[str, FileInfo]:
        infos: dict[str, FileInfo] = {}
        codes = [entry.code or "" for entry in batch]
        step = min(self.provider.max_info_codes, self._tuning.info_batch)
        for start in range(0, len(codes), step):
            for info in await self.provider.file_info(codes[start : start + step]):
                infos[info.code] = info
        return infos

    async def _queue(self) -> list[RemoteUpload]:
        return await whole_queue(self.provider)

    async def _kept_queue(self) -> list[RemoteUpload]:
        """Return the whole queue, written into the library as well."""
        fetched = time.time()
        queue = await self._queue()
        await self._store.database.write(
            lambda tx: queues.put_remote_uploads(
                tx, self._account, self._name, queue, whole=True, fetched=fetched
            )
        )
        return queue


def upload_number(id: str) -> int:
    """Return the number of a queue entry, by which a host's entries are ordered."""
    return int(id) if id.isdecimal() else 0
