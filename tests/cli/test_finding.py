from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from tests.cli.conftest import Account, Machine

HOSTILE = "=1+1\x1b]52;c;x\x07.mkv"


@pytest.fixture
def listed(machine: Machine, voe: Account) -> Machine:
    """A machine that knows five files: two at the top, one in /A, two in /A/B."""
    outer = voe.folder("A")
    inner = voe.folder("B", outer)
    for title, folder, size in (
        ("one.mkv", 0, 10),
        (HOSTILE, 0, 50),
        ("two.mkv", outer, 30),
        ("same.mp4", inner, 20),
        ("same.mp4", inner, 40),
    ):
        voe.file(title, folder, size)
    machine.run("sync")
    return machine


def test_what_is_found_is_printed_as_other_commands_take_it(listed: Machine) -> None:
    lines = listed.run("find", "").out.splitlines()
    assert len(lines) == 5
    assert {"main:/one.mkv", "main:/A/two.mkv"} <= set(lines)
    assert sum(line.startswith("main:@") for line in lines) == 3  # hostile, and twice the same
    for line in lines:
        assert listed.run("info", line).status == 0
    assert listed.run("info", *lines, "--json").document[0]["title"]


def test_no_host_is_asked(listed: Machine, voe: Account) -> None:
    before = len(voe.control.requests())
    assert listed.run("find", "ext:mkv size<40", "main").out.splitlines() == [
        "main:/one.mkv",
        "main:/A/two.mkv",
    ]
    assert len(voe.control.requests()) == before


def test_the_exit_status_says_whether_something_was_found(listed: Machine) -> None:
    assert listed.run("find", "one").status == 0
    nothing = listed.run("find", "three")
    assert (nothing.status, nothing.out) == (1, "")
    assert listed.run("find", "", "main:/nowhere").status == 1
    assert listed.run("find", "", "other").status == 2
    assert listed.run("find", "", "main:@abc").status == 2
    assert listed.run("find", "--sort", "luck", "").status == 2


def test_an_account_that_was_never_listed_is_named(machine: Machine) -> None:
    result = machine.run("find", "", "main")
    assert result.status == 1 and "vhtui sync main" in result.err


def test_a_fault_in_a_query_is_pointed_at(machine: Machine) -> None:
    result = machine.run("find", "größe ｗide veiws<10 a")
    assert (result.status, result.out) == (2, "")
    sentence, query, carets = result.err.splitlines()
    assert "did you mean views?" in sentence
    assert query == "  größe ｗide veiws<10 a"
    assert carets == "              ^^^^^^"  # the full-width letter takes two cells
    assert "\x1b" not in machine.run("find", "\x1b[31m (").err


def test_a_query_may_begin_with_a_minus(listed: Machine) -> None:
    found = listed.run("find", "--csv", "--columns", "title", "--", "-ext:mkv").out
    assert found.splitlines() == ["title", "same.mp4", "same.mp4"]
    assert listed.run("find", "-ext:mkv", "--csv", "--columns", "title").out == found
    assert listed.run("find", "--csv", "-(ext:mkv)", "main", "--columns", "title").out == found
    wrong = listed.run("find", "-veiws<10", "main")
    assert (wrong.status, wrong.err.splitlines()[1]) == (2, "  -veiws<10")
    assert "--limit" in listed.run("find", "-h").out


def test_a_folder_means_all_below_it_and_places_add_up(listed: Machine, voe: Account) -> None:
    def titles(*places: str) -> list[str]:
        return listed.run("find", "", *places, "--columns", "title").out.splitlines()

    assert titles("main:/A") == ["same.mp4", "same.mp4", "two.mkv"]
    assert titles("main:A/B") == ["same.mp4", "same.mp4"]
    assert titles("main:/A/B", "main:/A") == titles("main:/A")
    assert len(titles("main:/A", "main:/")) == 5
    voe.folder("a")  # differs by its case, and is another folder
    listed.run("sync", "main")
    assert titles("main:/a") == []


def test_sorted_over_accounts_and_limited(listed: Machine, illvid: Account) -> None:
    listed.config.parent.joinpath("codes").write_text(f"{'x' * 12} middle.mkv\n")
    listed.run("import", "ill:/", str(listed.config.parent / "codes"))

    def titles(*options: str) -> list[str]:
        return listed.run("find", "", "--columns", "title", *options).out.splitlines()

    assert titles()[1:] == ["middle.mkv", "one.mkv", "same.mp4", "same.mp4", "two.mkv"]
    assert titles("--sort", "size", "--reverse", "--limit", "3")[1:] == ["same.mp4", "two.mkv"]
    assert titles("--sort", "size")[:2] == ["middle.mkv", "one.mkv"]  # an unknown size first
    assert titles("--reverse")[:2] == ["two.mkv", "same.mp4"]


def test_json_is_one_document_with_every_column(listed: Machine) -> None:
    rows = listed.run("find", "", "--json").document
    assert len(rows) == 5
    [row] = [row for row in rows if row["title"] == "two.mkv"]
    assert row.keys() == {
        "account", "code", "title", "folder", "path", "size", "length", "views", "uploaded",
        "revenue", "state", "page", "embed",
    }  # fmt: skip
    assert (row["folder"], row["path"], row["size"]) == ("/A", "/A/two.mkv", 30)
    assert row["uploaded"].endswith("Z") and row["embed"] == f"https://voe.sx/e/{row['code']}"
    assert HOSTILE in [row["title"] for row in rows]  # JSON is faithful
    nothing = listed.run("find", "three", "--json")
    assert (nothing.status, nothing.document) == (1, [])
    assert listed.run("find", "one", "--json", "--columns", "size").document == [{"size": 10}]


def test_csv_is_harmless_unless_it_is_asked_for_raw(listed: Machine) -> None:
    def titles(*options: str) -> list[str]:
        out = listed.run("find", "size:50", "--csv", "--columns", "title,size", *options).out
        return next(csv.reader(StringIO(out.partition("\n")[2])))

    assert titles() == ["'=1+1]52;c;x.mkv", "50"]
    assert titles("--raw") == [HOSTILE, "50"]


def test_templates_of_the_settings_and_written_ones(listed: Machine) -> None:
    with (listed.config / "config.toml").open("a") as file:
        file.write('[links]\nforum = "{n:02} {title} ({size}, {state})"\n')
    assert listed.run("find", "ext:mkv -size:50", "--template", "forum").out.splitlines() == [
        "01 one.mkv (10 B, ok)",
        "02 two.mkv (30 B, ok)",
    ]
    assert listed.run("find", "one", "--template", "{account}{folder}").out == "main/\n"
    unknown = listed.run("find", "one", "--template", "forums")
    assert unknown.status == 2 and "forum" in unknown.err
    assert listed.run("find", "one", "--template", "{nosuch}").status == 2


@pytest.mark.parametrize(
    "options",
    [
        ("--columns", "titel"),
        ("--columns", ","),
        ("--json", "--csv"),
        ("--template", "{n}", "--columns", "code"),
        ("--json", "--null"),
        ("--raw",),
    ],
)
def test_what_does_not_go_together_is_refused(listed: Machine, options: tuple[str, ...]) -> None:
    result = listed.run("find", "one", *options)
    assert (result.status, result.out) == (2, "")


def test_a_file_is_written_whole_and_readable(listed: Machine, tmp_path: Path) -> None:
    path = tmp_path / "list.json"
    path.write_text("old")
    result = listed.run("find", "ext:mkv", "--json", "--output", str(path))
    assert (result.status, result.out) == (0, "") and "3 files" in result.err
    assert len(json.loads(path.read_text())) == 3
    assert path.stat().st_mode & 0o777 == 0o644
    assert listed.run("find", "one", "--output", "-").out == listed.run("find", "one").out != ""
    assert listed.run("find", "one", "--output", str(tmp_path)).status == 2
    assert listed.run("find", "one", "--output", "/proc/none/list").status == 1


def test_nul_ends_for_xargs(listed: Machine) -> None:
    assert listed.run("find", "ext:mkv size<40", "-0").out == "main:/one.mkv\0main:/A/two.mkv\0"


def test_a_reader_that_leaves_ends_it_quietly(listed: Machine, voe: Account) -> None:
    for number in range(3000):
        voe.file(f"{number:04} {'long ' * 20}.mkv")
    listed.run("sync", "main")
    with listed.spawn("find", "long", "--columns", "title") as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith("0000")
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) == 1


def test_the_help_explains_the_filter_language(machine: Machine) -> None:
    out = machine.run("find", "--help").out
    assert "views<10" in out and "ext:mkv" in out
