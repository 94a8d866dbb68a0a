from __future__ import annotations

import sqlite3
import time

from msgspec.structs import replace

from tests.core.desk.conftest import Desk
from vhtui.core.desk import stats, takedowns
from vhtui.core.desk.takedowns import TakedownRow, case_csv, case_text
from vhtui.core.ledger import add_to_ledger
from vhtui.core.requests import RequestKind
from vhtui.models import AccountInfo, Capability, DayStats, File


async def test_days_are_kept_beyond_those_the_host_has(desk: Desk) -> None:
    engine = desk.engine
    assert await desk.answer(await engine.refresh_stats("voe")) == ""
    first = engine.stats("voe")
    assert len(first.days) == 32 and first.days[-1].views > 0
    assert [day.date for day in first.days] == sorted(day.date for day in first.days)
    assert first.looked and time.time() - first.looked < 60
    desk.control.advance(3 * 86_400)
    assert await desk.answer(await engine.refresh_stats("voe")) == ""
    assert len(engine.stats("voe").days) == 35
    assert engine.stats("voe", 5).days == engine.stats("voe").days[-5:]


async def test_stats_of_a_host_without_them_say_why(desk: Desk) -> None:
    assert "illvid has no call" in (desk.engine.stats("illvid").refusal or "")
    assert [each.account for each in desk.engine.all_stats()] == ["voe", "illvid"]


async def test_dates_of_the_account_are_never_zero(desk: Desk) -> None:
    assert await desk.answer(await desk.engine.refresh_account("voe")) == ""
    info = desk.engine.stats("voe").info
    assert info is not None and info.premium_until is None and info.partner_until is not None


def test_accounts_are_summed_exactly() -> None:
    one = stats.AccountStats(
        account="a",
        info=AccountInfo(balance="0.10000", storage_used=5, storage_left=-3),
        days=(DayStats(date="2026-01-01", views=1, profit="0.1"), DayStats(date="2026-01-02")),
        looked=50,
    )
    two = replace(
        one, account="b", days=(DayStats(date="2026-01-01", views=2, profit="0.2"),), looked=40
    )
    both = stats.summed([one, two])
    assert both.days[0] == DayStats(date="2026-01-01", views=3, profit="0.3")
    assert len(both.days) == 2 and both.looked == 40
    assert both.info == AccountInfo(balance="0.20000", storage_used=10, storage_left=-6)
    assert both.total.views == 3 and stats.summed([]).days == ()


async def test_takedowns_are_joined_with_the_library(desk: Desk) -> None:
    await desk.sync()
    engine = desk.engine
    assert await desk.answer(await engine.refresh_takedowns("voe")) == ""
    rows = engine.takedowns("voe")
    [pending] = engine.takedowns("voe", pending_only=True)
    assert rows[0] == pending and len(rows) > 1
    file = engine.store.file_by_code("voe", pending.code)
    assert file is not None and file.state == "takedown"
    assert (pending.views, pending.revenue, pending.size) == (file.views, file.revenue, file.size)
    assert pending.folder == engine.store.folder_path("voe", file.folder)
    left = pending.seconds_left(time.time())
    # A notice runs for seven days; another test moved the host's clock on by three.
    assert left is not None and 0 < left <= 10 * 86_400
    assert all(row.state == "taken down" for row in rows[1:])
    await engine.label_takedowns("voe", [pending.code], " disputed ")
    assert await desk.answer(await engine.refresh_takedowns("voe")) == ""
    assert engine.takedowns("voe")[0].label == "disputed"
    assert await desk.answer(await engine.sync("voe")) == ""
    file = engine.store.file_by_code("voe", pending.code)
    assert file is not None and file.state == "takedown"


async def test_a_second_look_asks_for_what_is_new_only(desk: Desk) -> None:
    engine = desk.engine
    await desk.answer(await engine.refresh_deleted("voe"))
    asked = desk.requests("files/deleted")
    desk.control.change_files({"action": "delete", "code": desk.codes()[0]})
    await desk.answer(await engine.refresh_deleted("voe"))
    assert desk.requests("files/deleted") <= asked + 2
    assert len(engine.deleted("voe")) == 61


async def test_what_is_withdrawn_is_no_longer_pending(desk: Desk) -> None:
    engine = desk.engine
    add = {"account": 1, "code": "withdrawn123", "title": "x", "expires": int(time.time()) + 9999}
    await engine.write(
        lambda tx: (
            tx.sql.execute(
                "INSERT INTO takedown (account, code, title, expires)"
                " VALUES (:account, :code, :title, :expires)",
                add,
            ).rowcount
        )
    )
    assert await desk.answer(await engine.refresh_takedowns("voe")) == ""
    [row] = [row for row in engine.takedowns("voe") if row.code == "withdrawn123"]
    assert row.state == "withdrawn" and not row.pending
    assert takedowns.listed(engine.store, ["voe"], "withdrawn123") is None


async def test_takedowns_of_illvid(desk: Desk) -> None:
    engine = desk.engine
    await add_to_ledger(
        engine.store, "illvid", [File(code=code, title="t") for code in desk.codes("illvid")]
    )
    assert await desk.answer(await engine.refresh_takedowns("illvid")) == ""
    [pending] = engine.takedowns("illvid", pending_only=True)
    assert pending.title == "t"
    assert engine.cannot("illvid", Capability.LIST_DELETED) == (
        "illvid has no call to list deleted files"
    )


def test_a_case_is_exported_safely() -> None:
    row = TakedownRow(
        account="main", code="abc", title="=HYPERLINK()\x1b[31m\nx", created=0, expires=86_400,
        pending=True, withdrawn=False, views=3, revenue="1.5",
    )  # fmt: skip
    text = case_text([row, row])
    assert "\x1b" not in text and "title: =HYPERLINK()" in text and "\n\n" in text
    head, line = case_csv([row]).split("\n")
    assert head.startswith("account,code,title,state") and "'=HYPERLINK" in line
    assert case_csv([]) == "" and case_text([]) == ""


async def test_a_deleted_file_keeps_what_was_known(desk: Desk) -> None:
    await desk.sync()
    engine = desk.engine
    code = desk.codes()[0]
    file = engine.store.file_by_code("voe", code)
    assert file is not None
    path = engine.store.folder_path("voe", file.folder)
    await engine.write(
        lambda tx: (
            tx.sql.execute(
                "INSERT INTO uploaded (account, path, size, mtime, digest, code, title, at)"
                " VALUES (1, ?, 1, 1, x'00', ?, 't', 1)",
                (b"/films/caf\xe9.mp4", code),
            ).rowcount
        )
    )
    desk.control.change_files({"action": "delete", "code": code})
    await desk.sync()
    assert engine.store.file_by_code("voe", code) is None
    assert await desk.answer(await engine.refresh_deleted("voe")) == ""
    row = next(row for row in engine.deleted("voe") if row.code == code)
    assert (row.title, row.folder, row.size) == (file.title, path, file.size)
    assert (row.views, row.length, row.revenue) == (file.views, file.length, file.revenue)
    assert row.by_host and row.deleted and row.source == "/films/caf\udce9.mp4"
    stranger = next(row for row in engine.deleted("voe") if row.code != code)
    assert stranger.folder is None and stranger.source is None


async def test_dropping_an_account_is_possible(desk: Desk) -> None:
    """The trigger that remembers files must not stand in the way."""
    await desk.sync()

    def change(sql: sqlite3.Connection) -> int:
        sql.execute("DELETE FROM account WHERE name = 'voe'")
        return int(sql.execute("SELECT COUNT(*) FROM gone_file").fetchone()[0])

    class TakenBackError(Exception):
        pass

    try:
        await desk.engine.write(lambda tx: (_ for _ in ()).throw(TakenBackError(change(tx.sql))))
    except TakenBackError as taken:
        assert taken.args == (0,)


async def test_a_list_that_the_host_refuses_is_a_failed_wish(desk: Desk) -> None:
    desk.fault("dmca/list", "status", status=404, times=4)
    assert "does not know" in await desk.answer(await desk.engine.refresh_takedowns("voe"))
    assert desk.engine.looked("voe", RequestKind.TAKEDOWNS) is None
