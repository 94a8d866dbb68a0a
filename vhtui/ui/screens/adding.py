"""Adding: folders, and URLs for the host to fetch."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from vhtui.core.commands import check_title
from vhtui.errors import UsageError
from vhtui.models import ROOT, JobKind
from vhtui.ui.screens.handlers import does

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen


class Adding:
    """Makes folders and remote uploads where the files panel is."""

    def __init__(self, screen: MainScreen) -> None:
        """Act on a screen."""
        self.screen = screen

    @does("folder.create")
    def create_folder(self) -> Coroutine[Any, Any, None]:
        """Ask for a name and make a folder here."""
        spot = self.screen.files.spot
        if spot.folder is None:
            raise UsageError("a search is no folder to make another in")
        return self._create(spot.account, spot.folder)

    async def _create(self, account: str, parent: str) -> None:
        title = await self.screen.ask("New folder", check=check_title)
        if title:
            await self.screen.report(
                self.screen.engine.create_folder(account, parent, check_title(title))
            )

    @does("remote.add")
    def add_remote(self) -> Coroutine[Any, Any, None]:
        """Ask for URLs, and let the host fetch them into this folder."""
        spot = self.screen.files.spot
        return self._add_remote(spot.account, spot.folder or ROOT)

    async def _add_remote(self, account: str, folder: str) -> None:
        from vhtui.ui.screens.paste import PasteUrls

        engine = self.screen.engine
        queue = await asyncio.to_thread(engine.store.remote_uploads, account)
        target = f"{account}:{engine.store.folder_path(account, folder)}"
        most = engine.remote_active(account)

        def price(count: int) -> str:
            words = engine.estimate(account, JobKind.REMOTE_ADD, count).words
            return f"{words}; {most} at once at the host" if 0 < most < count else words

        dialog = PasteUrls(target, queue, price)
        if urls := await self.screen.answer(dialog):
            await self.screen.report(engine.add_remote(account, urls, folder))
