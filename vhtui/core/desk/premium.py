"""Buying premium keys: it costs money, so every order is one request, never sent again.

The order is on the disk before it is sent, and the keys are before anybody sees them. An order
whose outcome is not known keeps the next one back until the person has decided.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from msgspec import Struct

from vhtui.atomic import sync_directory
from vhtui.core.database import Transaction
from vhtui.core.store import Store, storable, write_log
from vhtui.errors import InDoubtError, ProviderError, StateError, UsageError
from vhtui.models import PremiumKey
from vhtui.providers.base import Provider
from vhtui.text import iso_words, plural

MOST_KEYS = 100
PATIENCE_SECONDS = 600
"""An order that nobody carried out for so long lapses: a purchase must not come as a surprise."""

_ROOM = 128
"""Bytes kept free on the disk for each key before the order is sent."""


class PremiumOrder(Struct, frozen=True, kw_only=True):
    """An order of keys. ``state``: ordered, sent, done, failed (nothing was bought), doubtful
    (only the person can find out), settled (the person has decided; ``error`` says what).

    ``file`` is where the keys are, ``keys`` how many.
    """

    id: int
    account: str
    days: int
    amount: int
    state: str
    error: str
    file: str
    keys: int
    created: int
    updated: int

    @property
    def is_open(self) -> bool:
        """Whether it is still to be carried out."""
        return self.state in ("ordered", "sent")


# -- the person's side ----------------------------------------------------------------------------


def order(tx: Transaction, account: int, days: int, amount: int) -> int:
    """Write an order down; UsageError while an earlier one is open or in doubt."""
    if not 1 <= amount <= MOST_KEYS or not 1 <= days <= 10_000:
        raise UsageError(f"an order is of 1 to {MOST_KEYS} keys of at least one day")
    before = tx.sql.execute(
        "SELECT id, state FROM premium_order WHERE account = ?"
        " AND state IN ('ordered', 'sent', 'doubtful')",
        (account,),
    ).fetchone()
    if before is not None:
        why = (
            "has an unknown outcome: look at the host's reseller page and decide it first"
            if before["state"] == "doubtful"
            else "is still being carried out"
        )
        raise StateError(f"order {before['id']} of premium keys {why}")
    cursor = tx.sql.execute(
        "INSERT INTO premium_order (account, days, amount, state, created, updated)"
        " VALUES (?, ?, ?, 'ordered', ?, ?)",
        (account, days, amount, int(tx.now), int(tx.now)),
    )
    return int(cursor.lastrowid or 0)


def settle(tx: Transaction, account: int, name: str, id: int, *, bought: bool) -> None:
    """Decide an order in doubt; UsageError for another one."""
    changed = tx.sql.execute(
        "UPDATE premium_order SET state = 'settled', error = ?, updated = ?"
        " WHERE id = ? AND account = ? AND state = 'doubtful'",
        ("bought, as you found out" if bought else "not bought", int(tx.now), id, account),
    ).rowcount
    if not changed:
        raise StateError(f"order {id} does not wait for a decision")
    tx.touch("premium", name)


def orders(store: Store, account: str) -> list[PremiumOrder]:
    """Return an account's orders, newest first."""
    rows = store.database.reader().execute(
        "SELECT * FROM premium_order WHERE account = ? ORDER BY id DESC",
        (store.account_id(account),),
    )
    return [PremiumOrder(**{**dict(row), "account": account}) for row in rows]


def read_keys(file: Path) -> list[PremiumKey]:
    """Return the keys in an order's file; OSError when it cannot be read."""
    rows = (line.split() for line in file.read_text("utf-8").splitlines())
    return [PremiumKey(key=row[0], days=int(row[1])) for row in rows if row and row[0] != "#"]


# -- the executor's side --------------------------------------------------------------------------


async def carry_out(provider: Provider, store: Store, name: str, data: Path, id: int) -> None:
    """Send an order, once, and keep its keys; how it went is in the order."""
    found = next((order for order in orders(store, name) if order.id == id), None)
    if found is None or found.state != "ordered":
        return
    desk = _Desk(store, name, found)
    if await desk.has_lapsed():
        return
    file = data / "premium" / f"{name}-{id}.txt"
    try:
        _make_room(file, found)
    except OSError as error:
        await desk.note("failed", f"not sent: {file} cannot be written ({error.strerror})")
        return
    await desk.note("sent")
    try:
        keys = await provider.generate_premium_keys(found.days, found.amount)
    except InDoubtError as error:
        file.unlink(missing_ok=True)
        await desk.note("doubtful", str(error))
    except ProviderError as error:
        file.unlink(missing_ok=True)
        await desk.note("failed", f"nothing was bought: {error}")
    else:
        _write_keys(file, found, keys)
        short = "" if len(keys) == found.amount else f"the host gave {len(keys)} keys"
        await desk.note("done", short, file=str(file), keys=len(keys))


async def doubt_interrupted(store: Store, name: str, data: Path) -> None:
    """What an earlier executor left as sent is done if its keys are on the disk, else doubtful."""
    for left in orders(store, name):
        if left.state != "sent":
            continue
        file = data / "premium" / f"{name}-{left.id}.txt"
        keys: list[PremiumKey] = []
        with contextlib.suppress(OSError):
            keys = read_keys(file)
        if len(keys) == left.amount:
            await _Desk(store, name, left).note("done", file=str(file), keys=len(keys))
        else:
            why = "vhtui was interrupted while the order was on its way"
            await _Desk(store, name, left).note("doubtful", why)


class _Desk:
    """Writes down how one order goes."""

    def __init__(self, store: Store, name: str, order: PremiumOrder) -> None:
        self._store = store
        self._name = name
        self._order = order

    async def has_lapsed(self) -> bool:
        def change(tx: Transaction) -> bool:
            return tx.now - self._order.created > PATIENCE_SECONDS

        lapsed = await self._store.database.write(change)
        if lapsed:
            await self.note("failed", "not sent: the order was too old, so order again")
        return lapsed

    async def note(self, state: str, error: str = "", *, file: str = "", keys: int = 0) -> None:
        what = f"{plural(self._order.amount, 'premium key')} of {plural(self._order.days, 'day')}"
        level = {"doubtful": "error", "failed": "warning"}.get(state, "info")

        def change(tx: Transaction) -> None:
            tx.sql.execute(
                "UPDATE premium_order SET state = ?, error = ?, file = ?, keys = ?, updated = ?"
                " WHERE id = ?",
                (state, storable(error), file, keys, int(tx.now), self._order.id),
            )
            detail = f": {error}" if error else ""
            write_log(tx, self._name, level, f"order {self._order.id} of {what} {state}{detail}")
            tx.touch("premium", self._name)

        await self._store.database.write(change)


def _make_room(file: Path, order: PremiumOrder) -> None:
    """Make the file, for the owner alone and large enough, so that a full disk shows before."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(b"\n" * (_ROOM * (order.amount + 1)))
        opened.flush()
        os.fsync(opened.fileno())
    sync_directory(file.parent)


def _write_keys(file: Path, order: PremiumOrder, keys: list[PremiumKey]) -> None:
    lines = [f"# {order.account}, {iso_words(order.created)}: {plural(len(keys), 'premium key')}"]
    lines += [f"{key.key} {key.days}" for key in keys]
    with file.open("r+b") as opened:
        opened.write("".join(f"{line}\n" for line in lines).encode())
        opened.flush()
        os.fsync(opened.fileno())
        opened.truncate()
        os.fsync(opened.fileno())
