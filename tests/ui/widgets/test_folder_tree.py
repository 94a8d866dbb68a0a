from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import App, ComposeResult
from textual.message import Message
from typing_extensions import override

from vhtui.models import ROOT, FolderRow
from vhtui.ui.widgets.folder_tree import FolderTree


class Shelf:
    """Folders by parent, and which parents were asked for."""

    def __init__(self) -> None:
        self.children: dict[str, list[FolderRow]] = {}
        self.asked: list[str] = []

    def add(self, parent: str, id: str, title: str, folders: int = 0, files: int = 0) -> None:
        row = FolderRow(
            account="main",
            id=id,
            parent=parent,
            title=title,
            path="",
            folders=folders,
            files=files,
        )
        self.children.setdefault(parent, []).append(row)

    def load(self, account: str, folder_id: str) -> Sequence[FolderRow]:
        self.asked.append(folder_id)
        return tuple(self.children.get(folder_id, ()))


def series() -> Shelf:
    shelf = Shelf()
    shelf.add(ROOT, "1", "Series", folders=2)
    shelf.add(ROOT, "2", "Films", files=12)
    shelf.add("1", "3", "Season 01", files=9)
    shelf.add("1", "4", "Season 02", folders=1)
    shelf.add("4", "5", "Extras [/b]\x1b[2J")
    return shelf


def cursor_title(tree: FolderTree) -> str:
    folder = tree.cursor_folder
    return "" if folder is None else folder.title


class TreeApp(App[None]):
    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self.tree_pane = FolderTree(shelf.load)
        self.heard: list[Message] = []

    @override
    def compose(self) -> ComposeResult:
        yield self.tree_pane

    @on(FolderTree.Opened)
    @on(FolderTree.Highlighted)
    def hear(self, message: Message) -> None:
        self.heard.append(message)

    @property
    def lines(self) -> list[str]:
        height = self.tree_pane.size.height
        lines = [self.tree_pane.render_line(y).text.rstrip() for y in range(height)]
        return [line for line in lines if line]


async def test_children_are_asked_for_when_a_folder_is_opened() -> None:
    shelf = series()
    app = TreeApp(shelf)
    async with app.run_test(size=(30, 12)) as pilot:
        tree = app.tree_pane
        tree.show_account("main", "main")
        await pilot.pause()
        assert app.lines == [
            ">▾ main",
            "   ▸ Series",
            f"     Films{'12':>20}",
        ]
        assert shelf.asked == [ROOT]
        tree.go_to("1")
        tree.open_branch()
        assert shelf.asked == [ROOT, "1"]
        tree.open_branch()
        assert cursor_title(tree) == "Season 01"
        tree.close_branch()
        tree.close_branch()
        assert cursor_title(tree) == "Series"
        assert len(app.lines) == 3


async def test_a_tree_is_made_again_only_where_something_changed() -> None:
    shelf = series()
    app = TreeApp(shelf)
    async with app.run_test(size=(30, 12)) as pilot:
        tree = app.tree_pane
        tree.show_account("main", "main")
        assert tree.reveal([ROOT, "2"])
        shown = tree.source
        tree.show_account("main", "main")
        assert tree.reveal([ROOT, "1"])
        assert tree.source is shown
        shelf.add(ROOT, "6", "Shorts", files=2)
        tree.show_account("main", "main")
        await pilot.pause()
        assert app.lines[-1].split() == ["Shorts", "2"]
        assert tree.reveal([ROOT, "1", "3"])
        assert cursor_title(tree) == "Season 01"


async def test_what_stands_above_the_root_opens_as_folders_do() -> None:
    shelf = series()
    shelf.add("view:", "view:a", "A", files=3)
    above = FolderRow(account="main", id="view:", parent="", title="Views", path="", folders=1)

    class Above(TreeApp):
        def __init__(self) -> None:
            super().__init__(shelf)
            self.tree_pane = FolderTree(
                shelf.load, above=lambda _: [above], count=lambda row: f"~{row.files}"
            )

    app = Above()
    async with app.run_test(size=(30, 12)) as pilot:
        tree = app.tree_pane
        tree.show_account("main", "main")
        await pilot.pause()
        assert app.lines[0].startswith(" ▸ Views")
        assert app.lines[1].startswith(">▾ main")
        assert tree.cursor_key == ROOT
        tree.move(-1)
        tree.open_branch()
        tree.open_branch()
        await pilot.pause()
        assert cursor_title(tree) == "A"
        assert app.lines[1].startswith(">    A") and app.lines[1].endswith("~3")
        tree.close_branch()
        assert cursor_title(tree) == "Views"


async def test_open_folders_and_the_cursor_stay_with_their_ids() -> None:
    shelf = series()
    app = TreeApp(shelf)
    async with app.run_test(size=(40, 12)) as pilot:
        tree = app.tree_pane
        tree.show_account("main", "main")
        assert tree.reveal(["1", "4", "5"])
        await pilot.pause()
        assert tree.cursor_key == "5"
        assert "Extras [/b]␛[2J" in app.lines[-2]
        shelf.add(ROOT, "9", "New")
        shelf.children[ROOT].reverse()
        tree.refresh_folder("main", ROOT)
        assert tree.cursor_key == "5"
        assert "New" in app.lines[1]
        tree.show_account("other", "other")
        assert tree.cursor_key == ROOT
        tree.show_account("main", "main")
        assert tree.cursor_key == "5"


async def test_a_folder_is_opened_by_key_and_by_mouse() -> None:
    app = TreeApp(series())
    async with app.run_test(size=(30, 12)) as pilot:
        tree = app.tree_pane
        tree.show_account("main", "main")
        await pilot.click(tree, offset=(8, 2))
        opened = [m.folder_id for m in app.heard if isinstance(m, FolderTree.Opened)]
        assert opened == ["2"]
        await pilot.click(tree, offset=(3, 1))
        assert "Season 01" in app.lines[2]
        assert len([m for m in app.heard if isinstance(m, FolderTree.Opened)]) == 1
        tree.open()
        await pilot.pause()
        assert isinstance(app.heard[-1], FolderTree.Opened)


async def test_folders_that_contain_each_other_are_listed_once() -> None:
    shelf = Shelf()
    shelf.add(ROOT, "1", "One", folders=1)
    shelf.add("1", "1", "One again", folders=1)
    app = TreeApp(shelf)
    async with app.run_test(size=(30, 12)):
        app.tree_pane.show_account("main", "main")
        app.tree_pane.go_to("1")
        app.tree_pane.open_branch()
        assert len(app.lines) == 2


async def test_ten_thousand_folders_in_ascii() -> None:
    shelf = Shelf()
    for number in range(10_000):
        shelf.add(ROOT, str(number + 1), f"Folder {number}")
    app = TreeApp(shelf)
    app.add_class("-ascii")
    async with app.run_test(size=(30, 12)) as pilot:
        app.tree_pane.show_account("main", "main")
        app.tree_pane.end()
        await pilot.pause()
        assert "Folder 9999" in app.lines[-1]
        assert all(line.isascii() for line in app.lines)
