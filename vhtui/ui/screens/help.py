"""The help of a place: every key that works there, and the filter language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from typing_extensions import override

from vhtui.query import HELP
from vhtui.text import clean
from vhtui.ui.cells import cell_width, pad, wrap
from vhtui.ui.keymap import Action
from vhtui.ui.keys import shown

Notes = tuple[str, Sequence[tuple[str, str]]]
"""What stands below the keys: a heading, and examples with what they mean."""

FILTER_LANGUAGE: Notes = ("The filter language (f, s, /, +, -, vhtui find)", HELP)


_KEY_CELLS = 14
_EXAMPLE_CELLS = 32


class Help(ModalScreen[None]):
    """Lists the actions of a place in their groups; what the host cannot do says why."""

    DEFAULT_CSS = """
    Help { align: center middle; }
    Help VerticalScroll {
        width: 90%; max-width: 100; height: 90%; border: round $primary; padding: 0 1;
        background: $surface; scrollbar-gutter: stable;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "leave", "Close"),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
        Binding("space,ctrl+d", "scroll(10)", show=False),
        Binding("ctrl+u", "scroll(-10)", show=False),
    ]

    def __init__(
        self,
        title: str,
        actions: list[tuple[Action, str | None]],
        notes: Notes = FILTER_LANGUAGE,
    ) -> None:
        """Take the actions of the place, each with the reason why it cannot be done (None: can)."""
        super().__init__()
        self._title = clean(title)
        self._actions = actions
        self._notes = notes

    @override
    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static()

    def on_mount(self) -> None:
        """Take the keys for scrolling."""
        self.query_one(VerticalScroll).focus()

    def on_resize(self) -> None:
        """Break the lines for the width there is."""
        self.call_after_refresh(self._write)

    def _write(self) -> None:
        width = self.query_one(VerticalScroll).scrollable_content_region.width
        text = help_text(self._title, self._actions, self._notes, width)
        self.query_one(Static).update(text)

    def action_leave(self) -> None:
        """Close the help."""
        self.dismiss(None)

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)


def help_text(
    title: str, actions: list[tuple[Action, str | None]], notes: Notes, width: int
) -> Content:
    """Return the help as text of a width in cells: groups in the table's order, then the notes."""
    parts: list[Content] = [Content.styled(f"{title} (Esc closes)", "bold")]
    groups: dict[str, list[tuple[Action, str | None]]] = {}
    for action, reason in actions:
        groups.setdefault(action.group, []).append((action, reason))
    for group, members in groups.items():
        parts += [Content("\n\n"), Content.styled(group, "bold underline")]
        for action, reason in members:
            keys = " ".join(shown(key) for key in action.keys)
            why = "" if reason is None else f": {clean(reason)}"
            words = "\n" + "\n".join(_entry(keys, f"{action.help}{why}", _KEY_CELLS, width))
            if reason is not None:
                parts.append(Content.styled(words, "dim"))
                continue
            last = words.rpartition("\n")[2]
            fits = cell_width(last) + 2 + cell_width(action.id) <= width
            gap = "  " if fits else f"\n{'':<{_KEY_CELLS}} "
            parts += [Content(words), Content.styled(f"{gap}{action.id}", "dim")]
    heading, examples = notes
    parts += [Content("\n\n"), Content.styled(heading, "bold underline")]
    for example, meaning in examples:
        lines = _entry(example, meaning, min(_EXAMPLE_CELLS, width // 2), width)
        parts.append(Content("\n" + "\n".join(lines)))
    return Content.assemble(*parts)


def _entry(name: str, words: str, indent: int, width: int) -> list[str]:
    """Return words beside their name, those of further lines below them."""
    lines = wrap(words, max(1, width - indent - 1))
    if cell_width(name) > indent:
        return [name, *(f"{'':<{indent}} {line}" for line in lines)]
    return [f"{pad(name if not at else '', indent)} {line}" for at, line in enumerate(lines)]
