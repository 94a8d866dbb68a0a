"""What tells of a title beside the files: uploads and fetches under way, what was there, notices.

Files are also known as one title, whatever they are called, by the local file or the URL that they
came from.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

from vhtui.core.commands import TRASH_TITLE
from vhtui.core.holes.matching import Cell, Entry, Match, title_key
from vhtui.core.store import Store

_OPEN_UPLOAD = "('queued', 'sending', 'checking', 'placing', 'needs you')"


class Traces:
    """The traces at some accounts: by the name's key, and by the file that they belong to."""

    def __init__(self, store: Store, accounts: Mapping[int, int]) -> None:
        """Read them; ``accounts`` are the numbers, each with its place among the compared."""
        self.named: dict[str, list[Entry]] = {}
        self.twins: dict[int, list[tuple[Entry, Match]]] = {}
        self._sql = store.database.reader()
        self._at = accounts
        self.in_trash = [
            (row["account"], row["id"])
            for row in self._sql.execute(
                "SELECT account, id FROM folder WHERE parent = '0' AND title = ?", (TRASH_TITLE,)
            )
        ]
        self.taken_down = {
            row["id"]
            for row in self._rows(
                "SELECT f.id FROM takedown t JOIN file f ON f.code = t.code WHERE t.withdrawn = 0"
            )
        }
        self._read_uploads()
        self._read_fetches()
        self._read_clones()
        self._read_gone()
        self._read_notices()
        self._read_origins()

    def _rows(self, sql: str) -> Iterable[sqlite3.Row]:
        return self._sql.execute(sql)

    def _put(self, account: int, title: str, state: Cell, size: int = 0, length: int = 0) -> None:
        if account in self._at:
            entry = Entry(self._at[account], 0, size, length, state)
            self.named.setdefault(title_key(title), []).append(entry)

    def _read_uploads(self) -> None:
        for row in self._rows(
            "SELECT account, title, size FROM upload WHERE code IS NULL"
            f" AND state IN {_OPEN_UPLOAD}"
        ):
            self._put(row["account"], row["title"], Cell.PENDING, row["size"])

    def _read_fetches(self) -> None:
        """URLs under way, those in the journal too: by their last part, and by what else came of
        the same URL."""
        for row in self._rows(
            "SELECT account, after AS url FROM job WHERE kind = 'remote add' AND is_deciding"
            " UNION SELECT r.account, r.url FROM remote_upload r"
            " WHERE r.state IN ('waiting', 'running') AND NOT EXISTS (SELECT 1 FROM file f"
            " WHERE f.account = r.account AND f.code = r.code)"
        ):
            if row["account"] not in self._at:
                continue
            self._put(row["account"], name_of_url(row["url"]), Cell.PENDING)
            trace = Entry(self._at[row["account"]], 0, 0, 0, Cell.PENDING), Match.URL
            for file in self._sql.execute(
                "SELECT f.id FROM fetched_from o JOIN file f ON f.account = o.account"
                " AND f.code = o.code WHERE o.url = ?",
                (row["url"],),
            ):
                self.twins.setdefault(file["id"], []).append(trace)

    def _read_clones(self) -> None:
        for row in self._rows(
            "SELECT j.account, f.id FROM job j JOIN file f ON f.code = j.code"
            " WHERE j.kind = 'clone' AND j.is_deciding"
        ):
            if row["account"] in self._at:
                trace = Entry(self._at[row["account"]], 0, 0, 0, Cell.PENDING), Match.CLONE
                self.twins.setdefault(row["id"], []).append(trace)

    def _read_gone(self) -> None:
        for row in self._rows(
            "SELECT account, title, COALESCE(size, 0) AS size, COALESCE(length, 0) AS length"
            " FROM gone_file UNION ALL SELECT account, title, 0, 0 FROM deleted_file d"
            " WHERE NOT EXISTS (SELECT 1 FROM gone_file g"
            " WHERE g.account = d.account AND g.code = d.code)"
        ):
            self._put(row["account"], row["title"], Cell.GONE, row["size"], row["length"])

    def _read_notices(self) -> None:
        """Notices of any account, for what is no file any more: the new codes of renewed files,
        and the titles of files that are gone."""
        for row in self._rows(
            "SELECT COALESCE(NULLIF(t.title, ''), g.title, '') AS title,"
            " COALESCE(g.size, 0) AS size, COALESCE(g.length, 0) AS length, f.id"
            " FROM takedown t"
            " LEFT JOIN gone_file g ON g.account = t.account AND g.code = t.code"
            " LEFT JOIN renewal r ON r.account = t.account AND r.old = t.code"
            " LEFT JOIN file f ON f.account = r.account AND f.code = r.new"
            " WHERE t.withdrawn = 0 AND NOT EXISTS (SELECT 1 FROM file x WHERE x.code = t.code)"
        ):
            notice = Entry(0, 0, row["size"], row["length"], None, is_taken_down=True)
            if row["id"] is not None:
                self.twins.setdefault(row["id"], []).append((notice, Match.NONE))
            if row["title"]:
                self.named.setdefault(title_key(row["title"]), []).append(notice)

    def _read_origins(self) -> None:
        """Files of several accounts that came from one local file, or from one URL."""
        self._pair(
            Match.UPLOAD,
            "SELECT hex(digest) || ' ' || size AS origin, account, code FROM uploaded"
            " WHERE digest <> x''",
        )
        self._pair(Match.URL, "SELECT url AS origin, account, code FROM fetched_from")

    def _pair(self, match: Match, origins: str) -> None:
        rows = self._rows(
            f"WITH o AS ({origins}), several AS (SELECT origin FROM o GROUP BY origin"
            " HAVING COUNT(DISTINCT account) > 1)"
            " SELECT o.origin, f.account, f.id FROM o JOIN several USING (origin)"
            " JOIN file f ON f.account = o.account AND f.code = o.code AND f.state <> 'gone'"
        )
        groups: dict[object, list[Entry]] = {}
        for row in rows:
            if row["account"] in self._at:
                at = self._at[row["account"]]
                entry = Entry(
                    at, row["id"], 0, 0, Cell.THERE, is_taken_down=row["id"] in self.taken_down
                )
                groups.setdefault(row["origin"], []).append(entry)
        for entries in groups.values():
            for one in entries:
                others = [(each, match) for each in entries if each.account != one.account]
                self.twins.setdefault(one.id, []).extend(others)


def name_of_url(url: str) -> str:
    """Return what a host is likely to call what it fetches from a URL: the path's last part."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return url
    return unquote(path.rstrip("/").rpartition("/")[2], errors="replace") or url
