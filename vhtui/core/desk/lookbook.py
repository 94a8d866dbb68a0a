"""When the host was last asked for the slow lists of an account, and whole listings of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from vhtui.core.database import Transaction
from vhtui.core.requests import RequestKind
from vhtui.core.store import Store, write_log
from vhtui.core.sync.pages import MAX_PAGES
from vhtui.models import Page

Item = TypeVar("Item")


def last_look(store: Store, account: str, kind: RequestKind) -> int | None:
    """Return when the host last answered for a kind of list (epoch seconds), None for never."""
    row = (
        store.database.reader()
        .execute(
            "SELECT at FROM last_look WHERE account = ? AND kind = ?",
            (store.account_id(account), kind),
        )
        .fetchone()
    )
    return None if row is None else int(row["at"])


def note_look(tx: Transaction, account: int, kind: RequestKind) -> None:
    """Keep that the host has just answered."""
    tx.sql.execute(
        "INSERT OR REPLACE INTO last_look (account, kind, at) VALUES (?, ?, ?)",
        (account, kind, int(tx.now)),
    )


async def keep_pages(
    store: Store,
    account: str,
    pages: Callable[[int], Awaitable[Page[Item]]],
    keep: Callable[[Transaction, tuple[Item, ...]], int],
    *,
    what: str,
    whole: bool,
) -> None:
    """Read a listing, newest first, and keep each page as it comes.

    ``keep`` returns how many items of a page were new. Unless the ``whole`` is wanted, the
    reading stops at a page that brings nothing new: what follows is known already.
    """

    async def kept(items: tuple[Item, ...]) -> int:
        return await store.database.write(lambda tx: keep(tx, items))

    unreadable = barren = 0
    for number in range(1, MAX_PAGES):
        page = await pages(number)
        items = page.items
        fresh = await kept(items)
        unreadable += page.unreadable
        barren = 0 if fresh else barren + 1
        if not page.has_more or not items or barren > (1 if whole else 0):
            break
    if unreadable:
        await store.database.write(
            lambda tx: write_log(
                tx, account, "warning", f"{unreadable} {what} cannot be read and are not shown"
            )
        )
