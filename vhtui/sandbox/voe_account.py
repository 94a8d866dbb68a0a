"""VOE's calls about the account: balance, statistics, the viewers' domain, premium keys."""

from __future__ import annotations

import random

from vhtui.sandbox.catalogue import money
from vhtui.sandbox.clock import date, sql_time
from vhtui.sandbox.exchange import Caller
from vhtui.sandbox.parameters import Parameters
from vhtui.sandbox.replies import Reply
from vhtui.sandbox.voe_replies import success

QUOTA = 2_000_000_000_000
DAY = 86_400
STATISTICS_DAYS = 32
NEVER = "0000-00-00 00:00:00"
KEY_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def info(caller: Caller, parameters: Parameters) -> Reply:
    """account/info: what is left of the quota can be less than nothing."""
    used, revenue = caller.state.total(
        "SELECT coalesce(sum(size), 0), coalesce(sum(revenue), 0) FROM file WHERE account = ?",
        (caller.account.id,),
    )
    now = caller.state.clock.now()
    return success(
        caller,
        result={
            "email": f"{caller.account.name}@example.com",
            "balance": money(revenue),
            "storage_used": used,
            "storage_left": QUOTA - used,
            "premium_until": NEVER,
            "partner_until": sql_time(now - now % DAY + 200 * DAY),
        },
    )


def stats(caller: Caller, parameters: Parameters) -> Reply:
    """account/stats: the last 32 days; an account without files has none."""
    (files,) = caller.state.total(
        "SELECT count(*) FROM file WHERE account = ?", (caller.account.id,)
    )
    # PHP writes an empty object as an empty list.
    if not files:
        return success(caller, result=[])
    today = caller.state.clock.now()
    days = [date(today - age * DAY) for age in range(STATISTICS_DAYS)]
    return success(caller, result={day: _day(caller, day, files) for day in reversed(days)})


def _day(caller: Caller, day: str, files: int) -> dict[str, object]:
    rng = random.Random(f"{caller.account.key}:{day}")
    views = int(files * rng.uniform(0.5, 2.5))
    blocked, tunnelled, tor = (int(views * share) for share in (0.31, 0.07, 0.01))
    paid = int(views * rng.uniform(0.4, 0.6))
    return {
        "date": day,
        "views": views,
        "views_adb": blocked,
        "views_vpn_proxy": tunnelled,
        "views_paid": paid,
        "views_tor": tor,
        "uploads": rng.randrange(12),
        "downloads": int(views * 0.05),
        "profit_total": round(paid * 0.0011, 5),
        "views_total": views + blocked + tunnelled + tor,
    }


def domain(caller: Caller, parameters: Parameters) -> Reply:
    """settings/domain: today's domain for viewers, at the top of the answer."""
    return Reply(
        body={
            "server_time": sql_time(caller.state.clock.now()),
            "domain": "voe.sx",
            "url": "https://voe.sx",
            "status": 200,
            "success": True,
        }
    )


def generate_premium(caller: Caller, parameters: Parameters) -> Reply:
    """reseller/premium/generate: costs money at the real host."""
    days = parameters.integer("days", lowest=1)
    amount = parameters.integer("amount", 1, lowest=1)
    keys = [
        "-".join("".join(caller.state.rng.choices(KEY_ALPHABET, k=5)) for _ in range(4))
        for _ in range(min(amount, 100))
    ]
    caller.record("reseller/premium/generate", {"days": days, "amount": amount}, {"keys": keys})
    return Reply(
        body={
            "server_time": sql_time(caller.state.clock.now()),
            "status": 200,
            "message": "Purchase completed.",
            "keys": [{"key": key, "days": days} for key in keys],
            "success": True,
        }
    )
