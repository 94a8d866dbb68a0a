"""One account's work while this process is the executor: jobs, listings, watching, in one group."""

from __future__ import annotations

import asyncio
from pathlib import Path

from vhtui.config import Tuning
from vhtui.core.jobs import Connection, Executor
from vhtui.core.operations import Operations
from vhtui.core.poll import Watcher
from vhtui.core.store import Store
from vhtui.core.sync import Sync
from vhtui.providers.base import Provider


class AccountWorker:
    """Joins the parts that speak to one account's host."""

    def __init__(
        self,
        provider: Provider,
        store: Store,
        tuning: Tuning,
        name: str,
        data: Path,
        *,
        read_only: bool,
    ) -> None:
        """Work through a provider for the account of that name; ``read_only``: no jobs."""
        self._provider = provider
        self._read_only = read_only
        connection = Connection(store, name)
        sync = Sync(provider, store, tuning, name)
        self.watcher = Watcher(provider, store, connection, sync, tuning, name)
        self.executor = Executor(
            Operations(provider, store, tuning, name, data),
            store,
            connection,
            tuning,
            name,
            on_done=self.watcher.job_done,
        )

    def wake(self) -> None:
        """The journal or the wishes changed."""
        self.executor.wake()
        self.watcher.wake()

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                if not self._read_only:
                    tasks.create_task(self.executor.run())
                tasks.create_task(self.watcher.run())
        finally:
            await self._provider.close()
