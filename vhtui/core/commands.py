"""What a person can ask for: each command checks, writes jobs to the journal, and returns."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlsplit

from msgspec import Struct

from vhtui.core.database import Transaction
from vhtui.core.jobs import journal
from vhtui.core.jobs.groups import GroupCommands, Receipt
from vhtui.core.jobs.journal import Wish
from vhtui.errors import StateError, UsageError
from vhtui.models import (
    ROOT,
    Capability,
    FileRow,
    JobKind,
    RemoteState,
)
from vhtui.text import count_words, duration_words, plural

Result = TypeVar("Result")

TRASH_TITLE = "vhtui-trash"
"""The folder, at the top of an account, that stands for the trash the hosts do not have."""
MAX_TITLE = 255

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_URL_SCHEMES = ("http", "https", "ftp")


class Estimate(Struct, frozen=True, kw_only=True):
    """What a bulk action will cost at the account's rate."""

    requests: int
    seconds: float
    undoable: bool

    @property
    def words(self) -> str:
        """Say it, such as "1 240 requests, about 7 min; can be undone"."""
        undo = "can be undone" if self.undoable else "cannot be undone"
        requests = "1 request" if self.requests == 1 else f"{count_words(self.requests)} requests"
        return f"{requests}, {duration_words(self.seconds)}; {undo}"


def check_title(title: str) -> str:
    """Return a title as it will be sent; UsageError for one that no host should be asked for."""
    title = title.strip()
    if not title:
        raise UsageError("a title cannot be empty")
    if len(title) > MAX_TITLE:
        raise UsageError(f"a title has at most {MAX_TITLE} characters, this one {len(title)}")
    if _CONTROL.search(title):
        raise UsageError("a title cannot have control characters or line breaks")
    return title


class Commands(GroupCommands):
    """The commands of the engine, over its store and journal."""

    # What it costs

    def estimate(self, account: str, kind: JobKind, count: int) -> Estimate:
        """Return what ``count`` jobs of a kind will cost."""
        tuning = self.settings.tuning
        match kind:
            case JobKind.MOVE | JobKind.TRASH:
                requests = math.ceil(count / tuning.move_batch)
            case JobKind.DELETE:
                requests = 2 * math.ceil(count / tuning.delete_batch)
            case JobKind.CREATE_FOLDER | JobKind.REMOTE_RESTART | JobKind.REMOTE_CLEAR:
                requests = 2 * count  # one to look first
            case _:
                requests = count
        return Estimate(
            requests=requests,
            seconds=requests / self.rate(account),
            undoable=kind in journal.UNDOABLE,
        )

    # Files

    async def rename(self, account: str, titles: Sequence[tuple[int, str]]) -> Receipt:
        """Rename files (row id, new title). Unchanged ones are left out; UsageError for none."""
        self.require(account, Capability.RENAME_FILE)
        wishes = await asyncio.to_thread(self._rename_wishes, account, titles)
        if not wishes:
            raise StateError("nothing to rename: the titles are the same as before")
        one = f"{wishes[0].before} to {wishes[0].after}"
        return await self._order(account, JobKind.RENAME, "Rename", "Renamed", wishes, one=one)

    def _rename_wishes(self, account: str, titles: Sequence[tuple[int, str]]) -> list[Wish]:
        wanted = {id: check_title(title) for id, title in titles}
        return [
            Wish(
                target=row.title, file=row.id, code=row.code, before=row.title, after=wanted[row.id]
            )
            for row in self._rows(account, list(wanted))
            if row.title != wanted[row.id]
        ]

    async def move(self, account: str, files: Sequence[int], folder: str) -> Receipt:
        """Move files into a folder (its id, or the provisional one of a folder being made)."""
        self.require(account, Capability.MOVE_FILE)
        target = self.store.folder(account, folder)
        if target is None:
            raise StateError(f"{account} has no folder {folder}")
        rows = await asyncio.to_thread(self._rows, account, files)
        wishes = await asyncio.to_thread(_move_wishes, rows, target.id)
        if not wishes:
            raise StateError(f"nothing to move: already in {target.path}")
        where = f" to {target.title or '/'}"
        return await self._order(account, JobKind.MOVE, "Move", "Moved", wishes, where=where)

    async def trash(self, account: str, files: Sequence[int]) -> Receipt:
        """Move files to the trash folder, which is made when it is first needed."""
        self.require(account, Capability.MOVE_FILE)
        rows = await asyncio.to_thread(self._rows, account, files)
        top = self.store.folders(account, ROOT)
        folder = next((f.id for f in top if f.title == TRASH_TITLE), None)
        if all(row.folder == folder for row in rows):
            raise StateError("these files are in the trash already: D deletes them for good")
        if folder is None:
            folder = (await self.create_folder(account, ROOT, TRASH_TITLE)).folder or ROOT
        wishes = await asyncio.to_thread(_move_wishes, rows, folder)
        return await self._order(
            account, JobKind.TRASH, "Move", "Moved", wishes, where=" to the trash"
        )

    async def restore(self, account: str, files: Sequence[int]) -> Receipt:
        """Move files from the trash back to where they were; UsageError for one never trashed."""
        self.require(account, Capability.MOVE_FILE)
        wishes = await asyncio.to_thread(self._restore_wishes, account, files)
        if not wishes:
            raise StateError("these files are where they were before")
        return await self._order(
            account, JobKind.MOVE, "Restore", "Restored", wishes, where=" from the trash"
        )

    def _restore_wishes(self, account: str, files: Sequence[int]) -> list[Wish]:
        rows = self._rows(account, files)
        homes = self.journal.trashed([row.id for row in rows])
        wishes: list[Wish] = []
        for row in rows:
            home = homes.get(row.id)
            if home is None:
                raise StateError(f"{row.title} was not put into the trash by vhtui: m moves it")
            if self.store.folder(account, home.folder) is None:
                raise StateError(f"the folder of {row.title} is gone: m moves it elsewhere")
            wishes += _move_wishes([row], home.folder)
        return wishes

    async def delete(self, account: str, rows: Sequence[FileRow]) -> Receipt:
        """Delete files for good. ``rows`` is what the person saw and confirmed: a file whose
        title or size is another one by then is left alone."""
        self.require(account, Capability.DELETE_FILE)
        if not rows:
            raise StateError("nothing to delete")
        wishes = await asyncio.to_thread(_delete_wishes, rows)
        return await self._order(account, JobKind.DELETE, "Delete", "Deleted", wishes)

    # Folders

    async def create_folder(self, account: str, parent: str, title: str) -> Receipt:
        """Create a folder; it can be moved into at once (``Receipt.folder``)."""
        self.require(account, Capability.CREATE_FOLDER)
        title = check_title(title)
        above = self.store.folder(account, parent)
        if above is None:
            raise StateError(f"{account} has no folder {parent}")
        if any(folder.title == title for folder in self.store.folders(account, above.id)):
            raise StateError(f"there is a folder {title} here already")
        number = self.store.account_id(account)
        wish = Wish(target=title, folder=above.id, after=title, waits_for=_maker(above.id))

        def change(tx: Transaction) -> tuple[int, int]:
            group, jobs = journal.add_group(
                tx,
                number,
                JobKind.CREATE_FOLDER,
                f"Create folder {title}",
                f"Created folder {title}",
                [wish],
            )
            return group, jobs[0]

        group, job = await self.write(change)
        return Receipt(
            group=group,
            jobs=1,
            sentence=f"Creating folder {title}",
            undoable=False,
            folder=f"new:{job}",
        )

    async def rename_folder(self, account: str, folder: str, title: str) -> Receipt:
        """Give a folder a new name."""
        self.require(account, Capability.RENAME_FOLDER)
        title = check_title(title)
        row = self.store.folder(account, folder)
        if row is None or folder == ROOT:
            raise StateError("the top folder has no name to change" if row else "no such folder")
        if row.id.startswith("new:"):
            raise StateError(f"{row.title} is still being made: rename it when it is there")
        if row.title == title:
            raise StateError("nothing to rename: the name is the same as before")
        number = self.store.account_id(account)
        wish = Wish(target=row.title, folder=row.id, before=row.title, after=title)
        words = f"folder {row.title} to {title}"
        group, _ = await self.write(
            lambda tx: journal.add_group(
                tx, number, JobKind.RENAME_FOLDER, f"Rename {words}", f"Renamed {words}", [wish]
            )
        )
        return Receipt(group=group, jobs=1, sentence=f"Renaming folder to {title}", undoable=True)

    # Remote uploads

    async def add_remote(self, account: str, urls: Sequence[str], folder: str | None) -> Receipt:
        """Queue URLs (http, https, ftp) on the host, into a folder."""
        self.require(account, Capability.ADD_REMOTE)
        wanted = list(dict.fromkeys(url.strip() for url in urls if url.strip()))
        for url in wanted:
            check_url(url)
        if not wanted:
            raise UsageError("no URLs to add")
        known = self.store.folder(account, folder or ROOT)
        target = known.id if known is not None else folder
        target = None if target == ROOT else target
        if target is not None and known is None and self._lists_folders(account):
            raise StateError(f"{account} has no folder {target}")
        wishes = [
            Wish(target=url, folder=target, after=url, waits_for=_maker(target)) for url in wanted
        ]
        return await self._order(account, JobKind.REMOTE_ADD, "Queue", "Queued", wishes, noun="URL")

    async def restart_remote(self, account: str, ids: Sequence[str]) -> Receipt:
        """Restart failed entries of the queue; UsageError for entries in another state."""
        self.require(account, Capability.RESTART_REMOTE)
        wishes = self._upload_wishes(account, ids, {RemoteState.FAILED}, "restarted")
        return await self._order(
            account, JobKind.REMOTE_RESTART, "Restart", "Restarted", wishes, noun="remote upload"
        )

    async def delete_remote(self, account: str, ids: Sequence[str]) -> Receipt:
        """Delete completed or failed entries of the queue (never the files)."""
        self.require(account, Capability.DELETE_REMOTE)
        ended = {RemoteState.COMPLETED, RemoteState.FAILED}
        wishes = self._upload_wishes(account, ids, ended, "deleted")
        return await self._order(
            account, JobKind.REMOTE_DELETE, "Delete", "Deleted", wishes, noun="queue entry"
        )

    async def clear_failed_remote(self, account: str) -> Receipt:
        """Delete every failed entry of the queue, in one request."""
        self.require(account, Capability.CLEAR_FAILED_REMOTE)
        return await self._order(
            account,
            JobKind.REMOTE_CLEAR,
            "Clear",
            "Cleared",
            [Wish(target="failed remote uploads")],
            one="the failed remote uploads",
        )

    def _upload_wishes(
        self, account: str, ids: Sequence[str], allowed: set[RemoteState], verb: str
    ) -> list[Wish]:
        queue = {upload.id: upload for upload in self.store.remote_uploads(account)}
        wishes: list[Wish] = []
        for id in dict.fromkeys(ids):
            upload = queue.get(id)
            if upload is None:
                raise StateError(f"{account} has no remote upload {id}")
            if upload.state not in allowed:
                words = " or ".join(sorted(allowed))
                raise StateError(
                    f"remote upload {id} is {upload.state}: only {words} ones can be {verb}"
                )
            wishes.append(Wish(target=upload.url, code=id, before=upload.url))
        if not wishes:
            raise UsageError("no remote uploads chosen")
        return wishes

    # Shared

    def _rows(self, account: str, files: Sequence[int]) -> list[FileRow]:
        found = self.store.files(list(dict.fromkeys(files)))
        rows = [row for row in found if row.account == account]
        if len(rows) < len(set(files)):
            raise StateError("some of these files are gone: refresh and choose again")
        return rows

    def _lists_folders(self, account: str) -> bool:
        return Capability.LIST_FILES in self.capabilities(account)

    async def _order(
        self,
        account: str,
        kind: JobKind,
        verb: str,
        past: str,
        wishes: Sequence[Wish],
        *,
        noun: str = "file",
        where: str = "",
        one: str | None = None,
    ) -> Receipt:
        """Write a group of jobs for an account and say so."""
        number = self.store.account_id(account)
        single = one or wishes[0].target
        what = single if len(wishes) == 1 else plural(len(wishes), noun)

        group, _ = await self.write(
            lambda tx: journal.add_group(
                tx, number, kind, f"{verb} {what}{where}", f"{past} {what}{where}", wishes
            )
        )
        undoable = kind in journal.UNDOABLE
        doing = _DOING.get(verb, verb)
        return Receipt(
            group=group,
            jobs=len(wishes),
            sentence=f"{doing} {what}{where}",
            undoable=undoable,
        )


_DOING: Mapping[str, str] = {
    "Rename": "Renaming",
    "Restore": "Restoring",
    "Move": "Moving",
    "Delete": "Deleting",
    "Queue": "Queueing",
    "Restart": "Restarting",
    "Clear": "Clearing",
    "Clone": "Cloning",
    "Renew": "Renewing",
}


def _move_wishes(rows: Sequence[FileRow], folder: str) -> list[Wish]:
    """Return the wishes to move files that are not there yet."""
    maker = _maker(folder)
    return [
        Wish(
            target=row.title,
            file=row.id,
            code=row.code,
            before=row.folder,
            after=folder,
            waits_for=maker,
        )
        for row in rows
        if row.folder != folder
    ]


def _delete_wishes(rows: Sequence[FileRow]) -> list[Wish]:
    return [
        Wish(
            target=row.title,
            file=row.id,
            code=row.code,
            before=row.title,
            after="" if row.size is None else str(row.size),
        )
        for row in rows
    ]


def _maker(folder: str | None) -> int | None:
    """Return the job that a folder's provisional id waits for, None for a real folder."""
    return int(folder[4:]) if folder is not None and folder.startswith("new:") else None


def check_url(url: str) -> str:
    """Return a URL a host can be asked to fetch; UsageError for another one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise UsageError(f"{url[:200]!r} is not a URL") from None
    if parts.scheme.lower() not in _URL_SCHEMES or not parts.hostname:
        raise UsageError(f"{url[:200]!r} is not a URL of the kind http, https or ftp")
    if any(char.isspace() for char in url) or _CONTROL.search(url):
        raise UsageError(f"{url[:200]!r} has spaces or control characters in it")
    return url
