"""A TCP proxy that does to a connection what a sandbox cannot do to itself."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit


class Mischief(StrEnum):
    """What happens to one connection whose request names the call."""

    RESET_BEFORE = "reset before"  # nothing was forwarded
    RESET_AFTER = "reset after"  # forwarded and carried out; the answer is dropped
    STALL_BEFORE = "stall before"  # nothing was forwarded, nothing comes
    STALL_AFTER = "stall after"  # forwarded and carried out; nothing comes
    CUT = "cut"  # the answer stops in its middle


@dataclass
class Plan:
    """Mischief for the next connections whose request line has ``call`` in it."""

    call: str
    mischief: Mischief
    times: int = 1


class Proxy:
    """Forwards to one address; refuses, resets, stalls and cuts when told to."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self.plans: deque[Plan] = deque()
        self.refused = False
        self._server: asyncio.Server | None = None
        self._port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The address to use in place of the real one."""
        return urlunsplit(self._parts._replace(netloc=f"127.0.0.1:{self._port}"))

    async def listen(self) -> None:
        """Take connections (again, at the same port)."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self._port, reuse_address=True
        )
        self._port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Take no connections until ``listen``."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def close(self) -> None:
        await self.refuse()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _plan_for(self, line: bytes) -> Mischief | None:
        for plan in self.plans:
            if plan.call.encode() in line:
                plan.times -= 1
                if plan.times == 0:
                    self.plans.remove(plan)
                return plan.mischief
        return None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        ended = (OSError, asyncio.IncompleteReadError, asyncio.CancelledError)
        with contextlib.suppress(*ended):
            try:
                await self._exchange(reader, writer)
            finally:
                writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            body = await reader.readexactly(_length(head))
            mischief = self._plan_for(head.split(b"\r\n", 1)[0])
            if mischief is Mischief.STALL_BEFORE:
                await asyncio.sleep(3600)
            if mischief is Mischief.RESET_BEFORE:
                _reset(writer)
                return
            answer = await self._forward(head, body)
            if mischief is Mischief.STALL_AFTER:
                await asyncio.sleep(3600)
            if mischief is Mischief.RESET_AFTER:
                _reset(writer)
                return
            writer.write(answer[: -len(answer) // 8] if mischief is Mischief.CUT else answer)
            await writer.drain()
            if mischief is Mischief.CUT:
                return

    async def _forward(self, head: bytes, body: bytes) -> bytes:
        assert self._parts.hostname is not None
        reader, writer = await asyncio.open_connection(self._parts.hostname, self._parts.port)
        try:
            writer.write(head + body)
            answer = await _head(reader)
            return answer + await reader.readexactly(_length(answer))
        finally:
            writer.close()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    linger = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


@contextlib.asynccontextmanager
async def proxied(url: str) -> AsyncIterator[Proxy]:
    """A proxy in front of an address for the length of a block."""
    proxy = Proxy(url)
    await proxy.listen()
    try:
        yield proxy
    finally:
        await proxy.close()
