"""What goes back over the wire, and the refusals that become it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field
from starlette.responses import Response


class RefusedError(Exception):
    """A request that the host turns down; each host words the answer in its own way.

    `field` names the bad parameter when the request itself is wrong.
    """

    def __init__(self, status: int, message: str, field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.field = field


class Reply(Struct, frozen=True, kw_only=True):
    """An answer before it is bytes: JSON, or an HTML page when `html` is set."""

    body: Any = None
    html: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """Return the body as it is sent. PHP escapes slashes and everything outside ASCII."""
        if self.html:
            return self.html.encode()
        return json.dumps(self.body, separators=(",", ":")).replace("/", "\\/").encode()

    def response(self) -> Response:
        """Return the answer for the server to send."""
        return Response(
            self.content(),
            self.status,
            dict(self.headers),
            media_type="text/html" if self.html else "application/json",
        )


def page(status: int, title: str, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a small HTML page, as a web site shows where an API should have spoken JSON."""
    html = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>{title}</body></html>"
    return Reply(html=html, status=status, headers=headers or {})
