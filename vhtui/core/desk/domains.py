"""Today's domain for embed links, where an account is given one.

Source: VOE settings/domain, for webmaster and partner accounts; the host asks to keep the answer
five minutes. An account that is refused is not asked again for an hour.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec import Struct

from vhtui.core.database import Transaction
from vhtui.core.store import Store, storable
from vhtui.errors import ForbiddenError, RateLimitedError, RefusedError, UsageError
from vhtui.providers.base import Provider

if TYPE_CHECKING:
    from vhtui.links import LinkBase

CACHE_SECONDS = 300
REFUSED_SECONDS = 3600
KEPT_SECONDS = 3600
"""How long a domain is used when no new one can be had; then links fall back to the host's own."""


class EmbedDomain(Struct, frozen=True):
    """What the host last said: a ``domain``, or "" and the ``refusal`` in words; ``at`` epoch."""

    domain: str
    refusal: str
    at: int

    def is_due(self, now: float) -> bool:
        """Whether the host may be asked again."""
        return now - self.at >= (CACHE_SECONDS if self.domain else REFUSED_SECONDS)


def known(store: Store, account: str) -> EmbedDomain | None:
    """Return what the host last said of an account's domain, None when it was never asked."""
    row = (
        store.database.reader()
        .execute(
            "SELECT domain, refusal, at FROM embed_domain WHERE account = ?",
            (store.account_id(account),),
        )
        .fetchone()
    )
    return None if row is None else EmbedDomain(**dict(row))


async def refresh(provider: Provider, store: Store, name: str) -> None:
    """Ask the host, unless it has been asked too recently."""
    last = known(store, name)
    if last is not None and not last.is_due(time.time()):
        return
    domain = refusal = ""
    try:
        domain = await provider.embed_domain()
    except RateLimitedError:
        raise
    except RefusedError as error:
        said = error.said if isinstance(error, ForbiddenError) else ""
        refusal = said or str(error)
    number = store.account_id(name)

    def change(tx: Transaction) -> None:
        tx.sql.execute(
            "INSERT OR REPLACE INTO embed_domain (account, domain, refusal, at)"
            " VALUES (?, ?, ?, ?)",
            (number, domain, storable(refusal), int(tx.now)),
        )
        tx.touch("account", name)

    await store.database.write(change)


def link_base(store: Store, account: str, usual: LinkBase) -> LinkBase:
    """Return an account's links at its domain of today, at the usual one where it has none."""
    last = known(store, account)
    if last is None or not last.domain or time.time() - last.at > KEPT_SECONDS:
        return usual
    try:
        return usual.with_domain(last.domain)
    except UsageError:
        return usual
