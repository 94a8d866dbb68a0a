"""Where accounts are written down, as far as the interface has to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from vhtui.config import AccountConfig
from vhtui.text import Secret


class AccountBook(Struct, frozen=True):
    """Where keys come from and how accounts change; ``hosts`` are (name in config.toml, title).

    ``add``, ``set_read_only`` (name, on), ``order`` (all names) and ``remove`` write to
    config.toml and raise ConfigError for what cannot be.
    """

    hosts: Callable[[], Sequence[tuple[str, str]]]
    key_source: Callable[[AccountConfig], str]
    add: Callable[[AccountConfig, Secret], None]
    set_read_only: Callable[[str, bool], None]
    order: Callable[[Sequence[str]], None]
    remove: Callable[[str], None]
