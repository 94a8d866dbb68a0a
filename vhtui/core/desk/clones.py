"""Planning clones: which links lead to something that may be copied, and why others do not."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from msgspec import Struct

from vhtui.core.commands import Estimate
from vhtui.core.desk import takedowns
from vhtui.core.store import Store
from vhtui.links import recognise
from vhtui.linkscan import ANY_HOST, scan_text

_FILES_A_PAGE = 100


class CloneItem(Struct, frozen=True):
    """A link or code to be cloned; ``title`` is known where an own account has the file."""

    text: str
    code: str
    title: str | None


class ClonePlan(Struct, frozen=True):
    """What can be cloned, and the links that cannot, each with the reason."""

    account: str
    items: tuple[CloneItem, ...]
    refused: tuple[tuple[str, str], ...]


def plan(store: Store, account: str, texts: Iterable[str]) -> ClonePlan:
    """Read links or codes; each code counts once."""
    provider = store.account(account).provider
    accounts = [row.name for row in store.accounts()]
    same_host = [row.name for row in store.accounts() if row.provider == provider]
    items: dict[str, CloneItem] = {}
    refused: list[tuple[str, str]] = []
    for text in texts:
        found = next(scan_text(text), None)
        code = found.code if found is not None else recognise(text)
        if code is None:
            refused.append((text, "this is no link or code"))
        elif found is not None and found.host not in (ANY_HOST, provider):
            refused.append((text, f"this is a link of {found.host}, not of {provider}"))
        elif (why := takedowns.listed(store, accounts, code)) is not None:
            refused.append((text, why))
        else:
            items.setdefault(code, CloneItem(text, code, _title(store, same_host, code)))
    return ClonePlan(account, tuple(items.values()), tuple(refused))


def _title(store: Store, accounts: Sequence[str], code: str) -> str | None:
    rows = (store.file_by_code(account, code) for account in accounts)
    return next((row.title for row in rows if row is not None), None)


def estimate(count: int, files_there: int, rate: float) -> Estimate:
    """Return what clones into a folder with so many files cost: it is listed before each."""
    pages = max(1, math.ceil((files_there + count / 2) / _FILES_A_PAGE))
    requests = count * (1 + pages)
    return Estimate(requests=requests, seconds=requests / rate, undoable=False)
