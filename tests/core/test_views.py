from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from vhtui.core import library, views
from vhtui.core.database import Database, Transaction
from vhtui.core.store import ListingSpec, Store
from vhtui.core.views import BUILT_IN, View
from vhtui.errors import UsageError
from vhtui.models import ROOT, File
from vhtui.query import parse
from vhtui.trends import DAY

VIEWS = {view.id: view for view in BUILT_IN}
NOW = int(time.time())


@dataclass
class Library:
    """An account that has been known for 200 days."""

    store: Store

    def fill(self, *files: File) -> None:
        def change(tx: Transaction) -> None:
            tx.sql.execute("DELETE FROM file")
            tx.sql.execute("DELETE FROM trend_since")
            library.put_files(tx, 1, "main", ROOT, files, fetched=time.time())
            tx.sql.execute("INSERT INTO trend_since VALUES (1, ?)", (NOW // DAY - 200,))
            tx.sql.execute("UPDATE folder SET listed = ?", (NOW,))

        asyncio.run(self.store.database.write(change))

    def had(self, code: str, days_ago: int, views: int) -> None:
        """Say what a file's views once were."""
        asyncio.run(
            self.store.database.write(
                lambda tx: tx.sql.execute(
                    "INSERT INTO trend SELECT id, ?, ?, 0 FROM file WHERE code = ?",
                    (NOW // DAY - days_ago, views, code),
                )
            )
        )

    def ranked(self, view: str) -> list[tuple[str, str]]:
        """Codes and figures of a ranked view, in its order."""
        found = views.ranked(self.store, "main", VIEWS[view])
        rows = self.store.files(found.listing.ids)
        return [(row.code, found.figures[row.id]) for row in rows]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    database = Database(tmp_path_factory.mktemp("views") / "library.db")
    store = Store(database)
    asyncio.run(store.adopt_accounts({"main": "voe"}))
    yield Library(store)
    database.close()


def video(
    code: str,
    *,
    title: str = "",
    views: int | None = 0,
    size: int | None = 10**9,
    age: int = 300,
    revenue: str = "0",
    length: int | None = 60,
) -> File:
    return File(
        code=code,
        title=title or code,
        size=size,
        length=length,
        views=views,
        uploaded=NOW - age * DAY,
        revenue=revenue,
    )


def test_risers_are_ranked_by_what_they_gained_in_a_week(account: Library) -> None:
    account.fill(
        video("slow", views=1000),
        video("fast", views=500),
        video("once", views=9000),
        video("new", views=40, age=2),
        video("still", views=7),
    )
    for code, now in (("slow", 1000), ("fast", 500), ("new", 40)):
        account.had(code, 0, now)
    account.had("slow", 7, 900)
    account.had("fast", 20, 0)
    account.had("fast", 5, 100)
    account.had("once", 50, 10)
    account.had("once", 49, 9000)
    assert account.ranked("risers") == [("fast", "+413"), ("slow", "+100"), ("new", "+40")]


def test_dead_weight_is_old_and_unwatched_and_the_largest_comes_first(account: Library) -> None:
    account.fill(
        video("never", size=5),
        video("ceased", views=80, size=9),
        video("watched", views=80),
        video("young", age=80),
        video("untold", views=None),
        video("sizeless", size=None),
    )
    account.had("ceased", 150, 20)
    account.had("ceased", 120, 80)
    account.had("watched", 150, 20)
    account.had("watched", 60, 80)
    assert account.ranked("dead") == [("ceased", "not in 90 d"), ("never", "never")]
    asyncio.run(
        account.store.database.write(
            lambda tx: tx.sql.execute("UPDATE trend_since SET day = ?", (NOW // DAY - 30,))
        )
    )
    assert account.ranked("dead") == [("never", "never")]


def test_revenue_per_gigabyte(account: Library) -> None:
    account.fill(
        video("large", size=4 * 10**9, revenue="2.00000"),
        video("small", size=10**8, revenue="0.12345"),
        video("nothing"),
        video("hostile", revenue="nan"),
    )
    assert account.ranked("per-gb") == [("small", "1.23"), ("large", "0.50")]


@pytest.mark.parametrize(
    ("view", "in_all"), [("dead", 5), ("per-gb", 5), ("dup-title", 4), ("risers", 5)]
)
def test_a_ranked_view_that_is_cut_knows_how_many_there_are(
    account: Library, view: str, in_all: int
) -> None:
    account.fill(
        *(
            video(
                f"aaaaaaaaaa{n:02}", title="same" if n < 4 else "one", revenue="1", size=10**9 + n
            )
            for n in range(5)
        )
    )
    if view == "risers":
        account.fill(*(video(f"aaaaaaaaaa{n:02}", views=9) for n in range(5)))
        for n in range(5):
            account.had(f"aaaaaaaaaa{n:02}", 7, 0)
            account.had(f"aaaaaaaaaa{n:02}", 0, 9)
    found = views.ranked(account.store, "main", VIEWS[view], most=2)
    assert (len(found.listing), found.in_all) == (2, in_all)
    assert views.cut_words(2, found) == f"the first of {in_all}"
    assert views.cut_words(1, found) == "of the first 2"
    whole = views.ranked(account.store, "main", VIEWS[view])
    assert (len(whole.listing), views.cut_words(in_all, whole)) == (in_all, "")


def test_what_is_alike_stands_together_and_the_one_to_keep_comes_first(account: Library) -> None:
    account.fill(
        video("b1", title="Beta", views=1, age=10),
        video("a1", title="Alpha", views=3),
        video("lone", title="Gamma", size=7),
        video("b2", title="BETA", views=1, age=20),
        video("a2", title="alpha", views=5),
        video("b3", title="beta", views=None, size=None),
    )
    assert account.ranked("dup-title") == [
        ("a2", "1 keep?"),
        ("a1", "1 copy"),
        ("b2", "2 keep?"),
        ("b1", "2 copy"),
        ("b3", "2 copy"),
    ]
    assert [code for code, _ in account.ranked("dup-length")] == ["a2", "a1", "b2", "b1"]
    assert views.count(account.store, "main", VIEWS["dup-title"]) == 5


some = st.lists(
    st.builds(
        video,
        st.just(""),
        title=st.sampled_from(["a", "A", "b"]),
        size=st.sampled_from([None, 1, 2]),
        length=st.sampled_from([None, 1, 2]),
        views=st.sampled_from([None, 0, 5]),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(some, st.sampled_from(["dup:title", "dup:length", "views>1", "-dark", "a or size:2"]))
def test_a_view_counts_what_it_lists(account: Library, files: list[File], query: str) -> None:
    account.fill(*(replace(file, code=f"c{at}") for at, file in enumerate(files)))
    own = View("own:x", "x", query)
    listed = account.store.listing(ListingSpec("main", None, parse(query)))
    assert views.count(account.store, "main", own) == len(listed)
    for view in BUILT_IN:
        if view.query and view.is_ranked:
            found = views.ranked(account.store, "main", view).listing
            same = account.store.listing(ListingSpec("main", None, parse(view.query)))
            assert sorted(found.ids) == sorted(same.ids)


async def test_own_views_are_kept_renamed_and_deleted(tmp_path: Path) -> None:
    database = Database(tmp_path / "library.db")
    store = Store(database)
    unseen = await views.save_view(store, "  Unseen   films ", " views<10 ")
    await views.save_view(store, "big", "size>1g")
    assert views.own_views(store) == (View("own:big", "big", "size>1g"), unseen)
    assert unseen.title == "Unseen films"
    assert views.find_view(store, "unseen") == unseen
    assert views.find_view(store, "RISERS") == VIEWS["risers"]
    other = await views.rename_view(store, unseen, "Never seen")
    assert other.query == "views<10"
    with pytest.raises(UsageError, match="already"):
        await views.rename_view(store, other, "big")
    await views.delete_view(store, other)
    assert [view.title for view in views.own_views(store)] == ["big"]
    database.close()


@pytest.mark.parametrize(
    ("name", "query"),
    [("", "a"), ("risers", "a"), ("x" * 61, "a"), ("a\x1bb", "a"), ("ok", " "), ("ok", "views<")],
)
async def test_a_bad_view_is_refused(tmp_path: Path, name: str, query: str) -> None:
    database = Database(tmp_path / "library.db")
    store = Store(database)
    with pytest.raises(UsageError):
        await views.save_view(store, name, query)
    assert views.own_views(store) == ()
    with pytest.raises(UsageError, match="there is no view"):
        views.find_view(store, "nothing")
    database.close()


def test_what_is_in_the_trash_is_in_no_ranked_view(account: Library) -> None:
    account.fill(video("kept"), video("trashed", revenue="1.00000"), video("twin", title="kept"))

    def trash(tx: Transaction) -> None:
        library.plan_folder(tx, 1, "9", ROOT, "vhtui-trash")
        tx.sql.execute("UPDATE file SET folder = '9' WHERE code <> 'kept'")

    asyncio.run(account.store.database.write(trash))
    assert [code for code, _ in account.ranked("dead")] == ["kept"]
    assert not account.ranked("per-gb")
    assert not account.ranked("dup-title")
