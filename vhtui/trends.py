"""What was gained in the last days: arithmetic over the steps between values that are known.

A day is counted in whole days since the epoch (UTC). A value is the one known last on its day, so
what was gained between two of them belongs to the days after the first up to the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from msgspec import Struct

DAY = 86_400
"""Seconds."""

SPANS = (7, 30, 90)
"""The days over which growth is told."""

UNIT = 100_000
"""Money is counted in units of 0.00001."""

_BLOCKS = "▁▂▃▄▅▆▇█"
_ASCII_BLOCKS = "_.:-=+*#"
_UNKNOWN = "·"
_ASCII_UNKNOWN = "?"


class Step(Struct, frozen=True):
    """What was gained after the end of one day up to that of another, nobody knows when."""

    start: int
    stop: int
    gained: int

    def share(self, start: int, stop: int) -> Fraction:
        """Return how much of it falls between the ends of other days, taken as evenly spread."""
        common = min(self.stop, stop) - max(self.start, start)
        return Fraction(self.gained * max(0, common), self.stop - self.start)


class History(Struct, frozen=True):
    """The steps of a file, or of many together.

    ``since`` is the first day that is known, ``seen`` the last on which the host was looked at;
    None: never. ``money`` is counted in units of 0.00001.
    """

    since: int | None = None
    seen: int | None = None
    views: tuple[Step, ...] = ()
    money: tuple[Step, ...] = ()


class Growth(Struct, frozen=True):
    """What was gained in the last ``days``, today among them; ``is_whole``: as many as asked for.

    ``is_estimate``: some of it was gained on days of which only the sum is known.
    """

    days: int
    views: int
    money: int
    is_whole: bool = True
    is_estimate: bool = False


def growth(history: History, today: int, days: int) -> Growth | None:
    """Return what was gained since so many days before today; None when nothing is known."""
    if history.since is None or history.seen is None:
        return None
    start = max(today - days, history.since - 1)
    views, money = (
        sum((step.share(start, today) for step in steps), Fraction())
        for steps in (history.views, history.money)
    )
    return Growth(
        max(0, today - start),
        round(views),
        round(money),
        is_whole=start == today - days,
        is_estimate=any(
            step.gained and step.start < start < step.stop
            for step in (*history.views, *history.money)
        ),
    )


def spans(history: History, today: int) -> list[Growth]:
    """Return the growth over 7, 30 and 90 days, as far back as is known."""
    told: list[Growth] = []
    for days in SPANS:
        found = growth(history, today, days)
        if found is None:
            break
        told.append(found)
        if not found.is_whole:
            break
    return told


def daily(steps: Iterable[Step], history: History, today: int, days: int) -> list[Fraction | None]:
    """Return what was gained on each of the last days, today last; None where nobody looked."""
    if history.since is None or history.seen is None:
        return [None] * days
    first = today - days + 1
    gained = [Fraction()] * days
    for step in steps:
        for day in range(max(first, step.start + 1), min(today, step.stop) + 1):
            gained[day - first] += step.share(day - 1, day)
    return [
        value if history.since <= first + at <= history.seen else None
        for at, value in enumerate(gained)
    ]


def sparkline(values: Sequence[Fraction | None], *, ascii: bool = False) -> str:
    """Draw values as a line of bars, one cell each; what is not known is a dot (ASCII: ``?``)."""
    blocks, unknown = (_ASCII_BLOCKS, _ASCII_UNKNOWN) if ascii else (_BLOCKS, _UNKNOWN)
    most = max((value for value in values if value is not None), default=Fraction())
    return "".join(
        unknown if value is None else blocks[_level(value, most, len(blocks) - 1)]
        for value in values
    )


def _level(value: Fraction, most: Fraction, full: int) -> int:
    return 0 if value <= 0 else max(1, round(value / most * full))


def money_text(units: int) -> str:
    """Return units of 0.00001 as decimal words, exactly: "-0.01250"."""
    whole, rest = divmod(abs(units), UNIT)
    return f"{'-' if units < 0 else ''}{whole}.{rest:05}"
