"""The actions of the uploads panel and of the local file browser."""

from __future__ import annotations

from vhtui.models import Capability
from vhtui.ui.places import Action, Place

_UPLOADS = frozenset({Place.UPLOADS})
_LOCAL = frozenset({Place.LOCAL})
_REMOTE = frozenset({Place.REMOTE})
_BOTH = _UPLOADS | _LOCAL
_ADDING = _UPLOADS | {Place.FILES, Place.TREE}

UPLOAD_ACTIONS: tuple[Action, ...] = (
    # -- the browser
    Action(
        "upload.add", ("a u",), "upload", "Choose files and folders of this disk to upload",
        _ADDING, "Add", 54, Capability.UPLOAD,
    ),
    Action(
        "disk.open", ("enter",), "Upload or enter",
        "Upload what is marked, or the file; enter the folder", _LOCAL, "Upload", 95,
    ),
    Action("disk.upload", ("u",), "Upload", "Upload what is marked, or the row", _LOCAL, "Upload",
           92, Capability.UPLOAD),
    Action("disk.enter", ("l", "right"), "In", "Enter the folder", _LOCAL, "Move"),
    Action("disk.leave", ("h", "backspace", "left"), "Out", "To the folder above", _LOCAL, "Move",
           80),
    Action("disk.home", ("~",), "Home", "To the home directory", _LOCAL, "Move"),
    Action("disk.go", ("g d",), "directory", "Type a directory and go there", _LOCAL, "Move"),
    Action("disk.target", ("z",), "Target", "Choose the folder at the host", _LOCAL, "Upload", 78),
    Action("disk.hidden", (".",), "Hidden", "Show hidden entries, or no longer", _LOCAL, "View",
           60),
    Action("disk.watch", ("a w",), "watch", "Upload what comes into this folder from now on",
           _LOCAL, "Add", 50, Capability.UPLOAD),
    Action("disk.set", ("a s",), "as a set", "Upload as a set: tells when all of it plays", _LOCAL,
           "Add", 52, Capability.UPLOAD),
    # -- the panel
    Action("upload.open", ("enter", "l"), "Show file",
           "Show the file in its folder, or decide what became of it", _UPLOADS, "Uploads", 88),
    Action("upload.pause", ("p",), "Pause", "Pause or go on", _UPLOADS, "Uploads", 80),
    Action("upload.pause_all", ("P",), "Pause all", "Pause all, or go on with all", _UPLOADS,
           "Uploads"),
    Action("upload.later", ("J",), "Later", "Send it later", _UPLOADS, "Uploads"),
    Action("upload.sooner", ("K",), "Sooner", "Send it sooner", _UPLOADS, "Uploads"),
    Action("upload.retry", ("r",), "Retry", "Send again what failed or was cancelled", _UPLOADS,
           "Uploads", 70),
    Action("upload.retry_all", ("R",), "Retry all", "Send all again that failed", _UPLOADS,
           "Uploads"),
    Action("upload.cancel", ("x",), "Cancel", "Cancel; asks where something is sent", _UPLOADS,
           "Uploads", 60),
    Action("upload.clear", ("C",), "Clear", "Clear what plays or was cancelled", _UPLOADS,
           "Uploads", 50),
    Action("upload.set", ("s",), "Set", "Make them a set: tells when all of it plays", _UPLOADS,
           "Uploads", 56),
    Action("sets.show", ("g s",), "sets", "The sets; copy or write their links",
           frozenset(Place) - {Place.STUDIO, Place.PATTERN}, "Links"),
    # -- the remote queue
    Action("remote.restart_all", ("R",), "Restart all", "Restart all that failed, after asking",
           _REMOTE, "Remote", 59, Capability.RESTART_REMOTE),
    Action("remote.failed", ("F",), "By reason", "What failed by the host's note: restart, delete",
           _REMOTE, "Remote", 62, Capability.RESTART_REMOTE),
    Action("remote.active", ("o a",), "at once", "How many the host is given at once", _REMOTE,
           "Limits", capability=Capability.ADD_REMOTE),
    # -- limits and watch folders
    Action("uploads.parallel", ("o p",), "parallel", "How many files are sent at once", _BOTH,
           "Limits", 58),
    Action("uploads.limit", ("o l",), "limit", "How many bytes a second are sent", _BOTH, "Limits"),
    Action("uploads.hours", ("o h",), "hours", "When uploads may begin", _BOTH, "Limits"),
    Action("uploads.reset", ("o r",), "reset", "The limits of config.toml again", _BOTH, "Limits"),
    Action("uploads.watched", ("o w",), "watched", "The folders that are watched", _BOTH,
           "Limits"),
)  # fmt: skip
