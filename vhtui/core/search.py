"""The filter language in SQL: the same answers as ``Query.matches``, for a million files.

The condition is about ``file AS f``. Python's "a missing value meets no comparison" is SQL's NULL
wherever nothing negates it, so that indexes stay usable; a negation is ``IS NOT TRUE``, which ends
the third truth value there and then.

``file.folded`` is ``query.fold(title)``, ``folder.folded`` is ``query.fold(path)``. Words are
looked for with ``instr``: it knows no wildcards, and it reads past a NUL character, where LIKE
stops.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from vhtui.query import (
    STATES,
    AllOf,
    AnyOf,
    Between,
    Contains,
    Duplicate,
    EndsWith,
    InState,
    Matches,
    Node,
    Not,
    Query,
    Within,
    found_in,
    too_slow,
)


def register(connection: sqlite3.Connection) -> None:
    """Give a connection the function ``vhtui_regexp(pattern, title)``, which ``title~`` needs."""
    connection.create_function("vhtui_regexp", 2, found_in, deterministic=True)


def where(
    query: Query, *, now: int, account_id: int, is_of_few: bool = False
) -> tuple[str, list[object]]:
    """Turn a filter into a condition on the files ``f`` of one account, and its parameters.

    ``now`` is in seconds since the epoch. The account is part of the condition. ``is_of_few``: it
    costs some microseconds a file, where the first file may else cost what all of them do.
    """
    parameters: list[object] = [account_id]
    condition = _condition(query.root, now, account_id, parameters, is_of_few)
    return f"(f.account = ? AND {condition})", parameters


def explained(error: sqlite3.OperationalError) -> Exception:
    """Find why a select with ``where`` failed: a QueryError if a regular expression took too long.

    SQLite does not hand on what ``vhtui_regexp`` raised, and it can raise only this.
    """
    return too_slow() if str(error) == "user-defined function raised exception" else error


_MILLIONTHS = (
    "CASE WHEN f.revenue GLOB '[0-9]*' AND f.revenue NOT GLOB '*[^0-9.]*'"
    " AND length(f.revenue) <= 12 THEN CAST(CAST(f.revenue AS REAL) * 1e6 + 0.5 AS INTEGER) END"
)
"""``query.millionths`` of the revenue."""


def _condition(
    node: Node, now: int, account_id: int, parameters: list[object], is_of_few: bool
) -> str:
    """Write a node as SQL that stands for itself, its values appended in the order of the ``?``."""

    def placed(sql: str, *values: object) -> str:
        parameters.extend(values)
        return sql

    def each(parts: tuple[Node, ...]) -> list[str]:
        return [_condition(part, now, account_id, parameters, is_of_few) for part in parts]

    match node:
        case AllOf(parts):
            return f"({' AND '.join(each(parts)) or '1'})"
        case AnyOf(parts):
            return f"({' OR '.join(each(parts)) or '0'})"
        case Not(part):
            return f"({each((part,))[0]} IS NOT TRUE)"
        case Contains("title", text):
            return placed("instr(f.folded, ?) > 0", text)
        case Contains("code", text):
            return placed("instr(f.code, ?) > 0", text)
        case Contains("folder", text):
            found = "SELECT id FROM folder WHERE account = ? AND instr(folded, ?) > 0"
            return placed(f"f.folder IN ({found})", account_id, text)
        case Matches(pattern):
            return placed("vhtui_regexp(?, f.title)", pattern)
        case Between():
            return _between(node, now, parameters)
        case EndsWith(text):  # of bytes: substr() of a text stops at a NUL
            end = text.encode("utf-8", "replace")
            return placed("substr(CAST(f.folded AS BLOB), ?) = ?", -len(end), end)
        case Within(path):
            if not path:
                return "1"
            found = f"SELECT id FROM folder WHERE account = ? AND {WITHIN}"
            return placed(f"f.folder IN ({found})", account_id, *within(path))
        case InState(state):
            kind = STATES[state]
            column, value = ("f.state", state) if kind is None else ("f.pending", str(kind))
            return placed(f"{column} = ?", value)
        case Duplicate(by):
            if is_of_few:
                return _TWIN[by]
            found, values = duplicates(by, account_id)
            return placed(f"f.id IN ({found})", *values)
    raise AssertionError(node)


WITHIN = "(path = ? OR (path >= ? AND path < ?))"
"""The condition on a folder of being at a path or below it; ``within`` are its values."""


def within(path: str) -> tuple[str, str, str]:
    """Return the values of ``WITHIN``."""
    return path, f"{path}/", f"{path}0"


_TWIN: Mapping[str, str] = {
    by: f"EXISTS (SELECT 1 FROM file AS o INDEXED BY {index} WHERE o.account = f.account"
    f" AND {same} AND o.id <> f.id)"
    for by, index, same in (
        ("title", "file_by_title", "o.sort_title = f.sort_title AND o.folded = f.folded"),
        ("size", "file_by_size", "o.size = f.size"),
        ("length", "file_by_size", "o.size = f.size AND o.length = f.length"),
    )
}
"""Whether another file has the same, asked of one file after the other."""


def duplicates(by: str, account_id: int) -> tuple[str, tuple[object, ...]]:
    """Return a select of the ids that ``Duplicate(by)`` means, which reads an index to its end."""
    key, more = ("sort_title", "folded") if by == "title" else ("size", "length")
    select, values = maybe_duplicates(by, account_id)
    if by == "size":
        return select, values
    found = select.removeprefix("SELECT id ")
    pairs = f"SELECT {key}, {more} {found} AND {more} IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1"
    return f"{select} AND ({key}, {more}) IN ({pairs})", values * 2


def maybe_duplicates(by: str, account_id: int) -> tuple[str, tuple[object, ...]]:
    """Return a select of the ids that can be meant: what has an index is there twice (equal titles
    have equal keys)."""
    key, index = ("sort_title", "file_by_title") if by == "title" else ("size", "file_by_size")
    found = f"FROM file INDEXED BY {index} WHERE account = ?"
    twice = f"SELECT {key} {found} AND {key} IS NOT NULL GROUP BY {key} HAVING count(*) > 1"
    return f"SELECT id {found} AND {key} IN ({twice})", (account_id,) * 2


def _between(node: Between, now: int, parameters: list[object]) -> str:
    """Compare a column as it is (an index can answer): an age becomes times of upload."""
    if node.measure == "age":
        low = None if node.low is None else now - node.low
        high = None if node.high is None else now - node.high
        bounds = (("f.uploaded <= ?", low), ("f.uploaded > ?", high))
    else:
        column = _MILLIONTHS if node.measure == "revenue" else f"f.{node.measure}"
        bounds = ((f"{column} >= ?", node.low), (f"{column} < ?", node.high))
    given = [(sql, bound) for sql, bound in bounds if bound is not None]
    parameters.extend(bound for _, bound in given)
    condition = " AND ".join(sql for sql, _ in given)
    return f"(NOT ({condition}))" if node.outside else f"({condition})"
