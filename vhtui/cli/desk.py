"""Commands about a whole account: figures, takedowns, deletions, the embed domain, premium keys."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from msgspec.structs import asdict

from vhtui.cli.follow import ask_each
from vhtui.cli.join import Session
from vhtui.cli.output import account_object, print_document, print_table, say
from vhtui.cli.questions import agreed
from vhtui.core.desk import stats
from vhtui.core.desk.deletions import DeletedRow
from vhtui.core.desk.premium import PremiumOrder
from vhtui.core.desk.stats import AccountStats
from vhtui.core.desk.takedowns import TakedownRow, case_csv, case_text
from vhtui.errors import UsageError, VhtuiError
from vhtui.models import Capability
from vhtui.text import (
    UNKNOWN,
    age_words,
    count_words,
    date_words,
    iso_words,
    money_words,
    plural,
    size_words,
    storage_left_words,
)

_STEP = 0.5


def _able(session: Session, name: str | None, capability: Capability) -> list[str]:
    """Return the account named, or all those whose host has a call."""
    chosen = session.chosen(name)
    if name is not None:
        session.engine.require(chosen[0], capability)
        return list(chosen)
    able = [account for account in chosen if session.can(account, capability)]
    if not able:
        session.engine.require(chosen[0], capability)
    return able


# -- figures --------------------------------------------------------------------------------------


async def show_stats(session: Session, args: Namespace) -> int:
    """Print accounts' figures and days, side by side and summed."""
    engine = session.engine
    accounts = _able(session, args.account, Capability.STATS)
    failed = 0
    if not args.offline:
        for ask in (engine.refresh_account, engine.refresh_stats):
            failed += await ask_each(session, {name: await ask(name) for name in accounts})
    rows = [engine.stats(name, args.days) for name in accounts]
    if args.json:
        documents = [account_object(session.store.account(row.account)) for row in rows]
        print_document(
            {
                "accounts": [
                    document | _stats_object(row)
                    for document, row in zip(documents, rows, strict=True)
                ],
                "total": _stats_object(stats.summed(rows)),
            }
        )
    else:
        _print_stats(rows)
    return 1 if failed else 0


def _stats_object(row: AccountStats) -> dict[str, Any]:
    info = row.info
    return {
        "balance": info.balance if info else None,
        "storage_used": info.storage_used if info else None,
        "storage_left": info.storage_left if info else None,
        "partner_until": iso_words(info.partner_until) if info else None,
        "days": [asdict(day) for day in row.days],
        "sum": asdict(row.total),
    }


def _print_stats(rows: Sequence[AccountStats]) -> None:
    for row in rows:
        info = row.info
        if info is not None:
            say(
                f"{row.account}: balance {money_words(info.balance)},"
                f" {size_words(info.storage_used)} used, {storage_left_words(info.storage_left)},"
                f" premium {_until(info.premium_until)}, partner {_until(info.partner_until)}"
            )
    heads = [f"{row.account} views" for row in rows] if len(rows) > 1 else []
    heads = ["date", *heads, "views", "paid", "adblock", "vpn", "tor", "all", "uploads"]
    heads += ["downloads", "profit"]
    total = stats.summed(rows)
    by_date = [{day.date: day for day in row.days} | {"": row.total} for row in rows]
    lines = [heads]
    for day in (*total.days, total.total):
        own = [days[day.date].views if day.date in days else None for days in by_date]
        counts = (
            *(own if len(rows) > 1 else ()),
            day.views, day.views_paid, day.views_adblock, day.views_vpn, day.views_tor,
            day.views_total, day.uploads, day.downloads,
        )  # fmt: skip
        words = [count_words(count) for count in counts]
        lines.append([day.date or "total", *words, money_words(day.profit)])
    print_table(lines, right=range(1, len(heads)), flexible=None)


def _until(epoch: int | None) -> str:
    return "never" if epoch is None else f"until {date_words(epoch)}"


# -- takedowns and deletions ----------------------------------------------------------------------


async def takedowns(session: Session, args: Namespace) -> int:
    """Print takedown notices: pending first, by the time that is left."""
    engine = session.engine
    accounts = _able(session, args.account, Capability.LIST_TAKEDOWNS)
    failed = 0
    if not args.offline:
        wishes = {name: await engine.refresh_takedowns(name) for name in accounts}
        failed = await ask_each(session, wishes)
    rows = [row for name in accounts for row in engine.takedowns(name, pending_only=args.pending)]
    if args.json:
        print_document([_takedown_object(row) for row in rows])
    elif args.csv or args.text:
        text = case_csv(rows) if args.csv else case_text(rows)
        if text:
            print(text)
    else:
        print_table([_takedown_cells(row) for row in rows], right=(3, 4), flexible=2)
    return 1 if failed else 0


def _takedown_object(row: TakedownRow) -> dict[str, Any]:
    return asdict(row) | {
        "state": row.state,
        "created": iso_words(row.created),
        "expires": iso_words(row.expires),
        "seconds_left": row.seconds_left(time.time()),
    }


def _takedown_cells(row: TakedownRow) -> list[str]:
    when = age_words(row.expires, time.time()) if row.expires is not None else UNKNOWN
    return [
        row.state,
        when,
        row.title or UNKNOWN,
        count_words(row.views),
        money_words(row.revenue),
        f"{row.account}:@{row.code}",
        row.label,
    ]


async def deleted(session: Session, args: Namespace) -> int:
    """Print what is gone, with what the library remembers of it."""
    engine = session.engine
    accounts = _able(session, args.account, Capability.LIST_DELETED)
    failed = 0
    if not args.offline:
        wishes = {name: await engine.refresh_deleted(name) for name in accounts}
        failed = await ask_each(session, wishes)
    rows = [row for name in accounts for row in engine.deleted(name)]
    if args.json:
        print_document([_deleted_object(session, row) for row in rows])
    else:
        now = time.time()
        print_table(
            [
                [
                    age_words(row.deleted, now),
                    row.title or UNKNOWN,
                    row.folder or UNKNOWN,
                    size_words(row.size),
                    count_words(row.views),
                    f"{row.account}:@{row.code}",
                    row.source or "",
                ]
                for row in rows
            ],
            right=(3, 4),
            flexible=1,
        )
    return 1 if failed else 0


def _deleted_object(session: Session, row: DeletedRow) -> dict[str, Any]:
    links = session.engine.link_base(row.account)
    return asdict(row) | {
        "deleted": iso_words(row.deleted),
        "uploaded": iso_words(row.uploaded),
        "page": links.page_of(row.code),
        "embed": links.embed_of(row.code),
    }


# -- the embed domain -----------------------------------------------------------------------------


async def domain(session: Session, args: Namespace) -> int:
    """Print the domain that embed links have today."""
    engine = session.engine
    accounts = _able(session, args.account, Capability.EMBED_DOMAIN)
    failed = await ask_each(session, {name: await engine.refresh_domain(name) for name in accounts})
    documents = []
    for name in accounts:
        known = engine.domain(name)
        in_use = engine.link_base(name).domain
        refusal = known.refusal if known else ""
        documents.append(
            {
                "account": name,
                "domain": in_use,
                "refusal": refusal,
                "asked": iso_words(known.at if known else None),
            }
        )
        if not args.json:
            print_table([[name, in_use]])
            if refusal:
                say(f"{name}: the host gives no domain of its own: {refusal}")
    if args.json:
        print_document(documents)
    return 1 if failed else 0


# -- premium keys ---------------------------------------------------------------------------------


async def premium(session: Session, args: Namespace) -> int:
    """Buy premium keys, decide an order in doubt, or list the orders."""
    account = session.account(args.account)
    if args.settle is not None:
        if args.bought is None:
            raise UsageError("--settle needs --bought or --not-bought")
        await session.engine.settle_premium(account, args.settle, bought=args.bought)
        say(f"order {args.settle} is settled")
        return 0
    if args.bought is not None:
        raise UsageError("--bought and --not-bought need --settle ORDER")
    if args.days is None and args.amount is None:
        return _show_orders(session, account, json=args.json)
    if args.days is None or args.amount is None:
        raise UsageError("an order needs both --days and --amount")
    session.engine.require_premium(account)
    if not agreed(session.engine.premium_price(args.days, args.amount), yes=args.yes):
        say("nothing was bought")
        return 1
    id = await session.engine.buy_premium(account, args.days, args.amount)
    order = await _carried_out(session, account, id)
    if order.state != "done":
        raise _failure(order)
    if args.json:
        print_document(_order_object(session, order))
    else:
        for key in session.engine.premium_keys(order):
            print(key.key)
    say(f"{plural(order.keys, 'key')} in {order.file}")
    return 0


async def _carried_out(session: Session, account: str, id: int) -> PremiumOrder:
    await session.start()
    while True:
        order = next(row for row in session.engine.premium_orders(account) if row.id == id)
        if not order.is_open:
            return order
        await session.wait(_STEP)


def _failure(order: PremiumOrder) -> VhtuiError:
    hint = ""
    if order.state == "doubtful":
        hint = (
            f" (look at the host's reseller page, then 'vhtui premium {order.account}"
            f" --settle {order.id} --bought' or '--not-bought')"
        )
    return VhtuiError(f"order {order.id} is {order.state}: {order.error}{hint}")


def _show_orders(session: Session, account: str, *, json: bool) -> int:
    orders = session.engine.premium_orders(account)
    if json:
        print_document([_order_object(session, order) for order in orders])
    elif not orders:
        say(f"no premium keys were ordered for {account}")
    else:
        print_table(
            [
                [
                    str(order.id),
                    date_words(order.created),
                    order.state,
                    f"{order.amount} x {plural(order.days, 'day')}",
                    order.file or order.error,
                ]
                for order in orders
            ],
            flexible=4,
        )
    return 0


def _order_object(session: Session, order: PremiumOrder) -> dict[str, Any]:
    """Return an order as JSON tells it; the keys of one that is done are in it."""
    keys = session.engine.premium_keys(order) if order.state == "done" else []
    return asdict(order) | {
        "keys": [key.key for key in keys],
        "created": iso_words(order.created),
        "updated": iso_words(order.updated),
    }
