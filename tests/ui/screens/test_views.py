from __future__ import annotations

import threading
import time

from textual.widgets import Input

from tests.ui.conftest import Open, Session
from vhtui.core.database import Transaction
from vhtui.core.store import ListingSpec
from vhtui.core.views import BUILT_IN, save_view
from vhtui.query import parse
from vhtui.trends import DAY
from vhtui.ui.cells import shorten
from vhtui.ui.screens.dialogs import Confirm
from vhtui.ui.screens.gaps import GapsReport
from vhtui.ui.screens.picker import Picker


async def change(session: Session, *statements: str) -> None:
    """Change the library as a sync might have."""

    def apply(tx: Transaction) -> None:
        for statement in statements:
            tx.sql.execute(statement)
        tx.touch("files", "voe")

    await session.engine.write(apply)


async def typed(session: Session, text: str) -> None:
    """Answer the question in the prompt."""
    await session.until(lambda: session.main.prompt.is_open, "asked")
    session.main.prompt.query_one(Input).value = text
    await session.press("enter")


async def test_the_views_stand_above_the_folders_with_counts(vhtui: Open) -> None:
    async with vhtui(80, 24) as session:
        store = session.engine.store
        await save_view(store, "Large", "size>500m")
        number = len(store.listing(ListingSpec("voe", None, parse("size>500m"))))
        await session.press("tab", "g", "g", "l")
        await session.sees("▾ Views", "Risers", "Dead weight", "Same title", "Takedowns")
        session.main.folder_tree.go_to("view:own:Large")
        await session.until(
            lambda: any(
                line.startswith(">    Large") and line.split("▐")[0].endswith(f" {number}")
                for line in session.screen_text().splitlines()
            ),
            "counted",
        )
        await session.press("enter")
        await session.until(lambda: len(session.files()) == number, "listed")
        assert all((file.size or 0) > 500_000_000 for file in session.files())
        await session.sees("view: Large")
        await session.press("H")
        await session.until(lambda: session.main.files.spot.folder == "0", "back")


async def test_a_filter_is_kept_as_a_view_renamed_and_forgotten(vhtui: Open) -> None:
    async with vhtui(80, 24) as session:
        await session.press("a", "v")
        await session.sees("there is no filter to keep")
        await session.press("f")
        await typed(session, "views<5")
        await session.press("a", "v")
        await typed(session, "Few [/] views")
        await session.sees("View Few [/] views kept")
        await session.press("escape", "g", "v")
        await session.until(lambda: isinstance(session.app.screen, Picker), "picker")
        await session.press(*"few", "enter")
        await session.sees("view: Few [/] views")
        assert session.files() and all((file.views or 0) < 5 for file in session.files())
        await session.press("tab", "g", "g", "l", "r")
        await session.sees("only views of your own")
        session.main.folder_tree.go_to("view:risers")
        await session.press("r")
        await session.sees("Risers is a view of vhtui's own")
        session.main.folder_tree.go_to("view:own:Few [/] views")
        await session.press("r")
        await typed(session, "Rare")
        await session.sees("is now Rare")
        await session.press("D")
        await session.until(lambda: isinstance(session.app.screen, Confirm), "asked")
        await session.sees("Forget the view Rare?", "views<5")
        await session.press("enter")
        await session.sees("View Rare forgotten")
        assert session.engine.store.setting("views") == "{}"


async def test_risers_have_an_order_and_a_column_of_their_own(vhtui: Open) -> None:
    async with vhtui(80, 24) as session:
        today = int(time.time()) // DAY
        await change(
            session,
            "DELETE FROM trend",
            f"UPDATE trend_since SET day = {today - 40}",
            "UPDATE file SET views = 100 + 10 * id, uploaded = 1600000000",
            "DELETE FROM trend",
            f"INSERT INTO trend SELECT id, {today - 7}, views - 1 - id % 7, 0 FROM file",
            f"INSERT INTO trend SELECT id, {today}, views, 0 FROM file",
        )
        session.main.views.open("voe", next(v for v in BUILT_IN if v.id == "risers"))
        await session.sees("view: Risers", "7 days", "+7")
        gained = [1 + file.id % 7 for file in session.files()]
        assert gained == sorted(gained, reverse=True)
        await session.press(",", "s")
        await session.sees("has an order of its own")
        marked = session.files()[0]
        await session.press("space", "f")
        await typed(session, f"code:{marked.code}")
        await session.until(lambda: [f.id for f in session.files()] == [marked.id], "filtered")
        await session.press("d")
        folder = session.engine.store.find_folder

        def is_trashed() -> bool:
            row, trash = session.engine.store.file(marked.id), folder("voe", "/vhtui-trash")
            return row is not None and trash is not None and row.folder == trash.id

        await session.until(is_trashed, "trashed from the view")
        session.main.files.go("voe", "0")
        await session.until(lambda: "7 days" not in session.screen_text(), "the usual columns")


async def test_until_a_view_is_ranked_it_says_so(vhtui: Open) -> None:
    async with vhtui(80, 24) as session:
        await session.press("f")
        await typed(session, "nothing has this name")
        await session.sees("Nothing matches")
        is_free = threading.Event()
        for _ in range(2):
            session.main.files._threads.submit(is_free.wait)
        await session.press("g", "v")
        await session.until(lambda: isinstance(session.app.screen, Picker), "picker")
        await session.press(*"weight", "enter")
        await session.sees("view: Dead weight", "looking…")
        assert "Nothing matches" not in session.screen_text()
        is_free.set()
        await session.until(lambda: "looking…" not in session.screen_text(), "listed")


async def test_finds_tell_their_folder_where_there_is_room(vhtui: Open) -> None:
    async with vhtui(200, 30) as session:
        file = await session.to_file()
        path = session.engine.store.folder_path("voe", file.folder)
        await session.press("s")
        await typed(session, f"code:{file.code}")
        await session.sees("1 file ", "Folder")
        assert f" {shorten(path, 24)} " in session.screen_text()
        await session.press("l")
        await session.until(lambda: session.main.files.spot.folder == file.folder, "its folder")
        table = session.main.files.table
        await session.until(
            lambda: "folder" not in {column.id for column, _ in table.shown_columns}, "plain"
        )


async def test_an_empty_view_says_why(vhtui: Open) -> None:
    async with vhtui(80, 24) as session:
        await change(session, "UPDATE trend_since SET day = 20000", "DELETE FROM trend")
        await session.press("tab", "g", "v")
        await session.until(lambda: isinstance(session.app.screen, Picker), "picker")
        await session.press(*"risers", "enter")
        await session.sees("No file is in Risers. Esc goes back.", "known since 2024-10-04")
        assert session.main.files.table.has_focus
        await session.press("tab", "s", *"no such title")
        await session.sees("search: no such title", "Nothing matches. Esc shows all again.")


async def test_the_details_tell_growth_in_numbers_and_bars(vhtui: Open) -> None:
    async with vhtui(120, 40) as session:
        file = await session.to_file()
        today = int(time.time()) // DAY
        await change(
            session,
            f"UPDATE trend_since SET day = {today - 20}",
            "UPDATE file SET views = 120, uploaded = 1600000000, revenue = '0.75000'"
            f" WHERE id = {file.id}",
            "DELETE FROM trend",
            f"INSERT INTO trend VALUES ({file.id}, {today - 9}, 20, 5000)",
            f"INSERT INTO trend VALUES ({file.id}, {today - 8}, 100, 5000)",
            f"INSERT INTO trend VALUES ({file.id}, {today - 1}, 100, 5000)",
            f"INSERT INTO trend VALUES ({file.id}, {today}, 120, 75000)",
        )
        session.main.show_details()
        await session.sees("7 days    +20 views, 0.70 earned", "+100 views, 0.70 earned", "20 d")
        await session.sees("▁▁▁▁▁▁▁▁▁▁▁▁█▁▁▁▁▁▁▁▃", "80 at most")
        parent = session.engine.store.folder("voe", file.folder)
        assert parent is not None
        session.main.files.go("voe", parent.parent, cursor=parent.id)
        await session.sees(f"Path     {parent.path}"[:20], "Growth   +100 views")


async def test_the_details_tell_what_a_folder_holds_in_all(vhtui: Open) -> None:
    async with vhtui(120, 40) as session:
        store = session.engine.store
        outer = next(each for each in store.folders("voe", "0") if each.folders)
        inner = store.folders("voe", outer.id)[0]
        await change(
            session,
            f"UPDATE folder SET files = 0, bytes = 0 WHERE path LIKE '{outer.path}%'",
            f"UPDATE folder SET files = 1200, bytes = 3000000000 WHERE id = '{inner.id}'",
        )
        session.main.files.go("voe", "0", cursor=outer.id)
        await session.sees("In all   1 200 files, 3.0 GB")


async def test_gaps_are_shown_copied_and_exported(vhtui: Open) -> None:
    async with vhtui(80, 24) as session:
        await session.to_files()
        folder = session.main.files.spot.folder
        title = "'Show [b S01E' || (CASE WHEN id % 5 = 2 THEN 99 ELSE id END)"
        await change(session, f"UPDATE file SET title = {title} WHERE folder = '{folder}'")
        await session.press("g", "m")
        await session.until(lambda: isinstance(session.app.screen, GapsReport), "report")
        await session.sees("Series in", "Show [b  (", "missing", "double 99")
        await session.press("y")
        await session.until(session.copied.exists, "copied")
        assert "Season 1: double 99" in session.copied.read_text()
        await session.until(lambda: session.app.screen is session.main, "closed")
        await session.press("g", "m")
        await session.until(lambda: isinstance(session.app.screen, GapsReport), "report")
        await session.press("E")
        path = session.copied.with_name("gaps.csv")
        await typed(session, str(path))
        await session.until(path.exists, "exported")
        assert path.read_text().splitlines()[0] == "series,folder,season,episodes,missing,double"
