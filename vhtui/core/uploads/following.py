"""From arrived to playable: a file is moved to its folder, named, and watched while it encodes.

Folders, moves and titles are jobs of the journal like any other; this only writes them and waits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from vhtui.config import Tuning
from vhtui.core import queues, requests
from vhtui.core.database import Transaction
from vhtui.core.jobs import journal
from vhtui.core.jobs.groups import Receipt
from vhtui.core.jobs.journal import Wish
from vhtui.core.requests import RequestKind
from vhtui.core.store import Store
from vhtui.core.uploads import table
from vhtui.core.uploads.sending import Host
from vhtui.core.uploads.table import Row
from vhtui.errors import ConfigError, ProviderError, UsageError
from vhtui.models import ROOT, Capability, FileRow, FolderRow, JobKind, JobState, UploadState

MakeFolder = Callable[[str, str, str], Awaitable[Receipt]]
"""Orders a folder: account, parent, title."""

_MOST_LOOKS = 3


class Follower:
    """Brings the uploads that have arrived to their end."""

    def __init__(
        self, hosts: Mapping[str, Host], store: Store, tuning: Tuning, make_folder: MakeFolder
    ) -> None:
        """Follow the uploads of these accounts."""
        self._hosts = hosts
        self._store = store
        self._tuning = tuning
        self._make_folder = make_folder
        self._listings: dict[tuple[str, str], int] = {}

    async def follow(self, now: float) -> None:
        """Take every upload that has arrived, and is due, a step further, where it can go."""
        sql = self._store.database.reader()
        placing = f"u.state IN {table.UNDER_WAY} AND u.state = 'placing' AND u.not_before <= ?"
        for row in table.rows(sql, placing, now):
            if (host := self._hosts.get(row.name)) is None:
                continue
            if row.jobs:
                await self._check_jobs(row)
            else:
                await self._place(row, host)
        for row, broken in self._encoded(sql, now):
            if (host := self._hosts.get(row.name)) is not None:
                await self._encode(row, host, broken)

    # Placing

    async def _place(self, row: Row, host: Host) -> None:
        file = self._store.file_by_code(row.name, row.code or "")
        if file is None:
            await self._gone(row)
            return
        folder: str | None = file.folder
        if host.can(Capability.MOVE_FILE):
            try:
                folder = await self._folder(row)
            except UsageError as error:
                await self._unplaced(row, f"moved to {row.folder_path}", str(error))
                return
        if folder is not None:
            await self._store.database.write(lambda tx: self._order(tx, row, host, file, folder))

    def _order(self, tx: Transaction, row: Row, host: Host, file: FileRow, folder: str) -> None:
        """Write the jobs that bring a file to its folder and title, and go on when none is needed.

        They are hidden from the list of jobs and from undo: the upload shows them.
        """
        groups: list[int] = []
        if folder != file.folder:
            groups.append(self._order_move(tx, row, file, folder))
        if row.title != file.title and host.can(Capability.RENAME_FILE):
            wish = Wish(
                target=row.title,
                file=file.id,
                code=file.code,
                before=file.title,
                after=row.title,
            )
            groups.append(self._hidden(tx, row, JobKind.RENAME, "Name", wish))
        if groups:
            table.change(tx, row, jobs=" ".join(map(str, groups)))
        else:
            self._begin_encoding(tx, row)

    def _order_move(self, tx: Transaction, row: Row, file: FileRow, folder: str) -> int:
        waits_for = int(folder[4:]) if folder.startswith("new:") else None
        wish = Wish(
            target=row.title,
            file=file.id,
            code=file.code,
            before=file.folder,
            after=folder,
            waits_for=waits_for,
        )
        return self._hidden(tx, row, JobKind.MOVE, "Move", wish)

    def _hidden(self, tx: Transaction, row: Row, kind: JobKind, verb: str, wish: Wish) -> int:
        title = f"{verb} upload {row.title}"
        group, _ = journal.add_group(tx, row.account, kind, title, title, [wish], role="place")
        tx.sql.execute("UPDATE job_group SET hidden = 1, undone = 1 WHERE id = ?", (group,))
        tx.touch("files", row.name)
        return group

    async def _folder(self, row: Row) -> str | None:
        """Return the id of the folder an upload goes to, ordering what of its path is missing.

        None: a listing is asked for first, so that no folder is made twice. UsageError says why
        it cannot be had.
        """
        if row.folder is not None:
            return self._chosen_folder(row, row.folder)
        parent = self._known(row.name, ROOT)
        for title in filter(None, row.folder_path.split("/")):
            # A folder's own "/" is written as the wide one in paths.
            here = self._store.folders(row.name, parent.id)
            found = [folder for folder in here if folder.title.replace("/", "／") == title]
            if len(found) > 1:
                raise UsageError(f"there are {len(found)} folders {found[0].path}")
            if not found and parent.listed is None and not parent.id.startswith("new:"):
                await self._list(row, parent.id)
                return None
            id = found[0].id if found else await self._order_folder(row, parent.id, title)
            parent = self._known(row.name, id)
        return parent.id

    def _known(self, account: str, id: str) -> FolderRow:
        folder = self._store.folder(account, id)
        if folder is None:
            raise UsageError(f"{account} has no folder {id} any more")
        return folder

    def _chosen_folder(self, row: Row, folder: str) -> str:
        if folder.startswith("new:"):
            made = journal.entries(self._store.database.reader(), "j.id = ?", (int(folder[4:]),))
            if not made or made[0].state.is_failed or made[0].state is JobState.CANCELLED:
                raise UsageError(f"the folder {row.folder_path} was not made")
            return made[0].result or folder
        return self._known(row.name, folder).id

    async def _order_folder(self, row: Row, parent: str, title: str) -> str:
        made = await self._make_folder(row.name, parent, title)
        assert made.folder is not None
        return made.folder

    async def _list(self, row: Row, folder: str) -> None:
        """Ask for a folder to be listed, once at a time."""
        key = (row.name, folder)
        asked = self._listings.get(key)
        request = None
        if asked is not None:
            request = requests.request(self._store.database.reader(), asked)
            if request is not None and request.state == "open":
                return

        def change(tx: Transaction) -> int:
            if request is not None and request.error:
                later = tx.now + self._tuning.upload_backoff
                table.change(tx, row, error=request.error, not_before=later)
            return requests.ask(tx, row.account, RequestKind.FOLDER, folder)

        self._listings[key] = await self._store.database.write(change)

    async def _check_jobs(self, row: Row) -> None:
        """See whether the jobs that place an upload have ended, and how."""
        marks = ",".join("?" * len(row.jobs))
        jobs = journal.entries(self._store.database.reader(), f"j.grp IN ({marks})", row.jobs)
        failed = [job for job in jobs if job.state.is_failed or job.state is JobState.CANCELLED]
        if any(job.state.is_open for job in jobs):
            return
        if failed:
            doing = "named" if failed[0].kind is JobKind.RENAME else f"moved to {row.folder_path}"
            await self._unplaced(row, doing, failed[0].error or "it was cancelled")
        else:
            await self._store.database.write(partial(self._begin_encoding, row=row))

    async def _unplaced(self, row: Row, doing: str, why: str) -> None:
        error = f"uploaded as {row.code}, but not {doing}: {why}"
        await self._store.database.write(
            lambda tx: table.end(tx, row, UploadState.NEEDS_YOU, error)
        )

    # Encoding

    def _begin_encoding(self, tx: Transaction, row: Row) -> None:
        host = self._hosts[row.name]
        if row.encodes is False or not host.can(Capability.LIST_ENCODINGS):
            table.change(tx, row, state=UploadState.PLAYABLE)
            return
        asked = requests.ask(tx, row.account, RequestKind.ENCODINGS)
        table.change(tx, row, state=UploadState.ENCODING, asked=asked, looks=0)

    def _encoded(self, sql: sqlite3.Connection, now: float) -> list[tuple[Row, str]]:
        """Return the uploads that no encoding is open for (any more), with what broke, if so.

        One that no encoding is listed for is among them when the list was asked for since.
        """
        found = sql.execute(
            f"SELECT u.id, e.broken FROM upload u LEFT JOIN ({queues.ENCODED}) e"
            " ON e.account = u.account AND e.code = u.code LEFT JOIN request r ON r.id = u.asked"
            f" WHERE u.state IN {table.UNDER_WAY} AND u.state = 'encoding' AND u.not_before <= ?"
            " AND (e.broken IS NOT NULL OR e.open = 0"
            "  OR (e.jobs IS NULL AND COALESCE(r.state, 'done') <> 'open'))",
            (now,),
        )
        broken = {row["id"]: row["broken"] or "" for row in found}
        return [(row, broken[row.id]) for row in table.by_ids(sql, broken)]

    async def _encode(self, row: Row, host: Host, broken: str) -> None:
        if self._store.file_by_code(row.name, row.code or "") is None:
            await self._gone(row)
        elif broken:
            error = f"the host could not encode it: {broken}"
            await self._store.database.write(
                lambda tx: table.end(tx, row, UploadState.FAILED, error)
            )
        elif await self._plays(row, host):
            await self._store.database.write(
                lambda tx: table.change(tx, row, state=UploadState.PLAYABLE)
            )
        else:
            await self._store.database.write(partial(self._look_later, row=row))

    async def _plays(self, row: Row, host: Host) -> bool:
        """Whether an upload is encoded. Where no encoding of it is listed, it is done already or
        has not begun: its length, which the host knows when it has decoded it, tells."""
        count = self._store.database.reader().execute(
            "SELECT COUNT(*) FROM encoding WHERE account = ? AND code = ?", (row.account, row.code)
        )
        if count.fetchone()[0] or row.looks >= _MOST_LOOKS:
            return True
        try:
            infos = await host.provider.file_info([row.code or ""])
        except (ProviderError, ConfigError) as error:
            await host.connection.failed(error)
            return False
        return any(info.length for info in infos)

    def _look_later(self, tx: Transaction, row: Row) -> None:
        asked = requests.ask(tx, row.account, RequestKind.ENCODINGS)
        later = tx.now + self._tuning.remote_settle
        table.change(tx, row, looks=row.looks + 1, asked=asked, not_before=later)

    async def _gone(self, row: Row) -> None:
        await self._store.database.write(
            lambda tx: table.end(
                tx, row, UploadState.FAILED, "it arrived, and was deleted at the host since"
            )
        )
