"""The panels about whole accounts, over the real engine and the sandbox."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from tests.ui.conftest import Open, Session
from vhtui.accounts_file import ConfiguredAccounts, order_accounts, set_read_only
from vhtui.clipboard import Clipboard
from vhtui.config import AccountConfig, Paths, Settings, Tuning, load_settings
from vhtui.core.desk.linkreport import CheckedLink, Verdict
from vhtui.core.desk.takedowns import TakedownRow
from vhtui.core.engine import Engine
from vhtui.core.ledger import add_to_ledger
from vhtui.credentials import add_account, remove_account
from vhtui.models import File
from vhtui.providers import by_name, connect
from vhtui.providers.base import Provider
from vhtui.sandbox import RunningSandbox
from vhtui.text import Secret
from vhtui.ui.account_book import AccountBook
from vhtui.ui.app import VhtuiApp
from vhtui.ui.keymap import Place
from vhtui.ui.keys import build
from vhtui.ui.screens.account_fields import KeyInput
from vhtui.ui.screens.account_form import AccountForm
from vhtui.ui.screens.dialogs import Choice, Confirm
from vhtui.ui.screens.paste_text import PasteText
from vhtui.ui.screens.picker import Picker
from vhtui.ui.screens.premium import OrderForm

# -- another engine: two accounts at VOE, and premium keys ----------------------------------------


NAMES = {"first": "voe", "second": "voe", "ill": "illvid"}


@pytest.fixture
def access(sandbox: RunningSandbox) -> dict[str, dict[str, str]]:
    """How the sandbox's new accounts are reached."""
    hosts = {**NAMES, "third": "voe"}
    return {name: sandbox.control.add_account(host, files=8) for name, host in hosts.items()}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config" / "config.toml"


@pytest.fixture
async def shop(access: dict[str, dict[str, str]], tmp_path: Path) -> AsyncIterator[Session]:
    """The app with two accounts at VOE and one at illvid, keys for sale, and a book."""

    def make(config: AccountConfig) -> Provider:
        async def key() -> Secret:
            return Secret(access[config.name]["key"])

        return connect(
            config.provider,
            key=key,
            base_url=access[config.name]["base_url"],
            requests_per_second=1000,
            deadline=5,
        )

    paths = Paths(tmp_path / "config", tmp_path, tmp_path)
    for name, host in NAMES.items():
        account = AccountConfig(name, host, access[name]["base_url"], requests_per_second=1000)
        add_account(paths, account, Secret(access[name]["key"]))
    settings = Settings(
        accounts=load_settings(paths).accounts,
        clipboard="file",
        premium=True,
        tuning=Tuning(settle=0.05, announce_interval=0.02),
    )
    hosts = {name: by_name(name) for name in ("voe", "illvid")}
    configured = ConfiguredAccounts(paths).changed
    engine = Engine(settings, tmp_path, connect=make, hosts=hosts, configured=configured)
    await engine.open()
    book = AccountBook(
        lambda: [("voe", "VOE"), ("illvid", "illvid")],
        lambda account: "a command",
        partial(add_account, paths),
        partial(set_read_only, paths),
        partial(order_accounts, paths),
        partial(remove_account, paths),
    )
    copied = tmp_path / "copied.txt"
    app = VhtuiApp(
        engine,
        settings,
        lambda write: Clipboard({}, copied, setting="file", write_terminal=write),
        tmp_path,
        book,
    )
    async with app.run_test(size=(120, 50)) as pilot:

        async def pause() -> None:
            await pilot.pause(0.02)

        session = Session(app, engine, copied, pilot.press, pause)
        await session.until(lambda: app.main is not None and app.main.is_mounted, "mounted")
        yield session
    engine.close()


async def paste(session: Session, text: str) -> None:
    await session.until(lambda: isinstance(session.app.screen, PasteText), "dialog")
    session.app.screen.query_one(TextArea).text = text
    await session.pause()
    await session.press("ctrl+o")


async def answer(session: Session, text: str) -> None:
    await session.until(lambda: session.main.prompt.is_open, "prompt")
    session.main.prompt.query_one(Input).value = text
    await session.press("enter")


def code_of(session: Session) -> str:
    row = session.main.panel.table.cursor_row
    assert row is not None
    return str(row.code)


def cursor_link(session: Session) -> CheckedLink:
    row = session.main.panel.table.cursor_row
    assert isinstance(row, CheckedLink)
    return row


# -- figures --------------------------------------------------------------------------------------


async def test_stats_show_figures_a_chart_and_the_days(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.press("5")
        await session.sees("32 days", "balance", "premium never", "Views: ", "█")
        shown = session.screen_text()
        assert "0000-00-00" not in shown
        days = session.engine.stats("voe").days
        assert days[-1].date in shown and f"{days[-1].views:,}".replace(",", " ") in shown
        await session.press("m", "m", "M")
        await session.sees("Stats: paid views", "Paid views: ")
        await session.press("o")
        await session.sees("only voe has statistics")
        await session.press("right_square_bracket")
        await session.sees("no call to give statistics")


async def test_stats_are_exported_with_the_keys_of_a_burst(vhtui: Open, tmp_path: Path) -> None:
    async with vhtui() as session:
        await session.press("5")
        await session.sees("32 days")
        await session.press("space", "space", "E")
        await answer(session, "/proc/none.csv")
        await session.sees("cannot be written")
        await session.press("E", "enter")
        await session.sees("Wrote 2 days of statistics to ")
        [file] = tmp_path.glob("vhtui-stats-*.csv")
        heads, *rows = file.read_text().splitlines()
        assert heads.startswith("date,account,views,") and len(rows) == 2
        assert rows[0].split(",")[1] == "voe"


async def test_stats_are_copied_as_csv(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.press("5")
        await session.sees("32 days")
        await session.press("space", "y")
        await session.until(lambda: session.copied.exists(), "copied")
        heads, row = session.copied.read_text().split("\n")
        assert heads.startswith("date,account,views") and row.split(",")[1] == "voe"


async def test_queues_are_exported_by_their_fields(vhtui: Open, tmp_path: Path) -> None:
    async with vhtui() as session:
        wish = await session.engine.refresh_encodings("voe")
        await session.until(
            lambda: (found := session.engine.request(wish)) and found.state == "done", "asked"
        )
        await session.press("4")
        await session.until(lambda: session.main.panel.table.row_count, "encodings")
        await session.press("E", "enter")
        await session.sees("Wrote ")
        [file] = tmp_path.glob("vhtui-encodings-*.csv")
        heads, *rows = file.read_text().splitlines()
        assert heads.startswith("code,title,state,quality") and rows
        assert len(rows) == len(session.engine.store.encodings("voe"))


async def test_stats_side_by_side_and_summed(shop: Session) -> None:
    await shop.press("5")
    await shop.sees("32 days", "first: ")
    await shop.press("o")
    await shop.sees("2 accounts side by side", "second: ", "Sum")
    both = shop.engine.all_stats()
    await shop.until(lambda: len(shop.engine.stats("second").days) == 32, "second")
    await shop.press("o")
    views = sum(shop.engine.stats(name).total.views for name in ("first", "second"))
    await shop.sees("2 accounts summed", f"{views:,}".replace(",", " "))
    assert len(both) == 3
    await shop.press("o")
    await shop.until(lambda: "summed" not in shop.screen_text())


# -- takedowns and deletions ----------------------------------------------------------------------


async def test_takedowns_labels_export_and_no_clone(vhtui: Open, tmp_path: Path) -> None:
    async with vhtui() as session:
        await session.press("6")
        await session.sees("pending", "at stake")
        rows = session.engine.takedowns("voe")
        assert code_of(session) == rows[0].code
        await session.press("t", *"mine", "enter")
        await session.until(lambda: session.engine.takedowns("voe")[0].label == "mine", "label")
        await session.sees("mine")
        await session.press("c", "c")
        await session.until(lambda: session.copied.exists(), "copied")
        assert session.copied.read_text() == rows[0].code
        await session.press("a", "c")
        await session.until(lambda: isinstance(session.app.screen, Choice), "refusal")
        await session.sees("does not help to get round a")
        await session.press("escape", "E", *["backspace"] * 3, *"txt", "enter")
        await session.until(lambda: list(tmp_path.glob("vhtui-takedowns-*.txt")), "export")
        [file] = tmp_path.glob("vhtui-takedowns-*.txt")
        await session.until(lambda: "label: mine" in file.read_text(), "written")
        assert f"code: {rows[0].code}" in file.read_text()


async def test_takedowns_say_why_in_the_details_and_filter(vhtui: Open) -> None:
    async with vhtui(120, 40) as session:
        await session.press("6")
        await session.sees("pending", "vhtui does not help to get")
        await session.press("f", *"withdrawn", "enter")
        await session.sees("Nothing matches")
        await session.press("escape", "f", *"pending", "enter")
        await session.until(lambda: session.main.panel.table.row_count > 0, "filtered")
        table = session.main.panel.table
        assert all(row.pending for row in table.source.window(0, table.row_count))
        assert isinstance(table.cursor_row, TakedownRow)
        await session.press("right_square_bracket")
        await session.until(lambda: session.main.account == "illvid", "illvid")
        await session.sees("illvid", "filter: pending")
        await session.press("7")
        await session.until(lambda: session.main.panel.place is Place.DELETED, "deleted")
        await session.press("f", *"word", "enter")
        await session.sees("filter: word", "illvid has no call to list deleted files")


async def test_deleted_files_with_what_is_known(
    vhtui: Open, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    async with vhtui(120, 40) as session:
        file = await session.to_file()
        sandbox.control.change_files({"action": "delete", "code": file.code})
        await session.press("ctrl+r")
        await session.until(
            lambda: session.engine.store.file_by_code("voe", file.code) is None, "gone"
        )
        await session.press("7")
        await session.until(lambda: session.main.panel.table.row_count > 0, "rows")
        await session.until(
            lambda: any(row.code == file.code and row.by_host
                        for row in session.engine.deleted("voe")),
            "on the host's list",
        )  # fmt: skip
        session.main.panel.table.go_to(file.code)
        await session.sees("on the host's list", "Embed", "asked just now")
        await session.press("y")
        await session.until(lambda: session.copied.exists(), "copied")
        assert file.code in session.copied.read_text()
        await session.press("E", "enter")
        await session.sees("Wrote ")
        [table] = tmp_path.glob("vhtui-deleted-*.csv")
        assert file.code in table.read_text()
        await session.press("right_square_bracket")
        await session.sees("no call to list deleted files")


# -- links ----------------------------------------------------------------------------------------


async def test_links_are_checked_pasted_and_from_files(vhtui: Open, tmp_path: Path) -> None:
    async with vhtui(120, 40) as session:
        file = await session.to_file()
        await session.press("8")
        await session.sees("No links checked yet")
        await session.press("p")
        await paste(session, f"https://voe.sx/e/{file.code}\nhttps://voe.sx/e/zzzzzzzzzzzz\n")
        await session.sees("1 alive", "1 not ours", "pasted links")
        assert cursor_link(session).verdict is Verdict.NOT_OURS
        dump = tmp_path / "a dump"
        dump.mkdir()
        (dump / "page.html").write_text(f"<p>\n<a href='https://voe.sx/{file.code}'>a</a>\n")
        await session.press("o")
        await answer(session, str(tmp_path / "none"))
        await session.sees("there is no ")
        await answer(session, str(dump))
        await session.sees("a dump", "page.html", "alive")
        assert cursor_link(session).line == 2
        await session.press("E", "enter")
        await session.sees("Wrote 1 link to ")
        [table] = tmp_path.glob("vhtui-links-*.csv")
        assert f"page.html,2,voe.sx/{file.code}" in table.read_text()
        await session.press("H")
        await session.sees("pasted links")
        await session.press("H")
        await session.sees("there is no older check")
        await session.press("L", "R")
        await session.sees("a dump", "Asking the hosts again")
        await session.press("enter")
        await session.until(lambda: session.main.panel.place is Place.FILES, "the file")
        await session.until(lambda: code_of(session) == file.code, "cursor")
        await session.press("8")
        await session.sees("a dump")


async def test_clones_are_planned_priced_and_refused_one_by_one(vhtui: Open) -> None:
    async with vhtui() as session:
        file = await session.to_file()
        await session.press("a", "c")
        await paste(
            session, f"https://voe.sx/e/{file.code}\nnope!\nhttps://illvid.com/{'x' * 12}.html"
        )
        await session.until(lambda: isinstance(session.app.screen, Picker), "folders")
        await session.press("enter")
        await session.until(lambda: isinstance(session.app.screen, Confirm), "price")
        await session.sees("Clone 1 file to", "request", "nope!: this is no link or code")
        await session.press("enter")
        await session.until(lambda: session.engine.journal.groups(), "ordered")
        assert session.engine.journal.groups()[0].title.startswith("Clone ")
        await session.press("right_square_bracket")
        await session.until(lambda: session.main.account == "illvid", "illvid")
        await session.press("a", "c")
        await session.sees("illvid has no call to clone a file")


async def test_a_long_paste_is_taken_when_it_is_read(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.press("8", "p")
        await paste(session, "\n".join(f"https://voe.sx/abcdefgh{n:04}" for n in range(2_000)))
        await session.until(lambda: session.engine.checks(), "begun")
        await session.until(lambda: session.engine.checks()[0].links == 2_000, "all of it")


async def test_names_that_cannot_be_are_refused(vhtui: Open) -> None:
    async with vhtui() as session:
        await session.press("8", "o")
        for words in ("x" * 5_000, "~nobody-of-this-name/x", "a\0b", "'"):
            await answer(session, words)
            await session.sees("there is no")
        await session.press("escape", "5")
        await session.sees("32 days")
        await session.press("E")
        await answer(session, "x" * 5_000)
        await session.sees("File name too long")


async def test_renewing_warns_and_wants_the_number_typed(
    shop: Session, sandbox: RunningSandbox, access: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    rows = sandbox.control.files(provider="illvid", account=access["ill"]["account"])
    files = [File(code=row["code"], title=row["title"]) for row in rows[:2]]
    await add_to_ledger(shop.engine.store, "ill", files)
    await shop.press("left_square_bracket")
    await shop.until(lambda: shop.main.account == "ill", "ill")
    await shop.press("g", "n", "enter")
    await shop.sees("2 files of unknown age")
    await shop.until(lambda: shop.main.files.table.row_count == 2, "listed")
    await shop.press("ctrl+a", "g", "n")
    await shop.until(lambda: isinstance(shop.app.screen, Confirm), "question")
    await shop.sees("Renew 2 files of ill?", "will get a new code", "2 requests", "age unknown")
    await shop.press("2", "enter", "enter")
    await shop.until(lambda: len(shop.engine.renewed("ill")) == 2, "renewed")
    await shop.sees("Renewed. ")
    renewed = {each.old: each.new for each in shop.engine.renewed("ill")}
    links = shop.copied.read_text().split("\n")
    assert set(links) == {f"https://illvid.com/embed-{new}.html" for new in renewed.values()}
    [kept] = tmp_path.glob("vhtui-renewed-*.csv")
    pairs = [tuple(line.split(",")[1:3]) for line in kept.read_text().splitlines()[1:]]
    assert sorted(pairs) == sorted(renewed.items())


# -- accounts -------------------------------------------------------------------------------------


async def test_accounts_say_what_their_hosts_can_do(shop: Session) -> None:
    await shop.press("g", "a")
    await shop.sees("Key from", "a command", "Cannot", "renew a file", "never")
    await shop.press("t")
    await shop.sees("Asking the host of first")
    await shop.press("j", "enter")
    await shop.until(lambda: shop.main.account == "second", "switched")
    assert shop.main.panel.place is Place.FILES


async def test_an_account_is_added_and_used_at_once(shop: Session) -> None:
    await shop.press("g", "a", "a", "a")
    await shop.until(lambda: isinstance(shop.app.screen, AccountForm), "form")
    await shop.press(*"first", "enter", "enter", "enter")
    await shop.sees("the key is missing")
    await shop.press(*"k3y", "enter")
    await shop.sees("there is an account first already")
    assert isinstance(shop.app.focused, KeyInput)
    shop.app.screen.query_one("#name", Input).value = "third"
    await shop.press("enter")
    await shop.sees("Added third", "4 accounts")
    assert "k3y" not in shop.screen_text()
    await shop.until(lambda: shop.engine.store.account("third").state != "new", "asked")
    await shop.press("enter")
    await shop.until(lambda: shop.main.account == "third", "shown")


async def test_accounts_are_moved_made_read_only_and_taken_out(shop: Session, config: Path) -> None:
    config.write_text("# the first of all\n" + config.read_text())
    await shop.press("g", "a", "K")
    await shop.sees("first is the first already")
    await shop.press("J")
    await shop.until(lambda: shop.engine.accounts == ("second", "first", "ill"), "moved")
    await shop.sees("first is number 2 now")
    await shop.press("r")
    await shop.sees("first is read-only")
    assert "# the first of all\n[accounts.first]" in config.read_text()
    await shop.press("l", "a", "f")
    await shop.sees("first is read-only in config.toml")
    await shop.press("g", "a", "r")
    await shop.sees("can be changed again")
    await shop.press("D")
    await shop.until(lambda: isinstance(shop.app.screen, Confirm), "question")
    await shop.press("right", "enter")
    await shop.until(lambda: shop.engine.accounts == ("second", "ill"), "removed")
    await shop.until(lambda: shop.main.account == "second", "another account is shown")
    assert "first" not in config.read_text()


async def test_accounts_written_by_hand_are_used(shop: Session, config: Path) -> None:
    config.write_text(config.read_text().replace("[accounts.ill]", "[accounts.other]"))
    await shop.until(lambda: "other" in shop.engine.accounts, "followed")
    await shop.press("g", "a")
    await shop.sees("other")


async def test_premium_keys_need_a_typed_confirmation(shop: Session) -> None:
    await shop.press("g", "a", "a", "k")
    await shop.until(lambda: isinstance(shop.app.screen, OrderForm), "form")
    await shop.press("backspace", *"0", "enter", "enter")
    await shop.sees("1 to 100 keys")
    shop.app.screen.query_one("#amount", Input).value = "2"
    await shop.press("enter")
    await shop.until(lambda: isinstance(shop.app.screen, Confirm), "confirmation")
    await shop.sees("2 premium keys of 30 days", "cannot be undone", "Type 2 to go on")
    await shop.press("enter")
    await shop.until(lambda: not shop.app.screen.is_modal, "cancelled")
    assert shop.engine.premium_orders("first") == []
    await shop.press("a", "k", "enter", "enter")
    await shop.until(lambda: isinstance(shop.app.screen, Confirm), "confirmation")
    await shop.press("1", "enter", "enter")
    await shop.until(lambda: shop.engine.premium_orders("first"), "ordered")
    await shop.until(lambda: not shop.engine.premium_orders("first")[0].is_open, "carried out")
    await shop.sees("Order 1")


def test_premium_has_no_key_and_no_palette_entry_unless_switched_on() -> None:
    assert "premium.buy" not in build("vhtui", {"premium.buy": "f9"}).by_id
    assert re.fullmatch("f9", build("vhtui", {"premium.buy": "f9"}, premium=True)
                        .by_id["premium.buy"].keys[0])  # fmt: skip


async def test_the_title_names_the_embed_domain(vhtui: Open) -> None:
    async with vhtui(100, 24) as session:
        await session.engine.refresh_domain("voe")
        await session.until(lambda: session.engine.domain("voe"), "domain")
        domain = session.engine.domain("voe")
        assert domain is not None
        if domain.domain:
            await session.sees(f"embeds at {domain.domain}")
