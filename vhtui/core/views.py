"""Named views over a whole account: filters that people keep, and orders that no column has.

A query view lists what its filter finds. A ranked view is a list of the first ``MOST`` files in an
order of its own, with the figure that ranks each. Both take seconds at a million files: use a
thread. What takes too long is a TooLongError.
"""

from __future__ import annotations

import json
import sqlite3
import time
from array import array
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field

from vhtui.core import search, trends
from vhtui.core.bounded import bounded
from vhtui.core.commands import TRASH_TITLE
from vhtui.core.store import Listing, ListingSpec, Store
from vhtui.core.tables.trends import REVENUE_UNITS
from vhtui.errors import UsageError
from vhtui.models import ROOT
from vhtui.query import parse
from vhtui.trends import DAY, growth, money_text
from vhtui.units import count_words

MOST = 5_000
"""How many files a ranked view lists at most."""

RISING_DAYS = 7
IDLE_DAYS = 90

_MOST_RISERS = 1_000
_MOST_VIEWS = 100
_LONGEST_NAME = 60
_SETTING = "views"


class View(Struct, frozen=True):
    """A view by its id. ``query`` is its filter ("" where there is none that says the same).

    ``figure`` is the heading of the column with what ranks it; "" for a query view. ``about`` says
    what is in it.
    """

    id: str
    title: str
    query: str = ""
    figure: str = ""
    about: str = ""

    @property
    def is_ranked(self) -> bool:
        """Whether it has an order of its own."""
        return bool(self.figure)

    @property
    def is_own(self) -> bool:
        """Whether the person made it."""
        return self.id.startswith("own:")


BUILT_IN: tuple[View, ...] = (
    View("risers", "Risers", figure="7 days", about="most views gained in 7 days"),
    View("dead", "Dead weight", figure="Watched",
         about="old, not watched in 90 days; the largest first"),
    View("per-gb", "Revenue per GB", figure="Per GB", about="what earned most for its room"),
    View("dup-title", "Same title", "dup:title", "Copies",
         "copies by title; keep? has more views, or is older"),
    View("dup-length", "Same length", "dup:length", "Copies",
         "copies by size and length; keep? as there"),
    View("unfinished", "Unfinished", "state:encoding or state:fetching or state:unreadable",
         about="not playable yet"),
    View("takedowns", "Takedowns", "state:takedown", about="with a takedown notice"),
)  # fmt: skip


class Ranked(Struct, frozen=True):
    """The first files of a ranked view in its order, what is shown of each beside it, and how many
    files there are ``in_all``."""

    listing: Listing
    figures: Mapping[int, str] = field(default_factory=dict)
    in_all: int = 0


# -- the person's own -----------------------------------------------------------------------------


def views(store: Store) -> tuple[View, ...]:
    """Return every view: the built-in ones, then the person's own by name."""
    return (*BUILT_IN, *own_views(store))


def own_views(store: Store) -> tuple[View, ...]:
    """Return the views that the person made, by name."""
    kept = _kept(store)
    return tuple(View(f"own:{name}", name, kept[name]) for name in sorted(kept, key=str.casefold))


def find_view(store: Store, name: str) -> View:
    """Return a view by id, by title or by the start of either; UsageError when there is none."""
    known = views(store)
    wanted = name.strip().casefold()
    for fits in (str.__eq__, str.startswith):
        found = [
            view
            for view in known
            if any(fits(word.casefold(), wanted) for word in (view.id, view.title))
        ]
        if len(found) == 1 or (found and fits is str.__eq__):
            return found[0]
    raise UsageError(
        f"there is no view {name!r} (known: {', '.join(view.title for view in known)})"
    )


async def save_view(store: Store, name: str, query: str) -> View:
    """Keep a filter under a name, in place of what had the name; UsageError for a bad one."""
    parse(query)
    name = checked_name(name)
    kept = _kept(store)
    if not query.strip():
        raise UsageError("a view needs a filter: f filters, s searches")
    if name not in kept and len(kept) >= _MOST_VIEWS:
        raise UsageError(f"there are {_MOST_VIEWS} views already: delete one first")
    await store.remember(_SETTING, json.dumps(kept | {name: query.strip()}))
    return View(f"own:{name}", name, query.strip())


async def rename_view(store: Store, view: View, name: str) -> View:
    """Give one of the person's views another name; UsageError when it is taken."""
    name = checked_name(name)
    kept = _kept(store)
    if name in kept and name != view.title:
        raise UsageError(f"there is a view {name!r} already")
    query = kept.pop(view.title, view.query)
    await store.remember(_SETTING, json.dumps(kept | {name: query}))
    return View(f"own:{name}", name, query)


async def delete_view(store: Store, view: View) -> None:
    """Forget one of the person's views; the files stay as they are."""
    kept = _kept(store)
    kept.pop(view.title, None)
    await store.remember(_SETTING, json.dumps(kept))


def checked_name(name: str) -> str:
    """Return a name as it is kept; UsageError says what is wrong with it."""
    name = " ".join(name.split())
    if not name or not name.isprintable():
        raise UsageError("a view needs a name")
    if len(name) > _LONGEST_NAME:
        raise UsageError(f"a view's name has at most {_LONGEST_NAME} characters")
    if name.casefold() in {view.title.casefold() for view in BUILT_IN}:
        raise UsageError(f"{name} is a view of vhtui's own: choose another name")
    return name


def _kept(store: Store) -> dict[str, str]:
    try:
        kept = json.loads(store.setting(_SETTING) or "{}")
        return {str(name): str(query) for name, query in kept.items()}
    except (ValueError, AttributeError):
        return {}


# -- what is in them ------------------------------------------------------------------------------


def count(
    store: Store, account: str, view: View, given_up: Callable[[], bool] = lambda: False
) -> int:
    """Return how many files a view has."""
    if not view.query:
        return ranked(store, account, view, given_up).in_all
    number = store.account_id(account)
    clause, values = search.where(parse(view.query), now=int(time.time()), account_id=number)
    with bounded(store.database, given_up) as reader:
        row = reader.execute(f"SELECT COUNT(*) FROM file f WHERE {clause}", values).fetchone()
    return int(row[0])


def ranked(
    store: Store,
    account: str,
    view: View,
    given_up: Callable[[], bool] = lambda: False,
    *,
    most: int = MOST,
) -> Ranked:
    """Return the first files of a ranked view."""
    with bounded(store.database, given_up) as reader:
        found, in_all = _RANKINGS[view.id](store, reader, account, most)
    spec = ListingSpec(account, None)
    return Ranked(Listing(spec, array("q", (id for id, _ in found))), dict(found), in_all)


def cut_words(listed: int, ranked: Ranked) -> str:
    """Return what a list of so many of a ranked view's files should say of those it lacks."""
    first = len(ranked.listing)
    if ranked.in_all <= first:
        return ""
    if listed < first:
        return f"of the first {count_words(first)}"
    return f"the first of {count_words(ranked.in_all)}"


_Figures = tuple[Sequence[tuple[int, str]], int]
"""The first files with their figures, and how many there are in all."""
_Find = Callable[[Store, sqlite3.Connection, str, int], _Figures]

_VIEWS_THEN = """
    COALESCE(
        (SELECT views FROM trend WHERE file = f.id AND day <= :first ORDER BY day DESC LIMIT 1),
        CASE WHEN f.uploaded / 86400 >= :since AND f.uploaded / 86400 > :first THEN 0 END,
        (SELECT views FROM trend WHERE file = f.id ORDER BY day LIMIT 1),
        f.views)
"""
"""A file's views at the end of a day, or else the oldest that are known."""


_KEPT = f"""
    f.folder NOT IN (SELECT id FROM folder
        WHERE account = :account AND parent = '{ROOT}' AND title = '{TRASH_TITLE}')
"""
"""Whether a file is not in the trash."""


def _risers(store: Store, reader: sqlite3.Connection, account: str, most: int) -> _Figures:
    """Most views gained in 7 days; what is nearest in SQL is reckoned as the details do."""
    today = int(time.time()) // DAY
    first = today - RISING_DAYS
    rows = reader.execute(
        f"""
        WITH moved(id) AS (SELECT file FROM trend WHERE day >= :first UNION
            SELECT id FROM file WHERE account = :account AND uploaded >= :first * {DAY})
        SELECT f.id, f.views - {_VIEWS_THEN} AS gained FROM moved JOIN file f ON f.id = moved.id
        WHERE f.account = :account AND {_KEPT} AND gained > 0
        ORDER BY gained DESC, f.id LIMIT {_MOST_RISERS}
        """,
        _days(store, account, first),
    ).fetchall()
    gained: list[tuple[int, int]] = []
    for file in store.files([row["id"] for row in rows]):
        found = growth(trends.of_file(store, file), today, RISING_DAYS)
        if found is not None and found.views > 0:
            gained.append((found.views, file.id))
    gained.sort(key=lambda pair: (-pair[0], pair[1]))
    return [(id, f"+{count_words(views)}") for views, id in gained[:most]], len(gained)


def _dead(store: Store, reader: sqlite3.Connection, account: str, most: int) -> _Figures:
    """Old files that nobody watched in 90 days, the largest first."""
    first = int(time.time()) // DAY - IDLE_DAYS
    rows, in_all = _first(
        reader,
        "f.id, f.views",
        f"""
        file f WHERE f.account = :account AND {_KEPT} AND f.uploaded < :first * {DAY}
            AND f.size > 0 AND (f.views = 0 OR (:since <= :first AND f.views <= {_VIEWS_THEN}))
        """,
        "f.size DESC, f.id",
        _days(store, account, first) | {"most": most},
    )
    found = [(id, "never" if not views else f"not in {IDLE_DAYS} d") for id, views in rows]
    return found, in_all


def _days(store: Store, account: str, first: int) -> dict[str, object]:
    since = trends.known_since(store, account)
    return {
        "account": store.account_id(account),
        "first": first,
        "since": 2**40 if since is None else since,
    }


def _per_gigabyte(store: Store, reader: sqlite3.Connection, account: str, most: int) -> _Figures:
    """What earned most for the room it takes."""
    rows, in_all = _first(
        reader,
        f"f.id, {REVENUE_UNITS} AS units, f.size",
        f"file f WHERE f.account = :account AND {_KEPT} AND f.size > 0 AND {REVENUE_UNITS} > 0",
        "units * 1.0 / f.size DESC, f.id",
        {"account": store.account_id(account), "most": most},
    )
    found = [(id, money_text(round(units * 10**9 / size))[:-3]) for id, units, size in rows]
    return found, in_all


def _copies(columns: Sequence[str], order: str) -> _Find:
    """List files that are alike, those of one group together, the one to keep first."""
    keys = ", ".join(f"f.{column}" for column in columns)
    plain = ", ".join(columns)
    known = " AND ".join(f"{column} IS NOT NULL" for column in columns)

    def find(store: Store, reader: sqlite3.Connection, account: str, most: int) -> _Figures:
        rows, in_all = _first(
            reader,
            f"""
            f.id, row_number() OVER (PARTITION BY {keys}
                ORDER BY f.views DESC, f.uploaded, f.id) AS place,
            dense_rank() OVER (ORDER BY {order}, {keys}) AS team
            """,
            f"""
            file f WHERE f.account = :account AND {_KEPT} AND ({keys}) IN (
                SELECT {plain} FROM file f WHERE account = :account AND {_KEPT} AND {known}
                GROUP BY {plain} HAVING COUNT(*) > 1)
            """,
            "team, place",
            {"account": store.account_id(account), "most": most},
        )
        found = [(id, f"{team} {'keep?' if place == 1 else 'copy'}") for id, place, team in rows]
        return found, in_all

    return find


def _first(
    reader: sqlite3.Connection, columns: str, source: str, order: str, values: dict[str, object]
) -> tuple[list[sqlite3.Row], int]:
    """Return the first ``most`` rows in an order, and how many there are in all."""
    rows = reader.execute(
        f"SELECT {columns} FROM {source} ORDER BY {order} LIMIT :most", values
    ).fetchall()
    if len(rows) < int(str(values["most"])):
        return rows, len(rows)
    [in_all] = reader.execute(f"SELECT COUNT(*) FROM {source}", values).fetchone()
    return rows, in_all


_RANKINGS: Mapping[str, _Find] = {
    "risers": _risers,
    "dead": _dead,
    "per-gb": _per_gigabyte,
    "dup-title": _copies(("folded",), "f.folded"),
    "dup-length": _copies(("size", "length"), "f.size DESC"),
}
