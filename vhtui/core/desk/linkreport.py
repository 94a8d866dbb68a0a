"""What a link check found: how far it is, and every link where it stands."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from vhtui.core.store import Store
from vhtui.sheets import csv_lines


class Verdict(StrEnum):
    """What became of a link."""

    ALIVE = "alive"
    PENDING = "pending"  # alive, with a takedown to come
    TAKEN_DOWN = "taken down"
    GONE = "gone"  # was ours
    NOT_OURS = "not ours"  # the host has no such file of this account, and it never was ours
    UNKNOWN = "unknown"  # no account of that host, or the host did not say

    @property
    def is_dead(self) -> bool:
        """Whether a page with this link has to be mended."""
        return self in (Verdict.GONE, Verdict.TAKEN_DOWN)


class LinkCheck(Struct, frozen=True, kw_only=True):
    """A check and how far it is. ``state``: scanning, asking, done, failed.

    ``links`` counts distinct codes, ``counts`` how many there are of each verdict so far.
    ``broken`` are the files that could not be read, with the reason.
    """

    id: int
    title: str
    state: str
    error: str
    created: int
    finished: int | None
    links: int
    answered: int
    counts: Mapping[Verdict, int]
    broken: tuple[tuple[str, str], ...]

    @property
    def is_open(self) -> bool:
        """Whether there is more to come."""
        return self.state in ("scanning", "asking")

    @property
    def dead(self) -> int:
        """How many codes are dead."""
        return sum(count for verdict, count in self.counts.items() if verdict.is_dead)


class CheckedLink(Struct, frozen=True, kw_only=True):
    """A link where it stands. ``host`` is "" for a bare code; ``verdict`` None: not known yet."""

    code: str
    text: str
    host: str
    verdict: Verdict | None
    account: str | None
    source: str
    line: int


def checks(store: Store) -> list[LinkCheck]:
    """Return the checks that are kept, newest first."""
    rows = store.database.reader().execute("SELECT * FROM link_check ORDER BY id DESC").fetchall()
    return [_check(store, dict(row)) for row in rows]


def get(store: Store, id: int) -> LinkCheck | None:
    """Return one check."""
    row = store.database.reader().execute("SELECT * FROM link_check WHERE id = ?", (id,)).fetchone()
    return None if row is None else _check(store, dict(row))


def _check(store: Store, values: dict[str, Any]) -> LinkCheck:
    id = values["id"]
    found = counts(store, id)
    rows = store.database.reader().execute(
        "SELECT name, error FROM link_source WHERE link_check = ? AND error <> '' ORDER BY id",
        (id,),
    )
    answered = sum(count for verdict, count in found.items() if verdict)
    return LinkCheck(
        **values,
        links=sum(found.values()),
        answered=answered,
        counts={Verdict(verdict): count for verdict, count in found.items() if verdict},
        broken=tuple((row["name"], row["error"]) for row in rows),
    )


def counts(store: Store, check: int) -> dict[str, int]:
    """Return how many links of a check have each verdict; "" stands for those without one."""
    rows = store.database.reader().execute(
        "SELECT verdict, COUNT(*) AS n FROM link WHERE link_check = ? GROUP BY verdict", (check,)
    )
    return {row["verdict"]: row["n"] for row in rows}


def links(
    store: Store, check: int, verdicts: Iterable[Verdict] | None = None
) -> Iterator[CheckedLink]:
    """Give every link where it stands, in the order of files and lines; only some verdicts."""
    wanted = [verdict.value for verdict in verdicts] if verdicts is not None else None
    some = "" if wanted is None else f" AND l.verdict IN ({', '.join('?' * len(wanted))})"
    rows = store.database.reader().execute(
        "SELECT l.code, l.text, l.host, l.verdict, l.account, s.name AS source, p.line"
        " FROM link_source s JOIN link_place p ON p.source = s.id JOIN link l ON l.id = p.link"
        f" WHERE s.link_check = ?{some} ORDER BY s.id, p.line, l.id",
        (check, *(wanted or ())),
    )
    for row in rows:
        values = dict(row)
        verdict, account = values.pop("verdict"), values.pop("account")
        yield CheckedLink(
            **values,
            verdict=Verdict(verdict) if verdict else None,
            account=None if account is None else store.account_name(account),
        )


def report_csv(found: Iterable[CheckedLink]) -> Iterator[str]:
    """Give a report's lines, a head first: verdict, code, account, file, line and link."""
    heads = ("verdict", "code", "account", "file", "line", "link")
    rows = ((r.verdict, r.code, r.account, r.source, r.line, r.text) for r in found)
    return csv_lines(itertools.chain([heads], rows))
