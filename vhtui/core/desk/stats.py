"""What accounts earned and were watched, day by day.

The host keeps 32 days; those kept here stay, so the chart grows with time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation

from msgspec import Struct
from msgspec.structs import replace

from vhtui.core.database import Transaction
from vhtui.core.store import Store, storable
from vhtui.models import AccountInfo, DayStats

COUNTS = (
    "views", "views_adblock", "views_vpn", "views_tor", "views_paid", "views_total", "uploads",
    "downloads",
)  # fmt: skip
"""The figures of a day that are counted; ``profit`` is money beside them."""


class AccountStats(Struct, frozen=True, kw_only=True):
    """An account's figures: its own (``info``), and its days, oldest first.

    ``looked`` is when the host was last asked for the days (None: never); ``refusal`` says why
    this host has none. For the sum of several accounts ``account`` is empty.
    """

    account: str
    info: AccountInfo | None = None
    days: tuple[DayStats, ...] = ()
    looked: int | None = None
    refusal: str | None = None

    @property
    def total(self) -> DayStats:
        """All the days as one, without a date."""
        return _total("", self.days)


def put_days(tx: Transaction, account: int, name: str, days: Iterable[DayStats]) -> None:
    """Keep days as the host tells them now; those it no longer tells stay."""
    columns = ("date", *COUNTS, "profit")
    for day in days:
        tx.sql.execute(
            f"INSERT OR REPLACE INTO stats_day (account, {', '.join(columns)})"
            f" VALUES (?{', ?' * len(columns)})",
            (account, *(getattr(day, column) for column in columns[:-1]), storable(day.profit)),
        )
    tx.touch("stats", name)


def days(store: Store, account: str, last: int | None = None) -> tuple[DayStats, ...]:
    """Return the days kept of an account, oldest first; the ``last`` so many, or all."""
    rows = store.database.reader().execute(
        f"SELECT date, {', '.join(COUNTS)}, profit FROM stats_day WHERE account = ?"
        " ORDER BY date DESC LIMIT ?",
        (store.account_id(account), -1 if last is None else last),
    )
    return tuple(reversed([DayStats(**dict(row)) for row in rows]))


def summed(accounts: Sequence[AccountStats]) -> AccountStats:
    """Return several accounts as one: days by date, storage and balances added up."""
    by_date: dict[str, list[DayStats]] = {}
    for account in accounts:
        for day in account.days:
            by_date.setdefault(day.date, []).append(day)
    infos = [account.info for account in accounts if account.info is not None]
    return AccountStats(
        account="",
        info=_summed_info(infos) if infos else None,
        days=tuple(_total(date, found) for date, found in sorted(by_date.items())),
        looked=min((a.looked for a in accounts if a.looked is not None), default=None),
    )


def _total(date: str, days: Iterable[DayStats]) -> DayStats:
    total = DayStats(date=date)
    for day in days:
        counts = {name: getattr(total, name) + getattr(day, name) for name in COUNTS}
        total = replace(total, **counts, profit=_money_sum([total.profit, day.profit]))
    return total


def _summed_info(infos: Sequence[AccountInfo]) -> AccountInfo:
    used = [info.storage_used for info in infos if info.storage_used is not None]
    left = [info.storage_left for info in infos if info.storage_left is not None]
    balances = [info.balance for info in infos if info.balance is not None]
    return AccountInfo(
        balance=_money_sum(balances) if balances else None,
        storage_used=sum(used) if used else None,
        storage_left=sum(left) if left else None,
    )


def _money_sum(amounts: Iterable[str]) -> str:
    """Add up decimal words exactly; a word that is no number counts as nothing."""
    total = Decimal(0)
    for amount in amounts:
        try:
            value = Decimal(amount)
        except InvalidOperation:
            continue
        total += value if value.is_finite() else 0
    return f"{total:f}"
