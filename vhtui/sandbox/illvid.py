"""illvid's API: one address, `op=` says what, bare objects come back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from vhtui.sandbox import hostile
from vhtui.sandbox.catalogue import (
    add_upload,
    check_url,
    files_of,
    folder_named,
    known,
    queue_remote,
)
from vhtui.sandbox.clock import date
from vhtui.sandbox.exchange import Caller, Exchange
from vhtui.sandbox.parameters import Parameters
from vhtui.sandbox.receiving import Form, receive
from vhtui.sandbox.replies import RefusedError, Reply
from vhtui.sandbox.state import State
from vhtui.sandbox.transfers import COMPLETED, FAILED, RUNNING, WAITING

SERVER_ID = "1"
DISK_ID = "01"
STATUS_WORDS = {WAITING: "PENDING", RUNNING: "WORKING", COMPLETED: "COMPLETED", FAILED: "ERROR"}
# What this script calls the same refusals.
STATUSES = {401: 403, 422: 400}
DAY = 86_400


def account_info(caller: Caller, parameters: Parameters) -> Reply:
    """Tell the account's login name and its money."""
    (revenue,) = caller.state.total(
        "SELECT coalesce(sum(revenue), 0) FROM file WHERE account = ?", (caller.account.id,)
    )
    return Reply(body={"login": caller.account.name, "money": f"{revenue / 100_000:.2f}"})


def upload_url(caller: Caller, parameters: Parameters) -> Reply:
    """Queue a remote upload. The folder is a name, and is made when missing."""
    url, name = check_url(parameters.text("url", longest=4096)), parameters.get("folder")
    folder = folder_named(caller.state.db, caller.account, name)
    code, now = caller.state.new_code(), caller.state.clock.now()
    id = queue_remote(caller.state.db, caller.account, url, folder, code, now)
    caller.record("upload_url", {"url": url, "folder": name}, {"queue_id": id, "file_code": code})
    return Reply(body={"queue_id": str(id)})


def check_upload_url(caller: Caller, parameters: Parameters) -> Reply:
    """How far a remote upload has come; the code once it is done."""
    row = caller.state.db.execute(
        "SELECT * FROM remote WHERE id = ? AND account = ?",
        (parameters.integer("id"), caller.account.id),
    ).fetchone()
    if row is None:
        raise RefusedError(404, "No such queue id")
    body = {"status": STATUS_WORDS[row["status"]], "url": row["url"]}
    if row["status"] == COMPLETED:
        body["file_code"] = row["code"]
    return Reply(body=body)


def get_upload_server(caller: Caller, parameters: Parameters) -> Reply:
    """Where to send a file, and what to send with it."""
    url = f"{caller.state.origin}/illvid/upload/01"
    return Reply(body={"url": url, "srv_id": SERVER_ID, "disk_id": DISK_ID})


def check_files(caller: Caller, parameters: Parameters) -> Reply:
    """Tell which codes of the list are not files."""
    codes = parameters.codes("list")
    found = files_of(caller.state.db, caller.account, codes)
    missing = [code for code in codes if code not in found]
    if caller.state.switches.illvid_bare_codes:
        return Reply(body=missing)
    return Reply(body=[{"file_code": code} for code in missing])


def file_renew(caller: Caller, parameters: Parameters) -> Reply:
    """Give a file a new code; the old one is nothing from then on."""
    code = parameters.text("file_code")
    known(caller.state.db, caller.account, [code])
    renewed = caller.state.new_code()
    for table in ("file", "encoding", "remote"):
        caller.state.db.execute(f"UPDATE {table} SET code = ? WHERE code = ?", (renewed, code))
    caller.record("file_renew", {"file_code": code}, {"file_code": renewed})
    return Reply(body={"file_code": renewed})


def files_dmca(caller: Caller, parameters: Parameters) -> Reply:
    """Takedowns, of one day when a date is given; the newest first unless `order` is up."""
    day, order = parameters.get("date"), parameters.get("order") or "down"
    if order not in ("up", "down"):
        raise RefusedError(400, "Invalid order")
    earliest, latest = 0.0, caller.state.clock.now() + DAY
    if day:
        try:
            earliest = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
        except ValueError as error:
            raise RefusedError(400, "Invalid date") from error
        latest = earliest + DAY
    direction = "ASC" if order == "up" else "DESC"
    rows = caller.state.db.execute(
        "SELECT code, created, due FROM takedown WHERE account = ? AND created >= ?"
        f" AND created < ? ORDER BY created {direction}",
        (caller.account.id, earliest, latest),
    )
    return Reply(body=[_takedown(row) for row in rows])


def _takedown(row: sqlite3.Row) -> dict[str, str]:
    return {
        "file_code": row["code"],
        "dmca_created": date(row["created"]),
        "dmca_expire": date(row["due"]),
    }


OPERATIONS: dict[str, Callable[[Caller, Parameters], Reply]] = {
    "account_info": account_info,
    "upload_url": upload_url,
    "check_upload_url": check_upload_url,
    "get_upload_server": get_upload_server,
    "check_files": check_files,
    "file_renew": file_renew,
    "files_dmca": files_dmca,
}


def refuse(state: State, refusal: RefusedError) -> Reply:
    """Word a refusal as this script does."""
    status = STATUSES.get(refusal.status, refusal.status)
    message = "Invalid key" if status == 403 else refusal.message
    if state.options.hostile and status != 403:
        message += hostile.MESSAGE
    if state.switches.illvid_envelope:
        return Reply(status=status, body={"status": status, "msg": message, "result": False})
    return Reply(status=status, body={"error": message})


def _worded(state: State, reply: Reply) -> Reply:
    if not state.switches.illvid_envelope:
        return reply
    body: dict[str, Any] = {"status": 200, "msg": "OK", "result": reply.body}
    return Reply(body=body, status=reply.status)


def _exchange(request: Request, call: str) -> Exchange:
    state: State = request.app.state.sandbox
    record = state.note_request("illvid", request.method, call)
    return Exchange(state, record, lambda refusal: refuse(state, refusal))


async def api(request: Request) -> Response:
    """Answer a request at /illvid/api."""
    parameters = Parameters(request.query_params)
    op = parameters.get("op")
    exchange = _exchange(request, op)
    if request.method != "GET":
        refusal = exchange.refuse(RefusedError(405, "Method Not Allowed"))
        return exchange.finish(refusal.response())
    operation = OPERATIONS.get(op, _unknown)

    def answered(caller: Caller, given: Parameters) -> Reply:
        _check_login(caller, given)
        return _worded(caller.state, operation(caller, given))

    return await exchange.answer(parameters.get("key"), parameters, answered)


def _check_login(caller: Caller, parameters: Parameters) -> None:
    """Refuse another's API login, and a missing one where it is needed besides the key."""
    login = parameters.get("login")
    if not login and caller.state.switches.illvid_login:
        raise RefusedError(400, "Login is required")
    if login and login != caller.account.name:
        raise RefusedError(403, "Invalid login")


def _unknown(caller: Caller, parameters: Parameters) -> Reply:
    raise RefusedError(400, "Invalid operation")


async def node(request: Request) -> Response:
    """Answer an upload. The session is the key, as the API has no other."""
    exchange = _exchange(request, "upload")
    try:
        form = await receive(request)
    except RefusedError as refusal:
        return exchange.finish(exchange.refuse(refusal).response())
    except ClientDisconnect:
        return Response()
    key = form.fields.get("sess_id") or form.fields.get("key") or request.query_params.get("key")
    return await exchange.answer(
        key or "", Parameters({}), lambda caller, _: _upload(caller, form), limited=False
    )


def _upload(caller: Caller, form: Form) -> Reply:
    if form.file is None:
        raise RefusedError(400, "No file")
    expected = {"srv_id": SERVER_ID, "disk_id": DISK_ID, "utype": "reg"}
    for name, value in expected.items():
        if form.fields.get(name) != value:
            raise RefusedError(400, f"Invalid {name}")
    _, code = add_upload(caller.state, caller.account, form.file, encode=False)
    if not caller.state.switches.illvid_html_form:
        return _worded(caller.state, Reply(body=[{"file_code": code, "file_status": "OK"}]))
    fields = {"op": "upload_result", "fn": code, "st": "OK"}
    areas = "".join(
        f"<textarea name='{name}'>{escape(value)}</textarea>" for name, value in fields.items()
    )
    action = f"{caller.state.origin}/illvid/"
    form_page = f"<HTML><BODY><Form name='F1' action='{action}' method='POST'>{areas}</Form>"
    return Reply(html=f"{form_page}<Script>document.F1.submit();</Script></BODY></HTML>")
