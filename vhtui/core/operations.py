"""How each kind of job is carried out, and how a lost answer is resolved by looking.

The table of NOTES on resending is this file: ``send`` does it once, ``look`` finds out what the
host has, ``settled`` writes what follows of success into the library.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from vhtui.core import journal, library, queues
from vhtui.core.database import Transaction
from vhtui.core.journal import Entry
from vhtui.core.looks import DONE, MOVES, Looks, Verdict, upload_number
from vhtui.core.manifest import write_manifest
from vhtui.models import (
    Capability,
    FileInfo,
    JobKind,
    JobState,
    RemoteState,
)


class Operations(Looks):
    """The calls behind the jobs of one account."""

    def gather(self, found: Sequence[Entry]) -> list[Entry]:
        """Return the jobs, led by the first, that go in one request (or one look)."""
        first = found[0]
        like = [e for e in found if e.kind == first.kind and e.state == first.state]
        if first.state is not JobState.READY:
            if first.kind in (JobKind.RENAME, JobKind.DELETE):
                return like[: min(self.provider.max_info_codes, self._tuning.info_batch)]
            if first.kind in MOVES:
                return [e for e in like if (e.before, e.after) == (first.before, first.after)]
            return [first]
        if first.alone:
            return [first]
        like = [e for e in like if not e.alone]
        if first.kind in MOVES:
            return [e for e in like if e.after == first.after][: self._tuning.move_batch]
        if first.kind is JobKind.DELETE:
            return like[: self._tuning.delete_batch]
        return [first]

    # Before: what must be known or kept before the host is asked to change something

    async def check(self, batch: Sequence[Entry]) -> dict[int, Verdict]:
        """Look before an act that cannot be taken back; return the jobs that must not go on."""
        if batch[0].kind is not JobKind.DELETE:
            return {}
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
            write_manifest(self._data, self._store, self._name, going)
        return stopped

    async def evidence(self, batch: Sequence[Entry]) -> str | None:
        """Return what to note before the send, so that a lost answer can be told from no effect."""
        entry = batch[0]
        if entry.kind is JobKind.CREATE_FOLDER:
            known = self._store.folders(self._name, entry.folder or "0")
            return json.dumps([folder.id for folder in known])
        if entry.kind is JobKind.REMOTE_ADD and self._can(Capability.LIST_REMOTE):
            if self._queue_top is None:
                self._queue_top = max((upload_number(u.id) for u in await self._queue()), default=0)
            return json.dumps(self._queue_top)
        if entry.kind is JobKind.REMOTE_RESTART and self._can(Capability.FOLLOW_REMOTE):
            return json.dumps((await self.provider.remote_upload(entry.code or "")).updated)
        if entry.kind is JobKind.REMOTE_CLEAR:
            queue = await self._queue()
            await self._keep_queue(queue)
            return json.dumps([u.id for u in queue if u.state is RemoteState.FAILED])
        return None

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
        return None

    async def _add_remote(self, entry: Entry) -> str:
        upload = await self.provider.add_remote_upload(entry.after or "", entry.folder)
        if self._queue_top is not None:
            self._queue_top = max(self._queue_top, upload_number(upload.id))
        await self._store.database.write(
            lambda tx: queues.put_remote_uploads(
                tx, self._account, self._name, [upload], whole=False
            )
        )
        return upload.id

    # After: success, in the library

    def settled(self, tx: Transaction, batch: Sequence[Entry], result: str | None) -> None:
        """Write what follows of jobs that happened, in the transaction that marks them done."""
        for entry in batch:
            match entry.kind:
                case JobKind.RENAME:
                    tx.sql.execute(
                        "UPDATE file SET host_title = ?, touched = ? WHERE id = ?",
                        (entry.after, tx.now, entry.file),
                    )
                case JobKind.MOVE | JobKind.TRASH:
                    tx.sql.execute(
                        "UPDATE file SET host_folder = ?, touched = ? WHERE id = ?",
                        (entry.after, tx.now, entry.file),
                    )
                case JobKind.DELETE:
                    library.remove_files(tx, self._account, self._name, [entry.code or ""])
                case JobKind.CREATE_FOLDER:
                    self._folder_made(tx, entry, result or "")
                case JobKind.RENAME_FOLDER:
                    tx.sql.execute(
                        "UPDATE folder SET host_title = ? WHERE account = ? AND id = ?",
                        (entry.after, self._account, entry.folder),
                    )
                case JobKind.REMOTE_DELETE:
                    tx.sql.execute(
                        "DELETE FROM remote_upload WHERE account = ? AND id = ?",
                        (self._account, entry.code),
                    )
                case JobKind.REMOTE_CLEAR:
                    for id in json.loads(entry.evidence or "[]"):
                        tx.sql.execute(
                            "DELETE FROM remote_upload WHERE account = ? AND id = ?"
                            " AND state = 'failed'",
                            (self._account, id),
                        )
                case JobKind.REMOTE_RESTART:
                    tx.sql.execute(
                        "UPDATE remote_upload SET state = 'waiting', note = '' WHERE account = ?"
                        " AND id = ?",
                        (self._account, entry.code),
                    )
                case _:
                    pass
            if result is not None:
                tx.sql.execute("UPDATE job SET result = ? WHERE id = ?", (result, entry.id))
        if batch[0].kind.startswith("remote"):
            tx.touch("remote", self._name)

    def _folder_made(self, tx: Transaction, entry: Entry, id: str) -> None:
        placeholder = f"new:{entry.id}"
        tx.sql.execute(
            "UPDATE OR REPLACE folder SET id = ?, host_title = ?, pending = NULL"
            " WHERE account = ? AND id = ?",
            (id, entry.after, self._account, placeholder),
        )
        for column in ("folder", "host_folder"):
            tx.sql.execute(
                f"UPDATE file SET {column} = ? WHERE account = ? AND {column} = ?",
                (id, self._account, placeholder),
            )
        journal.release(tx, entry, id)
        library.count_files(tx, self._account, id)
        tx.touch("folders", self._name)
        tx.touch("files", self._name)


def _difference(entry: Entry, info: FileInfo) -> str:
    if info.title is not None and info.title != entry.before:
        return f"its title is now {info.title!r}"
    if entry.after and info.size is not None and int(entry.after) != info.size:
        return f"its size is now {info.size} bytes"
    return ""
