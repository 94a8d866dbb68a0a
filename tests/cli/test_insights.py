from __future__ import annotations

import sqlite3
import time

from tests.cli.conftest import Account, Machine

DAY = 86_400


def age(machine: Machine, days: int) -> None:
    """Let days pass in the library, with a view for each file on each of them."""
    library = sqlite3.connect(machine.data / "library.db")
    with library:
        library.execute("UPDATE trend_since SET day = day - ?", (days,))
        library.execute("UPDATE folder SET listed = listed - ?", (days * DAY,))
        library.execute("UPDATE file SET uploaded = uploaded - ?", (1000 * DAY,))
        rows = library.execute("SELECT id, views FROM file").fetchall()
        library.execute("UPDATE file SET views = views + ?", (days,))
        library.execute("DELETE FROM trend")
        today = int(time.time()) // DAY
        for id, views in rows:
            for day, value in ((today - days, views), (today, views + days)):
                library.execute("INSERT INTO trend VALUES (?, ?, ?, 0)", (id, day, value))
        library.execute("UPDATE folder SET listed = ?", (int(time.time()),))
    library.close()


def test_trends_tell_growth_and_since_when_it_is_known(machine: Machine, voe: Account) -> None:
    voe.file("Pilot.mp4", voe.folder("Series"))
    machine.run("sync", "main")
    age(machine, 10)
    file, folder = machine.run("trends", "main:/Series/Pilot.mp4", "main:/", "--json").document
    assert file["path"] == "main:/Series/Pilot.mp4"
    assert [(g["days"], g["views"], g["is_whole"]) for g in file["growth"]] == [
        (7, 7, True),
        (11, 10, False),
    ]
    assert folder["growth"] == file["growth"]
    assert file["views_by_day"] == [None] * 19 + [0.0] + [1.0] * 10
    assert "+10 in 11 d" in machine.run("trends", "main:/Series").out
    assert machine.run("trends", "main:/nothing").status == 1


def test_views_are_listed_with_counts_and_their_files(machine: Machine, voe: Account) -> None:
    code = voe.file("Pilot.mp4")
    voe.file("pilot.mp4", size=7)
    machine.run("sync", "main")
    age(machine, 10)
    rows = machine.run("view", "--json").document
    counts = {row["id"]: row["files"] for row in rows if row["account"] == "main"}
    assert (counts["risers"], counts["dup-title"], counts["dup-length"]) == (2, 2, 0)
    [first, _] = machine.run("view", "risers", "--account", "main", "--json").document
    assert first["figure"] == "+7"
    rows = machine.run("dups", "--by", "title", "--account", "main", "--json").document
    assert {row["code"] for row in rows} >= {code}
    assert [row["figure"] for row in rows] == ["1 keep?", "1 copy"]
    assert "1 copy" in machine.run("dups", "--by", "title", "--limit", "2").out
    cut = machine.run("dups", "--by", "title", "--limit", "1", "--account", "main")
    assert "Same title: 1 file, the first of 2 in main" in cut.err
    assert machine.run("dups", "--account", "main", "--json").document == []
    wrong = machine.run("view", "nothing")
    assert wrong.status == 2
    assert "Risers" in wrong.err


def test_gaps_name_what_is_missing_and_double(machine: Machine, voe: Account) -> None:
    show = voe.folder("Show")
    season = voe.folder("Season 01", show)
    for number in (1, 2, 5, 5):
        voe.file(f"Show.S01E{number:02}.mkv\x1b[2J", season)
    third = voe.folder("Season 03", show)
    voe.file("Show.S03E01.mkv", third)
    trash = voe.folder("vhtui-trash")
    voe.file("Show.S01E01.mkv", trash)
    machine.run("sync", "main")
    assert machine.run("gaps", "main:/Show", "--json").document == []
    result = machine.run("gaps", "main:/", "-r")
    assert result.status == 0
    assert "Season 1: 3 of 5, missing 3-4" in result.out
    assert "Season 1: double 5 (2 files)" in result.out
    assert "2 episodes missing, 1 double" in result.err
    assert "Season 2: missing as a whole" in result.out
    assert "missing" not in machine.run("gaps", "main:/Show/Season 03").out
    [series] = machine.run("gaps", "main:/Show", "-r", "--json").document
    assert (series["title"], series["seasons"][0]["missing"]) == ("Show", "3-4")
    assert machine.run("gaps", "main:/Show/Season 01/@x").status == 1
