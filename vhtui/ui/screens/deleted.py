"""The deleted panel: what is gone, with what the library still knows of it."""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping, Sequence

from typing_extensions import override

from vhtui.core.desk.deletions import DeletedRow
from vhtui.core.requests import RequestKind
from vhtui.models import Capability
from vhtui.text import (
    age_words,
    count_words,
    date_words,
    iso_words,
    length_words,
    money_words,
    natural_key,
    plural,
    size_words,
)
from vhtui.ui.keymap import Place
from vhtui.ui.screens.desk import DeskPanel, Export, sheet
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.panel import Fact
from vhtui.ui.screens.sorting import SortBy, amount
from vhtui.ui.widgets.row_table import Column

_HEADS = ("code", "title", "deleted", "on the host's list", "folder", "size", "views", "revenue",
          "uploaded", "link", "source")  # fmt: skip


def _said_by(row: DeletedRow) -> str:
    return "by the host" if row.by_host else "noticed"


COLUMNS: tuple[Column[DeletedRow], ...] = (
    Column("name", "Title", lambda row: row.title or row.code, worth=100),
    Column(
        "age", "Gone for", lambda row: age_words(row.deleted, time.time()), width=8, align="right",
        worth=90,
    ),
    Column(
        "size", "Size", lambda row: size_words(row.size) if row.size is not None else "", width=9,
        align="right", worth=60,
    ),
    Column("folder", "Folder", lambda row: row.folder or "", width=20, worth=50),
    Column("source", "Uploaded from", lambda row: row.source or "", width=24, worth=20),
    Column("code", "Code", lambda row: row.code, width=13, worth=10),
    Column("state", "Told", _said_by, width=11, worth=100, style=lambda row: "muted"),
)  # fmt: skip


class DeletedPanel(DeskPanel[DeletedRow]):
    """What the host deleted and what vanished, the latest first."""

    place = Place.DELETED
    title = "Deleted"
    look = "deleted"
    noun = "deleted file"
    columns = COLUMNS
    capability = Capability.LIST_DELETED
    kind = RequestKind.DELETED
    topic = "deleted"
    nothing = "Nothing was deleted."
    promise = "What is gone stands here with its folder, size and links."

    @does("panel.deleted")
    def open(self) -> None:
        """Show what was deleted."""
        self.screen.show_panel(self.place)

    @override
    async def ask(self, account: str) -> None:
        await self.engine.refresh_deleted(account)

    @override
    def rows(self) -> Sequence[DeletedRow]:
        return self.engine.deleted(self.account)

    @override
    def key(self, row: DeletedRow) -> Hashable:
        return row.code

    @override
    def words(self, row: DeletedRow) -> str:
        return f"{row.title} {row.code} {row.folder or ''} {row.source or ''} {_said_by(row)}"

    @override
    def sorts(self) -> Mapping[str, SortBy[DeletedRow]]:
        return {
            "name": SortBy("name", lambda row: natural_key(row.title or row.code)),
            "date": SortBy("age", lambda row: row.deleted),
            "size": SortBy("size", lambda row: row.size),
            "views": SortBy("views", lambda row: row.views),
            "money": SortBy("revenue", lambda row: amount(row.revenue)),
            "folder": SortBy("folder", lambda row: row.folder and natural_key(row.folder)),
            "source": SortBy("source", lambda row: row.source and natural_key(row.source)),
            "state": SortBy("state", _said_by),
        }

    @override
    def status(self) -> str:
        rows = self.table.source.window(0, self.table.row_count)
        sizes = [row.size for row in rows if row.size is not None]
        parts = [super().status()]
        if sizes:
            parts.append(f"{size_words(sum(sizes))} known")
        return " · ".join(filter(None, [*parts, self.asked_words()]))

    @override
    def facts(self, row: DeletedRow) -> list[Fact]:
        now = time.time()
        base = self.engine.link_base(row.account)
        return [
            ("Title", row.title),
            ("Gone", f"{date_words(row.deleted)} ({age_words(row.deleted, now)})"),
            ("Told", "on the host's list" if row.by_host else "noticed by vhtui in a listing"),
            ("Folder", row.folder or ""),
            ("Size", size_words(row.size) if row.size is not None else ""),
            ("Length", length_words(row.length) if row.length is not None else ""),
            ("Views", count_words(row.views) if row.views is not None else ""),
            ("Earned", money_words(row.revenue) if row.revenue is not None else ""),
            ("Uploaded", date_words(row.uploaded) if row.uploaded is not None else ""),
            ("From", row.source or ""),
            ("Code", row.code),
            ("Page", base.page_of(row.code)),
            ("Embed", base.embed_of(row.code)),
        ]

    @override
    def exported(self) -> Export:
        rows = self.chosen()
        what = plural(len(rows), self.noun)
        base = self.engine.link_base(self.account)
        cells: list[tuple[object, ...]] = [
            (
                row.code, row.title, iso_words(row.deleted), "yes" if row.by_host else "no",
                row.folder, row.size, row.views, row.revenue, iso_words(row.uploaded),
                base.page_of(row.code), row.source,
            )
            for row in rows
        ]  # fmt: skip
        return lambda as_csv: (sheet(_HEADS, cells, as_csv=as_csv), what)
