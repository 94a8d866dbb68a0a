"""Which index narrows a filter down: from a million files to the few that can match at all.

A source is a select of ids among which are those of all files that a condition lets through; the
condition itself is still checked. It is counted no further than ``limit``, so choosing takes
milliseconds, whatever the filter.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from msgspec import Struct

from vhtui.core import title_index
from vhtui.query import STATES, AllOf, AnyOf, Between, Contains, InState, Node

_MOST_PARTS = 16

_INDEXES: Mapping[str, tuple[str, str]] = {
    "size": ("file_by_size", "size"),
    "views": ("file_by_views", "views"),
    "length": ("file_by_length", "length"),
    "uploaded": ("file_by_uploaded", "uploaded"),
    "age": ("file_by_uploaded", "uploaded"),
}


class Source(Struct, frozen=True):
    """A select of ids, its values, and how many it has; ``limit`` or more: at least so many."""

    sql: str
    values: tuple[object, ...]
    count: int


class Narrowing:
    """Finds sources for the conditions of one account, at one time."""

    def __init__(
        self, connection: sqlite3.Connection, account: int, *, now: int, limit: int, has_index: bool
    ) -> None:
        """Count with a connection; ``has_index``: this SQLite can read the search index."""
        self._sql = connection
        self._account = account
        self._now = now
        self._limit = limit
        self._has_index = has_index

    def source(self, node: Node) -> Source | None:
        """Return the smallest source of a condition; None when no index knows of it."""
        match node:
            case AllOf(parts):
                texts = [p.text for p in parts if isinstance(p, Contains) and p.where == "title"]
                others = [p for p in parts if not (isinstance(p, Contains) and p.where == "title")]
                found = [self._titles(texts)] if texts else []
                found += [self.source(part) for part in others[:_MOST_PARTS]]
                return min((s for s in found if s), key=lambda s: s.count, default=None)
            case AnyOf(parts):
                return self._either(parts)
            case Contains("title", text):
                return self._titles([text])
            case Contains("folder", text):
                return self._folders(text)
            case Between(outside=False) if node.measure in _INDEXES:
                return self._between(node)
            case InState(state):
                return self._state(state)
        return None

    def _counted(self, sql: str, *values: object) -> Source:
        row = self._sql.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM ({sql}) LIMIT ?)", (*values, self._limit)
        ).fetchone()
        return Source(sql, values, int(row[0]))

    def _either(self, parts: Sequence[Node]) -> Source | None:
        if len(parts) > _MOST_PARTS:
            return None
        sources = [self.source(part) for part in parts]
        known = [source for source in sources if source is not None]
        if len(known) < len(parts):
            return None
        return Source(
            " UNION ".join(f"SELECT id FROM ({source.sql})" for source in known),
            tuple(value for source in known for value in source.values),
            sum(source.count for source in known),
        )

    def _titles(self, texts: Sequence[str]) -> Source | None:
        waiting = self._counted("SELECT id FROM title_unindexed")
        if not title_index.exists(self._sql):
            return waiting
        if not self._has_index:
            return None
        match = title_index.match_for(self._sql, texts, self._limit)
        if match is None:
            return None
        found = self._counted(
            "SELECT rowid AS id FROM title_grams WHERE title_grams MATCH ?", match
        )
        return Source(f"{found.sql} UNION {waiting.sql}", found.values, found.count + waiting.count)

    def _folders(self, text: str) -> Source:
        folders = "SELECT id FROM folder WHERE account = ? AND instr(folded, ?) > 0"
        values = (self._account, text)
        row = self._sql.execute(
            f"SELECT COALESCE(sum(files), 0) FROM folder WHERE account = ? AND id IN ({folders})",
            (self._account, *values),
        ).fetchone()
        sql = (
            "SELECT id FROM file INDEXED BY file_by_folder WHERE account = ?"
            f" AND folder IN ({folders})"
        )
        return Source(sql, (self._account, *values), int(row[0]))

    def _between(self, node: Between) -> Source:
        index, column = _INDEXES[node.measure]
        if node.measure == "age":
            bounds = [("<= ?", node.low, self._now), ("> ?", node.high, self._now)]
            given = [(sign, now - age) for sign, age, now in bounds if age is not None]
        else:
            ends = [(">= ?", node.low), ("< ?", node.high)]
            given = [(sign, end) for sign, end in ends if end is not None]
        clauses = "".join(f" AND {column} {sign}" for sign, _ in given)
        sql = f"SELECT id FROM file INDEXED BY {index} WHERE account = ?{clauses}"
        return self._counted(sql, self._account, *(value for _, value in given))

    def _state(self, state: str) -> Source | None:
        if state == "ok":
            return None
        kind = STATES[state]
        if kind is None:
            index, clause = "file_by_state", "state = ? AND state <> 'ok'"
        else:
            index, clause = "file_by_shown_state", "COALESCE(pending, state) = ?"
        sql = f"SELECT id FROM file INDEXED BY {index} WHERE account = ? AND {clause}"
        return self._counted(sql, self._account, state if kind is None else str(kind))
