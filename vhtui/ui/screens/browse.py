"""The files panel: where it is, what it lists, and the way from folder to folder."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.worker import Worker
from typing_extensions import override

from vhtui.core.status import sync_words
from vhtui.core.store import ListingSpec, Sort
from vhtui.errors import UsageError, VhtuiError
from vhtui.models import ROOT, Capability, Changes, FileRow, FolderRow
from vhtui.query import Query, parse
from vhtui.text import (
    plural,
    size_words,
)
from vhtui.ui import columns
from vhtui.ui.columns import Entry
from vhtui.ui.completing import QueryCompleter
from vhtui.ui.keymap import Place
from vhtui.ui.screens.describe import Describer
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.panel import Fact, Panel
from vhtui.ui.sketching import last_cursor
from vhtui.ui.sources import EntrySource
from vhtui.ui.widgets.row_table import Key

if TYPE_CHECKING:
    from vhtui.core.store import Listing
    from vhtui.core.views import View
    from vhtui.ui.screens.main import MainScreen

_LEAST_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the files panel is; ``folder`` None is the whole account (a search, or a view)."""

    account: str
    folder: str | None = ROOT
    query: Query | None = None
    query_text: str = ""
    cursor: Key | None = None
    line: int | None = None
    view: View | None = None

    @property
    def place(self) -> tuple[object, ...]:
        """What is shown there, wherever the cursor is."""
        return (self.account, self.folder, self.query, self.view)


class FilesPanel(Panel[Entry]):
    """Lists a folder, or what a search found in the whole account."""

    place = Place.FILES
    title = "Files"
    look = "files"
    columns = columns.FILE_COLUMNS

    def __init__(self, screen: MainScreen) -> None:
        """Start in the root of the screen's account."""
        super().__init__(screen)
        self.spot = Spot(screen.account)
        self.back: list[Spot] = []
        self.forward: list[Spot] = []
        self._left: dict[str, Spot] = {}
        self._loading: ListingSpec | None = None
        self._is_stale = False
        self._totals = (0, 0)
        self.describer = Describer(screen)

    # -- reading ----------------------------------------------------------------------------------

    def order(self) -> tuple[Sort, bool]:
        """Return what the account's files are sorted by, and whether reversed."""
        kept = (self.store.setting(f"sort:{self.spot.account}") or "").split()
        if not kept or kept[0] not in set(Sort):
            return Sort.TITLE, False
        return Sort(kept[0]), kept[-1] == "reversed"

    def spec(self) -> ListingSpec:
        """Return what the store is asked for."""
        sort, reverse = self.order()
        spot = self.spot
        return ListingSpec(spot.account, spot.folder, spot.query, sort, reverse)

    @override
    def read(self, *, restart: bool = False) -> None:
        spec = self.spec()
        if restart or self._loading is None:
            self._loading = spec
            self._is_stale = False
            # Made when the worker starts: one that is replaced before leaves no coroutine behind.
            load = partial(self._load, spec, self.spot, restart)
            _: Worker[None] = self.screen.run_worker(load, group="listing", exclusive=True)
        else:
            self._is_stale = True

    async def _load(self, spec: ListingSpec, spot: Spot, restart: bool) -> None:
        began = time.monotonic()
        try:
            listing, totals = await asyncio.to_thread(self._list, spec, spot.view)
            self._totals = totals
            self._show(listing, spot, restart)
        except VhtuiError as error:
            self.screen.say(str(error), "error")
        finally:
            if self._loading is spec:
                self._loading = None
                if self._is_stale:
                    self._is_stale = False
                    # A listing that takes long is read at most every fifth of the time.
                    pause = max(_LEAST_PAUSE, 4 * (time.monotonic() - began))
                    self.screen.set_timer(pause, self.read)

    def _list(self, spec: ListingSpec, view: View | None) -> tuple[Listing, tuple[int, int]]:
        if view is not None and view.is_ranked:
            return self.screen.views.listing(spec, view)
        listing = self.store.listing(spec)
        return listing, self.store.totals(listing)

    def _show(self, listing: Listing, spot: Spot, restart: bool) -> None:
        source = EntrySource(self._folders(spot), listing, self.store.files)
        self.table.set_empty(self.empty_words() if not len(source) else "")
        if not self.screen.views.fit(self, spot.view):
            self.table.set_sort(str(listing.spec.sort.value), listing.spec.reverse)
        self.table.show(source, restart=restart)
        if restart and spot.cursor is not None:
            self.table.go_to(spot.cursor, line=spot.line)
        self.screen.show_state()
        if restart:
            self.screen.post_message(self.screen.RowsShown())

    def _folders(self, spot: Spot) -> list[FolderRow]:
        if spot.folder is None:
            return []
        folders = self.store.folders(spot.account, spot.folder)
        wanted = spot.query_text.casefold()
        return [folder for folder in folders if wanted in folder.title.casefold()]

    @override
    def is_touched_by(self, changes: Changes) -> bool:
        spot = self.spot
        if changes.touches("folders", spot.account):
            return True
        if spot.folder is None:
            return changes.touches("files", spot.account)
        anywhere = ("files", spot.account) in changes.topics
        return anywhere or changes.touches("files", spot.account, spot.folder)

    # -- going ------------------------------------------------------------------------------------

    def go(
        self, account: str, folder: str | None, *, cursor: Key | None = None, keep: bool = True
    ) -> None:
        """Go to a folder and put the cursor on a row; ``keep`` makes H come back here."""
        self.go_to(Spot(account, folder, cursor=cursor), keep=keep)

    def go_to(self, spot: Spot, *, keep: bool = True) -> None:
        """Go to a spot."""
        here = replace(self.spot, cursor=self.table.cursor_key)
        if keep and here.place != spot.place:
            self.back = [*self.back[-99:], here]
            self.forward = []
        if spot.account != here.account:
            self._left[here.account] = here
        self.spot = spot
        self.filter_text = spot.query_text if spot.folder is not None else ""
        self.screen.place_changed()
        self.read(restart=True)
        if spot.folder is not None:
            self.screen.remember(f"folder:{spot.account}", spot.folder)
        self.screen.dispatcher.start(self._ask_again(spot))

    async def _ask_again(self, spot: Spot) -> None:
        """Have the host list what is shown, where what the store knows of it has grown old."""
        if not self.can_list():
            return
        now, tuning = time.time(), self.engine.settings.tuning
        account = self.store.account(spot.account)
        if (account.synced or 0) < now - tuning.sync_age and account.sync_total is None:
            await self.engine.sync(spot.account)
        folder = self.store.folder(spot.account, spot.folder) if spot.folder else None
        if folder is not None and (folder.listed or 0) < now - tuning.refresh_age:
            await self.engine.refresh(spot.account, folder.id)

    def switch_account(self, account: str) -> None:
        """Go to an account, to where the person was in it."""
        spot = self._left.get(account)
        if spot is None:
            folder = self.store.setting(f"folder:{account}") or ROOT
            spot = Spot(account, folder if self.store.folder(account, folder) else ROOT)
        self.go_to(spot, keep=False)

    def start(self) -> None:
        """Show the folder that the last session ended in, with the cursor where it was."""
        account = self.spot.account
        folder = self.store.setting(f"folder:{account}") or ROOT
        if found := last_cursor(self.store, account, folder):
            key, line = found
            self._left[account] = Spot(account, folder, cursor=key, line=line)
        self.switch_account(account)

    @does("folder.enter")
    def enter(self) -> None:
        """Enter the folder under the cursor; of a search's find, show its folder."""
        row = self.table.cursor_row
        if isinstance(row, FolderRow):
            self.go(row.account, row.id)
        elif row is not None and self.spot.folder is None:
            self.go(row.account, row.folder, cursor=row.id)

    @does("folder.leave")
    def leave(self) -> None:
        """Go to the parent folder, with the cursor on the folder this was."""
        spot = self.spot
        if spot.folder is None:
            self.step_back()
            return
        folder = self.store.folder(spot.account, spot.folder)
        if folder is not None and folder.id != ROOT:
            self.go(spot.account, folder.parent, cursor=folder.id)

    @does("place.back")
    def step_back(self) -> None:
        """Go back to where the person was before."""
        if self.back:
            self.forward.append(replace(self.spot, cursor=self.table.cursor_key))
            self._step(self.back.pop())
        elif self.spot.folder is None:
            self.go(self.spot.account, ROOT, keep=False)

    @does("place.forward")
    def step_forward(self) -> None:
        """Undo a step back."""
        if self.forward:
            self.back.append(replace(self.spot, cursor=self.table.cursor_key))
            self._step(self.forward.pop())

    def _step(self, spot: Spot) -> None:
        if spot.account != self.screen.account:
            self.screen.account = spot.account
        self.go_to(spot, keep=False)

    @does("folder.jump")
    def jump(self) -> Coroutine[Any, Any, None]:
        """Jump to any folder of the account by a few letters."""
        return self._jump(self.spot.account)

    async def _jump(self, account: str) -> None:
        from vhtui.ui.screens.picker import Picker

        folders = await asyncio.to_thread(self.store.all_folders, account)
        items = [(folder.id, folder.path) for folder in folders]
        if chosen := await self.screen.answer(Picker("Jump to a folder", items)):
            self.go(account, chosen[0])

    # -- words ------------------------------------------------------------------------------------

    @override
    def where(self) -> str:
        spot = self.spot
        if spot.view is not None:
            return f"view: {spot.view.title}"
        if spot.folder is None:
            return f"search: {spot.query_text}"
        return self.store.folder_path(spot.account, spot.folder)

    @override
    def status(self) -> str:
        files, size = self._totals
        source = self.table.source
        folders = len(source.folders) if isinstance(source, EntrySource) else 0
        parts = [plural(folders, "folder")] if folders else []
        return " · ".join([*parts, plural(files, "file"), size_words(size)])

    def empty_words(self) -> str:
        """Return why there is nothing to see here."""
        spot = self.spot
        if spot.query is not None or spot.view is not None:
            return "Nothing matches. Esc shows all again."
        account = self.store.account(spot.account)
        folder = self.store.folder(spot.account, spot.folder or ROOT)
        if account.sync_total is not None and (folder is None or folder.listed is None):
            return f"Not listed yet: {sync_words(account)}"
        if account.state not in ("new", "ok"):
            return f"{account.state}: {account.message}" if account.message else account.state
        if self.screen.is_ledger(spot.account):
            return self.screen.ledger_words(spot.account)
        if account.state == "new":
            return "Not listed yet"
        return "This folder is empty. a r lets the host fetch URLs into it."

    @override
    def facts(self, row: Entry) -> list[Fact]:
        return self.describer.facts(row)

    # -- filter and find --------------------------------------------------------------------------

    @override
    def set_filter(self, text: str) -> None:
        query = parse(text) if text.strip() else None
        if query != self.spot.query:
            view = self.spot.view if self.spot.view and self.spot.view.is_ranked else None
            words = text.strip() if query else ""
            self.spot = replace(self.spot, query=query, query_text=words, view=view)
            self.filter_text = self.spot.query_text
            self.read()

    @override
    def completer(self) -> QueryCompleter:
        store, account = self.store, self.spot.account
        return QueryCompleter(lambda: [folder.path for folder in store.all_folders(account)])

    @override
    async def matches(self, text: str) -> list[int]:
        spec = replace(self.spec(), query=parse(text))
        source = self.table.source
        assert isinstance(source, EntrySource)
        wanted = text.casefold()
        found = [
            at for at, folder in enumerate(source.folders) if wanted in folder.title.casefold()
        ]
        return found + await asyncio.to_thread(self._find, spec, source)

    def _find(self, spec: ListingSpec, source: EntrySource) -> list[int]:
        ids = set(self.store.listing(spec).ids)
        first = len(source.folders)
        return [first + at for at, id in enumerate(source.listing.ids) if id in ids]

    @override
    def sort_by_column(self, column: str) -> None:
        if column in set(Sort):
            sort, reverse = self.order()
            self.set_order(Sort(column), reverse=sort.value == column and not reverse)

    @override
    def set_order(self, sort: Sort, *, reverse: bool) -> None:
        """Sort the account's files, now and next time."""
        if (view := self.spot.view) is not None and view.is_ranked:
            raise UsageError(f"{view.title} has an order of its own")
        kept = f"{sort.value} reversed" if reverse else sort.value
        self.screen.remember(f"sort:{self.spot.account}", kept, then=self.read)

    # -- selections -------------------------------------------------------------------------------

    def selected_ids(self) -> list[int]:
        """Return the row ids of the marked files, or of the one under the cursor."""
        return [key for key in self.table.selected_keys() if isinstance(key, int)]

    def listed_ids(self) -> Sequence[int]:
        """Return the row ids of the marked files, or of all that are shown, in their order."""
        if marked := self.table.marked_keys():
            return [key for key in marked if isinstance(key, int)]
        source = self.table.source
        return source.listing.ids if isinstance(source, EntrySource) else ()

    def selected_files(self) -> list[FileRow]:
        """Return the rows of the marked files, or the one under the cursor, as they are now."""
        return self.store.files(self.selected_ids())

    def can_list(self) -> bool:
        """Whether the account's host can list what is in it."""
        return self.engine.cannot(self.spot.account, Capability.LIST_FILES) is None
