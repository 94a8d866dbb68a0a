"""Which keys work here: the list of a two-step key, and the footer."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from typing_extensions import override

from vhtui.ui.cells import cell_width, pad
from vhtui.ui.widgets.text_lines import Phrase, TextLines, Words

_MOST_HINTS = 9
_GAP = 2
_MOST_BELOW = 8
_WIDE_ENOUGH = 60
"""More second keys than so many stand in two columns, where the screen is as wide."""


class KeyHint(Struct, frozen=True):
    """A key with what it does; one that is not ``enabled`` says the ``reason``."""

    key: str
    label: str
    enabled: bool = True
    reason: str = ""


HELP = KeyHint("?", "help")


class KeyList(TextLines):
    """The second keys of a two-step key, over the bottom of the screen; many in two columns.

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
        beside = 2 if len(self._hints) > _MOST_BELOW and width >= _WIDE_ENOUGH else 1
        return title + [
            Phrase(
                tuple(
                    word
                    for place, hint in enumerate(self._hints[start : start + beside], 1)
                    for word in _key_words(hint, keys, width // 2 if place < beside else None)
                )
            )
            for start in range(0, len(self._hints), beside)
        ]


def _key_words(hint: KeyHint, keys: int, width: int | None) -> tuple[Words, Words]:
    """Return a key and what it does; in a column of that width, or in the rest of the line."""
    key = f" {pad(hint.key, keys)}  "
    words = hint.label if hint.enabled else f"{hint.label} - {hint.reason or 'not here'}"
    look = ("key", "") if hint.enabled else ("muted", "muted")
    if width is not None:
        words = pad(words, max(0, width - cell_width(key)))
    return Words(key, look[0]), Words(words, look[1], elastic=width is None)


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
