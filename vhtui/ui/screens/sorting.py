"""The order of lists: what each can be sorted by, and how the person asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct

from vhtui.ui.screens.handlers import Handler
from vhtui.ui.sort_actions import ORDERS

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

Row = TypeVar("Row")

USUAL = ""
"""The name of the order that a list has by itself."""


class SortBy(Struct, Generic[Row], frozen=True):
    """An order: the id of the column that shows its arrow, and the value of a row (None: last)."""

    column: str
    value: Callable[[Row], Any]


def put_in_order(rows: Sequence[Row], value: Callable[[Row], Any], *, reverse: bool) -> list[Row]:
    """Return rows by their values; those without one are last, whichever way round."""
    pairs = [(value(row), row) for row in rows]
    valued = [pair for pair in pairs if pair[0] is not None]
    valued.sort(key=lambda pair: pair[0], reverse=reverse)
    return [row for _, row in valued] + [row for found, row in pairs if found is None]


def amount(words: str | None) -> Decimal | None:
    """Return a host's money as a number; None where it told none."""
    try:
        value = Decimal(words or "")
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def sort_handlers(screen: MainScreen) -> dict[str, Handler]:
    """Return what carries out the actions ``sort.NAME`` in the panel that is shown."""

    def sort(name: str, reverse: bool) -> None:
        screen.panel.sort_by(name, reverse=reverse)

    found: dict[str, Handler] = {"sort.usual": partial(sort, USUAL, False)}
    for _, name, _, _ in ORDERS:
        found[f"sort.{name}"] = partial(sort, name, False)
        found[f"sort.{name}_reversed"] = partial(sort, name, True)
    return found
