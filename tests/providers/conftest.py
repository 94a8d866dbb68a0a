"""A host that answers exactly the bytes it is told to, over real sockets."""

from __future__ import annotations

import contextlib
import functools
import json
import socket
import struct
import threading
import zlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from vhtui.providers.http import ApiClient
from vhtui.providers.illvid import Illvid
from vhtui.providers.voe import Voe
from vhtui.text import Secret

CANARY = "canary+key/that=must&not leak"
HTML = b"<!DOCTYPE html><html><title>Oops</title></html>"
MEBIBYTE = 2**20


@functools.cache
def zipped(size: int) -> bytes:
    """Return zeros as gzip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    blocks = [packer.compress(bytes(MEBIBYTE)) for _ in range(size // MEBIBYTE)]
    return b"".join((*blocks, packer.flush()))


Script = Callable[[socket.socket], None]


class ScriptedHost:
    """Answers its requests in order with what was queued; a script may do worse than answer."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self._scripts: deque[Script] = deque()
        self._open: list[socket.socket] = []
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}/api"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    # -- what to answer -------------------------------------------------------------------------

    def run(self, script: Script, times: int = 1) -> None:
        """Let a script handle the next request; it writes to the socket what it likes."""
        self._scripts.extend([script] * times)

    def send(self, data: bytes, times: int = 1) -> None:
        """Answer with these bytes and close the connection."""

        def script(connection: socket.socket) -> None:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)

        self.run(script, times)

    def reply(
        self,
        body: bytes,
        status: int = 200,
        *headers: str,
        kind: str = "application/json",
        times: int = 1,
    ) -> None:
        """Answer with a whole, well-formed response and keep the connection."""
        lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        data = "\r\n".join((*lines, *headers, "", "")).encode() + body
        self.run(lambda connection: connection.sendall(data), times)

    def say(self, value: Any, status: int = 200, *headers: str, times: int = 1) -> None:
        """Answer with JSON."""
        self.reply(json.dumps(value).encode(), status, *headers, times=times)

    def ok(self, **payload: Any) -> None:
        """Answer as VOE does when all went well."""
        self.say({"status": 200, "success": True, "msg": "OK", "message": "successful.", **payload})

    def reset(self, times: int = 1) -> None:
        """Break the connection with a RST instead of an answer."""

        def script(connection: socket.socket) -> None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise EOFError  # closes the connection

        self.run(script, times)

    def hang(self, first: bytes = b"", times: int = 1) -> None:
        """Send the first bytes of an answer, then nothing until the client goes."""

        def script(connection: socket.socket) -> None:
            connection.sendall(first)
            while connection.recv(4096):
                pass

        self.run(script, times)

    def drip(self, data: bytes) -> None:
        """Send a byte every 10 ms until the client goes."""

        def script(connection: socket.socket) -> None:
            for byte in data:
                connection.sendall(bytes([byte]))
                if self._closing.wait(0.01):
                    return

        self.run(script)

    def flood(self, head: bytes, block: bytes) -> None:
        """Send a block again and again until the client goes."""

        def script(connection: socket.socket) -> None:
            connection.sendall(head)
            while not self._closing.is_set():
                connection.sendall(block)

        self.run(script)

    def misbehave(self, fault: str) -> None:
        """Answer the next request in one of the ways named in ``FAULTS``."""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        chunked = head + b"Transfer-Encoding: chunked\r\n\r\n"
        match fault:
            case "empty":
                self.reply(b"")
            case "html":
                self.reply(HTML, kind="text/html")
            case "html404":
                self.reply(HTML, 404, kind="text/html")
            case "truncated":
                self.reply(b'{"status": 200, "resu')
            case "half":
                self.send(head + b'Content-Length: 100\r\n\r\n{"status": 200,')
            case "reset":
                self.reset()
            case "closed":
                self.send(b"")
            case "garbage":
                self.send(b"SSH-2.0-OpenSSH_9.6\r\n")
            case "hang":
                self.hang()
            case "hang_in_body":
                self.hang(head + b'Content-Length: 100\r\n\r\n{"status"')
            case "drip":
                self.drip(head + b"Content-Length: 9000\r\n\r\n" + b" " * 9000)
            case "redirect":
                self.reply(b"", 302, "Location: https://elsewhere.example/login")
            case "no_content":
                self.send(b"HTTP/1.1 204 No Content\r\n\r\n")
            case "deep":
                self.reply(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
            case "deep_unclosed":
                self.reply(b'{"a":' * 100_000)
            case "endless":
                self.flood(chunked, b"10000\r\n" + bytes(0x10000) + b"\r\n")
            case "bomb":
                self.reply(zipped(128 * MEBIBYTE), 200, "Content-Encoding: gzip")
            case "bad_gzip":
                self.reply(b"\x1f\x8bnonsense that is no gzip", 200, "Content-Encoding: gzip")
            case "half_gzip":
                self.reply(zipped(MEBIBYTE)[:-20], 200, "Content-Encoding: gzip")
            case "brotli":
                self.reply(b"{}", 200, "Content-Encoding: br")
            case "many_values":
                self.reply(b"[" + b"0," * 3_000_000 + b"0]")
            case _:
                self.say({"message": f"No, because of key={CANARY}."}, int(fault))

    # -- the machinery --------------------------------------------------------------------------

    def close(self) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                self._threads.append(threading.Thread(target=self._serve, args=[connection]))
                self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, EOFError):
            reader = connection.makefile("rb")
            with reader:
                while self._receive(reader.readline, reader.read):
                    script = self._scripts.popleft() if self._scripts else None
                    if script is None:
                        return
                    script(connection)

    def _receive(self, line: Callable[[], bytes], read: Callable[[int], bytes]) -> bool:
        head = b""
        length = 0
        while (row := line()) not in (b"\r\n", b""):
            head += row
            name, _, value = row.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not head:
            return False
        self.requests.append(head.decode("latin-1"))
        self.bodies.append(read(length))
        return True

    @property
    def targets(self) -> list[str]:
        """The request lines' targets, such as ``/api/file/info?...``."""
        return [request.split(" ", 2)[1] for request in self.requests]


@pytest.fixture
def host() -> Iterator[ScriptedHost]:
    running = ScriptedHost()
    yield running
    running.close()


@pytest.fixture
async def client(host: ScriptedHost) -> AsyncIterator[ApiClient]:
    """A client of the scripted host with a deadline short enough to wait for."""

    async def key() -> Secret:
        return Secret(CANARY)

    made = ApiClient(base_url=host.base_url, key=key, requests_per_second=1000, deadline=0.6)
    yield made
    await made.close()


@pytest.fixture
def voe(client: ApiClient) -> Voe:
    return Voe(client)


@pytest.fixture
def illvid(client: ApiClient) -> Illvid:
    return Illvid(client)
