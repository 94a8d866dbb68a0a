"""illvid. Sources: the host's own API text, and the scripts of its siblings (``op=`` family).

Answers come as bare values, or in an envelope ``{status, msg, result}``; failures also as
``{error}``. Uploading a file is not documented at all: it follows the siblings' form.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from typing_extensions import override

from vhtui.models import (
    AccountInfo,
    Capability,
    Page,
    RemoteState,
    RemoteUpload,
    Takedown,
    Uploaded,
    UploadServer,
)
from vhtui.providers.answers import Answer
from vhtui.providers.base import Provider
from vhtui.providers.upload import FileForm
from vhtui.providers.wire import (
    MISSING,
    Scalar,
    all_rows,
    checked,
    first,
    is_null,
    joined,
    moment,
    number,
    page_of,
    part,
    required,
    word,
)

if TYPE_CHECKING:
    from vhtui.providers.http import ApiClient

T = TypeVar("T")

UPLOAD_DOMAINS = ("illvid.com",)
"""Where the key may go with a file, when the host opens no session for it."""

_STATES = {
    RemoteState.COMPLETED: ("done", "finished", "completed", "complete", "ok", "ready"),
    RemoteState.FAILED: ("error", "failed"),
    RemoteState.WAITING: ("pending", "queued", "waiting"),
    RemoteState.RUNNING: ("working", "downloading", "transferring", "active"),
}
_FIRST_WORD = re.compile(r"[a-z]+")
_STATE_OF = {said: state for state, words in _STATES.items() for said in words}
_TEXTAREA = re.compile(
    r"<textarea[^>]*\bname\s*=\s*[\"']?(\w+)[^>]*>(.*?)</textarea", re.IGNORECASE | re.DOTALL
)


class Illvid(Provider):
    """An account at illvid: remote uploads, uploads, checks. The host lists no files."""

    name = "illvid"
    title = "illvid"
    default_base_url = "https://illvid.com/api"
    max_info_codes = 100

    def __init__(self, client: ApiClient) -> None:
        """Speak through ``client``, which ``close`` closes."""
        self._client = client
        client.key_check = self.account_info

    @override
    @classmethod
    def reason(cls, capability: Capability) -> str:
        if capability is Capability.LIST_FILES:
            return "illvid has no call to list files: vhtui shows those it added or was told of"
        return super().reason(capability)

    @override
    async def close(self) -> None:
        await self._client.close()

    # -- reads ------------------------------------------------------------------------------------

    @override
    async def account_info(self) -> AccountInfo:
        """Source: illvid account_info: the login and the money."""

        def decode(answer: Answer) -> AccountInfo:
            row = part(answer, _opened(answer), _AccountRow)
            checked(answer, lambda: required(row.login, row.money))
            return AccountInfo(login=word(row.login), balance=word(row.money) or None)

        return await self._client.read("", {"op": "account_info"}, decode)

    @override
    async def remote_upload(self, id: str) -> RemoteUpload:
        """Source: illvid check_upload_url."""

        def decode(answer: Answer) -> RemoteUpload:
            row = _merged(answer, _opened(answer))
            if not first(row.status, row.file_code):
                raise answer.unreadable("did not say how the remote upload stands")
            return RemoteUpload(
                id=id,
                url=word(row.url),
                state=_state(word(row.status), word(row.file_code)),
                raw_state=word(row.status),
                code=word(row.file_code) or None,
            )

        params = {"op": "check_upload_url", "id": joined([id])}
        return await self._client.read("", params, decode)

    @override
    async def missing_files(self, codes: Sequence[str]) -> frozenset[str]:
        """Source: illvid check_files."""
        asked = frozenset(codes)

        def decode(answer: Answer) -> frozenset[str]:
            raw = _opened(answer)
            if is_null(raw) or bytes(raw) == b"{}":  # would say that all are there
                raise answer.unreadable("did not say which files are missing")
            if bytes(raw).startswith(b'"'):
                named = frozenset(part(answer, raw, str).replace(" ", "").split(","))
                if not named <= asked:
                    raise answer.unreadable("did not say which files are missing")
                return named
            return asked.intersection(all_rows(answer, raw, _Code, _code))

        params = {"op": "check_files", "list": joined(codes)}
        return await self._client.read("", params, decode)

    @override
    async def list_takedowns(self, page: int = 1, *, pending: bool = False) -> Page[Takedown]:
        """Source: illvid files_dmca: everything on one page."""
        if page > 1:
            return Page((), has_more=False)
        listed = await self._client.read(
            "",
            {"op": "files_dmca"},
            lambda answer: page_of(answer, _opened(answer), _TakedownRow, _TakedownRow.model),
        )
        if not pending:
            return listed
        now = time.time()
        items = tuple(item for item in listed.items if item.expires and item.expires > now)
        return Page(items, has_more=False, unreadable=listed.unreadable)

    @override
    async def upload_server(self) -> UploadServer:
        """Source: illvid get_upload_server; its fields are those of the siblings' form."""

        def decode(answer: Answer) -> UploadServer:
            row = _row(answer, _opened(answer), _ServerRow, "url")
            if not word(row.url).startswith(("https://", "http://")):
                raise answer.unreadable("has no upload server at the moment")
            named = {"srv_id": row.srv_id, "disk_id": row.disk_id, "sess_id": row.sess_id}
            fields = tuple((name, word(value)) for name, value in named.items() if word(value))
            return UploadServer(url=word(row.url), fields=(*fields, ("utype", "reg")))

        return await self._client.read("", {"op": "get_upload_server"}, decode)

    # -- changes ----------------------------------------------------------------------------------

    @override
    def upload(
        self, server: UploadServer, path: Path, chunks: Iterable[bytes], size: int
    ) -> Uploaded:
        """Send a file as the siblings' form does; the key goes only where no session does."""

        def decode(answer: Answer) -> Uploaded:
            row = _merged_upload(answer)
            status = word(row.file_status)
            if status and status.lower() not in ("ok", "200"):
                raise answer.error(200, status)
            if not status and not word(row.file_code):
                raise answer.unreadable("did not say whether it took the file")
            return Uploaded(code=word(row.file_code) or None)

        form = FileForm(file_name=path.name, chunks=chunks, size=size, fields=server.fields)
        has_session = any(name == "sess_id" for name, _ in server.fields)
        key_domains = None if has_session else UPLOAD_DOMAINS
        return self._client.send_file(server.url, form, decode, key_domains=key_domains)

    @override
    async def add_remote_upload(self, url: str, folder: str | None) -> RemoteUpload:
        """Source: illvid upload_url. ``folder`` is a name; the host makes it when missing."""

        def decode(answer: Answer) -> RemoteUpload:
            row = _row(answer, _opened(answer), _QueuedRow, "queue_id")
            return RemoteUpload(
                id=checked(answer, lambda: required(row.queue_id)),
                url=url,
                state=RemoteState.WAITING,
                folder=folder,
            )

        params = {"op": "upload_url", "url": url} | ({"folder": folder} if folder else {})
        return await self._client.change("", params, decode)

    @override
    async def renew_file(self, code: str) -> str:
        """Source: illvid file_renew; the siblings answer with a new code."""

        def decode(answer: Answer) -> str:
            row = _row(answer, _opened(answer), _CodeRow, "file_code")
            return checked(answer, lambda: required(row.file_code))

        params = {"op": "file_renew", "file_code": joined([code])}
        return await self._client.change("", params, decode)


class _Envelope(msgspec.Struct):
    status: Any = None
    msg: Scalar = None
    message: Scalar = None
    error: Any = None
    result: msgspec.Raw = MISSING


class _AccountRow(msgspec.Struct):
    login: Scalar = None
    money: Scalar = None


class _QueuedRow(msgspec.Struct):
    queue_id: Scalar = None


class _StateRow(msgspec.Struct):
    status: Scalar = None
    url: Scalar = None
    file_code: Scalar = None


class _ServerRow(msgspec.Struct):
    url: Scalar = None
    srv_id: Scalar = None
    disk_id: Scalar = None
    sess_id: Scalar = None


class _CodeRow(msgspec.Struct):
    file_code: Scalar = None


class _UploadedRow(msgspec.Struct):
    file_code: Scalar = None
    file_status: Scalar = None


class _TakedownRow(msgspec.Struct):
    file_code: Scalar = None
    dmca_created: Scalar = None
    dmca_expire: Scalar = None

    def model(self) -> Takedown:
        return Takedown(
            code=required(self.file_code),
            created=moment(self.dmca_created),
            expires=moment(self.dmca_expire),
        )


_Code: Any = _CodeRow | str


def _code(row: _CodeRow | str) -> str:
    return row if isinstance(row, str) else required(row.file_code)


def _opened(answer: Answer) -> msgspec.Raw:
    """Return the payload, bare or out of its envelope; the host's refusal as its error."""
    raw = answer.decode(msgspec.Raw)
    if bytes(raw).startswith(b"["):
        return raw
    envelope = part(answer, raw, _Envelope)
    if envelope.error:
        said = envelope.error if isinstance(envelope.error, str) else word(envelope.msg)
        raise answer.error(_status(envelope.status) or 200, said)
    if (status := _status(envelope.status)) not in (None, 200):
        raise answer.error(status, first(envelope.message, envelope.msg))
    return envelope.result if bytes(envelope.result) else raw


def _row(answer: Answer, raw: msgspec.Raw, kind: type[T], name: str) -> T:
    """Return a payload's object, also where the payload is only its value of that name."""
    value = part(answer, raw, object)
    if isinstance(value, str | int) and not isinstance(value, bool):
        return kind(**{name: value})
    return part(answer, raw, kind)


def _status(value: object) -> int | None:
    """Return an envelope's status; a remote upload's own ``status`` is a word, so None."""
    try:
        status = number(value) if isinstance(value, str | int) else None
    except ValueError:
        return None
    return status if status is not None and 100 <= status < 600 else None


def _merged(answer: Answer, raw: msgspec.Raw) -> _StateRow:
    """Return check_upload_url's payload: one object, or a list of the document's two."""
    if not bytes(raw).startswith(b"["):
        return part(answer, raw, _StateRow)
    told = all_rows(answer, raw, _StateRow, lambda row: row)
    return _StateRow(
        status=first(*(row.status for row in told)),
        url=first(*(row.url for row in told)),
        file_code=first(*(row.file_code for row in told)),
    )


def _state(said: str, code: str) -> RemoteState:
    """Return what a status means by its first word; beside an unknown one, a code means done."""
    word = _FIRST_WORD.match(said.strip().lower())
    unknown = RemoteState.COMPLETED if code else RemoteState.UNKNOWN
    return _STATE_OF.get(word[0], unknown) if word else unknown


def _merged_upload(answer: Answer) -> _UploadedRow:
    """Return an upload's result: JSON, or a page with a form whose textareas are fn and st."""
    if answer.body.lstrip().startswith(b"<"):
        page = answer.body.decode("utf-8", "replace")
        import html  # costs more than all else of this module

        areas = {name: html.unescape(text).strip() for name, text in _TEXTAREA.findall(page)}
        return _UploadedRow(file_code=areas.get("fn"), file_status=areas.get("st"))
    raw = _opened(answer)
    if not bytes(raw).startswith(b"["):
        return part(answer, raw, _UploadedRow)
    return next(iter(all_rows(answer, raw, _UploadedRow, lambda row: row)), _UploadedRow())
