from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Account, Machine, Result


def titles(voe: Account) -> set[str]:
    return {row["title"] for row in voe.files().values()}


def test_a_regex_renames_a_folders_files_as_one_group(machine: Machine, voe: Account) -> None:
    folder = voe.folder("S")
    for n in (1, 2):
        voe.file(f"Show.{n}.mp4", folder)
    voe.file("Show.deep.mp4", voe.folder("Below", folder))
    voe.file("other.mp4", folder)
    result = machine.run("rename", "--regex", r"^Show\.(\d)", r"Show - \1", "main:/S")
    assert (result.status, result.out) == (0, "")
    cost, *_, end = result.err.splitlines()
    assert cost.startswith("2 requests, about ") and cost.endswith("; can be undone")
    assert end.startswith("Renamed 2 files")
    assert titles(voe) == {"Show - 1.mp4", "Show - 2.mp4", "Show.deep.mp4", "other.mp4"}
    assert machine.run("undo").status == 0
    assert titles(voe) == {"Show.1.mp4", "Show.2.mp4", "Show.deep.mp4", "other.mp4"}


def test_a_template_counts_through_folders_below(machine: Machine, voe: Account) -> None:
    outer = voe.folder("A")
    voe.file("x.mkv", outer)
    voe.file("y.mkv", voe.folder("B", outer))
    template = "{folder} {n:02}.{ext}"
    result = machine.run("rename", "-r", "--template", template, "main:/A", "--json")
    assert [job["state"] for job in result.document] == ["done", "done"]
    assert titles(voe) == {"A 01.mkv", "B 02.mkv"}


def test_replace_and_case_of_single_files(machine: Machine, voe: Account) -> None:
    code = voe.file("THE END-GROUP.mp4")
    voe.file("ANOTHER-GROUP.mp4")
    assert machine.run("rename", f"main:@{code}", "--replace", "-GROUP", "-hd").status == 0
    assert machine.run("rename", f"main:@{code}", "--case", "sentence").status == 0
    assert titles(voe) == {"The end-hd.mp4", "ANOTHER-GROUP.mp4"}
    same = machine.run("rename", f"main:@{code}", "--case", "sentence", "--json")
    assert (same.status, same.document) == (0, [])
    assert same.err == "nothing to rename in 1 file\n"


def test_a_dry_run_prints_the_plan_and_touches_nothing(machine: Machine, voe: Account) -> None:
    codes = [voe.file(title) for title in ("a 1.mp4", "a 2.mp4", "b.mp4", "c 3", "x\x1b[2J 4.mp4")]
    machine.run("sync", "main")
    before = len(voe.control.requests())
    plan = ("rename", "--dry-run", "main:/", "--regex", r"^a|^c 3$|\d", "")
    rows = machine.run(*plan, "--json").document
    assert all(row.keys() == {"code", "old", "new", "warnings", "included"} for row in rows)
    by_old = {row["old"]: row for row in rows}
    assert by_old["a 1.mp4"] == {
        "code": codes[0],
        "old": "a 1.mp4",
        "new": " .mp4",
        "warnings": ["space at an end", "duplicate title"],
        "included": True,
    }
    assert (by_old["b.mp4"]["warnings"], by_old["b.mp4"]["included"]) == (["unchanged"], False)
    assert (by_old["c 3"]["warnings"], by_old["c 3"]["included"]) == (["empty"], False)
    table = machine.run(*plan)
    assert table.status == 0
    assert "\x1b" not in table.out
    lines = [line.split() for line in table.out.splitlines()]
    assert ["b.mp4", "→", "b.mp4", "unchanged"] in lines
    assert ["c", "3", "→", "left", "out:", "empty"] in lines
    assert "2 of 5 files would be renamed: 2 requests, about" in table.err
    assert len(voe.control.requests()) == before
    assert machine.run("history", "--json").document == []


def test_a_dry_run_needs_neither_the_lock_nor_the_right_to_change(
    bare: Machine, voe: Account
) -> None:
    bare.add("ro", "voe", voe.access, more="read_only = true")
    bare.tune()
    voe.file("one.mp4")
    bare.run("sync")
    with bare.spawn("work") as process:
        try:
            assert process.stderr is not None
            assert "carrying out" in process.stderr.readline()
            plan = bare.run("rename", "--case", "upper", "ro:", "--dry-run", "--json")
        finally:
            process.kill()
    assert [row["new"] for row in plan.document] == ["ONE.mp4"]
    refused = bare.run("rename", "--case", "upper", "ro:")
    assert refused.status == 1
    assert "read-only" in refused.err


def test_what_cannot_be_a_title_is_left_out_and_told(machine: Machine, voe: Account) -> None:
    voe.file("good 1")
    code = voe.file("junk")
    long = voe.file("good long")
    result = machine.run("rename", "main:", "--regex", "^junk|good ", "", "--json")
    assert result.status == 1
    assert [job["state"] for job in result.document] == ["done", "done"]
    assert f"vhtui: junk (@{code}) is not renamed: empty\n" in result.err
    assert titles(voe) == {"1", "long", "junk"}
    result = machine.run("rename", f"main:@{long}", "--replace", "long", "x" * 256)
    assert result.status == 1
    assert "longer than 255 characters" in result.err
    assert "nothing to rename" in result.err
    assert titles(voe) == {"1", "long", "junk"}


def test_doubtful_titles_are_told_before_they_are_sent(machine: Machine, voe: Account) -> None:
    voe.file("one 1.mp4")
    voe.file("one 2.mp4")
    result = machine.run("rename", "main:/", "--regex", r" \d", "")
    assert result.status == 0
    assert result.err.startswith("new titles with warnings: duplicate title (2); --dry-run")
    assert titles(voe) == {"one.mp4"}


def test_titles_from_a_csv(machine: Machine, voe: Account, tmp_path: Path) -> None:
    folder = voe.folder("S")
    top, deep, other = voe.file("a.mp4"), voe.file("b.mp4", folder), voe.file("c.mp4")
    sheet = tmp_path / "titles.csv"
    sheet.write_text(f'code,title\r\n{deep},"B, the second.mp4"\r\n{top},A.mp4\r\n')
    outside = machine.run("rename", "--from", str(sheet), "main:/S")
    assert (outside.status, outside.out) == (1, "")
    assert f"1 code of 2 not among these files: {top} (nothing was renamed)" in outside.err
    assert titles(voe) == {"a.mp4", "b.mp4", "c.mp4"}
    plan = machine.run("rename", "--from", str(sheet), "main:", "--dry-run", "--json").document
    assert [row["code"] for row in plan] == [deep, top]
    assert machine.run("rename", "--from", str(sheet), "main:").status == 0
    assert titles(voe) == {"A.mp4", "B, the second.mp4", "c.mp4"}
    piped = machine.call("rename", "--from", "-", "main:/", stdin=f"{other},Ç.mp4\n")
    assert piped.status == 0
    assert voe.files()[other]["title"] == "Ç.mp4"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b,c\n", "titles.csv: line 1: write code,title"),
        (b"a,b\na,c\n", "titles.csv: line 2: a has a title already"),
        (b"a,\xff\n", "titles.csv is not UTF-8"),
    ],
)
def test_a_csv_that_cannot_be_used(
    machine: Machine, tmp_path: Path, content: bytes, words: str
) -> None:
    sheet = tmp_path / "titles.csv"
    sheet.write_bytes(content)
    result = machine.run("rename", "--from", str(sheet), "main:")
    assert result.status == 2
    assert words in result.err
    assert machine.run("rename", "--from", str(tmp_path / "none"), "main:").status == 1


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (["--regex", "ab(c", ""], "(at character 4 of ab(c)"),
        (["--regex", "(a)", r"x\2"], r"has no group 2 (at character 2 of x\2)"),
        (["--template", "{title} {nope}"], "(at character 9 of {title} {nope})"),
        (["--template", ""], "write a template"),
        (["--replace", "", "x"], "say which text is to be replaced"),
    ],
)
def test_a_wrong_pattern_is_one_sentence(machine: Machine, pattern: list[str], words: str) -> None:
    result = machine.run("rename", *pattern, "main:/")
    assert (result.status, result.out) == (2, "")
    assert words in result.err
    assert result.err.count("\n") == 1


def test_bad_usage(machine: Machine, voe: Account) -> None:
    voe.file("one.mp4")
    for args in (
        ["main:/one.mp4"],
        ["main:/one.mp4", "two.mp4", "three.mp4"],
        ["main:/one.mp4", "two.mp4", "--dry-run"],
        ["--case", "upper", "main:/", "ill:/"],
        ["--case", "loud", "main:/"],
        ["--case", "upper", "--template", "{title}", "main:/"],
        ["--regex", "a"],
    ):
        assert machine.run("rename", *args).status == 2
    assert machine.run("rename", "--case", "upper", "main:/none").status == 1
    assert titles(voe) == {"one.mp4"}


def answered(machine: Machine, answer: str, *args: str) -> Result:
    """Run a command whose standard input is a terminal on which a person answers."""
    person, terminal = pty.openpty()
    try:
        with machine.spawn(*args, stdin=terminal) as process:
            os.write(person, f"{answer}\n".encode())
            out, err = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    finally:
        os.close(person)
        os.close(terminal)
    return Result(process.returncode, out, err)


def test_many_renames_are_asked_about_on_a_terminal_only(machine: Machine, voe: Account) -> None:
    for n in range(31):
        voe.file(f"file {n}.mp4")
    upper = ("rename", "--case", "upper", "main:/")
    refused = answered(machine, "n", *upper)
    assert refused.status == 1
    assert "31 requests" in refused.err
    assert "Rename 31 files? Type [y]" in refused.err
    assert "nothing was renamed" in refused.err
    assert "file 0.mp4" in titles(voe)
    agreed = answered(machine, "y", *upper)
    assert agreed.status == 0
    assert "FILE 0.mp4" in titles(voe)
    told = answered(machine, "", "rename", "--case", "lower", "main:/", "--yes", "--no-wait")
    assert told.status == 0
    assert "written down" in told.err
    script = machine.call("rename", "--case", "title", "main:/")
    assert script.status == 0
    assert "Type" not in script.err
    assert titles(voe) == {f"File {n}.mp4" for n in range(31)}
