"""``vhtui holes``: titles across accounts, and filling what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Account, Machine, MakeAccount

QUICK = """
upload_settle = 0.1
upload_backoff = 0.05
upload_progress = 0.05
"""


@pytest.fixture
def second(make_account: MakeAccount) -> Account:
    return make_account("voe")


@pytest.fixture
def machine(bare: Machine, voe: Account, second: Account, illvid: Account) -> Machine:
    """A machine with two accounts at VOE and one at illvid."""
    bare.add("main", "voe", voe.access)
    bare.add("second", "voe", second.access)
    bare.add("ill", "illvid", illvid.access)
    bare.tune()
    with (bare.config / "config.toml").open("a") as file:
        file.write(QUICK)
    return bare


def video(directory: Path, name: str = "Film.mkv") -> Path:
    path = directory / name
    path.write_bytes(name.encode() * 5000)
    return path


def states(machine: Machine, *args: str) -> dict[str, list[str]]:
    result = machine.run("holes", "--json", *args)
    assert result.status == 0, result.err
    rows = result.document
    return {row["title"]: [cell["state"] for cell in row["accounts"]] for row in rows}


def test_it_lists_what_an_account_lacks(machine: Machine, voe: Account, second: Account) -> None:
    voe.file("Both.mkv", size=1000)
    second.file("both", size=1000)
    voe.file("Only here.mkv")
    assert states(machine, "--on", "second") == {"Only here.mkv": ["there", "missing", "missing"]}
    both = states(machine, "--all")["Both.mkv"]
    assert both == ["there", "there", "missing"]
    table = machine.run("holes", "--on", "second")
    assert table.out.splitlines()[1].split("  ")[0] == "Only here.mkv"
    assert "1 title, 1 hole" in table.err


def test_places_and_filters_say_which_titles(machine: Machine, voe: Account) -> None:
    folder = voe.folder("Films")
    voe.file("In.mkv", folder=folder)
    voe.file("Out.mkv")
    machine.run("sync")
    assert list(states(machine, "main:/Films")) == ["In.mkv"]
    assert list(states(machine, "main", "--filter", "out")) == ["Out.mkv"]
    assert states(machine, "second") == {}
    assert machine.run("holes", "main:/Nowhere").status == 1
    assert machine.run("holes", "nobody").status == 2


def test_it_fills_holes_in_the_ways_that_are_open(
    machine: Machine, voe: Account, second: Account, illvid: Account, tmp_path: Path
) -> None:
    assert machine.run("upload", str(video(tmp_path)), "--to", "main:/Films").status == 0
    dry = machine.run("holes", "--fill", "--dry-run", "--json")
    assert dry.status == 0
    plan = {hole["account"]: hole for hole in dry.document}
    assert (plan["second"]["way"], plan["second"]["folder"]) == ("clone", "/Films")
    assert plan["second"]["ways"] == ["clone", "upload"]
    assert (plan["ill"]["way"], plan["ill"]["from"]) == ("upload", str(tmp_path / "Film.mkv"))
    assert second.files() == illvid.files() == {}
    done = machine.run("holes", "--fill", "--yes", "--json")
    assert done.status == 0, done.err
    assert [job["state"] for job in done.document["jobs"]][-1] == "done"
    assert [upload["account"] for upload in done.document["uploads"]] == ["ill"]
    for account in (second, illvid):
        assert [row["title"] for row in account.files().values()] == ["Film.mkv"]
    assert second.folders().keys() == {"Films"}
    assert states(machine) == {}
    assert machine.run("holes", "--fill", "--yes").status == 0


def test_the_way_can_be_chosen_and_what_has_none_is_told(
    machine: Machine, voe: Account, second: Account, tmp_path: Path
) -> None:
    machine.run("upload", str(video(tmp_path)), "--to", "main:/")
    voe.file("Found.mkv")
    machine.run("sync")
    result = machine.run("holes", "--on", "second", "--fill", "--via", "upload", "--yes")
    assert result.status == 1
    assert "Found.mkv on second is not filled: upload: it was not uploaded" in result.err
    assert [row["title"] for row in second.files().values()] == ["Film.mkv"]
    assert len(voe.control.uploads()) >= 2


def test_it_asks_before_it_fills(machine: Machine, voe: Account, second: Account) -> None:
    voe.file("a.mkv")
    result = machine.run("holes", "--on", "second", "--fill")
    assert result.status == 2 and "add --yes" in result.err
    assert "1 hole to fill (1 by clone)" in result.err
    assert second.files() == {}


@pytest.mark.parametrize(
    "args", [["--via", "upload"], ["--fill", "--via", "fax"], ["--dry-run"], ["--filter", "size>"]]
)
def test_bad_usage(machine: Machine, args: list[str]) -> None:
    assert machine.run("holes", *args).status == 2


def test_one_file_goes_to_several_accounts_and_the_ledger_knows_each(
    machine: Machine, voe: Account, second: Account, tmp_path: Path
) -> None:
    path = video(tmp_path)
    to = ("--to", "main:/New/A", "--to", "second:/B", "--to", "ill:/C")
    result = machine.run("upload", str(path), *to, "--json")
    assert result.status == 0, result.err
    rows = {row["account"]: row["folder"] for row in result.document}
    assert rows == {"main": "/New/A", "second": "/B", "ill": "/C"}
    assert {"New", "A"} <= voe.folders().keys() and "B" in second.folders()
    known = machine.run("uploaded", str(path), "--json").document
    assert sorted(row["account"] for row in known) == ["ill", "main", "second"]
    assert states(machine) == {}


def test_a_path_is_no_folder_of_a_host_without_folders_in_folders(
    machine: Machine, tmp_path: Path
) -> None:
    result = machine.run("upload", str(video(tmp_path)), "--to", "ill:/A/B")
    assert result.status == 2 and "not nested" in result.err
