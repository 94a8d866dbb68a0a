"""Lines of plain words, painted again only where they changed: the base of small widgets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from typing_extensions import override

from vhtui.ui.cells import cell_width, is_ascii, shorten
from vhtui.ui.paint.lines import LineWidget
from vhtui.ui.paint.looks import component_look, forget_looks
from vhtui.ui.widgets.row_lines import Line, changed_span, safe

_LEAST_ELASTIC = 8
_LINES_KEPT = 500


class Words(Struct, frozen=True):
    """A piece of a line. ``state`` names its look; an ``elastic`` piece is cut in the middle."""

    text: str
    state: str = ""
    elastic: bool = False


class Phrase(Struct, frozen=True):
    """What stands on one line: words from the left, and words at the right edge.

    Where there is no room for both, the elastic words shrink, then the right part goes.
    """

    left: tuple[Words, ...] = ()
    right: tuple[Words, ...] = ()


class TextLines(LineWidget):
    """Shows phrases, one a line. Text from outside is cleaned, and never read as markup."""

    LOOKS: ClassVar[frozenset[str]] = frozenset(
        ("strong", "muted", "warning", "error", "good", "key")
    )
    DEFAULT_CSS = """
    TextLines {
        height: 1;
        width: 1fr;
        color: $foreground;
        background: $background;
        & > .text-lines--strong { text-style: bold; }
        & > .text-lines--key { color: $primary; text-style: bold; }
        & > .text-lines--muted { color: $text-muted; }
        & > .text-lines--warning { color: $warning; }
        & > .text-lines--error { color: $error; text-style: bold; }
        & > .text-lines--good { color: $success; }
    }
    """
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._painted: dict[int, Line] = {}
        self._drawn: dict[Phrase, Line] = {}
        self._looks: dict[str, Style] = {}
        self._shown_count = 0

    def phrases(self, width: int) -> Sequence[Phrase]:
        """Return the lines for a width in cells."""
        return ()

    def repaint(self) -> None:
        """Ask for a repaint of the cells that differ from what is painted."""
        phrases = self.phrases(self.size.width)
        if len(phrases) != self._shown_count:
            self._shown_count = len(phrases)
            if self.styles.height is not None and self.styles.height.is_auto:
                self._painted.clear()
                self.refresh(layout=True)
                return
        width, height = self.size
        regions: list[Region] = []
        for y in range(height):
            painted = self._painted.get(y)
            if painted is None:
                regions.append(Region(0, y, width, 1))
            elif (line := self._line(phrases, y)) is not painted and (
                span := changed_span(painted, line)
            ):
                regions.append(Region(span[0], y, span[1] - span[0], 1))
        if regions:
            self.refresh(*regions)

    @override
    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.phrases(width))

    @override
    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._forget()
        if self._looks:
            self._looks.clear()
            forget_looks(self)

    def on_resize(self) -> None:
        """Draw all lines anew for another width."""
        self._forget()

    def _forget(self) -> None:
        self._painted.clear()
        self._drawn.clear()

    @override
    def render_line(self, y: int) -> Strip:
        return self.strips(range(y, y + 1))[0]

    @override
    def strips(self, lines: range) -> list[Strip]:
        phrases = self.phrases(self.size.width)
        drawn = {y: self._line(phrases, y) for y in lines}
        self._painted.update(drawn)
        return [line.strip for line in drawn.values()]

    def _line(self, phrases: Sequence[Phrase], y: int) -> Line:
        """Return what belongs on a line; a phrase is drawn once."""
        phrase = phrases[y] if y < len(phrases) else Phrase()
        if (line := self._drawn.get(phrase)) is None:
            if len(self._drawn) >= _LINES_KEPT:
                self._drawn.clear()
            line = self._drawn[phrase] = self._draw(phrase)
        return line

    def _draw(self, phrase: Phrase) -> Line:
        width = self.size.width
        words = fit_words(phrase, width, "~" if is_ascii(self) else "…")
        pieces = [Segment(word.text, self._look(word.state)) for word in words]
        widths = tuple(cell_width(piece.text) for piece in pieces)
        strip = Strip(pieces, sum(widths)).simplify().adjust_cell_length(width, self._look(""))
        return Line(tuple(pieces), widths, strip)

    def _look(self, state: str) -> Style:
        """Return the style of a state; it is worked out once."""
        if (style := self._looks.get(state)) is None:
            is_known = state in self.LOOKS
            style = component_look(self, f"text-lines--{state}") if is_known else self.rich_style
            self._looks[state] = style
        return style


def fit_words(phrase: Phrase, width: int, ellipsis: str = "…") -> list[Words]:
    """Return the words of a phrase with their texts cut and filled to exactly ``width`` cells."""
    whole = [Words(safe(word.text), word.state, word.elastic) for word in phrase.left]
    right = [Words(safe(word.text), word.state) for word in phrase.right]
    gap = 1 if whole and right else 0
    left = _squeezed(whole, width - gap - _width(right), ellipsis)
    if _width(left) + gap + _width(right) > width:
        left, right = _squeezed(whole, width, ellipsis), []
    fitted: list[Words] = []
    room = width
    for word in left:
        text = shorten(word.text, room, ellipsis)
        room -= cell_width(text)
        fitted.append(Words(text, word.state))
    fitted.append(Words(" " * (room - _width(right))))
    return [word for word in (*fitted, *right) if word.text]


def _squeezed(words: Sequence[Words], width: int, ellipsis: str) -> list[Words]:
    squeezed = list(words)
    for index, word in enumerate(words):
        over = _width(squeezed) - width
        if word.elastic and over > 0:
            room = max(_LEAST_ELASTIC, cell_width(word.text) - over)
            squeezed[index] = Words(shorten(word.text, room, ellipsis), word.state)
    return squeezed


def _width(words: Sequence[Words]) -> int:
    return sum(cell_width(word.text) for word in words)
