"""The forms that links can be copied in, each with a preview."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option
from typing_extensions import override

from vhtui.text import clean, plural

PREVIEWED = 5
"""How many links a preview shows."""


class LinkPicker(ModalScreen[str | None]):
    """Shows every form of the links with a preview; returns the name of the chosen one."""

    DEFAULT_CSS = """
    LinkPicker { align: center middle; }
    LinkPicker > Vertical {
        width: 90%; max-width: 110; height: auto; max-height: 90%; border: round $primary;
        padding: 0 1; background: $surface;
    }
    LinkPicker OptionList { height: auto; max-height: 12; }
    LinkPicker #preview { height: 6; margin: 1 0 0 0; text-wrap: nowrap; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Cancel"),
        Binding("j", "step(1)", show=False),
        Binding("k", "step(-1)", show=False),
    ]

    def __init__(self, previews: list[tuple[str, str]], count: int, title: str = "") -> None:
        """Take the forms as (name, preview), how many links there are, and another title."""
        super().__init__()
        self._title = title or f"Copy {plural(count, 'link')} as"
        self._previews = dict(previews)
        self._count = count

    @override
    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content.styled(self._title, "bold"))
            yield OptionList(
                *(Option(Content(clean(name)), id=f"={name}") for name in self._previews),
                compact=True,
            )
            yield Static(id="preview")
            yield from self.compose_more()

    def compose_more(self) -> ComposeResult:
        """Give what stands under the preview."""
        return ()

    @on(OptionList.OptionHighlighted)
    def _preview(self, event: OptionList.OptionHighlighted) -> None:
        self.preview((event.option.id or "=")[1:])

    def preview(self, name: str) -> None:
        """Show how the first links look in a form."""
        text = self._previews[name]
        lines = [clean(line) for line in text.splitlines()[:PREVIEWED]]
        if self._count > PREVIEWED:
            lines.append("…")
        self.query_one("#preview", Static).update(Content("\n".join(lines)))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss((event.option.id or "=")[1:])

    def action_leave(self) -> None:
        """Close without copying."""
        self.dismiss(None)

    def action_step(self, by: int) -> None:
        """Move the cursor."""
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()
