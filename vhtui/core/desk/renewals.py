"""Planning renewals: which files are old enough, what it costs, and what becomes of the links."""

from __future__ import annotations

import time
from collections.abc import Sequence

from msgspec import Struct

from vhtui.core.commands import Estimate
from vhtui.core.desk import takedowns
from vhtui.core.store import ListingSpec, Store
from vhtui.models import FileRow
from vhtui.text import plural


class RenewalPlan(Struct, frozen=True, kw_only=True):
    """What a renewal will touch. ``ages``: days by row id, since upload or the last renewal.

    ``refused`` are files that are left alone, with the reason; ``ageless`` is how many the host
    never told an age of, and so no age can choose.
    """

    account: str
    files: tuple[FileRow, ...]
    ages: dict[int, int]
    refused: tuple[tuple[FileRow, str], ...]
    ageless: int
    estimate: Estimate

    @property
    def warning(self) -> str:
        """What the person has to know before."""
        count = plural(len(self.files), "file")
        return (
            f"{count} will get a new code: links to the old one die wherever they stand."
            " vhtui keeps both codes"
        )


class Renewal(Struct, frozen=True):
    """A renewal that happened: the code before and after, and when (epoch seconds)."""

    old: str
    new: str
    title: str
    at: int


def plan(
    store: Store,
    account: str,
    rate: float,
    *,
    files: Sequence[int] | None = None,
    older_than: float | None = None,
) -> RenewalPlan:
    """Choose among some files (row ids; None: the whole account) those older than some seconds."""
    now = time.time()
    ids = store.listing(ListingSpec(account, None)).ids if files is None else files
    rows = [row for row in store.files(ids) if row.state != "gone" and row.account == account]
    renewed = {renewal.new: renewal.at for renewal in history(store, account)}
    accounts = [row.name for row in store.accounts()]
    chosen: list[FileRow] = []
    refused: list[tuple[FileRow, str]] = []
    ages: dict[int, int] = {}
    ageless = 0
    for row in rows:
        since = renewed.get(row.code, row.uploaded)
        if since is not None:
            ages[row.id] = int((now - since) // 86_400)
        if older_than is not None and since is None:
            ageless += 1
        elif older_than is not None and since is not None and now - since < older_than:
            continue
        elif (why := takedowns.listed(store, accounts, row.code)) is not None:
            refused.append((row, why))
        else:
            chosen.append(row)
    chosen.sort(key=lambda row: -ages.get(row.id, 0))
    return RenewalPlan(
        account=account,
        files=tuple(chosen),
        ages=ages,
        refused=tuple(refused),
        ageless=ageless,
        estimate=Estimate(requests=len(chosen), seconds=len(chosen) / rate, undoable=False),
    )


def history(store: Store, account: str) -> list[Renewal]:
    """Return an account's renewals, newest first."""
    rows = store.database.reader().execute(
        "SELECT old, new, title, at FROM renewal WHERE account = ? ORDER BY at DESC, old",
        (store.account_id(account),),
    )
    return [Renewal(**dict(row)) for row in rows]
