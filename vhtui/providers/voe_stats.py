"""VOE's account/stats as it comes over the wire, and the days it becomes."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from vhtui.models import DayStats
from vhtui.providers.answers import Answer
from vhtui.providers.wire import Scalar, first, number, part, word

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_Days: Any = dict[str, msgspec.Raw] | list[msgspec.Raw]


class _DayRow(msgspec.Struct):
    date: Scalar = None
    views: Scalar = None
    views_adb: Scalar = None
    views_vpn_proxy: Scalar = None
    views_paid: Scalar = None
    views_tor: Scalar = None
    views_total: Scalar = None
    uploads: Scalar = None
    downloads: Scalar = None
    profit_total: Scalar = None

    def model(self, date: str) -> DayStats:
        return DayStats(
            date=date,
            views=number(self.views) or 0,
            views_adblock=number(self.views_adb) or 0,
            views_vpn=number(self.views_vpn_proxy) or 0,
            views_tor=number(self.views_tor) or 0,
            views_paid=number(self.views_paid) or 0,
            views_total=number(self.views_total) or 0,
            uploads=number(self.uploads) or 0,
            downloads=number(self.downloads) or 0,
            profit=first(self.profit_total, "0"),
        )


def days(answer: Answer, raw: msgspec.Raw) -> list[DayStats]:
    """Return the days by date: the key of each, or what the rows of a list say themselves.

    What has another key is no day. UnreadableError when there are days and none can be read.
    """
    told = part(answer, raw, _Days)
    keyed = told.items() if isinstance(told, dict) else [("", row) for row in told]
    rows = [(key, row) for key, row in keyed if not key or _DATE.fullmatch(key)]
    found: dict[str, DayStats] = {}
    for key, row in rows:
        try:
            day = msgspec.json.decode(row, type=_DayRow, strict=False)
            if _DATE.fullmatch(date := key or word(day.date)[:10]):
                found[date] = day.model(date)
        except (ValueError, OverflowError, RecursionError):
            continue
    if rows and not found:
        raise answer.unreadable("sent no day that can be read")
    return [found[date] for date in sorted(found)]
