"""The view of titles across accounts, over the real engine and the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.ui.conftest import Session, engine_on
from vhtui.clipboard import Clipboard
from vhtui.core.engine import Engine
from vhtui.sandbox import RunningSandbox
from vhtui.ui.app import VhtuiApp
from vhtui.ui.keymap import Place
from vhtui.ui.screens.fill_holes import FillHoles
from vhtui.ui.screens.titles import TitlesPanel

NAMES = {"first": "voe", "second": "voe", "ill": "illvid"}


@pytest.fixture
def access(sandbox: RunningSandbox) -> dict[str, dict[str, str]]:
    return {name: sandbox.control.add_account(host) for name, host in NAMES.items()}


@pytest.fixture
def engine(access: dict[str, dict[str, str]], tmp_path: Path) -> Engine:
    return engine_on(access, NAMES, tmp_path)


@pytest.fixture
async def shop(
    sandbox: RunningSandbox,
    access: dict[str, dict[str, str]],
    engine: Engine,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Session]:
    """The app on three accounts: "Both" is on two, "Here 1" and "Here 2" on the first only."""
    which = {"provider": "voe", "account": access["first"]["account"]}
    other = {"provider": "voe", "account": access["second"]["account"]}
    control = sandbox.control
    folder = control.change_folder(action="add", name="Films", parent=0, **which)
    for title, place in (("Both.mkv", 0), ("Here 1.mkv", 0), ("Here 2.mkv", folder)):
        control.change_files(
            {"action": "add", "title": title, "folder": place, "size": 1000} | which
        )
    control.change_files({"action": "add", "title": "both", "folder": 0, "size": 1000} | other)
    await engine.open()
    copied = tmp_path / "copied.txt"
    app = VhtuiApp(
        engine,
        engine.settings,
        lambda write: Clipboard({}, copied, setting="file", write_terminal=write),
        tmp_path,
    )
    async with app.run_test(size=getattr(request, "param", (100, 30))) as pilot:

        async def pause() -> None:
            await pilot.pause(0.02)

        session = Session(app, engine, copied, pilot.press, pause)
        await session.until(lambda: app.main is not None and app.main.is_mounted, "mounted")
        for name in ("first", "second"):
            await engine.sync(name)
        await session.until(
            lambda: all(engine.store.account(name).synced for name in ("first", "second")), "synced"
        )
        yield session
    engine.close()


def panel(shop: Session) -> TitlesPanel:
    found = shop.main.panels[Place.HOLES]
    assert isinstance(found, TitlesPanel)
    return found


def shown(shop: Session) -> dict[str, list[str]]:
    table = panel(shop).table
    rows = table.source.window(0, table.row_count)
    return {row.title: [cell.state.word for cell in row.cells] for row in rows}


async def has(shop: Session, *titles: str) -> None:
    await shop.until(lambda: sorted(shown(shop)) == sorted(titles), f"titles {titles}")


async def typed(shop: Session, text: str) -> None:
    await shop.until(lambda: isinstance(shop.app.focused, Input), "an input")
    field = shop.app.focused
    assert isinstance(field, Input)
    field.value = text
    await shop.press("enter")


async def test_titles_of_the_account_with_a_word_for_each_account(shop: Session) -> None:
    await shop.press("g", "x")
    await has(shop, "Both.mkv", "Here 1.mkv", "Here 2.mkv")
    assert shown(shop)["Both.mkv"] == ["there", "there", "missing"]
    assert shown(shop)["Here 1.mkv"] == ["there", "missing", "missing"]
    await shop.sees("3 titles (with holes)", "5 holes", "first", "second", "ill")


async def test_of_a_folder_and_further_and_with_a_filter(shop: Session) -> None:
    films = next(row for row in shop.engine.store.all_folders("first") if row.title == "Films")
    shop.main.files.go("first", films.id)
    await shop.press("g", "x")
    await has(shop, "Here 2.mkv")
    await shop.press("t")
    await has(shop, "Both.mkv", "Here 1.mkv", "Here 2.mkv")
    await shop.press("f")
    await typed(shop, "here -2")
    await has(shop, "Here 1.mkv")
    await shop.press("escape")
    await has(shop, "Both.mkv", "Here 1.mkv", "Here 2.mkv")


async def test_they_are_sorted_shown_and_exported(shop: Session, tmp_path: Path) -> None:
    await shop.press("g", "x")
    await has(shop, "Both.mkv", "Here 1.mkv", "Here 2.mkv")
    await shop.press(",", "N")
    await shop.until(lambda: next(iter(shown(shop)), "") == "Here 2.mkv", "reversed")
    await shop.press("g", "g", "space", "E")
    await typed(shop, str(tmp_path / "titles.csv"))
    await shop.sees("Wrote 1 title")
    assert (tmp_path / "titles.csv").read_text().splitlines() == [
        "title,size,length,takedown,first,second,ill",
        "Here 2.mkv,1000,60,,there,missing,missing",
    ]
    await shop.press("g", "g", "enter")
    await shop.until(lambda: shop.main.panel.place is Place.FILES, "files")
    assert shop.main.files.spot.folder != "0"


async def test_holes_are_filled_in_a_way_that_can_be_changed(shop: Session) -> None:
    await shop.press("g", "x")
    await has(shop, "Both.mkv", "Here 1.mkv", "Here 2.mkv")
    await shop.press("F")
    await shop.until(lambda: isinstance(shop.app.screen, FillHoles), "the ways")
    await shop.sees("Fill 2 holes; 3 left as they are", "clone", "leave", "requests")
    await shop.press("space")
    await shop.sees("Fill 1 hole; 4 left as they are")
    await shop.press("c")
    await shop.sees("Fill 2 holes")
    await shop.press("enter")
    await shop.until(
        lambda: (
            {title: cells[1] for title, cells in shown(shop).items()}
            == {"Both.mkv": "there", "Here 1.mkv": "there", "Here 2.mkv": "there"}
        ),
        "filled",
    )
    assert shop.engine.store.find_folder("second", "/Films") is not None


async def test_leaving_the_ways_fills_nothing(shop: Session) -> None:
    await shop.press("g", "x")
    await has(shop, "Both.mkv", "Here 1.mkv", "Here 2.mkv")
    await shop.press("F")
    await shop.until(lambda: isinstance(shop.app.screen, FillHoles), "the ways")
    await shop.press("escape")
    await shop.until(lambda: shop.app.screen is shop.main, "back")
    assert shop.engine.journal.groups() == []


@pytest.mark.parametrize("shop", [(80, 24), (200, 50)], indirect=True)
async def test_it_fits(shop: Session) -> None:
    await shop.press("g", "x")
    await shop.sees("Here 1.mkv", "missing")
    await shop.press("F")
    await shop.sees("clone", "Fill (Enter)", "Cancel (Esc)")
