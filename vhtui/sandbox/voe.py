"""VOE's API: the table of its calls, and how a request finds its call."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from vhtui.sandbox import voe_account, voe_files, voe_folders, voe_uploads
from vhtui.sandbox.exchange import Caller, Exchange
from vhtui.sandbox.parameters import Parameters, read_parameters
from vhtui.sandbox.receiving import Form, receive
from vhtui.sandbox.replies import RefusedError, Reply, page
from vhtui.sandbox.state import State
from vhtui.sandbox.voe_replies import refuse

GET = frozenset({"GET"})
POST = frozenset({"POST"})


class Call(Struct, frozen=True):
    """A call of the document: the methods it allows and what answers it."""

    methods: frozenset[str]
    handler: Callable[[Caller, Parameters], Reply]


CALLS = {
    "account/info": Call(GET, voe_account.info),
    "account/stats": Call(GET, voe_account.stats),
    "upload/server": Call(GET, voe_uploads.server),
    "upload/url": Call(GET | POST, voe_uploads.add_remote),
    "upload/url/list": Call(GET, voe_uploads.remote_list),
    "upload/url/delete": Call(POST, voe_uploads.delete_remote),
    "upload/url/delete/failed": Call(POST, voe_uploads.delete_failed),
    "upload/url/restart": Call(POST, voe_uploads.restart),
    "file/clone": Call(GET, voe_files.clone),
    "encodings/list": Call(GET, voe_uploads.encodings),
    "file/info": Call(GET, voe_files.info),
    "file/list": Call(GET, voe_files.listing),
    "file/rename": Call(GET, voe_files.rename),
    "file/set_folder": Call(GET, voe_files.set_folder),
    "file/delete": Call(GET, voe_files.delete),
    "folder/list": Call(GET, voe_folders.listing),
    "folder/create": Call(GET, voe_folders.create),
    "folder/rename": Call(GET, voe_folders.rename),
    "files/deleted": Call(GET, voe_folders.deleted),
    "dmca/list": Call(GET, voe_folders.takedowns),
    "settings/domain": Call(GET, voe_account.domain),
    "reseller/premium/generate": Call(GET, voe_account.generate_premium),
}


def _exchange(request: Request, call: str) -> Exchange:
    state: State = request.app.state.sandbox
    wants_json = "application/json" in request.headers.get("accept", "")

    def word(refusal: RefusedError) -> Reply:
        return refuse(state, refusal, wants_json=wants_json)

    return Exchange(state, state.note_request("voe", request.method, call), word)


async def api(request: Request) -> Response:
    """Answer a request below /voe/api/."""
    path = request.path_params["call"].strip("/")
    exchange = _exchange(request, path)
    call = CALLS.get(path)
    if call is None:
        return exchange.finish(page(404, "Not Found").response())
    if request.method not in call.methods:
        return exchange.finish(_method_refused(request.method, path, call).response())
    parameters = await read_parameters(request)
    return await exchange.answer(parameters.get("key"), parameters, call.handler)


def _method_refused(method: str, path: str, call: Call) -> Reply:
    allowed = ", ".join(sorted(call.methods))
    message = (
        f"The {method} method is not supported for route api/{path}. Supported methods: {allowed}."
    )
    return Reply(status=405, body={"message": message}, headers={"Allow": allowed})


async def node(request: Request) -> Response:
    """Answer an upload at the delivery node. The rate limit is the API's, not the node's."""
    exchange = _exchange(request, "upload")
    try:
        form: Form = await receive(request)
    except RefusedError as refusal:
        return exchange.finish(exchange.refuse(refusal).response())
    except ClientDisconnect:
        return Response()
    key = request.query_params.get("key") or form.fields.get("key", "")
    return await exchange.answer(
        key,
        Parameters({}),
        lambda caller, _: voe_uploads.upload(caller, form.file),
        limited=False,
    )
