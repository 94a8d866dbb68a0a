"""Text measured in terminal cells: a wide character takes two, a combining mark none."""

from __future__ import annotations

import re

from vhtui.ui.paint.cells import NARROW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from textual.dom import DOMNode

    Align = Literal["left", "right"]

_JOINER = "\N{ZERO WIDTH JOINER}"
_UNSTEADY = {ord(_JOINER): None, ord("\N{VARIATION SELECTOR-16}"): None}
_EPISODE = (
    r"(?<![a-z0-9])(?:s\d{1,4}[ ._-]?e\d{1,4}(?!\d)|\d{1,2}x\d{2,3}(?![a-z0-9])"
    r"|(?<=- )\d{2,4}(?:v\d)?(?=[ .]*[\[(]))"
)
"""The number of an episode where it stands before other words: S01E02, 1x02, or - 02 [...]."""
_LEAST_BESIDE = 8
"""Cells that what stands before an episode's number, and what stands after it, keep."""


def cell_width(text: str) -> int:
    """Return how many cells a printable text takes."""
    if text.isascii() or NARROW.issuperset(text):
        return len(text)
    from rich.cells import cell_len  # not loaded for the first frame of plain titles

    return cell_len(text)


def is_ascii(node: DOMNode) -> bool:
    """Return whether a widget may draw only ASCII: its app or screen has the class ``-ascii``."""
    return any(parent.has_class("-ascii") for parent in node.ancestors_with_self)


def steady(text: str) -> str:
    """Drop the emoji joiners, whose width terminals and multiplexers disagree about."""
    return text if text.isascii() else text.translate(_UNSTEADY)


def shorten(text: str, width: int, ellipsis: str = "…") -> str:
    """Cut a text in the middle to at most ``width`` cells, or where its episode number stays.

    A wide character is never split, and no mark is parted from its letter.
    """
    if width <= 0:
        return ""
    if cell_width(text) <= width:
        return text
    if width >= 3 * _LEAST_BESIDE and (found := re.search(_EPISODE, text, re.I | re.A)):
        return _cut_around(text, found.start(), found.end(), width, ellipsis)
    return _cut(text, width, ellipsis)


def _cut_around(text: str, start: int, stop: int, width: int, ellipsis: str) -> str:
    """Cut what stands before and after a part that stays: the end first, then the beginning."""
    kept, after = text[start:stop], text[stop:]
    least = min(_LEAST_BESIDE, cell_width(after))
    room = width - cell_width(kept) - least
    before = text[:start]
    if cell_width(before) > room:
        before = _cut(before, room, ellipsis)
    rest = width - cell_width(before) - cell_width(kept)
    return before + kept + (after if cell_width(after) <= rest else _cut(after, rest, ellipsis))


def _cut(text: str, width: int, ellipsis: str) -> str:
    """Cut a text that is too long in the middle."""
    room = width - cell_width(ellipsis)
    if room <= 0:
        return ellipsis if room == 0 else ""
    head = (room + 1) // 2
    if text.isascii():
        return text[:head] + ellipsis + text[len(text) - (room - head) :]
    clusters = _clusters(text)
    front = _taken(clusters, head)
    kept = "".join(clusters[:front])
    back = _taken(clusters[:front:-1], room - cell_width(kept))
    return kept + ellipsis + "".join(clusters[len(clusters) - back :])


def pad(text: str, width: int, align: Align = "left", ellipsis: str = "…") -> str:
    """Return a text in exactly ``width`` cells, shortened or filled with spaces."""
    fitting = shorten(text, width, ellipsis)
    blank = " " * (width - cell_width(fitting))
    return blank + fitting if align == "right" else fitting + blank


def _clusters(text: str) -> list[str]:
    """Split a text into letters with their marks, and joined emoji."""
    clusters: list[str] = []
    for char in text:
        if clusters and (clusters[-1].endswith(_JOINER) or not cell_width(char)):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _taken(clusters: list[str], room: int) -> int:
    """Return how many of the clusters fit into the room, from the first on."""
    for count, cluster in enumerate(clusters):
        room -= cell_width(cluster)
        if room < 0:
            return count
    return len(clusters)


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines of at most ``width`` cells: at spaces, or where it must be."""
    if width <= 0:
        return []
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_width(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        line = word
        while cell_width(line) > width:
            clusters = _clusters(line)
            count = max(1, _taken(clusters, width))
            lines.append(pad("".join(clusters[:count]), width).rstrip())
            line = "".join(clusters[count:])
    return [*lines, line] if line or not lines else lines
