"""Changing the accounts of config.toml in place: every comment and unknown key stays where it is.

A table is moved with the comment lines right above its header. What is written is read back
first: it must say what was meant and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from vhtui.atomic import write_atomically
from vhtui.config import AccountConfig, Paths, load_settings, parse_settings
from vhtui.errors import ConfigError
from vhtui.text import clean
from vhtui.toml import Document, parse_document, read_document

_HEADER = re.compile(r"\s*\[")
_ACCOUNT = re.compile(r"""\s*\[\s*accounts\s*\.\s*["']?([A-Za-z0-9_-]+)["']?\s*[].]""")


class ConfiguredAccounts:
    """Notices when config.toml was written since it was looked at."""

    def __init__(self, paths: Paths) -> None:
        """Begin with the file as it is now."""
        self._paths = paths
        self._seen = self._stamp()

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self._paths.config_file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def changed(self) -> Sequence[AccountConfig] | None:
        """Return the accounts if the file is another, None too where it is gone; ConfigError."""
        stamp = self._stamp()
        if stamp == self._seen or stamp is None:
            return None
        self._seen = stamp
        return load_settings(self._paths).accounts


def set_read_only(paths: Paths, name: str, on: bool) -> None:
    """Say whether anything may be changed through an account; raises ConfigError."""
    import tomlkit

    document = _read(paths, name)
    wanted = _tables(document.name, document.text)
    wanted["accounts"][name]["read_only"] = on
    given = document.tables["accounts"][name]
    if "read_only" not in given:
        # Behind the provider, and not behind the comments that belong to the next table.
        lines = document.text.splitlines(keepends=True)
        at = document.line_of(f"accounts.{name}.provider")
        lines[at - 1] = lines[at - 1].rstrip("\n") + f"\nread_only = {str(on).lower()}\n"
        text = "".join(lines)
        if _tables(document.name, text) == wanted:
            write_checked(paths, text)
            return
    config: Any = tomlkit.parse(document.text)
    config["accounts"][name]["read_only"] = on
    write_checked(paths, tomlkit.dumps(config))


def order_accounts(paths: Paths, names: Sequence[str]) -> None:
    """Put the accounts into an order; raises ConfigError, also where they are no [tables]."""
    document = _read(paths, *names)
    blocks = _blocks(document.text)
    slots = [number for number, block in enumerate(blocks) if block.account]
    by_name = {blocks[number].account: blocks[number] for number in slots}
    if sorted(by_name) != sorted(names) or len(slots) != len(names):
        raise _not_tables(paths)
    endings = [_ending(blocks[slot].lines) for slot in slots]
    for slot, name, ending in zip(slots, names, endings, strict=True):
        lines = by_name[name].lines
        body = lines[: len(lines) - len(_ending(lines))]
        body[-1] = body[-1].rstrip("\n") + "\n"
        blocks[slot] = Block(name, [*body, *ending])
    text = "".join(line for block in blocks for line in block.lines)
    tables = _tables(document.name, text)
    if tables != document.tables or list(tables["accounts"]) != list(names):
        raise _not_tables(paths)
    write_checked(paths, text)


def without_account(document: Document, name: str) -> str:
    """Return the text of config.toml without an account."""
    wanted = _tables(document.name, document.text)
    del wanted["accounts"][name]
    kept = [block for block in _blocks(document.text) if block.account != name]
    text = "".join(line for block in kept for line in block.lines)
    found = _tables(document.name, text)
    if {**found, "accounts": found.get("accounts", {})} == wanted:
        return text
    import tomlkit

    config: Any = tomlkit.parse(document.text)
    del config["accounts"][name]
    return tomlkit.dumps(config)


def write_checked(paths: Paths, text: str) -> None:
    """Write config.toml if it can be read again; raises ConfigError."""
    parse_settings(parse_document(paths.config_file.name, text))
    try:
        write_atomically(paths.config_file, text)
    except OSError as error:
        raise ConfigError(
            f"{paths.config_file} cannot be written: {error.strerror or error}"
        ) from None


# -- tables as blocks of lines --------------------------------------------------------------------


class Block(Struct, frozen=True):
    """Lines that belong together; ``account`` is whose table they are, "" for other lines."""

    account: str
    lines: list[str]


def _blocks(text: str) -> list[Block]:
    """Cut a text at its headers, each with the comments right above it; sub-tables stay."""
    blocks = [Block("", [])]
    for line in text.splitlines(keepends=True):
        if _HEADER.match(line):
            found = _ACCOUNT.match(line)
            account = found[1] if found else ""
            if not account or account != blocks[-1].account:
                before = blocks[-1].lines
                start = len(before)
                while start and before[start - 1].lstrip().startswith("#"):
                    start -= 1
                above = before[start:]
                del before[start:]
                blocks.append(Block(account, above))
        blocks[-1].lines.append(line)
    return blocks


def _ending(lines: Sequence[str]) -> list[str]:
    """Return the blank lines at the end."""
    count = 0
    while count < len(lines) and not lines[-1 - count].strip():
        count += 1
    return list(lines[len(lines) - count :])


def _read(paths: Paths, *names: str) -> Document:
    known = [account.name for account in load_settings(paths).accounts]
    document = read_document(paths.config_file)
    for name in names:
        if document is None or name not in known:
            raise ConfigError(
                f"{paths.config_file.name}: there is no account {clean(name, 60)}"
                f" (known: {', '.join(known) or 'none'})"
            )
    assert document is not None
    return document


def _tables(name: str, text: str) -> dict[str, Any]:
    try:
        return dict(parse_document(name, text).tables)
    except ConfigError:
        return {}


def _not_tables(paths: Paths) -> ConfigError:
    return ConfigError(
        f"{paths.config_file.name}: write each account as a table of its own, [accounts.NAME],"
        " so that vhtui can change their order"
    )
