"""The facade: what the interface and the command line ask of the core.

A command writes to the store and returns; ``run`` carries things out while this process holds the
executor lock, and otherwise watches what the holder does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace
from typing_extensions import override

from vhtui.config import AccountConfig, Settings
from vhtui.core import requests
from vhtui.core.database import Database, Transaction
from vhtui.core.desk import domains
from vhtui.core.desk.commands import PREMIUM_IS_OFF, DeskCommands
from vhtui.core.jobs.history import History
from vhtui.core.lock import ExecutorLock
from vhtui.core.notices import News, Notice
from vhtui.core.requests import FULL, Request, RequestKind
from vhtui.core.roster import Configured, Connect, Roster
from vhtui.core.store import Store, write_log
from vhtui.core.supervision import Supervisor
from vhtui.core.uploads.commands import UploadCommands
from vhtui.errors import ReadOnlyError, UnsupportedError, UsageError
from vhtui.models import CHANGING, Capability, Changes, Upload
from vhtui.providers.base import Provider

if TYPE_CHECKING:
    from vhtui.core.execution import Execution
    from vhtui.core.holes.filling import HoleCommands
    from vhtui.links import LinkBase

Result = TypeVar("Result")

__all__ = ["Connect", "Engine", "Notice"]

_CONFIGURATION_CHECK = 1.0
"""How often the configuration is looked at for accounts that changed, in seconds."""
_PANELS = {"remote": RequestKind.REMOTE, "encodings": RequestKind.ENCODINGS}


class Engine(DeskCommands, UploadCommands):
    """One data directory's library, its journal, and the work on them."""

    def __init__(
        self,
        settings: Settings,
        data: Path,
        *,
        connect: Connect,
        hosts: Mapping[str, type[Provider]],
        database: Database | None = None,
        configured: Configured | None = None,
    ) -> None:
        """Open the library. ``connect`` makes an account's provider (only when it executes);
        ``hosts`` are the provider classes by name, for what each can do; ``database`` is the
        library when it is open already; ``configured`` returns the accounts when they changed
        since it was last called, else None."""
        self._set_accounts(settings)
        self._roster = Roster(configured)
        self._hosts = hosts
        self._data = data
        self._connect = connect
        self.database = database or Database(data / "library.db")
        self.database.on_change = self._changed
        self.store = Store(self.database)
        self.journal = History(self.database)
        self.only_looks = False
        """Whether this process looks at the hosts when asked, but carries no jobs out."""
        self.polls = True
        """Whether this process looks at the hosts by itself, not only when asked."""
        self._lock = ExecutorLock(data)
        self._execution: Execution | None = None
        self._holes: HoleCommands | None = None
        self._listeners: list[Callable[[Changes], None]] = []
        self._notice_listeners: list[Callable[[Notice], None]] = []
        self._pending = Changes()
        self._news = asyncio.Event()
        self._looking_at = ("", "", "")
        self._told = News(self.database)
        self.supervisor = Supervisor(
            self.database, self._tell_trouble, first_pause=settings.tuning.settle
        )

    async def open(self) -> None:
        """Make every configured account known to the library (one that can be written)."""
        if self.database.read_only:
            return
        await self.store.adopt_accounts(
            {account.name: account.provider for account in self.settings.accounts}
        )
        if (damaged := self.database.set_aside) is not None:
            text = f"the library was damaged: it is now {damaged}, and a new one was begun"
            await self.write(lambda tx: write_log(tx, "", "error", text))

    # The accounts

    def _set_accounts(self, settings: Settings) -> None:
        self.settings = settings
        self.accounts = tuple(account.name for account in settings.accounts)
        self._configs = {account.name: account for account in settings.accounts}

    async def follow_configuration(self) -> Sequence[str]:
        """Use the accounts as they are configured now; raises ConfigError.

        Returns those whose uploads are under way: all stays as it was until these are sent.
        """
        async with self._roster.lock:
            sending = self._execution.uploads.accounts if self._execution else ()
            accounts, busy = await self._roster.news(self.settings.accounts, sending)
            if accounts is not None:
                await self._use_accounts(accounts)
        return busy

    async def _use_accounts(self, accounts: tuple[AccountConfig, ...]) -> None:
        if not self.database.read_only:
            await self.store.adopt_accounts({each.name: each.provider for each in accounts})
        self._set_accounts(replace(self.settings, accounts=accounts))
        # At once: nobody may look for an account that is no more.
        for listener in tuple(self._listeners):
            listener(Changes(frozenset({("accounts",)})))
        if self._execution is not None:
            await self._execution.crew.change(self.settings)
        self.look_at(*self._looking_at)

    async def _follow_configuration(self) -> None:
        while True:
            await asyncio.sleep(_CONFIGURATION_CHECK)
            await self.follow_configuration()

    def close(self) -> None:
        """Give the lock back and close the library; call it after ``run`` has ended."""
        self._lock.release()
        self.database.close()

    # What can be done

    @property
    def is_executor(self) -> bool:
        """Whether this process carries out the jobs."""
        return self._lock.held

    @property
    def executor_pid(self) -> int | None:
        """The process that carries out the jobs, as far as is known."""
        return self._lock.holder()

    def host_title(self, account: str) -> str:
        """Return an account's host as people know it."""
        return self._host(account).title

    @override
    def capabilities(self, account: str) -> frozenset[Capability]:
        """Return what an account's host can do."""
        return self._host(account).capabilities

    @override
    def cannot(self, account: str, capability: Capability) -> str | None:
        """Return why an account cannot do something, None when it can."""
        host = self._host(account)
        if capability not in host.capabilities:
            return host.reason(capability)
        if self._configs[account].read_only and capability in CHANGING:
            return f"{account} is read-only in config.toml"
        if capability is Capability.PREMIUM_KEYS and not self.settings.premium:
            return PREMIUM_IS_OFF
        return None

    @override
    def require(self, account: str, capability: Capability) -> None:
        """Raise UnsupportedError or ReadOnlyError when an account cannot do something."""
        reason = self.cannot(account, capability)
        if reason is not None:
            supported = capability in self._host(account).capabilities
            raise ReadOnlyError(reason) if supported else UnsupportedError(reason)

    def link_base(self, account: str) -> LinkBase:
        """Return how links of an account's host are written, at today's domain if it has one."""
        from vhtui.links import DEFAULT_BASES

        return domains.link_base(self.store, account, DEFAULT_BASES[self._host(account).name])

    @override
    def rate(self, account: str) -> float:
        """Return the requests per second an account may send."""
        return self._configs[account].requests_per_second

    def _host(self, account: str) -> type[Provider]:
        if account not in self._configs:
            known = ", ".join(self.accounts) or "none"
            raise UsageError(f"there is no account {account!r} in config.toml (known: {known})")
        return self._hosts[self._configs[account].provider]

    @property
    def holes(self) -> HoleCommands:
        """The commands that compare accounts and fill what one of them lacks."""
        if self._holes is None:
            from vhtui.core.holes.filling import HoleCommands

            self._holes = HoleCommands(self)
        return self._holes

    # News

    def subscribe(self, listener: Callable[[Changes], None]) -> Callable[[], None]:
        """Hear what to look up again, merged, at most ten times a second; returns the way out."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def subscribe_notices(self, listener: Callable[[Notice], None]) -> Callable[[], None]:
        """Hear when a group of jobs ends; returns the way out."""
        self._notice_listeners.append(listener)
        return lambda: self._notice_listeners.remove(listener)

    def _changed(self, changes: Changes) -> None:
        self.tell_changes(changes)
        if self._execution is not None:
            self._execution.hear(changes)

    def tell_changes(self, changes: Changes) -> None:
        """Let the listeners hear of changes, soon."""
        self._pending |= changes
        self._news.set()

    # Looking again

    async def refresh(self, account: str, folder: str | None = None) -> int:
        """Ask for a folder to be listed again; return the wish's number."""
        return await self._ask(account, RequestKind.FOLDER, folder or "0")

    async def refresh_remote(self, account: str) -> int:
        """Ask for the remote-upload queue again; return the wish's number."""
        return await self._ask(account, RequestKind.REMOTE)

    async def refresh_encodings(self, account: str) -> int:
        """Ask for the encodings again; return the wish's number."""
        return await self._ask(account, RequestKind.ENCODINGS)

    async def refresh_account(self, account: str) -> int:
        """Ask for the account's figures again; return the wish's number."""
        return await self._ask(account, RequestKind.ACCOUNT)

    async def sync(self, account: str, *, full: bool = False) -> int:
        """Ask for what changed in an account since, or (``full``) for all of it to be listed again;
        return the wish's number."""
        return await self._ask(account, RequestKind.SYNC, FULL if full else "")

    @override
    async def _ask(self, account: str, kind: RequestKind, target: str = "") -> int:
        number = self.store.account_id(account)
        return await self.write(lambda tx: requests.ask(tx, number, kind, target))

    def request(self, id: int) -> Request | None:
        """Return how a wish to look again stands."""
        return requests.request(self.database.reader(), id)

    def look_at(self, account: str, panel: str, folder: str | None = None) -> None:
        """Say what is on screen: ``files``, ``remote``, ``encodings`` or another panel's word."""
        self._looking_at = (account, panel, folder or "")
        if self._execution is not None:
            self._execution.look_at(*self._looking_at)

    @override
    async def write(self, change: Callable[[Transaction], Result]) -> Result:
        """Run a change of the library or the journal in a transaction of its own."""
        return await self.database.write(change)

    # Running

    async def run(self) -> None:
        """Execute while the lock is ours, watch while it is not; until cancelled."""
        keep = self.supervisor.keep
        async with contextlib.AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
            tasks.create_task(keep("", self._announce))
            tasks.create_task(keep("", self._watch_others))
            tasks.create_task(keep("", self._follow_configuration))
            if self.database.read_only:
                return
            await keep("", self._wait_for_lock)
            self._execution = execution = await asyncio.to_thread(self._load_execution)
            stack.callback(execution.crew.end)
            await execution.begin(tasks)
            self.look_at(*self._looking_at)

    def _load_execution(self) -> Execution:
        from vhtui.core.execution import Execution

        return Execution(self, self._connect, self._data)

    @override
    def with_progress(self, upload: Upload) -> Upload:
        """Return an upload with how far it is right now, where this process sends it."""
        return self._execution.uploads.with_progress(upload) if self._execution else upload

    async def _wait_for_lock(self) -> None:
        """Become the executor. Until then, have what is on screen looked at by the one that is."""
        tuning = self.settings.tuning
        asked = 0.0
        while not self._lock.take():
            await asyncio.sleep(tuning.lock_poll)
            now = asyncio.get_running_loop().time()
            if now - asked >= tuning.poll_active:
                asked = now
                await self._ask_for_what_is_shown()

    async def _ask_for_what_is_shown(self) -> None:
        account, panel, _ = self._looking_at
        kind = _PANELS.get(panel)
        if kind is not None and self.store.account(account).state == "ok":
            await self._ask(account, kind)

    async def _announce(self) -> None:
        """Tell the listeners what changed, merged over the announce interval."""
        while True:
            await self._news.wait()
            await asyncio.sleep(self.settings.tuning.announce_interval)
            self._news.clear()
            changes, self._pending = self._pending, Changes()
            for listener in tuple(self._listeners):
                listener(changes)
            for notice in self._told.of(changes) if self._notice_listeners else ():
                self.tell(notice)

    async def ended_groups(self) -> list[Notice]:
        """Return how the groups and sets ended that did so since the last call (or notice)."""
        return [*self._told.groups(), *self._told.sets()]

    def _tell_trouble(self, text: str) -> None:
        self.tell(Notice(level="error", text=text))

    def tell(self, notice: Notice) -> None:
        """Let the listeners hear news."""
        for listener in tuple(self._notice_listeners):
            listener(notice)

    async def _watch_others(self) -> None:
        """Notice what another process wrote."""
        seen = await self.database.foreign_version()
        interval = self.settings.tuning.announce_interval
        while True:
            await asyncio.sleep(interval)
            version = await self.database.foreign_version()
            if version != seen:
                seen = version
                self._changed(Changes(frozenset({("everything",)})))

    async def drain(self, seconds: float = 5.0) -> None:
        """Before ``run`` is cancelled: begin nothing more, and let what is on its way end.

        That takes at most so long; what is still on its way then is looked for at the next start.
        """
        if self._execution is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._execution.drain()

    @property
    def is_finishing_set(self) -> bool:
        """Whether a set's links are written or its command runs, in this process."""
        return self._execution is not None and self._execution.uploads.is_finishing_set

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        """Run in the background for the length of a block (the command line's way)."""
        task = asyncio.create_task(self.run())
        try:
            yield task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
