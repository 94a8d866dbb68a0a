"""Paths as the command line writes them: ``ACCOUNT:/Folder/Sub/Title`` or ``ACCOUNT:@CODE``.

A ``/`` inside a title is written ``／``; ``/`` is understood too where nothing else fits.
Where a folder and a file share a path, a ``/`` at its end means the folder.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from vhtui.cli.follow import refresh_folder, sync_accounts
from vhtui.cli.join import Session, unknown_account
from vhtui.core.store import ListingSpec, Store
from vhtui.errors import UsageError, VhtuiError
from vhtui.models import ROOT, Capability, FileRow, FolderRow

_LISTED_CODES = 20


class PathError(VhtuiError):
    """A path that leads nowhere, or to several things."""


class Place(Struct, frozen=True):
    """A path taken apart; ``code`` stands for the parts where one was given."""

    text: str
    account: str
    parts: tuple[str, ...] = ()
    code: str | None = None
    is_folder: bool = False  # written with a / at its end, or the root


def parse(text: str, accounts: Sequence[str]) -> Place:
    """Take a path apart; UsageError when it is none, or its account is not configured."""
    account, colon, rest = text.partition(":")
    if not colon or "/" in account:
        raise UsageError(
            f"{text!r} is no path: write ACCOUNT:/Folder/Title or ACCOUNT:@CODE"
            f" (accounts: {', '.join(accounts) or 'none'})"
        )
    if account not in accounts:
        raise unknown_account(account, accounts)
    if rest.startswith("@"):
        if not rest[1:]:
            raise UsageError(f"{text!r} has no code after the @")
        return Place(text, account, code=rest[1:])
    parts = tuple(part for part in rest.split("/") if part)
    return Place(text, account, parts, is_folder=not parts or rest.endswith("/"))


async def find(session: Session, text: str, *, folder_first: bool) -> FileRow | FolderRow:
    """Return what a path leads to, asking the host again where the library does not know.

    ``folder_first`` says what is meant where a folder and a file share the path. PathError when it
    leads nowhere or to several files.
    """
    place = parse(text, session.accounts)
    found = _known(session.store, place, folder_first)
    if found is None and session.can(place.account, Capability.LIST_FILES):
        found = await _look_again(session, place, folder_first)
    if found is None:
        raise PathError(f"{text} does not exist; 'vhtui ls {place.account}:/' shows what does")
    return found


async def find_folder(session: Session, text: str) -> FolderRow:
    """Return the folder at a path; PathError when there is none."""
    found = await find(session, text, folder_first=True)
    if isinstance(found, FileRow):
        raise PathError(f"{text} is a file, but a folder is needed here")
    return found


async def find_files(
    session: Session, texts: Sequence[str], *, capability: Capability
) -> dict[str, list[FileRow]]:
    """Return the files at the paths by account, each once.

    A folder among them is an UnsupportedError about ``capability``, what it would take.
    """
    files: dict[str, dict[int, FileRow]] = {}
    for text in texts:
        row = await find(session, text, folder_first=False)
        if isinstance(row, FolderRow):
            session.engine.require(row.account, capability)
            raise PathError(f"{text} is a folder: name the files in it")
        files.setdefault(row.account, {})[row.id] = row
    return {account: list(rows.values()) for account, rows in files.items()}


async def _look_again(
    session: Session, place: Place, folder_first: bool
) -> FileRow | FolderRow | None:
    """List what was never listed, or the deepest folder known on the way, until it is found."""
    if session.store.account(place.account).synced is None:
        await sync_accounts(session, [place.account])
        return _known(session.store, place, folder_first)
    listed: set[str] = set()
    while place.code is None:
        deepest = _deepest(session.store, place)
        if deepest.id in listed or deepest.id.startswith("new:"):
            return None
        listed.add(deepest.id)
        await refresh_folder(session, place.account, deepest.id)
        found = _known(session.store, place, folder_first)
        if found is not None:
            return found
    return None


def _known(store: Store, place: Place, folder_first: bool) -> FileRow | FolderRow | None:
    if place.code is not None:
        file = store.file_by_code(place.account, place.code)
        return file or store.folder(place.account, place.code)
    folder = _folder_at(store, place.account, place.parts)
    if place.is_folder or (folder is not None and folder_first):
        return folder
    files = _files_at(store, place)
    if len(files) > 1:
        codes = ", ".join(f"{place.account}:@{row.code}" for row in files[:_LISTED_CODES])
        more = ", …" if len(files) > _LISTED_CODES else ""
        raise PathError(f"{place.text} is {len(files)} files; choose one: {codes}{more}")
    return files[0] if files else folder


def _folder_at(store: Store, account: str, parts: Sequence[str]) -> FolderRow | None:
    try:
        return store.find_folder(account, "/".join(parts))
    except UsageError as error:
        raise PathError(f"{error}: write {account}:@ID for one of them") from None


def _files_at(store: Store, place: Place) -> list[FileRow]:
    """Return the files with this path; a ``/`` may belong to the title."""
    for split in range(len(place.parts) - 1, -1, -1):
        folder = _folder_at(store, place.account, place.parts[:split])
        if folder is not None:
            files = _files_titled(store, folder, "/".join(place.parts[split:]))
            if files:
                return files
    return []


def _files_titled(store: Store, folder: FolderRow, title: str) -> list[FileRow]:
    if "／" not in title:
        return store.files_by_title(folder.account, folder.id, title)
    ids = store.listing(ListingSpec(folder.account, folder.id)).ids
    wanted = title.replace("/", "／")
    return [row for row in store.files(ids) if row.title.replace("/", "／") == wanted]


def _deepest(store: Store, place: Place) -> FolderRow:
    for end in range(len(place.parts), 0, -1):
        folder = _folder_at(store, place.account, place.parts[:end])
        if folder is not None:
            return folder
    root = store.folder(place.account, ROOT)
    assert root is not None
    return root
