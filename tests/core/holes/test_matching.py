"""Which files are one title: pure, and the same in SQL."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhtui.core.holes.matching import (
    TITLE_KEY,
    TOLERANCE,
    Cell,
    Entry,
    Match,
    lookalikes,
    split,
    title_key,
)
from vhtui.text import fold

TITLES = st.text(
    st.one_of(st.sampled_from("aB1 ._-é漢ß"), st.characters(exclude_categories=["Cs", "Cc"])),
    max_size=30,
)


def entry(account: int, *, size: int = 0, length: int = 0, state: Cell = Cell.THERE) -> Entry:
    return Entry(account, account + 1, size, length, state)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Film.mkv", "film"),
        ("Show.S01E02.1080p.MP4", "show s01e02 1080p"),
        ("a__b", "A b"),
        ("ﬁlm.webm", "film"),
    ],
)
def test_names_that_are_one(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("E1.1", "E11"), ("Film 2.mkv", "Film.mkv"), ("a.exe", "a"), (".mkv", "x")]
)
def test_names_that_are_not(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


@given(TITLES, st.sampled_from(["", ".mkv", ".ts", ".MPEG", ".m2ts", ".txt"]))
def test_sql_and_python_have_one_key(stem: str, ending: str) -> None:
    title = stem + ending
    sql = sqlite3.connect(":memory:")
    found = sql.execute(
        f"SELECT {TITLE_KEY.format('t')} FROM (SELECT ? AS t)", (fold(title),)
    ).fetchone()
    sql.close()
    assert found[0] == title_key(title)


def test_length_tells_files_of_one_name_apart() -> None:
    titles = split([entry(0, length=100), entry(0, length=900), entry(1, length=901)])
    assert [[e.account for e, _ in title.members] for title in titles] == [[0], [0, 1]]
    assert titles[1].members[1][1] is Match.LENGTH


def test_size_tells_where_there_is_no_length() -> None:
    titles = split([entry(0, size=5, length=100), entry(1, size=5), entry(2, size=6)])
    assert [[e.account for e, _ in title.members] for title in titles] == [[0, 1], [2]]
    assert titles[0].members[1][1] is Match.SIZE


def test_a_file_that_tells_nothing_goes_with_the_only_one_of_its_name() -> None:
    [title] = split([entry(0, length=100), entry(1)])
    assert title.members[1][1] is Match.NAME


def test_and_with_none_where_there_are_several() -> None:
    titles = split([entry(0, length=100), entry(0, length=900), entry(1)])
    assert [len(title.members) for title in titles] == [1, 1]
    assert lookalikes(titles) == [0b10, 0b10]


def test_another_length_at_another_account_may_be_the_same() -> None:
    assert lookalikes(split([entry(0, length=100), entry(1, length=120)])) == [0b10, 0b01]


def test_a_common_name_is_known_to_stand_for_several() -> None:
    """Episode 01 of two shows here, of one of them there: the other one is missing there."""
    titles = split([entry(0, length=100), entry(0, length=900), entry(1, length=100)])
    assert lookalikes(titles) == [0, 0]


@given(
    st.lists(
        st.builds(
            entry,
            st.integers(0, 3),
            size=st.sampled_from([0, 0, 10, 20, 30]),
            length=st.sampled_from([0, 0, 100, 101, 103, 500]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_every_file_has_one_place_and_nothing_that_differs_is_one(entries: list[Entry]) -> None:
    titles = split(entries)
    placed = [member for title in titles for member, _ in title.members]
    unplaced = titles[0].doubtful
    assert len(placed) + len(unplaced) == len(entries)
    for title in titles:
        lengths = [e.length for e, _ in title.members if e.length]
        assert not lengths or max(lengths) - min(lengths) <= TOLERANCE
        assert title.members[0][1] is Match.NONE
        for e, match in title.members[1:]:
            if match is Match.SIZE:
                assert e.size in {m.size for m, _ in title.members if m is not e}
            assert match is not Match.NONE
