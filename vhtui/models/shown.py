"""What the store shows: files, folders, accounts, jobs, uploads, and what changed of them."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from vhtui.models.host import AccountInfo


class Changes(Struct, frozen=True):
    """What to look up again: ids only, so that merging a burst is a set union.

    A topic is a tuple: ``("files", account, folder)``, ``("folders", account)``,
    ``("remote", account)``, ``("encodings", account)``, ``("account", account)``, ``("jobs",)``,
    ``("accounts",)`` when other accounts are configured,
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
    """Where a job stands; ``core/jobs/executor.py`` draws the paths between the states."""

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


class FileRow(Struct, frozen=True, kw_only=True):
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


class FolderRow(Struct, frozen=True, kw_only=True):
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
    listed: float | None = None  # when the host last listed it in full
    unreadable: int = 0  # entries of that listing that could not be read


class AccountRow(Struct, frozen=True, kw_only=True):
    """An account as the store shows it. ``state``: new, ok, not answering (being tried again),
    offline, wrong key, limited, error."""

    name: str
    provider: str
    state: str = "new"
    message: str = ""
    info: AccountInfo | None = None
    checked: int | None = None
    synced: int | None = None
    sync_done: int | None = None  # folders listed in the running sync; None: none runs
    sync_total: int | None = None  # folders known to the running sync
    sync_left: float | None = None  # seconds that it needs yet, as far as that can be told
    sync_note: str = ""  # what the last sync leaves open, in words
    files: int = 0
    bytes: int = 0


class Job(Struct, frozen=True, kw_only=True):
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


class JobGroup(Struct, frozen=True, kw_only=True):
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


class Upload(Struct, frozen=True, kw_only=True):
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


class UploadSet(Struct, frozen=True, kw_only=True):
    """Uploads that belong together; it is complete when all of them that were not cancelled play.

    ``template`` is the name of the form that its links are written in. ``fault``: why they could
    not be written. ``seen``: whether the person looked at it since it is complete.
    """

    id: int
    name: str
    template: str
    links_file: str  # may hold surrogates (names not UTF-8)
    total: int
    playable: int
    failed: int = 0
    fault: str = ""
    created: int = 0
    finished: int | None = None
    seen: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether all of it plays, and its links were written."""
        return self.finished is not None


class LogEntry(Struct, frozen=True, kw_only=True):
    """One line of the log. ``level``: info, warning, error."""

    id: int
    at: int
    account: str
    level: str
    text: str
