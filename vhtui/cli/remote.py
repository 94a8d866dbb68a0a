"""Commands about what a host fetches and encodes."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence

from vhtui.cli.follow import ask_each, finish
from vhtui.cli.join import Session
from vhtui.cli.output import encoding_object, print_document, print_table, remote_object, say
from vhtui.cli.paths import PathError, find_folder, parse
from vhtui.core.groups import Receipt
from vhtui.errors import UsageError
from vhtui.models import ROOT, Capability, Encoding, RemoteUpload


async def add(session: Session, args: Namespace) -> int:
    """Queue URLs on the host."""
    account, folder = await _target(session, args.account, args.to)
    receipt = await session.engine.add_remote(account, _urls(args.urls), folder)
    return await finish(session, args, [receipt])


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


def _urls(given: Sequence[str]) -> list[str]:
    urls: list[str] = []
    for url in given:
        urls.extend(sys.stdin.read().split() if url == "-" else [url])
    return urls


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
    return [id, row.state, percent, row.url, row.code or "", row.note]


async def restart(session: Session, args: Namespace) -> int:
    """Restart failed entries of the queue."""
    account = session.account(args.account)
    session.engine.require(account, Capability.RESTART_REMOTE)
    await _look_at_queue(session, account)
    return await finish(session, args, [await session.engine.restart_remote(account, args.ids)])


async def delete(session: Session, args: Namespace) -> int:
    """Delete ended entries of the queue."""
    account = session.account(args.account)
    session.engine.require(account, Capability.DELETE_REMOTE)
    await _look_at_queue(session, account)
    return await finish(session, args, [await session.engine.delete_remote(account, args.ids)])


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
    return [row.title, row.code, quality, row.state, percent, row.error or row.note]
