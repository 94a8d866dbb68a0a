"""Where a key and a file may go: https, or plain http on this machine."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

import httpx

from vhtui.errors import ConfigError


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def checked_base(base_url: str) -> httpx.URL:
    """Return the URL; ConfigError when the key would travel in the clear or nowhere."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL()
    is_private = url.scheme == "https" or (url.scheme == "http" and is_loopback(url.host))
    if not url.host or not is_private or url.userinfo or url.query or url.fragment:
        raise ConfigError(
            "base_url must be an https address without a user, a query or a fragment, such as "
            "https://voe.sx/api (plain http only on this machine)"
        )
    return url


def is_trusted(url: httpx.URL, domains: Iterable[str] | None, *, is_local: bool) -> bool:
    """Return whether a file may go to ``url``: to this machine only from a host on this machine."""
    if url.userinfo or not url.host:
        return False
    if is_loopback(url.host):
        return is_local and url.scheme in ("http", "https")
    if url.scheme != "https":
        return False
    return domains is None or any(
        url.host == domain or url.host.endswith(f".{domain}") for domain in domains
    )
