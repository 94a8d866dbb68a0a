"""The limits that can be changed while files are sent: what was chosen last, else config.toml."""

from __future__ import annotations

import json
from dataclasses import dataclass

from vhtui.config import UploadSettings
from vhtui.core.database import Transaction
from vhtui.core.store import Store

_NAME = "uploads.limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
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


def reset(tx: Transaction) -> None:
    """Go back to what config.toml says."""
    tx.sql.execute("DELETE FROM setting WHERE name = ?", (_NAME,))
    tx.touch("uploads")
