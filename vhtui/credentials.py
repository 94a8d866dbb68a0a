"""Where an account's key comes from, and how accounts are added to and removed from the files.

In this order: the account's ``key_command``, the environment, credentials.toml. A key is handed
over as a ``Secret`` and appears in no message.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vhtui.accounts_file import without_account, write_checked
from vhtui.atomic import write_atomically
from vhtui.config import USUAL_RATE, AccountConfig, Paths, load_settings, parse_settings
from vhtui.errors import ConfigError
from vhtui.text import Secret, clean, redact
from vhtui.toml import Document, parse_document, place, read_document

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


def key_for(
    account: AccountConfig,
    paths: Paths,
    environ: Mapping[str, str],
    *,
    time_limit: float = 30.0,
) -> Secret:
    """Return the account's key from the first source that has one; raises ConfigError.

    Blocks while a ``key_command`` runs, at most ``time_limit`` seconds: call it in a thread.
    """
    if account.key_command:
        return _key_from_command(account, paths, environ, time_limit)
    variable = key_variable(account.name)
    if environ.get(variable):
        return _checked(environ[variable], f"the environment variable {variable}")
    key = _stored_key(account.name, paths)
    if key is None:
        raise ConfigError(
            f"{place(paths.config_file, f'accounts.{account.name}')}: account {account.name} has "
            f"no key: set key_command there, or the environment variable {variable}, or "
            f"key in [{account.name}] of {paths.credentials_file}"
        )
    return key


def key_source(account: AccountConfig, paths: Paths, environ: Mapping[str, str]) -> str:
    """Return in words where ``key_for`` would take the key from, without taking it."""
    if account.key_command:
        return f"the command {clean(account.key_command[0], 60)}"
    variable = key_variable(account.name)
    if environ.get(variable):
        return f"the environment variable {variable}"
    try:
        document = read_document(paths.credentials_file)
    except ConfigError:
        return "credentials.toml, which cannot be read"
    return "credentials.toml" if document and account.name in document.tables else "nowhere"


def key_variable(account: str) -> str:
    """Return the environment variable for an account's key: ``VHTUI_KEY_MY_ACCOUNT``."""
    return "VHTUI_KEY_" + re.sub("[^A-Z0-9]", "_", account.upper())


def add_account(paths: Paths, account: AccountConfig, key: Secret | None) -> None:
    """Write an account into config.toml, and its key, if given, into credentials.toml.

    Comments and order of what is there stay. A name that is taken is a ConfigError.
    """
    if any(known.name == account.name for known in load_settings(paths).accounts):
        at = place(paths.config_file, f"accounts.{account.name}")
        raise ConfigError(f"{at}: there is an account {account.name} already")
    import tomlkit

    config = _editable(paths.config_file)
    table = tomlkit.table()
    for name, value in _written_fields(account).items():
        table.add(name, value)
    if "accounts" not in config:
        config.add("accounts", tomlkit.table(is_super_table=True))
    accounts: Any = config["accounts"]
    accounts.add(account.name, table)
    text = tomlkit.dumps(config)
    parse_settings(parse_document(paths.config_file.name, text))
    if key is not None:
        store_key(paths, account.name, key)
    _write(paths.config_file, text)


def store_key(paths: Paths, name: str, key: Secret) -> None:
    """Write an account's key into credentials.toml, in the place of the one that is there."""
    import tomlkit

    if paths.config.exists():
        _refuse_wider(paths.config, "700")
    stored = _read_credentials(paths)
    credentials = tomlkit.parse(stored.text) if stored else tomlkit.document()
    credentials[name] = tomlkit.item({"key": key.reveal()})
    _write(paths.credentials_file, tomlkit.dumps(credentials))


def remove_account(paths: Paths, name: str) -> None:
    """Take an account and its key out of both files; an unknown name is a ConfigError."""
    names = [account.name for account in load_settings(paths).accounts]
    if name not in names:
        known = ", ".join(names) or "none"
        raise ConfigError(
            f"{paths.config_file.name}: there is no account {clean(name, 60)} (known: {known})"
        )
    config = read_document(paths.config_file)
    assert config is not None
    text = without_account(config, name)
    stored = _read_credentials(paths)
    if stored and name in stored.tables:
        import tomlkit

        credentials = tomlkit.parse(stored.text)
        del credentials[name]
        _write(paths.credentials_file, tomlkit.dumps(credentials))
    write_checked(paths, text)


def _key_from_command(
    account: AccountConfig, paths: Paths, environ: Mapping[str, str], time_limit: float
) -> Secret:
    import subprocess

    argv = account.key_command or ()
    at = place(paths.config_file, f"accounts.{account.name}.key_command")
    what = f"{at}: the command {clean(argv[0], 60)}"
    try:
        # A session of its own: no prompt of the program gets at the terminal.
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=time_limit,
            env=dict(environ),
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConfigError(f"{what} gave no key within {time_limit:g} s") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it cannot be started"
        raise ConfigError(f"{what} does not run: {why}") from None
    key = _first_line(done.stdout)
    if done.returncode:
        said = clean(redact(_first_line(done.stderr), *([Secret(key)] if key else [])), 200)
        raise ConfigError(
            f"{what} ended with status {done.returncode}" + (f": {said}" if said else "")
        )
    return _checked(key, what)


def _first_line(output: bytes) -> str:
    return output.decode("utf-8", "replace").strip().partition("\n")[0].strip()


def _stored_key(name: str, paths: Paths) -> Secret | None:
    document = _read_credentials(paths)
    if document is None or name not in document.tables:
        return None
    table = document.tables[name]
    if not isinstance(table, dict) or not isinstance(table.get("key"), str):
        raise document.refuse(name, f'is not understood: write [{name}] and key = "..." below it')
    return _checked(table["key"], document.place(f"{name}.key"))


def _checked(key: str, source: str) -> Secret:
    key = key.strip()
    if not key:
        raise ConfigError(f"{source} gave an empty key")
    if " " in key or not (key.isascii() and key.isprintable()):
        raise ConfigError(f"{source} gave no key: it has spaces or unusual characters in it")
    return Secret(key)


def _read_credentials(paths: Paths) -> Document | None:
    """Read credentials.toml, refusing it where others could have read or written it."""
    document = read_document(paths.credentials_file)
    if document is not None:
        _refuse_wider(paths.config, "700")
        _refuse_wider(paths.credentials_file, "600")
    return document


def _refuse_wider(path: Path, mode: str) -> None:
    if os.name == "nt":
        return  # access is not kept in mode bits there
    found = stat.S_IMODE(path.stat().st_mode)
    if found & 0o077:
        raise ConfigError(
            f"{path} is open to others (mode {found:04o}); keys are read from a private place "
            f"only: chmod {mode} {shlex.quote(str(path))}"
        )


def _editable(file: Path) -> TOMLDocument:
    import tomlkit

    document = read_document(file)
    return tomlkit.parse(document.text) if document else tomlkit.document()


def _written_fields(account: AccountConfig) -> dict[str, Any]:
    fields: dict[str, Any] = {"provider": account.provider}
    if account.base_url is not None:
        fields["base_url"] = account.base_url
    if account.key_command is not None:
        fields["key_command"] = list(account.key_command)
    if account.requests_per_second != USUAL_RATE:
        fields["requests_per_second"] = account.requests_per_second
    if account.read_only:
        fields["read_only"] = True
    if account.login is not None:
        fields["login"] = account.login
    if account.ca_file is not None:
        fields["ca_file"] = str(account.ca_file)
    return fields


def _write(file: Path, text: str) -> None:
    try:
        write_atomically(file, text)
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror or error}") from None
