"""Changing files: rename in place, move, trash, delete, undo; what costs much asks first."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from vhtui.core.commands import check_title
from vhtui.core.paths import make_path, parts_of
from vhtui.errors import UsageError
from vhtui.models import ROOT, FileRow, FolderRow, JobKind
from vhtui.text import plural, size_words
from vhtui.ui.row_editor import RowEditor
from vhtui.ui.screens.handlers import does

if TYPE_CHECKING:
    from vhtui.ui.columns import Entry
    from vhtui.ui.screens.main import MainScreen

_ASKS_ABOVE = 30
"""Requests: a change that takes more is asked for first."""
_TYPED_ABOVE = 20
"""Files: to delete more, their number is typed."""


class Changing:
    """Turns keys into commands of the engine, on what was selected when the key was pressed."""

    def __init__(self, screen: MainScreen) -> None:
        """Act on a screen."""
        self.screen = screen
        self.engine = screen.engine
        self._cut: tuple[str, list[int]] = ("", [])
        self._edited: Entry | None = None

    # -- rename -----------------------------------------------------------------------------------

    @does("file.rename")
    def rename(self) -> None:
        """Edit the title of the row under the cursor in place."""
        row = self.screen.files.table.cursor_row
        if row is None:
            return
        self._edited = row
        self.screen.edit_row(row.title)

    def save_title(self, event: RowEditor.Saved) -> Coroutine[Any, Any, None] | None:
        """Take what was typed; with ``step`` go on with the next row."""
        row = self._edited
        if row is None:
            return None
        title = event.title.strip()
        if title != row.title:
            title = check_title(title)
        self.screen.close_editor()
        self._edited = None
        saving = None if title == row.title else self._rename(row, title)
        if event.step:
            self._edit_next()
        return saving

    def _edit_next(self) -> None:
        table = self.screen.files.table
        before = table.cursor
        table.move(1)
        if table.cursor != before:
            self.rename()

    async def _rename(self, row: Entry, title: str) -> None:
        if isinstance(row, FolderRow):
            await self.screen.report(self.engine.rename_folder(row.account, row.id, title))
        else:
            await self.screen.report(self.engine.rename(row.account, [(row.id, title)]))

    def leave_title(self) -> None:
        """Give up the edit."""
        self._edited = None
        self.screen.close_editor()

    # -- move -------------------------------------------------------------------------------------

    def _selected(self) -> tuple[str, list[int]]:
        ids = self.screen.files.selected_ids()
        if not ids and (left_out := self._left_out()):
            raise UsageError(f"no file is marked{left_out}")
        if not ids:
            raise UsageError("there is no file under the cursor, and none is marked")
        return self.screen.account, ids

    def _left_out(self) -> str:
        """Say how many marked folders a command leaves out; "" for none."""
        keys = self.screen.files.table.marked_keys()
        count = sum(not isinstance(key, int) for key in keys)
        if not count:
            return ""
        host = self.engine.host_title(self.screen.account)
        return f"; {plural(count, 'folder')} left out: {host} cannot move or delete folders"

    @does("file.cut")
    def cut(self) -> None:
        """Remember the selected files for paste."""
        self._cut = self._selected()
        left_out = self._left_out()
        files = plural(len(self._cut[1]), "file")
        self.screen.say(f"{files} cut{left_out}; p moves them to another folder")

    @does("file.paste")
    def paste(self) -> Coroutine[Any, Any, None]:
        """Move what was cut into this folder."""
        account, ids = self._cut
        spot = self.screen.files.spot
        if not ids:
            raise UsageError("nothing is cut; x cuts")
        if account != spot.account:
            raise UsageError(f"the files were cut in {account}; no host moves between accounts")
        if spot.folder is None:
            raise UsageError("a search is no folder to move to")
        self._cut = ("", [])
        return self._move(account, ids, spot.folder)

    @does("file.move")
    def move(self) -> Coroutine[Any, Any, None]:
        """Ask for a folder, which may be a new one, and move the selected files there."""
        account, ids = self._selected()
        return self._move_to(account, ids, self.screen.files.spot.folder or ROOT)

    async def _move_to(self, account: str, ids: list[int], here: str) -> None:
        from vhtui.ui.screens.picker import Picker

        store = self.engine.store
        folders = await asyncio.to_thread(store.all_folders, account)
        items = [(folder.id, folder.path) for folder in folders if folder.id != here]
        path = store.folder_path(account, here)
        picker = Picker(f"Move {plural(len(ids), 'file')} to", items, create=f"in {path}")
        chosen = await self.screen.answer(picker)
        if chosen is None:
            return
        folder, new_path = chosen
        if new_path:
            # A path may be typed: its folders are made one in the other, from the top with a "/".
            start = ROOT if new_path.startswith("/") else here
            if not parts_of(new_path):
                raise UsageError("a new folder needs a name")
            folder = await make_path(self.engine, account, new_path, start)
        await self._move(account, ids, folder)

    async def _move(self, account: str, ids: list[int], folder: str) -> None:
        if await self.is_wanted(account, JobKind.MOVE, len(ids)):
            await self.screen.report(self.engine.move(account, ids, folder), self._left_out())
            self.screen.files.table.clear_marks()

    @does("file.trash")
    def trash(self) -> Coroutine[Any, Any, None]:
        """Move the selected files to the trash folder."""
        return self._trash(*self._selected())

    async def _trash(self, account: str, ids: list[int]) -> None:
        if await self.is_wanted(account, JobKind.TRASH, len(ids)):
            await self.screen.report(self.engine.trash(account, ids), self._left_out())
            self.screen.files.table.clear_marks()

    @does("file.restore")
    def restore(self) -> Coroutine[Any, Any, None]:
        """Move the selected files from the trash back to where they were."""
        return self._restore(*self._selected())

    async def _restore(self, account: str, ids: list[int]) -> None:
        if await self.is_wanted(account, JobKind.MOVE, len(ids)):
            await self.screen.report(self.engine.restore(account, ids), self._left_out())
            self.screen.files.table.clear_marks()

    async def is_wanted(self, account: str, kind: JobKind, count: int) -> bool:
        """Say what a change costs, and ask where that is much."""
        from vhtui.ui.screens.dialogs import Confirm

        estimate = self.engine.estimate(account, kind, count)
        if estimate.requests <= _ASKS_ABOVE:
            return True
        question = f"{kind.value.capitalize()}: {plural(count, 'file')}"
        facts = [f"{estimate.words}.", "Enter starts, Esc cancels."]
        answer = await self.screen.answer(Confirm(question, facts=facts, yes="Start"))
        return answer is True

    # -- delete -----------------------------------------------------------------------------------

    @does("file.delete")
    def delete(self) -> Coroutine[Any, Any, None]:
        """Delete the selected files for good, after showing them and asking."""
        account, ids = self._selected()
        return self._delete(account, ids)

    async def _delete(self, account: str, ids: list[int]) -> None:
        from vhtui.ui.screens.dialogs import Confirm

        files = await asyncio.to_thread(self.engine.store.files, ids)
        estimate = self.engine.estimate(account, JobKind.DELETE, len(files))
        size, rows = await asyncio.to_thread(_described, files)
        count = len(files)
        question = Confirm(
            f"Delete {plural(count, 'file')} ({size}) of {account} for good?",
            rows=rows,
            facts=[
                f"{estimate.words}.",
                "No host can undelete: links and views of these files are lost too.",
            ],
            yes="Delete for good",
            dangerous=True,
            typed=str(count) if count > _TYPED_ABOVE else None,
        )
        if await self.screen.answer(question):
            await self.screen.report(self.engine.delete(account, files), self._left_out())
            self.screen.files.table.clear_marks()

    # -- undo -------------------------------------------------------------------------------------

    @does("change.undo")
    async def undo(self) -> None:
        """Undo the last change."""
        receipt = await self.engine.undo()
        self.screen.say(receipt.sentence if receipt else "There is nothing to undo")

    @does("change.redo")
    async def redo(self) -> None:
        """Redo what was undone."""
        receipt = await self.engine.redo()
        self.screen.say(receipt.sentence if receipt else "There is nothing to redo")


def _described(files: Sequence[FileRow]) -> tuple[str, list[str]]:
    """Return the size of files in all, and a line for each."""
    rows = [f"{file.code:<13} {size_words(file.size):>9}  {file.title}" for file in files]
    return size_words(sum(file.size or 0 for file in files)), rows
