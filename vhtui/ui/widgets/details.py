"""Everything known about one row, label by label."""

from __future__ import annotations

from collections.abc import Sequence

from typing_extensions import override

from vhtui.ui.cells import cell_width, pad, wrap
from vhtui.ui.widgets.row_lines import safe
from vhtui.ui.widgets.text_lines import Phrase, TextLines, Words

_LEAST_BESIDE = 16


class Details(TextLines):
    """Labelled values, in full: a long one goes on in the next line."""

    DEFAULT_CSS = """
    Details { height: 1fr; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows: tuple[tuple[str, str], ...] = ()
        self._wrapped: tuple[int, list[Phrase]] | None = None

    def show(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show (label, value) pairs; a value without a label takes the whole width."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self._wrapped = None
            self.repaint()

    def show_empty(self, text: str) -> None:
        """Say why there is nothing to show."""
        self.show([("", text)])

    @override
    def phrases(self, width: int) -> Sequence[Phrase]:
        if self._wrapped is None or self._wrapped[0] != width:
            labels = max((cell_width(safe(label)) for label, _ in self._rows), default=0)
            lines = [line for row in self._rows for line in _field(*row, labels, width)]
            self._wrapped = (width, lines)
        return self._wrapped[1]


def _field(label: str, value: str, labels: int, width: int) -> list[Phrase]:
    if not label:
        return [Phrase((Words(line),)) for line in wrap(safe(value), width)]
    beside = width - labels - 2
    if beside >= _LEAST_BESIDE:
        names = [safe(label)]
        indent = labels + 2
    else:
        names = []
        indent = 1
    lines = wrap(safe(value), width - indent)
    phrases = [] if names else [Phrase((Words(label, "muted"),))]
    for number, line in enumerate(lines):
        lead = pad(names[0] if names and number == 0 else "", indent)
        phrases.append(Phrase((Words(lead, "muted"), Words(line))))
    return phrases
