"""Remote URLs, pasted or from a file: what will be fetched, what is left out, where it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static, TextArea
from typing_extensions import override

from vhtui.core.url_lists import UrlLine, UrlList, Verdict, read_list, read_urls
from vhtui.errors import UsageError
from vhtui.models import RemoteUpload
from vhtui.text import clean, plural
from vhtui.ui.path_suggester import PathSuggester
from vhtui.ui.widgets.row_table import Column, ListSource, RowTable
from vhtui.ui.widgets.tick import Tick

_STYLES = {
    Verdict.NEW: "good",
    Verdict.AGAIN: "warning",
    Verdict.FAULTY: "error",
}
_WIDE = 110
_NEWS = (Verdict.NEW, Verdict.AGAIN)

_COLUMNS: tuple[Column[UrlLine], ...] = (
    Column("line", "Line", lambda row: str(row.number), width=5, align="right", worth=80),
    Column("name", "URL", lambda row: row.url, worth=100),
    Column("note", "", lambda row: row.note, width=26, worth=20),
    Column(
        "state", "State", lambda row: row.verdict.value, width=12, worth=100,
        style=lambda row: _STYLES.get(row.verdict, "muted"),
    ),
)  # fmt: skip


class PasteUrls(ModalScreen[tuple[str, ...] | None]):
    """Takes URLs and shows what would happen to each line before it does."""

    DEFAULT_CSS = """
    PasteUrls { align: center middle; }
    PasteUrls > Vertical {
        width: 94%; max-width: 140; height: 90%; border: round $primary; padding: 0 1;
        background: $surface;
    }
    PasteUrls TextArea { height: 1fr; border: none; padding: 0; }
    PasteUrls RowTable { height: 1fr; }
    PasteUrls Input { height: 1; border: none; padding: 0; display: none; }
    PasteUrls Horizontal { height: 1; }
    PasteUrls Button, PasteUrls Button:disabled {
        margin: 0 2 0 0; height: 1; min-height: 1; border: none !important;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel"),
        Binding("ctrl+o,f2", "add", "Add", priority=True),
        Binding("ctrl+r,f3", "ask_file", "From a file", priority=True),
    ]

    def __init__(
        self, target: str, queue: Sequence[RemoteUpload], price: Callable[[int], str]
    ) -> None:
        """Take where the files will go, the account's queue, and what n URLs cost in words."""
        super().__init__()
        self._target = clean(target)
        self._queue = queue
        self._price = price
        self._list = UrlList()
        self._table: RowTable[UrlLine] = RowTable(_COLUMNS)

    @override
    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content.styled(f"Remote URLs to {self._target}, one a line", "bold"))
            yield TextArea(tab_behavior="focus", compact=True, highlight_cursor_line=False)
            yield self._table
            yield Input(
                placeholder="a file of URLs, one a line; → completes, Enter reads it",
                suggester=PathSuggester(),
                compact=True,
            )
            yield Tick("also what the host knows already", id="known")
            yield Static(id="summary")
            with Horizontal():
                yield Button(Content("Add (ctrl+o)"), id="yes", variant="primary", compact=True)
                yield Button(Content("From a file (ctrl+r)"), id="file", compact=True)
                yield Button(Content("Cancel (Esc)"), id="no", compact=True)

    def on_mount(self) -> None:
        """Say what an empty list means."""
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        """Leave out the notes where URLs would be cut short."""
        is_wide = event.size.width >= _WIDE
        self._table.set_columns([each for each in _COLUMNS if is_wide or each.id != "note"])

    def on_key(self, event: events.Key) -> None:
        """Move in the lines, where the focus is there."""
        if not self._table.has_focus:
            return
        match event.key:
            case "down" | "j":
                self._table.move(1)
            case "up" | "k":
                self._table.move(-1)
            case "pagedown":
                self._table.page(1)
            case "pageup":
                self._table.page(-1)

    # -- what is said -----------------------------------------------------------------------------

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        self._list = read_urls(event.text_area.text, self._queue)
        self._show()

    @on(Tick.Changed)
    def _show(self) -> None:
        """Show the lines, first what is left out, and the sum of it."""
        lines = sorted(self._list.lines, key=lambda line: line.verdict in _NEWS)
        self._table.display = bool(lines)
        self._table.show(ListSource(lines, key=lambda line: line.number))
        known = self._list.count(Verdict.QUEUED, Verdict.FETCHED)
        self.query_one("#known").display = bool(known)
        count = len(self._wanted())
        words = [plural(count, "URL")]
        if count:
            words.append(self._price(count))
        if self._list.left_out:
            words.append(self._list.left_out)
        self._say(" · ".join(words))
        self.query_one("#yes", Button).disabled = not count

    def _say(self, words: str) -> None:
        self.query_one("#summary", Static).update(Content(clean(words)))

    def _wanted(self) -> tuple[str, ...]:
        return tuple(self._list.wanted(known=self.query_one("#known", Tick).is_on))

    # -- from a file ------------------------------------------------------------------------------

    @on(Button.Pressed, "#file")
    def action_ask_file(self) -> None:
        """Ask for a file."""
        field = self.query_one(Input)
        field.display = True
        field.focus()

    @on(Input.Submitted)
    async def _read(self, event: Input.Submitted) -> None:
        if not event.value.strip():
            return
        try:
            text = await asyncio.to_thread(read_list, Path(event.value.strip()).expanduser())
        except UsageError as error:
            self._say(str(error))
            return
        event.input.display = False
        event.input.value = ""
        area = self.query_one(TextArea)
        before = area.text.rstrip()
        area.text = f"{before}\n{text}" if before else text
        area.focus()

    # -- answers ----------------------------------------------------------------------------------

    @on(Button.Pressed, "#yes")
    def action_add(self) -> None:
        """Close with the URLs, if there are any."""
        if wanted := self._wanted():
            self.dismiss(wanted)

    @on(Button.Pressed, "#no")
    def action_leave(self) -> None:
        """Close the question for a file, or all of it."""
        field = self.query_one(Input)
        if field.has_focus:
            field.display = False
            self.query_one(TextArea).focus()
        else:
            self.dismiss(None)
