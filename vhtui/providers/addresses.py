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


def objection(url: httpx.URL, domains: Iterable[str] | None, *, is_local: bool) -> str | None:
    """Return why no file may go to ``url``, None when it may.

    To this machine it may go only from a host on this machine (``is_local``), elsewhere only by
    https to these ``domains``, or to any when they are None.
    """
    if url.host and is_loopback(url.host):
        is_known = is_local and url.scheme in ("http", "https")
    elif url.host and url.scheme == "http":
        return "by plain http, which anybody on the way can read"
    else:
        is_known = url.scheme == "https" and (
            domains is None
            or any(url.host == each or url.host.endswith(f".{each}") for each in domains)
        )
    return None if url.host and is_known and not url.userinfo else "which is not trusted"
