"""Lists are put in order by keys and by clicks on the labels, and stay so."""

from __future__ import annotations

from tests.ui.conftest import Open, Session
from vhtui.core.desk.takedowns import TakedownRow
from vhtui.ui.keymap import Place
from vhtui.ui.screens.panel import ListPanel
from vhtui.ui.screens.sorting import put_in_order
from vhtui.ui.sort_actions import ORDERS


def test_rows_without_a_value_are_last_either_way_round() -> None:
    rows = ["bb", "", "a"]
    assert put_in_order(rows, lambda row: row or None, reverse=False) == ["a", "bb", ""]
    assert put_in_order(rows, lambda row: row or None, reverse=True) == ["bb", "a", ""]


async def test_every_order_that_has_a_key_in_a_place_works_there(vhtui: Open) -> None:
    async with vhtui() as session:
        for place, panel in session.main.panels.items():
            if isinstance(panel, ListPanel):
                keyed = {name for _, name, _, places in ORDERS if place in places}
                assert keyed <= set(panel.sorts()), place
                shown = {column.id for column in panel.columns}
                hidden = {"date", "views", "money"}  # told in the details only
                assert all(
                    by.column in shown or name in hidden or by.column == "whole"
                    for name, by in panel.sorts().items()
                ), place


def notices(session: Session) -> list[TakedownRow]:
    table = session.main.panel.table
    return list(table.source.window(0, table.row_count))


async def test_a_panel_is_sorted_reversed_and_put_back(vhtui: Open) -> None:
    async with vhtui(120, 30) as session:
        await session.is_listed()
        await session.press("6")
        await session.sees("pending", "at stake")
        usual = [row.code for row in notices(session)]
        cursor = session.main.panel.table.cursor_key
        await session.press("comma", "N")
        titles = sorted((row.title.casefold() for row in notices(session)), reverse=True)
        await session.until(
            lambda: [row.title.casefold() for row in notices(session)] == titles, "sorted"
        )
        await session.sees("Title ▼")
        assert session.main.panel.table.cursor_key == cursor
        await session.press("1", "6")
        await session.sees("Title ▼")
        await session.press("comma", "o")
        await session.until(lambda: [row.code for row in notices(session)] == usual, "usual")


async def test_a_click_on_a_label_sorts_reverses_and_puts_back(vhtui: Open) -> None:
    async with vhtui(120, 30) as session:
        await session.press("5")
        await session.sees("32 days")
        panel = session.main.panel
        assert isinstance(panel, ListPanel) and panel.place is Place.STATS
        for arrow, order in (("▲", ("views", False)), ("▼", ("views", True))):
            panel.table.post_message(panel.table.HeaderClicked(panel.table, "views"))
            await session.sees(f"Views {arrow}")
            assert panel.order() == order
        panel.table.post_message(panel.table.HeaderClicked(panel.table, "views"))
        await session.until(lambda: "▼" not in session.screen_text(), "usual")
        assert panel.order() == ("", False)
