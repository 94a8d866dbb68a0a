"""The parts put together: settings, engine, hosts, keys and the clipboard, for one command."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from vhtui.accounts_file import ConfiguredAccounts
from vhtui.clipboard import Clipboard
from vhtui.config import AccountConfig, Paths, Settings, load_settings
from vhtui.core.database import Database
from vhtui.core.engine import Engine, Notice
from vhtui.core.threads import in_thread
from vhtui.errors import ConfigError, UsageError, VhtuiError
from vhtui.models import Capability, Changes
from vhtui.providers import by_name, connect
from vhtui.providers.base import Provider
from vhtui.text import Secret

if TYPE_CHECKING:
    from argparse import Namespace

Result = TypeVar("Result")


def make_engine(paths: Paths, settings: Settings, environ: Mapping[str, str]) -> Engine:
    """Join the engine to its hosts and keys; a key is fetched when the first request needs it."""

    def connected(account: AccountConfig) -> Provider:
        async def key() -> Secret:
            from vhtui.credentials import key_for

            return await in_thread(lambda: key_for(account, paths, environ))

        return connect(
            account.provider,
            key=key,
            base_url=account.base_url,
            requests_per_second=account.requests_per_second,
            deadline=settings.tuning.request_deadline,
            ca_file=account.ca_file,
            login=account.login,
        )

    return Engine(
        settings,
        paths.data,
        connect=connected,
        hosts=_Hosts(),
        database=Database(paths.data / "library.db", tell=_tell),
        configured=ConfiguredAccounts(paths).changed,
    )


class _Hosts(dict[str, type[Provider]]):
    """The provider classes by name, each imported when an account is there that needs it."""

    def __missing__(self, name: str) -> type[Provider]:
        self[name] = by_name(name)
        return self[name]


def _tell(text: str) -> None:
    from vhtui.cli.output import complain

    complain(text)


def make_clipboard(
    paths: Paths,
    settings: Settings,
    environ: Mapping[str, str],
    write_terminal: Callable[[str], None] | None,
) -> Clipboard:
    """Join the clipboard to this process's surroundings."""
    return Clipboard(
        environ,
        paths.state / "clipboard.txt",
        setting=settings.clipboard,
        write_terminal=write_terminal,
    )


class Session:
    """What a command works with: the engine, started only when something must be carried out."""

    def __init__(self, paths: Paths, environ: Mapping[str, str]) -> None:
        """Open the library of the configured accounts; ConfigError or StoreError when it cannot."""
        self.paths = paths
        self.environ = environ
        self.engine = make_engine(paths, load_settings(paths), environ)
        self.store = self.engine.store
        self.journal = self.engine.journal
        self.notices: list[Notice] = []
        self.changes = Changes()
        self.goes_on = False
        """Whether trouble in this process (a full disk) is told only, and not raised."""
        self._stack = contextlib.AsyncExitStack()
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Session:
        """Make the accounts known to the library, and say what is odd about it."""
        database = self.engine.database
        if database.set_aside is not None:
            from vhtui.cli.output import complain

            complain(
                f"the library was damaged and is now {database.set_aside}; 'vhtui sync' fills"
                " the new one"
            )
        await self.engine.open()
        return self

    async def __aexit__(self, *error: object) -> None:
        """Stop what was started and close the library."""
        try:
            await self.stop()
        finally:
            self.engine.close()

    @property
    def settings(self) -> Settings:
        """What config.toml says."""
        return self.engine.settings

    @property
    def accounts(self) -> Sequence[str]:
        """The configured accounts' names."""
        return self.engine.accounts

    def account(self, name: str | None) -> str:
        """Return the account meant: the named one, or the only one; raises UsageError."""
        if name is not None:
            name = name.removesuffix("/").removesuffix(":")
            if name not in self.accounts:
                raise unknown_account(name, self.accounts)
            return name
        if len(self.accounts) == 1:
            return self.accounts[0]
        self.require_accounts()
        raise UsageError(f"which account? Name one of {', '.join(self.accounts)}")

    def chosen(self, name: str | None) -> Sequence[str]:
        """Return the named account, or all of them."""
        self.require_accounts()
        return self.accounts if name is None else [self.account(name)]

    def require_accounts(self) -> None:
        """Raise ConfigError when there is no account at all."""
        if not self.accounts:
            raise no_accounts(self.paths)

    def is_misconfigured(self, account: str, error: str) -> bool:
        """Whether a call failed with ``error`` because the account has no usable key here."""
        settings = next(each for each in self.settings.accounts if each.name == account)
        if settings.key_command:  # not run again: it may ask the person
            return error.startswith(self.paths.config_file.name)
        from vhtui.credentials import key_for

        try:
            key_for(settings, self.paths, self.environ)
        except ConfigError:
            return True
        return False

    def can(self, account: str, capability: Capability) -> bool:
        """Whether an account's host has a call, leaving read-only aside."""
        return capability in self.engine.capabilities(account)

    async def start(self) -> None:
        """Let the engine run until the command ends; it executes if no other vhtui does."""
        if self._task is not None:
            return
        self._stack.callback(self.engine.subscribe(self._changed))
        self._stack.callback(self.engine.subscribe_notices(self.notices.append))
        self._task = await self._stack.enter_async_context(self.engine.running())
        self._task.add_done_callback(lambda _: self._news.set())
        await asyncio.sleep(0)  # its first step tries the lock

    async def stop(self) -> None:
        """Let the engine run no more: what is written from here on is for others to carry out.

        A request that is on its way is let come to its end, for a few seconds.
        """
        if self._task is not None and not self._task.done():
            await self.engine.drain()
        await self._stack.aclose()
        self._task = None

    def _changed(self, changes: Changes) -> None:
        self.changes |= changes
        self._news.set()

    async def wait(self, seconds: float) -> Changes:
        """Wait until something changed, at most so long; raise what stops the engine."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
        self._news.clear()
        if self._task is not None and self._task.done():
            self._task.result()
        for notice in self.notices:
            if notice.group is None and notice.level == "error" and not self.goes_on:
                raise VhtuiError(notice.text)
        changes, self.changes = self.changes, Changes()
        return changes

    def clipboard(self) -> Clipboard:
        """Return the way to the person's clipboard; the terminal is reached through stderr."""
        write = _write_terminal if sys.stderr.isatty() else None
        return make_clipboard(self.paths, self.settings, self.environ, write)


def _write_terminal(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def unknown_account(name: str, known: Sequence[str]) -> UsageError:
    """Return the error about a name that no account has."""
    names = ", ".join(known) or "none: 'vhtui accounts add NAME --provider voe' adds one"
    return UsageError(f"there is no account {name!r} (known: {names})")


def no_accounts(paths: Paths) -> ConfigError:
    """Return the error about a configuration without accounts."""
    return ConfigError(
        f"there are no accounts in {paths.config_file}: 'vhtui accounts add NAME --provider voe'"
        " adds one, 'vhtui demo' shows vhtui without one"
    )


Command = Callable[[Session, "Namespace"], Awaitable[int]]


async def in_session(paths: Paths, command: Command, args: Namespace) -> int:
    """Run a command in a session of its own and return its exit status."""
    async with Session(paths, os.environ) as session:
        session.engine.only_looks = args.no_wait
        return await command(session, args)
