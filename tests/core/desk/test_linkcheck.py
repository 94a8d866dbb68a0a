from __future__ import annotations

import random
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.desk.conftest import Desk, make_engine
from vhtui.core.desk import linkcheck
from vhtui.core.desk.linkcheck import Source, sources_in
from vhtui.core.desk.linkreport import Verdict, report_csv
from vhtui.core.ledger import add_to_ledger
from vhtui.core.lock import ScanLock
from vhtui.models import File
from vhtui.sandbox import RunningSandbox


def made_up(count: int, seed: int = 1) -> list[str]:
    rng = random.Random(seed)
    letters = string.ascii_lowercase + string.digits
    return ["".join(rng.choices(letters, k=12)) for _ in range(count)]


async def verdicts(desk: Desk, check: int) -> dict[str, str | None]:
    await desk.checked(check)
    return {link.code: link.verdict for link in desk.engine.checked_links(check)}


async def test_links_are_checked_without_the_lists_that_are_closed(
    desk: Desk, tmp_path: Path
) -> None:
    await desk.sync()
    for call in ("dmca/list", "files/deleted"):
        desk.fault(call, "status", status=403, body={"message": "No.", "status": 403}, times=9)
    alive, [stranger] = desk.codes()[0], made_up(1)
    page = tmp_path / "page.txt"
    page.write_text(f"https://voe.sx/{alive} https://voe.sx/{stranger}")
    check = await desk.engine.check_links(sources_in([page]), "page")
    assert await verdicts(desk, check) == {alive: Verdict.ALIVE, stranger: Verdict.NOT_OURS}
    texts = [entry.text for entry in desk.engine.store.log()]
    for what in ("takedowns", "deleted files"):
        assert any(f"without the list of {what}: " in text for text in texts)


async def test_every_verdict_with_its_file_and_line(desk: Desk, tmp_path: Path) -> None:
    await desk.sync()
    engine = desk.engine
    await desk.answer(await engine.refresh_takedowns("voe"))
    [pending] = engine.takedowns("voe", pending_only=True)
    taken = engine.takedowns("voe")[-1]
    alive, deleted = [code for code in desk.codes() if code != pending.code][:2]
    desk.control.change_files({"action": "delete", "code": deleted})
    [stranger] = made_up(1)
    theirs = desk.codes("illvid")[0]
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.html").write_text(
        f"<p>\n<a href='https://voe.sx/{alive}'>1</a>\n"
        f"<iframe src='//viewer.example/e/{deleted}'></iframe>\n"
        f"https:\\/\\/voe.sx\\/{pending.code}\n"
    )
    (pages / "b.sql").write_bytes(
        f"x,'https://voe.sx/e/{taken.code}',\nhttps://voe.sx/{stranger}".encode("utf-16")
    )
    (pages / "c.csv").write_text(f"1;https://illvid.com/embed-{theirs}.html\n{alive}\n")
    check = await engine.check_links(sources_in([pages]), "pages")
    assert await verdicts(desk, check) == {
        alive: Verdict.ALIVE,
        deleted: Verdict.GONE,
        pending.code: Verdict.PENDING,
        taken.code: Verdict.TAKEN_DOWN,
        stranger: Verdict.NOT_OURS,
        theirs: Verdict.ALIVE,
    }
    places = [(Path(row.source).name, row.line) for row in engine.checked_links(check)]
    assert places == [
        ("a.html", 2), ("a.html", 3), ("a.html", 4), ("b.sql", 1), ("b.sql", 2), ("c.csv", 1),
        ("c.csv", 2),
    ]  # fmt: skip
    row = engine.check(check)
    assert row is not None and row.state == "done" and row.dead == 2
    assert row.links == 7 == row.answered  # the bare code counts beside the link
    dead = list(engine.checked_links(check, [Verdict.GONE]))
    assert [(link.code, link.account, link.line) for link in dead] == [(deleted, "voe", 3)]
    assert list(report_csv(dead))[1].startswith(f"gone,{deleted},voe,")


async def test_the_fewest_requests_and_no_link_twice(desk: Desk) -> None:
    codes = made_up(1200)
    text = "\n".join(f"https://voe.sx/{code} https://x.example/e/{code}" for code in codes)
    check = await desk.engine.check_links([Source("pasted", text=text * 2)], "pasted")
    assert set((await verdicts(desk, check)).values()) == {Verdict.NOT_OURS}
    assert desk.requests("file/info") == 3
    row = desk.engine.check(check)
    assert row is not None and row.links == 1200


async def test_illvid_is_asked_by_check_files(desk: Desk) -> None:
    known, gone = desk.codes("illvid")[0], made_up(1)[0]
    await add_to_ledger(desk.engine.store, "illvid", [File(code=gone, title="old")])
    text = f"https://illvid.com/{known}.html\nhttps://illvid.com/{gone}.html"
    check = await desk.engine.check_links([Source("x", text=text)], "x")
    assert await verdicts(desk, check) == {known: Verdict.ALIVE, gone: Verdict.GONE}
    assert (desk.requests("check_files"), desk.requests("file/info")) == (1, 0)


async def test_without_an_account_of_the_host_it_is_unknown(desk: Desk) -> None:
    code = desk.codes("illvid")[0]
    text = f"https://illvid.com/{code}.html"
    check = await desk.engine.check_links([Source("x", text=text)], "x", accounts=["voe"])
    assert await verdicts(desk, check) == {code: Verdict.UNKNOWN}
    empty = await desk.engine.check_links([Source("x", text="no links")], "x")
    assert await verdicts(desk, empty) == {}


async def test_an_unreadable_file_is_said(desk: Desk, tmp_path: Path) -> None:
    check = await desk.engine.check_links(sources_in([tmp_path / "missing.txt"]), "x")
    await desk.checked(check)
    row = desk.engine.check(check)
    assert row is not None and row.broken[0][1] == "No such file or directory"


async def test_a_failed_check_goes_on_where_it_was(desk: Desk) -> None:
    desk.fault("file/info", "status", times=4, skip=1)
    codes = made_up(2500)
    text = "\n".join(f"https://voe.sx/{code}" for code in codes)
    check = await desk.engine.check_links([Source("x", text=text)], "x")
    desk.fault("file/info", "status", times=40)
    await desk.checked(check)
    row = desk.engine.check(check)
    assert row is not None and row.state == "failed" and "voe: " in row.error
    desk.control.clear_faults()
    before = desk.requests("file/info")
    left = row.links - row.answered
    await desk.engine.resume_check(check)
    assert set((await verdicts(desk, check)).values()) == {Verdict.NOT_OURS}
    assert desk.requests("file/info") - before == -(-left // 500)


async def test_a_code_is_asked_for_where_the_library_has_it(
    sandbox: RunningSandbox, access: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    """Two accounts at one host: a known code costs one request, an unknown one is asked of both;
    a process without the lock gets its answers from the one that has it."""
    two = {"voe": access["voe"], "voe2": sandbox.control.add_account("voe", files=20, folders=2)}
    engine, follower = make_engine(two, tmp_path), make_engine(two, tmp_path)
    await engine.open()
    async with engine.running() as task, follower.running() as other:
        desk = Desk(engine, sandbox.control, two, task, tmp_path)
        following = Desk(follower, sandbox.control, two, other, tmp_path)
        await desk.answer(await engine.sync("voe2"))
        desk.before = len(sandbox.control.requests())
        code = desk.codes("voe2")[0]
        check = await follower.check_links([Source("x", text=code)], "x")
        assert await verdicts(following, check) == {code: Verdict.ALIVE}
        assert not follower.is_executor and desk.requests("file/info") == 1
        unknown = desk.codes("voe")[0]
        check = await follower.check_links([Source("x", text=unknown)], "x")
        assert await verdicts(following, check) == {unknown: Verdict.ALIVE}
        assert desk.requests("file/info") == 3
    engine.close()
    follower.close()


async def test_old_checks_are_forgotten(desk: Desk) -> None:
    for number in range(8):
        await desk.engine.check_links(
            [Source("x", text="https://voe.sx/abcdefabcdef")], str(number)
        )
    assert [check.title for check in desk.engine.checks()] == list("76543")


@pytest.mark.parametrize("kind", ["apply_then_disconnect", "invalid_json"])
async def test_a_read_that_broke_is_made_again(desk: Desk, kind: str) -> None:
    desk.fault("file/info", kind)
    code = desk.codes()[0]
    check = await desk.engine.check_links([Source("x", text=code)], "x", accounts=["voe"])
    assert await verdicts(desk, check) == {code: Verdict.ALIVE}


async def test_a_scan_whose_process_is_gone_is_ended_and_said(desk: Desk) -> None:
    store = desk.engine.store
    with ScanLock(desk.data).shared():
        check = await linkcheck.begin(store, "a dump")
        text = "\n".join(f"https://voe.sx/{code}" for code in made_up(3))
        await linkcheck.add_source(store, check, Source("dump.sql", text=text), {"voe": "voe"})
        await linkcheck.mend(store)
        row = desk.engine.check(check)
        assert row is not None and row.state == "scanning"
    await linkcheck.mend(store)
    assert set((await verdicts(desk, check)).values()) == {Verdict.NOT_OURS}
    row = desk.engine.check(check)
    assert row is not None and row.state == "done"
    assert row.broken == (("dump.sql", "vhtui ended while it was read: check it again"),)


async def test_a_scan_that_breaks_off_says_why(desk: Desk) -> None:
    def sources() -> Iterator[Source]:
        yield Source("one", text=f"https://voe.sx/{made_up(1)[0]}")
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        await desk.engine.check_links(sources(), "x")
    [check] = desk.engine.checks()
    await desk.checked(check.id)
    [check] = desk.engine.checks()
    assert check.broken == (("one", "the disk is gone"),) and check.answered == 1
