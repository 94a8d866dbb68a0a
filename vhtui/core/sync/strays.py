"""Files whose whereabouts are open: missing from the listing of their folder, or new at the host
and in no folder that is known yet.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence

from vhtui.core.database import Transaction
from vhtui.models import ROOT


def codes_in(sql: sqlite3.Connection, account: int, folder: str) -> list[str]:
    """Return the codes that the library has in a folder, as the host last said."""
    rows = sql.execute(
        "SELECT code FROM file WHERE account = ?1 AND folder = ?2 AND host_folder = ?2",
        (account, folder),
    )
    rows.row_factory = None
    return [code for (code,) in rows]


def unknown_codes(sql: sqlite3.Connection, account: int, codes: Sequence[str]) -> list[str]:
    """Return those of up to 250 codes that the library does not have, nor saw deleted."""
    known = {
        row["code"]
        for row in sql.execute(
            f"SELECT code FROM file WHERE account = ?1 AND code IN ({_marks(codes)}) UNION"
            f" SELECT code FROM tombstone WHERE account = ?1 AND code IN ({_marks(codes)})",
            (account, *codes, *codes),
        )
    }
    return [code for code in codes if code not in known]


def set_missing(
    tx: Transaction, account: int, folder: str, codes: Collection[str], *, is_first: bool
) -> None:
    """Note files that a whole listing of their folder lacked; ``is_first`` forgets earlier ones."""
    if is_first:
        tx.sql.execute("DELETE FROM missing WHERE account = ? AND folder = ?", (account, folder))
    tx.sql.executemany(
        "INSERT OR REPLACE INTO missing (account, code, folder) VALUES (?, ?, ?)",
        [(account, code, folder) for code in codes],
    )


def missing(
    sql: sqlite3.Connection, account: int, most: int, folder: str | None = None
) -> list[str]:
    """Return missing files not asked about yet, of one folder or of all; those that another folder
    has since listed are none."""
    rows = sql.execute(
        "SELECT m.code FROM missing m JOIN file f ON f.account = m.account AND f.code = m.code"
        " AND f.host_folder = m.folder WHERE m.account = ?1 AND m.asked = 0"
        " AND (?2 IS NULL OR m.folder = ?2) LIMIT ?3",
        (account, folder, most),
    )
    return [row["code"] for row in rows]


def note_asked(tx: Transaction, account: int, codes: Iterable[str]) -> None:
    """Note that the host was asked about missing files; forget those that are gone."""
    for code in codes:
        tx.sql.execute(
            "UPDATE missing SET asked = ? WHERE account = ? AND code = ?", (tx.now, account, code)
        )
        tx.sql.execute(
            "DELETE FROM missing WHERE account = ?1 AND code = ?2 AND NOT EXISTS"
            " (SELECT 1 FROM file f WHERE f.account = ?1 AND f.code = ?2)",
            (account, code),
        )


def forget_moved(tx: Transaction, account: int) -> None:
    """Forget the missing files that other folders have listed since."""
    tx.sql.execute(
        "DELETE FROM missing WHERE account = ?1 AND NOT EXISTS (SELECT 1 FROM file f"
        " WHERE f.account = ?1 AND f.code = missing.code AND f.host_folder = missing.folder)",
        (account,),
    )


def set_unplaced(tx: Transaction, account: int, codes: Iterable[str]) -> None:
    """Note files that the host has and whose folder is not known."""
    tx.sql.executemany(
        "INSERT OR IGNORE INTO unplaced (account, code) VALUES (?, ?)",
        [(account, code) for code in codes],
    )


def unplaced(sql: sqlite3.Connection, account: int) -> list[str]:
    """Return the files that the host has and whose folder is still not known."""
    rows = sql.execute(
        "SELECT code FROM unplaced u WHERE account = ? AND NOT EXISTS (SELECT 1 FROM file f"
        " WHERE f.account = u.account AND f.code = u.code)",
        (account,),
    )
    return [row["code"] for row in rows]


def forget_unplaced(tx: Transaction, account: int, gone: Iterable[str]) -> None:
    """Forget the files that have been found, and those that are gone."""
    tx.sql.executemany(
        "DELETE FROM unplaced WHERE account = ? AND code = ?", [(account, code) for code in gone]
    )
    tx.sql.execute(
        "DELETE FROM unplaced WHERE account = ?1 AND EXISTS (SELECT 1 FROM file f"
        " WHERE f.account = ?1 AND f.code = unplaced.code)",
        (account,),
    )


def targets(sql: sqlite3.Connection, account: int, codes: Sequence[str]) -> list[str]:
    """Return the folders that remote uploads of these codes were queued for."""
    rows = sql.execute(
        "SELECT DISTINCT COALESCE(folder, ?) AS id FROM remote_upload WHERE account = ?"
        f" AND code IN ({_marks(codes)})",
        (ROOT, account, *codes),
    )
    return [row["id"] for row in rows]


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
