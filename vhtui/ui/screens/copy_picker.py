"""The forms that links can be copied in, under headings or not, to the clipboard or to a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from typing_extensions import override

from vhtui.linkgroups import Grouping
from vhtui.ui.screens.link_picker import LinkPicker

Previews = Callable[[Grouping], Sequence[tuple[str, str]]]
"""Makes the forms as (name, preview) for a grouping."""


class CopyPicker(LinkPicker):
    """Chooses a form by its preview; ``grouping`` and ``to_file`` say what else was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "group", "Group"),
        Binding("E", "file", "To a file"),
    ]

    def __init__(self, previews: Previews, count: int) -> None:
        """Show previews of so many links."""
        super().__init__(list(previews(Grouping.NONE)), count)
        self._make = previews
        self.grouping = Grouping.NONE
        self.to_file = False

    @override
    def compose_more(self) -> ComposeResult:
        yield Static(id="choices")

    def on_mount(self) -> None:
        """Say what the keys do."""
        self._say()

    def _say(self) -> None:
        words = f"Enter copies · E writes to a file · g groups: {self.grouping.value}"
        self.query_one("#choices", Static).update(Content.styled(words, "dim"))

    def action_group(self) -> None:
        """Put the links under headings: by folder, by series, or not."""
        order = list(Grouping)
        self.grouping = order[(order.index(self.grouping) + 1) % len(order)]
        self._previews = dict(self._make(self.grouping))
        self._say()
        if (option := self.query_one(OptionList).highlighted_option) is not None:
            self.preview((option.id or "=")[1:])

    def action_file(self) -> None:
        """Write the links to a file in the form under the cursor."""
        if (option := self.query_one(OptionList).highlighted_option) is not None:
            self.to_file = True
            self.dismiss((option.id or "=")[1:])
