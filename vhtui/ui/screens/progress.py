"""How far the jobs are, in the lines around the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vhtui.models import JobGroup
from vhtui.text import count_words, plural
from vhtui.ui.pace import Pace

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

_DOCKED_JOBS = 9


class Progress:
    """Reads the journal for a screen, and measures how fast it goes."""

    def __init__(self, screen: MainScreen) -> None:
        """Say it on a screen."""
        self.screen = screen
        self._pace = Pace()
        self._current: JobGroup | None = None

    def left_words(self, group: JobGroup) -> str:
        """Return how long a group still takes, or nothing while that is not known."""
        return self._pace.words(group)

    def show(self) -> None:
        """Show how far the groups are, where there is room for it."""
        journal = self.screen.engine.journal
        groups, going = journal.groups(limit=_DOCKED_JOBS), journal.groups(open_only=True)
        self._pace.note(going)
        self._current = min(going, key=lambda each: (each.paused, each.position), default=None)
        shown = self._current or next(iter(groups), None)
        self.screen.set_class(not groups, "-idle")
        self.screen.jobs_line.show(shown, self.left_words(shown) if shown else "")
        self.screen.jobs_dock.show(groups, {each.id: self.left_words(each) for each in going})

    def words(self) -> str:
        """Return the jobs in one line: what runs, how long it takes, what needs a look."""
        summary = self.screen.engine.journal.summary()
        parts = [summary.current] if summary.current else []
        if self._current and (left := self.left_words(self._current)):
            parts.append(left)
        if summary.open and not summary.current:
            parts.append(plural(summary.open, "job"))
        counts = (
            (summary.paused, "paused"),
            (summary.failed, "failed"),
            (summary.doubtful, "doubtful"),
        )
        parts += [f"{count_words(count)} {word}" for count, word in counts if count]
        return ", ".join(parts)
