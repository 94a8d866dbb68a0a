"""The line at the bottom where one thing is typed: a filter, a query, a name, a command."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Input, Label
from typing_extensions import override

from vhtui.errors import VhtuiError
from vhtui.text import clean


class PromptLine(Horizontal):
    """One line to type in; ``ask`` waits for Enter and returns the text, None when it was left."""

    DEFAULT_CSS = """
    PromptLine { height: 1; display: none; }
    PromptLine.-open { display: block; }
    PromptLine Label { width: auto; margin: 0 1 0 0; text-style: bold; }
    PromptLine Input { width: 1fr; height: 1; border: none; padding: 0; }
    PromptLine Input:focus { border: none; }
    PromptLine #fault { color: $error; text-style: none; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        """Start closed."""
        super().__init__(id=id)
        self._answer: asyncio.Future[str | None] | None = None
        self._check: Callable[[str], object] | None = None
        self._on_change: Callable[[str], object] | None = None

    @override
    def compose(self) -> ComposeResult:
        yield Label(id="label")
        yield Input(select_on_focus=False, compact=True)
        yield Label(id="fault")

    @property
    def is_open(self) -> bool:
        """Whether something is being asked, and not answered yet."""
        return self._answer is not None and not self._answer.done()

    async def ask(
        self,
        label: str,
        value: str = "",
        *,
        check: Callable[[str], object] | None = None,
        on_change: Callable[[str], object] | None = None,
        suggester: Suggester | None = None,
        cursor: int | None = None,
    ) -> str | None:
        """Ask for a text, with the cursor at ``cursor`` (the end by default).

        ``check`` refuses an answer by raising a VhtuiError, whose sentence is shown beside it;
        ``on_change`` is told every change, and may refuse it in the same way.
        """
        self.leave()
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._answer = answer
        self._check = check
        self.query_one("#label", Label).update(Content(clean(label)))
        self._say_fault("")
        line = self.query_one(Input)
        self._on_change = None
        with line.prevent(Input.Changed):
            line.value = value
        self._on_change = on_change
        line.suggester = suggester
        line.cursor_position = len(value) if cursor is None else cursor
        self.add_class("-open")
        before = self.screen.focused
        line.focus()
        try:
            return await answer
        finally:
            if self._answer is answer:
                self._answer = None
                self.remove_class("-open")
                if self.screen.focused is line and before is not None:
                    before.focus()

    def leave(self) -> None:
        """Close without an answer."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(None)

    def _say_fault(self, sentence: str) -> None:
        self.query_one("#fault", Label).update(Content(clean(sentence)))

    def _try(self, check: Callable[[str], object] | None, value: str) -> bool:
        try:
            if check is not None:
                check(value)
        except VhtuiError as error:
            self._say_fault(str(error))
            return False
        self._say_fault("")
        return True

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open:
            self._try(self._on_change, event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._answer is None or self._answer.done():
            return
        if self._try(self._check, event.value):
            self._answer.set_result(event.value)

    def on_key(self, event: events.Key) -> None:
        """Leave on Escape; take the suggestion on Tab."""
        if event.key == "escape":
            event.stop()
            self.leave()
        elif event.key == "tab":
            event.stop()
            event.prevent_default()
            self.query_one(Input).action_cursor_right()
