"""The input that lies over a row of a table while its title is renamed in place."""

from __future__ import annotations

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.widgets import Input


def without_controls(title: str) -> str:
    """Return a raw title as it can be edited: control characters would reach the terminal."""
    return "".join(
        char
        for char in title
        if (char.isprintable() or char == "\N{ZERO WIDTH JOINER}") and not _is_surrogate(char)
    )


def _is_surrogate(char: str) -> bool:
    return 0xD800 <= ord(char) < 0xE000


def stem_end(title: str) -> int:
    """Return where the cursor of a rename starts: before the extension, if there is one."""
    stem, dot, extension = title.rpartition(".")
    return len(stem) if dot and stem and extension.isalnum() and len(extension) <= 4 else len(title)


class RowEditor(Input):
    """Edits one title. Enter saves, Tab saves and asks for the next, Escape leaves."""

    DEFAULT_CSS = """
    RowEditor, RowEditor:focus {
        layer: above; position: absolute; height: 1; border: none; padding: 0 1;
        background: $panel; text-style: underline;
    }
    """

    class Saved(Message):
        """The title was typed; ``step`` asks for the next file."""

        def __init__(self, title: str, *, step: bool) -> None:
            """Keep what was typed, unchecked."""
            super().__init__()
            self.title = title
            self.step = step

    class Left(Message):
        """The rename was given up."""

    def __init__(self, title: str, region: Region) -> None:
        """Lie over ``region`` of the screen with the raw ``title`` in it."""
        super().__init__(without_controls(title), select_on_focus=False, compact=True)
        self.styles.offset = (region.x, region.y)
        self.styles.width = region.width
        self.cursor_position = stem_end(self.value)

    def on_key(self, event: events.Key) -> None:
        """Take the keys that end the edit."""
        if event.key in ("enter", "tab"):
            self.post_message(self.Saved(self.value, step=event.key == "tab"))
        elif event.key == "escape":
            self.post_message(self.Left())
        else:
            return
        event.stop()
        event.prevent_default()
