"""Takedown notices: what goes when, and what it was worth. Information only.

vhtui never helps to get round a takedown: a code on the list is neither cloned nor renewed.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from vhtui.core.database import Transaction
from vhtui.core.desk import lookbook
from vhtui.core.desk.lookbook import keep_pages, last_look
from vhtui.core.requests import RequestKind
from vhtui.core.store import Store, storable
from vhtui.models import Page, Takedown
from vhtui.providers.base import Provider
from vhtui.sheets import csv_lines
from vhtui.text import clean_for_clipboard, date_words, iso_words

FRESH_SECONDS = 900
"""A list younger than this is good enough to decide by."""


class TakedownRow(Struct, frozen=True, kw_only=True):
    """A notice, with what the library knows (or remembers) of the file.

    ``pending``: the file is still there. ``folder`` is a path, None where the library never had
    the file. ``views`` and ``revenue`` are what is (or was) at stake. ``label`` is the person's.
    """

    account: str
    code: str
    title: str
    created: int | None
    expires: int | None
    pending: bool
    withdrawn: bool
    label: str = ""
    folder: str | None = None
    size: int | None = None
    length: int | None = None
    views: int | None = None
    revenue: str | None = None

    @property
    def state(self) -> str:
        """The notice in a word: pending, withdrawn or taken down."""
        if self.withdrawn:
            return "withdrawn"
        return "pending" if self.pending else "taken down"

    def seconds_left(self, now: float) -> int | None:
        """Return the seconds until the file goes; None when that is past or not said."""
        if not self.pending or self.expires is None:
            return None
        return max(0, int(self.expires - now))


# -- what the host says ---------------------------------------------------------------------------


async def refresh(provider: Provider, store: Store, name: str) -> None:
    """Bring an account's list up to date: the whole of it at first, then all that is pending and
    of the past what is new."""
    number = store.account_id(name)
    whole = last_look(store, name, RequestKind.TAKEDOWNS) is None
    before = _pending_codes(store, number)
    seen: set[str] = set()

    def keep(tx: Transaction, items: tuple[Takedown, ...]) -> int:
        seen.update(item.code for item in items)
        return _put(tx, number, items)

    async def pending(page: int) -> Page[Takedown]:
        return await provider.list_takedowns(page, pending=True)

    if not whole:
        await keep_pages(store, name, pending, keep, what="takedowns", whole=True)
    await keep_pages(store, name, provider.list_takedowns, keep, what="takedowns", whole=whole)

    def finish(tx: Transaction) -> None:
        for code in before - seen:
            tx.sql.execute(
                "UPDATE takedown SET withdrawn = 1 WHERE account = ? AND code = ?"
                " AND (expires IS NULL OR expires > ?)",
                (number, code, tx.now),
            )
        lookbook.note_look(tx, number, RequestKind.TAKEDOWNS)
        _show_in_files(tx, number)
        tx.touch("takedowns", name)
        tx.touch("files", name)

    await store.database.write(finish)


async def make_fresh(provider: Provider, store: Store, name: str) -> None:
    """Ask the host again where the list is too old to decide by."""
    if is_old(store, name):
        await refresh(provider, store, name)


def is_old(store: Store, name: str) -> bool:
    """Whether a list is too old to decide by."""
    looked = last_look(store, name, RequestKind.TAKEDOWNS)
    return looked is None or time.time() - looked > FRESH_SECONDS


def _pending_codes(store: Store, account: int) -> set[str]:
    rows = store.database.reader().execute(
        f"SELECT code FROM takedown t WHERE account = ? AND {_PENDING}", (account, time.time())
    )
    return {row["code"] for row in rows}


_PENDING = "(t.withdrawn = 0 AND (t.expires IS NULL OR t.expires > ?))"


def _put(tx: Transaction, account: int, items: Iterable[Takedown]) -> int:
    """Keep notices; return how many were not known like this."""
    fresh = 0
    for item in items:
        fresh += tx.sql.execute(
            "INSERT INTO takedown (account, code, title, created, expires) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (account, code) DO UPDATE SET created = excluded.created,"
            " expires = excluded.expires, withdrawn = 0,"
            " title = CASE WHEN excluded.title = '' THEN title ELSE excluded.title END"
            " WHERE (created, expires, withdrawn) IS NOT (excluded.created, excluded.expires, 0)",
            (account, item.code, storable(item.title), item.created, item.expires),
        ).rowcount
    return fresh


def _show_in_files(tx: Transaction, account: int) -> None:
    """Let the files say it: state ``takedown`` while a notice is pending."""
    pending = f"SELECT t.code FROM takedown t WHERE t.account = ? AND {_PENDING}"
    tx.sql.execute(
        "UPDATE file SET state = 'ok', percent = NULL WHERE account = ? AND state = 'takedown'"
        f" AND code NOT IN ({pending})",
        (account, account, tx.now),
    )
    tx.sql.execute(
        "UPDATE file SET state = 'takedown', percent = NULL WHERE account = ?"
        f" AND state <> 'takedown' AND code IN ({pending})",
        (account, account, tx.now),
    )


# -- what is shown --------------------------------------------------------------------------------


def rows(store: Store, account: str, *, pending_only: bool = False) -> list[TakedownRow]:
    """Return the notices of an account: pending first by time left, then the newest."""
    now = time.time()
    found = store.database.reader().execute(
        f"""
        SELECT t.code, COALESCE(NULLIF(t.title, ''), f.title, g.title, '') AS title, t.created,
            t.expires, {_PENDING} AS pending, t.withdrawn, t.label,
            COALESCE(d.path, g.folder_path) AS folder,
            COALESCE(f.size, g.size) AS size, COALESCE(f.length, g.length) AS length,
            COALESCE(f.views, g.views) AS views, COALESCE(f.revenue, g.revenue) AS revenue
        FROM takedown t
        LEFT JOIN file f ON f.account = t.account AND f.code = t.code
        LEFT JOIN folder d ON d.account = f.account AND d.id = f.folder
        LEFT JOIN gone_file g ON g.account = t.account AND g.code = t.code
        WHERE t.account = ? ORDER BY pending DESC,
            CASE WHEN {_PENDING} THEN COALESCE(t.expires, 9e18) ELSE -COALESCE(t.expires, 0) END,
            t.code
        """,
        (now, store.account_id(account), now),
    )
    notices = [_row(account, dict(row)) for row in found]
    return [row for row in notices if row.pending] if pending_only else notices


def _row(account: str, values: dict[str, Any]) -> TakedownRow:
    values |= {name: bool(values[name]) for name in ("pending", "withdrawn")}
    return TakedownRow(account=account, **values)


def set_label(tx: Transaction, account: int, name: str, codes: Sequence[str], label: str) -> None:
    """Put the person's own word on cases, "" to take it away."""
    for code in codes:
        tx.sql.execute(
            "UPDATE takedown SET label = ? WHERE account = ? AND code = ?",
            (storable(label), account, code),
        )
    tx.touch("takedowns", name)


def listed(store: Store, accounts: Iterable[str], code: str) -> str | None:
    """Return why a code must not be copied or renewed: a notice on any of the accounts' lists.

    A notice that was withdrawn does not count.
    """
    numbers = [store.account_id(account) for account in accounts]
    row = (
        store.database.reader()
        .execute(
            "SELECT created FROM takedown WHERE code = ? AND withdrawn = 0"
            f" AND account IN ({', '.join('?' * len(numbers))}) LIMIT 1",
            (code, *numbers),
        )
        .fetchone()
    )
    if row is None:
        return None
    since = f" since {date_words(row['created'])}" if row["created"] is not None else ""
    return f"it is on the takedown list{since}, and vhtui does not help to get round a takedown"


# -- the case, for a lawyer or a form -------------------------------------------------------------


def case_text(rows: Sequence[TakedownRow]) -> str:
    """Return cases as text, a block for each."""
    blocks = []
    for row in rows:
        lines = [f"{name}: {value}" for name, value in _fields(row) if value]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def case_csv(rows: Sequence[TakedownRow]) -> str:
    """Return cases as a table with a head line; no cell can act as a formula."""
    heads = [[name for name, _ in _fields(row)] for row in rows[:1]]
    return "\n".join(csv_lines(heads + [[value for _, value in _fields(row)] for row in rows]))


def _fields(row: TakedownRow) -> list[tuple[str, str]]:
    values = (
        ("account", row.account),
        ("code", row.code),
        ("title", row.title),
        ("state", row.state),
        ("label", row.label),
        ("created", iso_words(row.created)),
        ("expires", iso_words(row.expires)),
        ("folder", row.folder),
        ("size", row.size),
        ("views", row.views),
        ("revenue", row.revenue),
    )
    return [
        (name, "" if value is None else clean_for_clipboard(str(value), lines=False))
        for name, value in values
    ]
