"""The command about watch folders: what comes into a directory is uploaded by itself."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from vhtui.cli.jobs import work
from vhtui.cli.join import Session
from vhtui.cli.output import print_document, print_table, say
from vhtui.cli.paths import find_folder
from vhtui.cli.uploads import upload_targets
from vhtui.core.uploads.watch import Watched, WatchFolder
from vhtui.errors import UsageError, VhtuiError
from vhtui.text import size_words


async def watch(session: Session, args: Namespace) -> int:
    """Add a watch folder and work until a signal comes; or list, try or remove one."""
    if args.list:
        return _list(session, args)
    if args.remove is not None:
        return await _remove(session, args.remove)
    if args.directory is None or not args.to:
        raise UsageError("write: vhtui watch DIR --to ACCOUNT:/FOLDER (--list shows the others)")
    targets = await upload_targets(session, args.to)
    places = [(name, folder) for folder, names in targets.items() for name in names]
    if args.dry_run:
        return await _dry_run(session, args, [name for name, _ in places])
    added = []
    for account, folder in places:
        if not folder.startswith("/"):
            folder = (await find_folder(session, f"{account}:@{folder}")).path
        watched = await session.engine.add_watch(
            account,
            args.directory,
            folder,
            patterns=args.pattern,
            keep_tree=not args.flat,
            settle=args.settle,
        )
        added.append(watched)
        say(f"watch folder {watched.id}: {watched.path} goes to {account}:{folder}")
    if not args.no_wait:
        return await work(session, args)
    if args.json:
        print_document([_watch_object(each) for each in added])
    return 0


def _list(session: Session, args: Namespace) -> int:
    folders = session.engine.watch_folders()
    if args.json:
        print_document([_watch_object(each) for each in folders])
    else:
        print_table([_cells(each) for each in folders], right=(0,), flexible=1)
    return 0


def _watch_object(watch: WatchFolder) -> dict[str, Any]:
    return {
        "id": watch.id,
        "path": str(watch.path),
        "account": watch.account,
        "folder": watch.folder,
        "patterns": list(watch.patterns),
        "flat": not watch.keep_tree,
        "settle": watch.settle,
    }


def _cells(watch: WatchFolder) -> list[str]:
    patterns = " ".join(watch.patterns)
    return [str(watch.id), str(watch.path), f"{watch.account}:{watch.folder}", patterns]


async def _remove(session: Session, id: int) -> int:
    known = {each.id: each for each in session.engine.watch_folders()}
    if id not in known:
        raise VhtuiError(f"there is no watch folder {id}: 'vhtui watch --list' lists them")
    await session.engine.remove_watch(id)
    say(f"{known[id].path} is watched no longer; what is in the queue stays there")
    return 0


async def _dry_run(session: Session, args: Namespace, accounts: list[str]) -> int:
    told: list[tuple[str, Watched]] = []
    for account in accounts:
        found = await session.engine.watch_dry_run(
            account, Path(args.directory), patterns=args.pattern, settle=args.settle
        )
        told += [(account, each) for each in found]
    if args.json:
        print_document([_watched_object(account, each) for account, each in told])
    else:
        rows = [[str(e.path), size_words(e.size), account, e.verdict] for account, e in told]
        print_table(rows, right=(1,))
    return 0


def _watched_object(account: str, watched: Watched) -> dict[str, Any]:
    return {
        "path": str(watched.path),
        "account": account,
        "size": watched.size,
        "taken": watched.is_taken,
        "verdict": watched.verdict,
    }
