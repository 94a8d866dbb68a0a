"""The view of titles across accounts: which is where, and filling what one lacks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from textual.worker import Worker
from typing_extensions import override

from vhtui.core.holes.filling import MOST_AT_ONCE
from vhtui.core.holes.matching import Cell, Match
from vhtui.core.holes.titles import Scope, TitleCell, TitleRow, Titles, TitleSort, TitlesSpec
from vhtui.core.store import Sort, Store
from vhtui.errors import UsageError
from vhtui.models import ROOT, Changes
from vhtui.query import parse
from vhtui.text import count_words, length_words, plural, size_words
from vhtui.ui.keymap import Place
from vhtui.ui.screens.desk import Export, sheet
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.panel import Fact, Panel
from vhtui.ui.widgets.row_table import Column, Key

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

_LEAST_PAUSE = 0.1
_SORTS = {
    Sort.TITLE: TitleSort.TITLE,
    Sort.SIZE: TitleSort.SIZE,
    Sort.LENGTH: TitleSort.LENGTH,
    Sort.STATE: TitleSort.STATE,
}
_STYLES = {
    Cell.THERE: "muted",
    Cell.TAKEDOWN: "error",
    Cell.PENDING: "pending",
    Cell.UNSURE: "warning",
    Cell.GONE: "error",
    Cell.MISSING: "error",
}
_ALONE = "There is one account only: g a, then a a, adds another to compare with."


class TitleSource:
    """The titles of a comparison, read a window at a time, by the file that stands for each."""

    def __init__(self, titles: Titles, store: Store) -> None:
        """Show titles in their order."""
        self.titles = titles
        self._store = store

    def __len__(self) -> int:
        return len(self.titles)

    def window(self, start: int, stop: int) -> Sequence[TitleRow]:
        """Return the rows of the positions."""
        return self.titles.rows(self._store, range(start, min(stop, len(self))))

    def key_at(self, position: int) -> Key:
        """Return the row id of the file that stands for the title at a position."""
        return self.titles.id_at(position)

    def key_runs(self, start: int, stop: int) -> Iterable[Sequence[Key]]:
        """Return the keys of the positions."""
        return (list(map(self.titles.id_at, range(start, stop))),)

    def position(self, key: Key) -> int | None:
        """Return where a title is, or None."""
        return self.titles.position(key) if isinstance(key, int) else None


def cell_word(cell: TitleCell) -> str:
    """Return what an account has of a title; "there?" is a match by name alone."""
    doubt = cell.state is Cell.THERE and cell.match is Match.NAME
    return f"{cell.state.word}{'?' if doubt else ''}"


def columns_for(accounts: Sequence[str]) -> tuple[Column[TitleRow], ...]:
    """Return the columns: the title, and one for each account."""

    def word(at: int, row: TitleRow) -> str:
        return cell_word(row.cells[at])

    def style(at: int, row: TitleRow) -> str:
        return _STYLES.get(row.cells[at].state, "")

    return (
        Column("name", "Title", lambda row: row.title, worth=100),
        Column("length", "Length", lambda row: length_words(row.row.length), width=8,
               align="right", worth=30),
        Column("size", "Size", lambda row: size_words(row.row.size), width=9, align="right",
               worth=35),
        *(
            Column(f"account-{at}", name, partial(word, at), width=min(12, max(8, len(name))),
                   worth=max(50, 99 - at), style=partial(style, at))
            for at, name in enumerate(accounts)
        ),
        Column("takedown", "Notice", lambda row: "takedown" if row.is_taken_down else "", width=8,
               worth=20, style=lambda row: "error"),
    )  # fmt: skip


class TitlesPanel(Panel[TitleRow]):
    """The titles of a folder, an account or all accounts, with a word for each account."""

    place = Place.HOLES
    title = "Titles across accounts"
    look = "files"

    def __init__(self, screen: MainScreen) -> None:
        """Compare nothing until the panel is shown."""
        self._accounts = screen.engine.accounts
        self.columns = columns_for(self._accounts)
        super().__init__(screen)
        self.spec = TitlesSpec(accounts=self._accounts)
        self._reach = "folder"
        self._loading: TitlesSpec | None = None
        self._is_stale = False

    # -- reading ----------------------------------------------------------------------------------

    @does("panel.holes")
    async def open(self) -> None:
        """Show the titles; the hosts are asked for takedown lists that have grown old."""
        self._reach = "folder"
        self.screen.show_panel(self.place)
        await self.engine.holes.ask_takedowns()

    def _scopes(self) -> tuple[Scope, ...]:
        spot = self.screen.files.spot
        if self._reach == "all":
            return ()
        folder = "/"
        if self._reach == "folder":
            folder = self.store.folder_path(spot.account, spot.folder or ROOT)
        return (Scope(spot.account, folder),)

    @override
    def read(self, *, restart: bool = False) -> None:
        if self._accounts != self.engine.accounts:
            self._accounts = self.engine.accounts
            self.columns = columns_for(self._accounts)
            self.fit(self.screen.size.width)
        self.spec = replace(self.spec, accounts=self._accounts, scopes=self._scopes())
        if not restart and self._loading == self.spec:
            self._is_stale = True
            return
        self._loading, self._is_stale = self.spec, False
        if not self.table.row_count:
            self.table.set_empty("Comparing the accounts")
        # Made when the worker starts: one that is replaced before leaves no coroutine behind.
        load = partial(self._load, self.spec, restart)
        _: Worker[None] = self.screen.run_worker(load, group="titles", exclusive=True)

    async def _load(self, spec: TitlesSpec, restart: bool) -> None:
        began = time.monotonic()
        try:
            titles = await asyncio.to_thread(self.engine.holes.titles, spec)
            self.table.set_empty("" if len(titles) else self._empty(spec))
            self.table.set_sort(str(spec.sort.value), spec.reverse)
            self.table.show(TitleSource(titles, self.store), restart=restart)
            self.screen.show_state()
        finally:
            if self._loading is spec:
                self._loading = None
                if self._is_stale:
                    self._is_stale = False
                    # What takes long is read at most every fifth of the time.
                    self.screen.set_timer(
                        max(_LEAST_PAUSE, 4 * (time.monotonic() - began)), self._read_again
                    )

    def _read_again(self) -> None:
        if self.screen.panel is self:
            self.read()

    def _empty(self, spec: TitlesSpec) -> str:
        if len(spec.accounts) < 2:
            return _ALONE
        if spec.query is not None:
            return "Nothing matches. Esc shows all again."
        if spec.holes_only:
            return "No holes: every title here is on every account. m shows them all."
        return "There are no titles here; t looks further."

    @override
    def is_touched_by(self, changes: Changes) -> bool:
        return any(map(changes.touches, ("files", "remote", "uploads", "takedowns", "folders")))

    @override
    async def ask_host(self) -> None:
        """Have every account listed again that can be."""
        for account in self.engine.accounts:
            if not self.screen.is_ledger(account):
                await self.engine.sync(account)

    # -- words ------------------------------------------------------------------------------------

    @property
    def _titles(self) -> Titles | None:
        source = self.table.source
        return source.titles if isinstance(source, TitleSource) else None

    @override
    def where(self) -> str:
        scopes = self._scopes()
        if not scopes:
            return "Titles of all accounts"
        return f"Titles of {scopes[0].account}:{scopes[0].folder}"

    @override
    def status(self) -> str:
        titles = self._titles
        if titles is None:
            return ""
        what = "with holes" if titles.spec.holes_only else "all"
        return f"{plural(len(titles), 'title')} ({what}) · {plural(titles.holes, 'hole')}"

    @override
    def facts(self, row: TitleRow) -> list[Fact]:
        facts = [
            ("Title", row.title),
            ("Folder", self.store.folder_path(row.account, row.row.folder)),
            ("Size", size_words(row.row.size)),
            ("Length", length_words(row.row.length)),
        ]
        for cell in row.cells:
            how = f", {cell.match.words}" if cell.match.words else ""
            if cell.state is Cell.UNSURE:
                how = ": a file of this name is there, of another length or size or of none"
            elif cell.state is Cell.MISSING and self.screen.is_ledger(cell.account):
                how = ", as far as vhtui's own books say"
            facts.append((cell.account, f"{cell.state.word}{how}"))
        if row.is_taken_down:
            facts.append(("Notice", "on a takedown list: it is not filled"))
        return facts

    # -- choosing ---------------------------------------------------------------------------------

    @does("holes.only")
    def toggle_holes(self) -> None:
        """Show only titles that an account lacks, or all."""
        self.spec = replace(self.spec, holes_only=not self.spec.holes_only)
        self.read()

    @does("holes.scope")
    def change_scope(self) -> None:
        """Look further: from the folder to the account, to all accounts, and back."""
        reaches = ["folder", "account", "all"]
        self._reach = reaches[(reaches.index(self._reach) + 1) % len(reaches)]
        self.read(restart=True)

    @override
    def set_filter(self, text: str) -> None:
        query = parse(text) if text.strip() else None
        self.filter_text = text.strip() if query else ""
        if query != self.spec.query:
            self.spec = replace(self.spec, query=query)
            self.read()

    @override
    async def matches(self, text: str) -> Sequence[int]:
        titles = self._titles
        if titles is None:
            return []
        spec = replace(titles.spec, query=parse(text))
        found = await asyncio.to_thread(self.engine.holes.titles, spec)
        ids = {found.id_at(at) for at in range(len(found))}
        return [at for at in range(len(titles)) if titles.id_at(at) in ids]

    @override
    def set_order(self, sort: Sort, *, reverse: bool) -> None:
        self.spec = replace(self.spec, sort=_SORTS[sort], reverse=reverse)
        self.read()

    def _chosen_positions(self) -> list[int]:
        """Return where the marked titles are, or all that are shown."""
        titles = self._titles
        if titles is None:
            return []
        marked = set(self.table.marked_keys())
        return [at for at in range(len(titles)) if not marked or titles.id_at(at) in marked]

    @override
    def exported(self) -> Export:
        titles, positions = self._titles, self._chosen_positions()
        assert titles is not None
        heads = ("title", "size", "length", "takedown", *titles.spec.accounts)

        def text(as_csv: bool) -> tuple[str, str]:
            rows: list[tuple[object, ...]] = [
                (row.title, row.row.size, row.row.length, "yes" if row.is_taken_down else "",
                 *map(cell_word, row.cells))
                for row in titles.rows(self.store, positions)
            ]  # fmt: skip
            return sheet(heads, rows, as_csv=as_csv), plural(len(rows), "title")

        return text

    # -- filling ----------------------------------------------------------------------------------

    @does("holes.fill")
    def fill(self) -> Coroutine[Any, Any, None]:
        """Choose how the holes of the marked titles, or of all, are filled, and order it."""
        titles, positions = self._titles, self._chosen_positions()
        if titles is None or not positions:
            raise UsageError("there is no title here to fill")
        if len(positions) > MOST_AT_ONCE:
            raise UsageError(
                f"{count_words(len(positions))} titles are too many at once: mark or filter at"
                f" most {count_words(MOST_AT_ONCE)}"
            )
        return self._fill(titles, positions)

    async def _fill(self, titles: Titles, positions: Sequence[int]) -> None:
        from vhtui.ui.screens.dialogs import Confirm
        from vhtui.ui.screens.fill_holes import FillHoles

        self.screen.say("Looking how they can be filled")
        rows = await asyncio.to_thread(titles.rows, self.store, positions)
        holes = await asyncio.to_thread(self.engine.holes.plan_fill, rows)
        self.screen.say("")
        if not holes:
            raise UsageError("these titles have no holes")
        choices = await self.screen.answer(FillHoles(self.engine, holes))
        if not choices:
            return
        receipt = await self.engine.holes.fill(choices)
        self.table.clear_marks()
        self.screen.say(receipt.sentence)
        if receipt.left:
            left = [f"{title}: {why}" for title, why in receipt.left]
            words = f"{plural(len(left), 'hole')} left out"
            await self.screen.answer(Confirm(words, rows=left, yes="Go on"))
