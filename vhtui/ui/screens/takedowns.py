"""The takedowns panel: what goes when, and what it earned. Information only."""

from __future__ import annotations

import time
from collections.abc import Coroutine, Hashable, Mapping, Sequence
from typing import Any

from typing_extensions import override

from vhtui.core.desk.takedowns import TakedownRow, case_csv, case_text
from vhtui.core.requests import RequestKind
from vhtui.models import Capability
from vhtui.text import (
    age_words,
    count_words,
    date_words,
    duration_words,
    length_words,
    money_words,
    natural_key,
    plural,
    size_words,
)
from vhtui.ui.keymap import Place
from vhtui.ui.screens.desk import DeskPanel, Export
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.panel import Fact
from vhtui.ui.screens.sorting import SortBy, amount
from vhtui.ui.widgets.row_table import Column

INFORMATION_ONLY = (
    "vhtui does not help to get round a takedown: what is listed is not cloned or renewed."
)


def _left(row: TakedownRow) -> str:
    left = row.seconds_left(time.time())
    if left is None:
        return "not said" if row.pending else date_words(row.expires)
    return duration_words(left).removeprefix("about ")


def _money(amount: str | None) -> str:
    return "" if amount is None else money_words(amount)


def _style(row: TakedownRow) -> str:
    return "warning" if row.pending else "muted" if row.withdrawn else "error"


COLUMNS: tuple[Column[TakedownRow], ...] = (
    Column("name", "Title", lambda row: row.title or row.code, worth=100),
    Column("left", "Goes in", _left, width=11, align="right", worth=90),
    Column("views", "Views", lambda row: count_words(row.views), width=9, align="right", worth=70),
    Column("revenue", "Earned", lambda row: _money(row.revenue), width=9, align="right", worth=60),
    Column("label", "Label", lambda row: row.label, width=12, worth=35),
    Column("folder", "Folder", lambda row: row.folder or "", width=24, worth=20),
    Column("code", "Code", lambda row: row.code, width=13, worth=10),
    Column("state", "State", lambda row: row.state, width=10, worth=100, style=_style),
)


class TakedownsPanel(DeskPanel[TakedownRow]):
    """The notices of the account: pending first by time left, then the newest."""

    place = Place.TAKEDOWNS
    title = "Takedowns"
    look = "takedowns"
    noun = "notice"
    columns = COLUMNS
    capability = Capability.LIST_TAKEDOWNS
    kind = RequestKind.TAKEDOWNS
    topic = "takedowns"
    nothing = "No takedown notices."
    promise = "Notices stand here by the time left, with what is at stake."

    @does("panel.takedowns")
    def open(self) -> None:
        """Show the takedowns."""
        self.screen.show_panel(self.place)

    @override
    async def ask(self, account: str) -> None:
        await self.engine.refresh_takedowns(account)

    @override
    def rows(self) -> Sequence[TakedownRow]:
        return self.engine.takedowns(self.account)

    @override
    def key(self, row: TakedownRow) -> Hashable:
        return row.code

    @override
    def words(self, row: TakedownRow) -> str:
        return f"{row.title} {row.code} {row.state} {row.label} {row.folder or ''}"

    @override
    def sorts(self) -> Mapping[str, SortBy[TakedownRow]]:
        return {
            "name": SortBy("name", lambda row: natural_key(row.title or row.code)),
            "date": SortBy("date", lambda row: row.created),
            "left": SortBy("left", lambda row: row.expires),
            "views": SortBy("views", lambda row: row.views),
            "money": SortBy("revenue", lambda row: amount(row.revenue)),
            "label": SortBy("label", lambda row: row.label.casefold() or None),
            "folder": SortBy("folder", lambda row: row.folder and natural_key(row.folder)),
            "state": SortBy("state", lambda row: row.state),
        }

    @override
    def status(self) -> str:
        rows = self.table.source.window(0, self.table.row_count)
        pending = [row for row in rows if row.pending]
        parts = [super().status(), f"{count_words(len(pending))} pending"]
        if pending:
            views = sum(row.views or 0 for row in pending)
            parts.append(f"{count_words(views)} views at stake")
        return " · ".join(filter(None, [*parts, self.asked_words()]))

    @override
    def facts(self, row: TakedownRow) -> list[Fact]:
        now = time.time()
        left = row.seconds_left(now)
        goes = f" ({duration_words(left)} left)" if left is not None else ""
        return [
            ("Title", row.title),
            ("State", row.state),
            ("Label", row.label),
            ("Filed", f"{date_words(row.created)} ({age_words(row.created, now)})"),
            ("Goes", f"{date_words(row.expires)}{goes}" if row.expires is not None else ""),
            ("Views", count_words(row.views) if row.views is not None else ""),
            ("Earned", _money(row.revenue)),
            ("Folder", row.folder or ""),
            ("Size", size_words(row.size) if row.size is not None else ""),
            ("Length", length_words(row.length) if row.length is not None else ""),
            ("Code", row.code),
            ("", INFORMATION_ONLY),
        ]

    @override
    def exported(self) -> Export:
        rows = self.chosen()
        what = plural(len(rows), self.noun)
        return lambda as_csv: ((case_csv if as_csv else case_text)(rows), what)

    @does("takedown.label")
    def label(self) -> Coroutine[Any, Any, None] | None:
        """Ask for a word and put it on the selected cases."""
        rows = self.selected()
        return self._label(self.account, rows) if rows else None

    async def _label(self, account: str, rows: Sequence[TakedownRow]) -> None:
        words = await self.screen.ask(f"Label of {plural(len(rows), 'case')}", rows[0].label)
        if words is None:
            return
        await self.engine.label_takedowns(account, [row.code for row in rows], words)
        self.table.clear_marks()
        done = f"Labelled {plural(len(rows), 'case')} {words.strip()}"
        self.screen.say(done if words.strip() else f"No label on {plural(len(rows), 'case')} now")
