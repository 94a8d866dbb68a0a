"""What the process that holds the executor lock does: work for the accounts, send files, tidy up.

It is loaded when it begins: reading the library and writing down wishes needs nothing of it.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from vhtui.core import trends
from vhtui.core.crew import Crew
from vhtui.core.jobs import pruning
from vhtui.core.notices import Notice
from vhtui.core.roster import Connect
from vhtui.core.title_index import TitleIndex
from vhtui.core.uploads.manager import UploadManager
from vhtui.core.uploads.watch import Watch
from vhtui.models import Changes

if TYPE_CHECKING:
    from vhtui.core.engine import Engine

_PRUNE_EVERY, _PRUNE_AGAIN = 3600.0, 1.0


class Execution:
    """Everybody who works while this process executes, and what they are told."""

    def __init__(self, engine: Engine, connect: Connect, data: Path) -> None:
        """Work on an engine's library; ``connect`` makes an account's way to its host."""
        self._engine = engine
        self.crew = Crew(connect, engine.store, data, engine.supervisor, engine.remote_active)
        self.uploads = UploadManager(
            engine.store,
            engine.settings,
            self.crew.hosts,
            make_folder=engine.create_folder,
            base_for=engine.link_base,
            notify=lambda level, text: engine.tell(Notice(level=level, text=text)),
            announce=engine.tell_changes,
        )

    async def begin(self, tasks: asyncio.TaskGroup) -> None:
        """Start everything, as tasks of a group."""
        engine, keep = self._engine, self._engine.supervisor.keep
        await self.crew.begin(
            tasks, engine.settings, only_looks=engine.only_looks, polls=engine.polls
        )
        tasks.create_task(keep("", TitleIndex(engine.database).run))
        if engine.only_looks:
            return
        watch = Watch(
            engine.store, engine.settings.tuning.watch_interval, engine.take_watched,
            engine.supervisor.trouble,
        )  # fmt: skip
        for part in (
            self._prune,
            lambda: trends.keep_thinning(engine.database),
            self.uploads.run,
            watch.run,
        ):
            tasks.create_task(keep("", part))

    async def _prune(self) -> None:
        """Drop what history keeps no longer, now and then."""
        while True:
            dropped = await self._engine.write(pruning.prune)
            await asyncio.sleep(_PRUNE_AGAIN if dropped else _PRUNE_EVERY)

    def hear(self, changes: Changes) -> None:
        """Look again at what changed in the library."""
        self.uploads.wake()
        if any(changes.touches(topic) for topic in ("jobs", "requests", "remote")):
            for worker in self.crew.workers.values():
                worker.wake()

    def look_at(self, account: str, panel: str, folder: str) -> None:
        """Prefer what is on screen: a panel of an account, and a folder ("": none)."""
        for name, worker in self.crew.workers.items():
            is_shown = name == account
            worker.watcher.look_at(panel if is_shown else "", folder if is_shown else "")

    async def drain(self) -> None:
        """Begin nothing more, and return when nothing is on its way."""
        ending = [worker.executor.drain() for worker in self.crew.workers.values()]
        await asyncio.gather(*ending, self.uploads.drain())
