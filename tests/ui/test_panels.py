from __future__ import annotations

from pathlib import Path

from textual.widgets import TextArea

from tests.ui.conftest import Open, Session
from vhtui.models import JobGroup, RemoteUpload
from vhtui.sandbox import RunningSandbox
from vhtui.ui.keymap import Place
from vhtui.ui.screens.account_fields import KeyInput
from vhtui.ui.screens.paste import PasteUrls
from vhtui.ui.screens.welcome import NewAccount, StartDemo, WelcomeApp


async def test_remote_urls_are_added_with_their_price(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.press("a", "r")
        await session.until(lambda: isinstance(session.app.screen, PasteUrls), "dialog")
        area = session.app.screen.query_one(TextArea)
        area.text = "https://example.org/one.mp4\nhttps://example.org/one.mp4\nnope\n"
        await session.sees("1 URL", "request", "1 twice", "twice", "1 line no URL")
        await session.press("ctrl+o", "3")
        await session.until(lambda: session.main.panel.place is Place.REMOTE)
        await session.sees("example.org/one.mp4")


def urls_of(session: Session) -> list[str]:
    return [upload.url for upload in session.engine.store.remote_uploads("voe")]


async def test_a_file_of_urls_is_read_and_what_the_host_knows_is_marked(
    vhtui: Open, tmp_path: Path
) -> None:
    urls = tmp_path / "urls.txt"
    known, other = "https://example.org/known.mp4", "https://example.org/other.mp4"
    urls.write_text(f"# mine\n\n{known}\n{other}\n")
    async with vhtui() as session:
        await session.engine.add_remote("voe", [known], None)
        await session.press("3")
        await session.sees("known.mp4")
        await session.press("a", "r")
        await session.until(lambda: isinstance(session.app.screen, PasteUrls), "dialog")
        await session.press("ctrl+r", *str(tmp_path / "none.txt"), "enter")
        await session.sees("does not exist")
        await session.press("ctrl+u", *str(tmp_path / "url"), "right", "enter")
        await session.sees("1 URL ·", "1 in the queue", "also what the host knows")
        session.app.screen.query_one("#known").focus()
        await session.press("space")
        await session.sees("2 URLs")
        await session.press("space", "ctrl+o")
        await session.until(lambda: other in urls_of(session), "queued")
        assert urls_of(session).count(known) == 1


async def test_what_failed_is_restarted_and_deleted_by_the_hosts_note(
    vhtui: Open, sandbox: RunningSandbox
) -> None:
    async with vhtui() as session:
        urls = [f"https://example.org/404-{number}.mp4" for number in range(12)]
        await session.engine.add_remote("voe", urls, None)
        await session.press("3")

        def queue() -> list[RemoteUpload]:
            return [u for u in session.engine.store.remote_uploads("voe") if u.url in urls]

        def states() -> set[str]:
            return {upload.state.value for upload in queue()}

        async def all_fail() -> None:
            await session.until(lambda: states() <= {"waiting", "running", "failed"}, "added")
            sandbox.control.advance(100_000)
            await session.engine.refresh_remote("voe")
            await session.until(lambda: states() == {"failed"}, "failed")

        await all_fail()
        await session.press("F")  # the largest group comes first
        await session.sees("× HTTP 404 Not Found")
        await session.press("enter")
        await session.sees("delete them from the queue", "show them in the list")
        await session.press("enter")
        await session.until(lambda: states() <= {"waiting", "running"}, "restarted")
        await all_fail()
        await session.press("R")
        await session.sees("failed uploads of voe?", "requests")
        await session.press("escape", "F", "enter", "j", "enter")
        await session.sees("cannot be brought back")
        await session.press("right", "enter")
        await session.until(lambda: not queue(), "deleted")


async def test_what_waits_for_the_host_is_dropped_from_the_queue(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.engine.set_remote_active("voe", 1)  # there are more already
        url = "https://example.org/waits.mp4"
        await session.engine.add_remote("voe", [url], None)
        await session.press("3")
        await session.sees("waits.mp4")
        await session.press("g", "g", "x")
        await session.sees("Delete 1 of the queue")
        await session.press("right", "enter")
        await session.until(lambda: url not in urls_of(session), "dropped")


async def test_how_many_the_host_gets_at_once_is_changed_while_it_runs(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.press("3", "o", "a", *"many", "enter")
        await session.sees("a number up to 200")
        await session.press("ctrl+u", "4", "enter")
        await session.sees("voe gets 4 remote uploads at once", "· 4 at once")
        assert session.engine.remote_active("voe") == 4
        assert session.engine.remote_active("illvid") == 0


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
