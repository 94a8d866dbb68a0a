"""Pasting a text of many lines: new titles, or CSV."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static, TextArea
from textual.worker import Worker
from typing_extensions import override

from vhtui.errors import UsageError
from vhtui.text import clean

_LONG = 5_000
"""Characters: more are read in a thread."""


class PasteText(ModalScreen[str | None]):
    """Takes a text, and says whether it can be used; None when it was left."""

    DEFAULT_CSS = """
    PasteText { align: center middle; }
    PasteText > Vertical {
        width: 90%; max-width: 120; height: 80%; border: round $primary; padding: 0 1;
        background: $surface;
    }
    PasteText TextArea { height: 1fr; border: none; padding: 0; }
    PasteText Horizontal { height: 1; }
    PasteText Button { margin: 0 2 0 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel"),
        Binding("ctrl+o,f2", "take", "Take", priority=True),
    ]

    def __init__(self, title: str, check: Callable[[str], str]) -> None:
        """Ask for a text; ``check`` says what it holds, or raises UsageError."""
        super().__init__()
        self._title = clean(title)
        self._check = check
        self._is_reading = False
        self._is_wanted = False

    @override
    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content.styled(self._title, "bold"))
            yield TextArea(tab_behavior="focus", compact=True, highlight_cursor_line=False)
            yield Static(id="summary")
            with Horizontal():
                yield Button(Content("Cancel"), id="no", compact=True)
                yield Button(Content("Take (ctrl+o)"), id="yes", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Nothing can be taken yet."""
        self.query_one("#yes", Button).disabled = True

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        text = event.text_area.text
        if len(text) > _LONG:
            self._is_reading = True
            self._say("Reading what was pasted", False)
            read = partial(self._read, text)
            _: Worker[None] = self.run_worker(read, group="reading", exclusive=True)
        else:
            self._is_reading = False
            self._say(*self._judged(text))

    async def _read(self, text: str) -> None:
        words, can_use = await asyncio.to_thread(self._judged, text)
        self._is_reading = False
        self._say(words, can_use)
        if self._is_wanted:
            self.action_take()

    def _judged(self, text: str) -> tuple[str, bool]:
        try:
            return self._check(text), True
        except UsageError as error:
            return str(error), False

    def _say(self, words: str, can_use: bool) -> None:
        self.query_one("#summary", Static).update(Content(clean(words)))
        self.query_one("#yes", Button).disabled = not can_use

    @on(Button.Pressed, "#yes")
    def action_take(self) -> None:
        """Close with the text, if it can be used; when it has been read."""
        self._is_wanted = self._is_reading
        if not self.query_one("#yes", Button).disabled:
            self.dismiss(self.query_one(TextArea).text)

    @on(Button.Pressed, "#no")
    def action_leave(self) -> None:
        """Close without."""
        self.dismiss(None)
