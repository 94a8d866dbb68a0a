from __future__ import annotations

from vhtui.ui.widgets.day_chart import DayChart, Series


def test_a_chart_is_ascii_where_it_must_be_and_never_empty_for_something() -> None:
    class Plain(DayChart):
        DEFAULT_CSS = ""

    chart = Plain()
    chart.add_class("-ascii")
    chart._facts, chart._heading = ("fact",), "heading"
    chart._dates = tuple(f"2026-01-{day:02}" for day in range(1, 32))
    chart._series = (Series("", (*[0.0] * 29, 1.0, 1000.0), "1 001"),)
    lines = ["".join(word.text for word in line.left) for line in chart.phrases(80)]
    assert all(line.isascii() for line in lines)
    assert lines[-2].rstrip().endswith(". #") and lines[-1].split() == ["2026-01-01", "2026-01-31"]
    narrow = ["".join(word.text for word in line.left) for line in chart.phrases(20)]
    assert narrow[-1].split() == ["2026-01-31"]
    chart._series = (Series("a", (1.0,) * 31, "31"), Series("b", (0.0,) * 31, "0"))
    lines = ["".join(word.text for word in line.left) for line in chart.phrases(80)]
    assert [line[0] for line in lines[2:4]] == ["a", "b"]
