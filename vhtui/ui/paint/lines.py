"""Lines that go straight to the terminal, when all that changed is what some widgets show.

Textual brings a change to the screen by way of three queues and a timer, and then lays all widgets
over each other anew. Where nothing lies over a widget, its lines can be painted at once. This
relies on where Textual 8.2.8 keeps what is to be painted (``tests/ui/paint/test_internals.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

Places = Mapping[Widget, tuple[Region, Region]]


class LineWidget(Widget):
    """A widget made of lines, each of which can be had for itself."""

    def strips(self, lines: range) -> Sequence[Strip]:
        """Return what belongs on some lines of the content; from now on it counts as painted."""
        raise NotImplementedError


class PlacedLine(NamedTuple):
    """A strip and the column and line of the screen where it belongs."""

    x: int
    y: int
    strip: Strip


class Lines:
    """Finds what the widgets of a screen want painted, and remembers which of them are bare."""

    def __init__(self) -> None:
        self._places: Places = {}
        self._bare: list[LineWidget] = []

    def take(self, screen: Screen[Any]) -> list[PlacedLine]:
        """Return the lines that changed of widgets that nothing lies over: they count as painted.

        Other widgets, and a screen that is laid out anew, are left to Textual.
        """
        if (
            screen._layout_required
            or screen._scroll_required
            or screen._repaint_required
            or screen.get_line_filters()
        ):
            return []
        places = screen._compositor.visible_widgets
        if places is not self._places:
            self._places = places
            self._bare = list(_bare(places))
        waiting = [widget for widget in self._bare if widget._repaint_required]
        return [line for widget in waiting for line in _lines(widget)]


def _bare(places: Places) -> Iterator[LineWidget]:
    """Yield the widgets of lines that are wholly on screen, with nothing over them."""
    for widget, (region, clip) in places.items():
        if not isinstance(widget, LineWidget) or not clip.contains_region(region):
            continue
        below = {widget, *widget.ancestors}
        if not any(places[other][0].overlaps(region) for other in places if other not in below):
            yield widget


def _lines(widget: LineWidget) -> Iterator[PlacedLine]:
    """Yield the lines of a widget from the first to the last that waits to be painted.

    None where more waits than content, or where the content is not shown as it is.
    """
    content = widget.content_region
    inside = content.translate(-widget.region.offset)
    waiting = Region.from_union(list(widget._repaint_regions) or [Region()])
    styles = widget.styles
    is_plain = not styles.tint.a and widget.opacity == 1.0 and styles.text_opacity == 1.0
    if not is_plain or not inside.contains_region(waiting) or widget._layout_required:
        return
    widget._repaint_required = False
    widget._repaint_regions.clear()
    lines = range(waiting.y - inside.y, waiting.bottom - inside.y)
    for y, strip in zip(lines, widget.strips(lines), strict=True):
        yield PlacedLine(content.x, content.y + y, strip)
