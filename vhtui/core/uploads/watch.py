"""Watch folders: files that stopped changing are queued by themselves.

A file is taken when its size and time have stood still for ``settle`` seconds, unless this very
content was queued or uploaded before, whatever became of it: cancelling is respected.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from vhtui.core.database import Transaction
from vhtui.core.store import Store, storable
from vhtui.core.uploads import ledger, sources
from vhtui.core.uploads.sources import Identity, Source
from vhtui.errors import VhtuiError

Take = Callable[["WatchFolder", list[Source]], Awaitable[object]]
"""Queues the files of a watch folder."""


class WatchFolder(Struct, frozen=True, kw_only=True):
    """A local directory whose files are uploaded to ``folder`` (a path) of an account.

    ``patterns``: such as ``*.mkv``, empty for all. ``settle``: seconds without a change.
    """

    id: int
    account: str
    path: Path
    folder: str = "/"
    patterns: tuple[str, ...] = ()
    recursive: bool = True
    keep_tree: bool = True
    settle: float = 60.0


class Watched(Struct, frozen=True):
    """What a watch folder would do with a file: ``verdict`` is "upload" or why it is not."""

    path: Path
    size: int
    verdict: str

    @property
    def is_taken(self) -> bool:
        """Whether it would be uploaded."""
        return self.verdict == "upload"


def put(tx: Transaction, account: int, watch: WatchFolder) -> int:
    """Add a watch folder, or change the one on this directory and account."""
    row = tx.sql.execute(
        "INSERT INTO watch_folder (account, path, folder_path, patterns, recursive, keep_tree,"
        " settle, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, path) DO UPDATE"
        " SET folder_path = excluded.folder_path, patterns = excluded.patterns,"
        " recursive = excluded.recursive, keep_tree = excluded.keep_tree,"
        " settle = excluded.settle RETURNING id",
        (
            account,
            os.fsencode(watch.path),
            storable(watch.folder),
            json.dumps(watch.patterns),
            watch.recursive,
            watch.keep_tree,
            watch.settle,
            int(tx.now),
        ),
    ).fetchone()
    tx.touch("uploads", watch.account)
    return int(row["id"])


def watch_folders(store: Store) -> list[WatchFolder]:
    """Return every watch folder."""
    rows = store.database.reader().execute("SELECT * FROM watch_folder ORDER BY id")
    return [
        WatchFolder(
            id=row["id"],
            account=store.account_name(row["account"]),
            path=Path(os.fsdecode(row["path"])),
            folder=row["folder_path"],
            patterns=tuple(json.loads(row["patterns"])),
            recursive=bool(row["recursive"]),
            keep_tree=bool(row["keep_tree"]),
            settle=row["settle"],
        )
        for row in rows.fetchall()
    ]


def scan(watch: WatchFolder) -> tuple[list[Source], list[Watched]]:
    """Return the files a watch folder is about, and what in it cannot be sent (blocking)."""
    if watch.recursive:
        found, refused = sources.find([watch.path], recursive=True, patterns=watch.patterns)
        # The folder that is watched is no folder at the host; those in it may be.
        found = [replace(each, below=each.below[1:] if watch.keep_tree else ()) for each in found]
    else:
        inside = sorted(p for p in watch.path.glob("*") if not p.is_dir())
        wanted = [
            p for p in inside if not p.name.startswith(".") and sources.matches(p, watch.patterns)
        ]
        found, refused = sources.find(wanted, recursive=False)
    return found, [Watched(each.path, 0, each.reason) for each in refused]


def is_known(store: Store, account: str, source: Source) -> bool:
    """Whether this very content was queued before, or is at the account (blocking)."""
    identity = source.identity
    row = store.database.reader().execute(
        "SELECT 1 FROM upload WHERE account = ?1 AND path = ?2 AND size = ?3 AND mtime = ?4"
        " UNION ALL SELECT 1 FROM uploaded WHERE account = ?1 AND path = ?2 AND size = ?3"
        " AND mtime = ?4",
        (store.account_id(account), os.fsencode(source.path), identity.size, identity.mtime),
    )
    if row.fetchone() is not None:
        return True
    return bool(ledger.lookup(store, [(source.path, identity)], account))


def dry_run(store: Store, watch: WatchFolder, now: float) -> list[Watched]:
    """Return what a watch folder would do with each of its files right now (blocking)."""
    found, watched = scan(watch)
    for source in found:
        age = now - source.identity.mtime / 1e9
        if is_known(store, watch.account, source):
            verdict = "uploaded or queued before"
        elif 0 <= age < watch.settle:
            verdict = "still changing"
        else:
            verdict = "upload"
        watched.append(Watched(source.path, source.identity.size, verdict))
    return sorted(watched, key=lambda each: str(each.path))


def settled_by_age(store: Store, watch: WatchFolder, now: float) -> list[Source]:
    """Return what in a watch folder is new and, by the times that the disk itself keeps, has stood
    still (blocking): for who does not stay to watch."""
    return [
        source
        for source in scan(watch)[0]
        if now - _changed(source) >= watch.settle and not is_known(store, watch.account, source)
    ]


def _changed(source: Source) -> float:
    """Return when a file changed last: a copy keeps its time of modification, its status does not;
    one that is gone changes now."""
    try:
        found = source.path.stat()
    except OSError:
        return math.inf
    return max(found.st_mtime, found.st_ctime)


class Watch:
    """Looks at the watch folders as long as it runs."""

    def __init__(
        self,
        store: Store,
        interval: float,
        take: Take,
        on_trouble: Callable[[str, Exception], Awaitable[None]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Look every ``interval`` seconds; ``take`` queues what has settled, ``on_trouble`` hears
        why that could not be done for an account."""
        self._store = store
        self._interval = interval
        self._take = take
        self._on_trouble = on_trouble
        self._clock = clock
        self._seen: dict[tuple[int, Path], tuple[Identity, float]] = {}

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(self._interval)

    async def look(self) -> None:
        """Look once at every watch folder and queue what has settled since earlier looks."""
        present: set[tuple[int, Path]] = set()
        for watch in watch_folders(self._store):
            settled = await asyncio.to_thread(self._settled, watch, present)
            if not settled:
                continue
            try:
                await self._take(watch, settled)
            except VhtuiError as error:
                await self._on_trouble(watch.account, error)
        for key in self._seen.keys() - present:
            del self._seen[key]

    def _settled(self, watch: WatchFolder, present: set[tuple[int, Path]]) -> list[Source]:
        now = self._clock()
        settled: list[Source] = []
        for source in scan(watch)[0]:
            key = (watch.id, source.path)
            present.add(key)
            identity, since = self._seen.get(key, (None, now))
            if identity != source.identity:
                self._seen[key] = (source.identity, now)
                since = now
            if now - since < watch.settle:
                continue
            self._seen[key] = (source.identity, math.inf)  # not looked at again as it is
            if not is_known(self._store, watch.account, source):
                settled.append(source)
        return settled
