"""How far the jobs are: a line for each wish, and the one-line form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from typing_extensions import override

from vhtui.models import JobGroup
from vhtui.ui.widgets.text_lines import Phrase, TextLines, Words

_BAR_CELLS = 10


def progress_phrase(group: JobGroup, left: str = "") -> Phrase:
    """Return a group's line: ``Move 37 files  12/37  [###.......] running, about 7 min``.

    ``left`` says how long it still takes.
    """
    ended = min(group.done + group.failed, group.total)
    filled = _BAR_CELLS * ended // group.total if group.total else _BAR_CELLS
    bar = "#" * filled + "." * (_BAR_CELLS - filled)
    words, state = _standing(group)
    if left:
        words = f"{words}, {left}"
    return Phrase(
        (Words(group.title, elastic=True),),
        (Words(f" {ended}/{group.total}  [{bar}] "), Words(words, state)),
    )


def _standing(group: JobGroup) -> tuple[str, str]:
    """Return how a group stands, in words, and their look."""
    failed = f"{group.failed} failed" if group.failed else ""
    if group.is_open:
        words = "paused" if group.paused else "running"
        return (f"{words}, {failed}", "error") if failed else (words, "warning")
    if failed:
        return failed, "error"
    return ("undone", "muted") if group.undone else ("done", "good")


class JobsLine(TextLines):
    """One group's progress, on one line."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._groups: tuple[JobGroup, ...] = ()
        self._left = ""

    def show(self, group: JobGroup | None, left: str = "") -> None:
        """Show a group and how long it still takes; None leaves the line empty."""
        groups = () if group is None else (group,)
        if (groups, left) != (self._groups, self._left):
            self._groups, self._left = groups, left
            self.repaint()

    @override
    def phrases(self, width: int) -> Sequence[Phrase]:
        return [progress_phrase(group, self._left) for group in self._groups]


class JobsDock(TextLines):
    """The newest groups' progress, one a line, as many as there is room for."""

    DEFAULT_CSS = """
    JobsDock { height: 8; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._groups: tuple[JobGroup, ...] = ()
        self._left: Mapping[int, str] = {}

    def show(self, groups: Sequence[JobGroup], left: Mapping[int, str] | None = None) -> None:
        """Show groups from the top down; the last line counts those that do not fit.

        ``left`` says how long they still take, by their ids.
        """
        if (tuple(groups), left or {}) != (self._groups, self._left):
            self._groups, self._left = tuple(groups), left or {}
            self.repaint()

    @override
    def phrases(self, width: int) -> Sequence[Phrase]:
        groups, height = self._groups, self.size.height
        if not groups:
            return [Phrase((Words("no jobs", "muted"),))]
        lines = [
            progress_phrase(group, self._left.get(group.id, ""))
            for group in groups[: max(height, 1)]
        ]
        if len(groups) > height > 1:
            rest = len(groups) - height + 1
            lines[-1] = Phrase((Words(f"and {rest} more", "muted"),))
        return lines
