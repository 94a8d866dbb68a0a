"""The plan of a bulk rename, made beside the interface: files, a pattern, and what comes of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from vhtui.core.store import ListingSpec
from vhtui.errors import UsageError
from vhtui.models import FileRow
from vhtui.rename import TOO_LONG, UNCHANGED, Pattern, Step, plan, prepare

if TYPE_CHECKING:
    from vhtui.core.store import Store

_A_READ = 2000
_DEBOUNCE = 0.1
_TELLS_AFTER = 0.5


class Surroundings(Struct, frozen=True):
    """What a plan needs to know beyond its files: folders' titles, and the titles in use there."""

    folders: Mapping[str, str] = field(default_factory=dict)
    taken: Mapping[tuple[str, str], int] = field(default_factory=dict)


def read_surroundings(store: Store, account: str, files: Sequence[FileRow]) -> Surroundings:
    """Read what is around the files (a second for 100 000 others: use a thread)."""
    folders = {file.folder for file in files}
    titles = {
        folder.id: folder.title for folder in store.all_folders(account) if folder.id in folders
    }
    chosen = {file.id for file in files}
    taken: Counter[tuple[str, str]] = Counter()
    for folder in folders:
        others = [id for id in store.listing(ListingSpec(account, folder)).ids if id not in chosen]
        for start in range(0, len(others), _A_READ):
            rows = store.files(others[start : start + _A_READ])
            taken.update((row.folder, row.title) for row in rows)
    return Surroundings(titles, taken)


class Planned(Struct, frozen=True):
    """A plan and what it comes to. ``doubtful`` and ``same`` are positions of steps."""

    steps: Sequence[Step]
    titles: Sequence[tuple[int, str]] = ()  # what will be sent: row ids and their new titles
    doubtful: Sequence[int] = ()  # changed, with a warning
    same: Sequence[int] = ()  # unchanged


def as_they_are(files: Sequence[FileRow]) -> Planned:
    """Return the plan that changes nothing."""
    return Planned([Step(file, file.title, (UNCHANGED,)) for file in files])


def make_plan(
    files: Sequence[FileRow],
    pattern: Pattern | None,
    surroundings: Surroundings,
    left_out: Collection[int],
    go_on: Callable[[int], bool],
) -> Planned | None:
    """Make a plan; None when it is not wanted any more.

    ``go_on`` is asked for that, with how many names are read, while names are taken apart: that
    can take a millisecond each, and the rest some 10 for 1000 files. Use a thread.
    """
    if pattern is None:
        return as_they_are(files)
    for ready in prepare(files, pattern):
        if not go_on(ready):
            return None
    steps = plan(
        files,
        pattern,
        folders=surroundings.folders,
        taken=surroundings.taken,
        left_out=left_out,
    )
    included = [(at, step) for at, step in enumerate(steps) if step.included]
    return Planned(
        steps,
        [(step.file.id, step.new_title) for _, step in included if can_be_sent(step)],
        [at for at, step in included if step.warnings and UNCHANGED not in step.warnings],
        [at for at, step in included if UNCHANGED in step.warnings],
    )


def can_be_sent(step: Step) -> bool:
    """Whether a step becomes a request: no host is asked for a title that it cannot take."""
    return step.is_sent and TOO_LONG not in step.warnings


class Planner:
    """Keeps a plan up to date: one is made soon after it is asked for, and only the newest."""

    def __init__(
        self,
        files: Sequence[FileRow],
        ask_what: Callable[[], tuple[Pattern | None, Collection[int]]],
        *,
        on_plan: Callable[[Planned | None, UsageError | None], None],
        on_progress: Callable[[int], None],
    ) -> None:
        """Plan for files what ``ask_what`` returns: a pattern (or a UsageError), and who is out.

        ``on_plan`` is given the plan or what is wrong with the pattern, ``on_progress`` how many
        names are read where that takes long.
        """
        self.surroundings = Surroundings()
        self.is_current = asyncio.Event()
        self._files = files
        self._ask_what = ask_what
        self._on_plan = on_plan
        self._on_progress = on_progress
        self._wish = 0
        self._names_read = 0
        self._is_running = False

    def ask(self) -> bool:
        """Want a new plan; return whether ``run`` has to be started for it."""
        self._wish += 1
        self.is_current.clear()
        starts, self._is_running = not self._is_running, True
        return starts

    def stop(self) -> None:
        """Want no plan any more."""
        self._wish += 1

    async def run(self) -> None:
        """Make plans until the newest that was wanted is made."""
        try:
            while not self.is_current.is_set():
                await asyncio.sleep(_DEBOUNCE)
                wish = self._wish
                planned, fault = None, None
                try:
                    planned = await self._make(wish)
                except UsageError as error:
                    fault = error
                if wish == self._wish:
                    self.is_current.set()
                    self._on_plan(planned, fault)
        finally:
            self._is_running = False

    async def _make(self, wish: int) -> Planned | None:
        def go_on(names_read: int) -> bool:
            self._names_read = names_read
            return wish == self._wish

        pattern, left_out = self._ask_what()
        work = asyncio.ensure_future(
            asyncio.to_thread(make_plan, self._files, pattern, self.surroundings, left_out, go_on)
        )
        while not (await asyncio.wait({work}, timeout=_TELLS_AFTER))[0]:
            self._on_progress(self._names_read)
        return work.result()
