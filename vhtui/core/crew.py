"""The accounts' workers: hired when this process executes, and again when an account changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from vhtui.config import AccountConfig, Settings
from vhtui.core.roster import Connect
from vhtui.core.store import Store
from vhtui.core.supervision import Supervisor
from vhtui.core.sync.recheck import Pace
from vhtui.core.uploads.sending import Host
from vhtui.core.worker import AccountWorker


class Crew:
    """One worker for each account, and the ways to the hosts that uploads take."""

    def __init__(
        self,
        connect: Connect,
        store: Store,
        data: Path,
        supervisor: Supervisor,
        remote_active: Callable[[str], int],
    ) -> None:
        """Make each account's provider by ``connect``; trouble goes to a supervisor.

        ``remote_active`` says how many remote uploads an account's host is given at once.
        """
        self._connect = connect
        self._store = store
        self._data = data
        self._supervisor = supervisor
        self._remote_active = remote_active
        self._only_looks = False
        self._polls = True
        self._tasks: asyncio.TaskGroup | None = None
        self._running: dict[str, tuple[AccountConfig, asyncio.Task[None] | None]] = {}
        self.workers: dict[str, AccountWorker] = {}
        self.hosts: dict[str, Host] = {}
        """The accounts that may be changed; whoever holds this sees who comes and goes."""

    async def begin(
        self, tasks: asyncio.TaskGroup, settings: Settings, *, only_looks: bool, polls: bool
    ) -> None:
        """Work for the accounts of settings, as tasks of a group; ``only_looks``: no jobs, not
        ``polls``: no looks but those asked for."""
        self._tasks, self._only_looks, self._polls = tasks, only_looks, polls
        await self.change(settings)

    async def change(self, settings: Settings) -> None:
        """Work for other accounts from now on: who is no longer as it was ends before that.

        A request that is cut off is looked for at the host when its account has a worker again.
        """
        if self._tasks is None:
            return
        wanted = {account.name: account for account in settings.accounts}
        for name, (config, task) in tuple(self._running.items()):
            if wanted.get(name) != config:
                del self._running[name]
                self.workers.pop(name, None)
                self.hosts.pop(name, None)
                if task is not None:
                    task.cancel()
                    await asyncio.wait([task])
        for account in settings.accounts:
            if account.name not in self._running:
                await self._hire(account, settings, self._tasks)

    async def _hire(
        self, account: AccountConfig, settings: Settings, tasks: asyncio.TaskGroup
    ) -> None:
        """Let somebody work for an account; where it has no way, its state says why."""
        self._running[account.name] = account, None
        try:
            # In a thread: it imports the HTTP client.
            provider = await asyncio.to_thread(self._connect, account)
            worker = AccountWorker(
                provider,
                self._store,
                settings.tuning,
                account.name,
                self._data,
                self._supervisor,
                read_only=account.read_only or self._only_looks,
                remote_active=partial(self._remote_active, account.name),
                pace=Pace.of(settings.sync, account) if self._polls else None,
            )
        except Exception as error:
            await self._supervisor.trouble(account.name, error)
            return
        self.workers[account.name] = worker
        if not account.read_only:
            self.hosts[account.name] = Host(worker.provider, worker.connection)
        self._running[account.name] = account, tasks.create_task(worker.run())

    def end(self) -> None:
        """Forget everybody: the group of tasks is over."""
        self._tasks = None
        self._running.clear()
        self.workers.clear()
        self.hosts.clear()
