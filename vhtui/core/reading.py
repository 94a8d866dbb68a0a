"""Reading the SQLite file: what makes it unreadable is told in a sentence, not as a traceback."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from typing_extensions import override

from vhtui.errors import StoreError

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_FAULTS = _DAMAGE | {
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL,
}  # fmt: skip

_AT_ONCE = 1000


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file is damaged, or no database at all."""
    return _code(error) in _DAMAGE


def _code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


@contextmanager
def told(path: str) -> Iterator[None]:
    """Raise a StoreError for what a read meets of the disk or the file; other errors are ours."""
    try:
        yield
    except sqlite3.Error as error:
        if _code(error) not in _FAULTS:
            raise
        what = "is damaged" if is_damage(error) else "cannot be read"
        rest = (
            "move it away, then 'vhtui sync' fills a new one" if is_damage(error)
            else "check the disk"
        )  # fmt: skip
        raise StoreError(f"the library {path} {what} ({error}): {rest}") from error


class ReadCursor(sqlite3.Cursor):
    """A cursor whose errors are told."""

    _path = ""

    @override
    def execute(self, *args: Any) -> ReadCursor:
        with told(self._path):
            super().execute(*args)
        return self

    @override
    def fetchone(self) -> Any:
        with told(self._path):
            return super().fetchone()

    @override
    def fetchall(self) -> list[Any]:
        with told(self._path):
            return super().fetchall()

    @override
    def fetchmany(self, size: int | None = 1) -> list[Any]:
        with told(self._path):
            return super().fetchmany(size)

    @override
    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        with told(self._path):
            while rows := super().fetchmany(_AT_ONCE):
                yield from rows


class ReadConnection(sqlite3.Connection):
    """A connection that is only read from."""

    path = ""
    """The file's, for what is told."""

    @override
    def cursor(self, *args: Any, **options: Any) -> Any:
        cursor = super().cursor(ReadCursor)
        cursor._path = self.path
        return cursor

    @override
    def execute(self, *args: Any) -> Any:
        return self.cursor().execute(*args)
