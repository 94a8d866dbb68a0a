"""Every action of vhtui in one table: its id, keys, words, places and what it needs of the host.

The dispatcher, the footer, the list of second keys, the help, the palette and the command line all
read this table, so a key can neither exist without help nor be explained without existing.

A key is written as the character it types ("g", "?", ",") or by name ("ctrl+a", "enter", "f1",
"space"); a sequence puts a space between two keys ("g g"). ``*`` as the second key of a sequence
means "any character", which the action is given ("B *").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vhtui.models import Capability
from vhtui.ui.desk_actions import DESK_ACTIONS, NOTED, PREMIUM_ACTIONS
from vhtui.ui.holes_actions import HOLES_ACTIONS
from vhtui.ui.places import ANY, TYPED, Action, Place
from vhtui.ui.sort_actions import SORT_ACTIONS
from vhtui.ui.upload_actions import UPLOAD_ACTIONS
from vhtui.ui.view_actions import VIEW_ACTIONS

__all__ = ["ACTIONS", "ANY", "PREMIUM_ACTIONS", "PRESETS", "TYPED", "Action", "Place"]


_STUDIO = frozenset({Place.STUDIO})
_PATTERN = frozenset({Place.PATTERN})
_RENAMING = _STUDIO | _PATTERN
_ANYWHERE = frozenset(Place) - _RENAMING
_ROWS = _ANYWHERE | _STUDIO
_EVERYWHERE = frozenset(Place)
_LISTS = _ANYWHERE - {Place.TREE}
_MARKABLE = _LISTS - {Place.LOG}
_FILES = frozenset({Place.FILES})
_FOLDERS = frozenset({Place.FILES, Place.TREE})
_TREE = frozenset({Place.TREE})
_REMOTE = frozenset({Place.REMOTE})
_JOBS = frozenset({Place.JOBS})
_UPLOADS = frozenset({Place.UPLOADS})
_LOCAL = frozenset({Place.LOCAL})
_UNDOING = _ANYWHERE - _JOBS - _LOCAL
_VIDEOS = frozenset({Place.FILES, Place.ENCODINGS, Place.HOLES}) | NOTED | _UPLOADS
_WITH_CODES = _VIDEOS | _REMOTE


def _links() -> Iterable[Action]:
    kinds = (
        ("l", "link", "links"),
        ("e", "embed", "embed links"),
        ("i", "iframe", "iframes"),
        ("b", "bbcode", "BBCode"),
        ("m", "markdown", "Markdown"),
        ("t", "title", "titles"),
        ("c", "code", "codes"),
        ("v", "csv", "CSV"),
        ("j", "json", "JSON"),
    )
    for key, kind, words in kinds:
        yield Action(f"link.{kind}", (f"c {key}",), words, f"Copy as {words}", _VIDEOS, "Links")


def _studio() -> Iterable[Action]:
    group = "Rename"
    yield Action(
        "studio.start", ("enter",), "Start", "Say what it costs; once more: start it", _RENAMING,
        group, 90,
    )  # fmt: skip
    yield Action("studio.toggle", ("space",), "Leave out", "Leave the row out, or take it in again",
                 _STUDIO, group, 85)  # fmt: skip
    yield Action("studio.pane", ("tab",), "Fields, rows", "The next field, then the rows",
                 _RENAMING, group, 80)  # fmt: skip
    yield Action("studio.pane_back", ("shift+tab",), "Field before", "The field before", _RENAMING,
                 group)  # fmt: skip
    yield Action("studio.mode", ("ctrl+t",), "Mode", "The next mode", _RENAMING, group, 75)
    yield Action("studio.warning", ("!", "ctrl+n"), "Warning", "To the next row with a warning",
                 _RENAMING, group, 70)  # fmt: skip
    yield Action("studio.old", ("o", "ctrl+o"), "Old", "Old titles or new ones, where one fits",
                 _RENAMING, group, 60)  # fmt: skip
    yield Action("studio.earlier", ("up",), "Earlier", "A pattern used earlier", _PATTERN, group,
                 65)  # fmt: skip
    yield Action("studio.later", ("down",), "Later", "A pattern used later", _PATTERN, group)
    yield Action("studio.paste", ("p",), "Paste", "Paste titles, or lines of code,title", _STUDIO,
                 group, 55)  # fmt: skip
    yield Action("studio.edit", ("e",), "Editor", "Edit the new titles in $EDITOR", _STUDIO, group,
                 50)  # fmt: skip
    yield Action("studio.leave", ("escape", "q"), "Out", "Back, with nothing changed", _RENAMING,
                 group, 40)  # fmt: skip
    modes = (
        ("replace", "Replace a text"),
        ("regex", "Replace what a regular expression matches"),
        ("template", "Write titles anew"),
        ("case", "Change small and capital letters"),
        ("number", "Put a number before or after"),
        ("list", "Titles from a list or from $EDITOR"),
        ("csv", "Titles from lines of code,title"),
    )
    for number, (name, words) in enumerate(modes, 1):
        keys = (f"f{number + 1}", str(number))
        yield Action(f"studio.{name}", keys, name, words, _RENAMING, "Modes")


ACTIONS: tuple[Action, ...] = (
    # -- move
    Action("cursor.down", ("j", "down"), "Down", "One row down", _ROWS, "Move"),
    Action("cursor.up", ("k", "up"), "Up", "One row up", _ROWS, "Move"),
    Action("cursor.top", ("g g", "home"), "top", "To the first row", _ROWS, "Move"),
    Action("cursor.bottom", ("G", "end"), "Bottom", "To the last row", _ROWS, "Move"),
    Action("cursor.half_down", ("ctrl+d",), "Half down", "Half a page down", _ROWS, "Move"),
    Action("cursor.half_up", ("ctrl+u",), "Half up", "Half a page up", _ROWS, "Move"),
    Action("cursor.page_down", ("pagedown",), "Page down", "A page down", _EVERYWHERE, "Move"),
    Action("cursor.page_up", ("pageup",), "Page up", "A page up", _EVERYWHERE, "Move"),
    Action("folder.enter", ("l", "enter", "right"), "Open",
           "Enter the folder; of a find, the folder it is in", _FILES, "Move"),
    Action("folder.leave", ("h", "backspace", "left"), "Out", "To the parent", _FILES, "Move"),
    Action("tree.show", ("enter",), "Show", "Show the folder's files", _TREE, "Move", 90),
    Action("tree.open", ("l", "right"), "Open", "Open the branch", _TREE, "Move", 70),
    Action("tree.close", ("h", "left"), "Close", "Close the branch", _TREE, "Move", 60),
    Action("place.back", ("H",), "Back", "Back to where you were", _FILES, "Move"),
    Action("place.forward", ("L",), "Forward", "Forward again", _FILES, "Move"),
    Action("folder.jump", ("z",), "Jump", "Go to a folder by a few letters", _FOLDERS, "Move", 40),
    Action("bookmark.set", ("B *",), "Set bookmark", "Set a bookmark here, or remove it",
           _FILES, "Move"),
    Action("bookmark.go", ("' *",), "Bookmark", "Go to a bookmark", _FOLDERS, "Move"),
    Action(
        "file.show", ("enter", "l"), "Show file", "Show the file in its folder",
        frozenset({Place.REMOTE, Place.ENCODINGS, Place.HOLES}) | NOTED, "Move", 50,
    ),
    # -- mark
    Action("mark.toggle", ("space",), "Mark", "Mark the row and step down", _MARKABLE, "Mark", 90),
    Action("mark.range", ("v",), "Range", "Start or end a range of marks", _MARKABLE, "Mark"),
    Action("mark.all", ("ctrl+a",), "Mark all", "Mark all that is shown", _MARKABLE, "Mark"),
    Action("mark.invert", ("*",), "Invert", "Invert the marks", _MARKABLE, "Mark"),
    Action("mark.add", ("+",), "Mark by query", "Mark what a query finds", _FILES, "Mark"),
    Action("mark.remove", ("-",), "Unmark by query", "Unmark what a query finds", _FILES, "Mark"),
    Action(
        "view.escape", ("escape",), "Back", "One step back: popup, range, marks, filter",
        _ANYWHERE, "Mark",
    ),
    # -- change
    Action(
        "file.rename", ("r",), "Rename", "Rename in place (Tab saves and takes the next file)",
        _FILES, "Change", 80, Capability.RENAME_FILE,
    ),
    Action(
        "file.studio", ("R",), "Rename many", "The rename studio, for the marked files or for all",
        _FILES, "Change", 50, Capability.RENAME_FILE,
    ),
    Action(
        "file.edit", ("e",), "Editor", "Edit the titles in $EDITOR: of the marked files or of all",
        _FILES, "Change", capability=Capability.RENAME_FILE,
    ),
    Action(
        "file.cut", ("x",), "Cut", "Cut, to paste in another folder", _FILES, "Change",
        capability=Capability.MOVE_FILE,
    ),
    Action(
        "file.paste", ("p",), "Paste", "Move here what was cut", _FILES, "Change",
        capability=Capability.MOVE_FILE,
    ),
    Action(
        "file.move", ("m",), "Move", "Move to a folder, which may be a new one", _FILES, "Change",
        70, Capability.MOVE_FILE,
    ),
    Action(
        "file.trash", ("d",), "Trash", "Move to the trash folder; u brings it back", _FILES,
        "Change", 60, Capability.MOVE_FILE,
    ),
    Action(
        "file.restore", ("g r",), "restore", "Move from the trash back to where it was", _FILES,
        "Change", capability=Capability.MOVE_FILE,
    ),
    Action(
        "file.delete", ("D",), "Delete", "Delete for good, after asking", _FILES, "Change",
        capability=Capability.DELETE_FILE,
    ),
    Action("change.undo", ("u",), "Undo", "Undo the last change", _UNDOING, "Change", 45),
    Action("change.redo", ("U",), "Redo", "Redo what was undone", _UNDOING, "Change"),
    # -- links
    Action(
        "link.copy", ("y",), "Copy links", "Copy links with the default template", _WITH_CODES,
        "Links", 75,
    ),
    *_links(),
    Action("link.pick", ("Y",), "Copy as", "Choose how to copy, with a preview",
           _WITH_CODES, "Links"),
    # -- add
    Action(
        "folder.create", ("a f",), "folder", "Make a folder here", _FOLDERS, "Add",
        capability=Capability.CREATE_FOLDER,
    ),
    Action(
        "remote.add", ("a r",), "remote URLs", "Let the host fetch URLs",
        frozenset({Place.FILES, Place.REMOTE}), "Add", 55, Capability.ADD_REMOTE,
    ),
    # -- find
    Action("find.filter", ("f",), "Filter", "Filter as you type", _LISTS, "Find", 65),
    Action("find.find", ("/",), "Find", "Find in the list", _LISTS, "Find"),
    Action("find.next", ("n",), "Next", "Next that was found", _LISTS, "Find"),
    Action("find.previous", ("N",), "Previous", "Previous that was found", _LISTS, "Find"),
    Action("find.search", ("s",), "Search all", "Search the whole account", _FOLDERS, "Find", 35),
    *SORT_ACTIONS,
    *VIEW_ACTIONS,
    # -- remote uploads
    Action(
        "remote.restart", ("r",), "Restart", "Start failed uploads again", _REMOTE, "Remote", 80,
        Capability.RESTART_REMOTE,
    ),
    Action(
        "remote.delete", ("D", "x"), "Delete", "Delete entries of the queue, after asking", _REMOTE,
        "Remote", 60, Capability.DELETE_REMOTE,
    ),
    Action(
        "remote.clear", ("c",), "Clear failed", "Clear the failed entries", _REMOTE, "Remote", 58,
        Capability.CLEAR_FAILED_REMOTE,
    ),
    # -- the account: figures, notices, links
    *DESK_ACTIONS,
    # -- titles across accounts
    *HOLES_ACTIONS,
    # -- uploads
    *UPLOAD_ACTIONS,
    # -- the rename studio
    *_studio(),
    # -- jobs
    Action(
        "job.open", ("enter", "l", "right"), "Open", "Show its jobs, or decide what happened",
        _JOBS, "Jobs", 88,
    ),
    Action("job.close", ("h", "backspace", "left"), "Out", "Back to all groups", _JOBS, "Jobs"),
    Action("job.pause", ("p",), "Pause", "Pause or go on", _JOBS, "Jobs", 80),
    Action("job.pause_all", ("P",), "Pause all", "Pause all, or go on with all", _JOBS, "Jobs"),
    Action("job.later", ("J",), "Later", "Carry it out later", _JOBS, "Jobs"),
    Action("job.sooner", ("K",), "Sooner", "Carry it out sooner", _JOBS, "Jobs"),
    Action("job.retry", ("r",), "Retry", "Retry what failed in it", _JOBS, "Jobs", 70),
    Action("job.retry_all", ("R",), "Retry all", "Retry all that failed", _JOBS, "Jobs"),
    Action("job.cancel", ("x",), "Cancel", "Cancel what is not sent yet", _JOBS, "Jobs", 60),
    Action("job.undo", ("u",), "Undo", "Undo the group", _JOBS, "Jobs", 55),
    Action("job.clear", ("c",), "Clear", "Clear what is finished", _JOBS, "Jobs", 50),
    Action(
        "log.export", ("E",), "Export log", "Write the log to a file",
        frozenset({Place.LOG, Place.JOBS}), "Jobs", 40,
    ),
    # -- view
    Action("panel.files", ("1",), "Files", "The files", _ANYWHERE, "View"),
    Action("panel.uploads", ("2",), "Uploads", "The uploads of this disk", _ANYWHERE, "View"),
    Action("panel.remote", ("3",), "Remote", "The remote uploads", _ANYWHERE, "View"),
    Action("panel.encodings", ("4",), "Encodings", "The encodings", _ANYWHERE, "View"),
    Action("panel.log", ("9", "W"), "Log", "What happened", _ANYWHERE, "View"),
    Action("panel.jobs", ("w",), "Jobs", "What waits, runs and failed", _ANYWHERE, "View", 30),
    Action("panel.history", ("g u",), "history", "All that was changed", _ANYWHERE, "View"),
    Action("pane.next", ("tab", "shift+tab"), "Panes", "Folders and back", _ANYWHERE, "View"),
    Action("view.details", ("i",), "Details", "Show or hide the details", _ANYWHERE, "View", 25),
    Action("account.previous", ("[",), "Account before", "The account before", _ANYWHERE, "View"),
    Action("account.next", ("]",), "Next account", "The next account", _ANYWHERE, "View"),
    # -- everywhere
    Action("app.help", ("?", "f1"), "help", "Keys of this place", _EVERYWHERE, "Everywhere", 100),
    Action("app.palette", ("ctrl+p",), "Palette", "Actions by name", _EVERYWHERE, "Everywhere"),
    Action("app.command", (":",), "Command", "The command line", _ANYWHERE, "Everywhere"),
    Action("view.refresh", ("ctrl+r",), "Refresh", "Ask the host again", _ANYWHERE, "Everywhere"),
    Action(
        "account.sync", ("S",), "Sync", "Ask the host what changed in the account", _ANYWHERE,
        "Everywhere",
    ),
    Action(
        "account.recheck", ("g S",), "recheck", "List every folder of the account again", _ANYWHERE,
        "Everywhere", capability=Capability.LIST_FILES,
    ),
    Action(
        "app.redraw", ("ctrl+l",), "Redraw", "Write the whole screen again", _ANYWHERE, "Everywhere"
    ),
    Action("app.mouse", ("%",), "Mouse", "Mouse on or off", _ANYWHERE, "Everywhere"),
    Action("app.suspend", ("ctrl+z",), "Suspend", "To the shell", _EVERYWHERE, "Everywhere"),
    Action("app.quit", ("q",), "Quit", "Close the panel, or quit", _ANYWHERE, "Everywhere", 20),
)  # fmt: skip

PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "vhtui": {},
    "ranger": {
        "file.rename": ("c w", "r"),
        "file.cut": ("d d", "x"),
        "file.paste": ("p p",),
        "file.trash": ("d t", "delete"),
        "file.delete": ("d D",),
        "link.copy": ("y y",),
        "link.pick": ("y p", "Y"),
        "folder.create": ("a f", "f7"),
        "sort.name": ("o n",),
        "sort.size": ("o s",),
        "sort.date": ("o d",),
        "stats.accounts": ("O",),
        "check.files": ("O",),
        "find.filter": ("f", "z f"),
        "folder.jump": ("z z",),
        "disk.target": ("z z",),
    },
    "mc": {
        "app.help": ("?", "f1"),
        "file.rename": ("r", "f2"),
        "view.details": ("i", "f3"),
        "link.copy": ("y", "f5"),
        "file.move": ("m", "f6"),
        "folder.create": ("a f", "f7"),
        "file.trash": ("d", "f8", "delete"),
        "app.palette": ("ctrl+p", "f9"),
        "app.quit": ("q", "f10"),
        "mark.toggle": ("space", "insert"),
    },
    "plain": {
        "file.rename": ("r", "f2"),
        "find.filter": ("f", "f3"),
        "view.refresh": ("ctrl+r", "f5"),
        "folder.create": ("a f", "f7"),
        "file.trash": ("d", "delete"),
        "app.quit": ("q", "f10"),
        "mark.toggle": ("space", "insert"),
        "account.next": ("]", "f6"),
    },
}
