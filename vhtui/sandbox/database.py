"""The sandbox's database: its tables, and text that SQLite would refuse.

Titles, names, URLs and notes are kept exactly as they came, also lone surrogates, which are
legal in JSON but not in UTF-8. Such a value is bound with `raw()` into `CAST(? AS TEXT)`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

APPLICATION_ID = 0x76687362

TABLES = """
CREATE TABLE account (
    id INTEGER PRIMARY KEY, provider TEXT NOT NULL, name TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL, UNIQUE (provider, key)
);
CREATE TABLE folder (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, parent INTEGER NOT NULL,
    name TEXT NOT NULL
);
CREATE TABLE file (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, folder INTEGER NOT NULL,
    code TEXT NOT NULL, title TEXT NOT NULL, size INTEGER NOT NULL, length INTEGER NOT NULL,
    views INTEGER NOT NULL, revenue INTEGER NOT NULL, uploaded REAL NOT NULL,
    clonable INTEGER NOT NULL DEFAULT 1, sha256 TEXT
);
CREATE TABLE deleted (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, code TEXT NOT NULL, title TEXT NOT NULL,
    moment REAL NOT NULL
);
CREATE TABLE takedown (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, code TEXT NOT NULL, title TEXT NOT NULL,
    created REAL NOT NULL, due REAL NOT NULL, done INTEGER NOT NULL
);
CREATE TABLE remote (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, folder INTEGER NOT NULL,
    code TEXT NOT NULL, url TEXT NOT NULL, attempt INTEGER NOT NULL DEFAULT 0,
    status INTEGER NOT NULL DEFAULT 1, note TEXT, created REAL NOT NULL, ready REAL NOT NULL,
    started REAL, ended REAL
);
CREATE TABLE encoding (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, code TEXT NOT NULL,
    quality INTEGER NOT NULL, duration REAL NOT NULL, created REAL NOT NULL, started REAL,
    ended REAL
);
CREATE TABLE received (
    id INTEGER PRIMARY KEY, account INTEGER NOT NULL, time REAL NOT NULL, code TEXT NOT NULL,
    name TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL
);
CREATE TABLE history (
    seq INTEGER PRIMARY KEY, time REAL NOT NULL, provider TEXT NOT NULL, account TEXT NOT NULL,
    op TEXT NOT NULL, params TEXT NOT NULL, result TEXT NOT NULL
);
"""

# Built after the library is filled in: indexing a million rows at once is far cheaper.
INDEXES = """
CREATE UNIQUE INDEX IF NOT EXISTS file_code ON file (code);
CREATE INDEX IF NOT EXISTS file_account ON file (account);
CREATE INDEX IF NOT EXISTS file_folder ON file (account, folder);
CREATE INDEX IF NOT EXISTS folder_parent ON folder (account, parent);
CREATE INDEX IF NOT EXISTS deleted_account ON deleted (account);
CREATE INDEX IF NOT EXISTS takedown_due ON takedown (due) WHERE done = 0;
CREATE INDEX IF NOT EXISTS remote_active ON remote (status) WHERE status IN (1, 2);
CREATE INDEX IF NOT EXISTS remote_code ON remote (code);
CREATE INDEX IF NOT EXISTS encoding_code ON encoding (code);
"""


class ForeignDatabaseError(Exception):
    """The file exists and is not a sandbox's database."""


def raw(text: str) -> bytes:
    """Return text as it is bound into `CAST(? AS TEXT)`, surrogates and all."""
    return text.encode("utf-8", "surrogatepass")


def _text(value: bytes) -> str:
    return value.decode("utf-8", "surrogatepass")


def connect(path: Path) -> sqlite3.Connection:
    """Open or create a sandbox database; raise ForeignDatabaseError for any other file.

    Nothing here needs to survive a power cut, so the disk is never waited for. The connection
    may be made in one thread and used in another, never in two at once.
    """
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    db.text_factory = _text
    try:
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application != APPLICATION_ID and tables:
            raise ForeignDatabaseError(path)
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA journal_mode = MEMORY")
        if not tables:
            create(db)
    except sqlite3.DatabaseError as error:
        db.close()
        raise ForeignDatabaseError(path) from error
    except ForeignDatabaseError:
        db.close()
        raise
    return db


def create(db: sqlite3.Connection) -> None:
    """Make the empty tables, dropping what is there."""
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for name in names:
        if not name.startswith("sqlite_"):
            db.execute(f"DROP TABLE {name}")
    db.executescript(TABLES)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Commit what the block did, or nothing of it when it raises."""
    db.execute("BEGIN")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
