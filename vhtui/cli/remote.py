"""Commands about what a host fetches and encodes."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from vhtui.cli.follow import ask_each, finish
from vhtui.cli.join import Session
from vhtui.cli.output import (
    complain,
    encoding_object,
    print_document,
    print_table,
    remote_object,
    remote_state_words,
    say,
)
from vhtui.cli.paths import PathError, find_folder, parse
from vhtui.core.commands import check_url
from vhtui.core.jobs.groups import Receipt
from vhtui.core.url_lists import (
    UrlList,
    Verdict,
    decoded,
    failed_groups,
    read_list,
    read_urls,
)
from vhtui.errors import UsageError, VhtuiError
from vhtui.models import ROOT, Capability, Encoding, RemoteUpload
from vhtui.text import clean, duration_words, plural

_FAULTS_SHOWN = 20


async def add(session: Session, args: Namespace) -> int:
    """Queue URLs on the host, but for those that stand there twice or that it knows already."""
    if not args.urls and not args.files:
        raise UsageError("which URLs? Give them, or --from FILE")
    account, folder = await _target(session, args.account, args.to)
    texts = await asyncio.to_thread(_texts, args.urls, args.files)
    found = read_urls("\n".join(texts), session.store.remote_uploads(account))
    if args.dry_run:
        return _preview(found, args)
    faulty = [line for line in found.lines if line.verdict is Verdict.FAULTY]
    if faulty and not args.files:
        check_url(faulty[0].url)
    for line in faulty[:_FAULTS_SHOWN]:
        complain(f"line {line.number}: {clean(line.url, 200)} {line.note}")
    wanted = found.wanted(known=args.again)
    if found.left_out:
        again = " (--again queues them too)" if wanted != found.wanted(known=True) else ""
        say(f"left out: {found.left_out}{again}")
    if not wanted:
        say("nothing new to queue")
        if args.json:
            print_document([])
        return 1 if faulty or not found.lines else 0
    receipt = await session.engine.add_remote(account, wanted, folder)
    return await finish(session, args, [receipt]) or (1 if faulty else 0)


def _preview(found: UrlList, args: Namespace) -> int:
    """Print what would become of each line."""
    names = ("line", "url", "verdict", "note")
    rows = [(line.number, line.url, line.verdict.value, line.note) for line in found.lines]
    if args.json:
        print_document([dict(zip(names, row, strict=True)) for row in rows])
    else:
        cells = [[str(number), verdict, url, note] for number, url, verdict, note in rows]
        print_table(cells, right=(0,), flexible=2)
    return 0


async def _target(session: Session, name: str | None, to: str | None) -> tuple[str, str | None]:
    """Return the account and the folder that uploads go to: an id, or a name at some hosts."""
    if to is None:
        return session.account(name), None
    place = parse(to, session.accounts)
    if name is not None and session.account(name) != place.account:
        raise UsageError(f"--to leads to {place.account}, but --account says {name}")
    if session.can(place.account, Capability.LIST_FILES):
        try:
            folder = await find_folder(session, to)
        except PathError as error:
            raise PathError(f"{error} ('vhtui mkdir {to}' makes the folder)") from None
        return place.account, None if folder.id == ROOT else folder.id
    if place.code is not None or len(place.parts) > 1:
        raise UsageError(f"{to!r}: write ACCOUNT:/Folder; folders of this host are not nested")
    return place.account, place.parts[0] if place.parts else None


def _texts(given: Sequence[str], files: Sequence[Path]) -> list[str]:
    """Return the lists of URLs that were given, in files and on the standard input too."""
    texts = [decoded(sys.stdin.buffer) if url == "-" else url for url in given]
    return [*texts, *map(read_list, files)]


async def show(session: Session, args: Namespace) -> int:
    """List the remote-upload queues."""
    accounts = session.chosen(_one_of(args.place, args.account))
    failed = 0
    if not args.offline:
        failed = await ask_each(
            session, {name: await session.engine.refresh_remote(name) for name in accounts}
        )
    uploads = [(name, row) for name in accounts for row in session.store.remote_uploads(name)]
    if args.json:
        print_document([remote_object(name, row) for name, row in uploads])
    else:
        print_table(
            [_upload_cells(name, row, len(accounts) > 1) for name, row in uploads],
            flexible=3,
        )
    return 1 if failed else 0


def _one_of(place: str | None, account: str | None) -> str | None:
    if place is not None and account is not None and place.partition(":")[0] != account:
        raise UsageError(f"two accounts are named: {place} and {account}")
    return place if place is not None else account


def _upload_cells(account: str, row: RemoteUpload, named: bool) -> list[str]:
    percent = "" if row.percent is None else f"{row.percent:.0f}%"
    id = f"{account}: {row.id}" if named else row.id
    return [id, remote_state_words(row), percent, row.url, row.code or "", row.note]


async def restart(session: Session, args: Namespace) -> int:
    """Restart failed entries of the queue."""
    account = session.account(args.account)
    session.engine.require(account, Capability.RESTART_REMOTE)
    await _look_at_queue(session, account)
    ids = _chosen(session, account, args)
    return await finish(session, args, [await session.engine.restart_remote(account, ids)])


async def delete(session: Session, args: Namespace) -> int:
    """Delete ended entries of the queue."""
    account = session.account(args.account)
    waiting = [id for id in args.ids if id.startswith("new:")]
    if waiting:
        count = await session.engine.cancel_waiting_remote(account, waiting)
        say(f"{plural(count, 'URL')} not given to the host")
        args.ids = [id for id in args.ids if id not in waiting]
        if not args.ids and not args.failed and args.note is None:
            return 0 if count == len(waiting) else 1
    session.engine.require(account, Capability.DELETE_REMOTE)
    await _look_at_queue(session, account)
    ids = _chosen(session, account, args)
    return await finish(session, args, [await session.engine.delete_remote(account, ids)])


def _chosen(session: Session, account: str, args: Namespace) -> list[str]:
    """Return the entries that were named, by their ids or by what failed."""
    ids = list(args.ids)
    if args.failed or args.note is not None:
        words = (args.note or "").casefold()
        groups = failed_groups(session.store.remote_uploads(account))
        ids += [id for group in groups if words in group.note.casefold() for id in group.ids]
        if not ids:
            raise VhtuiError(f"nothing of that failed at {account}")
    if not ids:
        raise UsageError("which entries? Give their ids, --failed or --note WORDS")
    return ids


async def failed(session: Session, args: Namespace) -> int:
    """List what failed, grouped by the host's note."""
    account = session.account(args.account)
    await _look_at_queue(session, account)
    groups = failed_groups(session.store.remote_uploads(account))
    if args.json:
        rows = [{"note": g.note, "ids": g.ids, "urls": [u.url for u in g.uploads]} for g in groups]
        print_document(rows)
    else:
        print_table([[str(len(group.ids)), group.note] for group in groups], right=(0,), flexible=1)
    if not groups:
        say("nothing failed")
    return 0


async def active(session: Session, args: Namespace) -> int:
    """Set how many remote uploads a host is given at once, and print that."""
    account = session.account(args.account)
    if args.number is not None:
        await session.engine.set_remote_active(account, args.number)
    count = session.engine.remote_active(account)
    if args.json:
        print_document({"account": account, "active": count or None})
    else:
        print_table([[account, str(count) if count else "all"]], flexible=None)
    return 0


async def clear_failed(session: Session, args: Namespace) -> int:
    """Delete every failed entry of the queue."""
    account = session.account(args.account)
    receipt: Receipt = await session.engine.clear_failed_remote(account)
    return await finish(session, args, [receipt])


async def _look_at_queue(session: Session, account: str) -> None:
    """Ask for the queue: which entries may be changed depends on how they stand now.

    Where the host does not answer, the library's queue has to do.
    """
    await ask_each(session, {account: await session.engine.refresh_remote(account)})


async def encodings(session: Session, args: Namespace) -> int:
    """List what the hosts encode."""
    able = [
        name
        for name in session.chosen(args.account)
        if session.can(name, Capability.LIST_ENCODINGS)
    ]
    if not able:
        session.engine.require(session.chosen(args.account)[0], Capability.LIST_ENCODINGS)
    failed = 0
    if not args.offline:
        failed = await ask_each(
            session, {name: await session.engine.refresh_encodings(name) for name in able}
        )
    rows = [(name, row) for name in able for row in session.store.encodings(name)]
    if args.json:
        print_document([encoding_object(name, row) for name, row in rows])
    else:
        print_table([_encoding_cells(row) for _, row in rows])
    if not rows and not failed:
        say("nothing is being encoded")
    return 1 if failed else 0


def _encoding_cells(row: Encoding) -> list[str]:
    percent = "" if row.percent is None else f"{row.percent:.0f}%"
    quality = "" if row.quality is None else f"{row.quality}p"
    left = "" if row.left is None else duration_words(row.left)
    if row.stalled is not None:
        left = f"still for {row.stalled // 60} min"
    return [row.title, row.code, quality, row.state, percent, left, row.error or row.note]
