"""The pattern line of the rename studio: its modes, and the fields of the one that is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Input, Label
from typing_extensions import override

from vhtui.ui.cells import is_ascii
from vhtui.ui.patterns import MODES, Field, Mode
from vhtui.ui.widgets.text_lines import Phrase, TextLines, Words


class ChoiceField(TextLines, can_focus=True):
    """One of a few words; space and the arrows take the next."""

    DEFAULT_CSS = """
    ChoiceField { width: auto; margin: 0 1 0 0; }
    ChoiceField:focus { text-style: reverse; }
    """

    class Changed(Message):
        """Another word was chosen."""

    def __init__(self, choices: Sequence[str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._choices = tuple(choices)
        self._at = 0

    @property
    def value(self) -> str:
        """The word that is chosen; an unknown one is passed over."""
        return self._choices[self._at]

    @value.setter
    def value(self, value: str) -> None:
        if value in self._choices:
            self._at = self._choices.index(value)
            self.repaint()

    @override
    def get_content_width(self, container: Size, viewport: Size) -> int:
        return max(map(len, self._choices)) + 2

    @override
    def phrases(self, width: int) -> Sequence[Phrase]:
        left, right = "<>" if is_ascii(self) else "‹›"
        return [Phrase((Words(f"{left}{self.value}{right}"),))]

    def on_key(self, event: events.Key) -> None:
        """Take the keys that choose."""
        if event.key in ("space", "left", "right"):
            event.stop()
            event.prevent_default()
            self._step(-1 if event.key == "left" else 1)

    def on_click(self) -> None:
        """Choose the next."""
        self._step(1)

    def _step(self, by: int) -> None:
        self._at = (self._at + by) % len(self._choices)
        self.repaint()
        self.post_message(self.Changed())


class ModeTabs(TextLines):
    """The names of the modes, the chosen one in brackets."""

    def __init__(self, keys: Mapping[str, str], *, id: str | None = None) -> None:
        """Take the key of each mode as it is shown."""
        super().__init__(id=id)
        self._keys = keys
        self.chosen = next(iter(MODES))

    @override
    def phrases(self, width: int) -> Sequence[Phrase]:
        words: list[Words] = []
        for name in MODES:
            words.append(Words(self._keys.get(name, ""), "key"))
            chosen = name == self.chosen
            words.append(Words(f"[{name}] " if chosen else f" {name}  ", "strong" * chosen))
        return [Phrase(tuple(words))]


class PatternLine(Vertical):
    """The modes on one line and the fields on the next; what stands in a mode's fields stays."""

    DEFAULT_CSS = """
    PatternLine { height: 2; }
    PatternLine Horizontal { height: 1; display: none; }
    PatternLine Horizontal.-chosen { display: block; }
    PatternLine Label { width: auto; margin: 0 1 0 0; }
    PatternLine Input, PatternLine Input:focus {
        width: 1fr; height: 1; border: none; padding: 0; margin: 0 1 0 0;
        background: $panel; text-style: underline;
    }
    PatternLine .hint { color: $text-muted; }
    """

    class Changed(Message):
        """Something else stands in the fields, or another mode is chosen."""

    def __init__(self, keys: Mapping[str, str], *, id: str | None = None) -> None:
        """Take the key of each mode as it is shown."""
        super().__init__(id=id)
        self._tabs = ModeTabs(keys)
        self._fields = {
            (mode.name, field.name): _made(mode, field)
            for mode in MODES.values()
            for field in mode.fields
        }

    @override
    def compose(self) -> ComposeResult:
        yield self._tabs
        for mode in MODES.values():
            with Horizontal(id=f"mode-{mode.name}", classes="-chosen" * (mode is self.mode)):
                if mode.hint:
                    yield Label(Content(mode.hint), classes="hint")
                for field in mode.fields:
                    if field.label:
                        yield Label(Content(field.label))
                    yield self._fields[mode.name, field.name]

    @property
    def mode(self) -> Mode:
        """The mode that is chosen."""
        return MODES[self._tabs.chosen]

    def choose(self, name: str) -> None:
        """Choose a mode."""
        self.query_one(f"#mode-{self.mode.name}").remove_class("-chosen")
        self._tabs.chosen = name
        self._tabs.repaint()
        self.query_one(f"#mode-{name}").add_class("-chosen")
        self.post_message(self.Changed())

    def focus_first(self) -> bool:
        """Put the keyboard into the first field; False: this mode has none."""
        for field in self.mode.fields:
            self.screen.set_focus(self._widget(field))
            return True
        return False

    def say(self, text: str) -> None:
        """Say what was pasted, where a mode has no fields."""
        for label in self.query(f"#mode-{self.mode.name} .hint").results(Label):
            label.update(Content(text))

    @property
    def values(self) -> dict[str, str]:
        """What stands in the fields of the mode."""
        return {field.name: self._widget(field).value for field in self.mode.fields}

    def fill(self, values: Mapping[str, str]) -> None:
        """Put something else into the fields of the mode."""
        for field in self.mode.fields:
            if field.name in values:
                self._widget(field).value = values[field.name]
        focused = self.screen.focused
        if isinstance(focused, Input):
            focused.cursor_position = len(focused.value)

    def _widget(self, field: Field) -> Input | ChoiceField:
        return self._fields[self.mode.name, field.name]

    @on(Input.Changed)
    @on(ChoiceField.Changed)
    def _field_changed(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Changed())


def _made(mode: Mode, field: Field) -> Input | ChoiceField:
    id = f"{mode.name}-{field.name}"
    if field.choices:
        return ChoiceField(field.choices, id=id)
    line = Input(field.value, id=id, select_on_focus=False, compact=True)
    if field.width is not None:
        line.styles.width = field.width
    return line
