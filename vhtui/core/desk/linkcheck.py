"""Checking links: which of those in a page or a dump still lead to a video.

Whoever asks scans the text and writes the links down; the executor asks the hosts, as many codes a
call as they take. A code that the library has is asked for at its own account only, others at every
account whose host fits. Every answer is kept, so an interrupted check goes on where it was.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Awaitable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from vhtui.config import Tuning
from vhtui.core import requests
from vhtui.core.database import Transaction
from vhtui.core.desk import deletions, takedowns
from vhtui.core.desk.linkreport import Verdict, counts
from vhtui.core.desk.lookbook import last_look
from vhtui.core.lock import ScanLock
from vhtui.core.requests import RequestKind
from vhtui.core.store import Store, storable, write_log
from vhtui.errors import ForbiddenError
from vhtui.linkscan import ANY_HOST, FoundLink, files_below, scan
from vhtui.models import Capability
from vhtui.providers.base import Provider

_KEPT = 5
"""So many checks are kept, the latest."""
_LINKS_A_WRITE = 5000
_AT_ONCE = 6
"""Requests of one check on their way: keeps the host's rate busy over slow lines."""


class Source(Struct, frozen=True):
    """A text to look through: a name for the report, and a file, a stream or the text itself."""

    name: str
    path: Path | None = None
    text: str = ""
    stream: BinaryIO | None = None

    def open(self) -> BinaryIO:
        """Open it for reading; OSError when it cannot be."""
        if self.path is not None:
            if self.path.is_dir():  # named because it cannot be listed: this says why
                os.scandir(self.path).close()
            return self.path.open("rb")
        if self.stream is not None:
            return self.stream
        return BytesIO(self.text.encode("utf-8", "replace"))


def sources_in(paths: Iterable[Path]) -> Iterator[Source]:
    """Return the files that paths name, and those in folders below them."""
    for path in paths:
        for file in files_below(path):
            yield Source(str(file), file)


# -- writing the links down -----------------------------------------------------------------------


async def begin(store: Store, title: str) -> int:
    """Open a check and return its id; the oldest ones are forgotten."""

    def change(tx: Transaction) -> int:
        tx.sql.execute(
            "DELETE FROM link_check WHERE id <= (SELECT MAX(id) FROM link_check) + 1 - ?", (_KEPT,)
        )
        cursor = tx.sql.execute(
            "INSERT INTO link_check (title, state, created) VALUES (?, 'scanning', ?)",
            (storable(title), int(tx.now)),
        )
        tx.touch("check")
        return int(cursor.lastrowid or 0)

    return await store.database.write(change)


async def add_source(store: Store, check: int, source: Source, accounts: Mapping[str, str]) -> None:
    """Scan a text of any size, keep its links, and let ``accounts`` (name -> provider) answer.

    They begin while the scan goes on. A file that cannot be read is noted in the check.
    """
    numbers = {store.account_id(name): provider for name, provider in accounts.items()}

    def enter(tx: Transaction) -> int:
        cursor = tx.sql.execute(
            "INSERT INTO link_source (link_check, name) VALUES (?, ?)",
            (check, storable(source.name)),
        )
        return int(cursor.lastrowid or 0)

    number = await store.database.write(enter)
    try:
        with closing(await asyncio.to_thread(source.open)) as stream:
            found = scan(stream)
            while batch := await asyncio.to_thread(_some, found):
                await store.database.write(
                    partial(_put, check=check, source=number, links=batch, accounts=numbers)
                )
    except OSError as error:
        words = error.strerror or str(error)
        await store.database.write(
            lambda tx: (
                tx.sql.execute(
                    "UPDATE link_source SET error = ? WHERE id = ?", (words, number)
                ).rowcount
            )
        )


def _some(found: Iterator[FoundLink]) -> list[FoundLink]:
    return list(itertools.islice(found, _LINKS_A_WRITE))


def _put(
    tx: Transaction,
    check: int,
    source: int,
    links: Sequence[FoundLink],
    accounts: Mapping[int, str],
) -> None:
    """Keep links where they stand, and ask for those that are new."""
    (newest,) = tx.sql.execute("SELECT COALESCE(MAX(id), 0) FROM link").fetchone()
    tx.sql.executemany(
        "INSERT OR IGNORE INTO link (link_check, host, code, text) VALUES (?, ?, ?, ?)",
        [(check, link.host, link.code, storable(link.text)) for link in links],
    )
    tx.sql.executemany(
        "INSERT OR IGNORE INTO link_place (link, source, line)"
        " SELECT id, ?, ? FROM link WHERE link_check = ? AND host = ? AND code = ?",
        [(source, link.line, check, link.host, link.code) for link in links],
    )
    tx.sql.execute("UPDATE link_source SET links = links + ? WHERE id = ?", (len(links), source))
    among = ", ".join(str(number) for number in accounts)
    for number, provider in accounts.items():
        added = tx.sql.execute(
            "INSERT INTO link_answer (link, account) SELECT l.id, ?1 FROM link l"
            " WHERE l.id > ?2 AND l.host IN (?3, ?4) AND COALESCE((SELECT f.account FROM file f"
            f" WHERE f.account IN ({among}) AND f.code = l.code LIMIT 1), ?1) = ?1",
            (number, newest, provider, ANY_HOST),
        ).rowcount
        if added:
            requests.ask(tx, number, RequestKind.CHECK, str(check))
    tx.touch("check")


async def ask(store: Store, check: int) -> None:
    """The scan is done, or a check failed: ask for what has no answer; the end, if all have one."""
    await store.database.write(lambda tx: _ask_for_rest(tx, check))


def _ask_for_rest(tx: Transaction, check: int) -> None:
    left = tx.sql.execute(
        "SELECT DISTINCT a.account FROM link_answer a JOIN link l ON l.id = a.link"
        " WHERE l.link_check = ? AND a.answer IS NULL",
        (check,),
    ).fetchall()
    for row in left:
        requests.ask(tx, row["account"], RequestKind.CHECK, str(check))
    tx.sql.execute(
        "UPDATE link_check SET state = 'asking', error = '', finished = NULL WHERE id = ?", (check,)
    )
    _finish_if_answered(tx, check)
    tx.touch("check")


async def mend(store: Store) -> None:
    """End the scans whose process is gone: what they found is asked for, and it is said."""

    def change(tx: Transaction) -> None:
        left = tx.sql.execute("SELECT id FROM link_check WHERE state = 'scanning'").fetchall()
        for row in left:
            _interrupt(tx, row["id"], "vhtui ended while it was read: check it again")

    row = store.database.reader().execute("SELECT 1 FROM link_check WHERE state = 'scanning'")
    if row.fetchone() is None:
        return
    with ScanLock(store.database.path.parent).alone() as is_alone:
        if is_alone:
            await store.database.write(change)


async def interrupt(store: Store, check: int, why: str) -> None:
    """A scan cannot go on: what it found is asked for, and the report says why there is no more."""
    await store.database.write(lambda tx: _interrupt(tx, check, why))


def _interrupt(tx: Transaction, check: int, why: str) -> None:
    last = tx.sql.execute(
        "SELECT MAX(id) FROM link_source WHERE link_check = ?", (check,)
    ).fetchone()[0]
    if last is None:
        tx.sql.execute(
            "INSERT INTO link_source (link_check, name, error)"
            " SELECT id, title, ? FROM link_check WHERE id = ?",
            (storable(why), check),
        )
    tx.sql.execute("UPDATE link_source SET error = ? WHERE id = ?", (storable(why), last))
    _ask_for_rest(tx, check)


# -- asking the hosts -----------------------------------------------------------------------------


async def carry_out(
    provider: Provider, store: Store, tuning: Tuning, name: str, check: int
) -> None:
    """Ask one account's host about every link of a check that is still without its answer."""
    number = store.account_id(name)
    most = min(provider.max_info_codes, tuning.info_batch)
    last = 0

    def next_part() -> list[tuple[int, str]]:
        nonlocal last
        rows = store.database.reader().execute(
            "SELECT a.link, l.code FROM link_answer a JOIN link l ON l.id = a.link"
            " WHERE a.account = ? AND a.answer IS NULL AND a.link > ? AND l.link_check = ?"
            " ORDER BY a.link LIMIT ?",
            (number, last, check, most),
        )
        part = [(row["link"], row["code"]) for row in rows]
        if len(part) < most and _is_scanning(store, check):
            return []  # more of them are coming: they go along
        last = part[-1][0] if part else last
        return part

    async def work() -> None:
        while part := next_part():
            answers = await _answers(provider, [code for _, code in part])
            verdicts = [(link, answers.get(code, "unsaid")) for link, code in part]
            await store.database.write(partial(_note, account=number, answers=verdicts))

    try:
        async with asyncio.TaskGroup() as workers:
            for _ in range(_AT_ONCE):
                workers.create_task(work())
            if Capability.LIST_TAKEDOWNS in provider.capabilities:
                look = takedowns.make_fresh(provider, store, name)
                workers.create_task(_where_allowed(look, store, name, "takedowns"))
        await _make_deletions_fresh(provider, store, name, check)
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
    await store.database.write(lambda tx: _finish_if_answered(tx, check))


def _is_scanning(store: Store, check: int) -> bool:
    row = store.database.reader().execute("SELECT state FROM link_check WHERE id = ?", (check,))
    found = row.fetchone()
    return found is not None and bool(found["state"] == "scanning")


async def _answers(provider: Provider, codes: Sequence[str]) -> dict[str, str]:
    if Capability.FILE_INFO in provider.capabilities:
        infos = await provider.file_info(codes)
        return {info.code: "found" if info.found else "missing" for info in infos}
    missing = await provider.missing_files(codes)
    return {code: "missing" if code in missing else "found" for code in codes}


def _note(tx: Transaction, account: int, answers: Sequence[tuple[int, str]]) -> None:
    tx.sql.executemany(
        "UPDATE link_answer SET answer = ? WHERE link = ? AND account = ?",
        [(answer, link, account) for link, answer in answers],
    )
    _judge(tx, "id BETWEEN ? AND ?", answers[0][0], answers[-1][0])
    tx.touch("check")


async def _make_deletions_fresh(provider: Provider, store: Store, name: str, check: int) -> None:
    """Ask for what tells the host's own deletions from strangers' files, where it is too old."""
    if Capability.LIST_DELETED not in provider.capabilities:
        return
    looked = last_look(store, name, RequestKind.DELETED)
    stale = looked is None or time.time() - looked > takedowns.FRESH_SECONDS
    if stale and counts(store, check).get(Verdict.NOT_OURS):
        look = deletions.refresh(provider, store, name)
        await _where_allowed(look, store, name, "deleted files")


async def _where_allowed(look: Awaitable[None], store: Store, name: str, what: str) -> None:
    """Do without a list that the host keeps from the account, and say so in the log."""
    try:
        await look
    except ForbiddenError as error:
        text = f"links are checked without the list of {what}: {error}"
        await store.database.write(lambda tx: write_log(tx, name, "warning", text))


def _judge(tx: Transaction, which: str, *values: object) -> None:
    """Work out the verdicts of links from the answers there are: the best one counts."""
    tx.sql.execute(
        f"""
        UPDATE link SET (verdict, account) = (
            SELECT CASE a.answer
                WHEN 'found' THEN CASE
                    WHEN t.code IS NOT NULL AND t.withdrawn = 0 AND COALESCE(t.expires, 9e18) > ?
                    THEN '{Verdict.PENDING}' ELSE '{Verdict.ALIVE}' END
                WHEN 'missing' THEN CASE
                    WHEN t.code IS NOT NULL AND t.withdrawn = 0 THEN '{Verdict.TAKEN_DOWN}'
                    WHEN EXISTS (SELECT 1 FROM file
                            WHERE account = a.account AND code = link.code)
                        OR EXISTS (SELECT 1 FROM gone_file
                            WHERE account = a.account AND code = link.code)
                        OR EXISTS (SELECT 1 FROM deleted_file
                            WHERE account = a.account AND code = link.code)
                        OR EXISTS (SELECT 1 FROM renewal
                            WHERE account = a.account AND old = link.code)
                    THEN '{Verdict.GONE}' ELSE '{Verdict.NOT_OURS}' END
                ELSE '{Verdict.UNKNOWN}' END AS word,
                a.account
            FROM link_answer a
            LEFT JOIN takedown t ON t.account = a.account AND t.code = link.code
            WHERE a.link = link.id AND a.answer IS NOT NULL
            ORDER BY instr('{_BEST_FIRST}', word) LIMIT 1
        )
        WHERE {which} AND EXISTS
            (SELECT 1 FROM link_answer WHERE link = link.id AND answer IS NOT NULL)
        """,
        (tx.now, *values),
    )


_BEST_FIRST = ", ".join(Verdict)


def _finish_if_answered(tx: Transaction, check: int) -> None:
    """Close a check that has all its answers, judging again what the lists tell more of now."""
    left = tx.sql.execute(
        "SELECT 1 FROM link_check WHERE id = ?1 AND state = 'scanning' UNION ALL"
        " SELECT 1 FROM link_answer a JOIN link l ON l.id = a.link"
        " WHERE l.link_check = ?1 AND a.answer IS NULL LIMIT 1",
        (check,),
    ).fetchone()
    if left is not None:
        return
    _judge(
        tx,
        "link_check = ? AND (code IN (SELECT code FROM takedown) OR (verdict = ? AND ("
        " EXISTS (SELECT 1 FROM gone_file g WHERE g.account = link.account AND g.code = link.code)"
        " OR EXISTS (SELECT 1 FROM deleted_file d"
        " WHERE d.account = link.account AND d.code = link.code))))",
        check,
        Verdict.NOT_OURS,
    )
    tx.sql.execute(
        "UPDATE link SET verdict = ? WHERE link_check = ? AND verdict = ''",
        (Verdict.UNKNOWN, check),
    )
    tx.sql.execute(
        "UPDATE link_check SET state = 'done', error = '', finished = ? WHERE id = ?",
        (int(tx.now), check),
    )
    tx.touch("check")


def has_more(tx: Transaction, account: int, check: int) -> bool:
    """Whether an account is still to be asked, the scan being done: links came in the meantime."""
    row = tx.sql.execute(
        "SELECT 1 FROM link_answer a JOIN link l ON l.id = a.link JOIN link_check c"
        " ON c.id = l.link_check WHERE a.account = ? AND a.answer IS NULL AND l.link_check = ?"
        " AND c.state = 'asking' LIMIT 1",
        (account, check),
    ).fetchone()
    return row is not None


def fail(tx: Transaction, check: int, name: str, error: str) -> None:
    """Note that an account could not be asked; asking again goes on from there."""
    tx.sql.execute(
        "UPDATE link_check SET state = 'failed', error = ?, finished = ? WHERE id = ?"
        " AND state <> 'scanning'",
        (storable(f"{name}: {error}"), int(tx.now), check),
    )
    tx.touch("check")
