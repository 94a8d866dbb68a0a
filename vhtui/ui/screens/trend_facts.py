"""How files and folders grew, and what a folder holds in all, as lines of the details."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

from textual.worker import Worker

from vhtui.core import trends
from vhtui.core.bounded import TooLongError
from vhtui.models import FileRow, FolderRow
from vhtui.text import count_words, money_words, plural, size_words
from vhtui.trends import DAY, Growth, History, daily, money_text, spans, sparkline
from vhtui.ui.screens.panel import Fact

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

_CHART_DAYS = 21
_SETTLE = 0.15
"""Seconds that the cursor stays on a folder before its files are added up."""
_FRESH = 60.0
_MOST_KEPT = 200


def growth_words(growth: Growth) -> str:
    """Return growth in words: "+120 views, 0.45 earned", "about +40 views since 3 d"."""
    sign = "+" if growth.views >= 0 else "-"
    words = f"{sign}{plural(abs(growth.views), 'view')}"
    if growth.money:
        words += f", {money_words(money_text(growth.money))} earned"
    if growth.is_estimate:
        words = f"about {words}"
    if growth.is_whole:
        return words
    return f"{words} since {growth.days - 1} d" if growth.days > 1 else f"{words} since today"


def trend_facts(history: History, *, ascii: bool) -> list[Fact]:
    """Return what is known of growth: 7, 30 and 90 days, and the last three weeks as a chart."""
    today = int(time.time()) // DAY
    told = spans(history, today)
    if not told:
        return []
    facts = [
        (f"{growth.days} days" if growth.is_whole else "Growth", growth_words(growth))
        for growth in told
    ]
    by_day = daily(history.views, history, today, _CHART_DAYS)
    most = max((value for value in by_day if value is not None), default=0)
    if most > 0:
        chart = sparkline(by_day, ascii=ascii)
        facts.append(("Trend", f"{chart} views a day, {count_words(round(most))} at most"))
    return facts


class TrendFacts:
    """Tells of rows how they grew; a folder's files are added up in a thread, and kept a while."""

    def __init__(self, screen: MainScreen) -> None:
        """Tell it in the details of a screen."""
        self.screen = screen
        self.store = screen.engine.store
        self._kept: dict[tuple[str, str], tuple[float, list[Fact]]] = {}
        self._wanted: tuple[str, str] | None = None

    def of(self, row: FileRow | FolderRow) -> list[Fact]:
        """Return what is known of a row; of a folder, what was when it was last added up."""
        if isinstance(row, FileRow):
            self._wanted = None
            return self._facts(trends.of_file(self.store, row))
        key = (row.account, row.id)
        until, facts = self._kept.get(key, (0.0, []))
        if until < time.monotonic() and key != self._wanted:
            self._wanted = key
            add_up = partial(self._add_up, row)
            _: Worker[None] = self.screen.run_worker(add_up, group="trends", exclusive=True)
        return facts

    async def _add_up(self, row: FolderRow) -> None:
        await asyncio.sleep(_SETTLE)
        began = time.monotonic()
        try:
            facts = await asyncio.to_thread(self._of_folder, row)
        except TooLongError:
            facts = []
        while len(self._kept) >= _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        fresh = max(_FRESH, 50 * (time.monotonic() - began))
        self._kept[row.account, row.id] = (time.monotonic() + fresh, facts)
        self._wanted = None
        self.screen.show_details()

    def _of_folder(self, row: FolderRow) -> list[Fact]:
        held: list[Fact] = []
        if row.folders:
            files, size = trends.held_below(self.store, row.account, row.id, given_up=self._is_over)
            held.append(("In all", f"{plural(files, 'file')}, {size_words(size)}"))
        history = trends.of_folder(
            self.store, row.account, row.id, below=row.folders > 0, given_up=self._is_over
        )
        return held + self._facts(history)

    def _is_over(self) -> bool:
        return not self.screen.is_running

    def _facts(self, history: History) -> list[Fact]:
        return trend_facts(history, ascii=self.screen.engine.settings.ascii)
