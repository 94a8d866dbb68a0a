"""The jobs that make a new code of a file: clone and renew.

Neither is ever sent again by itself. A lost clone is looked for in its folder; a lost renewal can
only be decided by the person, as nothing lists the new code. What is on a takedown list is left
alone, and the list is asked for just before.
"""

from __future__ import annotations

import json

from vhtui.core import library, requests
from vhtui.core.database import Transaction
from vhtui.core.desk import takedowns
from vhtui.core.jobs.journal import Entry
from vhtui.core.jobs.looks import ABSENT, Verdict
from vhtui.core.requests import RequestKind
from vhtui.core.store import Store, storable
from vhtui.core.sync.pages import FolderWalk
from vhtui.errors import ForbiddenError
from vhtui.models import ROOT, Capability, File, JobKind, JobState
from vhtui.providers.base import Provider

KINDS = frozenset({JobKind.CLONE, JobKind.RENEW})


async def check(provider: Provider, store: Store, name: str, entry: Entry) -> dict[int, Verdict]:
    """Stop what is on a takedown list of any account."""
    if Capability.LIST_TAKEDOWNS in provider.capabilities:
        try:
            await takedowns.make_fresh(provider, store, name)
        except ForbiddenError as error:
            closed = f"not sent, as the list of takedowns, which decides, is closed: {error}"
            return {entry.id: Verdict(JobState.REJECTED, closed)}
    accounts = [account.name for account in store.accounts()]
    why = takedowns.listed(store, accounts, entry.code or "")
    return {} if why is None else {entry.id: Verdict(JobState.REJECTED, f"refused: {why}")}


async def evidence(provider: Provider, entry: Entry) -> str | None:
    """Return the codes in a clone's folder before it is sent."""
    if entry.kind is not JobKind.CLONE:
        return None
    return json.dumps(sorted(file.code for file in await _files_in(provider, entry)))


async def send(provider: Provider, store: Store, name: str, entry: Entry) -> str:
    """Ask the host, once; return the new code."""
    code = entry.code or ""
    if entry.kind is JobKind.RENEW:
        return await provider.renew_file(code)
    folder = entry.folder or ROOT
    made = await provider.clone_file(code, folder)
    await _put(store, name, folder, made)
    return made.code


async def look(provider: Provider, store: Store, name: str, entry: Entry) -> Verdict:
    """Find out what became of a job whose answer was lost."""
    if entry.kind is JobKind.RENEW:
        return await _look_for_renewal(provider, entry)
    if entry.evidence is None:
        return Verdict(JobState.NEEDS_YOU, "nothing was noted before the send: did it happen?")
    known = set(json.loads(entry.evidence))
    made = [
        file
        for file in await _files_in(provider, entry)
        if file.code not in known
        and entry.before in (None, storable(file.title))
        and not _is_claimed(store, entry, file.code)
    ]
    if len(made) == 1:
        await _put(store, name, entry.folder or ROOT, made[0])
        return Verdict(JobState.DONE, result=made[0].code)
    if made:
        return Verdict(
            JobState.NEEDS_YOU, "several files are new in the folder: is the clone one of them?"
        )
    if entry.looks < 1:
        return ABSENT
    return Verdict(
        JobState.NEEDS_YOU, "the folder shows no trace of it, but it may still come: did it happen?"
    )


async def _look_for_renewal(provider: Provider, entry: Entry) -> Verdict:
    code = entry.code or ""
    gone = False
    if Capability.CHECK_FILES in provider.capabilities:
        gone = code in await provider.missing_files([code])
    return Verdict(
        JobState.NEEDS_YOU,
        "the answer was lost, and the old code is gone: find the new one on the host's site"
        if gone
        else "the answer was lost, and the host still knows the old code: it seems not to have"
        " happened",
    )


async def _files_in(provider: Provider, entry: Entry) -> list[File]:
    walk = FolderWalk(provider, entry.folder or ROOT)
    return [file async for listing in walk for file in listing.files.items]


def _is_claimed(store: Store, entry: Entry, code: str) -> bool:
    """Whether a code is known to have come of another job."""
    row = store.database.reader().execute(
        "SELECT 1 FROM job WHERE account = ? AND result = ? AND id <> ?",
        (entry.account, code, entry.id),
    )
    return row.fetchone() is not None


async def _put(store: Store, name: str, folder: str, file: File) -> None:
    number = store.account_id(name)

    def change(tx: Transaction) -> None:
        library.put_files(tx, number, name, folder, [file], fetched=tx.now)

    await store.database.write(change)


def happened(tx: Transaction, account: int, name: str, entry: Entry, code: str | None) -> None:
    """Write what follows of a clone or renewal; ``code`` is None where the person says so."""
    if entry.kind is JobKind.CLONE:
        if code is None:
            requests.ask(tx, account, RequestKind.FOLDER, entry.folder or ROOT)
        return
    if code is None:
        return
    tx.sql.execute(
        "INSERT OR REPLACE INTO renewal (account, old, new, title, at) VALUES (?, ?, ?, ?, ?)",
        (account, entry.code, code, entry.target, int(tx.now)),
    )
    tx.sql.execute("UPDATE OR IGNORE file SET code = ? WHERE id = ?", (code, entry.file))
    tx.touch("files", name)
