"""Finding one of many by a few letters: a folder to jump to or to move into."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nsmallest
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
from typing_extensions import override

from vhtui.text import clean

_SHOWN = 40
"""How many finds are listed: more letters find more exactly."""


def fuzzy_score(needle: str, text: str) -> int | None:
    """Return how badly ``needle`` fits ``text`` (lower is better), None when it does not.

    Its letters must stand in ``text`` in their order; words that stand there whole fit best, and
    what ends the text (the folder's own name) fits better than what begins it.
    """
    if not needle:
        return len(text)
    at = text.rfind(needle)
    if at >= 0:
        starts_word = at == 0 or not text[at - 1].isalnum()
        return (len(text) - at - len(needle)) + (0 if starts_word else 20)
    position, gaps = -1, 0
    for letter in needle:
        found = text.find(letter, position + 1)
        if found < 0:
            return None
        gaps += found - position - 1 if position >= 0 else 0
        position = found
    return 1000 + gaps + len(text)


class Finder:
    """Finds items (id, words) by a few letters; what is typed on is looked for among the finds."""

    def __init__(self, items: Sequence[tuple[str, str]]) -> None:
        """Find among these."""
        self._items = items
        self._squeezed = [_squeezed(words) for _, words in items]
        self._last: tuple[str, Sequence[int]] = ("", range(len(items)))

    def best(self, letters: str, limit: int) -> list[tuple[str, str]]:
        """Return the items that fit, at most ``limit``, the best first."""
        needle = _squeezed(letters)
        before, among = self._last
        if not needle.startswith(before):
            among = range(len(self._items))
        if not needle:
            return list(self._items[:limit])
        scored = [
            (score, number)
            for number in among
            if (score := fuzzy_score(needle, self._squeezed[number])) is not None
        ]
        self._last = needle, [number for _, number in scored]
        return [self._items[number] for _, number in nsmallest(limit, scored)]


def _squeezed(words: str) -> str:
    return words.casefold().replace(" ", "")


class Picker(ModalScreen[tuple[str, str] | None]):
    """A line to type in and what it finds. Returns (id, "") or ("", new name), None when left."""

    DEFAULT_CSS = """
    Picker { align: center top; }
    Picker > Vertical {
        width: 90%; max-width: 100; height: auto; max-height: 90%; margin: 1 0 0 0;
        border: round $primary; padding: 0 1; background: $surface;
    }
    Picker OptionList { height: auto; max-height: 16; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel"),
        Binding("down,ctrl+n", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
    ]

    def __init__(self, title: str, items: Sequence[tuple[str, str]], *, create: str = "") -> None:
        """Take the items as (id, words); with ``create`` ("in /Series") a new name is offered."""
        super().__init__()
        self._title = clean(title)
        self._finder = Finder([(id, clean(words)) for id, words in items])
        self._create = clean(create)

    @override
    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content.styled(self._title, "bold"))
            yield Input(placeholder="a few letters", compact=True)
            yield OptionList(compact=True)

    def on_mount(self) -> None:
        """List everything at first."""
        self.query_one(OptionList).can_focus = False
        self._list("")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._list(event.value)

    def _list(self, needle: str) -> None:
        found = self._finder.best(needle, _SHOWN)
        options = [Option(Content(words), id=f"={id}") for id, words in found]
        name = needle.strip()
        if self._create and name:
            options.append(Option(Content(f"create ‘{clean(name)}’ {self._create}"), id="+"))
        finds = self.query_one(OptionList)
        finds.clear_options()
        finds.add_options(options or [Option("nothing has these letters", disabled=True)])
        finds.highlighted = 0 if options else None

    @on(Input.Submitted)
    def _submitted(self) -> None:
        finds = self.query_one(OptionList)
        if finds.highlighted is not None:
            self._choose(finds.get_option_at_index(finds.highlighted).id or "")

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self._choose(event.option.id or "")

    def _choose(self, option_id: str) -> None:
        if option_id == "+":
            self.dismiss(("", self.query_one(Input).value.strip()))
        else:
            self.dismiss((option_id[1:], ""))

    def action_leave(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    def action_step(self, by: int) -> None:
        """Move through the finds while typing goes on."""
        finds = self.query_one(OptionList)
        if by > 0:
            finds.action_cursor_down()
        else:
            finds.action_cursor_up()

    def on_click(self, event: events.Click) -> None:
        """Leave on a click outside."""
        if event.widget is self:
            self.dismiss(None)
