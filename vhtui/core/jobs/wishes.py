"""What a person asks for, as it is handed to the journal."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from vhtui.core.database import Transaction
from vhtui.core.store import storable
from vhtui.errors import StateError
from vhtui.models import JobKind, JobState


class Wish(Struct, frozen=True, kw_only=True, gc=False):
    """A job about to be written. What the fields mean depends on the kind.

    rename: ``before`` and ``after`` are titles. move, trash: folder ids. delete: ``before`` is the
    title and ``after`` the size in digits (or empty) that the person saw. create folder:
    ``folder`` is the parent, ``after`` the title. rename folder: ``folder``, titles. remote add:
    ``after`` is the URL, ``folder`` where to. remote restart, remote delete: ``code`` is the entry.
    clone: ``code`` of the source, ``folder`` where to, ``before`` its title if known. renew:
    ``file`` and its ``code``.

    ``tries``: how many requests were sent of which nothing is known. Such a job is looked at first,
    and cannot be cancelled before.
    """

    target: str
    file: int | None = None
    code: str | None = None
    folder: str | None = None
    before: str | None = None
    after: str | None = None
    waits_for: int | None = None
    state: JobState = JobState.READY
    tries: int = 0
    error: str = ""


def lane(kind: JobKind, wish: Wish) -> str | None:
    """Return what a job shares with those that must not overtake it; None: nothing."""
    if wish.file is not None:
        return f"file {wish.file}"
    match kind:
        case JobKind.CREATE_FOLDER:
            return f"in {wish.folder}"
        case JobKind.RENAME_FOLDER:
            return f"folder {wish.folder}"
        case JobKind.REMOTE_ADD:
            return f"url {storable(wish.after or '')}"
        case JobKind.REMOTE_RESTART | JobKind.REMOTE_DELETE:
            return f"entry {wish.code}"
        case JobKind.CLONE:
            return f"clone {wish.folder}"
    return None


def with_folders_made_since(tx: Transaction, wishes: Sequence[Wish]) -> Sequence[Wish]:
    """Put real folders for provisional ones that were made while the person was asking."""
    waited = {wish.waits_for for wish in wishes} - {None}
    for job in waited:
        row = tx.sql.execute("SELECT state, result FROM job WHERE id = ?", (job,)).fetchone()
        state = JobState(row["state"]) if row is not None else JobState.CANCELLED
        if state.is_open or state is JobState.NEEDS_YOU:
            continue
        if state is not JobState.DONE:
            raise StateError("that folder was not made: choose another one")
        swap = {f"new:{job}": row["result"]}
        wishes = [
            replace(
                wish,
                after=swap.get(wish.after or "", wish.after),
                folder=swap.get(wish.folder or "", wish.folder),
                waits_for=None,
            )
            if wish.waits_for == job
            else wish
            for wish in wishes
        ]
    return wishes
