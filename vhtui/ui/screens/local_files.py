"""The local file browser: what of this disk is to be uploaded, and where to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from vhtui.core.uploads import sources
from vhtui.core.uploads.queueing import joined
from vhtui.errors import UsageError
from vhtui.models import ROOT, Capability, Changes
from vhtui.text import age_words, count_words, date_words, plural, size_words
from vhtui.ui.disk import (
    MOST_ENTRIES,
    Directory,
    LocalEntry,
    directory_of,
    first_directory,
    kept,
    name_of,
    read_directory,
    shown_path,
)
from vhtui.ui.keymap import Place
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.panel import Fact, ListPanel
from vhtui.ui.screens.upload_limits import UploadLimits
from vhtui.ui.screens.upload_rows import LOCAL_COLUMNS

if TYPE_CHECKING:
    from vhtui.core.uploads.queueing import UploadReceipt
    from vhtui.ui.screens.main import MainScreen

_DIRECTORY = "disk.directory"
_HIDDEN = "disk.hidden"
_BESIDE = 180
"""Columns of a screen from which the folder at the host is shown beside the disk."""
_WORTH_IT_BESIDE = 60


class LocalPanel(ListPanel[LocalEntry]):
    """A directory of this disk; on a wide screen, beside it the folder that files go to."""

    place = Place.LOCAL
    title = "Upload files of this disk"
    look = "uploads"
    noun = "entry"
    columns = LOCAL_COLUMNS
    stays_beside_tree = True

    def __init__(self, screen: MainScreen) -> None:
        """Read nothing until the browser is opened."""
        super().__init__(screen)
        self.directory: Directory | None = None
        self._shows_hidden = self.store.setting(_HIDDEN) == "shown"
        self._going = Path()
        self.limits = UploadLimits(screen)

    # -- the frame --------------------------------------------------------------------------------

    @override
    def set_shown(self, on: bool) -> None:
        super().set_shown(on)
        self._show_host(on)

    @override
    def fit(self, width: int) -> None:
        super().fit(width)
        if self.screen.panel is self:
            self._show_host(on=True)

    def _show_host(self, on: bool) -> None:
        """Show the folder at the host beside the disk where there is room, or no longer."""
        files, width = self.screen.files, self.screen.size.width
        is_beside = on and width >= _BESIDE
        files.table.display = is_beside
        self.screen.set_class(is_beside, "-beside")
        if is_beside:
            columns = [each for each in files.columns if each.worth >= _WORTH_IT_BESIDE]
            files.table.set_columns(columns)
        else:
            files.fit(width)

    @property
    def target(self) -> str:
        """The path of the folder at the host that files go to."""
        spot = self.screen.files.spot
        return self.store.folder_path(spot.account, spot.folder or ROOT)

    @override
    def where(self) -> str:
        here = shown_path(self.directory.path) if self.directory else ""
        return f"{here} to {self.screen.account}:{self.target}"

    # -- rows -------------------------------------------------------------------------------------

    @override
    def rows(self) -> Sequence[LocalEntry]:
        entries = self.directory.entries if self.directory else ()
        return [each for each in entries if self._shows_hidden or not each.name.startswith(".")]

    @override
    def key(self, row: LocalEntry) -> Hashable:
        return row.path

    @override
    def words(self, row: LocalEntry) -> str:
        return row.name

    @override
    def empty(self) -> str:
        if self.directory is None:
            return ""
        if self.directory.fault:
            return f"{shown_path(self.directory.path)}: {self.directory.fault}"
        hidden = len(self.directory.entries)
        return f"{plural(hidden, 'hidden entry')}; . shows them" if hidden else "Nothing in here."

    @override
    def is_touched_by(self, changes: Changes) -> bool:
        return False

    @override
    async def ask_host(self) -> None:
        """Read the directory again."""
        if self.directory is not None:
            await self._load(self.directory.path, None, restart=False)

    @override
    def status(self) -> str:
        files = [row for row in self.rows() if row.size is not None]
        folders = sum(row.is_folder for row in self.rows())
        parts = [plural(folders, "folder")] if folders else []
        parts += [plural(len(files), "file"), size_words(sum(row.size or 0 for row in files))]
        if self.directory is not None and self.directory.is_cut:
            parts.append(f"only {count_words(MOST_ENTRIES)} entries are listed")
        return " · ".join(parts)

    @override
    def facts(self, row: LocalEntry) -> list[Fact]:
        now = time.time()
        changed = f"{date_words(row.mtime)} ({age_words(row.mtime, now)})" if row.mtime else ""
        return [
            ("Name", row.name),
            ("Kind", row.kind),
            ("Size", size_words(row.size) if row.size is not None else ""),
            ("Changed", changed),
            ("Not sent", row.reason),
            ("Path", shown_path(row.path)),
            ("Goes to", f"{self.screen.account}:{self.target}"),
        ]

    # -- going ------------------------------------------------------------------------------------

    @does("upload.add")
    def browse(self) -> Coroutine[Any, Any, None] | None:
        """Open the browser where it was left."""
        self.screen.show_panel(Place.LOCAL)
        if self.directory is not None:
            return self._load(self.directory.path, None, restart=False)
        return self._load(first_directory(self.store.setting(_DIRECTORY)), None)

    async def _load(self, path: Path, cursor: Path | None, *, restart: bool = True) -> None:
        """Read a directory in a thread; what a later key asked for is shown instead of it."""
        self._going = path
        directory = await asyncio.to_thread(read_directory, path)
        if self._going != path:
            return
        if directory.fault and self.directory is not None and restart:
            raise UsageError(f"{shown_path(path)}: {directory.fault}")
        self.directory = directory
        if restart:
            self.filter_text = ""
        self.read(restart=restart)
        if cursor is not None:
            self.table.go_to(cursor)
        if restart:
            await self.store.remember(_DIRECTORY, kept(path))

    @does("disk.enter")
    def enter(self) -> Coroutine[Any, Any, None] | None:
        """Enter the folder under the cursor."""
        row = self.table.cursor_row
        if row is None or not row.is_folder:
            return None
        return self._load(row.path, None)

    @does("disk.leave")
    def leave(self) -> Coroutine[Any, Any, None] | None:
        """Go to the folder above, with the cursor on the one this was."""
        here = self.directory.path if self.directory else Path("/")
        return self._load(here.parent, here) if here != here.parent else None

    @does("disk.home")
    def go_home(self) -> Coroutine[Any, Any, None]:
        """Go to the home directory."""
        return self._load(Path.home(), None)

    @does("disk.go")
    async def go(self) -> None:
        """Ask for a directory and go there."""
        here = self.directory.path if self.directory else Path.home()
        text = await self.screen.ask("Directory", check=lambda text: directory_of(text, here))
        if text is not None:
            await self._load(directory_of(text, here), None)

    @does("disk.hidden")
    def toggle_hidden(self) -> None:
        """Show hidden entries, or no longer."""
        self._shows_hidden = not self._shows_hidden
        self.screen.remember(_HIDDEN, "shown" if self._shows_hidden else "")
        self.read()

    @does("disk.target")
    def choose_target(self) -> Coroutine[Any, Any, None]:
        """Choose the folder at the host by a few letters."""
        return self.screen.files.jump()

    @does("disk.watch")
    def watch(self) -> Coroutine[Any, Any, None]:
        """Watch the folder under the cursor, or else the one that is listed."""
        row = self.table.cursor_row
        here = self.directory.path if self.directory else Path.home()
        return self.limits.watch(row.path if row is not None and row.is_folder else here)

    # -- uploading --------------------------------------------------------------------------------

    @does("disk.open")
    def open(self) -> Coroutine[Any, Any, None] | None:
        """Upload what is marked; else enter the folder, or upload the file, under the cursor."""
        row = self.table.cursor_row
        if row is not None and row.is_folder and not self.table.has_marks:
            return self._load(row.path, None)
        return self.upload()

    @does("disk.set")
    def upload_set(self) -> Coroutine[Any, Any, None]:
        """Ask how to upload the selected entries as a set, and queue them."""
        return self.upload(as_set=True)

    @does("disk.upload")
    def upload(self, *, as_set: bool = False) -> Coroutine[Any, Any, None]:
        """Ask how to upload the selected entries, and queue them."""
        rows = self.selected()
        if len(rows) == 1 and rows[0].reason:
            raise UsageError(f"{rows[0].name} cannot be sent: {rows[0].reason}")
        if not rows:
            raise UsageError("there is nothing to upload here")
        paths = [row.path for row in rows]
        return self._upload(paths, self.screen.account, self.target, as_set=as_set)

    async def _upload(
        self, paths: Sequence[Path], account: str, target: str, *, as_set: bool
    ) -> None:
        from vhtui.ui.screens.upload_wish import AskUpload

        able = [
            name
            for name in self.engine.accounts
            if self.engine.cannot(name, Capability.UPLOAD) is None
        ]
        if not able:
            raise UsageError(self.engine.cannot(account, Capability.UPLOAD) or "no account")
        here = account if account in able else able[0]
        wish = await self.screen.answer(
            AskUpload(self.engine, paths, able, here, target, as_set=as_set)
        )
        if wish is None:
            return
        receipts = [
            await self.engine.queue_uploads(
                names,
                paths,
                folder,
                recursive=True,
                keep_tree=wish.keeps_tree,
                patterns=wish.patterns,
                again=wish.again,
                set_name=wish.set_name or None,
                set_template=wish.form or None,
                links_file=wish.links_file,
            )
            for folder, names in wish.targets
        ]
        self.table.clear_marks()
        await self._tell(joined(receipts))

    async def _tell(self, receipt: UploadReceipt) -> None:
        from vhtui.ui.screens.dialogs import Confirm

        key = self.screen.keymap.key_of("panel.uploads")
        shows = f"; {key} shows them" if receipt.ids else ""
        self.screen.say(f"{receipt.sentence}{shows}", "info" if receipt.ids else "warning")
        if len(receipt.refused) > 1:
            left_out = Confirm(
                f"{plural(len(receipt.refused), 'file')} cannot be sent",
                rows=[
                    name_of(each.path) + each.reason.removeprefix(sources.shown(each.path))
                    for each in receipt.refused
                ],
                yes="Go on",
            )
            await self.screen.answer(left_out)
