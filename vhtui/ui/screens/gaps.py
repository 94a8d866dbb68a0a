"""What is missing and double in the series of a folder, in an overlay that can be taken along."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from typing_extensions import override

from vhtui.core.series import series_below
from vhtui.errors import UsageError
from vhtui.gaps import Series, range_words, series_lines
from vhtui.models import ROOT
from vhtui.text import clean, clean_for_clipboard, count_words, plural
from vhtui.ui.screens.desk import Exporting, sheet
from vhtui.ui.screens.handlers import does

if TYPE_CHECKING:
    from vhtui.clipboard import Clipboard
    from vhtui.ui.screens.main import MainScreen

Wish = Literal["copy", "export"]

_SHOWN_SERIES = 300


class GapsReport(ModalScreen[Wish | None]):
    """Shows what is missing, series by series; returns what is to be done with the report."""

    DEFAULT_CSS = """
    GapsReport { align: center middle; }
    GapsReport VerticalScroll {
        width: 90%; max-width: 120; height: 90%; border: round $primary; padding: 0 1;
        background: $surface;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Close"),
        Binding("y", "wish('copy')", "Copy"),
        Binding("E", "wish('export')", "Export"),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
        Binding("space,ctrl+d", "scroll(10)", show=False),
        Binding("ctrl+u", "scroll(-10)", show=False),
    ]

    def __init__(self, path: str, found: list[Series]) -> None:
        """Take the series below a path."""
        super().__init__()
        self._path = clean(path)
        self._found = found

    @override
    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(self._content())

    def _content(self) -> Content:
        troubled = [series for series in self._found if not series.is_complete]
        missing = sum(series.missing for series in troubled)
        doubles = sum(series.doubles for series in troubled)
        parts = [
            Content.styled(f"Series in {self._path}", "bold"),
            Content("  (y copies, E exports, Esc closes)\n"),
            Content(
                f"{plural(len(self._found), 'series', 'series')}, {plural(missing, 'episode')}"
                f" missing, {doubles} double, {len(self._found) - len(troubled)} complete"
            ),
        ]
        for series in troubled[:_SHOWN_SERIES]:
            head, *lines = map(clean, series_lines(series))
            parts += [Content("\n\n"), Content.styled(head, "bold")]
            parts += [Content(f"\n{line}") for line in lines]
        if len(troubled) > _SHOWN_SERIES:
            parts.append(Content(f"\n\nand {count_words(len(troubled) - _SHOWN_SERIES)} more"))
        return Content.assemble(*parts)

    def on_mount(self) -> None:
        """Take the keys for scrolling."""
        self.query_one(VerticalScroll).focus()

    def action_leave(self) -> None:
        """Close the report."""
        self.dismiss(None)

    def action_wish(self, wish: Wish) -> None:
        """Close the report to do something with it."""
        self.dismiss(wish)

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)


class Gaps:
    """Looks for what is missing in the series of a folder and everything below it."""

    def __init__(self, screen: MainScreen, clipboard: Clipboard) -> None:
        """Act on a screen; a report goes to the clipboard or into a file."""
        self.screen = screen
        self.clipboard = clipboard

    @does("gaps.show")
    def show(self) -> Coroutine[Any, Any, None]:
        """Report on the folder that is shown, or on the one under the tree's cursor."""
        spot = self.screen.files.spot
        folder = spot.folder or ROOT
        tree = self.screen.folder_tree
        if tree.has_focus and (branch := tree.cursor_folder) is not None:
            folder = branch.id
        if self.screen.engine.store.folder(spot.account, folder) is None:
            raise UsageError("choose a folder: a view has no episodes of its own")
        return self._show(spot.account, folder)

    async def _show(self, account: str, folder: str) -> None:
        store = self.screen.engine.store
        path = store.folder_path(account, folder)
        self.screen.say(f"Reading the titles in {path}")
        found = await asyncio.to_thread(
            series_below, store, account, folder, given_up=lambda: not self.screen.is_running
        )
        self.screen.say("")
        if not found:
            self.screen.say(f"No title in {path} says which episode it is", "warning")
            return
        wish = await self.screen.answer(GapsReport(path, found))
        if wish == "copy":
            await self._copy(found)
        elif wish == "export":
            await Exporting(self.screen).export_as(partial(_export, found), "gaps")

    async def _copy(self, found: list[Series]) -> None:
        troubled = [series for series in found if not series.is_complete]
        text = "\n".join(_line(line) for series in troubled for line in series_lines(series))
        copied = await asyncio.to_thread(
            self.clipboard.copy, text, plural(len(troubled), "series", "series"), lines=True
        )
        self.screen.say(copied.sentence, "info" if copied.way != "none" else "error")


def _line(text: str) -> str:
    return clean_for_clipboard(text, lines=False)


def _export(found: list[Series], as_csv: bool) -> tuple[str, str]:
    what = plural(len(found), "series", "series")
    if not as_csv:
        return "\n".join(_line(line) for each in found for line in series_lines(each)), what
    rows: list[tuple[object, ...]] = []
    for each in found:
        if each.missing_seasons:
            rows.append((each.title, each.folder, range_words(each.missing_seasons), "", "", ""))
        rows += [
            (
                each.title,
                each.folder,
                season.number,
                season.have,
                range_words(season.missing),
                range_words((number, number) for number, _ in season.doubles),
            )
            for season in each.seasons
        ]
    heads = ("series", "folder", "season", "episodes", "missing", "double")
    return sheet(heads, rows, as_csv=True), what
