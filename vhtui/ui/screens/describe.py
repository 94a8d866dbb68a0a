"""What the details say of a file or a folder."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from vhtui.core.commands import TRASH_TITLE
from vhtui.models import ROOT, FileRow, FolderRow
from vhtui.text import age_words, count_words, date_words, length_words, money_words, size_words
from vhtui.ui.columns import Entry, encoding_words
from vhtui.ui.screens.panel import Fact
from vhtui.ui.screens.trend_facts import TrendFacts

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen


class Describer:
    """Describes rows of the files panel, label by label."""

    def __init__(self, screen: MainScreen) -> None:
        """Describe them in the details of a screen."""
        self.engine = screen.engine
        self.store = screen.engine.store
        self.trends = TrendFacts(screen)

    def facts(self, row: Entry) -> list[Fact]:
        """Return what the details say of a row."""
        now = time.time()
        if isinstance(row, FolderRow):
            return [
                ("Folder", row.title),
                ("Path", row.path),
                ("Files", count_words(row.files)),
                ("Folders", count_words(row.folders)),
                ("Size", size_words(row.bytes) if row.files else ""),
                ("Listed", age_words(row.listed, now)),
                ("State", row.pending or ""),
                *self.trends.of(row),
            ]
        base = self.engine.link_base(row.account)
        return [
            ("Title", row.title),
            ("Folder", self.store.folder_path(row.account, row.folder)),
            ("Size", size_words(row.size)),
            ("Length", length_words(row.length)),
            ("Views", count_words(row.views)),
            ("Earned", money_words(row.revenue) if row.revenue is not None else ""),
            ("Uploaded", f"{date_words(row.uploaded)} ({age_words(row.uploaded, now)})"),
            *self.trends.of(row),
            ("State", row.shown_state),
            ("Encoding", self._encoding_words(row)),
            ("Code", row.code),
            ("Page", base.page_of(row.code) if row.code else ""),
            ("Embed", base.embed_of(row.code) if row.code else ""),
            ("Trash", self._trash_words(row, now)),
        ]

    def _encoding_words(self, row: FileRow) -> str:
        if not row.state.startswith("encoding"):
            return ""
        return encoding_words(self.store.encodings(row.account, row.code))

    def _trash_words(self, row: FileRow, now: float) -> str:
        folder = self.store.folder(row.account, row.folder)
        if folder is None or folder.title != TRASH_TITLE or folder.parent != ROOT:
            return ""
        trashed = self.engine.journal.trashed([row.id]).get(row.id)
        since = ""
        if trashed is not None:
            before = self.store.folder_path(row.account, trashed.folder)
            since = f"{age_words(trashed.at, now)}, from {before}; g r restores; "
        return f"{since}still live, and still using storage"
