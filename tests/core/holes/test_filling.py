"""Holes filled by the local file, by the URL, by a clone, over the sandbox."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from tests.core.uploads.conftest import Desk, make, sha256
from vhtui.core.database import Transaction
from vhtui.core.holes.titles import TitleRow, TitlesSpec
from vhtui.core.holes.ways import Hole, Way, WayKind
from vhtui.errors import UsageError
from vhtui.models import UploadState

NAMES = ("main", "second", "ill")
URL = "https://files.example.com/films/Remote%20Film.mp4"


async def listed(desk: Desk) -> None:
    """Wait until both accounts at VOE are listed and every takedown list is read."""
    for name in ("main", "second"):
        await desk.engine.sync(name)
    await desk.until(lambda: all(desk.engine.store.account(n).synced for n in ("main", "second")))
    await known(desk)


async def known(desk: Desk) -> None:
    wishes = await desk.engine.holes.ask_takedowns()

    def answered() -> bool:
        requests = [desk.engine.request(id) for id in wishes.values()]
        return all(request is not None and request.state == "done" for request in requests)

    await desk.until(answered)


def titles(desk: Desk, *, holes_only: bool = True) -> list[TitleRow]:
    found = desk.engine.holes.titles(TitlesSpec(accounts=NAMES, holes_only=holes_only))
    return found.rows(desk.engine.store, range(len(found)))


async def holes(desk: Desk) -> dict[str, Hole]:
    found = await asyncio.to_thread(desk.engine.holes.plan_fill, titles(desk))
    return {hole.account: hole for hole in found}


def way(hole: Hole, kind: WayKind) -> tuple[Hole, Way]:
    found = hole.way(kind)
    assert found is not None, hole
    return hole, found


async def run(desk: Desk, sql: str, *values: object) -> None:
    def change(tx: Transaction) -> None:
        tx.sql.execute(sql, values)

    await desk.engine.write(change)


async def uploaded(desk: Desk, path: Path, folder: str = "/Films/Old") -> None:
    await desk.engine.queue_uploads("main", [path], folder)
    await desk.until_state(UploadState.PLAYABLE)
    await listed(desk)


async def test_the_local_file_and_a_clone_fill_holes(desk: Desk, files: Path) -> None:
    path = make(files / "Film.mkv", 200_000)
    await uploaded(desk, path)
    found = await holes(desk)
    assert set(found) == {"second", "ill"}
    assert {way.kind for way in found["second"].ways} == {WayKind.CLONE, WayKind.UPLOAD}
    assert [way.kind for way in found["ill"].ways] == [WayKind.UPLOAD]
    assert dict(found["ill"].against)[WayKind.REMOTE] == "no URL is known that it was fetched from"
    choices = [way(found["second"], WayKind.CLONE), way(found["ill"], WayKind.UPLOAD)]
    price = desk.engine.holes.fill_price(choices)
    assert price.bytes == 200_000
    assert "200 kB to send" in price.words
    receipt = await desk.engine.holes.fill(choices)
    assert receipt.sentence == "Filling: 1 job and 1 upload written down"
    await desk.until(lambda: not titles(desk))
    await desk.until_state(UploadState.PLAYABLE)
    await desk.until(lambda: desk.at_host("second") == [("/Films/Old", "Film.mkv")])
    assert desk.received("ill") == [("Film.mkv", 200_000, sha256(path))]
    assert desk.engine.store.folder_path("ill", "Films - Old") == "/Films - Old"


async def test_a_file_that_was_renamed_is_uploaded_under_its_new_title(
    desk: Desk, files: Path
) -> None:
    await uploaded(desk, make(files / "raw.mkv"))
    [row] = titles(desk)
    await desk.engine.rename("main", [(row.id, "Pretty Title.mkv")])
    found = await holes(desk)
    await desk.engine.holes.fill([way(found["second"], WayKind.UPLOAD)])
    await desk.until_state(UploadState.PLAYABLE)
    assert desk.at_host("second") == [("/Films/Old", "Pretty Title.mkv")]


async def test_the_url_it_was_fetched_from_fills_a_hole_also_when_the_queue_forgot_it(
    desk: Desk,
) -> None:
    await desk.engine.add_remote("main", [URL], None)
    await desk.until(lambda: bool(titles(desk, holes_only=False)))
    desk.control.advance(7200)
    await listed(desk)
    await desk.until(
        lambda: [r.state for r in desk.engine.store.remote_uploads("main")] == ["completed"]
    )
    [done] = desk.engine.store.remote_uploads("main")
    await desk.engine.delete_remote("main", [done.id])
    await desk.until(lambda: not desk.engine.store.remote_uploads("main"))
    found = await holes(desk)
    choice = way(found["second"], WayKind.REMOTE)
    assert choice[1].url == URL
    assert desk.engine.holes.fill_price([choice]).requests >= 1
    await desk.engine.holes.fill([choice])
    again = await desk.engine.holes.fill([choice])
    assert again.sentence == "Nothing to fill; 1 hole left out"
    assert again.left[0][1] == "it is under way already"
    await desk.until(lambda: desk.at_host("second") != [])
    [row] = titles(desk)
    assert "second" not in {cell.account for cell in row.cells if cell.state.is_hole}


@pytest.mark.parametrize("change", ["changed", "gone", "touched"])
async def test_a_local_file_that_is_not_what_it_was_is_not_sent(
    desk: Desk, files: Path, change: str
) -> None:
    path = make(files / "Film.mkv")
    await uploaded(desk, path)
    match change:
        case "changed":
            make(path, fill="other")
        case "gone":
            path.unlink()
        case "touched":
            stat = path.stat()
            path.write_bytes(b"x" * stat.st_size)
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    found = await holes(desk)
    assert found["second"].way(WayKind.UPLOAD) is None
    why = dict(found["second"].against)[WayKind.UPLOAD]
    assert ("not what it was" in why) or ("does not exist" in why)


async def test_a_title_under_takedown_is_not_filled(desk: Desk, files: Path) -> None:
    await uploaded(desk, make(files / "Film.mkv"))
    before = await holes(desk)
    [row] = titles(desk)
    await run(desk, "INSERT INTO takedown (account, code, title) VALUES (3, ?, '')", row.code)
    found = await holes(desk)
    assert all(not hole.ways and "takedown" in hole.refusal for hole in found.values())
    receipt = await desk.engine.holes.fill([way(before["second"], WayKind.UPLOAD)])
    assert receipt.uploads == () and "takedown" in receipt.left[0][1]


async def test_nothing_is_filled_before_the_takedown_list_is_read(desk: Desk, files: Path) -> None:
    await desk.engine.queue_uploads("main", [make(files / "Film.mkv")])
    await desk.until_state(UploadState.PLAYABLE)
    await known(desk)
    await run(desk, "DELETE FROM last_look")
    found = await holes(desk)
    assert found["ill"].refusal == "the takedown list of main was not read yet"


async def test_a_hole_that_was_ordered_is_pending_and_ordered_once(desk: Desk, files: Path) -> None:
    await uploaded(desk, make(files / "Film.mkv"))
    found = await holes(desk)
    await desk.engine.set_hours(_not_now())
    choice = way(found["second"], WayKind.UPLOAD)
    first = await desk.engine.holes.fill([choice])
    again = await desk.engine.holes.fill([choice])
    assert (len(first.uploads), again.uploads) == (1, ())
    [row] = titles(desk)
    assert [cell.state.word for cell in row.cells] == ["there", "pending", "missing"]


def _not_now() -> str:
    hour = (time.localtime().tm_hour + 12) % 24
    return f"{hour:02}:00-{hour:02}:01"


async def test_too_many_titles_at_once_are_refused(desk: Desk, files: Path) -> None:
    await uploaded(desk, make(files / "Film.mkv"))
    with pytest.raises(UsageError, match="too many at once"):
        desk.engine.holes.plan_fill(titles(desk) * 5001)
