"""Finding: the filter as you type, find with n and N, search of the account, bookmarks."""

from __future__ import annotations

import bisect
import json
from typing import TYPE_CHECKING

from vhtui.core.store import Store
from vhtui.errors import UsageError
from vhtui.query import parse
from vhtui.text import count_words
from vhtui.ui.keymap import Place
from vhtui.ui.screens.browse import Spot
from vhtui.ui.screens.handlers import does

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen


class Finding:
    """Filters, finds, searches, and keeps bookmarks."""

    def __init__(self, screen: MainScreen) -> None:
        """Act on a screen."""
        self.screen = screen
        self._found_text: dict[Place, str] = {}

    # -- filter and search ------------------------------------------------------------------------

    @does("find.filter")
    async def filter(self) -> None:
        """Filter the list while the person types; Esc takes back what was there before."""
        panel = self.screen.panel
        before = panel.filter_text
        key, line = panel.table.cursor_key, panel.table.cursor_line
        text = await self.screen.ask(
            "Filter",
            before,
            on_change=panel.set_filter,
            check=panel.set_filter,
            suggester=panel.completer(),
        )
        if text is None and panel.filter_text != before:
            panel.set_filter(before)
            if key is not None:
                panel.come_back(key, line)

    @does("find.search")
    async def search(self) -> None:
        """Search the whole account while the person types; the finds are listed like a folder.

        Enter stays with them, Esc goes back to where the person was.
        """
        screen = self.screen
        if screen.panel is not screen.files:
            screen.show_panel(Place.FILES)
        screen.show_tree(False)
        files, account = screen.files, screen.account
        before = files.here()

        def find(text: str) -> None:
            if text.strip():
                files.search(account, text)
            else:
                files.end_search(before, stays=False)

        text = await screen.ask(
            f"Search all of {account}", on_change=find, check=parse, suggester=files.completer()
        )
        is_found = bool(text and text.strip())
        if is_found and text is not None and files.spot.query_text != text.strip():
            find(text)
        files.end_search(before, stays=is_found)

    def search_for(self, account: str, text: str) -> None:
        """List what a query finds in an account."""
        self.screen.files.go_to(Spot(account, None, parse(text), text.strip(), text.strip()))

    # -- find -------------------------------------------------------------------------------------

    @does("find.find")
    async def find(self) -> None:
        """Ask what to find in the list and go to the first of it."""
        panel = self.screen.panel
        check = parse if panel is self.screen.files else None
        text = await self.screen.ask(
            "Find", check=check, on_change=check, suggester=panel.completer()
        )
        if text and text.strip():
            self._found_text[panel.place] = text
            panel.table.find_highlight = text.casefold()
            await self._step(1)

    @does("find.next")
    async def next(self) -> None:
        """Go to the next that was found."""
        await self._step(1)

    @does("find.previous")
    async def previous(self) -> None:
        """Go to the one before."""
        await self._step(-1)

    async def _step(self, direction: int) -> None:
        panel = self.screen.panel
        text = self._found_text.get(panel.place)
        if not text:
            self.screen.say("/ finds something first", "warning")
            return
        found = await panel.matches(text)
        if not found:
            self.screen.say(f"Nothing here matches {text}", "warning")
            return
        at = panel.table.cursor
        if direction > 0:
            number = bisect.bisect_right(found, at) % len(found)
        else:
            number = (bisect.bisect_left(found, at) - 1) % len(found)
        panel.table.move_to(found[number])
        self.screen.say(f"{count_words(number + 1)} of {count_words(len(found))} for {text}")

    # -- bookmarks --------------------------------------------------------------------------------

    @does("bookmark.set")
    async def set_bookmark(self, mark: str) -> None:
        """Keep this folder under a character; where it is kept already, forget it."""
        spot = self.screen.files.spot
        if spot.folder is None:
            raise UsageError("a search is no folder to set a bookmark in")
        here = (spot.account, spot.folder)
        if read_bookmarks(self.screen.engine.store).get(mark) == here:
            await self.forget_bookmark(mark)
            return
        await self._keep_bookmarks({mark: here})
        self.screen.say(f"Bookmark {mark} set; ' {mark} comes back here, B {mark} here removes it")

    async def forget_bookmark(self, mark: str) -> None:
        """Remove the bookmark under a character."""
        if mark not in read_bookmarks(self.screen.engine.store):
            raise UsageError(f"there is no bookmark {mark}; B {mark} sets it")
        await self._keep_bookmarks({}, without=mark)
        self.screen.say(f"Bookmark {mark} removed")

    async def _keep_bookmarks(self, more: dict[str, tuple[str, str]], without: str = "") -> None:
        store = self.screen.engine.store
        marks = {mark: at for mark, at in read_bookmarks(store).items() if mark != without}
        await store.remember("bookmarks", json.dumps(marks | more))

    @does("bookmark.go")
    def go_to_bookmark(self, mark: str) -> None:
        """Go to the folder that was kept under a character."""
        where = read_bookmarks(self.screen.engine.store).get(mark)
        if where is None:
            raise UsageError(f"there is no bookmark {mark}; B {mark} sets it")
        account, folder = where
        if account not in self.screen.engine.accounts:
            raise UsageError(f"the bookmark {mark} is in {account}, which is no account now")
        if self.screen.engine.store.folder(account, folder) is None:
            raise UsageError(f"the folder of the bookmark {mark} is gone; B {mark} sets it anew")
        self.screen.account = account
        self.screen.files.go(account, folder)


def read_bookmarks(store: Store) -> dict[str, tuple[str, str]]:
    """Return the bookmarks: (account, folder id) by their character."""
    try:
        kept = json.loads(store.setting("bookmarks") or "{}")
        return {str(mark): (str(where[0]), str(where[1])) for mark, where in kept.items()}
    except (ValueError, AttributeError, LookupError, TypeError):
        return {}
