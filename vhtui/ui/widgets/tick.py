"""A choice between yes and no, which says so with a letter."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from typing_extensions import override

from vhtui.text import clean


class Tick(Widget, can_focus=True):
    """Words after ``[x]`` or ``[ ]``; Space and Enter change it."""

    DEFAULT_CSS = """
    Tick { height: 1; width: 1fr; }
    Tick:focus { text-style: reverse; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space,enter", "turn", show=False)]

    is_on: reactive[bool] = reactive(False)

    class Changed(Message):
        """It was changed by the person."""

    def __init__(self, words: str, *, on: bool = False, id: str | None = None) -> None:
        """Take the words, cleaned here."""
        super().__init__(id=id)
        self._words = clean(words)
        self.set_reactive(Tick.is_on, on)

    @override
    def render(self) -> Content:
        return Content(f"[{'x' if self.is_on else ' '}] {self._words}")

    def action_turn(self) -> None:
        """Change it."""
        self.is_on = not self.is_on
        self.post_message(self.Changed())

    def on_click(self) -> None:
        """Change it by the mouse."""
        self.action_turn()
