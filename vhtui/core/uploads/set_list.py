"""Sets as they are shown: how far each is, which videos are in it, and which became complete."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

from vhtui.core.database import Database, Transaction
from vhtui.core.store import Store
from vhtui.models import UploadSet
from vhtui.text import natural_key

if TYPE_CHECKING:
    from vhtui.links import LinkItem

_CODES = (
    "SELECT account, code FROM set_video WHERE upload_set = ?1 UNION SELECT account, code"
    " FROM upload WHERE upload_set = ?1 AND state = 'playable' AND code IS NOT NULL"
)


def upload_sets(sql: sqlite3.Connection, *, limit: int = 100) -> list[UploadSet]:
    """Return the newest sets, those that became complete last first, then those under way."""
    found = sql.execute(
        "SELECT s.*, COUNT(u.id) AS total, COALESCE(SUM(u.state = 'playable'), 0) AS playable,"
        " COALESCE(SUM(u.state = 'cancelled'), 0) AS cancelled,"
        " COALESCE(SUM(u.state IN ('failed', 'needs you')), 0) AS failed,"
        " (SELECT COUNT(*) FROM set_video v WHERE v.upload_set = s.id) AS videos"
        " FROM upload_set s LEFT JOIN upload u ON u.upload_set = s.id GROUP BY s.id"
        " HAVING total > 0 OR finished IS NOT NULL"
        " ORDER BY s.finished IS NULL, s.finished DESC, s.id DESC LIMIT ?",
        (limit,),
    )
    return [_upload_set(row) for row in found]


def _upload_set(row: sqlite3.Row) -> UploadSet:
    is_complete = row["finished"] is not None
    return UploadSet(
        id=row["id"],
        name=row["name"],
        template=row["template"],
        links_file=os.fsdecode(row["links_file"]),
        total=row["videos"] if is_complete else row["total"] - row["cancelled"],
        playable=row["videos"] if is_complete else row["playable"],
        failed=0 if is_complete else row["failed"],
        fault=row["fault"],
        created=row["created"],
        finished=row["finished"],
        seen=bool(row["seen"]),
    )


def videos(store: Store, id: int) -> list[LinkItem]:
    """Return the videos of a set that play, in the natural order of their titles."""
    from vhtui.links import LinkItem

    items: list[LinkItem] = []
    for row in store.database.reader().execute(_CODES, (id,)).fetchall():
        name = store.account_name(row["account"])
        file = store.file_by_code(name, row["code"])
        if file is None:
            continue
        items.append(
            LinkItem(
                code=file.code,
                title=file.title,
                account=name,
                size=file.size,
                length=file.length,
                folder=store.folder_path(name, file.folder),
            )
        )
    items.sort(key=lambda item: (natural_key(item.title), item.title, item.account, item.code))
    return items


def mark_complete(tx: Transaction, id: int, fault: str) -> int:
    """Note that all of a set plays, with what its videos are; return how many they are."""
    tx.sql.execute(
        f"INSERT OR IGNORE INTO set_video (upload_set, account, code) SELECT ?1, * FROM ({_CODES})",
        (id,),
    )
    tx.sql.execute(
        "UPDATE upload_set SET finished = ?, fault = ? WHERE id = ?", (int(tx.now), fault, id)
    )
    tx.touch("uploads")
    return int(
        tx.sql.execute("SELECT COUNT(*) FROM set_video WHERE upload_set = ?", (id,)).fetchone()[0]
    )


def mark_seen(tx: Transaction) -> None:
    """Note that the person looked at the sets that are complete by now."""
    tx.sql.execute("UPDATE upload_set SET seen = 1 WHERE finished IS NOT NULL AND seen = 0")
    tx.touch("uploads")


def unseen(sql: sqlite3.Connection) -> int:
    """Return how many complete sets the person has not looked at."""
    row = sql.execute(
        "SELECT COUNT(*) FROM upload_set WHERE finished IS NOT NULL AND seen = 0"
    ).fetchone()
    return int(row[0])


class SetNews:
    """Tells of every set that becomes complete while this process looks, each once.

    It learns that from the library, so every window hears it, whichever process sent the files.
    """

    def __init__(self, database: Database) -> None:
        """Begin to look now."""
        self._database = database
        self._known = self._complete()

    def news(self) -> list[UploadSet]:
        """Return the sets that became complete since the last call."""
        complete = self._complete()
        fresh, self._known = complete - self._known, complete
        if not fresh:
            return []
        return [each for each in upload_sets(self._database.reader()) if each.id in fresh]

    def _complete(self) -> set[int]:
        rows = self._database.reader().execute(
            "SELECT id FROM upload_set WHERE finished IS NOT NULL"
        )
        return {row["id"] for row in rows}
