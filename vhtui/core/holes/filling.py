"""The commands on titles and holes: compare the accounts, price what fills the holes, order it.

Everything ordered is a row of the upload queue or a job of the journal, and as safe as those. What
is under way already is left alone, so an interrupted filling is simply asked for again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from msgspec import Struct

from vhtui.core.database import Transaction
from vhtui.core.desk import clones, takedowns
from vhtui.core.holes.titles import TitleRow, Titles, TitlesSpec, read_titles
from vhtui.core.holes.ways import NEEDS, Account, Hole, Way, WayKind, Ways
from vhtui.core.jobs.groups import Receipt
from vhtui.core.paths import make_path
from vhtui.core.uploads import sources, table
from vhtui.errors import UsageError
from vhtui.models import ROOT, Capability, FolderRow
from vhtui.text import count_words, duration_words, plural, size_words

if TYPE_CHECKING:
    from vhtui.core.engine import Engine

MOST_AT_ONCE = 5000
"""Titles whose holes are filled in one go."""
_UPLOAD_REQUESTS = 4
"""Of an upload: where to, what is there, to its folder, its title."""

Choice = tuple[Hole, Way]
"""A hole and the way in which it is to be filled."""


class FillPrice(Struct, frozen=True, kw_only=True):
    """What filling costs: requests, bytes sent from this machine, seconds at the limits.

    ``send_seconds`` is None where no bandwidth cap says how long the sending takes.
    """

    requests: int
    bytes: int
    seconds: float
    send_seconds: float | None

    @property
    def words(self) -> str:
        """Say it."""
        requests = "1 request" if self.requests == 1 else f"{count_words(self.requests)} requests"
        parts = [f"{requests}, {duration_words(self.seconds)}"]
        if self.bytes:
            at = "" if self.send_seconds is None else f", {duration_words(self.send_seconds)}"
            parts.append(f"{size_words(self.bytes)} to send{at}")
        return f"{'; '.join(parts)}; a delete takes it back"


class FillReceipt(Struct, frozen=True, kw_only=True):
    """What was ordered: groups of the journal, uploads, a sentence; ``left``: titles and why."""

    receipts: tuple[Receipt, ...]
    uploads: tuple[int, ...]
    sentence: str
    left: tuple[tuple[str, str], ...] = ()


class HoleCommands:
    """Comparing accounts, and filling what one lacks."""

    def __init__(self, engine: Engine) -> None:
        """Compare an engine's accounts, and give it the orders."""
        self._engine = engine
        self._store = engine.store

    # Comparing

    def titles(self, spec: TitlesSpec) -> Titles:
        """Compare accounts (1 s for two of 100 000 files: use a thread)."""
        lists = [n for n in spec.accounts if Capability.LIST_FILES in self._engine.capabilities(n)]
        return read_titles(self._store, spec, lists)

    async def ask_takedowns(self) -> dict[str, int]:
        """Ask the hosts for the takedown lists that are too old to decide by; return the wishes."""
        old = [
            name
            for name in self._engine.accounts
            if Capability.LIST_TAKEDOWNS in self._engine.capabilities(name)
            and takedowns.is_old(self._store, name)
        ]
        return {name: await self._engine.refresh_takedowns(name) for name in old}

    # Filling

    def plan_fill(
        self, titles: Sequence[TitleRow], targets: Sequence[str] | None = None
    ) -> list[Hole]:
        """Return the holes of titles at the targets (None: all accounts), each with its ways.

        It reads a little of local files: use a thread. UsageError for too many titles.
        """
        if len(titles) > MOST_AT_ONCE:
            raise UsageError(
                f"{count_words(len(titles))} titles are too many at once: mark or filter at most"
                f" {count_words(MOST_AT_ONCE)}"
            )
        accounts = {name: self._described(name) for name in self._engine.accounts}
        return Ways(self._store, accounts).holes(titles, targets or self._engine.accounts)

    def _described(self, name: str) -> Account:
        able = self._engine.capabilities(name)
        reasons = {kind: self._engine.cannot(name, needed) for kind, needed in NEEDS.items()}
        return Account(
            name=name,
            provider=self._store.account(name).provider,
            against={kind: why for kind, why in reasons.items() if why is not None},
            has_folders=Capability.LIST_FILES in able,
            lists_takedowns=Capability.LIST_TAKEDOWNS in able,
        )

    def fill_price(self, choices: Sequence[Choice]) -> FillPrice:
        """Return what filling costs, before anything is done."""
        requests = dict.fromkeys(self._engine.accounts, 0)
        size = 0
        for hole, way in choices:
            match way.kind:
                case WayKind.UPLOAD:
                    requests[hole.account] += _UPLOAD_REQUESTS
                    size += way.identity.size if way.identity else 0
                case WayKind.REMOTE:
                    requests[hole.account] += 1
        for (account, folder), some in _by_place(choices, WayKind.CLONE).items():
            row = self._folder_at(account, folder)
            price = clones.estimate(len(some), row.files if row else 0, self._engine.rate(account))
            requests[account] += price.requests
        for account, folder in {(hole.account, hole.folder) for hole, _ in choices}:
            requests[account] += self._missing_folders(account, folder)
        cap = self._engine.upload_limits().rate
        return FillPrice(
            requests=sum(requests.values()),
            bytes=size,
            seconds=max((n / self._engine.rate(name) for name, n in requests.items()), default=0.0),
            send_seconds=size / cap if cap else None,
        )

    def _missing_folders(self, account: str, folder: str) -> int:
        """Return the requests that make a path: two for each folder that is missing."""
        if Capability.LIST_FILES not in self._engine.capabilities(account):
            return 0
        parts = [part for part in folder.split("/") if part]
        for depth in range(len(parts), 0, -1):
            if self._folder_at(account, "/".join(parts[:depth])) is not None:
                return 2 * (len(parts) - depth)
        return 2 * len(parts)

    def _folder_at(self, account: str, path: str) -> FolderRow | None:
        """Return the folder at a path, the first where several share it."""
        here = self._store.folder(account, ROOT)
        for title in (part for part in path.split("/") if part):
            if here is None:
                return None
            below = self._store.folders(account, here.id)
            here = next((row for row in below if row.title.replace("/", "／") == title), None)
        return here

    async def fill(self, choices: Sequence[Choice]) -> FillReceipt:
        """Order what fills holes; what is on a takedown list by now is left out."""
        for account, kind in {(hole.account, way.kind) for hole, way in choices}:
            self._engine.require(account, NEEDS[kind])
        going, left = await asyncio.to_thread(self._still_wanted, choices)
        uploads = await self._fill_by_upload([c for c in going if c[1].kind is WayKind.UPLOAD])
        receipts: list[Receipt] = []
        for (account, folder), some in _by_place(going, WayKind.REMOTE).items():
            urls = [way.url for _, way in some]
            target = await self._target(account, folder)
            receipts.append(await self._engine.add_remote(account, urls, target))
        for (account, folder), some in _by_place(going, WayKind.CLONE).items():
            plan = await asyncio.to_thread(
                self._engine.plan_clones, account, [w.code for _, w in some]
            )
            left += plan.refused
            if plan.items:
                target = await self._target(account, folder)
                receipts.append(await self._engine.clone(plan, target or ROOT))
        jobs = sum(receipt.jobs for receipt in receipts)
        return FillReceipt(
            receipts=tuple(receipts),
            uploads=tuple(uploads),
            sentence=_sentence(jobs, len(uploads), len(left)),
            left=tuple(left),
        )

    def _still_wanted(
        self, choices: Sequence[Choice]
    ) -> tuple[list[Choice], list[tuple[str, str]]]:
        """Leave out what came onto a takedown list since, and what is under way already."""
        going: list[Choice] = []
        left: list[tuple[str, str]] = []
        everyone = [row.name for row in self._store.accounts()]
        under_way = self._under_way()
        for hole, way in choices:
            title = hole.title
            codes = {row.code for row in self._store.files([c.file for c in title.cells if c.file])}
            why = next(
                (w for code in codes if (w := takedowns.listed(self._store, everyone, code))), None
            )
            if why is None and (hole.account, way.url or way.code) in under_way:
                why = "it is under way already"
            if why is None:
                going.append((hole, way))
            else:
                left.append((f"{title.title} to {hole.account}", why))
        return going, left

    def _under_way(self) -> set[tuple[str, str]]:
        """Return the URLs that are being fetched and the codes that are being cloned, by account.

        Uploads are looked at when they are queued.
        """
        rows = self._store.database.reader().execute(
            "SELECT account, COALESCE(code, after) AS what FROM job"
            " WHERE kind IN ('remote add', 'clone') AND is_deciding"
            " UNION SELECT account, url FROM remote_upload"
            " WHERE state IN ('waiting', 'running')"
        )
        return {(self._store.account_name(row["account"]), row["what"]) for row in rows}

    async def _fill_by_upload(self, choices: Sequence[Choice]) -> list[int]:
        def change(tx: Transaction) -> list[int]:
            ids = []
            for hole, way in choices:
                number = self._store.account_id(hole.account)
                assert way.path is not None and way.identity is not None
                if table.is_waiting(tx, number, way.path, way.identity):
                    continue
                ids.append(
                    table.add(
                        tx,
                        account=number,
                        name=hole.account,
                        path=way.path,
                        # As it is called where it is, so that the two stay one title.
                        title=sources.title_of(PurePath(hole.title.title.replace("/", "／"))),
                        folder=None,
                        folder_path=hole.folder,
                        identity=way.identity,
                        upload_set=None,
                    )
                )
            return ids

        return await self._engine.write(change) if choices else []

    async def _target(self, account: str, folder: str) -> str | None:
        """Return the id of a folder by its path, made when missing; None: the top."""
        if Capability.LIST_FILES not in self._engine.capabilities(account):
            return folder.strip("/") or None
        id = await make_path(self._engine, account, folder)
        return None if id == ROOT else id


def _by_place(choices: Iterable[Choice], kind: WayKind) -> Mapping[tuple[str, str], list[Choice]]:
    """Group the choices of a kind by account and folder."""
    groups: dict[tuple[str, str], list[Choice]] = {}
    for hole, way in choices:
        if way.kind is kind:
            groups.setdefault((hole.account, hole.folder), []).append((hole, way))
    return groups


def _sentence(jobs: int, uploads: int, left: int) -> str:
    parts = [plural(jobs, "job")] if jobs else []
    parts += [plural(uploads, "upload")] if uploads else []
    words = f"Filling: {' and '.join(parts)} written down" if parts else "Nothing to fill"
    return f"{words}; {plural(left, 'hole')} left out" if left else words
