"""What the host deleted, joined with what the library remembers of it.

The host tells only code, title and time. Folder, size and figures are kept in ``gone_file`` when a
file leaves the library; where the video came from is in the ledger of uploads.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from typing import Any

from msgspec import Struct

from vhtui.core import library
from vhtui.core.database import Transaction
from vhtui.core.desk import lookbook
from vhtui.core.desk.lookbook import keep_pages, last_look
from vhtui.core.requests import RequestKind
from vhtui.core.store import Store, storable
from vhtui.core.sync import syncbook
from vhtui.core.sync.pages import MAX_PAGES
from vhtui.models import DeletedFile
from vhtui.providers.base import Provider


class DeletedRow(Struct, frozen=True, kw_only=True):
    """A file that is gone. What the library never knew is None.

    ``deleted`` is the host's time, else when vhtui noticed. ``by_host``: it is on the host's own
    list. ``source`` is the local file that it was uploaded from.
    """

    account: str
    code: str
    title: str
    deleted: int | None
    by_host: bool
    folder: str | None = None
    size: int | None = None
    length: int | None = None
    views: int | None = None
    uploaded: int | None = None
    revenue: str | None = None
    source: str | None = None


class Read(Struct):
    """What reading the list took and found: requests, and files that went from the library."""

    requests: int = 0
    gone: int = 0


async def refresh(provider: Provider, store: Store, name: str) -> None:
    """Bring the list of deleted files up to date: newest first, until all is known."""
    number = store.account_id(name)
    await keep_pages(
        store,
        name,
        provider.list_deleted,
        lambda tx, items: _put(tx, number, items),
        what="deleted files",
        whole=last_look(store, name, RequestKind.DELETED) is None,
    )

    def finish(tx: Transaction) -> None:
        lookbook.note_look(tx, number, RequestKind.DELETED)
        tx.touch("deleted", name)

    await store.database.write(finish)


async def catch_up(provider: Provider, store: Store, name: str, *, is_first: bool) -> Read:
    """Read what was deleted since the list was last read, the newest first, and drop those files.

    ``is_first``: only the first page, for later reads to end at.
    """
    number = store.account_id(name)
    read = Read()
    for page_number in range(1, MAX_PAGES):
        page = await provider.list_deleted(page_number)
        read.requests += 1
        before = syncbook.count_files(store.database.reader(), number)
        fresh = await store.database.write(partial(_put, account=number, items=page.items))
        read.gone += before - syncbook.count_files(store.database.reader(), number)
        times = [item.deleted or 0 for item in page.items]
        is_newest_first = times == sorted(times, reverse=True)
        reaches_back = fresh < len(page.items) if is_newest_first else not fresh
        if is_first or reaches_back or not page.has_more or not page.items:
            break
    return read


def _put(tx: Transaction, account: int, items: Iterable[DeletedFile]) -> int:
    """Keep entries of the host's list and return how many are news; those files go.

    A file that was uploaded after the deletion of its code is another one.
    """
    fresh = 0
    gone: list[str] = []
    for item in items:
        changed = tx.sql.execute(
            "INSERT INTO deleted_file (account, code, title, deleted) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (account, code) DO UPDATE SET deleted = excluded.deleted"
            " WHERE deleted IS NOT excluded.deleted",
            (account, item.code, storable(item.title), item.deleted),
        ).rowcount
        fresh += changed
        if (
            changed
            and tx.sql.execute(
                "SELECT 1 FROM file WHERE account = ? AND code = ? AND"
                " (uploaded IS NULL OR uploaded <= ?)",
                (account, item.code, tx.now if item.deleted is None else item.deleted),
            ).fetchone()
        ):
            gone.append(item.code)
    if gone:
        library.remove_files(tx, account, library.account_name(tx, account), gone)
    return fresh


def rows(store: Store, account: str) -> list[DeletedRow]:
    """Return what is gone of an account, the latest first: the host's list and our own memory."""
    number = store.account_id(account)
    found = store.database.reader().execute(
        """
        SELECT c.code, COALESCE(NULLIF(d.title, ''), g.title, '') AS title,
            COALESCE(d.deleted, g.gone) AS deleted, d.code IS NOT NULL AS by_host,
            g.folder_path AS folder, g.size, g.length, g.views, g.uploaded, g.revenue,
            u.path AS source
        FROM (SELECT code FROM deleted_file WHERE account = ?1
            UNION SELECT code FROM gone_file WHERE account = ?1) c
        LEFT JOIN deleted_file d ON d.account = ?1 AND d.code = c.code
        LEFT JOIN gone_file g ON g.account = ?1 AND g.code = c.code
        LEFT JOIN uploaded u ON u.account = ?1 AND u.code = c.code
        WHERE NOT EXISTS (SELECT 1 FROM file f WHERE f.account = ?1 AND f.code = c.code)
        ORDER BY deleted DESC, c.code
        """,
        (number,),
    )
    return [_row(account, dict(row)) for row in found]


def _row(account: str, values: dict[str, Any]) -> DeletedRow:
    source = values.pop("source")
    by_host = bool(values.pop("by_host"))
    path = os.fsdecode(source) if isinstance(source, bytes | str) else None
    return DeletedRow(account=account, by_host=by_host, source=path, **values)
