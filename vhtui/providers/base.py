"""The contract between vhtui and a host.

A provider overrides the calls its host has. What is overridden is what the account can do:
``capabilities`` is read from the class, so a flag and its code cannot disagree. A call that is not
overridden raises UnsupportedError with the reason in words (``reason``).

Every call may raise the ProviderError tree of ``vhtui.errors``. Files are known by opaque codes,
folders and queue entries by opaque string ids.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from typing_extensions import override

from vhtui.errors import ProviderError, UnsupportedError
from vhtui.models import (
    AccountInfo,
    Capability,
    DayStats,
    DeletedFile,
    Encoding,
    File,
    FileInfo,
    FolderListing,
    Page,
    PremiumKey,
    RemoteUpload,
    Takedown,
    Uploaded,
    UploadServer,
)

Call = TypeVar("Call", bound=Callable[..., Awaitable[Any]])

_CAPABILITY = "__vhtui_capability__"

background: ContextVar[bool] = ContextVar("background", default=False)
"""Whether the calls made here wait behind those that a person asked for."""


_hear_stumble: ContextVar[Callable[[ProviderError], None] | None] = ContextVar(
    "hear_stumble", default=None
)


@contextmanager
def stumbles_to(hear: Callable[[ProviderError], None]) -> Iterator[None]:
    """Have somebody hear at once when the first try of a read made inside is not answered; the
    other tries are made all the same."""
    token = _hear_stumble.set(hear)
    try:
        yield
    finally:
        _hear_stumble.reset(token)


def tell_stumble(error: ProviderError) -> None:
    """Say that a try was not answered, and that there will be others."""
    if (hear := _hear_stumble.get()) is not None:
        hear(error)


@contextmanager
def background_calls() -> Iterator[None]:
    """Let every call made inside (polling, sync) wait behind a person's own actions."""
    token = background.set(True)
    try:
        yield
    finally:
        background.reset(token)


def needs(capability: Capability) -> Callable[[Call], Call]:
    """Mark a call of the contract as the one that has a capability."""

    def mark(call: Call) -> Call:
        setattr(call, _CAPABILITY, capability)
        return call

    return mark


class Provider:
    """One account at one host. Subclasses override what their host's document has."""

    name: ClassVar[str]
    """The word in config.toml, such as ``voe``."""
    title: ClassVar[str]
    """The host's name as people know it, such as ``VOE``."""
    default_base_url: ClassVar[str]
    capabilities: ClassVar[frozenset[Capability]] = frozenset()
    max_info_codes: ClassVar[int] = 1
    """The most codes one ``file_info`` or ``missing_files`` call takes."""

    @override
    def __init_subclass__(cls) -> None:
        """Read the capabilities off the calls that the subclass overrides."""
        super().__init_subclass__()
        cls.capabilities = frozenset(
            getattr(call, _CAPABILITY)
            for name, call in vars(Provider).items()
            if hasattr(call, _CAPABILITY) and getattr(cls, name) is not call
        )

    @classmethod
    def reason(cls, capability: Capability) -> str:
        """Why this host cannot do it, in words for the interface."""
        return f"{cls.title} has no call to {capability.value}"

    def _missing(self, capability: Capability) -> UnsupportedError:
        return UnsupportedError(self.reason(capability))

    async def close(self) -> None:
        """Close the connections; the provider is not used afterwards."""

    async def account_info(self) -> AccountInfo:
        """Return the account's figures. Every host has this call; it also checks the key."""
        raise NotImplementedError

    # Reads: safe to repeat.

    @needs(Capability.LIST_FILES)
    async def list_folder(self, folder: str, page: int = 1) -> FolderListing:
        """Return one page (from 1) of a folder's files and all its sub-folders."""
        raise self._missing(Capability.LIST_FILES)

    async def list_files(
        self,
        *,
        page: int = 1,
        folder: str | None = None,
        created_after: int | None = None,
        name: str | None = None,
    ) -> Page[File]:
        """Return one page of the account's files, filtered; the rows do not tell their folder."""
        raise self._missing(Capability.LIST_FILES)

    @needs(Capability.FILE_INFO)
    async def file_info(self, codes: Sequence[str]) -> list[FileInfo]:
        """Look up to ``max_info_codes`` files up by code; a code left out by the host is not in
        the answer either.
        """
        raise self._missing(Capability.FILE_INFO)

    @needs(Capability.CHECK_FILES)
    async def missing_files(self, codes: Sequence[str]) -> frozenset[str]:
        """Return those of the codes (up to ``max_info_codes``) that the host does not know."""
        raise self._missing(Capability.CHECK_FILES)

    @needs(Capability.LIST_REMOTE)
    async def list_remote_uploads(self, page: int = 1) -> Page[RemoteUpload]:
        """Return one page of the remote-upload queue, finished entries included."""
        raise self._missing(Capability.LIST_REMOTE)

    @needs(Capability.FOLLOW_REMOTE)
    async def remote_upload(self, id: str) -> RemoteUpload:
        """Return one entry of the queue; NotFoundError when there is none of that id."""
        raise self._missing(Capability.FOLLOW_REMOTE)

    @needs(Capability.LIST_ENCODINGS)
    async def list_encodings(self) -> list[Encoding]:
        """Return the account's encoding jobs."""
        raise self._missing(Capability.LIST_ENCODINGS)

    @needs(Capability.LIST_DELETED)
    async def list_deleted(self, page: int = 1) -> Page[DeletedFile]:
        """Return one page of the files the host lists as deleted."""
        raise self._missing(Capability.LIST_DELETED)

    @needs(Capability.LIST_TAKEDOWNS)
    async def list_takedowns(self, page: int = 1, *, pending: bool = False) -> Page[Takedown]:
        """Return one page of the takedown notices; ``pending``: only those not yet carried out."""
        raise self._missing(Capability.LIST_TAKEDOWNS)

    @needs(Capability.STATS)
    async def stats(self) -> list[DayStats]:
        """Return the daily statistics the host keeps, oldest first."""
        raise self._missing(Capability.STATS)

    @needs(Capability.EMBED_DOMAIN)
    async def embed_domain(self) -> str:
        """Return the host name to use in links today."""
        raise self._missing(Capability.EMBED_DOMAIN)

    @needs(Capability.UPLOAD)
    async def upload_server(self) -> UploadServer:
        """Return where to send the next file."""
        raise self._missing(Capability.UPLOAD)

    # Changes: sent once; who calls decides what a lost answer means.

    def upload(
        self, server: UploadServer, path: Path, chunks: Iterable[bytes], size: int
    ) -> Uploaded:
        """Send one file (blocking: call it in a thread). ``chunks`` yields exactly ``size`` bytes;
        what the generator raises stops the upload.
        """
        raise self._missing(Capability.UPLOAD)

    @needs(Capability.RENAME_FILE)
    async def rename_file(self, code: str, title: str) -> None:
        """Give one file a new title."""
        raise self._missing(Capability.RENAME_FILE)

    @needs(Capability.MOVE_FILE)
    async def move_files(self, codes: Sequence[str], folder: str) -> None:
        """Move files to a folder, in one request."""
        raise self._missing(Capability.MOVE_FILE)

    @needs(Capability.DELETE_FILE)
    async def delete_files(self, codes: Sequence[str]) -> None:
        """Delete files for good, in one request."""
        raise self._missing(Capability.DELETE_FILE)

    @needs(Capability.CREATE_FOLDER)
    async def create_folder(self, parent: str, title: str) -> str:
        """Create a folder and return its id."""
        raise self._missing(Capability.CREATE_FOLDER)

    @needs(Capability.RENAME_FOLDER)
    async def rename_folder(self, folder: str, title: str) -> None:
        """Give a folder a new name."""
        raise self._missing(Capability.RENAME_FOLDER)

    @needs(Capability.MOVE_FOLDER)
    async def move_folder(self, folder: str, parent: str) -> None:
        """Move a folder into another."""
        raise self._missing(Capability.MOVE_FOLDER)

    @needs(Capability.DELETE_FOLDER)
    async def delete_folder(self, folder: str) -> None:
        """Delete a folder."""
        raise self._missing(Capability.DELETE_FOLDER)

    @needs(Capability.ADD_REMOTE)
    async def add_remote_upload(self, url: str, folder: str | None) -> RemoteUpload:
        """Queue a URL on the host. ``folder`` is a folder id, or its name where the host takes
        names (illvid).
        """
        raise self._missing(Capability.ADD_REMOTE)

    @needs(Capability.RESTART_REMOTE)
    async def restart_remote_upload(self, id: str) -> None:
        """Restart a failed entry of the queue."""
        raise self._missing(Capability.RESTART_REMOTE)

    @needs(Capability.DELETE_REMOTE)
    async def delete_remote_upload(self, id: str) -> None:
        """Delete a completed or failed entry of the queue."""
        raise self._missing(Capability.DELETE_REMOTE)

    @needs(Capability.CLEAR_FAILED_REMOTE)
    async def clear_failed_remote_uploads(self) -> int:
        """Delete every failed entry of the queue; return how many the host says it deleted."""
        raise self._missing(Capability.CLEAR_FAILED_REMOTE)

    @needs(Capability.CLONE_FILE)
    async def clone_file(self, code: str, folder: str | None) -> File:
        """Clone a file whose owner allows it into a folder; return the new file."""
        raise self._missing(Capability.CLONE_FILE)

    @needs(Capability.RENEW_FILE)
    async def renew_file(self, code: str) -> str:
        """Renew a file and return its code, which may be a new one."""
        raise self._missing(Capability.RENEW_FILE)

    @needs(Capability.PREMIUM_KEYS)
    async def generate_premium_keys(self, days: int, amount: int) -> list[PremiumKey]:
        """Buy premium keys. This costs money: never call it twice for one wish."""
        raise self._missing(Capability.PREMIUM_KEYS)
