"""What hosts say, in the same words for every host."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct
from typing_extensions import override

ROOT = "0"
"""The id of an account's root folder, on every host."""

T = TypeVar("T")


class Capability(StrEnum):
    """What a host's API may be able to do; the value is how the interface words it."""

    LIST_FILES = "list files"
    FILE_INFO = "look up files by code"
    RENAME_FILE = "rename a file"
    MOVE_FILE = "move a file"
    DELETE_FILE = "delete a file"
    CLONE_FILE = "clone a file"
    RENEW_FILE = "renew a file"
    CHECK_FILES = "check codes"
    CREATE_FOLDER = "create a folder"
    RENAME_FOLDER = "rename a folder"
    MOVE_FOLDER = "move a folder"
    DELETE_FOLDER = "delete a folder"
    UPLOAD = "take uploads"
    ADD_REMOTE = "take remote uploads"
    LIST_REMOTE = "list remote uploads"
    FOLLOW_REMOTE = "follow a remote upload"
    RESTART_REMOTE = "restart a remote upload"
    DELETE_REMOTE = "delete a remote upload"
    CLEAR_FAILED_REMOTE = "clear failed remote uploads"
    LIST_ENCODINGS = "list encodings"
    LIST_DELETED = "list deleted files"
    LIST_TAKEDOWNS = "list takedowns"
    STATS = "give statistics"
    EMBED_DOMAIN = "give today's embed domain"
    PREMIUM_KEYS = "generate premium keys"


CHANGING = frozenset(
    {
        Capability.RENAME_FILE,
        Capability.MOVE_FILE,
        Capability.DELETE_FILE,
        Capability.CLONE_FILE,
        Capability.RENEW_FILE,
        Capability.CREATE_FOLDER,
        Capability.RENAME_FOLDER,
        Capability.UPLOAD,
        Capability.ADD_REMOTE,
        Capability.RESTART_REMOTE,
        Capability.DELETE_REMOTE,
        Capability.CLEAR_FAILED_REMOTE,
        Capability.PREMIUM_KEYS,
    }
)
"""What a read-only account does not do."""


class RemoteState(StrEnum):
    """A remote upload's state, the same words for every host."""

    QUEUED = "queued"  # still in vhtui's own journal
    WAITING = "waiting"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def is_open(self) -> bool:
        """Whether the host may still change it."""
        return self in (RemoteState.QUEUED, RemoteState.WAITING, RemoteState.RUNNING)


class Page(Struct, Generic[T], frozen=True):
    """One page of a listing: its items, whether more follow, and the total where the host knows it.

    ``unreadable`` counts rows that could not be decoded; they are reported, never dropped silently.
    """

    items: tuple[T, ...]
    has_more: bool
    total: int | None = None
    unreadable: int = 0


class Folder(Struct, frozen=True):
    """A folder as a host lists it; ``parent`` is the id of the folder it was listed in."""

    id: str
    title: str
    parent: str


class File(Struct, frozen=True, kw_only=True):
    """A video as a host lists it. ``folder`` is None where the call does not tell it."""

    code: str
    title: str
    folder: str | None = None
    size: int | None = None
    length: int | None = None
    views: int | None = None
    uploaded: int | None = None
    revenue: str | None = None


class FolderListing(Struct, frozen=True):
    """One page of a folder's files, with all its sub-folders."""

    folders: tuple[Folder, ...]
    files: Page[File]


class FileInfo(Struct, frozen=True, kw_only=True):
    """What a look-up by code found; ``found`` is False when the host says the file is gone."""

    code: str
    found: bool
    title: str | None = None
    size: int | None = None
    length: int | None = None


class RemoteUpload(Struct, frozen=True, kw_only=True):
    """An entry of a host's remote-upload queue. ``raw_state`` is the host's own word or number."""

    id: str
    url: str
    state: RemoteState
    raw_state: str = ""
    code: str | None = None
    folder: str | None = None
    note: str = ""
    size: int | None = None
    loaded: int | None = None
    speed: int | None = None  # bytes per second
    remaining: int | None = None  # seconds, the host's own estimate
    percent: float | None = None
    created: int | None = None
    updated: int | None = None


class Encoding(Struct, frozen=True, kw_only=True):
    """One encoding job of a file: a file has one per quality."""

    code: str
    title: str
    state: str  # the host's word, such as ENCODING
    quality: int | None = None  # lines, such as 1080
    percent: float | None = None
    note: str = ""
    error: str = ""
    created: int | None = None
    started: int | None = None
    updated: int | None = None
    source: str = ""  # "1920x1080 H.264 5000 kbit/s, AAC 128 kbit/s, MP4"
    stage: str = ""  # the host's name of the step, such as transcode_video_
    left: int | None = None  # seconds until it is done, as vhtui saw it go on
    stalled: int | None = None  # seconds since it last went on, where it stands still


class AccountInfo(Struct, frozen=True, kw_only=True):
    """An account's own figures. ``premium_until`` None is "never"."""

    login: str = ""
    balance: str | None = None
    storage_used: int | None = None
    storage_left: int | None = None
    premium_until: int | None = None
    partner_until: int | None = None
    server_time: int | None = None


class DayStats(Struct, frozen=True, kw_only=True):
    """One day's statistics; ``date`` is YYYY-MM-DD, profit in the host's currency."""

    date: str
    views: int = 0
    views_adblock: int = 0
    views_vpn: int = 0
    views_tor: int = 0
    views_paid: int = 0
    views_total: int = 0
    uploads: int = 0
    downloads: int = 0
    profit: str = "0"


class DeletedFile(Struct, frozen=True, kw_only=True):
    """A file the host lists as deleted."""

    code: str
    title: str
    deleted: int | None = None


class Takedown(Struct, frozen=True, kw_only=True):
    """A takedown notice: when it was filed and when the file goes (``expires`` None: not said)."""

    code: str
    title: str = ""
    created: int | None = None
    expires: int | None = None


class UploadServer(Struct, frozen=True, kw_only=True):
    """Where to POST a file, and the form fields that go with it (never the key)."""

    url: str
    fields: tuple[tuple[str, str], ...] = ()


class Uploaded(Struct, frozen=True, kw_only=True):
    """What an upload POST answered; ``code`` is None when the host said success without one."""

    code: str | None
    title: str | None = None
    encoding_needed: bool | None = None


class PremiumKey(Struct, frozen=True, kw_only=True):
    """A premium key that was paid for. Kept out of every repr: it is worth money."""

    key: str
    days: int

    @override
    def __repr__(self) -> str:
        return f"PremiumKey(days={self.days})"
