"""One API request, from the key to the answer; the same steps for both hosts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from starlette.responses import Response

from vhtui.sandbox.faults import disturb
from vhtui.sandbox.parameters import Parameters
from vhtui.sandbox.replies import RefusedError, Reply
from vhtui.sandbox.state import Account, State


class Caller(Struct, frozen=True):
    """Who calls, and the sandbox that answers."""

    state: State
    account: Account

    def record(self, op: str, params: dict[str, object], result: object) -> None:
        """Note an applied mutation of this account."""
        self.state.record(self.account, op, params, result)


class Exchange(Struct, frozen=True):
    """A request whose call is known, and how its host words what goes wrong."""

    state: State
    record: dict[str, Any]
    refuse: Callable[[RefusedError], Reply]

    async def answer(
        self,
        key: str,
        parameters: Parameters,
        handler: Callable[[Caller, Parameters], Reply],
        *,
        limited: bool = True,
    ) -> Response:
        """Check the key, then the rate, then run the call in a transaction, faults permitting."""
        account = self.state.account(self.record["provider"], key)
        if account is None:
            return self.finish(self.refuse(RefusedError(401, "Authentication failed.")).response())
        self.record["account"] = account.name
        self.record["params"] = parameters.noted()
        wait = self.state.limit.wait(account.key) if limited else 0
        if wait:
            reply = Reply(
                status=429,
                body={"message": "Too Many Attempts."},
                headers={"Retry-After": str(wait)},
            )
            return self.finish(reply.response())
        self.state.settle()
        caller = Caller(self.state, account)

        def run(parameters: Parameters) -> Reply:
            try:
                with self.state.transaction():
                    return handler(caller, parameters)
            except RefusedError as refusal:
                return self.refuse(refusal)

        fault = self.state.faults.take(account.provider, account.name, self.record["call"])
        if fault is None:
            return self.finish(run(parameters).response())
        now = self.state.clock.now()
        return self.finish(
            await disturb(fault, self.state.faults, self.state.connections, now, parameters, run)
        )

    def finish(self, response: Response) -> Response:
        """Note how the request ended."""
        self.record["status"] = response.status_code if response.status_code else None
        return response
