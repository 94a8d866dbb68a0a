"""What hosts said, written into the library: files, folders, queues, encodings, account state.

Every function takes an open Transaction. What the person asked for (an open job) wins over what a
listing says: a listing may be older than the wish.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence

from vhtui.core.database import Transaction
from vhtui.core.store import storable
from vhtui.models import ROOT, File, Folder


def account_name(tx: Transaction, account: int) -> str:
    """Return the name of an account's number."""
    row = tx.sql.execute("SELECT name FROM account WHERE id = ?", (account,)).fetchone()
    return str(row["name"]) if row is not None else "?"


def put_folders(
    tx: Transaction,
    account: int,
    name: str,
    parent: str,
    folders: Sequence[Folder],
    *,
    fetched: float,
    is_whole: bool,
) -> None:
    """Keep a folder's sub-folders, asked for at ``fetched``; ``is_whole``: others are lost.

    A lost folder may have been moved, so it stays until the host or a whole sync says otherwise. A
    listing that puts a folder inside itself is not followed.
    """
    above = _ancestors(tx, account, parent)
    changed: list[str] = []
    for folder in folders:
        title = storable(folder.title)
        old = tx.sql.execute(
            "SELECT parent, host_title, lost FROM folder WHERE account = ? AND id = ?",
            (account, folder.id),
        ).fetchone()
        if folder.id in above or (old is not None and tuple(old) == (parent, title, None)):
            continue
        cursor = tx.sql.execute(
            "INSERT INTO folder (account, id, parent, title, sort_title, path, folded, host_title)"
            " VALUES (?, ?, ?, ?, natural_key(?), '', '', ?)"
            " ON CONFLICT (account, id) DO UPDATE SET parent = excluded.parent, lost = NULL,"
            " host_title = excluded.host_title,"
            " title = CASE WHEN pending IS NULL THEN excluded.title ELSE title END,"
            " sort_title = CASE WHEN pending IS NULL THEN excluded.sort_title ELSE sort_title END"
            " WHERE touched < ?",
            (account, folder.id, parent, title, title, title, fetched),
        )
        if cursor.rowcount > 0:
            changed.append(folder.id)
    for id in changed:
        count_files(tx, account, id)
        repath(tx, account, id)
    if changed:
        tx.touch("folders", name)
    if is_whole:
        lose_folders(tx, account, parent, {folder.id for folder in folders}, fetched=fetched)


def lose_folders(
    tx: Transaction, account: int, parent: str, listed: Collection[str], *, fetched: float
) -> None:
    """Note which sub-folders a whole listing of their parent, asked for at ``fetched``, lacks."""
    rows = tx.sql.execute(
        "SELECT id FROM folder WHERE account = ? AND parent = ? AND id <> ? AND touched < ?"
        " AND lost IS NULL",
        (account, parent, ROOT, fetched),
    ).fetchall()
    for row in rows:
        if row["id"] not in listed and not row["id"].startswith("new:"):
            tx.sql.execute(
                "UPDATE folder SET lost = ? WHERE account = ? AND id = ?",
                (fetched, account, row["id"]),
            )


def _ancestors(tx: Transaction, account: int, id: str) -> set[str]:
    """Return a folder and all those above it."""
    rows = tx.sql.execute(
        "WITH RECURSIVE above(id) AS (VALUES (?2) UNION SELECT f.parent FROM above JOIN folder f"
        " ON f.account = ?1 AND f.id = above.id WHERE f.id <> ?3) SELECT id FROM above",
        (account, id, ROOT),
    )
    return {row["id"] for row in rows} | {ROOT}


def count_files(tx: Transaction, account: int, id: str) -> None:
    """Count the files of a folder that has just become known (triggers keep the count then)."""
    tx.sql.execute(
        "UPDATE folder SET (files, bytes) = (SELECT COUNT(*), COALESCE(SUM(size), 0) FROM file"
        " WHERE account = ?1 AND folder = ?2) WHERE account = ?1 AND id = ?2",
        (account, id),
    )


def repath(tx: Transaction, account: int, id: str) -> None:
    """Write a folder's path and those of everything below it. ``/`` in a title becomes ``／``."""
    tx.sql.execute(
        """
        WITH RECURSIVE below(id, path, depth) AS (
            SELECT f.id, CASE WHEN COALESCE(p.path, '/') = '/' THEN '' ELSE p.path END
                || '/' || replace(f.title, '/', '／'), 1
            FROM folder f LEFT JOIN folder p ON p.account = f.account AND p.id = f.parent
            WHERE f.account = ?1 AND f.id = ?2
            UNION
            SELECT c.id, b.path || '/' || replace(c.title, '/', '／'), b.depth + 1
            FROM below b JOIN folder c ON c.account = ?1 AND c.parent = b.id AND c.id <> '0'
            WHERE b.depth < 64
        )
        UPDATE folder SET path = below.path, folded = fold(below.path)
        FROM below WHERE folder.account = ?1 AND folder.id = below.id
        """,
        (account, id),
    )


_PUT_FILE = """
INSERT INTO file (account, code, folder, title, sort_title, folded, size, length, views, uploaded,
    revenue, host_title, host_folder)
SELECT :account, :code, :folder, :title, natural_key(:title), fold(:title), :size, :length, :views,
    :uploaded, :revenue, :title, :folder
WHERE NOT EXISTS (SELECT 1 FROM tombstone
    WHERE account = :account AND code = :code AND deleted >= :fetched)
ON CONFLICT (account, code) DO UPDATE SET
    title = CASE WHEN pending IS NOT NULL OR touched >= :fetched THEN title
        ELSE excluded.title END,
    sort_title = CASE WHEN pending IS NOT NULL OR touched >= :fetched THEN sort_title
        ELSE excluded.sort_title END,
    folded = CASE WHEN pending IS NOT NULL OR touched >= :fetched THEN folded
        ELSE excluded.folded END,
    folder = CASE WHEN pending IS NOT NULL OR touched >= :fetched THEN folder
        ELSE excluded.folder END,
    host_title = CASE WHEN touched >= :fetched THEN host_title ELSE excluded.host_title END,
    host_folder = CASE WHEN touched >= :fetched THEN host_folder ELSE excluded.host_folder END,
    size = COALESCE(excluded.size, size),
    length = COALESCE(excluded.length, length),
    views = COALESCE(excluded.views, views),
    uploaded = COALESCE(excluded.uploaded, uploaded),
    revenue = COALESCE(excluded.revenue, revenue),
    state = CASE WHEN state = 'gone' THEN 'ok' ELSE state END
WHERE (host_title, host_folder, size, length, views, uploaded, revenue, state)
    IS NOT (excluded.host_title, excluded.host_folder, COALESCE(excluded.size, size),
        COALESCE(excluded.length, length), COALESCE(excluded.views, views),
        COALESCE(excluded.uploaded, uploaded), COALESCE(excluded.revenue, revenue),
        CASE WHEN state = 'gone' THEN 'ok' ELSE state END)
"""


_PUT_COUNTS = """
UPDATE file SET views = COALESCE(:views, views), revenue = COALESCE(:revenue, revenue)
WHERE account = :account AND code = :code
    AND (views, revenue) IS NOT (COALESCE(:views, views), COALESCE(:revenue, revenue))
    AND NOT EXISTS (SELECT 1 FROM tombstone
        WHERE account = :account AND code = :code AND deleted >= :fetched)
"""
"""What changes most, by itself: an UPDATE writes the index of every column that it names."""


def put_files(
    tx: Transaction,
    account: int,
    name: str,
    folder: str,
    files: Iterable[File],
    *,
    fetched: float,
) -> None:
    """Keep some of a folder's files, asked for at ``fetched``."""
    changed = False
    for file in files:
        values = {
            "account": account,
            "code": file.code,
            "folder": file.folder or folder,
            "title": storable(file.title),
            "size": file.size,
            "length": file.length,
            "views": file.views,
            "uploaded": file.uploaded,
            "revenue": file.revenue,
            "fetched": fetched,
        }
        for statement in (_PUT_COUNTS, _PUT_FILE):
            changed = tx.sql.execute(statement, values).rowcount > 0 or changed
    if changed:
        tx.touch("files", name)


def remove_files(tx: Transaction, account: int, name: str, codes: Iterable[str]) -> int:
    """Drop files the host confirmed gone; a listing fetched earlier cannot bring them back."""
    removed = 0
    for code in codes:
        removed += tx.sql.execute(
            "DELETE FROM file WHERE account = ? AND code = ?", (account, code)
        ).rowcount
        tx.sql.execute(
            "INSERT OR REPLACE INTO tombstone (account, code, deleted) VALUES (?, ?, ?)",
            (account, code, tx.now),
        )
    if removed:
        tx.touch("files", name)
    return removed


_SHOWN = """
CREATE TEMP TABLE IF NOT EXISTS shown (id INTEGER, title TEXT, folder TEXT, pending TEXT,
    old_title TEXT, old_folder TEXT, old_pending TEXT)
"""
_DECIDE = """
INSERT INTO shown SELECT id,
    COALESCE((SELECT after FROM job WHERE file = f.id AND kind = 'rename' AND is_deciding
        ORDER BY id DESC LIMIT 1), host_title),
    COALESCE((SELECT after FROM job WHERE file = f.id AND kind IN ('move', 'trash')
        AND is_deciding ORDER BY id DESC LIMIT 1), host_folder),
    (SELECT CASE state WHEN 'needs you' THEN 'needs you' ELSE kind END FROM job
        WHERE file = f.id AND is_deciding ORDER BY id DESC LIMIT 1),
    title, folder, pending
FROM file f WHERE id IN
"""
_SHOW = (
    "UPDATE file SET title = s.title, sort_title = natural_key(s.title), folded = fold(s.title),"
    " pending = s.pending FROM shown s WHERE file.id = s.id AND s.title <> s.old_title",
    "UPDATE file SET folder = s.folder, pending = s.pending FROM shown s"
    " WHERE file.id = s.id AND s.folder <> s.old_folder",
    "UPDATE file SET pending = s.pending FROM shown s WHERE file.id = s.id"
    " AND s.title = s.old_title AND s.folder = s.old_folder AND s.pending IS NOT s.old_pending",
)
"""By what differs: an UPDATE writes the index of every column that it names."""


def show_wishes(tx: Transaction, jobs: str, *values: object) -> None:
    """Recompute what is shown of the files of those jobs that a condition names: the newest open
    job's wish, else what the host said."""
    tx.sql.execute(_SHOWN)
    tx.sql.execute(f"{_DECIDE} (SELECT file FROM job WHERE {jobs})", values)
    for statement in _SHOW:
        tx.sql.execute(statement)
    tx.sql.execute("DELETE FROM shown")


def note_not_happened(tx: Transaction, jobs: str) -> None:
    """Keep what a look found: the files of those jobs that a condition names are as before them."""
    for column, kinds in (("host_title", "'rename'"), ("host_folder", "'move', 'trash'")):
        tx.sql.execute(
            f"UPDATE file SET {column} = j.before FROM (SELECT file, before FROM job WHERE {jobs}"
            f" AND kind IN ({kinds}) AND before IS NOT NULL) j"
            f" WHERE file.id = j.file AND {column} <> j.before"
        )


def show_folder_wish(tx: Transaction, account: int, id: str) -> None:
    """Recompute what is shown of a folder, and the paths below it."""
    tx.sql.execute(
        """
        UPDATE folder SET
            (title, sort_title) = (
                SELECT t, natural_key(t) FROM (SELECT COALESCE(
                    (SELECT after FROM job WHERE account = ?1 AND folder = ?2
                        AND kind = 'rename folder' AND is_deciding ORDER BY id DESC LIMIT 1),
                    host_title) AS t)),
            pending = (SELECT kind FROM job WHERE account = ?1 AND folder = ?2
                AND kind = 'rename folder' AND is_deciding ORDER BY id DESC LIMIT 1)
        WHERE account = ?1 AND id = ?2
        """,
        (account, id),
    )
    repath(tx, account, id)
    tx.touch("folders", account_name(tx, account))


def drop_folder(tx: Transaction, account: int, id: str) -> None:
    """Drop a folder that was never made, or that the host no longer knows."""
    tx.sql.execute("DELETE FROM folder WHERE account = ? AND id = ?", (account, id))
    tx.touch("folders", account_name(tx, account))


def ledger_codes(sql: sqlite3.Connection, account: int) -> list[str]:
    """Return every code of an account that has only vhtui's own ledger."""
    rows = sql.execute("SELECT code FROM file WHERE account = ? ORDER BY id", (account,))
    return [row["code"] for row in rows]


def mark_missing(
    tx: Transaction, account: int, name: str, codes: Iterable[str], missing: Iterable[str]
) -> None:
    """Say of each code of a ledger whether the host still knows it; the entry itself stays."""
    gone = set(missing)
    for code in codes:
        if code in gone:
            sql = "UPDATE file SET state = 'gone' WHERE account = ? AND code = ?"
        else:
            sql = "UPDATE file SET state = 'ok' WHERE account = ? AND code = ? AND state = 'gone'"
        tx.sql.execute(sql, (account, code))
    tx.touch("files", name)


def put_ledger_folder(tx: Transaction, account: int, name: str, title: str) -> None:
    """Keep a folder of a ledger: its id is its name, as the host knows folders by name only."""
    tx.sql.execute(
        "INSERT OR IGNORE INTO folder"
        " (account, id, parent, title, sort_title, path, folded, host_title)"
        " VALUES (?1, ?2, '0', ?2, natural_key(?2), '', '', ?2)",
        (account, title),
    )
    repath(tx, account, title)
    tx.touch("folders", name)


def plan_folder(tx: Transaction, account: int, id: str, parent: str, title: str) -> None:
    """Show a folder that is about to be made, under its provisional id."""
    tx.sql.execute(
        "INSERT OR IGNORE INTO folder (account, id, parent, title, sort_title, path, folded,"
        " host_title, pending)"
        " VALUES (?1, ?2, ?3, ?4, natural_key(?4), '', '', ?4, 'create folder')",
        (account, id, parent, title),
    )
    repath(tx, account, id)
    tx.touch("folders", account_name(tx, account))


def adopt_folder(tx: Transaction, account: int, placeholder: str, id: str, title: str) -> None:
    """Give a folder that was being made the id that the host gave it, everywhere."""
    tx.sql.execute(
        "UPDATE OR REPLACE folder SET id = ?, title = ?, host_title = ?, pending = NULL,"
        " touched = ? WHERE account = ? AND id = ?",
        (id, title, title, tx.now, account, placeholder),
    )
    for table, column in (("file", "folder"), ("file", "host_folder"), ("folder", "parent")):
        tx.sql.execute(
            f"UPDATE {table} SET {column} = ? WHERE account = ? AND {column} = ?",
            (id, account, placeholder),
        )
    count_files(tx, account, id)
    repath(tx, account, id)
    name = account_name(tx, account)
    tx.touch("folders", name)
    tx.touch("files", name)
