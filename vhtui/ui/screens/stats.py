"""The stats panel: an account's figures and days as a chart and a table, or several accounts'."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import TYPE_CHECKING

from msgspec import Struct
from textual.widget import Widget
from typing_extensions import override

from vhtui.core.desk import stats
from vhtui.core.desk.stats import AccountStats
from vhtui.core.requests import RequestKind
from vhtui.errors import UsageError
from vhtui.models import AccountInfo, Capability, Changes, DayStats
from vhtui.text import (
    age_words,
    count_words,
    date_words,
    money_words,
    plural,
    size_words,
    storage_left_words,
)
from vhtui.ui.keymap import Place
from vhtui.ui.screens.desk import DeskPanel, Export, sheet
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.panel import Fact
from vhtui.ui.screens.sorting import SortBy
from vhtui.ui.widgets.day_chart import DayChart, Series
from vhtui.ui.widgets.row_table import Column

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen


class Figure(Struct, frozen=True):
    """A figure of a day: its field, its words, and its worth as a column."""

    name: str
    label: str
    words: str
    worth: int

    def of(self, day: DayStats) -> Decimal:
        """Return its value on a day; a host's word that is no number counts as nothing."""
        try:
            value = Decimal(getattr(day, self.name))
        except InvalidOperation:
            return Decimal(0)
        return value if value.is_finite() else Decimal(0)

    def shown(self, value: float | Decimal) -> str:
        """Write a value: money with its cents, a count in threes."""
        return money_words(f"{value:.2f}") if self.name == "profit" else count_words(round(value))


FIGURES = (
    Figure("views", "Views", "Views", 95),
    Figure("views_paid", "Paid", "Paid views", 80),
    Figure("views_total", "All", "Views of all kinds", 70),
    Figure("views_adblock", "Adblock", "Views with an ad blocker", 60),
    Figure("views_vpn", "VPN", "Views over a VPN", 50),
    Figure("views_tor", "Tor", "Views over Tor", 45),
    Figure("uploads", "Uploads", "Uploads", 75),
    Figure("downloads", "Downloads", "Downloads", 72),
    Figure("profit", "Profit", "Profit", 90),
)


class Scope(Enum):
    """Whose days are shown."""

    ONE = "one account"
    BESIDE = "side by side"
    SUM = "summed"


class DayRow(Struct, frozen=True):
    """A day: of all that is shown together, and of each account that has it."""

    whole: DayStats
    parts: dict[str, DayStats]

    @property
    def date(self) -> str:
        """The day, as YYYY-MM-DD."""
        return self.whole.date


class StatsPanel(DeskPanel[DayRow]):
    """The days that are kept, the newest first, under a chart of one figure."""

    place = Place.STATS
    title = "Stats"
    look = "stats"
    noun = "day"
    capability = Capability.STATS
    kind = RequestKind.STATS
    topic = "stats"
    nothing = "No days yet."
    promise = "Each day stands here with its views, uploads, downloads and profit."

    def __init__(self, screen: MainScreen) -> None:
        """Start with the views of one account."""
        self.figure = FIGURES[0]
        self.scope = Scope.ONE
        self.columns = self._columns(())
        super().__init__(screen)
        self.chart = DayChart(id="chart")

    @does("panel.stats")
    def open(self) -> None:
        """Show the statistics."""
        self.screen.show_panel(self.place)

    @override
    def widgets(self) -> list[Widget]:
        return [self.chart, self.table]

    @override
    def fit(self, width: int) -> None:
        height = self.screen.size.height
        self.chart.set_rows(0 if height < 20 else min(12, (height - 14) // 2))
        super().fit(width)

    # -- rows -------------------------------------------------------------------------------------

    @override
    def accounts_shown(self) -> tuple[str, ...]:
        if self.scope is Scope.ONE:
            return (self.account,)
        return tuple(name for name in self.engine.accounts if self._can(name))

    def _can(self, account: str) -> bool:
        return self.engine.cannot(account, self.capability) is None

    def _shown(self) -> list[AccountStats]:
        return [self.engine.stats(name) for name in self.accounts_shown()]

    @override
    def rows(self) -> Sequence[DayRow]:
        return _rows(self._shown())

    @override
    def key(self, row: DayRow) -> Hashable:
        return row.date

    @override
    def words(self, row: DayRow) -> str:
        return row.date

    @override
    def is_touched_by(self, changes: Changes) -> bool:
        return any(
            changes.touches(topic, account)
            for account in self.accounts_shown()
            for topic in ("stats", "account")
        )

    @override
    async def ask(self, account: str) -> None:
        await self.engine.refresh_account(account)
        await self.engine.refresh_stats(account)

    @override
    async def ask_host(self) -> None:
        for account in self.accounts_shown():
            await self.ask(account)

    @override
    def show_rows(self, rows: Sequence[DayRow], *, restart: bool = False) -> None:
        self._draw(self._shown())
        super().show_rows(rows, restart=restart)

    def _draw(self, shown: Sequence[AccountStats]) -> None:
        days = list(reversed(_rows(shown)))
        figure = self.figure
        if self.scope is Scope.BESIDE and len(shown) > 1:
            names = [each.account for each in shown]
            series = [self._series(n, [row.parts.get(n) for row in days]) for n in names]
        else:
            series = [self._series("", [row.whole for row in days])]
        whole = stats.summed(shown)
        if self.scope is Scope.SUM:
            infos = [(plural(len(shown), "account"), whole.info)]
        else:
            infos = [(each.account, each.info) for each in shown]
        facts = [line for name, info in infos if info for line in self._info_lines(name, info)]
        total = figure.shown(sum((figure.of(row.whole) for row in days), Decimal(0)))
        most = max(days, key=lambda row: figure.of(row.whole), default=None)
        heading = f"{figure.words}: {total} in {plural(len(days), 'day')}"
        if most is not None:
            heading += f", the most {figure.shown(figure.of(most.whole))} on {most.date}"
        self.chart.show(facts, heading, [row.date for row in days], series, figure.shown)

    def _info_lines(self, name: str, info: AccountInfo) -> list[str]:
        lines = [f"{name}: {storage_words(info)}"]
        if self.scope is Scope.ONE:
            dates = until_words(info.premium_until), until_words(info.partner_until)
            lines.append("premium {} · partner {}".format(*dates))
        return lines

    def _series(self, name: str, days: Sequence[DayStats | None]) -> Series:
        values = [self.figure.of(day) if day is not None else Decimal(0) for day in days]
        return Series(name, tuple(float(value) for value in values), self.figure.shown(sum(values)))

    @override
    def sorts(self) -> Mapping[str, SortBy[DayRow]]:
        figure = self.figure
        orders = {each.name: SortBy(each.name, _whole(each)) for each in FIGURES}
        orders["money"] = orders.pop("profit")
        orders["whole"] = SortBy("whole", _whole(figure))
        for name in self.accounts_shown() if self.scope is Scope.BESIDE else ():
            orders[f"account-{name}"] = SortBy(f"account-{name}", _part(name, figure))
        return orders | {"date": SortBy("name", lambda row: row.date)}

    # -- words ------------------------------------------------------------------------------------

    @override
    def where(self) -> str:
        if self.scope is Scope.ONE:
            return f"Stats: {self.figure.words.lower()}"
        accounts = plural(len(self.accounts_shown()), "account")
        return f"Stats: {self.figure.words.lower()}, {accounts} {self.scope.value}"

    @override
    def status(self) -> str:
        return " · ".join(filter(None, [super().status(), self.asked_words()]))

    @override
    def facts(self, row: DayRow) -> list[Fact]:
        lines = [("Day", row.date)]
        lines += [(each.label, each.shown(each.of(row.whole))) for each in FIGURES]
        if self.scope is not Scope.ONE:
            figure = self.figure
            lines.append(("", f"{figure.words} by account"))
            lines += [(name, figure.shown(figure.of(day))) for name, day in row.parts.items()]
        return lines

    @override
    def exported(self) -> Export:
        rows = self.chosen()
        cells: list[tuple[object, ...]] = [
            (row.date, name, *(getattr(day, each.name) for each in FIGURES))
            for row in rows
            for name, day in ({"all": row.whole} if self.scope is Scope.SUM else row.parts).items()
        ]
        heads = ("date", "account", *(each.name for each in FIGURES))
        what = f"{plural(len(rows), 'day')} of statistics"
        return lambda as_csv: (sheet(heads, cells, as_csv=as_csv), what)

    # -- keys -------------------------------------------------------------------------------------

    @does("stats.figure")
    def next_figure(self) -> None:
        """Chart the next figure."""
        self._step_figure(1)

    @does("stats.figure_before")
    def figure_before(self) -> None:
        """Chart the figure before."""
        self._step_figure(-1)

    def _step_figure(self, by: int) -> None:
        self.figure = FIGURES[(FIGURES.index(self.figure) + by) % len(FIGURES)]
        self._rearrange()

    @does("stats.accounts")
    def next_scope(self) -> None:
        """Show one account, several side by side, or their sum."""
        able = [name for name in self.engine.accounts if self._can(name)]
        if self.scope is Scope.ONE and len(able) < 2:
            few = f"only {able[0]} has" if able else "no account has"
            raise UsageError(f"{few} statistics: there is nothing to put side by side")
        scopes = list(Scope)
        self.scope = scopes[(scopes.index(self.scope) + 1) % len(scopes)]
        self._rearrange()

    def _rearrange(self) -> None:
        beside = self.accounts_shown() if self.scope is Scope.BESIDE else ()
        self.columns = self._columns(beside)
        self.fit(self.screen.size.width)
        self.read()

    def _columns(self, accounts: Sequence[str]) -> tuple[Column[DayRow], ...]:
        date: Column[DayRow] = Column("name", "Day", lambda row: row.date, worth=100)
        if not accounts:
            return (date, *(_figure_column(each, each is self.figure) for each in FIGURES))
        figure = self.figure
        parts = [_part_column(name, figure) for name in accounts]
        whole: Column[DayRow] = Column(
            "whole", "Sum", lambda row: figure.shown(figure.of(row.whole)), width=10,
            align="right", worth=95,
        )  # fmt: skip
        return (date, *parts, whole)


def _figure_column(figure: Figure, is_charted: bool) -> Column[DayRow]:
    return Column(
        figure.name, figure.label, lambda row: figure.shown(figure.of(row.whole)), width=9,
        align="right", worth=99 if is_charted else figure.worth,
        style=(lambda row: "pending") if is_charted else None,
    )  # fmt: skip


def _part_column(account: str, figure: Figure) -> Column[DayRow]:
    value = _part(account, figure)

    def render(row: DayRow) -> str:
        found = value(row)
        return "" if found is None else figure.shown(found)

    return Column(f"account-{account}", account, render, width=12, align="right", worth=80)


def _whole(figure: Figure) -> Callable[[DayRow], Decimal]:
    return lambda row: figure.of(row.whole)


def _part(account: str, figure: Figure) -> Callable[[DayRow], Decimal | None]:
    def value(row: DayRow) -> Decimal | None:
        day = row.parts.get(account)
        return None if day is None else figure.of(day)

    return value


def _rows(shown: Sequence[AccountStats]) -> list[DayRow]:
    """Return the days of accounts together, the newest first."""
    parts: dict[str, dict[str, DayStats]] = {}
    for each in shown:
        for day in each.days:
            parts.setdefault(day.date, {})[each.account] = day
    return [DayRow(day, parts[day.date]) for day in reversed(stats.summed(shown).days)]


def storage_words(info: AccountInfo) -> str:
    """Return an account's storage and balance, as far as the host told them."""
    parts = []
    if info.storage_used is not None:
        parts.append(f"{size_words(info.storage_used)} used")
    if info.storage_left is not None:
        parts.append(storage_left_words(info.storage_left))
    if info.balance is not None:
        parts.append(f"balance {money_words(info.balance)}")
    return " · ".join(parts)


def until_words(until: int | None) -> str:
    """Return until when an account has something; None: it never had."""
    if until is None:
        return "never"
    now = time.time()
    if until < now:
        return f"ended {date_words(until)}"
    return f"until {date_words(until)} ({age_words(until, now)})"
