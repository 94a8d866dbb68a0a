"""Faults on demand: what a host, or the way to it, can do to a call.

A rule names a call and a kind. Whether the call is applied before the fault shows depends on
the kind; the rule's `apply` says otherwise where either is possible.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from msgspec import Struct, field
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from vhtui.sandbox.connections import Connections
from vhtui.sandbox.parameters import Parameters
from vhtui.sandbox.replies import Reply, page

KINDS = frozenset({
    "status", "apply_then_status", "delay", "apply_then_delay", "late", "partial",
    "success_false", "html", "invalid_json", "empty", "wrong_types", "redirect", "disconnect",
    "apply_then_disconnect", "truncate",
})  # fmt: skip
APPLYING = frozenset({"apply_then_status", "wrong_types", "apply_then_disconnect", "truncate"})


class Fault(Struct, kw_only=True):
    """One rule: after `skip` matching requests, disturb the next `times`.

    `call` is the path below VOE's api, illvid's op, `upload` for the upload itself, or `*`.
    `provider` and `account` narrow it down. `seconds` is real time for delays, sandbox time
    for `late`.
    """

    call: str = "*"
    kind: str = "status"
    times: int = 1
    skip: int = 0
    status: int = 500
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 1.0
    apply: bool | None = None
    provider: str = ""
    account: str = ""

    @property
    def applies(self) -> bool:
        """Whether the call takes effect before its answer is spoiled."""
        return self.kind in APPLYING if self.apply is None else self.apply

    def matches(self, provider: str, account: str, call: str) -> bool:
        """Tell whether the rule is about such a request."""
        return (
            self.call in ("*", call)
            and self.provider in ("", provider)
            and self.account in ("", account)
        )


class Faults:
    """The rules in force, and the calls that are answered already but apply later."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._late: list[tuple[float, Callable[[], object]]] = []

    def add(self, rules: object) -> None:
        """Add rules as they came from outside; raise ValueError when one makes no sense."""
        if not isinstance(rules, list):
            raise ValueError("faults are a list of objects")
        added = [_fault(rule) for rule in rules]
        self._rules += added

    def clear(self) -> None:
        """Forget the rules. What is to apply later still does."""
        self._rules.clear()

    def take(self, provider: str, account: str, call: str) -> Fault | None:
        """Return the first rule for this request, counting it as used."""
        for rule in list(self._rules):
            if not rule.matches(provider, account, call):
                continue
            if rule.skip > 0:
                rule.skip -= 1
                continue
            rule.times -= 1
            if rule.times <= 0:
                self._rules.remove(rule)
            return rule
        return None

    def postpone(self, moment: float, apply: Callable[[], object]) -> None:
        """Apply a call once the sandbox's clock has reached `moment`."""
        self._late.append((moment, apply))

    def due(self, now: float) -> list[Callable[[], object]]:
        """Hand out the postponed calls whose moment has come, oldest first."""
        ready = sorted((late for late in self._late if late[0] <= now), key=lambda late: late[0])
        self._late = [late for late in self._late if late[0] > now]
        return [apply for _, apply in ready]


def _fault(rule: object) -> Fault:
    if not isinstance(rule, dict) or not all(isinstance(name, str) for name in rule):
        raise ValueError("a fault is an object")
    try:
        fault = Fault(**rule)
    except TypeError as error:
        raise ValueError(f"unknown field in a fault: {error}") from error
    for number in (fault.times, fault.skip, fault.status, fault.seconds):
        if not isinstance(number, int | float):
            raise ValueError(f"expected a number in a fault, not {number!r}")
    if fault.kind not in KINDS:
        raise ValueError(f"unknown kind of fault: {fault.kind!r}")
    return fault


class HangUp(Response):
    """No answer: the connection closes."""

    def __init__(self, connections: Connections) -> None:
        super().__init__()
        self._connections = connections

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._connections.hang_up(scope)


class Truncated(Response):
    """The head of the whole answer, half of its body, and the connection closes."""

    def __init__(self, whole: Response, connections: Connections) -> None:
        super().__init__(whole.body, whole.status_code, media_type=whole.media_type)
        self._connections = connections

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {
            "type": "http.response.start",
            "status": self.status_code,
            "headers": self.raw_headers,
        }
        await send(start)
        half = self.body[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await self._connections.hang_up(scope)


async def disturb(
    fault: Fault,
    faults: Faults,
    connections: Connections,
    now: float,
    parameters: Parameters,
    run: Callable[[Parameters], Reply],
) -> Response:
    """Answer a call the way the fault has it."""
    if fault.kind == "late":
        faults.postpone(now + fault.seconds, lambda: run(parameters))
        return _canned(fault).response()
    if fault.kind == "partial":
        half = parameters.first_half()
        if half is not None:
            run(half)
        return _canned(fault).response()
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
        return run(parameters).response()
    if fault.kind == "apply_then_delay":
        reply = run(parameters)
        await asyncio.sleep(fault.seconds)
        return reply.response()
    reply = run(parameters) if fault.applies else Reply()
    if fault.kind == "truncate":
        return Truncated(reply.response(), connections)
    if fault.kind in ("disconnect", "apply_then_disconnect"):
        return HangUp(connections)
    return _spoilt(fault, reply)


def _spoilt(fault: Fault, reply: Reply) -> Response:
    if fault.kind == "success_false":
        failed = {"msg": "Error", "message": "Something went wrong.", "status": 200}
        body = failed | {"success": False} if fault.body is None else fault.body
        return Reply(body=body, headers=fault.headers).response()
    if fault.kind == "html":
        return page(200, "We are back in a moment").response()
    if fault.kind == "redirect":
        location = {"Location": "/maintenance"} | dict(fault.headers)
        return page(302, "Redirecting", location).response()
    if fault.kind == "empty":
        return Response(b"", 200, media_type="application/json")
    if fault.kind == "invalid_json":
        broken = b'{"status":200,"success":true,"result":{"data":[{"filecode":"abc",'
        return Response(broken, 200, media_type="application/json")
    if fault.kind == "wrong_types":
        return Reply(body=_mangled(reply.body), status=reply.status).response()
    return _canned(fault).response()


def _canned(fault: Fault) -> Reply:
    if isinstance(fault.body, str):
        return Reply(html=fault.body, status=fault.status, headers=fault.headers)
    body = {"message": "Server Error"} if fault.body is None else fault.body
    return Reply(body=body, status=fault.status, headers=fault.headers)


ENVELOPE = frozenset({"status", "success", "msg", "message", "server_time"})


def _mangled(body: object) -> object:
    """Return a body whose payload has the right names and the wrong types throughout."""
    if not _is_object(body):
        return _wrong(body)
    return {name: value if name in ENVELOPE else _wrong(value) for name, value in body.items()}


def _wrong(value: object) -> object:
    if _is_object(value):
        return {name: _wrong(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_wrong(inner) for inner in value] or "none"
    if isinstance(value, str):
        return [value]
    return {"value": json.dumps(value)}


def _is_object(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)
