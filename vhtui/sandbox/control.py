"""The sandbox's own doors, below /_sandbox: look at what happened, change what happens.

No key is asked for: the server listens on loopback only.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import Response

from vhtui.sandbox.catalogue import add_file, add_folder
from vhtui.sandbox.database import raw
from vhtui.sandbox.replies import Reply
from vhtui.sandbox.state import PROVIDERS, Account, State, Switches
from vhtui.sandbox.transfers import remove_files


class BadControlError(Exception):
    """The request to the control door makes no sense; the message says why."""


class Body:
    """A JSON object from outside, read strictly."""

    def __init__(self, values: object) -> None:
        if not isinstance(values, dict):
            raise BadControlError("expected a JSON object")
        self._values: dict[str, Any] = values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there."""
        value = self._values.get(name, default)
        if not isinstance(value, str):
            raise BadControlError(f"{name}: expected a text")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """Return a number; without a default it must be there."""
        value = self._values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadControlError(f"{name}: expected a number")
        return value

    def whole(self, name: str, default: int | None = None) -> int:
        """Return a whole number that is not negative."""
        value = self.number(name, default)
        if value != int(value) or value < 0:
            raise BadControlError(f"{name}: expected a whole number")
        return int(value)

    def switches(self) -> dict[str, bool]:
        """Return the object as names of switches and their positions."""
        for name, value in self._values.items():
            if name not in Switches.__struct_fields__ or not isinstance(value, bool):
                raise BadControlError(f"{name}: not a switch, or not true or false")
        return dict(self._values)


def _account(state: State, provider: str, name: str) -> Account:
    """Return the account meant: by name, or the first of the provider."""
    for account in state.accounts():
        if name in ("", account.name) and provider in ("", account.provider):
            return account
    raise BadControlError(f"no account {name!r} at {provider!r}")


def history(state: State, query: dict[str, str]) -> object:
    """GET history: every applied mutation in order, after `after` if given."""
    rows = state.db.execute(
        "SELECT * FROM history WHERE seq > ? ORDER BY seq", (int(query.get("after", 0)),)
    )
    return [
        dict(row) | {"params": json.loads(row["params"]), "result": json.loads(row["result"])}
        for row in rows
    ]


def requests(state: State, query: dict[str, str]) -> object:
    """GET requests: every request in order of arrival, after `after` if given."""
    return state.requests[int(query.get("after", 0)) :]


def files(state: State, query: dict[str, str]) -> object:
    """GET files: an account's files, oldest first; `limit` and `offset` for large ones."""
    account = _account(state, query.get("provider", ""), query.get("account", ""))
    names: dict[int, str] = {0: ""}
    for row in state.db.execute("SELECT id, name FROM folder WHERE account = ?", (account.id,)):
        names[row["id"]] = row["name"]
    rows = state.db.execute(
        "SELECT code, title, folder, size, sha256 FROM file WHERE account = ?"
        " ORDER BY id LIMIT ? OFFSET ?",
        (account.id, int(query.get("limit", -1)), int(query.get("offset", 0))),
    )
    if account.provider == "illvid":
        return [dict(row) | {"folder": names[row["folder"]]} for row in rows]
    return [dict(row) for row in rows]


def folders(state: State, query: dict[str, str]) -> object:
    """GET folders: an account's folders, oldest first."""
    account = _account(state, query.get("provider", ""), query.get("account", ""))
    return _rows(
        state.db.execute(
            "SELECT id, parent, name FROM folder WHERE account = ? ORDER BY id", (account.id,)
        )
    )


def uploads(state: State, query: dict[str, str]) -> object:
    """GET uploads: every received upload in order."""
    return _rows(
        state.db.execute(
            "SELECT account.provider, account.name AS account, received.time, code,"
            " received.name, size, sha256 FROM received"
            " JOIN account ON account.id = received.account ORDER BY received.id"
        )
    )


def _rows(rows: sqlite3.Cursor) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]


def info(state: State, query: dict[str, str]) -> object:
    """GET info: what `vhtui sandbox` prints when it is ready."""
    return ready_message(state)


def ready_message(state: State) -> dict[str, Any]:
    """Return how to reach the first account of each host, and the control door."""
    access = {name: state.access(_account(state, name, "")) for name in PROVIDERS}
    return access | {"control_url": f"{state.origin}/_sandbox"}


def set_clock(state: State, given: object) -> object:
    """POST clock: let time pass, change its speed."""
    body = Body(given)
    if "speed" in body:
        state.clock.set_speed(max(0.0, body.number("speed")))
    if "advance" in body:
        state.clock.advance(max(0.0, body.number("advance")))
    state.settle()
    return {"now": state.clock.now(), "speed": state.clock.speed}


def add_faults(state: State, given: object) -> object:
    """POST faults: more rules, behind those in force."""
    state.faults.add(given)
    return {"ok": True}


def clear_faults(state: State, query: dict[str, str]) -> object:
    """DELETE faults: no rules any more."""
    state.faults.clear()
    return {"ok": True}


def set_switches(state: State, given: object) -> object:
    """POST options: switch uncertain behaviours of the hosts."""
    for name, value in Body(given).switches().items():
        setattr(state.switches, name, value)
    return asdict(state.switches)


def add_account(state: State, given: object) -> object:
    """POST accounts: one more account, with its own key and library."""
    body = Body(given)
    provider = body.text("provider", "voe")
    if provider not in PROVIDERS:
        raise BadControlError(f"no provider {provider!r}")
    account = state.add_account(provider, body.whole("files", 0), body.whole("folders", 0))
    return state.access(account) | {"account": account.name}


def change_files(state: State, given: object) -> object:
    """POST files: rename, move, delete or add, one change or a list, behind the client's back."""
    changes = given if isinstance(given, list) else [given]
    with state.transaction():
        return [_change_file(state, Body(change)) for change in changes]


def _change_file(state: State, body: Body) -> dict[str, str]:
    account = _account(state, body.text("provider", ""), body.text("account", ""))
    action = body.text("action")
    if action == "add":
        _, code = add_file(
            state,
            account,
            title=body.text("title"),
            size=body.whole("size", 1_000_000),
            folder=body.whole("folder", 0),
            length=body.whole("length", 60),
        )
        return {"code": code}
    code = body.text("code")
    if action == "rename":
        state.db.execute(
            "UPDATE file SET title = CAST(? AS TEXT) WHERE code = ?",
            (raw(body.text("title")), code),
        )
    elif action == "move":
        state.db.execute("UPDATE file SET folder = ? WHERE code = ?", (body.whole("folder"), code))
    elif action == "delete":
        remove_files(state.db, [code], state.clock.now())
    else:
        raise BadControlError(f"no action {action!r}")
    return {"code": code}


def change_folders(state: State, given: object) -> object:
    """POST folders: add, rename, move or delete one, as the hosts' web sites can."""
    body = Body(given)
    account = _account(state, body.text("provider", ""), body.text("account", ""))
    action = body.text("action")
    with state.transaction():
        if action == "add":
            name, parent = body.text("name"), body.whole("parent", 0)
            return {"id": add_folder(state.db, account, parent, name)}
        id = body.whole("id")
        if action == "rename":
            name = body.text("name")
            state.db.execute(
                "UPDATE folder SET name = CAST(? AS TEXT) WHERE id = ?", (raw(name), id)
            )
        elif action == "move":
            state.db.execute(
                "UPDATE folder SET parent = ? WHERE id = ?", (body.whole("parent"), id)
            )
        elif action == "delete":
            _delete_folder(state, id)
        else:
            raise BadControlError(f"no action {action!r}")
    return {"id": id}


def _delete_folder(state: State, folder: int) -> None:
    """Delete a folder with everything in it."""
    for row in state.db.execute("SELECT id FROM folder WHERE parent = ?", (folder,)).fetchall():
        _delete_folder(state, row["id"])
    for row in state.db.execute("SELECT code FROM file WHERE folder = ?", (folder,)).fetchall():
        remove_files(state.db, [row["code"]], state.clock.now())
    state.db.execute("DELETE FROM folder WHERE id = ?", (folder,))


def reset(state: State, given: object) -> object:
    """POST reset: as on the first day, with the same keys."""
    state.reset()
    return ready_message(state)


LOOKING: dict[tuple[str, str], Callable[[State, dict[str, str]], object]] = {
    ("GET", "info"): info,
    ("GET", "history"): history,
    ("GET", "requests"): requests,
    ("GET", "files"): files,
    ("GET", "folders"): folders,
    ("GET", "uploads"): uploads,
    ("DELETE", "faults"): clear_faults,
}
CHANGING: dict[str, Callable[[State, object], object]] = {
    "clock": set_clock,
    "faults": add_faults,
    "options": set_switches,
    "accounts": add_account,
    "files": change_files,
    "folders": change_folders,
    "reset": reset,
}


async def control(request: Request) -> Response:
    """Answer a request below /_sandbox/."""
    state: State = request.app.state.sandbox
    door = request.path_params["door"].strip("/")
    state.settle()
    try:
        look = LOOKING.get((request.method, door))
        if look is not None:
            return Reply(body=look(state, dict(request.query_params))).response()
        change = CHANGING.get(door) if request.method == "POST" else None
        if change is None:
            return Reply(status=404, body={"error": f"no {request.method} {door}"}).response()
        given = json.loads(await request.body() or b"{}")
        return Reply(body=change(state, given)).response()
    except (BadControlError, ValueError) as error:
        return Reply(status=400, body={"error": str(error)}).response()
