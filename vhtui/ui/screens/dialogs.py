"""Questions that stand in the way: a yes-or-no with what it is about, and a choice of several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option
from typing_extensions import override

from vhtui.text import clean

_SHOWN_ROWS = 500
"""How many rows of a question are drawn; the rest is said as a number."""


class Confirm(ModalScreen[bool]):
    """Asks before something happens. What it shows is frozen when it opens.

    A dangerous question starts on Cancel; with ``typed`` that text must be typed first.
    """

    DEFAULT_CSS = """
    Confirm { align: center middle; }
    Confirm > Vertical {
        width: 90%; max-width: 100; height: auto; max-height: 90%;
        border: round $primary; padding: 0 1; background: $surface;
    }
    Confirm #rows { height: auto; max-height: 30vh; margin: 1 0; }
    Confirm #rows Static { text-wrap: nowrap; text-overflow: ellipsis; }
    Confirm #typed { width: 12; }
    Confirm Horizontal { height: auto; margin: 1 0 0 0; }
    Confirm Button { margin: 0 2 0 0; height: 1; border: none !important; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "answer(False)", "Cancel"),
        Binding("left,h", "app.focus_previous", show=False),
        Binding("right,l", "app.focus_next", show=False),
        Binding("down,j", "scroll_rows(1)", show=False),
        Binding("up,k", "scroll_rows(-1)", show=False),
    ]

    def __init__(
        self,
        question: str,
        *,
        rows: Sequence[str] = (),
        facts: Sequence[str] = (),
        yes: str = "Yes",
        dangerous: bool = False,
        typed: str | None = None,
    ) -> None:
        """Take the words; they may come from outside and are cleaned here."""
        super().__init__()
        self._question = clean(question)
        self._rows = [clean(row) for row in rows[:_SHOWN_ROWS]]
        self._more = max(0, len(rows) - _SHOWN_ROWS)
        self._facts = [clean(fact) for fact in facts]
        self._yes = yes
        self._dangerous = dangerous
        self._typed = typed

    @override
    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content.styled(self._question, "bold"))
            if self._rows:
                lines = [*self._rows, *([f"and {self._more} more"] if self._more else [])]
                with VerticalScroll(id="rows", can_focus=False):
                    yield Static(Content("\n".join(lines)))
            for fact in self._facts:
                yield Static(Content(fact))
            if self._typed is not None:
                yield Static(Content(f"Type {self._typed} to go on:"))
                yield Input(id="typed", select_on_focus=False, compact=True)
            with Horizontal():
                yield Button(Content("Cancel"), id="no", compact=True)
                yield Button(
                    Content(self._yes),
                    id="yes",
                    variant="error" if self._dangerous else "primary",
                    compact=True,
                )

    def on_mount(self) -> None:
        """Put the focus where a hasty Enter does no harm."""
        yes = self.query_one("#yes", Button)
        yes.disabled = self._typed is not None
        if not self._dangerous:
            yes.focus()
        else:
            self.query_one("#no", Button).focus()

    @on(Input.Changed, "#typed")
    def _check_typed(self, event: Input.Changed) -> None:
        self.query_one("#yes", Button).disabled = event.value.strip() != self._typed

    @on(Input.Submitted, "#typed")
    def _submit_typed(self) -> None:
        if not self.query_one("#yes", Button).disabled:
            self.query_one("#yes", Button).focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def on_key(self, event: events.Key) -> None:
        """Let digits go to the number that has to be typed, wherever the focus is."""
        if self._typed is None or not (event.character or "").isdigit():
            return
        typed = self.query_one("#typed", Input)
        if not typed.has_focus:
            typed.focus()
            typed.value += event.character or ""
            typed.cursor_position = len(typed.value)
            event.stop()

    def action_answer(self, yes: bool) -> None:
        """Close with an answer."""
        self.dismiss(yes)

    def action_scroll_rows(self, by: int) -> None:
        """Scroll the rows it is about."""
        for rows in self.query("#rows"):
            rows.scroll_relative(y=by, animate=False)


class Choice(ModalScreen[str | None]):
    """Lets one of a few answers be chosen; None when it was left."""

    DEFAULT_CSS = """
    Choice { align: center middle; }
    Choice > Vertical {
        width: 80%; max-width: 90; height: auto; max-height: 90%;
        border: round $primary; padding: 0 1; background: $surface;
    }
    Choice OptionList { height: auto; max-height: 12; margin: 1 0 0 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Cancel"),
        Binding("j", "step(1)", show=False),
        Binding("k", "step(-1)", show=False),
    ]

    def __init__(
        self, question: str, answers: Sequence[tuple[str, str]], *, facts: Sequence[str] = ()
    ) -> None:
        """Take the question and its answers as (id, words)."""
        super().__init__()
        self._question = clean(question)
        self._answers = answers
        self._facts = [clean(fact) for fact in facts]

    @override
    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content.styled(self._question, "bold"))
            for fact in self._facts:
                yield Static(Content(fact))
            yield OptionList(
                *(Option(Content(clean(words)), id=id) for id, words in self._answers), compact=True
            )

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    def action_step(self, by: int) -> None:
        """Move the cursor."""
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()
