"""What a person can do with what was asked for: take it back, pause it, try again, decide."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from vhtui.config import Settings
from vhtui.core import journal, library
from vhtui.core.database import Transaction
from vhtui.core.history import History
from vhtui.core.journal import Entry, Wish
from vhtui.core.store import Store
from vhtui.errors import UsageError
from vhtui.models import Capability, JobGroup, JobKind, JobState

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
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
            raise UsageError(f"“{chosen.title}” cannot be undone: the host has no call for it")
        if chosen.undone:
            raise UsageError(f"“{chosen.title}” is undone already")
        return await self._take_back(chosen, "undo", "Undo")

    async def redo(self) -> Receipt | None:
        """Take the last undo back; None when there is nothing to redo."""
        chosen = self.journal.last_to_redo()
        return None if chosen is None else await self._take_back(chosen, "redo", "Redo")

    async def _take_back(self, chosen: JobGroup, role: str, verb: str) -> Receipt:
        number = self.store.account_id(chosen.account)

        def change(tx: Transaction) -> tuple[int, int]:
            journal.cancel_group(tx, chosen.id)
            happened = journal.entries(
                tx.sql,
                "j.grp = ? AND j.state IN ('done', 'sent', 'unknown', 'verifying')",
                (chosen.id,),
            )
            wishes = [wish for e in happened if (wish := self._inverse(tx, e)) is not None]
            title = chosen.title.removeprefix("Undo: ").removeprefix("Redo: ")
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
            tx.sql.execute("UPDATE job_group SET undone = 1 WHERE id = ?", (chosen.id,))
            for wish in wishes:
                if chosen.kind is JobKind.RENAME_FOLDER:
                    library.show_folder_wish(tx, number, chosen.account, wish.folder or "")
            tx.touch("files", chosen.account)
            return group, len(jobs)

        group, count = await self.write(change)
        return Receipt(group=group, jobs=count, sentence=f"{verb}: {chosen.title}", undoable=True)

    @staticmethod
    def _inverse(tx: Transaction, entry: Entry) -> Wish | None:
        """Return the job that takes an entry back; it looks before it acts.

        None when the person has asked for something else of the file since.
        """
        if entry.file is not None:
            column = "title" if entry.kind is JobKind.RENAME else "folder"
            row = tx.sql.execute(
                f"SELECT {column} AS now FROM file WHERE id = ?", (entry.file,)
            ).fetchone()
            if row is None or row["now"] != entry.after:
                return None
        return Wish(
            target=entry.target,
            file=entry.file,
            code=entry.code,
            folder=entry.folder,
            before=entry.after,
            after=entry.before,
            state=JobState.VERIFYING,
        )

    # Groups

    async def pause(self, group: int) -> None:
        """Send nothing more of a group until it is resumed."""
        await self.write(lambda tx: journal.pause(tx, "id = ?", group, paused=True))

    async def resume(self, group: int) -> None:
        """Go on with a group."""
        await self.write(lambda tx: journal.pause(tx, "id = ?", group, paused=False))

    async def pause_all(self) -> None:
        """Pause every group that is not at its end."""
        await self.write(lambda tx: journal.pause(tx, "? = 0", 0, paused=True))

    async def resume_all(self) -> None:
        """Go on with every group."""
        await self.write(lambda tx: journal.pause(tx, "? = 0", 0, paused=False))

    async def retry(self, group: int) -> int:
        """Try what the host refused once more; return how many jobs."""
        return await self.write(lambda tx: journal.retry(tx, group))

    async def cancel(self, group: int) -> int:
        """Cancel what of a group has not been sent; return how many jobs."""

        def change(tx: Transaction) -> int:
            left = journal.cancel_group(tx, group)
            for entry in left:
                name = self.store.account_name(entry.account)
                if entry.kind is JobKind.CREATE_FOLDER:
                    library.drop_folder(tx, entry.account, name, f"new:{entry.id}")
                if entry.kind is JobKind.RENAME_FOLDER:
                    library.show_folder_wish(tx, entry.account, name, entry.folder or "")
                tx.touch("files", name)
            return len(left)

        return await self.write(change)

    async def move_group(self, group: int, step: int) -> None:
        """Let a group go before (-1) or after (+1) its neighbour."""
        await self.write(lambda tx: journal.reorder(tx, group, step))

    async def clear_finished(self) -> int:
        """Take the groups at their end from view; return how many."""
        return await self.write(journal.hide_finished)

    async def settle(self, job: int, happened: bool | None) -> None:
        """Decide a job that needs the person: it happened, it did not, or (None) look again."""
        await self.write(lambda tx: self._settle(tx, job, happened))

    def _settle(self, tx: Transaction, job: int, happened: bool | None) -> None:
        found = journal.entries(tx.sql, "j.id = ? AND j.state = 'needs you'", (job,))
        if not found:
            raise UsageError(f"job {job} does not wait for a decision")
        entry = found[0]
        if happened is None:
            tx.sql.execute("UPDATE job SET looks = 0 WHERE id = ?", (job,))
            journal.mark(tx, found, JobState.UNKNOWN)
        elif happened:
            if entry.kind is JobKind.RENAME:
                tx.sql.execute(
                    "UPDATE file SET host_title = ? WHERE id = ?", (entry.after, entry.file)
                )
            elif entry.kind in (JobKind.MOVE, JobKind.TRASH):
                tx.sql.execute(
                    "UPDATE file SET host_folder = ? WHERE id = ?", (entry.after, entry.file)
                )
            journal.mark(tx, found, JobState.DONE)
        else:
            tx.sql.execute("UPDATE job SET tries = 0, looks = 0 WHERE id = ?", (job,))
            journal.mark(tx, found, JobState.READY)
        tx.touch("files", self.store.account_name(entry.account))
