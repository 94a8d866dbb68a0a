"""Commands about local files: sent to one account or several, looked up, and steered."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Any

from vhtui.cli.files import link_item
from vhtui.cli.join import Session
from vhtui.cli.output import complain, print_document, print_table, say
from vhtui.cli.paths import find_folder, parse
from vhtui.cli.upload_follow import ENDS, follow_uploads, upload_object, uploads_by_id
from vhtui.cli.upload_sets import until_complete
from vhtui.core.uploads import sources
from vhtui.core.uploads.ledger import LedgerEntry
from vhtui.core.uploads.queueing import UploadReceipt
from vhtui.core.uploads.sources import Refusal, Source, SourceError
from vhtui.errors import UsageError, VhtuiError
from vhtui.links import format_named
from vhtui.models import Capability, Upload, UploadState
from vhtui.text import iso_words, plural, size_words

_WAITING = (UploadState.QUEUED, UploadState.PAUSED)


# -- sending --------------------------------------------------------------------------------------


async def upload(session: Session, args: Namespace) -> int:
    """Queue files, follow them, and print the links of what was uploaded."""
    if args.links and not args.set:
        raise UsageError("--links needs --set NAME: it is the links of a set that are written")
    form = args.form or session.settings.default_link
    format_named([], form, session.settings.link_templates, session.engine.link_base)
    targets = await upload_targets(session, args.to)
    found, refused = await asyncio.to_thread(
        lambda: sources.find(args.files, recursive=args.recursive, patterns=args.pattern)
    )
    _complain_of_refused(refused)
    ids: list[int] = []
    already: list[LedgerEntry] = []
    if found or not refused:
        await _set_limits(session, args)
        for folder, accounts in targets.items():
            receipt = await _queue(session, args, accounts, folder)
            known = {refusal.path for refusal in refused}
            late = [each for each in receipt.refused if each.path not in known]
            _complain_of_refused(late)
            refused += late
            already += receipt.already
            ids += [*receipt.ids, *await _those_waiting(session, args, accounts, receipt)]
            _tell(receipt, accounts, in_set=bool(args.set))
    went_well = await _follow(session, args, ids)
    if went_well and args.set and ids and not args.no_wait:
        await until_complete(session, args.set)
    rows = uploads_by_id(session, set(ids))
    if args.json:
        documents = [upload_object(row) for row in rows]
        sizes = {str(source.path): source.identity.size for source in found}
        documents += [_already_object(entry, sizes.get(entry.path)) for entry in already]
        print_document([*documents, *(_refused_object(each) for each in refused)])
    else:
        _print_links(session, form, rows, already)
    return 0 if went_well and not refused else 1


async def upload_targets(session: Session, texts: Sequence[str]) -> dict[str, list[str]]:
    """Return the accounts to upload to by folder: its path, or the id that was given."""
    folders: dict[str, str] = {}
    for text in texts:
        place = parse(text, session.accounts)
        if place.account in folders:
            raise UsageError(f"--to names {place.account} twice: one folder for each account")
        session.engine.require(place.account, Capability.UPLOAD)
        if len(place.parts) > 1 and not session.can(place.account, Capability.LIST_FILES):
            raise UsageError(
                f"{text!r}: write ACCOUNT:/Folder; folders of this host are not nested"
            )
        folder = "/" + "/".join(place.parts)
        if place.code is not None:
            folder = (await find_folder(session, text)).id
        folders[place.account] = folder
    targets: dict[str, list[str]] = {}
    for account, folder in folders.items():
        targets.setdefault(folder, []).append(account)
    return targets


async def _queue(
    session: Session, args: Namespace, accounts: Sequence[str], folder: str
) -> UploadReceipt:
    return await session.engine.queue_uploads(
        accounts,
        args.files,
        folder,
        recursive=args.recursive,
        keep_tree=not args.flat,
        patterns=args.pattern,
        again=args.again,
        set_name=args.set,
        set_template=args.form,
        links_file=args.links,
    )


async def _those_waiting(
    session: Session, args: Namespace, accounts: Sequence[str], receipt: UploadReceipt
) -> list[int]:
    """Return the uploads that were in the queue already, and let them go on at once."""
    paths = {str(path) for path in receipt.waiting}
    rows = [
        row
        for row in (session.engine.uploads(open_only=True) if paths else ())
        if row.path in paths and row.account in accounts and row.id not in receipt.ids
    ]
    ids = [row.id for row in rows]
    waiting = [row.id for row in rows if row.state in _WAITING]
    # A pause that ends forgets why an upload was put off, and until when.
    await session.engine.pause_uploads(waiting)
    await session.engine.resume_uploads(waiting)
    if args.set and ids:
        await session.engine.make_set(ids, args.set, template=args.form, links_file=args.links)
    return ids


def _tell(receipt: UploadReceipt, accounts: Sequence[str], *, in_set: bool) -> None:
    names = ", ".join(accounts)
    if receipt.ids:
        say(f"{plural(len(receipt.ids), 'upload')} queued for {names}")
    if receipt.waiting:
        say(f"{plural(len(receipt.waiting), 'file')} in the queue for {names} already")
    for entry in receipt.already:
        where = f"{entry.account}:{entry.folder} as {entry.code}"
        but = ", so not in the set" if in_set else ""
        say(f"{entry.path} is already in {where}{but} (--again sends it again)")


def _complain_of_refused(refused: Iterable[Refusal]) -> None:
    for refusal in refused:
        complain(refusal.reason)


async def _follow(session: Session, args: Namespace, ids: Collection[int]) -> bool:
    """See uploads to where they are wanted; return whether all got there."""
    if not ids:
        return True
    if args.no_wait:
        say(f"{plural(len(ids), 'file')} left in the queue: 'vhtui work' sends what is in it")
        return True
    until = args.until or ("playable" if args.set else "sent")
    return (await follow_uploads(session, set(ids), ENDS[until]))[1]


def _already_object(entry: LedgerEntry, size: int | None) -> dict[str, Any]:
    return {
        "id": None,
        "account": entry.account,
        "path": entry.path,
        "title": entry.title,
        "folder": entry.folder,
        "size": size,
        "state": "uploaded before",
        "code": entry.code,
        "error": "",
    }


def _refused_object(refusal: Refusal) -> dict[str, Any]:
    return {
        "id": None,
        "account": None,
        "path": str(refusal.path),
        "title": None,
        "folder": None,
        "size": None,
        "state": "refused",
        "code": None,
        "error": refusal.reason,
    }


def _print_links(
    session: Session, form: str, rows: Iterable[Upload], already: Iterable[LedgerEntry]
) -> None:
    """Print a link for every file that is at its host."""
    codes = [(row.account, row.code) for row in rows if row.code is not None]
    codes += [(entry.account, entry.code) for entry in already]
    files = [session.store.file_by_code(account, code) for account, code in codes]
    text = format_named(
        [link_item(session, file) for file in files if file is not None],
        form,
        session.settings.link_templates,
        session.engine.link_base,
    )
    if text:
        print(text)


# -- looking up -----------------------------------------------------------------------------------


async def uploaded(session: Session, args: Namespace) -> int:
    """Say where local files are already; the exit status is 1 when one is not."""
    account = None if args.account is None else session.account(args.account)
    found, refused = await asyncio.to_thread(lambda: sources.find(args.files, recursive=True))
    _complain_of_refused(refused)
    entries: dict[str, list[LedgerEntry]] = {}
    for entry in await session.engine.already_uploaded(args.files, account):
        entries.setdefault(entry.path, []).append(entry)
    missing = [source for source in found if str(source.path) not in entries]
    if args.json:
        print_document([row for source in found for row in _ledger_objects(source, entries)])
    else:
        print_table([cells for source in found for cells in _ledger_cells(source, entries)])
    return 1 if missing or refused or not found else 0


def _ledger_objects(source: Source, entries: dict[str, list[LedgerEntry]]) -> list[dict[str, Any]]:
    path = str(source.path)
    names = ("account", "code", "title", "folder", "uploaded")
    return [
        {
            "path": path,
            "account": entry.account,
            "code": entry.code,
            "title": entry.title,
            "folder": entry.folder,
            "uploaded": iso_words(entry.uploaded),
        }
        for entry in entries.get(path, ())
    ] or [{"path": path} | dict.fromkeys(names)]


def _ledger_cells(source: Source, entries: dict[str, list[LedgerEntry]]) -> list[list[str]]:
    path = str(source.path)
    return [
        [path, f"{entry.account}:@{entry.code}", f"{entry.folder.rstrip('/')}/{entry.title}"]
        for entry in entries.get(path, ())
    ] or [[path, "not uploaded", ""]]


# -- the queue ------------------------------------------------------------------------------------


async def show(session: Session, args: Namespace) -> int:
    """List the uploads in the order they are sent."""
    account = None if args.account is None else session.account(args.account)
    rows = session.engine.uploads(account)
    if args.json:
        print_document([upload_object(row) for row in rows])
    else:
        print_table([_cells(row) for row in rows], right=(0, 3, 4), flexible=6)
    return 0


def _cells(row: Upload) -> list[str]:
    percent = row.percent if row.percent is not None else 100 * row.sent / row.size
    place = f"{row.account}:{row.folder.rstrip('/')}/{row.title}"
    cells = [str(row.id), row.state, row.code or "", f"{percent:.0f}%", size_words(row.size)]
    return [*cells, place, row.error]


Change = Callable[[Iterable[int]], Awaitable[int]]


async def pause(session: Session, args: Namespace) -> int:
    """Send nothing more of uploads until they are resumed."""
    return await _steer(session, args, session.engine.pause_uploads, "paused", "can be paused")


async def cancel(session: Session, args: Namespace) -> int:
    """Cancel uploads that the host does not have yet."""
    return await _steer(session, args, session.engine.cancel_uploads, "cancelled", "is to cancel")


async def resume(session: Session, args: Namespace) -> int:
    """Go on with paused uploads, and follow them."""
    return await _go_on(session, args, session.engine.resume_uploads, "paused", UploadState.PAUSED)


async def retry(session: Session, args: Namespace) -> int:
    """Try again what failed, was cancelled or needs the person, and follow it."""
    states = (UploadState.FAILED, UploadState.CANCELLED, UploadState.NEEDS_YOU)
    return await _go_on(session, args, session.engine.retry_uploads, "failed", *states)


async def _steer(session: Session, args: Namespace, change: Change, done: str, undone: str) -> int:
    count = await change(_chosen(session, args))
    if not count:
        raise VhtuiError(f"nothing of that {undone}: 'vhtui uploads' lists what there is")
    say(f"{plural(count, 'upload')} {done}")
    return 0


async def _go_on(
    session: Session, args: Namespace, change: Change, word: str, *states: UploadState
) -> int:
    rows = uploads_by_id(session, set(_chosen(session, args)))
    ids: list[int] = []
    refused = False
    for id in [row.id for row in rows if row.state in states]:
        try:
            ids += [id] * await change([id])
        except SourceError as error:
            refused = True
            complain(f"upload {id}: {error}")
    if not ids and not refused:
        raise VhtuiError(f"nothing of that is {word}: 'vhtui uploads' lists what there is")
    went_well = await _follow(session, args, ids)
    if args.json:
        print_document([upload_object(row) for row in uploads_by_id(session, set(ids))])
    return 0 if went_well and not refused else 1


def _chosen(session: Session, args: Namespace) -> list[int]:
    """Return the ids that were given, or all; VhtuiError for one that no upload has."""
    account = None if args.account is None else session.account(args.account)
    known = [row.id for row in session.engine.uploads(account)]
    if args.all:
        return known
    if not args.ids:
        raise UsageError("which uploads? Give their ids, or --all")
    unknown = [str(id) for id in args.ids if id not in known]
    if unknown:
        raise VhtuiError(f"there is no upload {', '.join(unknown)}: 'vhtui uploads' lists them")
    return list(args.ids)


async def settle(session: Session, args: Namespace) -> int:
    """Say which file of the host an upload became."""
    await session.engine.settle_upload(args.id, args.code)
    say(f"upload {args.id} is {args.code}; 'vhtui work' brings it to its folder")
    return 0


async def clear(session: Session, args: Namespace) -> int:
    """Take playable and cancelled uploads from the list."""
    say(f"{plural(await session.engine.clear_uploads(), 'upload')} taken from the list")
    return 0


# -- limits ---------------------------------------------------------------------------------------


async def limits(session: Session, args: Namespace) -> int:
    """Change the limits, and print those in force."""
    if args.reset:
        await session.engine.reset_upload_limits()
    await _set_limits(session, args)
    if args.hours is not None:
        await session.engine.set_hours(args.hours or None)
    chosen = session.engine.upload_limits()
    hours = None
    if chosen.hours is not None:
        hours = "-".join(f"{at // 60:02}:{at % 60:02}" for at in chosen.hours)
    if args.json:
        print_document({"parallel": chosen.parallel, "limit": chosen.rate, "hours": hours})
        return 0
    rate = "none" if chosen.rate is None else f"{size_words(chosen.rate)}/s"
    print_table(
        [["parallel", str(chosen.parallel)], ["limit", rate], ["hours", hours or "none"]],
        flexible=None,
    )
    return 0


async def _set_limits(session: Session, args: Namespace) -> None:
    """Put the limits that were given in force, for every vhtui; 0 stands for none."""
    if args.parallel is not None:
        await session.engine.set_parallel(args.parallel)
    if args.limit is not None:
        await session.engine.set_limit(args.limit or None)
