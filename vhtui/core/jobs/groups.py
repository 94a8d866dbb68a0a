"""What a person can do with what was asked for: take it back, pause it, try again, decide."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TypeVar

from msgspec import Struct

from vhtui.config import Settings
from vhtui.core import requests
from vhtui.core.database import Transaction
from vhtui.core.jobs import journal, steering
from vhtui.core.jobs.history import History
from vhtui.core.jobs.journal import Entry, Wish
from vhtui.core.requests import RequestKind
from vhtui.core.store import Store
from vhtui.errors import StateError
from vhtui.models import Capability, JobGroup, JobKind, JobState

Result = TypeVar("Result")


class Receipt(Struct, frozen=True, kw_only=True):
    """What a command wrote: its group, how many jobs, and a sentence for the person.

    ``folder`` is the provisional id of a folder that is being made.
    """

    group: int
    jobs: int
    sentence: str
    undoable: bool
    folder: str | None = None


class GroupCommands(ABC):
    """The commands on groups of jobs: undo and redo, pause, retry, cancel, order, decide."""

    settings: Settings
    store: Store
    journal: History

    @abstractmethod
    def require(self, account: str, capability: Capability) -> None:
        """Raise UnsupportedError or ReadOnlyError when an account cannot do something."""

    @abstractmethod
    async def write(self, change: Callable[[Transaction], Result]) -> Result:
        """Run a change in a transaction of its own."""

    @abstractmethod
    def rate(self, account: str) -> float:
        """Return the requests per second an account may send."""

    @abstractmethod
    def capabilities(self, account: str) -> frozenset[Capability]:
        """Return what an account's host can do."""

    # Taking back

    async def undo(self, group: int | None = None) -> Receipt | None:
        """Take a group back (the last one that can be); None when there is nothing to undo."""
        chosen = self.journal.group(group) if group is not None else self.journal.last_to_undo()
        if chosen is None:
            return None
        if not chosen.undoable:
            raise StateError(f"“{chosen.title}” cannot be undone: the host has no call for it")
        if chosen.undone:
            raise StateError(f"“{chosen.title}” is undone already")
        return await self._take_back(chosen, "undo", "Undo")

    async def redo(self) -> Receipt | None:
        """Take the last undo back; None when there is nothing to redo."""
        chosen = self.journal.last_to_redo()
        return None if chosen is None else await self._take_back(chosen, "redo", "Redo")

    async def _take_back(self, chosen: JobGroup, role: str, verb: str) -> Receipt:
        self.require(chosen.account, _NEEDS[chosen.kind])
        number = self.store.account_id(chosen.account)
        title = chosen.title.removeprefix("Undo: ").removeprefix("Redo: ")

        def change(tx: Transaction) -> tuple[int, int]:
            cancelled = steering.cancel_group(tx, chosen.id)
            happened = journal.entries(
                tx.sql, f"j.grp = ? AND j.state IN {_HAPPENED}", (chosen.id,)
            )
            doubtful = "j.grp = ? AND j.state = 'needs you'"
            journal.mark_where(tx, JobState.CANCELLED, doubtful, chosen.id, error="taken back")
            now: dict[int | str | None, str] = dict(tx.sql.execute(_NOW[chosen.kind], (chosen.id,)))
            wishes = [_inverse(entry, now) for entry in happened]
            if all(wish.error for wish in wishes) and not cancelled:
                raise StateError(f"“{title}” cannot be taken back: it was changed since")
            tx.sql.execute("UPDATE job_group SET undone = 1 WHERE id = ?", (chosen.id,))
            if not wishes:
                return chosen.id, 0
            group, jobs = journal.add_group(
                tx,
                number,
                chosen.kind,
                f"{verb}: {title}",
                f"{'Undone' if role == 'undo' else 'Redone'}: {title}",
                wishes,
                role=role,
                undoes=chosen.id,
            )
            return group, len(jobs)

        group, count = await self.write(change)
        return Receipt(
            group=group, jobs=count, sentence=f"{verb}: {title}", undoable=role == "redo"
        )

    # Groups

    async def pause(self, group: int) -> None:
        """Send nothing more of a group until it is resumed."""
        await self.write(lambda tx: steering.pause(tx, "id = ?", group, paused=True))

    async def resume(self, group: int) -> None:
        """Go on with a group."""
        await self._resume("id = ?", group)

    async def pause_all(self) -> None:
        """Pause every group that is not at its end."""
        await self.write(lambda tx: steering.pause(tx, "id > ?", 0, paused=True))

    async def resume_all(self) -> None:
        """Go on with every group."""
        await self._resume("id > ?", 0)

    async def _resume(self, groups: str, value: int) -> None:
        def change(tx: Transaction) -> None:
            for account in steering.pause(tx, groups, value, paused=False):
                requests.ask(tx, account, RequestKind.ACCOUNT)

        await self.write(change)

    async def retry(self, group: int) -> int:
        """Try what the host refused once more, and at once; return how many jobs."""

        def change(tx: Transaction) -> int:
            count = steering.retry(tx, group)
            row = tx.sql.execute("SELECT account FROM job_group WHERE id = ?", (group,)).fetchone()
            if row is not None:
                requests.ask(tx, row["account"], RequestKind.ACCOUNT)
            return count

        return await self.write(change)

    async def cancel(self, group: int) -> int:
        """Cancel what of a group has not been sent; return how many jobs."""
        return await self.write(lambda tx: steering.cancel_group(tx, group))

    async def move_group(self, group: int, step: int) -> None:
        """Let a group go before (-1) or after (+1) its neighbour."""
        await self.write(lambda tx: steering.reorder(tx, group, step))

    async def clear_finished(self) -> int:
        """Take the groups at their end from view; return how many."""
        return await self.write(steering.hide_finished)

    async def settle(self, job: int, happened: bool | None) -> None:
        """Decide a job that needs the person: it happened, it did not, or (None) look again."""

        def change(tx: Transaction) -> None:
            if not self._settle(tx, "id", job, happened):
                raise StateError(f"job {job} does not wait for a decision")

        await self.write(change)

    async def settle_group(self, group: int, happened: bool | None) -> int:
        """Decide all jobs of a group that need the person in one way; return how many."""
        return await self.write(lambda tx: self._settle(tx, "grp", group, happened))

    def _settle(self, tx: Transaction, column: str, id: int, happened: bool | None) -> int:
        """Decide the job with an id, or those of the group; return how many."""
        which = f"{column} = ? AND state = 'needs you'"
        found = journal.entries(tx.sql, f"j.{which}", (id,))
        if not found:
            return 0
        first = found[0]
        unknown_folder = happened and first.kind is JobKind.CREATE_FOLDER
        if happened is None or unknown_folder:  # a look tells the id of a folder
            tx.sql.execute(f"UPDATE job SET looks = 0 WHERE {which}", (id,))
            journal.mark(tx, found, JobState.UNKNOWN)
        elif happened:
            from vhtui.core.jobs import effects

            name = self.store.account_name(first.account)
            effects.happened(tx, first.account, name, found)
            journal.mark(tx, found, JobState.DONE)
        else:
            tx.sql.execute(f"UPDATE job SET tries = 0, looks = 0 WHERE {which}", (id,))
            journal.mark(tx, found, JobState.READY)
        tx.sql.execute("UPDATE job_group SET hidden = 0 WHERE id = ?", (first.grp,))
        return len(found)


_HAPPENED = "('done', 'sent', 'unknown', 'verifying', 'needs you')"
_NEEDS = {
    JobKind.RENAME: Capability.RENAME_FILE,
    JobKind.MOVE: Capability.MOVE_FILE,
    JobKind.TRASH: Capability.MOVE_FILE,
    JobKind.RENAME_FOLDER: Capability.RENAME_FOLDER,
}
_IN_GROUP = "(SELECT {} FROM job WHERE grp = ?1)"
_FILES, _FOLDERS, _ACCOUNT = (_IN_GROUP.format(name) for name in ("file", "folder", "account"))
_NOW = {
    JobKind.RENAME: f"SELECT id, title FROM file WHERE id IN {_FILES}",
    JobKind.MOVE: f"SELECT id, folder FROM file WHERE id IN {_FILES}",
    JobKind.TRASH: f"SELECT id, folder FROM file WHERE id IN {_FILES}",
    JobKind.RENAME_FOLDER: "SELECT id, title FROM folder"
    f" WHERE account IN {_ACCOUNT} AND id IN {_FOLDERS}",
}
"""What a group's files or folders are called, or where they are, now."""


def _inverse(entry: Entry, now: Mapping[int | str | None, str]) -> Wish:
    """Return the job that takes an entry back; it looks before it acts.

    What was changed since is left alone: its job is a conflict from the start. ``now`` is what
    each file or folder is called, or where it is.
    """
    in_doubt = entry.state is JobState.NEEDS_YOU
    key = entry.folder if entry.file is None else entry.file
    error = ""
    if key not in now:
        error = "it is no longer there"
    elif now[key] != entry.after and not in_doubt:
        error = "it was changed since: left alone"
    return Wish(
        target=entry.target,
        file=entry.file,
        code=entry.code,
        folder=entry.folder,
        before=entry.after,
        after=entry.before,
        state=JobState.CONFLICT if error else JobState.VERIFYING,
        tries=int(in_doubt),
        error=error,
    )
