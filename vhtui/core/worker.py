"""One account's work while this process is the executor: jobs, listings, watching, in one group."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from vhtui.config import Tuning
from vhtui.core.connection import Connection
from vhtui.core.desk.desk import Desk
from vhtui.core.jobs.executor import Executor
from vhtui.core.jobs.operations import Operations
from vhtui.core.poll import Watcher
from vhtui.core.store import Store
from vhtui.core.supervision import Supervisor
from vhtui.core.sync.recheck import Pace, Recheck
from vhtui.core.sync.sync import Sync
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
        supervisor: Supervisor,
        *,
        read_only: bool,
        remote_active: Callable[[], int],
        pace: Pace | None = None,
    ) -> None:
        """Work through a provider for the account of that name; ``read_only``: no jobs.

        ``remote_active``: says how many remote uploads the host is given at once, 0 for all.
        ``pace``: how the library is checked in the background; None: nothing is asked that nobody
        wished for.
        """
        self.provider = provider
        self.connection = Connection(store, tuning, name)
        self.connection.on_release = self.wake
        self._name = name
        self._read_only = read_only
        self._supervisor = supervisor
        trouble = partial(supervisor.trouble, name)
        sync = Sync(provider, store, name)
        self.watcher = Watcher(
            provider,
            store,
            self.connection,
            sync,
            tuning,
            name,
            polls=pace is not None,
            on_trouble=trouble,
        )
        self._recheck: Recheck | None = None
        if pace is not None:
            self._recheck = Recheck(
                store, self.connection, sync, tuning, name, pace, lambda: self.watcher.is_syncing
            )
        self.desk = Desk(
            provider,
            store,
            self.connection,
            tuning,
            name,
            data,
            polls=pace is not None,
            on_trouble=trouble,
        )
        self.executor = Executor(
            Operations(provider, store, tuning, name, data),
            store,
            self.connection,
            tuning,
            name,
            on_done=self.watcher.job_done,
            on_trouble=trouble,
            remote_active=remote_active,
        )

    def wake(self) -> None:
        """The journal or the wishes changed, or the account is no longer held."""
        self.executor.wake()
        self.watcher.wake()
        self.desk.wake()

    async def run(self) -> None:
        """Work until cancelled; an error of one part does not stop the other."""
        try:
            async with asyncio.TaskGroup() as tasks:
                if not self._read_only:
                    tasks.create_task(self._supervisor.keep(self._name, self.executor.run))
                tasks.create_task(self._supervisor.keep(self._name, self.watcher.run))
                tasks.create_task(self._supervisor.keep(self._name, self.desk.run))
                if self._recheck is not None:
                    tasks.create_task(self._supervisor.keep(self._name, self._recheck.run))
        finally:
            await self.provider.close()
