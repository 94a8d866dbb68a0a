"""Pasting a text of many lines: new titles, or CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static, TextArea
from typing_extensions import override

from vhtui.errors import UsageError
from vhtui.text import clean


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
        try:
            words, can_use = self._check(event.text_area.text), True
        except UsageError as error:
            words, can_use = str(error), False
        self.query_one("#summary", Static).update(Content(clean(words)))
        self.query_one("#yes", Button).disabled = not can_use

    @on(Button.Pressed, "#yes")
    def action_take(self) -> None:
        """Close with the text, if it can be used."""
        if not self.query_one("#yes", Button).disabled:
            self.dismiss(self.query_one(TextArea).text)

    @on(Button.Pressed, "#no")
    def action_leave(self) -> None:
        """Close without."""
        self.dismiss(None)
