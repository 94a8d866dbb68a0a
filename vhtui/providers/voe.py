"""VOE. Sources: the host's own API text of 23/04/2025, and what clients met in the field."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Raw
from msgspec.structs import replace
from typing_extensions import override

from vhtui.errors import BadRequestError, NotFoundError
from vhtui.models import (
    AccountInfo,
    DayStats,
    DeletedFile,
    Encoding,
    File,
    FileInfo,
    FolderListing,
    Page,
    PremiumKey,
    RemoteState,
    RemoteUpload,
    Takedown,
    Uploaded,
    UploadServer,
)
from vhtui.providers.answers import Answer
from vhtui.providers.base import Provider
from vhtui.providers.upload import FileForm
from vhtui.providers.voe_stats import days
from vhtui.providers.voe_wire import (
    AccountRow,
    ClonedRow,
    DeletedRow,
    EncodingRow,
    Envelope,
    FileRow,
    FolderContent,
    FolderRow,
    InfoRow,
    KeyRow,
    QueuedRow,
    RemoteRow,
    UploadedRow,
    host_name,
    listed,
    listing,
    opened,
    refusal,
)
from vhtui.providers.wire import (
    all_rows,
    checked,
    first,
    is_null,
    joined,
    number,
    page_of,
    part,
    required,
    rows,
)

if TYPE_CHECKING:
    from vhtui.providers.http import ApiClient

UPLOAD_DOMAINS = ("voe-network.net", "voe.sx")
"""Where a delivery node may live, and so where the key may go with a file."""
FILES_PER_PAGE = 250
REMOTE_UPLOADS_PER_PAGE = 100
_CLOCKS_APART = 24 * 60
"""Minutes by which the host's clock, or its time zone, may differ from ours."""


class Voe(Provider):
    """An account at VOE: folders, files, remote uploads, encodings, statistics."""

    name = "voe"
    title = "VOE"
    default_base_url = "https://voe.sx/api"
    max_info_codes = 500

    def __init__(self, client: ApiClient) -> None:
        """Speak through ``client``, which ``close`` closes."""
        self._client = client
        client.key_check = self.account_info

    @override
    async def close(self) -> None:
        await self._client.close()

    # -- reads ------------------------------------------------------------------------------------

    @override
    async def account_info(self) -> AccountInfo:
        """Source: VOE account/info, which the host itself caches for 5 minutes."""

        def decode(answer: Answer) -> AccountInfo:
            envelope = opened(answer)
            account = part(answer, envelope.result, AccountRow)
            return checked(answer, lambda: account.model(envelope.server_time))

        return await self._client.read("account/info", {}, decode)

    @override
    async def stats(self) -> list[DayStats]:
        """Source: VOE account/stats, the last 32 days. A day that cannot be read is left out."""
        return await self._client.read(
            "account/stats", {}, lambda answer: days(answer, opened(answer).result)
        )

    @override
    async def list_folder(self, folder: str, page: int = 1) -> FolderListing:
        """Source: VOE folder/list. Sub-folders that cannot be read count as unreadable files."""

        def decode(answer: Answer) -> FolderListing:
            content = _folder_content(answer, opened(answer).result)
            folders, odd = rows(answer, content.folders, FolderRow, lambda row: row.model(folder))
            files = page_of(answer, content.files, FileRow, lambda row: row.model(folder))
            files = replace(files, unreadable=files.unreadable + odd)
            return FolderListing(tuple(folders), files)

        params = {"fld_id": joined([folder])} | ({"page": str(page)} if page > 1 else {})
        return await self._client.read("folder/list", params, decode)

    @override
    async def list_files(
        self,
        *,
        page: int = 1,
        folder: str | None = None,
        created_after: int | None = None,
        name: str | None = None,
    ) -> Page[File]:
        """Source: VOE file/list, 250 a page. ``created`` is a time by the clock of the rows; where
        the host takes minutes only, it is as many as are surely enough."""
        params: dict[str, str | int] = {"page": page, "per_page": FILES_PER_PAGE}
        if folder is not None:
            params["fld_id"] = joined([folder])
        if created_after is not None:
            params["created"] = f"{datetime.fromtimestamp(created_after, UTC):%Y-%m-%d %H:%M:%S}"
        if name is not None:
            params["name"] = name
        try:
            return await self._files(params)
        except BadRequestError:
            if created_after is None:
                raise
        minutes = (time.time() - created_after) // 60 + _CLOCKS_APART
        return await self._files(params | {"created": max(1, int(minutes))})

    async def _files(self, params: dict[str, str | int]) -> Page[File]:
        return await self._client.read(
            "file/list",
            params,
            lambda answer: page_of(answer, opened(answer).result, FileRow, FileRow.model),
        )

    @override
    async def file_info(self, codes: Sequence[str]) -> list[FileInfo]:
        """Source: VOE file/info, up to 500 codes. What is neither found nor gone is left out."""
        asked = frozenset(codes)

        def decode(answer: Answer) -> list[FileInfo]:
            raw = listed(answer, opened(answer).result)
            found = all_rows(answer, raw, InfoRow, InfoRow.model)
            return [info for info in found if info.code in asked]

        return await self._client.read("file/info", {"file_code": joined(codes)}, decode)

    @override
    async def list_remote_uploads(self, page: int = 1) -> Page[RemoteUpload]:
        """Source: VOE upload/url/list, 100 a page."""
        return await self._remote_uploads({"page": page, "limit": REMOTE_UPLOADS_PER_PAGE})

    @override
    async def remote_upload(self, id: str) -> RemoteUpload:
        """Source: VOE upload/url/list with ``id``."""
        page = await self._remote_uploads({"id": joined([id])})
        entry = next((entry for entry in page.items if entry.id == id), None)
        if entry is None:
            raise NotFoundError(f"{self._client.host} has no remote upload {id}: refresh the list")
        return entry

    async def _remote_uploads(self, params: dict[str, str | int]) -> Page[RemoteUpload]:
        return await self._client.read(
            "upload/url/list",
            params,
            lambda answer: page_of(answer, opened(answer).list, RemoteRow, RemoteRow.model),
        )

    @override
    async def list_encodings(self) -> list[Encoding]:
        """Source: VOE encodings/list."""
        return await self._client.read(
            "encodings/list",
            {},
            lambda answer: all_rows(answer, opened(answer).data, EncodingRow, EncodingRow.model),
        )

    @override
    async def list_deleted(self, page: int = 1) -> Page[DeletedFile]:
        """Source: VOE files/deleted with pagination."""
        return await self._client.read(
            "files/deleted",
            {"pagination": "true", "page": page},
            lambda answer: page_of(
                answer, listing(opened(answer)), DeletedRow, DeletedRow.deleted_file
            ),
        )

    @override
    async def list_takedowns(self, page: int = 1, *, pending: bool = False) -> Page[Takedown]:
        """Source: VOE dmca/list with pagination."""
        params: dict[str, str | int] = {"pagination": "true", "page": page}
        if pending:
            params["pending"] = "true"
        return await self._client.read(
            "dmca/list",
            params,
            lambda answer: page_of(
                answer, listing(opened(answer)), DeletedRow, DeletedRow.takedown
            ),
        )

    @override
    async def embed_domain(self) -> str:
        """Source: VOE settings/domain (webmaster and partner accounts); good for 5 minutes."""
        return await self._client.read(
            "settings/domain", {}, lambda answer: host_name(answer, opened(answer).domain)
        )

    @override
    async def upload_server(self) -> UploadServer:
        """Source: VOE upload/server, step 1 of an upload."""

        def decode(answer: Answer) -> UploadServer:
            url = part(answer, opened(answer).result, object)
            if not isinstance(url, str) or not url.startswith(("https://", "http://")):
                raise answer.unreadable("has no upload server at the moment")
            return UploadServer(url=url)

        return await self._client.read("upload/server", {}, decode)

    # -- changes ----------------------------------------------------------------------------------

    @override
    def upload(
        self, server: UploadServer, path: Path, chunks: Iterable[bytes], size: int
    ) -> Uploaded:
        """Source: VOE upload/server, step 2: a form with the file, the key in the query."""

        def decode(answer: Answer) -> Uploaded:
            envelope = answer.decode(Envelope)
            if envelope.success is None:
                raise answer.unreadable("did not say whether it took the file")
            if error := refusal(answer, envelope, 200):
                raise error
            row = envelope.file
            file = UploadedRow() if is_null(row) else part(answer, row, UploadedRow)
            return Uploaded(
                code=file.code_if_any,
                title=first(file.file_title, file.shown_title) or None,
                encoding_needed=file.encoding_necessary,
            )

        form = FileForm(file_name=path.name, chunks=chunks, size=size, fields=server.fields)
        return self._client.send_file(server.url, form, decode, key_domains=UPLOAD_DOMAINS)

    @override
    async def rename_file(self, code: str, title: str) -> None:
        """Source: VOE file/rename: several codes would all get the same title."""
        await self._client.change(
            "file/rename", {"file_code": joined([code]), "title": title}, opened
        )

    @override
    async def move_files(self, codes: Sequence[str], folder: str) -> None:
        """Source: VOE file/set_folder."""
        await self._client.change(
            "file/set_folder", {"file_code": joined(codes), "fld_id": joined([folder])}, opened
        )

    @override
    async def delete_files(self, codes: Sequence[str]) -> None:
        """Source: VOE file/delete."""
        await self._client.change("file/delete", {"del_code": joined(codes)}, opened)

    @override
    async def create_folder(self, parent: str, title: str) -> str:
        """Source: VOE folder/create."""

        def decode(answer: Answer) -> str:
            row = part(answer, opened(answer).result, FolderRow)
            return checked(answer, lambda: required(row.fld_id))

        params = {"parent_id": joined([parent]), "name": title}
        return await self._client.change("folder/create", params, decode)

    @override
    async def rename_folder(self, folder: str, title: str) -> None:
        """Source: VOE folder/rename."""
        await self._client.change(
            "folder/rename", {"fld_id": joined([folder]), "name": title}, opened
        )

    @override
    async def add_remote_upload(self, url: str, folder: str | None) -> RemoteUpload:
        """Source: VOE upload/url. The file's code exists before the host has fetched it."""

        def decode(answer: Answer) -> RemoteUpload:
            row = part(answer, opened(answer).result, QueuedRow)
            return RemoteUpload(
                id=checked(answer, lambda: required(row.queue_id)),
                url=url,
                state=RemoteState.WAITING,
                code=row.code_if_any,
                folder=folder,
            )

        params = {"url": url} | ({} if folder is None else {"folder_id": joined([folder])})
        return await self._client.change("upload/url", params, decode)

    @override
    async def restart_remote_upload(self, id: str) -> None:
        """Source: VOE upload/url/restart: only a failed entry."""
        await self._client.change("upload/url/restart", {"id": joined([id])}, opened, method="POST")

    @override
    async def delete_remote_upload(self, id: str) -> None:
        """Source: VOE upload/url/delete: only a completed or failed entry."""
        await self._client.change("upload/url/delete", {"id": joined([id])}, opened, method="POST")

    @override
    async def clear_failed_remote_uploads(self) -> int:
        """Source: VOE upload/url/delete/failed."""

        def decode(answer: Answer) -> int:
            envelope = opened(answer)
            return checked(answer, lambda: number(envelope.deleted_count)) or 0

        return await self._client.change("upload/url/delete/failed", {}, decode, method="POST")

    @override
    async def clone_file(self, code: str, folder: str | None) -> File:
        """Source: VOE file/clone: only a file whose owner allows it."""

        def decode(answer: Answer) -> File:
            row = part(answer, opened(answer).result, ClonedRow)
            return checked(
                answer,
                lambda: File(
                    code=row.code, title=first(row.file_name, row.shown_title), folder=folder
                ),
            )

        params = {"file_code": joined([code])}
        if folder is not None:
            params["fld_id"] = joined([folder])
        return await self._client.change("file/clone", params, decode)

    @override
    async def generate_premium_keys(self, days: int, amount: int) -> list[PremiumKey]:
        """Source: VOE reseller/premium/generate. Every call is billed."""

        def decode(answer: Answer) -> list[PremiumKey]:
            keys = all_rows(answer, opened(answer).keys, KeyRow, KeyRow.model)
            if not keys:
                raise answer.unreadable("took the order and sent no keys")
            return keys

        params = {"days": days, "amount": amount}
        return await self._client.change("reseller/premium/generate", params, decode)


def _folder_content(answer: Answer, raw: Raw) -> FolderContent:
    """Return folder/list's payload: PHP's ``[]`` is an empty folder.

    UnreadableError for an object with neither list, which says nothing about the folder.
    """
    content = part(answer, raw, FolderContent)
    if bytes(raw) != b"[]" and is_null(content.folders) and is_null(content.files):
        raise answer.unreadable("sent data of an unexpected shape")
    if is_null(content.files):
        content.files = Raw(b"[]")
    return content
