"""The line at the bottom where one thing is typed: a filter, a query, a name, a command."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from msgspec import Struct
from rich.highlighter import Highlighter
from rich.text import Text
from textual import events, on
from textual.containers import Grid
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Input, Label
from typing_extensions import override

from vhtui.errors import VhtuiError
from vhtui.text import clean
from vhtui.ui.completing import Completer

_MOST_SHOWN = 40
"""Completions that are listed; Tab goes through all of them."""


class _Round(Struct, frozen=True):
    """Tab goes through the words that may stand at a place of the text."""

    before: str
    words: Sequence[str]
    after: str
    at: int

    @property
    def value(self) -> str:
        return self.before + self.words[self.at] + self.after

    @property
    def cursor(self) -> int:
        return len(self.before) + len(self.words[self.at])

    def step(self, by: int) -> _Round:
        return _Round(self.before, self.words, self.after, (self.at + by) % len(self.words))


class PromptLine(Grid):
    """One line to type in; ``ask`` waits for Enter and returns the text, None when it was left.

    The line below it says what may be typed here, or what is wrong. A fault in what still is being
    typed is only mentioned; elsewhere its place is marked in the text.
    """

    DEFAULT_CSS = """
    PromptLine {
        height: 2; display: none; grid-size: 2 2; grid-columns: auto 1fr; grid-rows: 1 1;
    }
    PromptLine.-open { display: block; }
    PromptLine Label { width: auto; padding: 0 1 0 0; text-style: bold; }
    PromptLine Input { width: 1fr; height: 1; border: none; padding: 0; }
    PromptLine Input:focus { border: none; }
    PromptLine #hint {
        column-span: 2; width: 1fr; height: 1; padding: 0; color: $text-muted; text-style: none;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    PromptLine #hint.-fault { color: $error; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        """Start closed."""
        super().__init__(id=id)
        self._answer: asyncio.Future[str | None] | None = None
        self._check: Callable[[str], object] | None = None
        self._on_change: Callable[[str], object] | None = None
        self._mark = _FaultMark()
        self._round: _Round | None = None

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

        ``check`` refuses an answer by raising a VhtuiError, whose sentence is shown below it;
        ``on_change`` is told every change, and may refuse it in the same way. The place that an
        error names (its ``position`` and ``length``) is marked.
        """
        self.leave()
        if not self.children:
            line = Input(select_on_focus=False, compact=True, highlighter=self._mark)
            await self.mount(Label(id="label"), line, Label(id="hint"))
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._answer = answer
        self._check = check
        self.query_one("#label", Label).update(Content(clean(label)))
        self._round = None
        self._say(None)
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
        self._list_choices()
        try:
            return await answer
        finally:
            if self._answer is answer:
                self._answer = None
                self.remove_class("-open")
                if self.is_attached and before is not None and self.screen.focused is line:
                    before.focus()

    def leave(self) -> None:
        """Close without an answer."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(None)

    # -- what is said below -----------------------------------------------------------------------

    def _say(self, fault: VhtuiError | None, hint: str = "") -> None:
        line = self.query_one(Input)
        position, length = getattr(fault, "position", 0), getattr(fault, "length", 0)
        self._mark.span = (position, position + length)
        line.refresh()
        label = self.query_one("#hint", Label)
        label.set_class(fault is not None, "-fault")
        label.update(Content(clean(str(fault) if fault is not None else hint)))

    def _list_choices(self) -> None:
        """List what may stand at the cursor, once that is known."""
        suggester = self.query_one(Input).suggester
        if isinstance(suggester, Completer):
            self.run_worker(self._show_choices(suggester), group="choices", exclusive=True)

    async def _show_choices(self, completer: Completer) -> None:
        line = self.query_one(Input)
        if self._round is not None:
            words: Sequence[str] = self._round.words[self._round.at :]
        else:
            _, words = await completer.choices(line.value, line.cursor_position)
        if words:
            self._say(
                None, "Tab: " + "  ".join(clean(word, 60).strip() for word in words[:_MOST_SHOWN])
            )

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if not self.is_open:
            return
        if self._round is not None and event.value != self._round.value:
            self._round = None
        fault = _refusal(self._on_change, event.value)
        if fault is not None and _is_unfinished(fault, event.value):
            self._say(None, str(fault))
            fault = None
        else:
            self._say(fault)
        if fault is None:
            self._list_choices()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._answer is None or self._answer.done():
            return
        fault = _refusal(self._check, event.value)
        self._say(fault)
        if fault is None:
            self._answer.set_result(event.value)

    # -- keys -------------------------------------------------------------------------------------

    async def on_key(self, event: events.Key) -> None:
        """Leave on Escape; complete on Tab, and go through what else completes on more of it."""
        if event.key == "escape":
            event.stop()
            self.leave()
        elif event.key in ("tab", "shift+tab"):
            event.stop()
            event.prevent_default()
            await self._complete(-1 if event.key == "shift+tab" else 1)

    async def _complete(self, by: int) -> None:
        line = self.query_one(Input)
        if not isinstance(line.suggester, Completer):
            line.action_cursor_right()
            return
        if self._round is None:
            value, cursor = line.value, line.cursor_position
            start, words = await line.suggester.choices(value, cursor)
            if not words:
                return
            at = 0 if by > 0 else len(words) - 1
            self._round = _Round(value[:start], words, value[cursor:], at)
        else:
            self._round = self._round.step(by)
        line.value = self._round.value
        line.cursor_position = self._round.cursor
        if len(self._round.words) == 1:
            self._round = None


class _FaultMark(Highlighter):
    """Underlines the part of a text that is wrong."""

    span = (0, 0)

    @override
    def highlight(self, text: Text) -> None:
        start, end = self.span
        if start < end:
            text.stylize("bold underline red", start, end)


def _refusal(check: Callable[[str], object] | None, value: str) -> VhtuiError | None:
    try:
        if check is not None:
            check(value)
    except VhtuiError as error:
        return error
    return None


def _is_unfinished(fault: VhtuiError, value: str) -> bool:
    """Whether what is wrong stands at the end, where the next letters may mend it."""
    length: int = getattr(fault, "length", 0)
    position: int = getattr(fault, "position", 0)
    return length > 0 and position + length >= len(value)
