"""How a hole can be filled: by the local file, by the URL, by a clone; and why not."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from vhtui.core.commands import check_url
from vhtui.core.desk import takedowns
from vhtui.core.desk.lookbook import last_look
from vhtui.core.holes.matching import Cell
from vhtui.core.holes.titles import TitleCell, TitleRow
from vhtui.core.paths import flat
from vhtui.core.requests import RequestKind
from vhtui.core.store import Store
from vhtui.core.uploads import sources
from vhtui.core.uploads.ledger import digest_now
from vhtui.core.uploads.sources import Identity, SourceError
from vhtui.errors import UsageError
from vhtui.models import Capability, FileRow


class WayKind(StrEnum):
    """A way to fill a hole; the value is how the person writes it."""

    CLONE = "clone"
    UPLOAD = "upload"
    REMOTE = "remote"


NEEDS: Mapping[WayKind, Capability] = {
    WayKind.CLONE: Capability.CLONE_FILE,
    WayKind.UPLOAD: Capability.UPLOAD,
    WayKind.REMOTE: Capability.ADD_REMOTE,
}


class Way(Struct, frozen=True, kw_only=True):
    """A way that is open. Of ``path`` (with its ``identity``), ``url`` and ``code`` it has one."""

    kind: WayKind
    words: str
    path: Path | None = None
    identity: Identity | None = None
    url: str = ""
    code: str = ""


class Hole(Struct, frozen=True, kw_only=True):
    """A title that an account lacks, and what can be done about it.

    ``folder`` is the path it would go to. ``refusal``: why it is not filled at all; ``against``:
    why not by each way that is not open.
    """

    title: TitleRow
    account: str
    state: Cell
    folder: str
    ways: tuple[Way, ...] = ()
    against: tuple[tuple[WayKind, str], ...] = ()
    refusal: str = ""

    def way(self, kind: WayKind) -> Way | None:
        """Return the way of a kind, where it is open."""
        return next((way for way in self.ways if way.kind is kind), None)

    @property
    def why_not(self) -> str:
        """Say why nothing can be done; "" where something can."""
        if self.ways or self.refusal:
            return self.refusal
        return "; ".join(f"{kind.value}: {why}" for kind, why in self.against)


class Account(Struct, frozen=True, kw_only=True):
    """What matters of an account: its host, what it cannot do and why, whether it has folders."""

    name: str
    provider: str
    against: Mapping[WayKind, str]
    has_folders: bool
    lists_takedowns: bool


class Ways:
    """Finds the ways of holes (reads a little of local files: use a thread)."""

    def __init__(self, store: Store, accounts: Mapping[str, Account]) -> None:
        """Look into the library, for accounts by their names."""
        self._store = store
        self._sql = store.database.reader()
        self._accounts = accounts
        self._everyone = [row.name for row in store.accounts()]
        self._paths: dict[tuple[str, str], str] = {}
        self._local: dict[tuple[str, str], tuple[Way | None, str]] = {}

    def holes(self, titles: Sequence[TitleRow], targets: Sequence[str]) -> list[Hole]:
        """Return what some accounts lack of titles, title by title. What may be there is in it
        too, refused, so that it is not passed over silently."""
        return [
            self._hole(title, cell)
            for title in titles
            for cell in title.cells
            if cell.account in targets and (cell.state.is_hole or cell.state in _DOUBTS)
        ]

    def _hole(self, title: TitleRow, cell: TitleCell) -> Hole:
        files = [
            row
            for row in self._store.files([c.file for c in title.cells if c.state is Cell.THERE])
            if row.account in self._accounts
        ]
        folder = self._folder(title.row, cell.account)
        hole = Hole(title=title, account=cell.account, state=cell.state, folder=folder)
        refusal = self._refusal(title, cell, files)
        if refusal:
            return replace(hole, refusal=refusal)
        found = [self._way(kind, cell.account, files) for kind in WayKind]
        return replace(
            hole,
            ways=tuple(way for _, way, _ in found if way is not None),
            against=tuple((kind, why) for kind, way, why in found if way is None),
        )

    def _refusal(self, title: TitleRow, cell: TitleCell, files: Sequence[FileRow]) -> str:
        """Return why a hole is not filled, whatever the way."""
        if cell.state in _DOUBTS:
            return _DOUBTS[cell.state]
        if title.is_taken_down:
            return "it is on a takedown list, and vhtui does not help to get round a takedown"
        for row in files:
            if why := takedowns.listed(self._store, self._everyone, row.code):
                return why
            if self._accounts[row.account].lists_takedowns and self._never_asked(row.account):
                return f"the takedown list of {row.account} was not read yet"
        return "" if files else "no account has it whole at the moment"

    def _never_asked(self, account: str) -> bool:
        return last_look(self._store, account, RequestKind.TAKEDOWNS) is None

    def _way(
        self, kind: WayKind, account: str, files: Sequence[FileRow]
    ) -> tuple[WayKind, Way | None, str]:
        """Return a way, or why it is not open."""
        if why := self._accounts[account].against.get(kind):
            return kind, None, why
        find = {
            WayKind.CLONE: self._clone,
            WayKind.UPLOAD: self._upload,
            WayKind.REMOTE: self._remote,
        }[kind]
        return kind, *find(account, files)

    def _clone(self, account: str, files: Sequence[FileRow]) -> tuple[Way | None, str]:
        provider = self._accounts[account].provider
        for row in files:
            if self._accounts[row.account].provider == provider:
                words = f"of {row.code} in {row.account}, if its owner allows it"
                return Way(kind=WayKind.CLONE, words=words, code=row.code), ""
        return None, f"no other account at {provider} has it"

    def _upload(self, account: str, files: Sequence[FileRow]) -> tuple[Way | None, str]:
        why = "it was not uploaded from this disk"
        for row in files:
            key = row.account, row.code
            if key not in self._local:
                self._local[key] = self._local_file(row)
            way, reason = self._local[key]
            if way is not None:
                return way, ""
            why = reason or why
        return None, why

    def _local_file(self, row: FileRow) -> tuple[Way | None, str]:
        """Return the local file that a file came from if it is still the same one."""
        known = self._one(
            "SELECT path, size, mtime, digest FROM uploaded WHERE account = ? AND code = ?", row
        )
        if known is None:
            return None, ""
        path = Path(os.fsdecode(known["path"]))
        try:
            identity = sources.examine(path)
        except SourceError as error:
            return None, str(error)
        changed = (identity.size, identity.mtime) != (known["size"], known["mtime"])
        if changed or not known["digest"] or digest_now(path, identity) != known["digest"]:
            return None, f"{sources.shown(path)} is not what it was when it was uploaded"
        words = sources.shown(path)
        return Way(kind=WayKind.UPLOAD, words=words, path=path, identity=identity), ""

    def _remote(self, account: str, files: Sequence[FileRow]) -> tuple[Way | None, str]:
        for row in files:
            known = self._one("SELECT url FROM fetched_from WHERE account = ? AND code = ?", row)
            if known is not None:
                try:
                    check_url(known["url"])
                except UsageError as error:
                    return None, str(error)
                return Way(kind=WayKind.REMOTE, words=known["url"], url=known["url"]), ""
        return None, "no URL is known that it was fetched from"

    def _one(self, sql: str, row: FileRow) -> sqlite3.Row | None:
        number = self._store.account_id(row.account)
        found: sqlite3.Row | None = self._sql.execute(sql, (number, row.code)).fetchone()
        return found

    def _folder(self, row: FileRow, account: str) -> str:
        """Return where a file goes: the path it has, or at a host without folders one name."""
        key = row.account, row.folder
        if key not in self._paths:
            self._paths[key] = self._store.folder_path(*key)
        path = self._paths[key]
        return path if self._accounts[account].has_folders else flat(path)


_DOUBTS = {
    Cell.UNSURE: "a file of this name is there, and nobody can tell whether it is the same",
    Cell.TRASH: "it is in the trash there: restore it",
    Cell.UNLISTED: "the account was never listed, so it may be there",
}
