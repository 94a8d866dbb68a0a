"""Pasting remote URLs: what will be fetched, what is twice there, and where it goes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static, TextArea
from typing_extensions import override

from vhtui.text import clean, plural

_SCHEMES = ("http", "https", "ftp")
_SHOWN_FAULTS = 3


@dataclass(frozen=True, slots=True)
class PastedUrls:
    """What a pasted text holds. ``faults`` are (line number, what is wrong)."""

    urls: tuple[str, ...] = ()
    doubles: int = 0
    queued: int = 0
    faults: tuple[tuple[int, str], ...] = ()


def read_urls(text: str, queued: Collection[str]) -> PastedUrls:
    """Read one URL a line; blank lines and those that begin with ``#`` are left out.

    A URL that stands there twice, or is in the host's queue already, is counted and left out.
    """
    urls: dict[str, None] = {}
    doubles = already = 0
    faults: list[tuple[int, str]] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if fault := _fault(line):
            faults.append((number, fault))
        elif line in urls:
            doubles += 1
        elif line in queued:
            already += 1
        else:
            urls[line] = None
    return PastedUrls(tuple(urls), doubles, already, tuple(faults))


def _fault(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return "is no URL"
    if parts.scheme not in _SCHEMES:
        return "does not begin with http://, https:// or ftp://"
    if not host:
        return "names no host"
    if any(char.isspace() or not char.isprintable() for char in url):
        return "has a space or an unprintable character in it"
    return None


class PasteUrls(ModalScreen[tuple[str, ...] | None]):
    """Takes pasted URLs and says what would happen before it does."""

    DEFAULT_CSS = """
    PasteUrls { align: center middle; }
    PasteUrls > Vertical {
        width: 90%; max-width: 120; height: 80%; border: round $primary; padding: 0 1;
        background: $surface;
    }
    PasteUrls TextArea { height: 1fr; border: none; padding: 0; }
    PasteUrls Horizontal { height: 1; }
    PasteUrls Button, PasteUrls Button:disabled {
        margin: 0 2 0 0; height: 1; min-height: 1; border: none !important;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel"),
        Binding("ctrl+o,f2", "add", "Add", priority=True),
    ]

    def __init__(self, target: str, queued: Collection[str], price: Callable[[int], str]) -> None:
        """Take where the files will go, what is queued already, and what n URLs cost in words."""
        super().__init__()
        self._target = clean(target)
        self._queued = queued
        self._price = price
        self._pasted = PastedUrls()

    @override
    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content.styled(f"Remote URLs to {self._target}, one a line", "bold"))
            yield TextArea(tab_behavior="focus", compact=True, highlight_cursor_line=False)
            yield Static(id="summary")
            with Horizontal():
                yield Button(Content("Cancel"), id="no", compact=True)
                yield Button(Content("Add (ctrl+o)"), id="yes", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Say what an empty list means."""
        self._say()

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        self._pasted = read_urls(event.text_area.text, self._queued)
        self._say()

    def _say(self) -> None:
        pasted = self._pasted
        words = [plural(len(pasted.urls), "URL")]
        if pasted.urls:
            words.append(self._price(len(pasted.urls)))
        if pasted.doubles:
            words.append(f"{pasted.doubles} twice in the list")
        if pasted.queued:
            words.append(f"{pasted.queued} already in the queue")
        lines = [" · ".join(words)]
        lines += [f"line {number} {fault}" for number, fault in pasted.faults[:_SHOWN_FAULTS]]
        if len(pasted.faults) > _SHOWN_FAULTS:
            lines.append(f"and {len(pasted.faults) - _SHOWN_FAULTS} more lines that are no URL")
        self.query_one("#summary", Static).update(Content("\n".join(lines)))
        self.query_one("#yes", Button).disabled = not pasted.urls

    @on(Button.Pressed, "#yes")
    def action_add(self) -> None:
        """Close with the URLs, if there are any."""
        if self._pasted.urls:
            self.dismiss(self._pasted.urls)

    @on(Button.Pressed, "#no")
    def action_leave(self) -> None:
        """Close without adding."""
        self.dismiss(None)
