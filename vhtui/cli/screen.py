"""vhtui on a screen. What only the demo, or a first account, needs is imported there."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vhtui.config import AccountConfig, Paths, Settings, load_settings
from vhtui.errors import UsageError
from vhtui.providers import PROVIDERS, by_name

if TYPE_CHECKING:
    from argparse import Namespace

    from vhtui.text import Secret


def screen(paths: Paths, args: Namespace | None = None) -> int:
    """Show vhtui on the terminal; without accounts, ask for one first."""
    require_terminal()
    settings = load_settings(paths)
    if settings.accounts:
        return _show(paths, settings, os.environ)
    from vhtui.ui.screens.welcome import NewAccount, StartDemo, welcome

    def add(wish: NewAccount) -> None:
        _add_account(paths, AccountConfig(wish.name, wish.provider), wish.key)

    wish = welcome(_hosts(), add)
    if isinstance(wish, StartDemo):
        from vhtui.cli.demo import sandbox_arguments, world

        with world(sandbox_arguments(args)) as (demo_paths, environ):
            return show(demo_paths, environ)
    return show(paths, os.environ) if wish is not None else 0


def require_terminal() -> None:
    """Raise UsageError where there is no terminal to show vhtui on."""
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError("vhtui's screen needs a terminal; 'vhtui --help' lists the commands")


def show(paths: Paths, environ: Mapping[str, str]) -> int:
    """Show vhtui on the accounts that are configured there."""
    return _show(paths, load_settings(paths), environ)


def _show(paths: Paths, settings: Settings, environ: Mapping[str, str]) -> int:
    """Run the interface on an open engine."""
    # What is made until the interface stands is needed to the end: it is not collected.
    gc.disable()
    from vhtui.accounts_file import order_accounts, set_read_only
    from vhtui.cli.join import make_clipboard, make_engine
    from vhtui.ui.account_book import AccountBook
    from vhtui.ui.app import run_app
    from vhtui.ui.paint.charset import is_unicode

    if not is_unicode():
        settings = replace(settings, ascii=True)
    engine = make_engine(paths, settings, environ)
    try:
        if engine.database.set_aside is not None:
            from vhtui.cli.output import say

            say(f"the library was damaged and is now {engine.database.set_aside}")
        asyncio.run(engine.open())
        return run_app(
            engine,
            settings,
            lambda write: make_clipboard(paths, settings, environ, write),
            paths.state,
            on_appear=_collect_from_now_on,
            book=AccountBook(
                _hosts,
                lambda account: _key_source(account, paths, environ),
                lambda account, key: _add_account(paths, account, key),
                partial(set_read_only, paths),
                partial(order_accounts, paths),
                lambda name: _remove_account(paths, name),
            ),
        )
    finally:
        engine.close()


def _hosts() -> list[tuple[str, str]]:
    """Return every host as (name in config.toml, title)."""
    return [(name, by_name(name).title) for name in PROVIDERS]


def _collect_from_now_on() -> None:
    gc.freeze()
    gc.enable()


def _key_source(account: AccountConfig, paths: Paths, environ: Mapping[str, str]) -> str:
    from vhtui.credentials import key_source

    return key_source(account, paths, environ)


def _add_account(paths: Paths, account: AccountConfig, key: Secret) -> None:
    from vhtui.credentials import add_account

    add_account(paths, account, key)


def _remove_account(paths: Paths, name: str) -> None:
    from vhtui.credentials import remove_account

    remove_account(paths, name)
