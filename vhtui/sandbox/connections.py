"""The server's open connections, so that an answer can be to hang up."""

from __future__ import annotations

import asyncio

from starlette.types import Scope
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol


class Connections:
    """Knows the transport of every open connection by its client's address."""

    def __init__(self) -> None:
        self._transports: dict[object, asyncio.Transport] = {}

    def protocol(self) -> type[H11Protocol]:
        """Return the HTTP protocol for the server: the usual one, registering itself here."""
        transports = self._transports

        class RegisteredProtocol(H11Protocol):
            @override
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                transports[_peer(transport)] = transport
                super().connection_made(transport)

            @override
            def connection_lost(self, exc: Exception | None) -> None:
                transports.pop(_peer(self.transport), None)
                super().connection_lost(exc)

        return RegisteredProtocol

    async def hang_up(self, scope: Scope) -> None:
        """Close the connection a request came over, after what was written to it is sent."""
        transport = self._transports.get(tuple(scope["client"]))
        if transport is not None:
            transport.close()
            while not self._gone(transport):
                await asyncio.sleep(0.001)

    def abort_all(self) -> None:
        """Drop every connection at once, whatever it is doing."""
        for transport in list(self._transports.values()):
            transport.abort()

    def _gone(self, transport: asyncio.Transport) -> bool:
        return transport not in self._transports.values()


def _peer(transport: asyncio.BaseTransport) -> object:
    return tuple(transport.get_extra_info("peername")[:2])
