"""The orders that lists can be put in: ``,`` and a letter; the capital letter reverses."""

from __future__ import annotations

from collections.abc import Iterable

from vhtui.ui.places import Action, Place

_LISTS = frozenset(
    {Place.UPLOADS, Place.REMOTE, Place.ENCODINGS, Place.TAKEDOWNS, Place.DELETED, Place.CHECK}
)
_FILES = frozenset({Place.FILES})
_TITLES = _FILES | {Place.HOLES}

ORDERS: tuple[tuple[str, str, str, frozenset[Place]], ...] = (
    ("n", "name", "name", _TITLES | _LISTS),
    ("s", "size", "size", _TITLES | {Place.UPLOADS, Place.REMOTE, Place.DELETED}),
    ("d", "date", "date", _FILES | _LISTS - {Place.CHECK} | {Place.STATS}),
    ("v", "views", "views", _FILES | {Place.STATS, Place.TAKEDOWNS, Place.DELETED}),
    ("l", "length", "length", _TITLES),
    ("e", "state", "state", _TITLES | _LISTS),
    ("f", "folder", "folder or file",
     frozenset({Place.UPLOADS, Place.TAKEDOWNS, Place.DELETED, Place.CHECK})),
    ("a", "account", "account", frozenset({Place.UPLOADS, Place.CHECK})),
    ("p", "percent", "share done", frozenset({Place.UPLOADS, Place.REMOTE, Place.ENCODINGS})),
    ("t", "left", "time left",
     frozenset({Place.UPLOADS, Place.REMOTE, Place.ENCODINGS, Place.TAKEDOWNS})),
    ("m", "money", "money", frozenset({Place.STATS, Place.TAKEDOWNS, Place.DELETED})),
    ("b", "label", "label", frozenset({Place.TAKEDOWNS})),
    ("u", "uploads", "uploads", frozenset({Place.STATS})),
    ("w", "downloads", "downloads", frozenset({Place.STATS})),
)  # fmt: skip
"""The letter, the order's name, its words, and the places that have it."""


def _actions() -> Iterable[Action]:
    for key, name, words, places in ORDERS:
        yield Action(f"sort.{name}", (f", {key}",), words, f"Sort by {words}", places, "Find")
        yield Action(
            f"sort.{name}_reversed", (f", {key.upper()}",), f"{words}, reversed",
            f"Sort by {words}, reversed", places, "Find",
        )  # fmt: skip
    yield Action("sort.usual", (", o",), "usual order", "The usual order of the list again",
                 _LISTS | {Place.STATS}, "Find")  # fmt: skip


SORT_ACTIONS = tuple(_actions())
