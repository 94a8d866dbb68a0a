"""Choosing local files for one account or several: what is queued, what is not, and why."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from vhtui.core.commands import Commands
from vhtui.core.database import Transaction
from vhtui.core.encodings import time_left
from vhtui.core.late import LateModule
from vhtui.core.paths import flat
from vhtui.errors import StateError, UsageError
from vhtui.models import ROOT, Capability, Upload, UploadSet, UploadState
from vhtui.text import plural, size_words

if TYPE_CHECKING:
    from vhtui.core.uploads import ledger, set_list, sets, sources, table
    from vhtui.core.uploads.ledger import LedgerEntry
    from vhtui.core.uploads.sources import Refusal, Source
    from vhtui.links import LinkItem
else:
    ledger, set_list, sets, sources, table = map(
        LateModule,
        (
            *("uploads.ledger", "uploads.set_list", "uploads.sets"),
            *("uploads.sources", "uploads.table"),
        ),
    )


class UploadReceipt(Struct, frozen=True, kw_only=True):
    """What ``queue_uploads`` wrote: the uploads' ids, what it left out, a sentence.

    ``already``: what is at the account already (``again`` sends it nevertheless). ``waiting``:
    what is in the queue already. ``refused``: what cannot be sent, each with its reason.
    """

    ids: tuple[int, ...]
    sentence: str
    already: tuple[LedgerEntry, ...] = ()
    waiting: tuple[Path, ...] = ()
    refused: tuple[Refusal, ...] = ()


def joined(receipts: Sequence[UploadReceipt]) -> UploadReceipt:
    """Return what several calls wrote for the same files as one."""
    return UploadReceipt(
        ids=tuple(id for each in receipts for id in each.ids),
        sentence="; ".join(each.sentence for each in receipts),
        already=tuple(entry for each in receipts for entry in each.already),
        waiting=tuple(path for each in receipts for path in each.waiting),
        refused=receipts[0].refused if receipts else (),
    )


class WantedSet(Struct, frozen=True):
    """The set that files are to become: its links are written by ``template`` to a file."""

    name: str
    template: str
    links_file: Path


class QueueCommands(Commands):
    """Queueing, and looking at the queue."""

    _data: Path

    @abstractmethod
    def with_progress(self, upload: Upload) -> Upload:
        """Return an upload with how far it is right now, where this process sends it."""

    # Looking

    def uploads(
        self, account: str | None = None, *, open_only: bool = False, limit: int = -1
    ) -> list[Upload]:
        """Return the uploads of an account, or all, in the order they are sent (40 ms per 1 000).

        ``open_only``: without those at their end. ``limit``: the first so many.
        """
        number = None if account is None else self.store.account_id(account)
        sql = self.store.database.reader()
        found = table.shown(sql, number, open_only=open_only, limit=limit)
        return [self._with_encoding(self.with_progress(upload)) for upload in found]

    def _with_encoding(self, upload: Upload) -> Upload:
        """Return an upload with how long its encoding still takes."""
        if upload.state is not UploadState.ENCODING or upload.code is None:
            return upload
        return replace(upload, eta=time_left(self.store.encodings(upload.account, upload.code)))

    def upload_counts(self, account: str | None = None) -> dict[UploadState, int]:
        """Return how many uploads are in each state."""
        number = None if account is None else self.store.account_id(account)
        return table.counts(self.store.database.reader(), number)

    async def already_uploaded(
        self, paths: Iterable[Path], account: str | None = None
    ) -> list[LedgerEntry]:
        """Return where local files are already; those that cannot be read are left out."""

        def look() -> list[LedgerEntry]:
            found, _ = sources.find(paths, recursive=True)
            return ledger.lookup(self.store, [(s.path, s.identity) for s in found], account)

        return await asyncio.to_thread(look)

    # Sets and queueing

    def upload_sets(self) -> list[UploadSet]:
        """Return the newest 100 sets: those that became complete last, then those under way."""
        return set_list.upload_sets(self.store.database.reader())

    def set_videos(self, id: int) -> list[LinkItem]:
        """Return the videos of a set that play, in natural order (use a thread)."""
        return set_list.videos(self.store, id)

    def unseen_sets(self) -> int:
        """Return how many sets became complete that the person has not looked at since."""
        return set_list.unseen(self.store.database.reader())

    async def see_sets(self) -> None:
        """Note that the person has seen which sets are complete."""
        await self.write(set_list.mark_seen)

    async def make_set(
        self,
        ids: Iterable[int],
        name: str,
        *,
        template: str | None = None,
        links_file: Path | None = None,
    ) -> None:
        """Make uploads that are listed a set (or add them to the open one of this name)."""
        wanted = self._wanted(name, self._template(template), links_file)

        def change(tx: Transaction) -> None:
            number = _join(tx, wanted)
            for row in table.by_ids(tx.sql, ids):
                table.change(tx, row, upload_set=number)

        await self.write(change)

    async def leave_set(self, ids: Iterable[int]) -> int:
        """Take uploads out of the sets they are in that are not complete; return how many."""
        still = "upload_set IN (SELECT id FROM upload_set WHERE finished IS NULL)"

        def change(tx: Transaction) -> int:
            rows = table.by_ids(tx.sql, ids)
            return sum(table.change(tx, row, still, upload_set=None) for row in rows)

        return await self.write(change)

    async def queue_uploads(
        self,
        accounts: str | Sequence[str],
        paths: Iterable[Path],
        folder: str = "/",
        *,
        recursive: bool = False,
        keep_tree: bool = True,
        patterns: Sequence[str] = (),
        again: bool = False,
        set_name: str | None = None,
        set_template: str | None = None,
        links_file: Path | None = None,
    ) -> UploadReceipt:
        """Queue files, and with ``recursive`` those in folders, for one account or several.

        ``folder``: a path such as ``/Series/Show``, made when missing, or (without a ``/`` at its
        beginning) the id of a folder of the one account. ``keep_tree``: folders chosen become
        folders there. ``again``: also what is there already. ``set_name`` makes the files a set,
        whose links are written as ``set_template`` (a link form's name) to ``links_file``.
        UsageError when nothing of what was chosen can be sent.
        """
        names = self._targets(accounts)
        if not folder.startswith("/") and len(names) > 1:
            raise UsageError("a folder's id belongs to one account: give the folder's path")
        template = self._template(set_template)
        found, refused = await asyncio.to_thread(
            lambda: sources.find(paths, recursive=recursive, patterns=patterns)
        )
        if not found:
            raise UsageError(_why_nothing(refused))
        if not keep_tree:
            found = [replace(source, below=()) for source in found]
        wanted = self._wanted(set_name, template, links_file) if set_name else None
        return await self._queue(names, found, refused, folder, again=again, wanted=wanted)

    async def _queue(
        self,
        names: Sequence[str],
        found: Sequence[Source],
        refused: Sequence[Refusal],
        folder: str,
        *,
        again: bool = False,
        wanted: WantedSet | None = None,
    ) -> UploadReceipt:
        """Queue files that were found, but for those that are there or waiting already."""
        already: list[LedgerEntry] = []
        plans: list[tuple[str, Source]] = []
        for name in names:
            there = [] if again else await asyncio.to_thread(self._there, found, name)
            already += there
            known = {entry.path for entry in there}
            plans += [(name, each) for each in found if str(each.path) not in known]
        places = {(name, source.below) for name, source in plans}
        targets = {place: self._folder(place[0], folder, place[1]) for place in places}

        def change(tx: Transaction) -> tuple[list[int], list[Path]]:
            ids: list[int] = []
            waiting: list[Path] = []
            upload_set = _join(tx, wanted) if wanted and plans else None
            for name, source in plans:
                number = self.store.account_id(name)
                if table.is_waiting(tx, number, source.path, source.identity):
                    waiting.append(source.path)
                    continue
                id, path = targets[name, source.below]
                ids.append(
                    table.add(
                        tx,
                        account=number,
                        name=name,
                        path=source.path,
                        title=sources.title_of(source.path),
                        folder=id,
                        folder_path=path,
                        identity=source.identity,
                        upload_set=upload_set,
                    )
                )
            return ids, waiting

        ids, waiting = await self.write(change)
        return UploadReceipt(
            ids=tuple(ids),
            sentence=_sentence(found, ids, already, waiting, refused, names),
            already=tuple(already),
            waiting=tuple(waiting),
            refused=tuple(refused),
        )

    def _wanted(self, name: str, template: str, links_file: Path | None) -> WantedSet:
        file = links_file or self._data / "sets" / f"{_file_name(name)}.txt"
        return WantedSet(name, template, file.absolute())

    def _targets(self, accounts: str | Sequence[str]) -> list[str]:
        names = [accounts] if isinstance(accounts, str) else list(dict.fromkeys(accounts))
        if not names:
            raise UsageError("no account to upload to")
        for name in names:
            self.require(name, Capability.UPLOAD)
        return names

    def _template(self, name: str | None) -> str:
        from vhtui.links import LinkKind, check_template

        template = name or self.settings.default_link
        templates = self.settings.link_templates
        if template in templates:
            check_template(templates[template])
        elif template not in set(LinkKind):
            known = ", ".join([*templates, *LinkKind])
            raise UsageError(f"there is no link form {template!r}; there are {known}")
        return template

    def _there(self, found: Sequence[Source], name: str) -> list[LedgerEntry]:
        """Return what of the files is at an account, each once."""
        entries: dict[str, LedgerEntry] = {}
        for entry in ledger.lookup(self.store, [(s.path, s.identity) for s in found], name):
            entries[entry.path] = entry
        return list(entries.values())

    def _folder(self, account: str, folder: str, below: Sequence[str]) -> tuple[str | None, str]:
        """Return the id (None: to be found or made) and path of the folder a file goes to."""
        path = folder
        if not folder.startswith("/"):
            row = self.store.folder(account, folder)
            if row is None:
                raise StateError(f"{account} has no folder {folder}")
            path = row.path
        below = [sources.title_of(PurePath(part)) for part in below]
        parts = [part.strip() for part in path.split("/") if part.strip()]
        if below or folder.startswith("/"):
            whole = "/" + "/".join([*parts, *below])
            return None, whole if self._lists_folders(account) else flat(whole)
        return (None if folder == ROOT else folder), path


def _join(tx: Transaction, wanted: WantedSet) -> int:
    return sets.join(tx, wanted.name, wanted.template, wanted.links_file)


def _file_name(name: str) -> str:
    return sources.title_of(PurePath(name.replace("/", "_").lstrip("."))) or "set"


def _why_nothing(refused: Sequence[Refusal]) -> str:
    if not refused:
        return "there is nothing to upload in what was chosen"
    more = f" (and {plural(len(refused) - 1, 'more file')})" if len(refused) > 1 else ""
    return f"nothing can be uploaded: {refused[0].reason}{more}"


def _sentence(
    found: Sequence[Source],
    ids: Sequence[int],
    already: Sequence[LedgerEntry],
    waiting: Sequence[Path],
    refused: Sequence[Refusal],
    names: Sequence[str],
) -> str:
    """Say what was queued, and what was not and why."""
    size = sum(source.identity.size for source in found)
    parts: list[str] = []
    if ids:
        parts.append(f"Uploading {plural(len(ids), 'file')} to {', '.join(names)}")
        if not already and not waiting:
            parts[0] += f" ({size_words(size * len(names))})"
    for entry in already[:1]:
        where = f"{entry.account}:{entry.folder} as {entry.code}"
        parts.append(f"{sources.shown(Path(entry.path))} is already in {where}")
    if len(already) > 1:
        parts.append(f"{plural(len(already) - 1, 'more file')} there already")
    if waiting:
        parts.append(f"{plural(len(waiting), 'file')} in the queue already")
    for refusal in refused[:1]:
        parts.append(refusal.reason)
    if len(refused) > 1:
        parts.append(f"{plural(len(refused) - 1, 'more file')} cannot be sent")
    return "; ".join(parts)
