"""The limits that can be changed while files are sent: what was chosen last, else config.toml."""

from __future__ import annotations

import json

from msgspec import Struct

from vhtui.config import Settings, UploadSettings
from vhtui.core.database import Transaction
from vhtui.core.store import Store

_NAME = "uploads.limits"
_REMOTE = "uploads.remote_active"


class Limits(Struct, frozen=True, kw_only=True):
    """Uploads at once, bytes per second (None: no limit), minutes of the day (None: always)."""

    parallel: int
    rate: int | None
    hours: tuple[int, int] | None


def limits(store: Store, settings: UploadSettings) -> Limits:
    """Return the limits in force."""
    chosen = json.loads(store.setting(_NAME) or "{}")
    hours = chosen.get("hours", settings.hours)
    return Limits(
        parallel=chosen.get("parallel", settings.parallel),
        rate=chosen.get("rate", settings.limit),
        hours=None if hours is None else (hours[0], hours[1]),
    )


def choose(tx: Transaction, **values: object) -> None:
    """Set limits from now on (``parallel``, ``rate``, ``hours``), for every vhtui on this data."""
    row = tx.sql.execute("SELECT value FROM setting WHERE name = ?", (_NAME,)).fetchone()
    chosen = json.loads(row["value"]) if row else {}
    tx.sql.execute(
        "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)",
        (_NAME, json.dumps(chosen | values)),
    )
    tx.touch("uploads")


def remote_active(store: Store, settings: Settings, account: str) -> int:
    """Return how many remote uploads an account's host is given at once, 0 for all."""
    chosen = json.loads(store.setting(_REMOTE) or "{}")
    if account in chosen:
        return int(chosen[account])
    for each in settings.accounts:
        if each.name == account and each.remote_active is not None:
            return each.remote_active
    return settings.uploads.remote_active


def choose_remote_active(tx: Transaction, account: str, count: int) -> None:
    """Set how many remote uploads an account's host is given at once, for every vhtui."""
    row = tx.sql.execute("SELECT value FROM setting WHERE name = ?", (_REMOTE,)).fetchone()
    chosen = json.loads(row["value"]) if row else {}
    tx.sql.execute(
        "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)",
        (_REMOTE, json.dumps(chosen | {account: count})),
    )
    tx.touch("remote", account)


def reset(tx: Transaction) -> None:
    """Go back to what config.toml says."""
    tx.sql.execute("DELETE FROM setting WHERE name IN (?, ?)", (_NAME, _REMOTE))
    tx.touch("uploads")
    tx.touch("remote")
