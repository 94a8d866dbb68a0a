"""The lines around the table: where one is, what is marked and running, what happened last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from typing_extensions import override

from vhtui.ui.widgets.text_lines import Phrase, TextLines, Words

Level = Literal["info", "warning", "error"]


class OneLine(TextLines):
    """A line that is told what to say."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._phrase = Phrase()

    @override
    def phrases(self, width: int) -> Sequence[Phrase]:
        return (self._phrase,)

    def _say(self, phrase: Phrase) -> None:
        if phrase != self._phrase:
            self._phrase = phrase
            self.repaint()


class TitleBar(OneLine):
    """The account, its host, the path, the filter, and badges such as "read-only"."""

    DEFAULT_CSS = """
    TitleBar { background: $panel; }
    """

    def show(
        self,
        account: str,
        host: str = "",
        path: str = "",
        *,
        filter: str = "",
        badges: Sequence[str] = (),
    ) -> None:
        """Say where one is."""
        left = [Words(account, "strong")]
        if host:
            left.append(Words(f" {host}", "muted"))
        if path:
            left.append(Words(f"  {path}", elastic=True))
        if filter:
            left.append(Words(f"  filter: {filter}", "warning", elastic=True))
        self._say(Phrase(tuple(left), (Words("  ".join(badges), "warning"),) if badges else ()))


class StatusLine(OneLine):
    """Totals and marks at the left; jobs and the connection, in words, at the right."""

    def show(self, totals: str, *, marked: str = "", jobs: str = "", connection: str = "") -> None:
        """Say how things stand."""
        left = [Words(totals)]
        if marked:
            left.append(Words(f"  {marked}", "strong"))
        if jobs:
            left.append(Words(f"  {jobs}", "warning", elastic=True))
        self._say(Phrase(tuple(left), (Words(connection, "muted"),) if connection else ()))


class MessageLine(OneLine):
    """The last result and how to undo it, such as "Moved 37 files to Season 02 - u undo"."""

    text = ""

    def show(self, text: str, *, level: Level = "info", undo: str = "") -> None:
        """Say what happened; a warning or an error begins with that word."""
        self.text = text
        state = "" if level == "info" else level
        left = [Words(f"{level}: ", state)] if state else []
        left.append(Words(text, state, elastic=True))
        if undo:
            left.append(Words(f" - {undo}", "key"))
        self._say(Phrase(tuple(left)))

    def clear(self) -> None:
        """Say nothing."""
        self.text = ""
        self._say(Phrase())
