"""Puts the sandbox together and runs it: in the foreground, or in a thread of this process."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from typing_extensions import override

from vhtui.sandbox import SandboxError, SandboxOptions, control, illvid, voe
from vhtui.sandbox.client import Control
from vhtui.sandbox.replies import Reply, page
from vhtui.sandbox.state import State

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
START_SECONDS = 10.0


async def _not_found(request: Request, error: Exception) -> Response:
    return page(404, "Not Found").response()


async def _broken(request: Request, error: Exception) -> Response:
    """Show a bug of the sandbox in the answer: a log would end up on the demo's screen."""
    return Reply(status=500, body={"message": "Server Error", "exception": repr(error)}).response()


def application(state: State) -> Starlette:
    """Return the ASGI application: both hosts and the control doors."""
    app = Starlette(
        routes=[
            Route("/voe/api/{call:path}", voe.api, methods=METHODS),
            Route("/voe/node/{node}", voe.node, methods=["POST"]),
            Route("/illvid/api", illvid.api, methods=METHODS),
            Route("/illvid/api/", illvid.api, methods=METHODS),
            Route("/illvid/upload/{node}", illvid.node, methods=["POST"]),
            Route("/_sandbox/{door:path}", control.control, methods=METHODS),
        ],
        exception_handlers={404: _not_found, 500: _broken},
    )
    app.state.sandbox = state
    return app


class _Server(uvicorn.Server):
    """A uvicorn that reports when it is ready, leaves signals alone and never waits at the end."""

    def __init__(self, state: State, on_ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            application(state),
            http=state.connections.protocol(),
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=0,
            server_header=False,
        )
        super().__init__(config)
        self._connections = state.connections
        self._on_ready = on_ready

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._connections.abort_all()
        await super().shutdown(sockets)

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listen(options: SandboxOptions) -> socket.socket:
    """Return a bound socket; raise SandboxError when the address is foreign or taken."""
    try:
        address = ipaddress.ip_address(options.host.replace("localhost", "127.0.0.1"))
    except ValueError as error:
        raise SandboxError(f"{options.host} is not an IP address.") from error
    if not address.is_loopback:
        raise SandboxError(f"The sandbox listens on loopback only, not on {options.host}.")
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((str(address), options.port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        reason = (error.strerror or str(error)).lower()
        raise SandboxError(f"Cannot listen on {address} port {options.port}: {reason}.") from error
    return listener


def _prepare(options: SandboxOptions) -> tuple[State, socket.socket]:
    """Take the port first (that fails quickly), then make or open the library."""
    listener = _listen(options)
    try:
        state = State(options)
    except BaseException:
        listener.close()
        raise
    host, port = listener.getsockname()[:2]
    state.origin = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    return state, listener


def serve(options: SandboxOptions) -> int:
    """Serve in the foreground until SIGTERM or SIGINT; see vhtui.sandbox.serve."""
    try:
        state, listener = _prepare(options)
    except SandboxError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        asyncio.run(_serve(state, listener))
    finally:
        listener.close()
        state.close()
    return 0


async def _serve(state: State, listener: socket.socket) -> None:
    message = json.dumps(control.ready_message(state))
    server = _Server(state, lambda: print(message, flush=True))

    def stop() -> None:
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    await server.serve(sockets=[listener])


class RunningSandbox:
    """A sandbox in a background thread, serving from construction until `stop`.

    `info` is what `vhtui sandbox` prints when ready; `control` looks into it and changes it.
    """

    def __init__(self, options: SandboxOptions) -> None:
        self._state, self._listener = _prepare(options)
        self.info: dict[str, Any] = control.ready_message(self._state)
        self.control = Control(self.info["control_url"])
        ready = threading.Event()
        self._server = _Server(self._state, ready.set)
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        self._thread.start()
        if not ready.wait(START_SECONDS):
            self.stop()
            raise SandboxError("The sandbox did not start.")

    def _run(self) -> None:
        try:
            asyncio.run(self._server.serve(sockets=[self._listener]))
        finally:
            self._listener.close()
            self._state.close()

    def stop(self) -> None:
        """End it, dropping open connections. Stopping twice is no error."""
        self._server.should_exit = True
        self._thread.join()

    def history(self) -> list[dict[str, Any]]:
        """Return every applied mutation, in order."""
        return self.control.history()

    def requests(self) -> list[dict[str, Any]]:
        """Return every API request, in order of arrival."""
        return self.control.requests()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
