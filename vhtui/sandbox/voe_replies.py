"""How VOE words its answers: a Laravel application's envelopes, pages and errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from vhtui.sandbox import hostile
from vhtui.sandbox.clock import iso_time, sql_time
from vhtui.sandbox.exchange import Caller
from vhtui.sandbox.replies import RefusedError, Reply, page
from vhtui.sandbox.state import State

WORDS = {401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 422: "Unprocessable"}


def success(
    caller: Caller, *, msg: str = "OK", message: str = "successful.", **payload: object
) -> Reply:
    """Return an answer of the older calls, with the payload under the call's own names."""
    time = sql_time(caller.state.clock.now())
    return Reply(body=_envelope(time, msg, message) | payload)


def modern_success(caller: Caller, message: str, **payload: object) -> Reply:
    """Return an answer of the newer calls, which write times in the ISO form."""
    time = iso_time(caller.state.clock.now())
    return Reply(body=_envelope(time, "OK", message) | payload)


def _envelope(time: str, msg: str, message: str) -> dict[str, object]:
    return {
        "server_time": time,
        "msg": msg,
        "message": message,
        "status": 200,
        "success": True,
    }


def refuse(state: State, refusal: RefusedError, *, wants_json: bool) -> Reply:
    """Word a refusal: a browser is sent away from a bad form, a client is told the field."""
    if refusal.status == 422 and not wants_json:
        return page(302, "Redirecting", {"Location": f"{state.origin}/"})
    message = refusal.message
    if state.options.hostile and refusal.status != 401:
        message += hostile.MESSAGE
    if refusal.status == 422:
        errors = {refusal.field: [message]}
        return Reply(status=422, body={"message": message, "errors": errors})
    body = {
        "server_time": sql_time(state.clock.now()),
        "msg": WORDS.get(refusal.status, "Error"),
        "message": message,
        "status": refusal.status,
        "success": False,
    }
    return Reply(status=refusal.status, body=body)


def paginator(
    caller: Caller,
    call: str,
    *,
    number: int,
    per_page: int,
    total: int,
    rows: Callable[[int, int], Sequence[object]],
) -> dict[str, Any]:
    """Return Laravel's page `number` of a list; `rows` is asked for (limit, offset)."""
    path = f"{caller.state.origin}/voe/api/{call}"
    last = max(1, -(-total // per_page))
    data = list(rows(per_page, (number - 1) * per_page))
    first = (number - 1) * per_page + 1

    def link(at: int) -> str | None:
        return f"{path}?page={at}" if 1 <= at <= last else None

    def entry(label: str, url: str | None, active: bool = False) -> dict[str, object]:
        return {"url": url, "label": label, "active": active}

    numbers = [
        entry(str(at), link(at), at == number) if at else entry("...", None)
        for at in _page_numbers(number, last)
    ]
    return {
        "current_page": number,
        "data": data,
        "first_page_url": link(1),
        "from": first if data else None,
        "last_page": last,
        "last_page_url": link(last),
        "links": [
            entry("« Previous", link(number - 1)),
            *numbers,
            entry("Next »", link(number + 1)),
        ],
        "next_page_url": link(number + 1),
        "path": path,
        "per_page": per_page,
        "prev_page_url": link(number - 1),
        "to": first + len(data) - 1 if data else None,
        "total": total,
    }


def _page_numbers(number: int, last: int) -> list[int]:
    """Return the page numbers Laravel links to, 0 for a gap."""
    if last < 14:
        return list(range(1, last + 1))
    if number <= 7:
        return [*range(1, 11), 0, last - 1, last]
    if number > last - 7:
        return [1, 2, 0, *range(last - 9, last + 1)]
    return [1, 2, 0, *range(number - 3, number + 4), 0, last - 1, last]
