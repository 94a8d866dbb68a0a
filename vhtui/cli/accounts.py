"""Commands about accounts: adding, listing, checking and removing them."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from typing import Any

from vhtui.cli.follow import ask_each
from vhtui.cli.join import Session, unknown_account
from vhtui.cli.output import account_object, print_document, print_table, say
from vhtui.config import USUAL_RATE, AccountConfig, Paths, load_settings
from vhtui.credentials import (
    add_account,
    key_source,
    key_variable,
    remove_account,
    store_key,
)
from vhtui.errors import UsageError
from vhtui.models import AccountRow
from vhtui.providers import by_name
from vhtui.text import UNKNOWN, Secret, money_words, plural, size_words, storage_left_words


def add(paths: Paths, args: Namespace) -> int:
    """Write an account into the configuration, with its key unless it comes from elsewhere."""
    account = AccountConfig(
        name=args.name,
        provider=args.provider,
        base_url=args.base_url,
        key_command=_argv(args.key_command),
        requests_per_second=args.rate or USUAL_RATE,
        read_only=args.read_only,
        login=args.login,
    )
    add_account(paths, account, _key_to_store(account, from_stdin=args.key_stdin))
    say(
        f"added {account.name}; 'vhtui accounts check {account.name}' tries its key,"
        f" 'vhtui sync {account.name}' fetches its library"
    )
    return 0


def _argv(words: list[str] | None) -> tuple[str, ...] | None:
    """Return the command as it is run; a single word is taken apart as a shell would."""
    if words is None:
        return None
    import shlex

    try:
        return tuple(shlex.split(words[0]) if len(words) == 1 else words)
    except ValueError as error:
        raise UsageError(f"--key-command is not understood: {error}") from None


def change_key(paths: Paths, args: Namespace) -> int:
    """Put a new key in the place of an account's old one."""
    accounts = {account.name: account for account in load_settings(paths).accounts}
    if args.name not in accounts:
        raise unknown_account(args.name, list(accounts))
    account = accounts[args.name]
    if account.key_command:
        raise UsageError(f"the key of {account.name} comes from its key_command in config.toml")
    store_key(paths, account.name, _asked_key(account, from_stdin=args.key_stdin))
    say(f"changed the key of {account.name}; 'vhtui accounts check {account.name}' tries it")
    return 0


def _key_to_store(account: AccountConfig, *, from_stdin: bool) -> Secret | None:
    """Return a new account's key, None where it comes from a command or the environment."""
    variable = key_variable(account.name)
    if account.key_command:
        return None
    if os.environ.get(variable) and not from_stdin:
        say(f"the key is taken from the environment variable {variable}")
        return None
    return _asked_key(account, from_stdin=from_stdin)


def _asked_key(account: AccountConfig, *, from_stdin: bool) -> Secret:
    """Return the key that the person types, or gives by a pipe."""
    if from_stdin:
        key = sys.stdin.readline().strip()
    elif sys.stdin.isatty():
        from getpass import getpass

        host = by_name(account.provider).title
        key = getpass(f"The {host} API key of {account.name} (it is not shown): ").strip()
    else:
        raise UsageError(
            "there is no terminal to ask for the key on: give it by a pipe with --key-stdin"
        )
    if not key or " " in key or not (key.isascii() and key.isprintable()):
        raise UsageError("that is no key: one line without spaces is expected")
    return Secret(key)


def remove(paths: Paths, args: Namespace) -> int:
    """Take an account and its key out of the configuration; nothing changes at the host."""
    known = [account.name for account in load_settings(paths).accounts]
    if args.name not in known:
        raise unknown_account(args.name, known)
    remove_account(paths, args.name)
    say(f"removed {args.name} from the configuration; its library stays in {paths.data}")
    return 0


async def show(session: Session, args: Namespace) -> int:
    """List the configured accounts with what the library knows of them."""
    rows = {row.name: row for row in session.store.accounts()}
    accounts = session.settings.accounts
    if args.json:
        print_document([_document(session, each, rows.get(each.name)) for each in accounts])
        return 0
    print_table([_cells(session, each, rows.get(each.name)) for each in accounts])
    if not accounts:
        say("there are no accounts: 'vhtui accounts add NAME --provider voe' adds one")
    return 0


def _document(session: Session, account: AccountConfig, row: AccountRow | None) -> dict[str, Any]:
    known = account_object(row or AccountRow(name=account.name, provider=account.provider))
    return (
        {"name": account.name}
        | known
        | {
            "base_url": account.base_url or by_name(account.provider).default_base_url,
            "requests_per_second": account.requests_per_second,
            "read_only": account.read_only,
            "key_from": key_source(account, session.paths, session.environ),
        }
    )


def _cells(session: Session, account: AccountConfig, row: AccountRow | None) -> list[str]:
    import time

    import humanize

    row = row or AccountRow(name=account.name, provider=account.provider)
    synced = "never synced"
    if row.synced is not None:
        synced = f"synced {humanize.naturaltime(max(0.0, time.time() - row.synced))}"
    return [
        account.name,
        by_name(account.provider).title,
        "read-only" if account.read_only else "",
        row.state,
        plural(row.files, "file"),
        size_words(row.bytes),
        synced,
        f"key from {key_source(account, session.paths, session.environ)}",
    ]


async def check(session: Session, args: Namespace) -> int:
    """Ask the host for an account's figures with its real key."""
    name = session.account(args.name)
    wishes = {name: await session.engine.refresh_account(name)}
    if await ask_each(session, wishes):
        return 1
    row = session.store.account(name)
    if args.json:
        print_document(account_object(row))
        return 0
    info = row.info
    if info is not None:
        left = storage_left_words(info.storage_left)
        print_table(
            [
                ["login", info.login or UNKNOWN],
                ["balance", money_words(info.balance)],
                ["storage", f"{size_words(info.storage_used)} used, {left}"],
            ],
            flexible=None,
        )
    say(f"{name}: the host accepts the key")
    return 0
