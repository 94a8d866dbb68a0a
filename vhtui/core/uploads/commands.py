"""What a person can ask of uploads: each command checks, writes to the store, and returns."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vhtui.config import hours_of
from vhtui.core.database import Transaction
from vhtui.core.jobs import steering
from vhtui.core.late import LateModule
from vhtui.core.uploads.queueing import QueueCommands
from vhtui.errors import StateError, UsageError
from vhtui.models import Capability, JobKind, UploadState
from vhtui.text import clean

if TYPE_CHECKING:
    from vhtui.core.uploads import arrival, limits, sources, table, watch
    from vhtui.core.uploads.limits import Limits
    from vhtui.core.uploads.sources import Source
    from vhtui.core.uploads.watch import Watched, WatchFolder
else:
    arrival, limits, sources, table, watch = map(
        LateModule,
        ("uploads.arrival", "uploads.limits", "uploads.sources", "uploads.table", "uploads.watch"),
    )

_AGAIN = ("failed", "cancelled", "needs you")


class UploadCommands(QueueCommands):
    """The commands on uploads, over the engine's store."""

    accounts: tuple[str, ...]

    # While they are under way

    async def pause_uploads(self, ids: Iterable[int]) -> int:
        """Send nothing more of uploads until they are resumed; return how many.

        One that is being sent keeps its connection: where the host drops it, it starts over.
        """
        return await self._wish(ids, table.PAUSE, ("queued", "sending"), "wish = ''")

    async def resume_uploads(self, ids: Iterable[int]) -> int:
        """Go on with paused uploads; return how many."""
        return await self._wish(
            ids, "", ("queued", "sending", "checking"), f"wish = '{table.PAUSE}'"
        )

    async def cancel_uploads(self, ids: Iterable[int]) -> int:
        """Cancel uploads that the host does not have yet; return how many."""

        def change(tx: Transaction) -> int:
            count = 0
            for row in table.by_ids(tx.sql, ids):
                if row.state is UploadState.QUEUED:
                    table.end(tx, row, UploadState.CANCELLED)
                elif row.state in (UploadState.SENDING, UploadState.CHECKING):
                    table.change(tx, row, wish=table.CANCEL)
                elif row.state in (UploadState.FAILED, UploadState.NEEDS_YOU) and not row.code:
                    table.end(tx, row, UploadState.CANCELLED)
                else:
                    continue
                count += 1
            return count

        return await self.write(change)

    async def retry_uploads(self, ids: Iterable[int]) -> int:
        """Try again what failed, was cancelled or needs the person, with the files as they are
        now; return how many. SourceError for a file that cannot be sent."""
        chosen = table.by_ids(self.store.database.reader(), ids)
        again = [row for row in chosen if row.state in _AGAIN]
        now = {row.id: sources.examine(row.path) for row in again if row.code is None}

        def change(tx: Transaction) -> int:
            for row in again:
                if row.code is not None:
                    table.change(tx, row, state="placing", jobs="", folder=None, error="", looks=0)
                    continue
                identity = now[row.id]
                table.change(
                    tx,
                    row,
                    state="queued",
                    error="",
                    sent=0,
                    tries=0,
                    looks=0,
                    accepted=False,
                    evidence=None,
                    not_before=0,
                    size=identity.size,
                    mtime=identity.mtime,
                    inode=identity.inode,
                    device=identity.device,
                )
            return len(again)

        return await self.write(change)

    async def settle_upload(self, id: int, code: str) -> None:
        """Say which file of the host an upload became, where only the person can tell."""
        file_code = code.strip()
        if not file_code.isalnum():
            raise UsageError(f"{clean(code, 40)!r} is no file code")

        def change(tx: Transaction) -> None:
            found = table.by_ids(tx.sql, [id])
            if not found or found[0].state is not UploadState.NEEDS_YOU or found[0].code:
                raise StateError(f"upload {id} does not wait for a decision")
            lists = Capability.LIST_FILES in self.capabilities(found[0].name)
            arrival.arrived(tx, found[0], code=file_code, title=None, encodes=None, lists=lists)

        await self.write(change)

    async def move_upload(self, id: int, step: int) -> None:
        """Let an upload go before (-1) or after (+1) its queued neighbour."""

        def change(tx: Transaction) -> None:
            for row in table.by_ids(tx.sql, [id]):
                table.reorder(tx, row, step)

        await self.write(change)

    async def clear_uploads(self) -> int:
        """Take playable and cancelled uploads from view; return how many."""
        return await self.write(lambda tx: table.clear(tx, self.accounts))

    async def _wish(self, ids: Iterable[int], wish: str, states: Sequence[str], where: str) -> int:
        marks = ", ".join(f"'{state}'" for state in states)

        def change(tx: Transaction) -> int:
            found = table.by_ids(tx.sql, ids)
            clause = f"state IN ({marks}) AND {where}"
            # What stood in the way of a paused one is forgotten with the pause.
            more: dict[str, object] = {} if wish else {"error": "", "not_before": 0}
            return sum(table.change(tx, row, clause, wish=wish, **more) for row in found)

        return await self.write(change)

    # Limits

    def upload_limits(self) -> Limits:
        """Return the limits in force: uploads at once, bytes per second, hours."""
        return limits.limits(self.store, self.settings.uploads)

    async def set_parallel(self, count: int) -> None:
        """Send this many at once from now on; what is being sent goes on."""
        if not 1 <= count <= 16:
            raise UsageError("1 to 16 uploads can be sent at once")
        await self.write(lambda tx: limits.choose(tx, parallel=count))

    async def set_limit(self, bytes_per_second: int | None) -> None:
        """Cap the bandwidth of all uploads together; None: no cap."""
        if bytes_per_second is not None and bytes_per_second < 1:
            raise UsageError("a bandwidth cap is at least 1 byte per second")
        await self.write(lambda tx: limits.choose(tx, rate=bytes_per_second))

    async def set_hours(self, hours: str | None) -> None:
        """Begin uploads only at some hours of the local day (``01:00-07:00``); None: always.

        What is being sent when they end goes on: breaking it off would mean starting over.
        """
        try:
            minutes = None if hours is None else hours_of(hours)
        except ValueError as error:
            raise UsageError(f"the upload hours: {error}") from None
        await self.write(lambda tx: limits.choose(tx, hours=minutes))

    def remote_active(self, account: str) -> int:
        """Return how many remote uploads an account's host is given at once, 0 for all."""
        return limits.remote_active(self.store, self.settings, account)

    async def set_remote_active(self, account: str, count: int) -> None:
        """Give an account's host so many remote uploads at once from now on, 0 for all."""
        self.require(account, Capability.ADD_REMOTE)
        if count < 0:
            raise UsageError("a host is given at least 0 remote uploads at once, which is all")
        await self.write(lambda tx: limits.choose_remote_active(tx, account, count))

    async def cancel_waiting_remote(self, account: str, ids: Iterable[str]) -> int:
        """Cancel remote uploads that still wait in vhtui's own queue; return how many."""
        number = self.store.account_id(account)
        jobs = [int(id.removeprefix("new:")) for id in ids if id.startswith("new:")]

        def change(tx: Transaction) -> int:
            tx.touch("remote", account)
            return steering.cancel_jobs(tx, number, JobKind.REMOTE_ADD, jobs)

        return await self.write(change)

    async def reset_upload_limits(self) -> None:
        """Go back to the limits of config.toml."""
        await self.write(limits.reset)

    # Watch folders

    def watch_folders(self) -> list[WatchFolder]:
        """Return the local directories whose new files are uploaded."""
        return watch.watch_folders(self.store)

    async def add_watch(
        self,
        account: str,
        path: Path,
        folder: str = "/",
        *,
        patterns: Sequence[str] = (),
        recursive: bool = True,
        keep_tree: bool = False,
        settle: float | None = None,
    ) -> WatchFolder:
        """Upload what comes into a directory and stands still for ``settle`` seconds (None: as
        config.toml says).

        Adding the same directory for the same account again changes it.
        """
        wanted = await self._watch(
            account, path, folder, patterns, recursive=recursive, keep_tree=keep_tree, settle=settle
        )
        number = self.store.account_id(account)
        id = await self.write(lambda tx: watch.put(tx, number, wanted))
        return next(each for each in self.watch_folders() if each.id == id)

    async def take_watched(self, folder: WatchFolder, found: Sequence[Source]) -> None:
        """Queue what has settled in a watch folder."""
        self.require(folder.account, Capability.UPLOAD)
        await self._queue([folder.account], found, [], folder.folder)

    async def take_settled(self, folder: WatchFolder) -> None:
        """Queue what in a watch folder has not changed for its time, judged at one look."""
        found = await asyncio.to_thread(watch.settled_by_age, self.store, folder, time.time())
        if found:
            await self.take_watched(folder, found)

    async def watch_dry_run(
        self,
        account: str,
        path: Path,
        *,
        patterns: Sequence[str] = (),
        recursive: bool = True,
        settle: float | None = None,
    ) -> list[Watched]:
        """Return what watching a directory would do with each file in it, doing nothing."""
        wanted = await self._watch(
            account, path, "/", patterns, recursive=recursive, keep_tree=False, settle=settle
        )
        return await asyncio.to_thread(watch.dry_run, self.store, wanted, time.time())

    async def remove_watch(self, id: int) -> None:
        """Watch a directory no longer; what was queued of it stays."""

        def change(tx: Transaction) -> None:
            tx.sql.execute("DELETE FROM watch_folder WHERE id = ?", (id,))
            tx.touch("uploads")

        await self.write(change)

    async def _watch(
        self,
        account: str,
        path: Path,
        folder: str,
        patterns: Sequence[str],
        *,
        recursive: bool,
        keep_tree: bool,
        settle: float | None,
    ) -> WatchFolder:
        self.require(account, Capability.UPLOAD)
        path = path.absolute()
        if not await asyncio.to_thread(path.is_dir):
            raise StateError(f"{sources.shown(path)} is no directory to watch")
        if not folder.startswith("/"):
            raise UsageError("a watch folder needs the path of a folder, such as /Series")
        return watch.WatchFolder(
            id=0,
            account=account,
            path=path,
            folder=folder,
            patterns=tuple(patterns),
            recursive=recursive,
            keep_tree=keep_tree,
            settle=self.settings.uploads.settle if settle is None else max(0.0, settle),
        )
