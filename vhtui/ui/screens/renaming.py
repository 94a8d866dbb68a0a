"""From the files to the rename studio: which files, and whose titles."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from vhtui.errors import UsageError
from vhtui.models import FileRow
from vhtui.rename import FromList, editor_text, from_editor
from vhtui.text import count_words, plural
from vhtui.ui.screens.handlers import does
from vhtui.ui.sources import EntrySource

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

_MOST_FILES = 100_000


class Renaming:
    """Opens the studio on the marked files, or on all that are shown when none is marked."""

    def __init__(self, screen: MainScreen) -> None:
        """Act on a screen."""
        self.screen = screen

    @does("file.studio")
    def open_studio(self) -> Coroutine[Any, Any, None]:
        """Open the studio."""
        return self._rename(*self._chosen())

    @does("file.edit")
    def edit_titles(self) -> Coroutine[Any, Any, None]:
        """Have the titles edited in $EDITOR, and show in the studio what comes of it."""
        return self._edit(*self._chosen())

    def _chosen(self) -> tuple[list[int], str]:
        files = self.screen.files
        ids = [key for key in files.table.marked_keys() if isinstance(key, int)]
        words = f"{plural(len(ids), 'marked file')}"
        source = files.table.source
        if not files.table.has_marks and isinstance(source, EntrySource):
            if not source.listing.is_whole:
                raise UsageError("the list is still being read; try again in a moment")
            ids = list(source.listing.ids)
            words = f"all {plural(len(ids), 'file')}"
        if not ids:
            raise UsageError("there is no file here to rename, and none is marked")
        if len(ids) > _MOST_FILES:
            most = count_words(_MOST_FILES)
            raise UsageError(f"these are {count_words(len(ids))} files: mark at most {most}")
        return ids, f"{words} of {files.where()}"

    async def _rename(self, ids: list[int], words: str) -> None:
        files = await asyncio.to_thread(self.screen.engine.store.files, ids)
        await self._show(files, words)

    async def _edit(self, ids: list[int], words: str) -> None:
        from vhtui.ui.editor import edit_text

        files = await asyncio.to_thread(self.screen.engine.store.files, ids)
        edited = await edit_text(self.screen.app, editor_text(files), "titles.txt")
        titles = from_editor(files, edited)
        if titles.new_titles == tuple(file.title for file in files):
            self.screen.say("The titles are as they were")
        else:
            await self._show(files, words, titles)

    async def _show(
        self, files: Sequence[FileRow], words: str, titles: FromList | None = None
    ) -> None:
        from vhtui.ui.planning import as_they_are
        from vhtui.ui.screens.studio import Studio

        screen = self.screen
        unchanged = await asyncio.to_thread(as_they_are, files)
        studio = Studio(
            screen.engine, screen.keymap, screen.account, files, words, unchanged, titles
        )
        receipt = await screen.app.push_screen_wait(studio)
        if receipt is not None:
            screen.say(receipt.sentence, undoable=receipt.undoable)
            screen.files.table.mark([file.id for file in files], False)
