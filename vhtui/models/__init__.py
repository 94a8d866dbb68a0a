"""What the parts of vhtui talk about: plain, frozen data.

Units everywhere: sizes in bytes, lengths in whole seconds, times in whole seconds since the epoch
(UTC), money in the host's own decimal words. ``None`` means "the host did not say" (or "not yet").
Titles, notes and URLs are the raw words of strangers: ``text.clean`` makes them fit to be shown.
"""

from vhtui.models.host import (
    CHANGING,
    ROOT,
    AccountInfo,
    Capability,
    DayStats,
    DeletedFile,
    Encoding,
    File,
    FileInfo,
    Folder,
    FolderListing,
    Page,
    PremiumKey,
    RemoteState,
    RemoteUpload,
    Takedown,
    Uploaded,
    UploadServer,
)
from vhtui.models.shown import (
    AccountRow,
    Changes,
    FileRow,
    FolderRow,
    Job,
    JobGroup,
    JobKind,
    JobState,
    LogEntry,
    Upload,
    UploadSet,
    UploadState,
)

__all__ = [
    "CHANGING",
    "ROOT",
    "AccountInfo",
    "AccountRow",
    "Capability",
    "Changes",
    "DayStats",
    "DeletedFile",
    "Encoding",
    "File",
    "FileInfo",
    "FileRow",
    "Folder",
    "FolderListing",
    "FolderRow",
    "Job",
    "JobGroup",
    "JobKind",
    "JobState",
    "LogEntry",
    "Page",
    "PremiumKey",
    "RemoteState",
    "RemoteUpload",
    "Takedown",
    "Upload",
    "UploadServer",
    "UploadSet",
    "UploadState",
    "Uploaded",
]
