from __future__ import annotations

import pytest

from vhtui.ui.cells import cell_width
from vhtui.ui.widgets.plan_table import cut


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ([], []),
        ([(0, 2)], [(0, 2)]),
        ([(18, 20)], [(7, 9)]),
        ([(9, 11)], [(4, 5)]),
        ([(2, 18)], [(2, 7)]),
        ([(0, 20)], [(0, 9)]),
        ([(6, 8), (10, 12)], [(4, 5)]),
    ],
)
def test_a_cut_keeps_what_changed_marked(
    changed: list[tuple[int, int]], shown: list[tuple[int, int]]
) -> None:
    text = "abcdefghijklmnopqrst"
    assert cut(text, changed, 9, "…") == ("abcd…qrst", shown)


def test_what_fits_is_not_cut() -> None:
    assert cut("ab…cd", [(1, 2)], 5, "…") == ("ab…cd", [(1, 2)])


@pytest.mark.parametrize("width", range(12))
def test_wide_characters_stay_whole(width: int) -> None:
    shown, changed = cut("運動会 28 … 動会.mp4", [(0, 3), (9, 11)], width, "…")
    assert cell_width(shown) <= width
    assert all(0 <= start < stop <= len(shown) for start, stop in changed)
