"""What the files panel lists, and how it is read: first a head of it, then the whole."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import compress, count
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace
from textual.worker import Worker
from typing_extensions import override

from vhtui.core.stopping import Stop
from vhtui.core.store import Listing, ListingSpec, Sort
from vhtui.errors import UsageError, VhtuiError
from vhtui.models import ROOT, Changes, FolderRow
from vhtui.query import Query, parse
from vhtui.text import plural, size_words
from vhtui.ui.columns import Entry
from vhtui.ui.screens.panel import Panel
from vhtui.ui.sources import EntrySource
from vhtui.ui.widgets.row_table import Key

if TYPE_CHECKING:
    from vhtui.core.views import View
    from vhtui.ui.screens.main import MainScreen

_LEAST_PAUSE = 0.1
_MANY_FOLDERS = 1_000
"""More are kept while nothing changes: one goes into them, comes back, and has the tree beside."""


class Spot(Struct, frozen=True):
    """Where the files panel is; ``folder`` None is the whole account (a search, or a view).

    ``query`` is all that must hold: the text ``base`` of the search or view, and the ``filter``.
    """

    account: str
    folder: str | None = ROOT
    query: Query | None = None
    query_text: str = ""
    base: str = ""
    filter: str = ""
    cursor: Key | None = None
    line: int | None = None
    view: View | None = None

    @property
    def place(self) -> tuple[object, ...]:
        """What is shown there, wherever the cursor is."""
        return (self.account, self.folder, self.query, self.view)


class Found(NamedTuple):
    """What is in a spot: folders, files, how many files and bytes, and what the list lacks."""

    folders: Sequence[FolderRow]
    listing: Listing
    totals: tuple[int, int]
    lacks: str = ""


class EntryPanel(Panel[Entry]):
    """Lists the sub-folders and files of a spot, however many there are."""

    def __init__(self, screen: MainScreen) -> None:
        """Start in the root of the screen's account."""
        super().__init__(screen)
        self.spot = Spot(screen.account)
        self._totals = (0, 0)
        self._lacks = ""
        self._orders: dict[str, tuple[Sort, bool]] = {}
        self._loading: tuple[ListingSpec, View | None] | None = None
        self._shown: tuple[ListingSpec, View | None] | None = None
        self._kept_folders: tuple[object, Sequence[FolderRow]] = None, ()
        self._wanted: Spot | None = None
        self._return: Spot | None = None
        self._has_come = asyncio.Event()
        # Two: what was called off may need a moment to end. Each has a connection and its cache.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="vhtui-listing")
        self.is_looking = False
        """Whether nothing can be shown yet of what is asked for."""
        self._is_stale = False

    def empty_words(self) -> str:
        """Return why there is nothing to see here."""
        raise NotImplementedError

    def order(self) -> tuple[Sort, bool]:
        """Return what the account's files are sorted by, and whether reversed."""
        if chosen := self._orders.get(self.spot.account):
            return chosen
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
        if restart or self._loading != (spec, self.spot.view):
            self._loading = (spec, self.spot.view)
            self._is_stale = False
            # Made when the worker starts: one that is replaced before leaves no coroutine behind.
            load = partial(self._load, spec, self.spot, restart)
            _: Worker[None] = self.screen.run_worker(load, group="listing", exclusive=True)
        else:
            self._is_stale = True

    async def _load(self, spec: ListingSpec, spot: Spot, restart: bool) -> None:
        began = time.monotonic()
        stop = Stop()
        asked = (spec, spot.view)
        is_another = restart or self._shown != asked
        is_ranked = spot.view is not None and spot.view.is_ranked
        try:
            found = None
            if is_another and not is_ranked and (restart or not self.table.has_marks):
                found = await self._in_thread(partial(self._find_head, spec, spot, stop))
                if len(found.listing) or found.listing.is_whole:
                    self._show(found, spot, is_another=True, restart=restart)
                    restart = False
                else:
                    self._look()
            elif is_another and is_ranked:
                self._look()
            if found is None or not found.listing.is_whole:
                found = await self._in_thread(partial(self._find_whole, spec, spot, stop))
                self._show(found, spot, is_another=is_another, restart=restart)
        except VhtuiError as error:
            self.is_looking = False
            self.screen.say(str(error), "error")
            self.screen.show_state()
        finally:
            stop.set()
            found = None  # what is called off is kept by its traceback, until it is collected
            if self._loading is not None and self._loading[0] is spec:
                self._loading = None
                self._has_come.set()
                if self._is_stale:
                    self._is_stale = False
                    # A listing that takes long is read at most every fifth of the time.
                    pause = max(_LEAST_PAUSE, 4 * (time.monotonic() - began))
                    self.screen.set_timer(pause, self.read)

    def _look(self) -> None:
        """Say that what is asked for cannot be shown yet."""
        self.is_looking = True
        self.table.set_empty("")
        self.screen.show_state()

    async def _in_thread(self, find: Callable[[], Found]) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._threads, find)

    def _find_head(self, spec: ListingSpec, spot: Spot, stop: Stop) -> Found:
        head = self.store.head(spec, stop)
        totals = self.store.totals(head) if head.is_counted else (len(head), 0)
        return Found(self._folders(spot), head, totals)

    def _find_whole(self, spec: ListingSpec, spot: Spot, stop: Stop) -> Found:
        if spot.view is not None and spot.view.is_ranked:
            return Found(self._folders(spot), *self.screen.views.listing(spec, spot.view))
        listing = self.store.listing(spec, stop)
        return Found(self._folders(spot), listing, self.store.totals(listing))

    def _show(self, found: Found, spot: Spot, *, is_another: bool, restart: bool) -> None:
        listing = found.listing
        source = EntrySource(found.folders, listing, self.store.files)
        before, self._wanted = self._wanted, None
        back, self._return = self._return, None
        if restart:
            back = spot
        self._totals, self._lacks = found.totals, found.lacks
        self._shown = (listing.spec, spot.view)
        self.is_looking = False
        self.table.set_empty(self.empty_words() if not len(source) else "")
        if not self.screen.views.fit(self, spot.view):
            self.table.set_sort(str(listing.spec.sort.value), listing.spec.reverse)
        self.table.show(source, restart=restart)
        if back is not None and back.cursor is not None:
            if not self.table.go_to(back.cursor, line=back.line) and not listing.is_whole:
                self.table.home()
                self._wanted = back
        elif before is not None and self.table.cursor == 0 and before.cursor is not None:
            self.table.go_to(before.cursor, line=before.line)
        elif is_another and not listing.is_whole:
            self.table.home()
        self.screen.show_state()
        if restart:
            self.screen.post_message(self.screen.RowsShown())

    @property
    @override
    def is_settled(self) -> bool:
        source = self.table.source
        return not isinstance(source, EntrySource) or source.listing.is_whole

    @override
    def when_counted(self, step: Callable[[], object]) -> Coroutine[Any, Any, None] | None:
        source = self.table.source
        if isinstance(source, EntrySource) and source.listing.is_counted:
            step()
            return None
        return self.when_settled(step)

    @override
    async def settle(self) -> None:
        while not self.is_settled:
            if self._loading is None:
                raise UsageError("this list could not be read to its end")
            self._has_come.clear()
            await self._has_come.wait()

    def folders_in(self, account: str, parent: str) -> Sequence[FolderRow]:
        """Return the sub-folders of a folder; many are read again only after a change."""
        asked = (account, parent, self.store.database.file_changes)
        kept, folders = self._kept_folders
        if kept != asked:
            folders = self.store.folders(account, parent)
            if len(folders) > _MANY_FOLDERS:
                self._kept_folders = asked, folders
        return folders

    def _folders(self, spot: Spot) -> list[FolderRow]:
        if spot.folder is None:
            return []
        folders = self.folders_in(spot.account, spot.folder)
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

    @override
    def status(self) -> str:
        files, size = self._totals
        source = self.table.source
        folders = len(source.folders) if isinstance(source, EntrySource) else 0
        parts = [plural(folders, "folder")] if folders else []
        if self.is_looking:
            return "looking…"
        if isinstance(source, EntrySource) and not source.listing.is_counted:
            return " · ".join([*parts, f"{plural(files, 'file')} and more"])
        lacks = [self._lacks] if self._lacks else []
        return " · ".join([*parts, plural(files, "file"), size_words(size), *lacks])

    # -- filter and find --------------------------------------------------------------------------

    @override
    def set_filter(self, text: str) -> None:
        base, words = self.spot.base, text.strip()
        query = parse(words) if words else None
        whole = f"({base}) ({words})" if base and words else base or words
        if base:
            query = parse(whole)
        if query != self.spot.query:
            self.spot = replace(self.spot, query=query, query_text=whole, filter=words)
            self.filter_text = words
            self.read()

    @override
    def come_back(self, key: Key, line: int) -> None:
        if self._loading is None:
            super().come_back(key, line)
        else:
            self._return = replace(self.spot, cursor=key, line=line)

    @override
    async def matches(self, text: str) -> Sequence[int]:
        await self.settle()
        spec = replace(self.spec(), query=parse(text))
        source = self.table.source
        assert isinstance(source, EntrySource)
        wanted = text.casefold()
        folders = enumerate(source.folders)
        found = array("L", (at for at, row in folders if wanted in row.title.casefold()))
        found.extend(await asyncio.to_thread(self._find, spec, source))
        return found

    def _find(self, spec: ListingSpec, source: EntrySource) -> array[int]:
        is_found = bytearray(len(source.listing))
        for id in self.store.listing(spec).ids:
            if (at := source.listing.position(id)) is not None:
                is_found[at] = 1
        return array("L", compress(count(len(source.folders)), is_found))

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
        self._orders[self.spot.account] = (sort, reverse)
        words = f"{sort.value} reversed" if reverse else sort.value
        self.screen.remember(f"sort:{self.spot.account}", words)
        self.read()
