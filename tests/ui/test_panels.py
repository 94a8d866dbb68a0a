from __future__ import annotations

from textual.widgets import TextArea

from tests.ui.conftest import Open
from vhtui.models import JobGroup
from vhtui.ui.keymap import Place
from vhtui.ui.screens.paste import PasteUrls
from vhtui.ui.screens.welcome import KeyInput, NewAccount, StartDemo, WelcomeApp


async def test_remote_urls_are_added_with_their_price(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.press("a", "r")
        await session.until(lambda: isinstance(session.app.screen, PasteUrls), "dialog")
        area = session.app.screen.query_one(TextArea)
        area.text = "https://example.org/one.mp4\nhttps://example.org/one.mp4\nnope\n"
        await session.sees("1 URL", "request", "1 twice", "line 3")
        await session.press("ctrl+o", "3")
        await session.until(lambda: session.main.panel.place is Place.REMOTE)
        await session.sees("example.org/one.mp4")


async def test_jobs_open_into_their_group_and_back(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        await session.engine.rename("voe", [(file.id, "Another title.mp4")])
        await session.press("w")
        await session.sees("Rename")
        await session.press("enter")
        await session.sees("Jobs: ")
        await session.press("h")
        await session.until(lambda: isinstance(session.main.panel.table.cursor_row, JobGroup))


async def test_panels_filter_by_words(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.press("9")
        await session.until(lambda: session.main.panel.place is Place.LOG)
        await session.press("f", *"zzzz", "enter")
        await session.sees("Nothing matches")
        await session.press("escape")
        await session.until(lambda: session.main.panel.filter_text == "")


async def test_accounts_remember_where_one_was(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.to_file(2)
        spot, cursor = session.main.files.spot, session.main.files.table.cursor_key
        await session.press("right_square_bracket")
        await session.until(lambda: session.main.account == "illvid")
        await session.press("left_square_bracket")
        await session.until(lambda: session.main.files.table.cursor_key == cursor, "back")
        assert session.main.files.spot.folder == spot.folder


async def test_welcome_takes_an_account_and_never_copies_its_key() -> None:
    app = WelcomeApp([("voe", "VOE"), ("illvid", "illvid")], lambda account: None)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", "j", "down", "enter")
        await pilot.pause()
        assert isinstance(app.focused, KeyInput)
        await pilot.press(*"secret")
        app.focused.selection = app.focused.selection.cursor(0)
        app.focused.select_all()
        await pilot.press("ctrl+c", "ctrl+x")
        assert app.clipboard == ""
        await pilot.press("enter")
    assert isinstance(app.return_value, NewAccount)
    assert (app.return_value.name, app.return_value.provider) == ("main", "illvid")
    assert app.return_value.key.reveal() == "secret"


async def test_welcome_starts_the_demo() -> None:
    app = WelcomeApp([("voe", "VOE")], lambda account: None)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#demo")
    assert app.return_value == StartDemo()
