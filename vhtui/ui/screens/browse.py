"""The files panel: where it is, what it lists, and the way from folder to folder."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from typing_extensions import override

from vhtui.core.status import sync_words
from vhtui.errors import UsageError
from vhtui.models import ROOT, Capability, FileRow, FolderRow
from vhtui.query import parse
from vhtui.ui import columns
from vhtui.ui.columns import Entry
from vhtui.ui.completing import QueryCompleter
from vhtui.ui.keymap import Place
from vhtui.ui.screens.describe import Describer
from vhtui.ui.screens.entries import EntryPanel
from vhtui.ui.screens.entries import Spot as Spot
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.panel import Fact
from vhtui.ui.sketching import last_cursor
from vhtui.ui.sources import EntrySource
from vhtui.ui.widgets.row_table import Key

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen


class FilesPanel(EntryPanel):
    """Lists a folder, or what a search found in the whole account."""

    place = Place.FILES
    title = "Files"
    look = "files"
    columns = columns.FILE_COLUMNS

    def __init__(self, screen: MainScreen) -> None:
        """Start in the root of the screen's account."""
        super().__init__(screen)
        self.back: list[Spot] = []
        self.forward: list[Spot] = []
        self._left: dict[str, Spot] = {}
        self.describer = Describer(screen)

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
        self.filter_text = spot.filter
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
            return f"search: {spot.base}"
        return self.store.folder_path(spot.account, spot.folder)

    @override
    def empty_words(self) -> str:
        spot = self.spot
        if spot.view is not None and not spot.filter:
            return self.screen.views.empty_words(spot.account, spot.view)
        if spot.query is not None:
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

    def here(self) -> Spot:
        """Return where the person is, and which row the cursor is on."""
        return replace(self.spot, cursor=self.table.cursor_key, line=self.table.cursor_line)

    def search(self, account: str, text: str) -> None:
        """List what a query finds in the whole account, as it is typed."""
        self.spot = Spot(account, None, parse(text), text.strip(), text.strip())
        self.filter_text = ""
        self.read(restart=True)
        self.screen.show_state()

    def end_search(self, before: Spot, *, stays: bool) -> None:
        """Stay with what was found (H goes to where it was begun), or go back there."""
        if stays:
            self.back = [*self.back[-99:], before]
            self.forward = []
            self.screen.place_changed()
        elif replace(self.spot, cursor=before.cursor, line=before.line) != before:
            self.go_to(before, keep=False)

    @override
    def completer(self) -> QueryCompleter:
        store, account = self.store, self.spot.account
        return QueryCompleter(lambda: [folder.path for folder in store.all_folders(account)])

    # -- selections -------------------------------------------------------------------------------

    def selected_ids(self) -> list[int]:
        """Return the row ids of the marked files, or of the one under the cursor."""
        return [key for key in self.table.selected_keys() if isinstance(key, int)]

    def listed_ids(self) -> Sequence[int]:
        """Return the row ids of the marked files, or of all that are shown, in their order."""
        if marked := self.table.marked_keys():
            return [key for key in marked if isinstance(key, int)]
        source = self.table.source
        if not self.is_settled:
            raise UsageError("this list is still being read; try again in a moment")
        return source.listing.ids if isinstance(source, EntrySource) else ()

    def selected_files(self) -> list[FileRow]:
        """Return the rows of the marked files, or the one under the cursor, as they are now."""
        return self.store.files(self.selected_ids())

    def can_list(self) -> bool:
        """Whether the account's host can list what is in it."""
        return self.engine.cannot(self.spot.account, Capability.LIST_FILES) is None
