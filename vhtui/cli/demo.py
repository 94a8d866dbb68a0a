"""vhtui on a screen, the demo, and the sandbox."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from argparse import Namespace
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from vhtui.accounts_file import order_accounts, set_read_only
from vhtui.cli.output import say
from vhtui.config import AccountConfig, Paths, load_settings
from vhtui.credentials import add_account, key_source, remove_account
from vhtui.errors import UsageError, VhtuiError
from vhtui.models import File
from vhtui.providers import PROVIDERS, by_name
from vhtui.text import Secret

_DEMO_RATE = 20.0
"""Requests per second in the demo, which asks nothing of a real host."""


def screen(paths: Paths, args: Namespace) -> int:
    """Show vhtui on the terminal; without accounts, ask for one first."""
    _require_terminal()
    if load_settings(paths).accounts:
        return _show(paths, os.environ)
    from vhtui.ui.screens.welcome import NewAccount, StartDemo, welcome

    def add(wish: NewAccount) -> None:
        add_account(paths, AccountConfig(wish.name, wish.provider), wish.key)

    wish = welcome([(name, by_name(name).title) for name in PROVIDERS], add)
    if isinstance(wish, StartDemo):
        with _world(_sandbox_arguments(args)) as (demo_paths, environ):
            return _show(demo_paths, environ)
    return _show(paths, os.environ) if wish is not None else 0


def _require_terminal() -> None:
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError("vhtui's screen needs a terminal; 'vhtui --help' lists the commands")


def _show(paths: Paths, environ: Mapping[str, str]) -> int:
    """Run the interface on an open engine."""
    from vhtui.cli.join import make_clipboard, make_engine
    from vhtui.ui.account_book import AccountBook
    from vhtui.ui.app import run_app

    settings = load_settings(paths)
    engine = make_engine(paths, settings, environ)
    try:
        if engine.database.set_aside is not None:
            say(f"the library was damaged and is now {engine.database.set_aside}")
        asyncio.run(engine.open())
        return run_app(
            engine,
            settings,
            lambda write: make_clipboard(paths, settings, environ, write),
            paths.state,
            book=AccountBook(
                [(name, by_name(name).title) for name in PROVIDERS],
                lambda account: key_source(account, paths, environ),
                partial(add_account, paths),
                partial(set_read_only, paths),
                partial(order_accounts, paths),
                partial(remove_account, paths),
            ),
        )
    finally:
        engine.close()


# -- the demo -------------------------------------------------------------------------------------


def demo(paths: Paths, args: Namespace) -> int:
    """Show vhtui on two accounts of a sandbox, or serve them to commands in other terminals."""
    if not args.env:
        _require_terminal()
    with _world(_sandbox_arguments(args)) as (demo_paths, environ):
        return _serve_commands(demo_paths) if args.env else _show(demo_paths, environ)


def _serve_commands(paths: Paths) -> int:
    """Print how other commands find the demo, and keep it until a signal comes."""
    signals = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    print(
        f"export VHTUI_CONFIG_DIR={shlex.quote(str(paths.config))}"
        f" VHTUI_DATA_DIR={shlex.quote(str(paths.data))}",
        flush=True,
    )
    say("run this line in another terminal, then 'vhtui ls voe:/'; ctrl+c ends the demo")
    signal.sigwait(signals)
    return 0


def _sandbox_arguments(args: Namespace) -> list[str]:
    wanted = ["--rate", "0"]
    for name in ("files", "folders", "seed", "speed"):
        value = getattr(args, name, None)
        if value is not None:
            wanted += [f"--{name}", str(value)]
    return [*wanted, *(["--hostile"] if getattr(args, "hostile", False) else [])]


@contextlib.contextmanager
def _world(arguments: list[str]) -> Iterator[tuple[Paths, Mapping[str, str]]]:
    """Run a sandbox in a process of its own, and make the directories of a person who uses it.

    A process of its own, so that the interface does not share its time with the hosts' server.
    """
    with _running_sandbox(arguments) as access, tempfile.TemporaryDirectory("-vhtui-demo") as name:
        directory = Path(name)
        paths = Paths(directory / "config", directory / "data", directory / "data" / "state")
        for provider in PROVIDERS:
            account = AccountConfig(
                provider,
                provider,
                base_url=access[provider]["base_url"],
                requests_per_second=_DEMO_RATE,
            )
            add_account(paths, account, Secret(access[provider]["key"]))
        environ = {k: v for k, v in os.environ.items() if not k.startswith("VHTUI_")}
        asyncio.run(_fill_ledger(paths, environ, access["control_url"]))
        yield paths, environ


@contextlib.contextmanager
def _running_sandbox(arguments: list[str]) -> Iterator[dict[str, Any]]:
    """Run ``vhtui sandbox``; it also ends when this process does, however that happens."""
    with subprocess.Popen(
        [sys.executable, "-m", "vhtui", "sandbox", "--with-parent", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise VhtuiError("the sandbox did not start")
            yield json.loads(line)
        finally:
            process.terminate()


async def _fill_ledger(paths: Paths, environ: Mapping[str, str], control_url: str) -> None:
    """Enter the links that a person with the demo's illvid account would have collected."""
    from vhtui.cli.join import make_engine
    from vhtui.core.ledger import add_to_ledger
    from vhtui.sandbox.client import Control

    rows = Control(control_url).files(provider="illvid")
    engine = make_engine(paths, load_settings(paths), environ)
    try:
        await engine.open()
        await add_to_ledger(
            engine.store,
            "illvid",
            [
                File(
                    code=row["code"],
                    title=row["title"],
                    size=row["size"],
                    folder=row["folder"] or None,
                )
                for row in rows
            ],
        )
    finally:
        engine.close()


def sandbox(paths: Paths, args: Namespace) -> int:
    """Serve both hosts on loopback until SIGTERM."""
    from vhtui.sandbox import SandboxOptions, serve

    if args.with_parent:
        threading.Thread(target=_end_with_stdin, name="parent", daemon=True).start()
    options = SandboxOptions(
        port=args.port,
        files=args.files,
        folders=args.folders,
        seed=args.seed,
        hostile=args.hostile,
        rate=args.rate,
        speed=args.speed,
        database=args.database,
    )
    try:
        return serve(options)
    except ModuleNotFoundError as error:
        raise VhtuiError(
            f"the sandbox needs {error.name}, which is not installed: pip install 'vhtui[demo]'"
        ) from None


def _end_with_stdin() -> None:
    """End this process when whoever holds the other end of its input is gone."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
