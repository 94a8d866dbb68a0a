"""Bad input and bad hosts: one clear sentence, the right exit status, nothing lost."""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Account, Machine
from vhtui.sandbox.client import Control


def one_sentence(text: str) -> bool:
    return text.startswith("vhtui: ") and text.count("\n") == 1


def test_no_accounts(bare: Machine) -> None:
    for command in (["sync"], ["remote", "list"], ["encodings"], ["work"]):
        result = bare.run(*command)
        assert result.status == 2
        assert one_sentence(result.err)
        assert "vhtui accounts add" in result.err
    assert bare.run("ls", "main:/").status == 2
    assert bare.run("accounts", "list", "--json").document == []
    assert bare.run("jobs", "--json").document == []


def test_a_bad_line_in_the_configuration(machine: Machine) -> None:
    file = machine.config / "config.toml"
    file.write_text(file.read_text() + '\n[interface]\npreset = "emacs"\n')
    line = file.read_text().count("\n")
    result = machine.run("ls", "main:/")
    assert (result.status, result.out) == (2, "")
    assert one_sentence(result.err)
    assert f"config.toml line {line}" in result.err
    file.write_text("[accounts.main\n")
    assert "config.toml line 1" in machine.run("sync").err


@pytest.mark.parametrize("command", [["ls", "main:/"], ["sync"], ["accounts", "check", "main"]])
def test_a_wrong_key(bare: Machine, voe: Account, command: list[str]) -> None:
    bare.add("main", "voe", voe.access, key="wrongwrongwrong1234")
    result = bare.run(*command)
    assert result.status == 1
    assert one_sentence(result.err)
    assert "key" in result.err


def test_a_change_with_a_wrong_key_stays_in_the_journal(machine: Machine, voe: Account) -> None:
    voe.file("one.mp4")
    machine.run("sync", "main")
    credentials = machine.config / "credentials.toml"
    good = credentials.read_text()
    credentials.write_text(good.replace(voe.access["key"], "wrongwrongwrong1234"))
    result = machine.run("rename", "main:/one.mp4", "two.mp4")
    assert result.status == 1
    assert one_sentence(result.err)
    assert "'vhtui work' carries it out later" in result.err
    [job] = machine.run("jobs", "--json").document
    assert job["state"] == "ready"
    again = machine.run("rename", "main:/two.mp4", "three.mp4")
    assert (again.status, "key" in again.err) == (1, True)
    credentials.write_text(good)
    machine.run("jobs", "cancel", "2")
    machine.run("jobs", "cancel", "1")
    assert machine.run("rename", "main:/one.mp4", "four.mp4").status == 0


def test_no_key_at_all(machine: Machine) -> None:
    (machine.config / "credentials.toml").unlink()
    result = machine.run("ls", "main:/")
    assert result.status == 2
    assert "has no key" in result.err
    result = machine.run("mkdir", "main:/X")
    assert result.status == 2
    assert "has no key" in result.err


def test_a_host_that_is_down(bare: Machine, voe: Account) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    bare.add("main", "voe", {"base_url": f"http://127.0.0.1:{port}/api", "key": voe.access["key"]})
    result = bare.run("ls", "main:/")
    assert result.status == 1
    assert one_sentence(result.err)
    result = bare.run("remote", "add", "https://example.com/a.mp4")
    assert result.status == 1
    assert "stays in the journal" in result.err
    assert [job["state"] for job in bare.run("jobs", "--json").document] == ["ready"]
    assert bare.call("work", "--until-idle").status == 1
    assert [job["state"] for job in bare.run("jobs", "--json").document] == ["ready"]


@pytest.mark.parametrize("fault", ["html", "invalid_json", "empty", "truncate", "redirect"])
def test_a_host_that_talks_nonsense(
    machine: Machine, voe: Account, control: Control, fault: str
) -> None:
    control.add_faults({"kind": fault, "times": 50, "account": voe.access["account"]})
    result = machine.run("ls", "main:/")
    assert (result.status, result.out) == (1, "")
    assert one_sentence(result.err)


def test_a_host_that_is_slow(machine: Machine, voe: Account, control: Control) -> None:
    config = machine.config / "config.toml"
    config.write_text(config.read_text().replace("request_deadline = 5", "request_deadline = 0.3"))
    account = voe.access["account"]
    control.add_faults({"kind": "delay", "seconds": 2, "times": 50, "account": account})
    result = machine.run("ls", "main:/")
    assert result.status == 1
    assert one_sentence(result.err)


def test_a_host_that_limits_is_waited_for(machine: Machine, voe: Account, control: Control) -> None:
    machine.run("sync", "main")
    control.add_faults(
        {"call": "folder/create", "kind": "status", "status": 429,
         "headers": {"Retry-After": "0"}, "times": 2, "account": voe.access["account"]},
    )  # fmt: skip
    assert machine.run("mkdir", "main:/X").status == 0
    assert list(voe.folders()) == ["X"]


def test_a_lost_answer_is_looked_for_and_not_sent_again(
    machine: Machine, voe: Account, control: Control
) -> None:
    machine.run("sync", "main")
    control.add_faults(
        {"call": "folder/create", "kind": "apply_then_disconnect",
         "account": voe.access["account"]},
    )  # fmt: skip
    assert machine.run("mkdir", "main:/X").status == 0
    assert len(control.folders(account=voe.access["account"])) == 1


def test_a_screen_needs_a_terminal(machine: Machine) -> None:
    for command in ([], ["demo"]):
        result = machine.call(*command)
        assert result.status == 2
        assert "terminal" in result.err


def test_a_damaged_library_is_set_aside(machine: Machine, voe: Account) -> None:
    voe.file("one.mp4")
    machine.data.mkdir()
    (machine.data / "library.db").write_bytes(b"this is no database" * 1000)
    result = machine.run("ls", "main:/")
    assert result.status == 0
    assert "one.mp4" in result.out
    assert "damaged" in result.err
    assert len(list(machine.data.glob("library.db.damaged-*"))) >= 1


@pytest.mark.parametrize("command", [["ls", "main:/"], ["holes"], ["rm", "main:/one.mp4"]])
def test_a_library_damaged_in_its_middle_is_said_so(
    machine: Machine, voe: Account, command: list[str]
) -> None:
    voe.file("one.mp4")
    machine.run("sync", "main")
    library = machine.data / "library.db"
    damage(library, "file", "file_by_folder")
    before = library.read_bytes()
    result = machine.run(*command)
    assert result.status == 1
    assert f"the library {library} is damaged" in result.err
    assert "error of its own" not in result.err
    assert library.stat().st_size >= len(before)


def damage(library: Path, *names: str) -> None:
    """Overwrite the pages in which some tables begin."""
    with contextlib.closing(sqlite3.connect(library)) as sql:
        sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = sql.execute("PRAGMA page_size").fetchone()[0]
        marks = ",".join("?" * len(names))
        found = sql.execute(f"SELECT rootpage FROM sqlite_schema WHERE name IN ({marks})", names)
        pages = [page for (page,) in found]
    with library.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)


def test_a_newer_library_is_only_read(machine: Machine, voe: Account) -> None:
    voe.file("one.mp4")
    machine.run("sync", "main")
    with sqlite3.connect(machine.data / "library.db") as library:
        library.execute("PRAGMA user_version = 99")
    library.close()
    assert "one.mp4" in machine.run("ls", "main:/").out
    result = machine.run("rename", "main:/one.mp4", "two.mp4")
    assert result.status == 1
    assert "newer vhtui" in result.err


def test_a_library_that_cannot_be_written(bare: Machine, voe: Account) -> None:
    bare.add("main", "voe", voe.access)
    bare.data.write_text("a file where the directory should be")
    result = bare.run("ls", "main:/")
    assert result.status == 1
    assert one_sentence(result.err)


def test_a_closed_pipe_is_no_error_to_talk_about(machine: Machine, voe: Account) -> None:
    voe.file("one.mp4")
    machine.run("sync", "main")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "vhtui", "ls", "main:/", "--json"],
        env=machine.environ,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert done.stderr == b""


def test_an_error_of_its_own_is_a_report_and_no_traceback(machine: Machine, voe: Account) -> None:
    machine.run("sync", "main")
    with sqlite3.connect(machine.data / "library.db") as library:
        library.execute("DROP TABLE log")
        library.execute("DROP TABLE file")
    library.close()
    result = machine.run("ls", "main:/")
    assert result.status == 1
    assert one_sentence(result.err)
    assert voe.access["key"] not in (machine.data / "state" / "crash.txt").read_text()
