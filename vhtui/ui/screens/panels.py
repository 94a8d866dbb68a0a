"""The panels that show one list each: remote uploads, encodings and the log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Hashable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from vhtui.atomic import write_atomically
from vhtui.errors import UsageError
from vhtui.models import Capability, Changes, Encoding, LogEntry, RemoteState, RemoteUpload
from vhtui.text import (
    age_words,
    clean,
    count_words,
    date_words,
    duration_words,
    iso_words,
    natural_key,
    plural,
    size_words,
)
from vhtui.ui import columns
from vhtui.ui.keymap import Place
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.panel import Fact, ListPanel
from vhtui.ui.screens.sorting import SortBy

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

_EXPORTED = 1_000_000
"""Lines of the log: more than are kept."""


class RemotePanel(ListPanel[RemoteUpload]):
    """The account's queue of remote uploads."""

    place = Place.REMOTE
    title = "Remote uploads"
    look = "remote"
    noun = "upload"
    columns = columns.REMOTE_COLUMNS

    @override
    def rows(self) -> Sequence[RemoteUpload]:
        return self.store.remote_uploads(self.screen.account)

    @override
    def key(self, row: RemoteUpload) -> Hashable:
        return row.id

    @override
    def words(self, row: RemoteUpload) -> str:
        return f"{row.url} {row.state} {row.note}"

    @override
    def sorts(self) -> Mapping[str, SortBy[RemoteUpload]]:
        return {
            "name": SortBy("name", lambda row: natural_key(row.url)),
            "size": SortBy("size", lambda row: row.size),
            "date": SortBy("date", lambda row: row.created),
            "percent": SortBy("percent", columns.remote_percent),
            "left": SortBy("eta", lambda row: row.remaining),
            "state": SortBy("state", lambda row: row.state.value),
        }

    @override
    def empty(self) -> str:
        reason = self.engine.cannot(self.screen.account, Capability.ADD_REMOTE)
        return reason or "No remote uploads. a r adds some."

    @override
    def is_touched_by(self, changes: Changes) -> bool:
        return changes.touches("remote", self.screen.account)

    @override
    def facts(self, row: RemoteUpload) -> list[Fact]:
        loaded = f"{size_words(row.loaded)} of {size_words(row.size)}"
        return [
            ("URL", row.url),
            ("State", f"{row.state} ({row.raw_state})" if row.raw_state else row.state.value),
            ("Done", columns.percent_words(columns.remote_percent(row))),
            ("Fetched", loaded if row.loaded is not None else size_words(row.size)),
            ("Speed", f"{size_words(row.speed)}/s" if row.speed else ""),
            ("Left", duration_words(row.remaining) if row.remaining else ""),
            ("Note", row.note),
            ("Code", row.code or ""),
            ("Added", age_words(row.created, time.time())),
        ]

    @override
    def status(self) -> str:
        rows = self.table.source.window(0, self.table.row_count)
        counts: dict[str, int] = {}
        for row in rows:
            counts[row.state.value] = counts.get(row.state.value, 0) + 1
        parts = [f"{count_words(count)} {state}" for state, count in counts.items()]
        most = self.engine.remote_active(self.screen.account)
        limit = [f"{count_words(most)} at once"] if most else []
        return " · ".join([super().status(), *limit, *parts])

    @does("remote.restart")
    def restart(self) -> Coroutine[Any, Any, None]:
        """Start the selected uploads again."""
        ids = [row.id for row in self.selected()]
        account = self.screen.account
        return self.screen.report(self.engine.restart_remote(account, ids))

    @does("remote.delete")
    def delete(self) -> Coroutine[Any, Any, None]:
        """Delete the selected entries of the queue, after asking."""
        return self._delete(self.screen.account, self.selected())

    async def _delete(self, account: str, rows: list[RemoteUpload]) -> None:
        from vhtui.ui.screens.dialogs import Confirm

        if not rows:
            return
        waiting = [row.id for row in rows if row.state is RemoteState.QUEUED]
        listed = [row.id for row in rows if row.state is not RemoteState.QUEUED]
        question = Confirm(
            f"Delete {len(rows)} of the queue of {account}?",
            rows=[f"{row.state.value:<10} {row.url}" for row in rows],
            facts=["What was fetched already stays; the entries cannot be brought back."],
            yes="Delete",
            dangerous=True,
        )
        if not await self.screen.answer(question):
            return
        if waiting:
            count = await self.engine.cancel_waiting_remote(account, waiting)
            self.screen.say(f"{plural(count, 'URL')} not given to the host")
        if listed:
            await self.screen.report(self.engine.delete_remote(account, listed))
        self.table.clear_marks()

    @does("remote.clear")
    def clear(self) -> Coroutine[Any, Any, None]:
        """Clear the failed entries."""
        return self.screen.report(self.engine.clear_failed_remote(self.screen.account))


class EncodingsPanel(ListPanel[Encoding]):
    """What the host is encoding for the account."""

    place = Place.ENCODINGS
    title = "Encodings"
    look = "encodings"
    noun = "encoding"
    columns = columns.ENCODING_COLUMNS

    @override
    def rows(self) -> Sequence[Encoding]:
        return self.store.encodings(self.screen.account)

    @override
    def key(self, row: Encoding) -> Hashable:
        return (row.code, row.quality, row.stage)

    @override
    def words(self, row: Encoding) -> str:
        return f"{row.title} {row.code} {row.state} {row.error}"

    @override
    def sorts(self) -> Mapping[str, SortBy[Encoding]]:
        return {
            "name": SortBy("name", lambda row: natural_key(row.title or row.code)),
            "date": SortBy("date", lambda row: row.started or row.created),
            "percent": SortBy("percent", lambda row: row.percent),
            "left": SortBy("eta", lambda row: row.left),
            "state": SortBy("state", lambda row: row.state.lower()),
            "quality": SortBy("quality", lambda row: row.quality),
        }

    @override
    def empty(self) -> str:
        reason = self.engine.cannot(self.screen.account, Capability.LIST_ENCODINGS)
        return reason or "Nothing is being encoded."

    @override
    def is_touched_by(self, changes: Changes) -> bool:
        return changes.touches("encodings", self.screen.account)

    @override
    def facts(self, row: Encoding) -> list[Fact]:
        return [
            ("File", row.title),
            ("Code", row.code),
            ("State", row.state),
            ("Quality", f"{row.quality}p" if row.quality else ""),
            ("Done", columns.percent_words(row.percent)),
            ("Left", columns.encoding_left(row)),
            ("Source", row.source),
            ("Step", row.stage),
            ("Error", row.error),
            ("Note", row.note),
            ("Started", age_words(row.started or row.created, time.time())),
        ]


class LogPanel(ListPanel[LogEntry]):
    """What happened, newest first."""

    place = Place.LOG
    title = "Log"
    look = "log"
    noun = "entry"
    columns = columns.LOG_COLUMNS

    @override
    def rows(self) -> Sequence[LogEntry]:
        return self.store.log(limit=1000)

    @override
    def key(self, row: LogEntry) -> Hashable:
        return row.id

    @override
    def words(self, row: LogEntry) -> str:
        return f"{row.account} {row.level} {row.text}"

    @override
    def empty(self) -> str:
        return "Nothing happened yet."

    @override
    def is_touched_by(self, changes: Changes) -> bool:
        return changes.touches("log")

    @override
    def facts(self, row: LogEntry) -> list[Fact]:
        when = f"{date_words(row.at)}, {age_words(row.at, time.time())}"
        return [("What", row.text), ("When", when), ("Account", row.account), ("Level", row.level)]

    @does("log.export")
    async def export(self) -> None:
        """Write the whole log to a file, oldest first."""
        name = time.strftime("vhtui-log-%Y%m%d-%H%M%S.txt", time.gmtime())
        path = self.screen.state / name
        try:
            count = await asyncio.to_thread(self._write, path)
        except OSError as error:
            raise UsageError(f"the log cannot be written to {path}: {error.strerror}") from error
        self.screen.say(f"Wrote {plural(count, 'line')} to {path}")

    def _write(self, path: Path) -> int:
        rows = reversed(self.store.log(limit=_EXPORTED))
        lines = [
            f"{iso_words(row.at)}\t{row.account}\t{row.level}\t{clean(row.text)}\n" for row in rows
        ]
        write_atomically(path, "".join(lines))
        return len(lines)


class Showing:
    """Goes from an upload or an encoding to its file."""

    def __init__(self, screen: MainScreen) -> None:
        """Act on a screen."""
        self.screen = screen

    @does("file.show")
    def show_file(self) -> None:
        """Show the file of the row under the cursor in its folder."""
        row = self.screen.panel.table.cursor_row
        code = getattr(row, "code", None)
        account = getattr(row, "account", None) or self.screen.account
        file = self.screen.engine.store.file_by_code(account, code) if code else None
        if file is None:
            self.screen.say("there is no file of it yet", "warning")
            return
        self.screen.show_panel(Place.FILES)
        self.screen.files.go(file.account, file.folder, cursor=file.id)
