"""The jobs panel: what waits, runs, failed, and what only the person can decide."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from vhtui.errors import UsageError
from vhtui.models import Changes, Job, JobGroup, JobState
from vhtui.text import age_words, count_words, plural
from vhtui.ui import columns
from vhtui.ui.columns import JobEntry
from vhtui.ui.keymap import Place
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.panel import Fact, ListPanel

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

_SHOWN_GROUPS = 1000


class JobsPanel(ListPanel[JobEntry]):
    """The groups of jobs: the open ones in their order, then the newest; inside one its jobs.

    As the history it shows every group, those cleared from view too.
    """

    place = Place.JOBS
    title = "Jobs"
    look = "jobs"
    noun = "group"

    def __init__(self, screen: MainScreen) -> None:
        """Start with the groups that are not cleared."""
        self.columns = self._group_columns = columns.group_columns(screen.progress.left_words)
        super().__init__(screen)
        self.group: JobGroup | None = None
        self.is_history = False

    @override
    def rows(self) -> Sequence[JobEntry]:
        journal = self.engine.journal
        if self.group is not None:
            return journal.jobs(group=self.group.id, trouble_first=True)
        groups = journal.groups(limit=_SHOWN_GROUPS, cleared=self.is_history)
        return sorted(groups, key=lambda group: (not group.is_open, group.is_open * group.position))

    @override
    def key(self, row: JobEntry) -> Hashable:
        return ("group" if isinstance(row, JobGroup) else "job", row.id)

    @override
    def words(self, row: JobEntry) -> str:
        if isinstance(row, JobGroup):
            return f"{row.title} {row.account} {columns.group_state(row)}"
        return f"{row.target} {row.state} {row.error}"

    @override
    def empty(self) -> str:
        return "No jobs. What you change waits here until the host has done it."

    @override
    def is_touched_by(self, changes: Changes) -> bool:
        return changes.touches("jobs")

    @override
    def where(self) -> str:
        where = "History" if self.is_history else "Jobs"
        return f"{where}: {self.group.title}" if self.group else where

    @override
    def status(self) -> str:
        if self.group is None:
            return plural(self.table.row_count, "group")
        shown = count_words(self.table.row_count)
        return f"{shown} of {plural(self.group.total, 'job')}, trouble first"

    @override
    def facts(self, row: JobEntry) -> list[Fact]:
        since = age_words(row.created, time.time())
        if isinstance(row, JobGroup):
            return [
                ("What", row.title),
                ("State", columns.group_state(row)),
                ("Done", f"{row.done - row.cancelled} of {row.total}"),
                ("Trouble", columns.group_trouble(row)),
                ("Left", self.screen.progress.left_words(row)),
                ("Account", row.account),
                ("Since", since),
                ("Undo", "yes" if row.undoable else "no"),
            ]
        return [
            ("What", row.target),
            ("State", row.state.value),
            ("Trouble", row.error),
            ("Tries", str(row.tries)),
            ("Since", since),
        ]

    def _groups(self) -> list[int]:
        if self.group is not None:
            return [self.group.id]
        return [row.id for row in self.selected() if isinstance(row, JobGroup)]

    # -- keys -------------------------------------------------------------------------------------

    @does("job.open")
    def open(self) -> Coroutine[Any, Any, None] | None:
        """Show a group's jobs; at a job that needs a decision, ask for it."""
        row = self.table.cursor_row
        if isinstance(row, JobGroup):
            self._show(row)
            return None
        if row is not None and row.state is JobState.NEEDS_YOU:
            return self._decide(row)
        return None

    async def _decide(self, job: Job) -> None:
        from vhtui.ui.screens.dialogs import Choice

        group = self.engine.journal.group(job.group)
        undecided = group.undecided if group else 0
        answers = [
            ("look", "look again: ask the host"),
            ("yes", "it happened: count it as done"),
            ("no", "it did not happen: send it again"),
        ]
        if undecided > 1:
            every = f"all {count_words(undecided)} of the group"
            answers += [(f"{id} all", f"{every}: {words}") for id, words in answers]
        answer = await self.screen.answer(
            Choice(
                f"Did this happen? {job.kind.value.capitalize()}: {job.target}",
                answers,
                facts=[job.error] if job.error else [],
            )
        )
        if not answer:
            return
        word, _, is_all = answer.partition(" ")
        happened = {"yes": True, "no": False}.get(word)
        if is_all:
            count = await self.engine.settle_group(job.group, happened)
            self.screen.say(f"Decided {plural(count, 'job')}")
        else:
            await self.engine.settle(job.id, happened)

    @does("job.close")
    def close(self) -> None:
        """Go back to all groups."""
        if self.group is None:
            self.screen.show_panel(Place.FILES)
            return
        before = self.group
        self._show(None)
        self.table.go_to(self.key(before))

    def _show(self, group: JobGroup | None) -> None:
        """Show a group's jobs, or (None) all groups."""
        self.group = group
        self.columns = columns.JOB_COLUMNS if group else self._group_columns
        self.fit(self.screen.size.width)
        self.read(restart=True)

    @does("panel.jobs")
    def toggle(self) -> None:
        """Show the jobs, or go back from them."""
        if self.screen.panel is self and not self.is_history:
            self.screen.show_panel(Place.FILES)
        else:
            self._open_as(history=False)

    @does("panel.history")
    def show_history(self) -> None:
        """Show everything that was changed, what was cleared from view too."""
        self._open_as(history=True)

    def _open_as(self, *, history: bool) -> None:
        self.is_history = history
        self.screen.show_panel(Place.JOBS)
        self._show(None)

    @does("job.pause")
    def pause(self) -> Coroutine[Any, Any, None]:
        """Pause the selected groups, or go on with them."""
        return self._pause(self._groups())

    async def _pause(self, groups: Sequence[int]) -> None:
        found = [group for id in groups if (group := self.engine.journal.group(id))]
        waiting = [group for group in found if group.is_open]
        if not waiting:
            raise UsageError("it has come to its end: there is nothing to pause")
        going = not any(group.paused for group in waiting)
        for group in waiting:
            await (self.engine.pause if going else self.engine.resume)(group.id)
        words = plural(len(waiting), "group")
        self.screen.say(f"Paused {words}; p goes on" if going else f"Going on with {words}")

    @does("job.pause_all")
    async def pause_all(self) -> None:
        """Pause everything, or go on with everything."""
        if self.engine.journal.summary().paused:
            await self.engine.resume_all()
            self.screen.say("All jobs go on")
        else:
            await self.engine.pause_all()
            self.screen.say("All jobs are paused; P goes on")

    @does("job.later")
    def later(self) -> Coroutine[Any, Any, object]:
        """Carry the group under the cursor out later."""
        return self._each(lambda group: self.engine.move_group(group, 1), self._groups()[:1])

    @does("job.sooner")
    def sooner(self) -> Coroutine[Any, Any, object]:
        """Carry the group under the cursor out sooner."""
        return self._each(lambda group: self.engine.move_group(group, -1), self._groups()[:1])

    @does("job.retry")
    def retry(self) -> Coroutine[Any, Any, None]:
        """Retry what failed in the selected groups."""
        return self._retry(self._groups())

    @does("job.retry_all")
    def retry_all(self) -> Coroutine[Any, Any, None]:
        """Retry everything that failed."""
        groups = self.engine.journal.groups(limit=_SHOWN_GROUPS)
        return self._retry([group.id for group in groups if group.failed])

    async def _retry(self, groups: Sequence[int]) -> None:
        count = await self._each(self.engine.retry, groups)
        self.screen.say(f"Trying {plural(count, 'job')} again" if count else "Nothing to retry")

    @does("job.cancel")
    def cancel(self) -> Coroutine[Any, Any, None]:
        """Cancel what is not sent yet of the selected groups."""
        return self._cancel(self._groups())

    async def _cancel(self, groups: Sequence[int]) -> None:
        count = await self._each(self.engine.cancel, groups)
        self.screen.say(
            f"Cancelled {plural(count, 'job')}; what the host has done stays (u takes it back)"
            if count
            else "Nothing to cancel: all of it is sent"
        )

    @does("job.undo")
    def undo(self) -> Coroutine[Any, Any, None]:
        """Undo the selected groups, the newest first."""
        return self._undo(sorted(self._groups(), reverse=True))

    async def _undo(self, groups: Sequence[int]) -> None:
        for group in groups:
            if receipt := await self.engine.undo(group):
                self.screen.say(receipt.sentence)

    @does("job.clear")
    async def clear(self) -> None:
        """Clear the finished groups from the list."""
        count = await self.engine.clear_finished()
        history = self.screen.keymap.key_of("panel.history")
        self.screen.say(f"Cleared {plural(count, 'group')}; {history} shows them still")

    async def _each(
        self, command: Callable[[int], Awaitable[int | None]], groups: Sequence[int]
    ) -> int:
        """Give a command for each group; return the jobs it was about."""
        return sum([await command(group) or 0 for group in groups])
