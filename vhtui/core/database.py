"""The SQLite file: opened, migrated, written by one thread, read by any.

Every write is one transaction on the writer's thread (``Database.write``), so the interface never
waits for the disk, and every write says what it touched, so that views know what to look up again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from vhtui.core import search, title_index
from vhtui.core.reading import ReadConnection, is_damage, told
from vhtui.core.tables import MIGRATIONS
from vhtui.errors import StoreError
from vhtui.models import Changes
from vhtui.text import fold, natural_key

Result = TypeVar("Result")

BUSY_SECONDS = 20.0
"""How long a write waits for another process's transaction."""

_MANY_FILES = 50_000
"""From so many files on a migration is told (10 s for 1 000 000)."""


class Transaction:
    """An open write transaction: its connection, the time, and the topics it touched."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Wrap a connection on which BEGIN has been executed."""
        self.sql = connection
        self.now = time.time()
        self.topics: set[tuple[str, ...]] = set()

    def touch(self, *topic: str) -> None:
        """Say what has to be looked up again after the commit (see ``models.Changes``)."""
        self.topics.add(topic)


class Database:
    """One SQLite file in WAL mode."""

    def __init__(
        self,
        path: Path,
        *,
        has_fts: bool = True,
        tell: Callable[[str], object] = lambda sentence: None,
    ) -> None:
        """Open the file, creating or migrating it; StoreError says why it cannot be used.

        ``tell`` hears why that takes a while. Without ``has_fts`` SQLite's FTS5 is not used.
        """
        self.path = path
        self._tell = tell
        self.read_only = False
        self.on_change: Callable[[Changes], None] = lambda changes: None
        self._readers = threading.local()
        self._all_readers: list[sqlite3.Connection] = []
        self._writer = self._open()
        self.has_title_index = has_fts and title_index.can_index(self._writer)
        """Whether this SQLite can keep and read the search index."""
        self.file_changes = 0
        """Grows whenever what a listing shows may have changed."""
        self._foreign = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="vhtui-store")

    def _open(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                return self._prepare()
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                self._set_aside()
                return self._prepare()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"the library {self.path} cannot be used ({error}): check the disk's free space"
                " and that you may write there"
            ) from error

    def _prepare(self) -> sqlite3.Connection:
        if not self.path.exists():
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = self._connect()
        try:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version > len(MIGRATIONS):
                self.read_only = True
                connection.execute("PRAGMA query_only = ON")
                return connection
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            _migrate(connection, self._tell)
        except BaseException:
            connection.close()
            raise
        return connection

    def _connect(self, kind: type[sqlite3.Connection] = sqlite3.Connection) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            factory=kind,
        )
        if isinstance(connection, ReadConnection):
            connection.path = str(self.path)
        connection.row_factory = sqlite3.Row
        connection.create_function("natural_key", 1, natural_key, deterministic=True)
        connection.create_function("fold", 1, fold, deterministic=True)
        search.register(connection)
        title_index.register(connection)
        return connection

    def _set_aside(self) -> None:
        stamp = time.strftime("%Y%m%d-%H%M%S")
        for suffix in ("", "-wal", "-shm"):
            part = Path(f"{self.path}{suffix}")
            if part.exists():
                part.rename(f"{self.path}.damaged-{stamp}{suffix}")
        self.set_aside = Path(f"{self.path}.damaged-{stamp}")

    set_aside: Path | None = None
    """Where a damaged database was moved to when this one was opened; None: it was sound."""

    def reader(self) -> sqlite3.Connection:
        """Return this thread's read connection; a StoreError says why it cannot read."""
        connection: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if connection is None:
            connection = self._connect(ReadConnection)
            connection.execute("PRAGMA query_only = ON")
            self._readers.connection = connection
            self._all_readers.append(connection)
        return connection

    async def write(self, change: Callable[[Transaction], Result]) -> Result:
        """Run a change in a transaction of its own, on the writer's thread.

        It is on the disk (``synchronous=FULL``) when this returns, and then announced.
        """
        result, changes = await asyncio.get_running_loop().run_in_executor(
            self._thread, self._write, change
        )
        if changes:
            self.on_change(changes)
        return result

    def _write(self, change: Callable[[Transaction], Result]) -> tuple[Result, Changes]:
        if self.read_only:
            raise StoreError(
                f"the library {self.path} was written by a newer vhtui: it is opened read-only;"
                " update vhtui"
            )
        connection = self._writer
        try:
            connection.execute("BEGIN IMMEDIATE")
            transaction = Transaction(connection)
            try:
                result = change(transaction)
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StoreError(f"the library {self.path} cannot be written: {error}") from error
        changes = Changes(frozenset(transaction.topics))
        self.file_changes += changes.touches("files") or changes.touches("folders")
        return result, changes

    async def foreign_version(self) -> int:
        """Return a number that changes when another process has written."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._version)

    def _version(self) -> int:
        with told(str(self.path)):
            version = int(self._writer.execute("PRAGMA data_version").fetchone()[0])
        self.file_changes += version != self._foreign
        self._foreign = version
        return version

    def close(self) -> None:
        """Finish the running write and close every connection."""
        self._thread.shutdown(wait=True)
        for connection in (*self._all_readers, self._writer):
            connection.close()


def _migrate(connection: sqlite3.Connection, tell: Callable[[str], object]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if 0 < version < len(MIGRATIONS):
            files = connection.execute("SELECT max(id) FROM file").fetchone()[0] or 0
            if files > _MANY_FILES:
                tell("the library is being prepared for this version; this happens once")
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            for statement in _statements(script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> list[str]:
    statements: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if line.rstrip().endswith(";") and sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
