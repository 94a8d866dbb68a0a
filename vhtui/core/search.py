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


def where(query: Query, *, now: int, account_id: int) -> tuple[str, list[object]]:
    """Turn a filter into a condition on the files ``f`` of one account, and its parameters.

    ``now`` is in seconds since the epoch. The account is part of the condition.
    """
    parameters: list[object] = [account_id]
    condition = _condition(query.root, now, account_id, parameters)
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


def _condition(node: Node, now: int, account_id: int, parameters: list[object]) -> str:
    """Write a node as SQL that stands for itself, its values appended in the order of the ``?``."""

    def placed(sql: str, *values: object) -> str:
        parameters.extend(values)
        return sql

    def each(parts: tuple[Node, ...]) -> list[str]:
        return [_condition(part, now, account_id, parameters) for part in parts]

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
            below = "path = ? OR (path >= ? AND path < ?)"
            found = f"SELECT id FROM folder WHERE account = ? AND ({below})"
            return placed(f"f.folder IN ({found})", account_id, path, f"{path}/", f"{path}0")
        case InState(state):
            kind = STATES[state]
            column, value = ("f.state", state) if kind is None else ("f.pending", str(kind))
            return placed(f"{column} = ?", value)
        case Duplicate(by):
            if by == "length":
                twice = (
                    "SELECT size, length FROM file WHERE account = ? AND size IS NOT NULL"
                    " AND length IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1"
                )
                return placed(f"(f.size, f.length) IN ({twice})", account_id)
            column = "sort_title" if by == "title" else "size"
            twice = f"SELECT {column} FROM file WHERE account = ? GROUP BY 1 HAVING count(*) > 1"
            if by == "size":
                return placed(f"f.size IN ({twice})", account_id)
            # Equal titles have equal keys, and only the keys have an index.
            folded = f"SELECT folded FROM file WHERE account = ? AND sort_title IN ({twice})"
            twice = f"{folded} GROUP BY 1 HAVING count(*) > 1"
            return placed(f"f.folded IN ({twice})", account_id, account_id)
    raise AssertionError(node)


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
