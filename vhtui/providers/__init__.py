"""The hosts: one file each over one contract (``base``) and one way to speak HTTP (``http``)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from vhtui.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from vhtui.providers.base import Provider
    from vhtui.providers.illvid import Illvid
    from vhtui.providers.voe import Voe
    from vhtui.text import Secret

PROVIDERS = ("voe", "illvid")
"""The hosts' names, as they stand in config.toml."""


def by_name(name: str) -> type[Voe] | type[Illvid]:
    """Return a host's class; ConfigError with the known names for another one."""
    match name:
        case "voe":
            from vhtui.providers.voe import Voe

            return Voe
        case "illvid":
            from vhtui.providers.illvid import Illvid

            return Illvid
    raise ConfigError(f"There is no provider {name!r}: choose one of {', '.join(PROVIDERS)}")


def connect(
    name: str,
    *,
    key: Callable[[], Awaitable[Secret]],
    base_url: str | None = None,
    requests_per_second: float = 3.0,
    deadline: float = 30.0,
    ca_file: Path | None = None,
    login: str | None = None,
) -> Provider:
    """Return an account at the host ``name``; no connection is made and no key asked for yet.

    ``base_url`` None is the host's own. ``deadline``: seconds a call may take in all. ``ca_file``:
    certificates that are trusted besides the usual ones. ``login`` goes along with the key.
    ConfigError for an unknown name, an address that the key may not be sent to, or certificates
    that cannot be read.
    """
    provider = by_name(name)
    from vhtui.providers.http import ApiClient

    return provider(
        ApiClient(
            base_url=base_url or provider.default_base_url,
            key=key,
            requests_per_second=requests_per_second,
            deadline=deadline,
            ca_file=ca_file,
            login=login,
        )
    )
