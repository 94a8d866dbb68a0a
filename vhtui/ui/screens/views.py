"""Views in the folder tree: built-in and kept ones, with counts that are known now and then."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from array import array
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace
from textual.worker import Worker

from vhtui.core import trends, views
from vhtui.core.store import Listing, ListingSpec
from vhtui.core.views import Ranked, View
from vhtui.errors import StoreError, UsageError, VhtuiError
from vhtui.models import FileRow, FolderRow
from vhtui.query import parse
from vhtui.text import clean, date_words
from vhtui.trends import DAY
from vhtui.ui.columns import FILE_COLUMNS, columns_of_finds, with_figures
from vhtui.ui.keymap import Place
from vhtui.ui.screens.browse import Spot
from vhtui.ui.screens.entries import EntryPanel
from vhtui.ui.screens.handlers import does
from vhtui.ui.widgets.folder_tree import FolderTree

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

BRANCH = "view:"
"""The id of the branch; a view's is this before its own id."""

_FRESH = 60.0
"""Seconds for which a count is taken as it is; what took long is kept longer."""
_PATIENCE = 50
"""A count is kept for so many times as long as it took."""


class _Count(Struct):
    files: int
    until: float = 0.0


class Views:
    """Shows the views as a branch of the tree, opens them, and keeps the person's own."""

    def __init__(self, screen: MainScreen) -> None:
        """Act on a screen."""
        self.screen = screen
        self.store = screen.engine.store
        self._counts: dict[str, dict[str, _Count]] = {}
        self._is_stale = self._is_reading = False
        self._paths: dict[tuple[str, str], str] = {}
        self._ranked: tuple[tuple[str, str], float, Ranked] | None = None

    # -- in the tree ------------------------------------------------------------------------------

    def make_tree(self) -> FolderTree:
        """Return the tree of folders and views."""
        return FolderTree(self._below, id="folders", above=self._branch, count=self._count_words)

    def show_tree(self, account: str) -> None:
        """Show the folders of an account, as they are by now."""
        if self.screen.folder_tree.account == account:
            self.tree_changed()
        else:
            self.screen.folder_tree.show_account(account, account)

    def tree_changed(self) -> None:
        """Show the folders as they are by now: they are read beside the interface."""
        self._is_stale = True
        if not self._is_reading:
            self._is_reading = True
            _: Worker[None] = self.screen.run_worker(self._read_tree, group="tree")

    async def _read_tree(self) -> None:
        tree = self.screen.folder_tree
        try:
            while self._is_stale:
                self._is_stale = False
                began = time.monotonic()
                account, open_folders = tree.account, tree.open_folders
                read = await asyncio.to_thread(self._read_folders, account, open_folders)
                if tree.account == account:
                    tree.refresh_all(read)
                # While many folders change all the time, a fifth of it goes to them.
                await asyncio.sleep(4 * (time.monotonic() - began))
        except VhtuiError as error:
            self.screen.say(str(error), "error")
        finally:
            self._is_reading = False

    def _read_folders(self, account: str, parents: Sequence[str]) -> dict[str, Sequence[FolderRow]]:
        files = self.screen.files
        return {id: files.folders_in(account, id) for id in parents if id != BRANCH}

    def _branch(self, account: str) -> Sequence[FolderRow]:
        known = len(views.views(self.store))
        return [
            FolderRow(account=account, id=BRANCH, parent="", title="Views", path="", folders=known)
        ]

    def _below(self, account: str, parent: str) -> Sequence[FolderRow]:
        if parent != BRANCH:
            return self.screen.files.folders_in(account, parent)
        self._count_soon(account)
        return [self._row(account, view) for view in views.views(self.store)]

    def _row(self, account: str, view: View) -> FolderRow:
        known = self._known(account).get(view.id)
        return FolderRow(
            account=account,
            id=f"{BRANCH}{view.id}",
            parent=BRANCH,
            title=view.title,
            path="",
            files=known.files if known else 0,
        )

    def _count_words(self, folder: FolderRow) -> str:
        """Return how many files a branch has; ``~`` before what may have changed since."""
        if not folder.id.startswith(BRANCH):
            return str(folder.files) if folder.files else ""
        known = self._known(folder.account).get(folder.id.removeprefix(BRANCH))
        if known is None:
            return ""
        words = str(known.files) if known.files < 100_000 else f"{known.files // 1000}k"
        return words if known.until > time.monotonic() else f"~{words}"

    def _known(self, account: str) -> dict[str, _Count]:
        if account not in self._counts:
            try:
                kept = json.loads(self.store.setting(f"counts:{account}") or "{}")
                counts = {str(id): _Count(int(files)) for id, files in kept.items()}
            except (ValueError, TypeError, AttributeError):
                counts = {}
            self._counts[account] = counts
        return self._counts[account]

    def _count_soon(self, account: str) -> None:
        now = time.monotonic()
        known = self._known(account)
        stale = [
            view
            for view in views.views(self.store)
            if view.id not in known or known[view.id].until <= now
        ]
        if stale:
            count = partial(self._count, account, stale)
            _: Worker[None] = self.screen.run_worker(count, group="view counts", exclusive=True)

    async def _count(self, account: str, stale: Sequence[View]) -> None:
        known = self._known(account)
        for view in stale:
            began = time.monotonic()
            try:
                files = await asyncio.to_thread(
                    views.count, self.store, account, view, self._is_over
                )
            except VhtuiError:
                files = known[view.id].files if view.id in known else 0
            now = time.monotonic()
            known[view.id] = _Count(files, now + max(_FRESH, _PATIENCE * (now - began)))
            self.screen.folder_tree.refresh_folder(account, BRANCH)
        kept = {id: count.files for id, count in known.items()}
        with contextlib.suppress(StoreError):
            await self.store.remember(f"counts:{account}", json.dumps(kept))

    def _is_over(self) -> bool:
        return not self.screen.is_running

    # -- opening ----------------------------------------------------------------------------------

    def go(self, account: str, id: str) -> None:
        """Show what the tree has at an id: a folder's files, or a view's."""
        if id == BRANCH:
            self.screen.show_tree(True)
            self.screen.folder_tree.toggle_branch()
        elif id.startswith(BRANCH):
            self.screen.dispatcher.attempt(lambda: self.open(account, self._view(id)))
        else:
            self.screen.files.go(account, id)

    def _view(self, id: str) -> View:
        for view in views.views(self.store):
            if f"{BRANCH}{view.id}" == id:
                return view
        raise UsageError("there is no such view any more")

    def open(self, account: str, view: View) -> None:
        """List a view's files as those of a folder."""
        screen = self.screen
        if screen.panel is not screen.files:
            screen.show_panel(Place.FILES)
        query = None if view.is_ranked else parse(view.query)
        text = "" if view.is_ranked else view.query
        screen.files.go_to(Spot(account, None, query, text, text, view=view))
        if view.about:
            screen.say(f"{view.title}: {view.about}")

    @does("views.open")
    async def choose(self) -> None:
        """Open a view by a few letters of its name."""
        from vhtui.ui.screens.picker import Picker

        account = self.screen.account
        known = {view.id: view for view in views.views(self.store)}
        items = [(id, f"{view.title}  {view.about or view.query}") for id, view in known.items()]
        if chosen := await self.screen.answer(Picker("Open a view", items)):
            self.screen.show_tree(False)
            self.open(account, known[chosen[0]])

    def empty_words(self, account: str, view: View) -> str:
        """Return why there is nothing in a view."""
        words = f"No file is in {view.title}. Esc goes back."
        since = trends.known_since(self.store, account)
        if view.id != "risers" or since is None:
            return words
        return f"{words}\nViews gained are known since {date_words(since * DAY)}."

    def fit(self, files: EntryPanel, view: View | None) -> bool:
        """Give the files the columns of a folder, or of finds, and of what ranks a view; return
        whether something does."""
        is_ranked = view is not None and view.is_ranked
        self._paths.clear()
        wanted = FILE_COLUMNS if files.spot.folder is not None else columns_of_finds(self._path)
        if view is not None and is_ranked:
            wanted = with_figures(wanted, view.figure, self._figure)
        if [column.label for column in wanted] != [column.label for column in files.columns]:
            files.columns = wanted
            files.fit(self.screen.size.width)
        if is_ranked:
            files.table.set_sort(None, reverse=False)
        return is_ranked

    def listing(self, spec: ListingSpec, view: View) -> tuple[Listing, tuple[int, int], str]:
        """Return a ranked view's files that a filter lets through, how many they are, their bytes,
        and what to say of those that are not listed; called in a thread."""
        ranked = self._ranking(spec.account, view)
        ids = ranked.listing.ids
        if spec.query is not None:
            wanted = set(self.store.listing(spec).ids)
            ids = array("q", (id for id in ids if id in wanted))
        of_ids = replace(spec, query=spec.query or parse(""))
        totals = self.store.totals(Listing(of_ids, ids))
        return Listing(spec, ids), totals, views.cut_words(len(ids), ranked)

    def _path(self, row: FileRow | FolderRow) -> str:
        if isinstance(row, FolderRow):
            return row.path
        key = (row.account, row.folder)
        if key not in self._paths:
            self._paths[key] = self.store.folder_path(*key)
        return self._paths[key]

    def _figure(self, row: FileRow | FolderRow) -> str:
        if self._ranked is None or isinstance(row, FolderRow):
            return ""
        return self._ranked[2].figures.get(row.id, "")

    def _ranking(self, account: str, view: View) -> Ranked:
        """Rank a view's files; what took long is not asked anew at once."""
        if self._ranked is not None:
            key, until, found = self._ranked
            if key == (account, view.id) and until > time.monotonic():
                return found
        began = time.monotonic()
        found = views.ranked(self.store, account, view, self._is_over)
        now = time.monotonic()
        self._ranked = ((account, view.id), now + _PATIENCE * (now - began), found)
        return found

    # -- the person's own -------------------------------------------------------------------------

    @does("views.save")
    def save(self) -> Coroutine[Any, Any, None]:
        """Keep the filter or the search that is shown under a name."""
        spot = self.screen.files.spot
        if spot.query is None or not spot.query_text:
            raise UsageError("there is no filter to keep: f filters, s searches all of it")
        return self._save(spot.query_text)

    async def _save(self, query: str) -> None:
        label = f"Keep {clean(query, 40)} (in all of the account) as view"
        name = await self.screen.ask(label, check=views.checked_name)
        if name is None:
            return
        view = await views.save_view(self.store, name, query)
        self._forget(view)
        self.screen.say(f"View {view.title} kept; g v opens it, and it is in the folders (Tab)")

    @does("views.rename")
    def rename(self) -> Coroutine[Any, Any, None]:
        """Give the view under the cursor of the tree another name."""
        return self._rename(self._own())

    async def _rename(self, view: View) -> None:
        name = await self.screen.ask("Rename the view to", view.title, check=views.checked_name)
        if name is not None:
            renamed = await views.rename_view(self.store, view, name)
            self._forget(view)
            self.screen.folder_tree.go_to(f"{BRANCH}{renamed.id}")
            self.screen.say(f"View {view.title} is now {renamed.title}")

    @does("views.delete")
    def delete(self) -> Coroutine[Any, Any, None]:
        """Forget the view under the cursor of the tree."""
        return self._delete(self._own())

    async def _delete(self, view: View) -> None:
        from vhtui.ui.screens.dialogs import Confirm

        question = Confirm(
            f"Forget the view {view.title}?",
            facts=[view.query, "The files stay as they are."],
            yes="Forget",
        )
        if await self.screen.answer(question):
            await views.delete_view(self.store, view)
            self._forget(view)
            self.screen.say(f"View {view.title} forgotten")

    def _own(self) -> View:
        folder = self.screen.folder_tree.cursor_folder
        if folder is None or not folder.id.startswith(BRANCH) or folder.id == BRANCH:
            raise UsageError("only views of your own are renamed and deleted here")
        view = self._view(folder.id)
        if not view.is_own:
            raise UsageError(f"{view.title} is a view of vhtui's own")
        return view

    def _forget(self, view: View) -> None:
        """Count a view anew, and show the branch as it is now."""
        for counts in self._counts.values():
            counts.pop(view.id, None)
        self.screen.folder_tree.refresh_all()
