"""The folders of an account as a tree, read from the store one open folder at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field
from textual import events
from textual.message import Message
from typing_extensions import override

from vhtui.models import ROOT, FolderRow
from vhtui.ui.cells import is_ascii
from vhtui.ui.widgets.row_cursor import RowCursor
from vhtui.ui.widgets.row_lines import GUTTER
from vhtui.ui.widgets.row_source import Column, Key, ListSource

LoadChildren = Callable[[str, str], Sequence[FolderRow]]

_INDENT = 2
_DEEPEST_INDENT = 10
_PENDING_WORDS = {"create folder": "creating", "rename folder": "renaming"}


class Branch(Struct, frozen=True):
    """A folder as a line of the tree."""

    folder: FolderRow
    depth: int
    is_open: bool

    @property
    def indent(self) -> int:
        """How many cells stand before its icon; very deep folders are not pushed out."""
        return min(self.depth, _DEEPEST_INDENT) * _INDENT


class _Account(Struct):
    """What the tree remembers of an account: its title, open folders, and the cursor."""

    title: str
    open: set[str] = field(default_factory=lambda: {ROOT})
    cursor: Key = ROOT


class FolderTree(RowCursor[Branch], can_focus=True):
    """Shows an account's folders; children are asked for when their folder is opened.

    It has no keys of its own: the screen calls its methods. Open folders and the cursor stay
    with their ids.
    """

    HAS_HEADER = False

    class _Event(Message):
        def __init__(self, tree: FolderTree, account: str, folder_id: str) -> None:
            super().__init__()
            self.tree = tree
            self.account = account
            self.folder_id = folder_id

        @property
        @override
        def control(self) -> FolderTree:
            return self.tree

    class Opened(_Event):
        """A folder was chosen: show its files."""

    class Highlighted(_Event):
        """The cursor is on another folder."""

        @override
        def can_replace(self, message: Message) -> bool:
            return isinstance(message, FolderTree.Highlighted) and message.tree is self.tree

    def __init__(
        self,
        load_children: LoadChildren,
        *,
        id: str | None = None,
        empty: str = "",
        above: Callable[[str], Sequence[FolderRow]] | None = None,
        count: Callable[[FolderRow], str] | None = None,
    ) -> None:
        """Load folders by account and parent; ``above`` returns what stands above an account's
        root, ``count`` says how many files a folder has."""
        words = count or _count
        columns: tuple[Column[Branch], ...] = (
            Column("name", "", self._label, worth=100, style=_state),
            Column(
                "files", "", lambda branch: words(branch.folder), 6, "right", worth=1,
                style=lambda _: "muted",
            ),
        )  # fmt: skip
        super().__init__(columns, id=id, empty=empty)
        self._load = load_children
        self._above = above
        self._accounts: dict[str, _Account] = {}
        self._account = ""
        self._children: dict[str, Sequence[FolderRow]] = {}
        self._above_root: Sequence[FolderRow] = ()

    # -- what is shown ----------------------------------------------------------------------------

    def show_account(self, account: str, title: str) -> None:
        """Show an account's folders, open as they were when it was shown last."""
        known = self._accounts.setdefault(account, _Account(title))
        known.title = title
        if account == self._account:
            self.refresh_all()
            return
        self._account = account
        self._children.clear()
        cursor = known.cursor
        self._rebuild(restart=True)
        self.go_to(cursor)

    def refresh_folder(self, account: str, folder_id: str) -> None:
        """Ask for a folder's children again, if they are on screen."""
        if account == self._account and folder_id in self._children:
            del self._children[folder_id]
            self._rebuild()

    @property
    def account(self) -> str:
        """The account whose folders are shown."""
        return self._account

    @property
    def open_folders(self) -> Sequence[str]:
        """The ids of the folders whose children are shown."""
        return [id for id in self._children if id in self._open_ids]

    def refresh_all(self, read: Mapping[str, Sequence[FolderRow]] | None = None) -> None:
        """Show what has changed below all open folders; children that were not ``read`` are asked
        for."""
        before, above = self._children, self._above_root
        self._children = dict(read or {})
        is_same = bool(before) and above == self._rows_above()
        if not is_same or any(self._children_of(id) != rows for id, rows in before.items()):
            self._rebuild()

    def reveal(self, path_of_ids: Sequence[str]) -> bool:
        """Open the folders of a path (from the root down) and go to its last one."""
        if not path_of_ids or not self._account:
            return False
        if not self._open_ids.issuperset(wanted := (ROOT, *path_of_ids[:-1])):
            self._open_ids.update(wanted)
            self._rebuild()
        return self.go_to(path_of_ids[-1])

    @property
    def cursor_folder(self) -> FolderRow | None:
        """The folder under the cursor."""
        branch = self.cursor_row
        return None if branch is None else branch.folder

    # -- open and close ---------------------------------------------------------------------------

    def toggle_branch(self) -> None:
        """Open or close the folder under the cursor."""
        if (branch := self.cursor_row) is not None and branch.folder.folders:
            self._open_ids.symmetric_difference_update({branch.folder.id})
            self._rebuild()

    def open_branch(self) -> None:
        """Open the folder under the cursor; if it is open, go to its first child."""
        if (branch := self.cursor_row) is None or not branch.folder.folders:
            return
        if branch.is_open:
            self.move(1)
        else:
            self.toggle_branch()

    def close_branch(self) -> None:
        """Close the folder under the cursor; if it is closed, go to its parent."""
        if (branch := self.cursor_row) is None:
            return
        if branch.is_open and branch.folder.folders:
            self.toggle_branch()
        elif branch.depth:
            self.go_to(branch.folder.parent)

    @property
    def _open_ids(self) -> set[str]:
        return self._accounts[self._account].open

    def _rebuild(self, *, restart: bool = False) -> None:
        """List the folders that are open, from the root down, and show them."""
        if not self._account:
            return
        known = self._accounts[self._account]
        children = self._children_of(ROOT) if ROOT in known.open else ()
        count = max(len(children), 1)
        root = FolderRow(
            account=self._account, id=ROOT, parent="", title=known.title, path="/", folders=count
        )
        branches: list[Branch] = []
        seen: set[str] = set()
        waiting = [(root, 0)]
        self._above_root = self._rows_above()
        waiting += [(row, 0) for row in reversed(self._above_root)]
        while waiting:
            folder, depth = waiting.pop()
            if folder.id in seen:
                continue
            seen.add(folder.id)
            is_open = folder.id in known.open and folder.folders > 0
            branches.append(Branch(folder, depth, is_open))
            if is_open:
                below = self._children_of(folder.id)
                waiting += [(child, depth + 1) for child in reversed(below)]
        self.show(ListSource(branches, key=lambda branch: branch.folder.id), restart=restart)

    def _rows_above(self) -> Sequence[FolderRow]:
        return self._above(self._account) if self._above is not None else ()

    def _children_of(self, folder_id: str) -> Sequence[FolderRow]:
        if folder_id not in self._children:
            self._children[folder_id] = self._load(self._account, folder_id)
        return self._children[folder_id]

    # -- what is told -----------------------------------------------------------------------------

    @override
    def cursor_moved(self) -> None:
        if self.cursor_key is not None:
            self._accounts[self._account].cursor = self.cursor_key
            self.post_message(self.Highlighted(self, self._account, str(self.cursor_key)))

    @override
    def row_opened(self, key: Key) -> None:
        self.post_message(self.Opened(self, self._account, str(key)))

    @override
    def row_clicked(self, position: int, x: int, event: events.Click) -> None:
        super().row_clicked(position, x, event)
        branch = self.cursor_row
        if branch is not None and 0 <= x - GUTTER - branch.indent < _INDENT:
            self.toggle_branch()
        else:
            self.open()

    # -- how a folder looks -----------------------------------------------------------------------

    def _label(self, branch: Branch) -> str:
        icons = "+-" if is_ascii(self) else "▸▾"
        icon = icons[branch.is_open] if branch.folder.folders else " "
        words = _pending_word(branch.folder)
        title = f"{branch.folder.title} ({words})" if words else branch.folder.title
        return f"{' ' * branch.indent}{icon} {title}"


def _pending_word(folder: FolderRow) -> str:
    return _PENDING_WORDS.get(folder.pending, folder.pending) if folder.pending else ""


def _state(branch: Branch) -> str:
    return "pending" if branch.folder.pending else ""


def _count(folder: FolderRow) -> str:
    return str(folder.files) if folder.files else ""
