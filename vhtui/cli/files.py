"""Commands about files and folders."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from vhtui.cli.follow import ask_each, confirm, finish, refresh_folder, sync_accounts
from vhtui.cli.join import Session
from vhtui.cli.linking import refresh_domains, write_links
from vhtui.cli.output import (
    account_object,
    complain,
    file_object,
    file_path,
    folder_object,
    print_document,
    print_table,
    say,
)
from vhtui.cli.paths import PathError, find, find_files, find_folder, parse
from vhtui.core.jobs.groups import Receipt
from vhtui.core.ledger import add_to_ledger
from vhtui.core.store import ListingSpec
from vhtui.errors import StateError, UsageError
from vhtui.linkgroups import Grouping, format_grouped
from vhtui.links import LinkItem, format_named, recognise
from vhtui.models import ROOT, Capability, File, FileRow, FolderRow
from vhtui.text import (
    UNKNOWN,
    clean,
    count_words,
    date_words,
    length_words,
    plural,
    size_words,
)

_TYPED_ABOVE = 20
"""Above this many files, a deletion is confirmed by typing their number."""
_ROWS_AT_ONCE = 2000


async def sync(session: Session, args: Namespace) -> int:
    """Bring the libraries of accounts up to date, in no more requests than that takes."""
    accounts = session.chosen(args.account)
    session.engine.polls = False
    wishes = {account: await session.engine.sync(account, full=args.full) for account in accounts}
    failed = await ask_each(session, wishes)
    rows = [session.store.account(account) for account in accounts]
    reports = {account: _sync_report(session, wish) for account, wish in wishes.items()}
    if args.json:
        print_document([account_object(row) | {"sync": reports[row.name]} for row in rows])
    for row in rows:
        if (report := reports[row.name]) is None:
            continue
        say(
            f"{row.name}: {plural(row.files, 'file')}, {size_words(row.bytes)}"
            f" ({count_words(report['new'])} new, {count_words(report['deleted'])} deleted;"
            f" {plural(report['requests'], 'request')})"
        )
        if row.sync_note:
            complain(f"{row.name}: {row.sync_note}")
        failed += not report["complete"]
    return 1 if failed else 0


def _sync_report(session: Session, wish: int) -> dict[str, Any] | None:
    """Return what a sync found and took, None when it did not come to its end."""
    request = session.engine.request(wish)
    report: dict[str, Any] | None = None
    if request is not None and request.result:
        report = json.loads(request.result)
    return report


async def ls(session: Session, args: Namespace) -> int:
    """List what a path leads to."""
    place = parse(args.path, session.accounts)
    lists = session.can(place.account, Capability.LIST_FILES)
    if args.fresh and (args.recursive or not lists):
        await sync_accounts(session, [place.account])
    row = await find(session, args.path, folder_first=True)
    folders: list[FolderRow] = []
    if isinstance(row, FileRow):
        files = [row]
    else:
        await make_known(session, row, recursive=args.recursive, fresh=args.fresh)
        folders, files = content(session, row, recursive=args.recursive)
    paths = _paths(session, place.account)
    if args.json:
        print_document(
            [folder_object(folder) for folder in folders]
            + [file_object(file, paths.get(file.folder, "/")) for file in files]
        )
        return 0
    start = row.path.rstrip("/") if isinstance(row, FolderRow) else ""
    print_table(
        [
            *(_folder_cells(folder, start, recursive=args.recursive) for folder in folders),
            *(
                _file_cells(
                    file,
                    file_path(file, paths.get(file.folder, "/"))[len(start) + 1 :]
                    if args.recursive
                    else file.title,
                )
                for file in files
            ),
        ],
        right=(1, 2, 3),
    )
    return 0


async def make_known(
    session: Session, row: FolderRow, *, recursive: bool, fresh: bool = False
) -> None:
    """Ask the host where the library knows nothing of a folder, or the person wants it fresh."""
    if not session.can(row.account, Capability.LIST_FILES) or row.id.startswith("new:"):
        return
    if recursive:
        if session.store.account(row.account).synced is None:
            await sync_accounts(session, [row.account])
    elif fresh or row.listed is None:
        if session.store.account(row.account).synced is None and not fresh:
            await sync_accounts(session, [row.account])
        else:
            await refresh_folder(session, row.account, row.id)


def content(
    session: Session, folder: FolderRow, *, recursive: bool
) -> tuple[list[FolderRow], list[FileRow]]:
    """Return the folders and files that the library knows in a folder, or all below it."""
    store = session.store
    if not recursive:
        return store.folders(folder.account, folder.id), list(_files_in(session, folder))
    below = folder.path.rstrip("/") + "/"
    folders = [
        row
        for row in store.all_folders(folder.account)
        if row.path.startswith(below) and row.id not in (folder.id, ROOT)
    ]
    files = [file for each in [folder, *folders] for file in _files_in(session, each)]
    return folders, files


def _files_in(session: Session, folder: FolderRow) -> Iterator[FileRow]:
    ids = session.store.listing(ListingSpec(folder.account, folder.id)).ids
    for start in range(0, len(ids), _ROWS_AT_ONCE):
        yield from session.store.files(ids[start : start + _ROWS_AT_ONCE])


def _paths(session: Session, account: str) -> dict[str, str]:
    return {row.id: row.path for row in session.store.all_folders(account)}


def _folder_cells(row: FolderRow, start: str, *, recursive: bool) -> list[str]:
    name = row.path[len(start) + 1 :] if recursive else row.title
    holds = plural(row.folders, "folder") if row.folders and not row.files else None
    return [f"{name}/", holds or plural(row.files, "file"), "", "", "", row.pending or "", ""]


def _file_cells(row: FileRow, name: str) -> list[str]:
    return [
        name,
        size_words(row.size),
        length_words(row.length),
        count_words(row.views),
        date_words(row.uploaded),
        row.shown_state,
        row.code,
    ]


async def info(session: Session, args: Namespace) -> int:
    """Print what is known of files and folders."""
    rows = [await find(session, path, folder_first=False) for path in args.paths]
    documents = [_details(session, row) for row in rows]
    if args.json:
        print_document(documents)
        return 0
    for number, (row, document) in enumerate(zip(rows, documents, strict=True)):
        if number:
            print()
        print_table(list(_detail_words(row, document)), flexible=None)
    return 0


def _details(session: Session, row: FileRow | FolderRow) -> dict[str, Any]:
    if isinstance(row, FolderRow):
        return folder_object(row)
    links = session.engine.link_base(row.account)
    document = file_object(row, session.store.folder_path(row.account, row.folder))
    return document | {
        "revenue": row.revenue,
        "page": links.page_of(row.code),
        "embed": links.embed_of(row.code),
    }


def _detail_words(row: FileRow | FolderRow, document: dict[str, Any]) -> Iterator[list[str]]:
    words = dict(document)
    if isinstance(row, FileRow):
        words["size"] = size_words(row.size)
        words["length"] = length_words(row.length)
        words["views"] = count_words(row.views)
    for name, value in words.items():
        yield [name, UNKNOWN if value is None else str(value)]


async def mkdir(session: Session, args: Namespace) -> int:
    """Make a folder, with ``-p`` also those above it."""
    place = parse(args.path, session.accounts)
    session.engine.require(place.account, Capability.CREATE_FOLDER)
    if not place.parts:
        raise UsageError(f"{args.path!r} has no name for a new folder")
    try:
        found: FileRow | FolderRow | None = await find(session, args.path, folder_first=True)
    except PathError:
        found = None
    if isinstance(found, FolderRow):
        if args.parents:
            return await finish(session, args, [])
        raise PathError(f"{args.path} exists already")
    parent = await find_folder(session, f"{place.account}:/")
    receipts: list[Receipt] = []
    for depth, title in enumerate(place.parts, start=1):
        path = "/" + "/".join(place.parts[:depth])
        known = session.store.find_folder(place.account, path)
        if known is None:
            if depth < len(place.parts) and not args.parents:
                raise PathError(
                    f"{place.account}:{path} does not exist: make it first, or use mkdir -p"
                )
            receipt = await session.engine.create_folder(place.account, parent.id, title)
            receipts.append(receipt)
            known = session.store.folder(place.account, receipt.folder or "")
            assert known is not None
        parent = known
    return await finish(session, args, receipts)


async def mv(session: Session, args: Namespace) -> int:
    """Move files into a folder."""
    accounts = {parse(path, session.accounts).account for path in [*args.paths, args.folder]}
    if len(accounts) > 1:
        raise UsageError("files are moved within one account only: all paths must begin the same")
    [account] = accounts
    session.engine.require(account, Capability.MOVE_FILE)
    files = await find_files(session, args.paths, capability=Capability.MOVE_FOLDER)
    folder = await find_folder(session, args.folder)
    ids = [row.id for row in files[account]]
    return await finish(session, args, [await session.engine.move(account, ids, folder.id)])


async def rm(session: Session, args: Namespace) -> int:
    """Move files to the trash, or delete them for good."""
    for account in {parse(path, session.accounts).account for path in args.paths}:
        needed = Capability.DELETE_FILE if args.forever else Capability.MOVE_FILE
        session.engine.require(account, needed)
    capability = Capability.DELETE_FOLDER if args.forever else Capability.MOVE_FOLDER
    files = await find_files(session, args.paths, capability=capability)
    if not args.forever:
        receipts = [
            await session.engine.trash(account, [row.id for row in rows])
            for account, rows in files.items()
        ]
        return await finish(session, args, receipts)
    if not args.yes and not _confirm_deletion([row for rows in files.values() for row in rows]):
        say("nothing was deleted")
        return 1
    receipts = [await session.engine.delete(account, rows) for account, rows in files.items()]
    return await finish(session, args, receipts)


async def restore(session: Session, args: Namespace) -> int:
    """Move files from the trash back to where they were."""
    for account in {parse(path, session.accounts).account for path in args.paths}:
        session.engine.require(account, Capability.MOVE_FILE)
    files = await find_files(session, args.paths, capability=Capability.MOVE_FOLDER)
    receipts = [
        await session.engine.restore(account, [row.id for row in rows])
        for account, rows in files.items()
    ]
    return await finish(session, args, receipts)


def _confirm_deletion(rows: Sequence[FileRow]) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("--forever cannot be undone: add --yes to delete without being asked")
    for row in rows:
        say(f"  {row.account}:@{row.code}  {clean(row.title, 100)}  {size_words(row.size)}")
    question = f"Delete {plural(len(rows), 'file')} for good? Type"
    return confirm(question, str(len(rows)) if len(rows) > _TYPED_ABOVE else "yes")


async def link(session: Session, args: Namespace) -> int:
    """Print links to files, or to the files in folders."""
    items: dict[tuple[str, str], LinkItem] = {}
    for path in args.paths:
        row = await find(session, path, folder_first=False)
        if isinstance(row, FileRow):
            files = [row]
        else:
            _, files = content(session, row, recursive=args.recursive)
        for file in files:
            items[file.account, file.code] = link_item(session, file)
    form = "json" if args.json else args.form or session.settings.default_link
    templates = session.settings.link_templates
    grouping = Grouping(args.group or Grouping.NONE)
    format_named((), form, templates, session.engine.link_base)  # a bad form fails before all else
    if not args.offline:
        await refresh_domains(session, [account for account, _ in items], form)
    text = format_grouped(items.values(), form, templates, session.engine.link_base, grouping)
    if args.output is not None:
        write_links(Path(args.output), text)
        say(f"wrote {plural(len(items), 'link')} to {args.output}")
    elif text:
        print(text)
    if args.copy:
        say(session.clipboard().copy(text, plural(len(items), f"{form} link")).sentence)
    return 0


def link_item(session: Session, row: FileRow) -> LinkItem:
    """Return what a link to a file is made of."""
    return LinkItem.of(row, session.store.folder_path(row.account, row.folder))


async def import_links(session: Session, args: Namespace) -> int:
    """Enter links or codes in the ledger of a host that lists nothing."""
    place = parse(args.path, session.accounts)
    if session.can(place.account, Capability.LIST_FILES):
        title = session.engine.host_title(place.account)
        raise UsageError(f"{title} lists its files itself: 'vhtui sync {place.account}'")
    if place.code is not None or len(place.parts) > 1:
        raise UsageError(
            f"{args.path!r}: write ACCOUNT:/Folder; folders of this host are not nested"
        )
    folder = place.parts[0] if place.parts else None
    files = list(_linked_files(session, place.account, _lines(args.file), folder))
    count = await add_to_ledger(session.store, place.account, files)
    say(f"{place.account}: {plural(count, 'new entry', 'new entries')} of {len(files)} given")
    return 0


def _lines(name: str) -> list[str]:
    if name == "-":
        return sys.stdin.read().splitlines()
    try:
        return Path(name).read_text("utf-8", errors="replace").splitlines()
    except OSError as error:
        raise StateError(f"{name} cannot be read: {error.strerror or error}") from None


def _linked_files(
    session: Session, account: str, lines: Sequence[str], folder: str | None
) -> Iterator[File]:
    wrong: list[str] = []
    for number, line in enumerate(lines, start=1):
        words, _, title = line.strip().partition(" ")
        if not words or words.startswith("#"):
            continue
        code = recognise(words)
        if code is None:
            wrong.append(str(number))
            continue
        known = session.store.file_by_code(account, code)
        name = title.strip() or (known.title if known else code)
        yield File(code=code, title=name, folder=folder)
    if wrong:
        raise PathError(f"no link or code in line {', '.join(wrong[:20])}: nothing was imported")
