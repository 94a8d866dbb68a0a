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
from vhtui.ui.keymap import Action
from vhtui.ui.keys import shown

Notes = tuple[str, Sequence[tuple[str, str]]]
"""What stands below the keys: a heading, and examples with what they mean."""

FILTER_LANGUAGE: Notes = ("The filter language (f, s, /, +, -, vhtui find)", HELP)


class Help(ModalScreen[None]):
    """Lists the actions of a place in their groups; what the host cannot do says why."""

    DEFAULT_CSS = """
    Help { align: center middle; }
    Help VerticalScroll {
        width: 90%; max-width: 100; height: 90%; border: round $primary; padding: 0 1;
        background: $surface;
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
            yield Static(help_text(self._title, self._actions, self._notes))

    def on_mount(self) -> None:
        """Take the keys for scrolling."""
        self.query_one(VerticalScroll).focus()

    def action_leave(self) -> None:
        """Close the help."""
        self.dismiss(None)

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)


def help_text(
    title: str, actions: list[tuple[Action, str | None]], notes: Notes = FILTER_LANGUAGE
) -> Content:
    """Return the help as text: groups in the table's order, then the notes."""
    parts: list[Content] = [Content.styled(f"{title} (Esc closes)", "bold")]
    groups: dict[str, list[tuple[Action, str | None]]] = {}
    for action, reason in actions:
        groups.setdefault(action.group, []).append((action, reason))
    for group, members in groups.items():
        parts += [Content("\n\n"), Content.styled(group, "bold underline")]
        for action, reason in members:
            keys = " ".join(shown(key) for key in action.keys)
            line = f"\n{keys:<14} {action.help}"
            if reason is None:
                parts += [Content(line), Content.styled(f"  {action.id}", "dim")]
            else:
                parts.append(Content.styled(f"{line}: {clean(reason)}", "dim"))
    heading, examples = notes
    parts += [Content("\n\n"), Content.styled(heading, "bold underline")]
    parts += [Content(f"\n{example:<32} {meaning}") for example, meaning in examples]
    return Content.assemble(*parts)
