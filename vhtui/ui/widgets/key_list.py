"""Which keys work here: the list of a two-step key, and the footer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override

from vhtui.ui.cells import cell_width, pad
from vhtui.ui.widgets.text_lines import Phrase, TextLines, Words

_MOST_HINTS = 9
_GAP = 2


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key with what it does; one that is not ``enabled`` says the ``reason``."""

    key: str
    label: str
    enabled: bool = True
    reason: str = ""


HELP = KeyHint("?", "help")


class KeyList(TextLines):
    """The second keys of a two-step key, one a line, over the bottom of the screen.

    It lies on the layer ``keys``, so the screen under it neither moves nor is laid out again.
    """

    DEFAULT_CSS = """
    KeyList {
        dock: bottom;
        layer: keys;
        height: auto;
        max-height: 60%;
        background: $panel;
        display: none;
        &.-shown { display: block; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._title = ""
        self._hints: tuple[KeyHint, ...] = ()

    def show(self, hints: Sequence[KeyHint], *, title: str = "") -> None:
        """Open the list; no hints close it."""
        self._title = title
        self._hints = tuple(hints)
        self.set_class(bool(hints), "-shown")
        self.repaint()

    @override
    def phrases(self, width: int) -> Sequence[Phrase]:
        if not self._hints:
            return ()
        keys = max(cell_width(hint.key) for hint in self._hints)
        title = [Phrase((Words(self._title, "strong", elastic=True),))] if self._title else []
        return title + [_key_line(hint, keys) for hint in self._hints]


def _key_line(hint: KeyHint, width: int) -> Phrase:
    key = f" {pad(hint.key, width)}  "
    if hint.enabled:
        return Phrase((Words(key, "key"), Words(hint.label, elastic=True)))
    words = f"{hint.label} - {hint.reason or 'not here'}"
    return Phrase((Words(key, "muted"), Words(words, "muted", elastic=True)))


class KeyFooter(TextLines):
    """The keys that work now, at most nine, as many as fit; ``? help`` is always the first."""

    DEFAULT_CSS = """
    KeyFooter { background: $panel; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._hints: tuple[KeyHint, ...] = (HELP,)

    def show(self, hints: Sequence[KeyHint]) -> None:
        """Show the hints that are enabled, in their order."""
        pinned = next((hint for hint in hints if hint.label == HELP.label), HELP)
        others = [hint for hint in hints if hint.enabled and hint.label != HELP.label]
        shown = (pinned, *others)[:_MOST_HINTS]
        if shown != self._hints:
            self._hints = shown
            self.repaint()

    @override
    def phrases(self, width: int) -> Sequence[Phrase]:
        words: list[Words] = []
        room = width
        for hint in self._hints:
            room -= cell_width(hint.key) + 1 + cell_width(hint.label)
            if words and room < 0:
                break
            room -= _GAP
            words += [Words(hint.key, "key"), Words(f" {hint.label}" + " " * _GAP)]
        return [Phrase(tuple(words))]
