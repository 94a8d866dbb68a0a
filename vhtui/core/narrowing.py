"""Which index narrows a filter down: from a million files to the few that can match at all.

A source is a select of ids among which are those of all files that a condition lets through; the
condition itself is still checked. It is counted no further than ``limit``, so choosing takes
milliseconds, whatever the filter; what only an index that is read to its end can tell is not
counted, and used where there is nothing better and time for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from msgspec import Struct

from vhtui.core import search, title_index
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
    Within,
    literals,
)

_MOST_PARTS = 16

_INDEXES: Mapping[str, tuple[str, str]] = {
    "size": ("file_by_size", "size"),
    "views": ("file_by_views", "views"),
    "length": ("file_by_length", "length"),
    "uploaded": ("file_by_uploaded", "uploaded"),
    "age": ("file_by_uploaded", "uploaded"),
}


class Source(Struct, frozen=True):
    """A select of ids, its values, and how many it has; ``limit`` or more: at least so many.

    ``limit - 1`` is also the count of what was not counted.
    """

    sql: str
    values: tuple[object, ...]
    count: int


def _in_title(node: Node) -> list[str]:
    """Return (folded) texts that are, with the blanks behind it, in every title that is meant."""
    match node:
        case Contains("title", text):
            return [text]
        case EndsWith(text):
            return [title_index.at_end(text)]
        case Matches(pattern):
            return literals(pattern)
    return []


class Narrowing:
    """Finds sources for the conditions of one account, at one time."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        account: int,
        *,
        now: int,
        limit: int,
        has_index: bool,
        sample: Sequence[str] = (),
        has_time: bool = False,
    ) -> None:
        """Count with a connection; ``has_index``: this SQLite can read the search index.

        ``sample`` are some (folded) titles. ``has_time``: for half a second per 1 000 000 files.
        """
        self._sql = connection
        self._account = account
        self._now = now
        self._limit = limit
        self._has_index = has_index
        self._sample = sample
        self._has_time = has_time

    def source(self, node: Node) -> Source | None:
        """Return the smallest source of a condition; None when no index knows of it."""
        match node:
            case AllOf(parts):
                texts = [text for part in parts for text in _in_title(part)]
                others = [part for part in parts if not _in_title(part)]
                found = [self._titles(texts)] if texts else []
                found += [self.source(part) for part in others[:_MOST_PARTS]]
                return min((s for s in found if s), key=lambda s: s.count, default=None)
            case AnyOf(parts):
                return self._either(parts)
            case Contains("title") | EndsWith() | Matches() if texts := _in_title(node):
                return self._titles(texts)
            case Contains("folder", text):
                return self._folders("instr(folded, ?) > 0", text)
            case Within(path) if path:
                return self._folders(search.WITHIN, *search.within(path))
            case Between(outside=False) if node.measure in _INDEXES:
                return self._between(node)
            case InState(state):
                return self._state(state)
            case Duplicate(by) if self._has_time:
                return Source(*search.maybe_duplicates(by, self._account), self._limit - 1)
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
        match = title_index.match_for(self._sql, texts, self._limit, self._sample)
        if match is None:
            return None
        found = self._counted(
            "SELECT rowid AS id FROM title_grams WHERE title_grams MATCH ?", match
        )
        if not waiting.count:
            return found
        return Source(f"{found.sql} UNION {waiting.sql}", found.values, found.count + waiting.count)

    def _folders(self, clause: str, *asked: object) -> Source:
        folders = f"SELECT id FROM folder WHERE account = ? AND {clause}"
        values = (self._account, *asked)
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
