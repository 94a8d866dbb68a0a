"""The uploads panel: every local file on its way, and what can be done about it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Coroutine, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.worker import Worker
from typing_extensions import override

from vhtui.errors import UsageError
from vhtui.links import LinkItem
from vhtui.models import Changes, Upload, UploadState
from vhtui.text import age_words, count_words, plural, size_words
from vhtui.ui.keymap import Place
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.panel import Fact, ListPanel
from vhtui.ui.screens.sorting import SortBy
from vhtui.ui.screens.upload_rows import (
    COPIED,
    UPLOAD_SORTS,
    bar,
    left_words,
    limits_words,
    percent_cell,
    speed_words,
    state_style,
    upload_percent,
)
from vhtui.ui.widgets.row_table import Column

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

_COPIED = "uploads.copied"
_LEAST_PAUSE = 0.2
_WAITING = (UploadState.QUEUED, UploadState.PAUSED)
_TROUBLE = (UploadState.NEEDS_YOU, UploadState.FAILED)
NO_RESUME = "The hosts cannot resume: what breaks off is sent again from its first byte."


class UploadsPanel(ListPanel[Upload]):
    """The uploads of all accounts, which share slots and bandwidth.

    What is under way comes first in its order, then what needs a look, then the newest ends.
    """

    place = Place.UPLOADS
    title = "Uploads"
    look = "uploads"
    noun = "upload"

    def __init__(self, screen: MainScreen) -> None:
        """Know nothing until it is first read."""
        self.columns = self._make_columns()
        super().__init__(screen)
        self._uploads: list[Upload] = []
        self._copied = frozenset(int(id) for id in json.loads(self.store.setting(_COPIED) or "[]"))
        self._has_read = self._is_reading = self._is_stale = False
        self._worker: Worker[None] | None = None

    def _make_columns(self) -> tuple[Column[Upload], ...]:
        return (
            Column("name", "File", lambda row: row.title, worth=100),
            Column("account", "Account", lambda row: row.account, width=10, worth=25),
            Column("folder", "Folder", lambda row: row.folder, width=22, worth=10),
            Column("size", "Size", lambda row: size_words(row.size), width=9, align="right",
                   worth=60),
            Column("bar", "Progress", lambda row: bar(upload_percent(row)), width=10, worth=55),
            Column("percent", "Done", percent_cell, width=5, align="right", worth=80),
            Column("speed", "Speed", speed_words, width=11, align="right", worth=50),
            Column("eta", "Left", left_words, width=14, worth=45),
            Column("set", "Set", lambda row: row.set_name or "", width=14, worth=15),
            Column("error", "Why", lambda row: row.error, width=28, worth=20),
            Column("state", "State", self.state_words, width=11, worth=100,
                   style=lambda row: state_style(row, self.state_words(row))),
        )  # fmt: skip

    # -- reading ----------------------------------------------------------------------------------

    @override
    def read(self, *, restart: bool = False) -> None:
        super().read(restart=restart)
        if self._is_reading:
            self._is_stale = True
            return
        self._is_reading = True
        if self._has_read:
            self._worker = self.screen.run_worker(self._load, group="uploads")
        else:
            # The keys that come after the one that shows the panel wait for its rows.
            self.screen.dispatcher.start(self._load())

    async def _load(self) -> None:
        began = time.monotonic()
        try:
            self._uploads = await asyncio.to_thread(self.engine.uploads)
            self._has_read = True
            super().read()
        finally:
            self._is_reading = False
        if self._is_stale:
            self._is_stale = False
            # Many uploads take long to read: that is done a fifth of the time at most.
            self.screen.set_timer(
                max(_LEAST_PAUSE, 4 * (time.monotonic() - began)), self._read_if_shown
            )

    def _read_if_shown(self) -> None:
        if self.screen.panel is self:
            self.read()

    @override
    def rows(self) -> Sequence[Upload]:
        going = [row for row in self._uploads if row.state.is_open]
        ended = [row for row in self._uploads if not row.state.is_open]
        ended.sort(key=lambda row: (row.state not in _TROUBLE, -row.updated, -row.id))
        return [*going, *ended]

    @override
    def key(self, row: Upload) -> Hashable:
        return row.id

    @override
    def words(self, row: Upload) -> str:
        words = f"{row.title} {row.account} {row.folder} {self.state_words(row)} {row.error}"
        return f"{words} {row.set_name or ''}"

    @override
    def sorts(self) -> Mapping[str, SortBy[Upload]]:
        return UPLOAD_SORTS | {"state": SortBy("state", self.state_words)}

    def state_words(self, row: Upload) -> str:
        """Return how an upload stands; its last state is that its link was copied."""
        is_copied = row.state is UploadState.PLAYABLE and row.id in self._copied
        return COPIED if is_copied else row.state.value

    @override
    def empty(self) -> str:
        if not self._has_read:
            return ""
        return f"No uploads. {self.screen.keymap.key_of('upload.add')} chooses files of this disk."

    @override
    def is_touched_by(self, changes: Changes) -> bool:
        return changes.touches("uploads")

    @override
    def status(self) -> str:
        counts: dict[str, int] = {}
        for row in self._uploads:
            counts[row.state.value] = counts.get(row.state.value, 0) + 1
        parts = [f"{count_words(count)} {state}" for state, count in counts.items()]
        limits = limits_words(self.engine.upload_limits(), time.time())
        watched = self.engine.watch_folders()
        watching = [f"{plural(len(watched), 'folder')} watched"] if watched else []
        return " · ".join([limits, *(parts or [super().status()]), *watching])

    @override
    def facts(self, row: Upload) -> list[Fact]:
        sent = f"{size_words(row.sent)} of {size_words(row.size)}"
        is_sent = row.state in (UploadState.QUEUED, UploadState.SENDING, UploadState.PAUSED)
        needs_you = row.state is UploadState.NEEDS_YOU
        done = upload_percent(row)
        return [
            ("File", row.title),
            ("State", self.state_words(row)),
            ("Why", row.error),
            ("", "Enter decides what became of it." if needs_you else ""),
            ("Done", "" if done is None else f"[{bar(done)}] {percent_cell(row)}"),
            ("Sent" if row.sent else "Size", sent if row.sent else size_words(row.size)),
            ("Speed", speed_words(row)),
            ("Left", left_words(row)),
            ("To", f"{row.account}:{row.folder}"),
            ("Code", row.code or ""),
            ("Set", row.set_name or ""),
            ("From", row.path),
            ("Tries", str(row.tries) if row.tries > 1 else ""),
            ("Since", age_words(row.created, time.time())),
            ("", NO_RESUME if is_sent else ""),
        ]

    @override
    def links_copied(self, items: Sequence[LinkItem]) -> None:
        self.screen.dispatcher.start(self._note_copied({(i.account, i.code) for i in items}))

    async def _note_copied(self, codes: set[tuple[str, str]]) -> None:
        """Remember which uploads' links were copied, of those that are still listed."""
        uploads = await asyncio.to_thread(self.engine.uploads)
        copied = frozenset(
            row.id
            for row in uploads
            if row.id in self._copied or (row.code and (row.account, row.code) in codes)
        )
        if copied != self._copied:
            self._copied = copied
            self.table.reread()
            self.screen.show_details()
            await self.store.remember(_COPIED, json.dumps(sorted(copied)))

    # -- keys -------------------------------------------------------------------------------------

    def _ids(self, rows: Iterable[Upload]) -> list[int]:
        return [row.id for row in rows]

    @does("panel.uploads")
    def show(self) -> None:
        """Show the uploads."""
        self.screen.show_panel(Place.UPLOADS)

    @does("upload.open")
    def open(self) -> Coroutine[Any, Any, None] | None:
        """Show the file under the cursor in its folder, or decide what became of it."""
        row = self.table.cursor_row
        if row is None:
            return None
        if row.state is UploadState.NEEDS_YOU:
            return self._decide(row)
        self._show_file(row)
        return None

    def _show_file(self, row: Upload) -> None:
        file = self.store.file_by_code(row.account, row.code) if row.code else None
        if file is None:
            raise UsageError(row.error or f"it is {row.state.value}: there is no file of it yet")
        self.screen.show_panel(Place.FILES)
        self.screen.files.go(file.account, file.folder, cursor=file.id)

    async def _decide(self, row: Upload) -> None:
        from vhtui.ui.screens.dialogs import Choice

        answers = [("no", "it did not happen: send it again"), ("drop", "give it up")]
        if row.code is None:
            answers.insert(0, ("code", "it arrived: I know the file's code"))
        else:
            answers = [("no", "try it again: name it and put it into its folder"),
                       ("show", "leave it where it is and show it there")]  # fmt: skip
        question = Choice(f"What became of {row.title}?", answers, facts=[row.error])
        match await self.screen.answer(question):
            case "code":
                code = await self.screen.ask("The file's code at the host")
                if code and code.strip():
                    await self.engine.settle_upload(row.id, code)
                    self.screen.say(f"{row.title} is {code.strip()}: going on with it")
            case "no":
                await self._retry([row.id])
            case "drop":
                await self._cancel([row.id])
            case "show":
                self._show_file(row)

    @does("upload.pause")
    def pause(self) -> Coroutine[Any, Any, None]:
        """Pause the selected uploads, or go on with them."""
        return self._pause(self.selected())

    async def _pause(self, rows: Sequence[Upload]) -> None:
        going = [row for row in rows if row.state in (UploadState.QUEUED, UploadState.SENDING)]
        paused = [row for row in rows if row.state is UploadState.PAUSED]
        if going:
            count = await self.engine.pause_uploads(self._ids(going))
            words = f"Paused {plural(count, 'upload')}"
            is_sent = any(row.state is UploadState.SENDING for row in going)
            self.screen.say(f"{words}; if the host hangs up, it starts over" if is_sent else words)
        elif paused:
            count = await self.engine.resume_uploads(self._ids(paused))
            self.screen.say(f"Going on with {plural(count, 'upload')}")
        else:
            raise UsageError("it is neither queued nor being sent: there is nothing to pause")

    @does("upload.pause_all")
    async def pause_all(self) -> None:
        """Pause every upload, or go on with all."""
        await self._pause(await asyncio.to_thread(self.engine.uploads, open_only=True))

    @does("upload.later")
    def later(self) -> Coroutine[Any, Any, None]:
        """Send the file under the cursor after the next one."""
        return self._move(1)

    @does("upload.sooner")
    def sooner(self) -> Coroutine[Any, Any, None]:
        """Send the file under the cursor before the one above it."""
        return self._move(-1)

    def _move(self, step: int) -> Coroutine[Any, Any, None]:
        row = self.table.cursor_row
        if row is None or row.state not in _WAITING:
            raise UsageError("only what is queued can be sent sooner or later")
        return self.engine.move_upload(row.id, step)

    @does("upload.retry")
    def retry(self) -> Coroutine[Any, Any, None]:
        """Send again what failed or was cancelled, of the selected uploads."""
        return self._retry(self._ids(self.selected()))

    @does("upload.retry_all")
    def retry_all(self) -> Coroutine[Any, Any, None]:
        """Send everything again that failed."""
        return self._retry(self._ids(r for r in self._uploads if r.state is UploadState.FAILED))

    async def _retry(self, ids: Sequence[int]) -> None:
        count = await self.engine.retry_uploads(ids)
        words = f"Trying {plural(count, 'upload')} again, from the first byte"
        self.screen.say(words if count else "Nothing to retry")

    @does("upload.cancel")
    def cancel(self) -> Coroutine[Any, Any, None]:
        """Cancel the selected uploads; what is being sent only after asking."""
        return self._ask_and_cancel(self.selected())

    async def _ask_and_cancel(self, rows: Sequence[Upload]) -> None:
        from vhtui.ui.screens.dialogs import Confirm

        begun = [row for row in rows if row.state.is_open and row.sent and not row.code]
        if begun:
            question = Confirm(
                f"Cancel {plural(len(rows), 'upload')}?",
                rows=[f"{percent_cell(row):>4} sent  {row.title}" for row in begun],
                facts=[f"{size_words(sum(row.sent for row in begun))} sent are lost. {NO_RESUME}"],
                yes="Cancel them",
                dangerous=True,
            )
            if not await self.screen.answer(question):
                return
        await self._cancel(self._ids(rows))
        self.table.clear_marks()

    async def _cancel(self, ids: Sequence[int]) -> None:
        count = await self.engine.cancel_uploads(ids)
        retry = self.screen.keymap.key_of("upload.retry")
        words = f"Cancelled {plural(count, 'upload')}; {retry} sends again"
        self.screen.say(words if count else "Nothing to cancel: the host has it")

    @does("upload.clear")
    async def clear(self) -> None:
        """Take playable and cancelled uploads from the list."""
        count = await self.engine.clear_uploads()
        stays = "" if count else ": what failed is retried or cancelled first"
        self.screen.say(f"Cleared {plural(count, 'upload')}{stays}")
