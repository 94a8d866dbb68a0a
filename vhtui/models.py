"""What the parts of vhtui talk about: plain, frozen data.

Units everywhere: sizes in bytes, lengths in whole seconds, times in whole seconds since the epoch
(UTC), money in the host's own decimal words. ``None`` means "the host did not say" (or "not yet").
Titles, notes and URLs are the raw words of strangers: ``text.clean`` makes them fit to be shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

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


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a listing: its items, whether more follow, and the total where the host knows it.

    ``unreadable`` counts rows that could not be decoded; they are reported, never dropped silently.
    """

    items: tuple[T, ...]
    has_more: bool
    total: int | None = None
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as a host lists it; ``parent`` is the id of the folder it was listed in."""

    id: str
    title: str
    parent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A video as a host lists it. ``folder`` is None where the call does not tell it."""

    code: str
    title: str
    folder: str | None = None
    size: int | None = None
    length: int | None = None
    views: int | None = None
    uploaded: int | None = None
    revenue: str | None = None


@dataclass(frozen=True, slots=True)
class FolderListing:
    """One page of a folder's files, with all its sub-folders."""

    folders: tuple[Folder, ...]
    files: Page[File]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInfo:
    """What a look-up by code found; ``found`` is False when the host says the file is gone."""

    code: str
    found: bool
    title: str | None = None
    size: int | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteUpload:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountInfo:
    """An account's own figures. ``premium_until`` None is "never"."""

    login: str = ""
    balance: str | None = None
    storage_used: int | None = None
    storage_left: int | None = None
    premium_until: int | None = None
    partner_until: int | None = None
    server_time: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayStats:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedFile:
    """A file the host lists as deleted."""

    code: str
    title: str
    deleted: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """A takedown notice: when it was filed and when the file goes (``expires`` None: not said)."""

    code: str
    title: str = ""
    created: int | None = None
    expires: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadServer:
    """Where to POST a file, and the form fields that go with it (never the key)."""

    url: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """What an upload POST answered; ``code`` is None when the host said success without one."""

    code: str | None
    title: str | None = None
    encoding_needed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PremiumKey:
    """A premium key that was paid for. Kept out of every repr: it is worth money."""

    key: str = field(repr=False)
    days: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What to look up again: ids only, so that merging a burst is a set union.

    A topic is a tuple: ``("files", account, folder)``, ``("folders", account)``,
    ``("remote", account)``, ``("encodings", account)``, ``("account", account)``, ``("jobs",)``,
    ``("log",)``, ``("uploads", account)``, ``("stats", account)``, ``("takedowns", account)``,
    ``("deleted", account)``, ``("premium", account)``, ``("check",)``, or ``("everything",)`` when
    another process wrote.
    """

    topics: frozenset[tuple[str, ...]] = frozenset()

    def __or__(self, other: Changes) -> Changes:
        """Merge two announcements."""
        return Changes(self.topics | other.topics)

    def __bool__(self) -> bool:
        """Whether there is anything to look up."""
        return bool(self.topics)

    def touches(self, *topic: str) -> bool:
        """Whether a topic, or any topic below it (``touches("files", account)``), changed."""
        if ("everything",) in self.topics:
            return True
        return any(changed[: len(topic)] == topic for changed in self.topics)


class JobState(StrEnum):
    """Where a job stands; ``core/jobs.py`` draws the paths between the states."""

    PLANNED = "planned"  # waits for another job, such as the folder it moves into
    READY = "ready"
    SENT = "sent"
    UNKNOWN = "unknown"  # sent, and the answer was lost
    VERIFYING = "verifying"
    DONE = "done"
    REJECTED = "rejected"  # the host said no
    CONFLICT = "conflict"  # somebody else changed it meanwhile
    NEEDS_YOU = "needs you"  # nothing can prove the outcome: the person decides
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Whether the executor still has something to do."""
        return self in _OPEN_STATES

    @property
    def is_failed(self) -> bool:
        """Whether it ended otherwise than asked, or cannot go on alone."""
        return self in (JobState.REJECTED, JobState.CONFLICT, JobState.NEEDS_YOU)


_OPEN_STATES = frozenset(
    {JobState.PLANNED, JobState.READY, JobState.SENT, JobState.UNKNOWN, JobState.VERIFYING}
)


class JobKind(StrEnum):
    """What a job asks of the host."""

    RENAME = "rename"
    MOVE = "move"
    TRASH = "trash"
    DELETE = "delete"
    CREATE_FOLDER = "create folder"
    RENAME_FOLDER = "rename folder"
    REMOTE_ADD = "remote add"
    REMOTE_RESTART = "remote restart"
    REMOTE_DELETE = "remote delete"
    REMOTE_CLEAR = "remote clear failed"
    CLONE = "clone"
    RENEW = "renew"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A file as the store shows it: what the person asked for, before the host has caught up.

    ``id`` is the store's own and is never given to another file. ``pending`` is the kind of the
    newest open job on it. ``state`` is one word: ok, encoding, fetching, takedown, unreadable.
    """

    id: int
    account: str
    code: str
    title: str
    folder: str
    size: int | None = None
    length: int | None = None
    views: int | None = None
    uploaded: int | None = None
    revenue: str | None = None
    state: str = "ok"
    percent: float | None = None
    pending: str | None = None

    @property
    def shown_state(self) -> str:
        """The state in a word or two: the open job wins, then what the host is doing."""
        if self.pending:
            return _PENDING_WORDS.get(self.pending, self.pending)
        if self.percent is not None and self.state != "ok":
            return f"{self.state} {self.percent:.0f}%"
        return self.state


_PENDING_WORDS: dict[str, str] = {
    JobKind.RENAME: "renaming",
    JobKind.MOVE: "moving",
    JobKind.TRASH: "trashing",
    JobKind.DELETE: "deleting",
    JobKind.RENEW: "renewing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRow:
    """A folder as the store shows it. ``id`` starts with ``new:`` until the host has made it."""

    account: str
    id: str
    parent: str
    title: str
    path: str  # "/Series/Season 01"; "/" for the root
    files: int = 0  # directly in it
    bytes: int = 0  # of the files directly in it
    folders: int = 0  # directly in it
    pending: str | None = None
    listed: int | None = None  # when the host last listed it in full
    unreadable: int = 0  # entries of that listing that could not be read


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account as the store shows it. ``state``: new, ok, offline, wrong key, limited, error."""

    name: str
    provider: str
    state: str = "new"
    message: str = ""
    info: AccountInfo | None = None
    checked: int | None = None
    synced: int | None = None
    sync_done: int | None = None  # folders listed in the running sync; None: none runs
    sync_total: int | None = None  # folders known to the running sync
    files: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One change on its way to the host. ``target`` names it for the person."""

    id: int
    group: int
    kind: JobKind
    state: JobState
    account: str
    target: str
    error: str = ""
    tries: int = 0
    created: int = 0
    updated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JobGroup:
    """What one wish of the person became: its jobs, counted by how they stand."""

    id: int
    account: str
    title: str  # "Move 37 files to Season 02"
    kind: JobKind
    created: int
    paused: bool = False
    total: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0  # of the done
    undecided: int = 0  # of the failed: what only the person can decide
    undoable: bool = False
    undone: bool = False
    position: int = 0  # groups are carried out in the order of their positions

    @property
    def is_open(self) -> bool:
        """Whether jobs of it are still to be carried out."""
        return self.done + self.failed < self.total


class UploadState(StrEnum):
    """Where a local file stands on its way to being a video of the account."""

    QUEUED = "queued"
    SENDING = "sending"
    CHECKING = "checking"  # the answer was lost or had no code: looking whether the host has it
    PLACING = "placing"  # at the host, on its way to its folder and title
    ENCODING = "encoding"
    PLAYABLE = "playable"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    NEEDS_YOU = "needs you"  # only the person can tell or mend it

    @property
    def is_open(self) -> bool:
        """Whether vhtui still has something to do for it (or will, when it is resumed)."""
        return self not in _ENDED_UPLOADS


_ENDED_UPLOADS = frozenset(
    {UploadState.PLAYABLE, UploadState.FAILED, UploadState.CANCELLED, UploadState.NEEDS_YOU}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A local file on its way to an account. ``path`` may hold surrogates (names not UTF-8)."""

    id: int
    account: str
    path: str
    title: str
    folder: str  # the path of the folder it goes to
    size: int
    sent: int = 0
    speed: int | None = None  # bytes per second, while it is sent
    eta: int | None = None  # seconds
    percent: float | None = None  # of the encoding
    state: UploadState = UploadState.QUEUED
    error: str = ""
    code: str | None = None
    tries: int = 0
    set_name: str | None = None
    created: int = 0
    updated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One line of the log. ``level``: info, warning, error."""

    id: int
    at: int
    account: str
    level: str
    text: str
