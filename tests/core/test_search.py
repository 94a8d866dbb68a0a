from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vhtui.core.search import explained, register, where
from vhtui.models import FileRow
from vhtui.query import STATES, Duplicates, QueryError, parse
from vhtui.text import fold, natural_key

NOW = 1_790_000_000
ACCOUNT = 3
PATHS = {"0": "/", "1": "/Series", "2": "/Series/Season 1", "3": "/Größe_%"}
TABLES = """
CREATE TABLE file(id INTEGER PRIMARY KEY, account INTEGER, code TEXT, folder TEXT, title TEXT,
    sort_title TEXT, folded TEXT, size INTEGER, length INTEGER, views INTEGER, uploaded INTEGER,
    revenue TEXT, state TEXT, percent REAL, pending TEXT);
CREATE INDEX file_by_title ON file(account, sort_title);
CREATE INDEX file_by_size ON file(account, size);
CREATE TABLE folder(account INTEGER, id TEXT, parent TEXT, title TEXT, path TEXT, folded TEXT);
"""

words = st.sampled_from(
    ["show", ".mkv", "SHOW", "s01", "%", "_", "ß", "SS", "é", "a\x00b", "\\", "'"]
)
numbers = st.sampled_from([None, 0, 1, 10, 999, 1000, 3600, 10**9, 2**40])
files = st.builds(
    FileRow,
    id=st.just(0),
    account=st.just("a"),
    code=st.sampled_from(["abc", "ABC", "x1"]),
    title=st.lists(words, max_size=3).map(" ".join),
    folder=st.sampled_from(sorted(PATHS)),
    size=numbers,
    length=numbers,
    views=numbers,
    uploaded=st.none() | st.sampled_from([NOW - 86400 * days for days in (-1, 0, 1, 30, 90, 400)]),
    revenue=st.sampled_from(
        [None, "", "0", "1", "1.5", "1.500001", "1.", "1.2.3", "2e5", "-1", "x"]
    ),
    state=st.sampled_from(["ok", "encoding", "takedown"]),
    pending=st.sampled_from([None, "rename", "move"]),
)

comparisons = st.builds(
    "{}{}{}".format,
    st.sampled_from(["views", "size", "length", "revenue"]),
    st.sampled_from([":", "=", "!=", "<", "<=", ">", ">="]),
    st.sampled_from(["0", "1", "1.5", "10", "999", "1000", "3600", "1000000000"]),
)
leaves = st.one_of(
    words.map(lambda word: f'"{word}"' if word != "\\" else "title:\\"),
    comparisons,
    st.builds("age{}{}".format, st.sampled_from(["<", ">", "<=", ">=", "!=", ":"]), st.just("30d")),
    st.sampled_from(["uploaded:2026", "uploaded<2026-09", "uploaded:2026-08..", "uploaded!=2026"]),
    st.sampled_from(
        ["views:1..10", "views!=1..10", "views:..10", "dark", "dup:title", "dup:size", "dup:length"]
    ),
    st.sampled_from(["code:b", "code:B", "folder:series", "folder:%", 'folder:"season 1"']),
    st.sampled_from(["in:/", "in:/Series", "in:/series", 'in:"/Series/Season 1"', "in:/Größe_%"]),
    st.sampled_from(["ext:mkv", "ext:.MKV", "ext:ß", "ext:é", "revenue:1..1.5", "revenue!=1.5"]),
    st.sampled_from(["title~^show", "title~s\\d\\d$", "title~(?-i:SHOW)"]),
    st.sampled_from(sorted(STATES)).map("state:{}".format),
)
queries = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map("-({})".format),
        inner.map("-{}".format),
        st.builds("({} {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(TABLES)
    register(connection)
    for account in (ACCOUNT, ACCOUNT + 1):
        for id_, path in PATHS.items():
            row = (account, id_, "0", path, path, fold(path))
            connection.execute("INSERT INTO folder VALUES (?, ?, ?, ?, ?, ?)", row)
    yield connection
    connection.close()


def fill(database: sqlite3.Connection, account: int, library: list[FileRow]) -> None:
    columns = ["code", "folder", "title", "size", "length", "views", "uploaded", "revenue"]
    columns += ["state", "pending"]
    for file in library:
        values = [
            account,
            natural_key(file.title),
            fold(file.title),
            *(getattr(file, column) for column in columns),
        ]
        database.execute(
            f"INSERT INTO file(account, sort_title, folded, {', '.join(columns)})"
            f" VALUES ({', '.join('?' * len(values))})",
            values,
        )


def found(database: sqlite3.Connection, text: str, *, is_of_few: bool = False) -> list[int]:
    condition, parameters = where(parse(text), now=NOW, account_id=ACCOUNT, is_of_few=is_of_few)
    rows = database.execute(f"SELECT f.id FROM file AS f WHERE {condition} ORDER BY 1", parameters)
    return [id_ for (id_,) in rows]


@settings(max_examples=300, deadline=None)
@given(st.lists(files, max_size=8), st.lists(queries, min_size=1, max_size=4))
def test_sql_finds_what_the_definition_says(
    database: sqlite3.Connection, library: list[FileRow], texts: list[str]
) -> None:
    database.execute("DELETE FROM file")
    fill(database, ACCOUNT, library)
    fill(database, ACCOUNT + 1, library * 2)
    duplicates = Duplicates.among(library)
    for text in texts:
        expected = [
            id_
            for id_, file in enumerate(library, 1)
            if parse(text).matches(
                file, now=NOW, folder_path=PATHS[file.folder], duplicates=duplicates
            )
        ]
        assert found(database, text) == expected, text
        assert found(database, text, is_of_few=True) == expected, text


def test_a_condition_stands_for_itself(database: sqlite3.Connection) -> None:
    condition, parameters = where(parse("a or b"), now=NOW, account_id=ACCOUNT)
    database.execute("DELETE FROM file")
    rows = database.execute(f"SELECT 1 FROM file AS f WHERE 0 AND {condition}", parameters)
    assert rows.fetchall() == []


def test_the_largest_filters_fit(database: sqlite3.Connection) -> None:
    for text in ("a " * 300, " or ".join(["-b"] * 150), "-(" * 20 + "a" + ")" * 20):
        assert found(database, text) == []


def test_a_comparison_can_use_an_index(database: sqlite3.Connection) -> None:
    database.execute("CREATE INDEX by_age ON file(account, uploaded)")
    condition, parameters = where(parse("show age>90d"), now=NOW, account_id=ACCOUNT)
    plan = database.execute(
        f"EXPLAIN QUERY PLAN SELECT 1 FROM file f WHERE {condition}", parameters
    )
    assert "uploaded<" in str(plan.fetchall())


def test_a_pattern_that_explodes_is_told_from_other_failures(database: sqlite3.Connection) -> None:
    database.execute("DELETE FROM file")
    database.execute("INSERT INTO file(account, title) VALUES (?, ?)", (ACCOUNT, "a" * 60))
    with pytest.raises(sqlite3.OperationalError) as caught:
        found(database, "title~(a|aa)+$b")
    assert isinstance(explained(caught.value), QueryError)
    other = sqlite3.OperationalError("interrupted")
    assert explained(other) is other
