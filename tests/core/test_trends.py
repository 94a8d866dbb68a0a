from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.core.rig import add_account, eventually, running
from vhtui.core import library, trends
from vhtui.core.database import Database, Transaction
from vhtui.core.store import Store
from vhtui.models import ROOT, File, FileRow
from vhtui.sandbox.client import Control
from vhtui.trends import DAY, Growth, growth

_codes = itertools.count()


class Shelf:
    """A library whose root folder is listed again and again, while days pass."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path / "library.db")
        self.store = Store(self.database)
        asyncio.run(self.store.adopt_accounts({"main": "voe"}))

    def change(self, sql: str, *values: object) -> None:
        asyncio.run(self.database.write(lambda tx: tx.sql.execute(sql, values)))

    def synced(self) -> None:
        self.change("UPDATE account SET synced = ?", int(time.time()))

    def pass_days(self, days: int) -> None:
        """Make everything that is known so many days older."""

        def age(tx: Transaction) -> None:
            for sql in (
                "UPDATE trend SET day = -day - ?1",
                "UPDATE trend SET day = -(day + 2 * ?1)",
                "UPDATE trend_since SET day = day - ?1",
                "UPDATE folder SET listed = listed - ?1 * 86400",
                "UPDATE file SET uploaded = uploaded - ?1 * 86400",
            ):
                tx.sql.execute(sql, (days,))

        asyncio.run(self.database.write(age))

    def look(self, *files: File) -> None:
        """List the root folder."""

        def keep(tx: Transaction) -> None:
            library.put_files(tx, 1, "main", ROOT, files, fetched=time.time())
            tx.sql.execute("UPDATE folder SET listed = ? WHERE id = ?", (tx.now, ROOT))

        asyncio.run(self.database.write(keep))

    def rows(self, code: str) -> list[tuple[int, int | None, int | None]]:
        """What is kept of a file: how many days ago, views, revenue."""
        found = self.database.reader().execute(
            "SELECT t.day, t.views, t.revenue FROM trend t JOIN file f ON f.id = t.file"
            " WHERE f.code = ? ORDER BY t.day",
            (code,),
        )
        return [(TODAY() - day, views, revenue) for day, views, revenue in found]

    def file(self, code: str) -> FileRow:
        found = self.store.file_by_code("main", code)
        assert found is not None
        return found

    def growth(self, code: str, days: int) -> Growth | None:
        return growth(trends.of_file(self.store, self.file(code)), TODAY(), days)


def TODAY() -> int:  # noqa: N802
    return int(time.time()) // DAY


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path_factory.mktemp("trends"))
    shelf.synced()
    shelf.pass_days(500)
    yield shelf
    shelf.database.close()


def new_code() -> str:
    return f"code{next(_codes)}"


def video(code: str, views: int | None, revenue: str | None = None, age: int = 3000) -> File:
    uploaded = int(time.time()) - age * DAY
    return File(code=code, title=code, size=10, views=views, revenue=revenue, uploaded=uploaded)


looks = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 50)), min_size=1, max_size=8)


def by_hand(record: Sequence[tuple[int, int]], days: int) -> int:
    """What was gained, reckoned from every look there was: (days ago, views), oldest first."""
    by_day = [
        (ago, [views for _, views in looks])
        for ago, looks in itertools.groupby(record, key=lambda look: look[0])
    ]
    points = [(by_day[0][0] + 1, by_day[0][1][0])]
    for ago, seen in by_day:
        if seen[0] == points[-1][1] and points[-1][0] > ago + 1:
            points.append((ago + 1, seen[0]))  # it still stood still when the day began
        points.append((ago, seen[-1]))
    total = Fraction()
    for (older, before), (newer, after) in itertools.pairwise(points):
        counted = max(0, min(older, days) - newer)
        total += Fraction((after - before) * counted, older - newer)
    return round(total)


@settings(max_examples=60, deadline=None)
@example([(0, 0), (0, 1)], 1)
@example([(0, 0), (0, 1), (3, 1), (5, 1)], 7)
@given(looks, st.sampled_from([0, 1, 7, 30]))
def test_what_is_kept_tells_the_growth_as_every_look_would(
    shelf: Shelf, wishes: list[tuple[int, int]], days: int
) -> None:
    shelf.change("DELETE FROM file")
    shelf.change("UPDATE trend_since SET day = ?", TODAY() - 500)
    shelf.change("UPDATE folder SET listed = ?", int(time.time()))
    code = new_code()
    record: list[tuple[int, int]] = []
    for passed, views in wishes:
        shelf.pass_days(passed)
        record = [(ago + passed, seen) for ago, seen in record]
        shelf.look(video(code, views))
        record.append((0, views))
    found = shelf.growth(code, days)
    assert found is not None
    assert found.views == by_hand(record, days)
    assert len(shelf.rows(code)) <= 2 * len(wishes)


def test_only_changes_are_kept_with_the_last_day_of_the_old_value(shelf: Shelf) -> None:
    code = new_code()
    shelf.change("DELETE FROM trend_since")
    shelf.look(video(code, 5, "0.10000"))
    shelf.change("INSERT INTO trend_since VALUES (1, ?)", TODAY())
    assert shelf.rows(code) == []
    for _ in range(3):
        shelf.pass_days(2)
        shelf.look(video(code, 5, "0.10000"))
    assert shelf.rows(code) == []
    shelf.pass_days(4)
    shelf.look(video(code, 25, "0.10001"))
    assert shelf.rows(code) == [(4, 5, 10_000), (0, 25, 10_001)]
    shelf.look(video(code, 26, "0.10001"))
    assert shelf.rows(code) == [(4, 5, 10_000), (0, 26, 10_001)]
    assert shelf.growth(code, 7) == Growth(7, 21, 1)
    assert shelf.growth(code, 2) == Growth(2, 10, 0, is_estimate=True)


def test_what_is_known_for_a_shorter_time_says_so(shelf: Shelf) -> None:
    shelf.change("UPDATE trend_since SET day = ?", TODAY() - 3)
    code = new_code()
    shelf.look(video(code, 5))
    assert shelf.growth(code, 30) == Growth(4, 0, 0, is_whole=False)
    new = new_code()
    shelf.look(video(new, 40, age=2))
    assert shelf.growth(new, 7) == Growth(3, 40, 0, is_whole=False)
    fresh = new_code()
    shelf.look(video(fresh, 9, age=0))
    assert shelf.growth(fresh, 7) == Growth(1, 9, 0, is_whole=False)
    shelf.change("UPDATE trend_since SET day = ?", TODAY() - 500)
    assert shelf.growth(new, 7) == Growth(3, 40, 0, is_whole=False)


def test_an_account_that_was_never_listed_has_no_trends(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    code = new_code()
    shelf.look(video(code, 5))
    shelf.look(video(code, 6))
    assert shelf.growth(code, 7) is None
    shelf.synced()
    assert shelf.growth(code, 7) == Growth(1, 1, 0, is_whole=False)
    shelf.database.close()


def test_money_is_kept_exactly_and_hostile_amounts_do_no_harm(shelf: Shelf) -> None:
    amounts = ["0.1", "1240.50000", "9999999.99999", "1e400", "abc", "-1e400", "0.000014"]
    codes = [new_code() for _ in amounts]
    shelf.look(*(video(code, 1, "0") for code in codes))
    shelf.look(*(video(code, 1, amount) for code, amount in zip(codes, amounts, strict=True)))
    shelf.pass_days(1)
    shelf.look(*(video(code, 2**62, amount) for code, amount in zip(codes, amounts, strict=True)))
    kept = [shelf.rows(code)[-1][2] for code in codes]
    assert kept == [10_000, 124_050_000, 999_999_999_999, 10**12, 0, -(10**12), 1]
    whole = trends.of_folder(shelf.store, "main", ROOT, below=True)
    assert sum(step.gained for step in whole.views) > 6 * 10**12
    shelf.change("DELETE FROM file")


def test_a_folder_is_the_sum_of_its_files_and_of_what_is_below(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.change(
        "INSERT INTO folder (account, id, parent, title, sort_title, path, folded, host_title,"
        " listed) VALUES (1, '7', '0', 'S', 's', '/S', '/s', 'S', ?)",
        int(time.time()),
    )
    here, deep = new_code(), new_code()
    shelf.look(video(here, 1, "0.00001"), video(deep, 10))
    shelf.change("UPDATE file SET folder = '7', host_folder = '7' WHERE code = ?", deep)
    shelf.synced()
    shelf.pass_days(9)
    shelf.look(video(here, 3, "0.00003"))
    shelf.change("UPDATE file SET views = 60 WHERE code = ?", deep)
    shelf.pass_days(1)
    shelf.look()
    direct = growth(trends.of_folder(shelf.store, "main", ROOT), TODAY(), 30)
    whole = growth(trends.of_folder(shelf.store, "main", ROOT, below=True), TODAY(), 30)
    assert direct == Growth(11, 2, 2, is_whole=False)
    assert whole == Growth(11, 52, 2, is_whole=False)
    files = [video(here, 3), video(deep, 60)]
    assert trends.held_below(shelf.store, "main", ROOT) == (2, sum(f.size or 0 for f in files))
    assert trends.held_below(shelf.store, "main", "7") == (1, files[1].size or 0)
    shelf.database.close()


def test_a_deleted_file_leaves_nothing_behind(shelf: Shelf) -> None:
    code = new_code()
    shelf.look(video(code, 1))
    shelf.look(video(code, 2))
    id = shelf.file(code).id
    shelf.change("DELETE FROM file WHERE code = ?", code)
    left = shelf.database.reader().execute("SELECT 1 FROM trend WHERE file = ?", (id,))
    assert left.fetchone() is None


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(0, 800), max_size=60), st.integers(1, 5))
def test_old_days_are_thinned_to_weeks_and_months(shelf: Shelf, ages: set[int], files: int) -> None:
    today = TODAY()

    def fill(tx: Transaction) -> None:
        tx.sql.execute("DELETE FROM trend")
        tx.sql.execute("DELETE FROM setting")
        rows = [(file, today - age, 1, 1) for file in range(files) for age in ages]
        tx.sql.executemany("INSERT INTO trend VALUES (?, ?, ?, ?)", rows)

    asyncio.run(shelf.database.write(fill))
    steps = 1
    while not asyncio.run(shelf.database.write(lambda tx: trends.thin(tx, today, rows=13))):
        steps += 1
        assert steps < 100
    kept: list[int] = []
    for day in sorted((today - age for age in ages), reverse=True):
        bucket = 28 if today - day > 365 else 7 if today - day > 90 else 1
        if not kept or day // bucket < kept[-1] // bucket:
            kept.append(day)
    kept.reverse()
    for file in range(files):
        left = shelf.database.reader().execute(
            "SELECT day FROM trend WHERE file = ? ORDER BY day", (file,)
        )
        assert [day for (day,) in left] == kept
    shelf.change("DELETE FROM trend")
    assert asyncio.run(shelf.database.write(lambda tx: trends.thin(tx, today)))


async def test_a_sync_keeps_what_changed_at_the_host(control: Control, tmp_path: Path) -> None:
    access = add_account(control, files=6, folders=1)
    async with running(tmp_path, control, access) as rig:
        watched = max(rig.rows(), key=lambda row: row.views or 0)
        assert watched.views

        def change(tx: Transaction) -> None:
            tx.sql.execute("UPDATE file SET views = views - 1 WHERE id = ?", [watched.id])
            tx.sql.execute("DELETE FROM trend")

        await rig.engine.write(change)
        await rig.sync()
        await eventually(lambda: rig.engine.store.file(watched.id) == watched)
        rows = rig.engine.database.reader().execute("SELECT file FROM trend").fetchall()
        assert {row["file"] for row in rows} == {watched.id}
        found = growth(trends.of_file(rig.engine.store, watched), TODAY(), 7)
        assert found is not None
        assert found.views == 1
