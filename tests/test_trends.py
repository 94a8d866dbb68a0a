from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from vhtui.trends import (
    Growth,
    History,
    Step,
    daily,
    growth,
    money_text,
    spans,
    sparkline,
)

TODAY = 20_000
steps = st.lists(
    st.builds(
        lambda stop, days, gained: Step(TODAY - stop - days, TODAY - stop, gained),
        st.integers(0, 120),
        st.integers(1, 60),
        st.integers(-50, 1000),
    ),
    max_size=12,
).map(tuple)


def by_day(steps: tuple[Step, ...]) -> dict[int, Fraction]:
    """Spread each step over its days, one by one."""
    gained: dict[int, Fraction] = {}
    for step in steps:
        days = range(step.start + 1, step.stop + 1)
        for day in days:
            gained[day] = gained.get(day, Fraction()) + Fraction(step.gained, len(days))
    return gained


@given(steps, steps, st.integers(0, 100), st.integers(0, 130))
def test_growth_is_the_sum_of_its_days(
    views: tuple[Step, ...], money: tuple[Step, ...], days: int, known: int
) -> None:
    history = History(TODAY - known, TODAY, views, money)
    found = growth(history, TODAY, days)
    first = TODAY + 1 - min(days, known + 1)
    expected = [
        round(sum(value for day, value in by_day(steps).items() if day >= first))
        for steps in (views, money)
    ]
    assert found is not None
    assert [found.views, found.money] == expected
    assert (found.days, found.is_whole) == (min(days, known + 1), days <= known + 1)


@given(steps, st.integers(0, 60), st.integers(0, 40), st.integers(1, 40))
def test_a_day_on_which_nobody_looked_is_unknown(
    views: tuple[Step, ...], known: int, seen: int, days: int
) -> None:
    history = History(TODAY - known, TODAY - seen, views)
    plain = by_day(views)
    for ago, value in zip(reversed(range(days)), daily(views, history, TODAY, days), strict=True):
        is_known = seen <= ago <= known
        assert value == (plain.get(TODAY - ago, Fraction()) if is_known else None)


def test_what_is_not_known_at_all_is_not_told() -> None:
    assert growth(History(), TODAY, 7) is None
    assert spans(History(), TODAY) == []
    assert daily((), History(), TODAY, 2) == [None, None]


def test_spans_end_where_the_history_ends() -> None:
    history = History(TODAY - 30, TODAY, (Step(TODAY - 20, TODAY - 19, 5),))
    assert spans(history, TODAY) == [
        Growth(7, 0, 0),
        Growth(30, 5, 0),
        Growth(31, 5, 0, is_whole=False),
    ]
    assert growth(history, TODAY, 7) == Growth(7, 0, 0)


def test_what_was_gained_while_nobody_looked_is_an_estimate() -> None:
    history = History(TODAY - 90, TODAY, (Step(TODAY - 10, TODAY, 100),))
    assert growth(history, TODAY, 5) == Growth(5, 50, 0, is_estimate=True)
    assert growth(history, TODAY, 10) == Growth(10, 100, 0)


def test_bars_tell_nothing_little_much_and_unknown_apart_without_colour() -> None:
    values = [None, Fraction(0), Fraction(1), Fraction(500), Fraction(1000)]
    assert sparkline(values) == "·▁▂▅█"
    assert sparkline(values, ascii=True) == "?_.=#"
    assert sparkline([Fraction(0), Fraction(-3)]) == "▁▁"
    assert sparkline([]) == ""


@given(st.integers(-(10**15), 10**15))
def test_money_is_written_exactly(units: int) -> None:
    from decimal import Decimal

    assert Decimal(money_text(units)) * 100_000 == units
