"""A glance at the library without opening it properly: what the first frame shows.

It imports nothing but sqlite3, waits for nobody and changes nothing. Whatever is wrong (no file,
another version, damage) is an ``sqlite3.Error``: the frame is not drawn, and the store, which is
opened a moment later, explains it.
"""

from __future__ import annotations

import sqlite3

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

GlanceError = sqlite3.Error
Found = sqlite3.Row
"""A row of the library, its values by name."""

_FILE = (
    "SELECT id, title, folder, size, length, views, uploaded, code,"
    " COALESCE(pending, state) AS state, pending, percent FROM file"
)
_FOLDER = (
    "SELECT f.id, f.title, f.files, COALESCE(f.pending, 'folder') AS state, f.pending, f.listed,"
    " (SELECT COUNT(*) FROM folder c WHERE c.account = f.account AND c.parent = f.id) AS folders"
    " FROM folder f WHERE f.account = ? AND f.parent = ?"
)


class Glance:
    """An open library file."""

    def __init__(self, path: str) -> None:
        """Open an existing file."""
        self._sql = sqlite3.connect(f"file:{_quoted(path)}?mode=rw", uri=True, timeout=0.05)
        self._sql.row_factory = sqlite3.Row
        self._sql.execute("PRAGMA query_only = ON")

    def setting(self, name: str) -> str | None:
        """Return what the interface remembered under a name."""
        row = self._sql.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def account(self, name: str | None) -> tuple[int, str] | None:
        """Return the number and name of an account; None asks for the first."""
        row = self._sql.execute(
            "SELECT id, name FROM account WHERE name = ?1 OR ?1 IS NULL ORDER BY id LIMIT 1",
            (name,),
        ).fetchone()
        return tuple(row) if row else None

    def path(self, account: int, folder: str) -> str | None:
        """Return a folder's path; None: there is no such folder."""
        row = self._sql.execute(
            "SELECT path FROM folder WHERE account = ? AND id = ?", (account, folder)
        ).fetchone()
        return row[0] if row else None

    def folders(self, account: int, parent: str, most: int) -> list[sqlite3.Row]:
        """Return the first sub-folders of a folder."""
        return self._sql.execute(
            f"{_FOLDER} ORDER BY f.sort_title, f.id LIMIT ?", (account, parent, most)
        ).fetchall()

    def folders_by_id(
        self, account: int, parent: str, ids: Sequence[str]
    ) -> dict[str, sqlite3.Row]:
        """Return those of some sub-folders that are still there."""
        marks = ",".join("?" * len(ids))
        rows = self._sql.execute(f"{_FOLDER} AND f.id IN ({marks})", (account, parent, *ids))
        return {row["id"]: row for row in rows}

    def files(self, account: int, folder: str, most: int) -> list[sqlite3.Row]:
        """Return the first files of a folder by title."""
        return self._sql.execute(
            f"{_FILE} WHERE account = ? AND folder = ? ORDER BY sort_title, id LIMIT ?",
            (account, folder, most),
        ).fetchall()

    def files_by_id(self, folder: str, ids: Sequence[int]) -> dict[int, sqlite3.Row]:
        """Return those of some files that are still in a folder."""
        marks = ",".join("?" * len(ids))
        rows = self._sql.execute(f"{_FILE} WHERE folder = ? AND id IN ({marks})", (folder, *ids))
        return {row["id"]: row for row in rows}


def _quoted(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
