from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

import pexpect
import pytest

from tests.cli.conftest import Account, Machine
from vhtui.sandbox.client import Control

QUICK = """
upload_settle = 0.1
upload_backoff = 0.05
upload_progress = 0.05
watch_interval = 0.05
"""


@pytest.fixture
def machine(machine: Machine) -> Machine:
    with (machine.config / "config.toml").open("a") as file:
        file.write(QUICK)
    return machine


@pytest.fixture
def files(tmp_path: Path) -> Path:
    directory = tmp_path / "videos"
    directory.mkdir()
    return directory


def make(path: Path, size: int = 50_000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    seed = hashlib.sha256(path.name.encode("utf-8", "replace")).digest()
    path.write_bytes((seed * (size // len(seed) + 1))[:size])
    return path


def received(account: Account) -> list[tuple[str, int, str]]:
    """Name, size and SHA-256 of what an account received."""
    return [
        (row["name"], row["size"], row["sha256"])
        for row in account.control.uploads()
        if row["account"] == account.access["account"]
    ]


def whole(path: Path) -> tuple[str, int, str]:
    content = path.read_bytes()
    return path.name, len(content), hashlib.sha256(content).hexdigest()


def folder_of(account: Account, title: str) -> str:
    [file] = [row for row in account.files().values() if row["title"] == title]
    return next(name for name, id in account.folders().items() if id == file["folder"])


@contextmanager
def spawned(machine: Machine, *args: str) -> Iterator[Popen[str]]:
    with machine.spawn(*args) as process:
        try:
            yield process
        finally:
            process.kill()


def says(process: Popen[str], words: str) -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(f"never said {words!r}")


def fault(account: Account, call: str = "upload", **more: Any) -> None:
    account.control.add_faults({"call": call, "account": account.access["account"], **more})


# -- upload ---------------------------------------------------------------------------------------


def test_what_arrives_is_what_was_sent(machine: Machine, voe: Account, files: Path) -> None:
    one, two = make(files / "one.mp4", 2_500_000), make(files / "two.mp4")
    result = machine.run("upload", str(one), str(two), "--to", "main:/New/Deep", "--json")
    assert result.status == 0
    assert sorted(received(voe)) == sorted([whole(one), whole(two)])
    for row, path in zip(result.document, (one, two), strict=True):
        assert row["path"] == str(path)
        assert (row["account"], row["title"]) == ("main", path.name)
        assert (row["size"], row["error"]) == (path.stat().st_size, "")
        assert row["state"] in ("encoding", "playable")
        assert voe.files()[row["code"]]["title"] == path.name
    assert folder_of(voe, "one.mp4") == "Deep"
    assert set(voe.folders()) == {"New", "Deep"}


def test_links_are_printed(machine: Machine, voe: Account, files: Path) -> None:
    result = machine.run("upload", str(make(files / "a.mp4")), "--to", "main:/", "--as", "page")
    [code] = voe.files()
    assert result.out.endswith(f"/{code}\n")
    assert "://" in result.out
    assert "1 upload queued for main" in result.err


def test_several_accounts(machine: Machine, voe: Account, illvid: Account, files: Path) -> None:
    path = make(files / "a.mp4")
    result = machine.run("upload", str(path), "--to", "main:/A", "--to", "ill:/B", "--json")
    assert result.status == 0
    assert sorted(row["account"] for row in result.document) == ["ill", "main"]
    assert received(voe) == received(illvid) == [whole(path)]
    assert folder_of(voe, "a.mp4") == "A"
    [row] = machine.run("ls", "ill:/B", "--json").document
    assert row["title"] == "a.mp4"


def test_a_folder_by_its_id(machine: Machine, voe: Account, files: Path) -> None:
    id = voe.folder("Twin")
    voe.folder("Twin")
    assert machine.run("upload", str(make(files / "a.mp4")), "--to", f"main:@{id}").status == 0
    [file] = voe.files().values()
    assert file["folder"] == id


def test_trees(machine: Machine, voe: Account, files: Path) -> None:
    make(files / "Show" / "S1" / "a.mp4")
    make(files / "Show" / "notes.txt")
    show = str(files / "Show")
    refused = machine.run("upload", show, "--to", "main:/")
    assert (refused.status, "choose it recursively" in refused.err) == (1, True)
    args = ("upload", show, "--recursive", "--pattern", "*.mp4", "--to", "main:/Series")
    assert machine.run(*args).status == 0
    assert [name for name, _, _ in received(voe)] == ["a.mp4"]
    assert folder_of(voe, "a.mp4") == "S1"
    assert machine.run(*args, "--flat", "--again").status == 0
    assert len(received(voe)) == 2
    assert voe.folders()["Series"] in {row["folder"] for row in voe.files().values()}


def test_twice_is_once(machine: Machine, voe: Account, files: Path) -> None:
    path = make(files / "a.mp4")
    assert machine.run("upload", str(path), "--to", "main:/").status == 0
    again = machine.run("upload", str(path), "--to", "main:/", "--json")
    [code] = voe.files()
    assert again.status == 0
    assert [(row["code"], row["state"]) for row in again.document] == [(code, "uploaded before")]
    assert "--again sends it again" in again.err
    assert len(received(voe)) == 1
    assert machine.run("upload", str(path), "--to", "main:/", "--again").status == 0
    assert len(received(voe)) == 2


def test_a_set_and_its_links(machine: Machine, voe: Account, files: Path) -> None:
    links = files / "links.txt"
    one, two = make(files / "E01.mp4"), make(files / "E02.mp4")
    args = ["--to", "main:/S", "--set", "Season 1", "--links", str(links), "--as", "code"]
    result = machine.run("upload", str(two), str(one), *args)
    assert result.status == 0
    codes = {row["title"]: code for code, row in voe.files().items()}
    assert links.read_text().split() == [codes["E01.mp4"], codes["E02.mp4"]]
    assert result.out.split() == links.read_text().split()
    assert "Season 1 is complete" in result.err


def test_until_playable(machine: Machine, files: Path, control: Control) -> None:
    path = str(make(files / "a.mkv"))
    sent = machine.run("upload", path, "--to", "main:/", "--json")
    assert [row["state"] for row in sent.document] == ["encoding"]
    with spawned(machine, "upload", str(make(files / "b.mkv")), "--to", "main:/", "--json",
                 "--until", "playable") as process:  # fmt: skip
        says(process, "queued")
        while not any(row["name"] == "b.mkv" for row in control.uploads()):
            assert process.poll() is None
        while process.poll() is None:
            control.advance(600)
        assert process.stdout is not None
        assert [row["state"] for row in json.load(process.stdout)] == ["playable"]
    assert process.returncode == 0


# -- what cannot be sent --------------------------------------------------------------------------


def test_files_that_cannot_be_sent(machine: Machine, voe: Account, files: Path) -> None:
    good, empty = make(files / "good.mp4"), make(files / "empty.mp4", 0)
    fifo = files / "fifo"
    os.mkfifo(fifo)
    chosen = [fifo, "/dev/null", files, empty, files / "none.mp4", good]
    result = machine.run("upload", *map(str, chosen), "--to", "main:/", "--json")
    assert result.status == 1
    complaints = [line for line in result.err.splitlines() if line.startswith("vhtui: ")]
    for line, words in zip(
        complaints,
        ("a pipe (FIFO)", "a device", "is a folder", "is empty", "does not exist"),
        strict=True,
    ):
        assert words in line
    assert [row["state"] for row in result.document] == ["playable"] + ["refused"] * 5
    assert received(voe) == [whole(good)]
    alone = machine.run("upload", str(fifo), str(empty), "--to", "main:/")
    assert (alone.status, alone.err.count("\n")) == (1, 2)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission(machine: Machine, files: Path) -> None:
    path = make(files / "a.mp4")
    path.chmod(0)
    result = machine.run("upload", str(path), "--to", "main:/")
    assert (result.status, "no permission" in result.err) == (1, True)


def test_files_that_changed_in_the_queue(machine: Machine, voe: Account, files: Path) -> None:
    grown, shrunk, gone, good = (make(files / f"{n}.mp4") for n in ("a", "b", "c", "d"))
    chosen = [str(path) for path in (grown, shrunk, gone, good)]
    machine.run("upload", *chosen, "--to", "main:/", "--no-wait")
    make(grown, 90_000)
    make(shrunk, 10)
    gone.unlink()
    result = machine.run("work", "--until-idle")
    assert result.status == 1
    assert result.err.count("is not the file that was chosen any more") == 2
    assert "c.mp4 does not exist (any more)" in result.err
    assert received(voe) == [whole(good)]
    again = machine.run("uploads", "retry", "--all")
    assert (again.status, "does not exist (any more)" in again.err) == (1, True)
    assert sorted(received(voe)[1:]) == sorted([whole(grown), whole(shrunk)])


def test_a_file_that_grows_while_it_is_sent(machine: Machine, voe: Account, files: Path) -> None:
    path, good = make(files / "a.mp4"), make(files / "b.mp4")
    limited = ("--limit", "100", "--parallel", "1")
    with spawned(machine, "upload", str(path), str(good), "--to", "main:/", *limited) as process:
        while not (rows := machine.run("uploads", "--json").document) or (
            rows[0]["state"] != "sending"
        ):
            assert process.poll() is None
        with path.open("ab") as file:
            file.write(b"more")
        machine.run("uploads", "limits", "--limit", "none")
        assert process.wait(20) == 1
        says(process, "changed")
    assert received(voe) == [whole(good)]


def test_a_name_that_is_not_utf8(machine: Machine, voe: Account, files: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(files) + b"/caf\xe9\x1b[31m.mp4"))
    path.write_bytes(b"x" * 10)
    result = machine.run("upload", str(path), "--to", "main:/", "--json")
    assert result.status == 0
    [row] = result.document
    assert row["path"] == str(path)
    assert row["title"] == "caf\N{REPLACEMENT CHARACTER} [31m.mp4"
    assert machine.run("uploaded", str(path)).status == 0


def test_a_type_the_host_refuses(machine: Machine, voe: Account, files: Path) -> None:
    make(files / "a.txt")
    make(files / "b.mp4")
    fault(voe, status=422, body={"success": False, "message": "This file type is not allowed."})
    machine.run("uploads", "limits", "--parallel", "1")
    result = machine.run("upload", "-r", str(files), "--to", "main:/", "--json")
    assert result.status == 1
    assert "file type is not allowed" in result.err
    assert [row["state"] for row in result.document] == ["failed", "playable"]
    assert "file type is not allowed" in result.document[0]["error"]


def test_a_host_that_is_out_of_space(machine: Machine, voe: Account, files: Path) -> None:
    paths = [str(make(files / f"{n}.mp4")) for n in range(3)]
    fault(voe, status=422, body={"success": False, "message": "Not enough storage space."})
    args = ("--to", "main:/", "--to", "ill:/", "--parallel", "1", "--json")
    result = machine.run("upload", *paths, *args)
    assert result.status == 1
    states = [row["state"] for row in result.document]
    assert states == ["failed", "paused", "paused", "playable", "playable", "playable"]
    assert "main has no room" in result.err
    assert "2 files stay in the queue" in result.err
    assert machine.run("uploads", "resume", "--all").status == 0
    assert len(received(voe)) == 2


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("https://evil.example/node", "evil.example, which is not trusted"),
        ("http://voe.sx/node", "voe.sx, by plain http"),
    ],
)
def test_a_place_that_is_not_trusted(
    machine: Machine, voe: Account, files: Path, place: str, words: str
) -> None:
    body = {"status": 200, "success": True, "result": place}
    fault(voe, "upload/server", status=200, body=body)
    result = machine.run("upload", str(make(files / "a.mp4")), "--to", "main:/")
    assert (result.status, words in result.err) == (1, True)
    assert received(voe) == []


def test_a_host_that_is_down(bare: Machine, voe: Account, files: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    bare.add("main", "voe", {"base_url": f"http://127.0.0.1:{port}/api", "key": voe.access["key"]})
    bare.tune()
    path = str(make(files / "a.mp4"))
    result = bare.run("upload", path, "--to", "main:/", "--json")
    assert result.status == 1
    assert "a.mp4 stays in the queue: 'vhtui work' sends it later" in result.err
    assert [row["state"] for row in result.document] == ["queued"]
    assert bare.run("work", "--until-idle").status == 1
    config = bare.config / "config.toml"
    address = voe.access["base_url"]
    config.write_text(config.read_text().replace(f"http://127.0.0.1:{port}/api", address))
    again = bare.run("upload", path, "--to", "main:/")
    assert (again.status, "in the queue for main already" in again.err) == (0, True)
    assert len(received(voe)) == 1


def test_a_wrong_key_and_then_the_right_one(machine: Machine, voe: Account, files: Path) -> None:
    credentials = machine.config / "credentials.toml"
    good = credentials.read_text()
    credentials.write_text(good.replace(voe.access["key"], "wrongwrongwrong1234"))
    path = str(make(files / "a.mp4"))
    result = machine.run("upload", path, "--to", "main:/")
    assert (result.status, "key" in result.err) == (1, True)
    credentials.write_text(good)
    assert machine.run("upload", path, "--to", "main:/").status == 0


def test_a_lost_answer(machine: Machine, voe: Account, files: Path) -> None:
    fault(voe, kind="apply_then_disconnect")
    assert machine.run("upload", str(make(files / "a.mp4")), "--to", "main:/F").status == 0
    assert len(received(voe)) == 1


def test_an_upload_only_the_person_can_decide(
    machine: Machine, illvid: Account, files: Path
) -> None:
    fault(illvid, kind="apply_then_disconnect")
    result = machine.run("upload", str(make(files / "a.mp4")), "--to", "ill:/", "--json")
    [row] = result.document
    assert (result.status, row["state"]) == (1, "needs you")
    assert f"'vhtui uploads settle {row['id']} CODE'" in result.err
    [code] = illvid.files()
    assert machine.run("uploads", "settle", str(row["id"]), "no code").status == 2
    assert machine.run("uploads", "settle", str(row["id"]), code).status == 0
    assert machine.run("uploaded", str(files / "a.mp4")).status == 0


def test_bad_usage(machine: Machine, files: Path) -> None:
    path = str(make(files / "a.mp4"))
    for args in (
        ["upload", path],
        ["upload", "--to", "main:/"],
        ["upload", path, "--to", "main"],
        ["upload", path, "--to", "other:/"],
        ["upload", path, "--to", "main:/A", "--to", "main:/B"],
        ["upload", path, "--to", "main:/", "--links", "x"],
        ["upload", path, "--to", "main:/", "--as", "nonsense"],
        ["upload", path, "--to", "main:/", "--limit", "fast"],
        ["upload", path, "--to", "main:/", "--parallel", "99"],
        ["upload", path, "--to", "main:/", "--until", "noon"],
        ["upload", str(files), "-r", "--pattern", "*.none", "--to", "main:/"],
        ["uploads", "pause"],
        ["uploads", "limits", "--hours", "22-6"],
        ["watch", str(files)],
        ["uploaded"],
    ):
        result = machine.run(*args)
        assert (result.status, result.out) == (2, ""), args
        assert result.err
    assert machine.run("uploads", "--json").document == []


# -- the ledger, the queue, the limits ------------------------------------------------------------


def test_uploaded_answers_for_scripts(machine: Machine, voe: Account, files: Path) -> None:
    path, other = make(files / "a.mp4"), make(files / "b.mp4", 60_000)
    machine.run("upload", str(path), "--to", "main:/F")
    [code] = voe.files()
    moved = path.rename(files / "renamed.mp4")
    result = machine.run("uploaded", str(moved), "--json")
    [row] = result.document
    assert result.status == 0
    assert row.pop("uploaded")
    expected = {"path": str(moved), "account": "main", "code": code, "title": "a.mp4"}
    assert row == expected | {"folder": "/F"}
    both = machine.run("uploaded", str(moved), str(other), "--json")
    assert both.status == 1
    assert [row["code"] for row in both.document] == [code, None]
    assert f"main:@{code}" in machine.run("uploaded", str(moved)).out
    assert machine.run("uploaded", str(moved), "--account", "ill").status == 1
    assert machine.run("uploaded", str(files / "none")).status == 1


def test_the_queue_is_steered(machine: Machine, voe: Account, files: Path) -> None:
    paths = [str(make(files / f"{n}.mp4")) for n in range(3)]
    machine.run("upload", *paths, "--to", "main:/", "--no-wait")
    one, two, three = (str(row["id"]) for row in machine.run("uploads", "--json").document)
    assert machine.run("uploads", "pause", one, two).status == 0
    assert machine.run("uploads", "cancel", three).status == 0
    assert machine.run("uploads", "cancel", three).status == 1
    assert machine.run("uploads", "pause", "999").status == 1
    assert machine.run("work", "--until-idle").status == 0
    assert received(voe) == []
    assert machine.run("uploads", "resume", one).status == 0
    states = [row["state"] for row in machine.run("uploads", "list", "--json").document]
    assert states == ["playable", "paused", "cancelled"]
    assert "0.mp4" in machine.run("uploads").out
    assert machine.run("uploads", "retry", three, "--json").document[0]["state"] == "playable"
    assert machine.run("uploads", "retry", three).status == 1
    assert machine.run("uploads", "clear").status == 0
    assert [row["id"] for row in machine.run("uploads", "--json").document] == [int(two)]


def test_limits(machine: Machine, voe: Account, files: Path) -> None:
    args = ("--parallel", "3", "--limit", "5M", "--hours", "22:00-06:30", "--json")
    expected = {"parallel": 3, "limit": 5_000_000, "hours": "22:00-06:30"}
    assert machine.run("uploads", "limits", *args).document == expected
    assert "5.0 MB/s" in machine.run("uploads", "limits").out
    none = machine.run("uploads", "limits", "--limit", "none", "--hours", "none", "--json")
    assert none.document == {"parallel": 3, "limit": None, "hours": None}
    path = str(make(files / "a.mp4"))
    machine.run("upload", path, "--to", "main:/", "--limit", "100M", "--parallel", "4")
    assert machine.run("uploads", "limits", "--json").document["limit"] == 100_000_000
    reset = machine.run("uploads", "limits", "--reset", "--json").document
    assert reset == {"parallel": 2, "limit": None, "hours": None}


# -- with and without another vhtui ---------------------------------------------------------------


def test_the_one_that_is_at_work_sends(machine: Machine, voe: Account, files: Path) -> None:
    path = make(files / "a.mp4")
    with spawned(machine, "work") as process:
        says(process, "carrying out")
        result = machine.run("upload", str(path), "--to", "main:/F", "--json")
        assert result.status == 0
        assert received(voe) == [whole(path)]
        assert "uploaded a.mp4 to main:/F as " in says(process, "uploaded")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_interrupted_nothing_is_lost(machine: Machine, voe: Account, files: Path) -> None:
    path = make(files / "a.mp4")
    with spawned(machine, "upload", str(path), "--to", "main:/", "--limit", "100") as process:
        says(process, "queued")
        while machine.run("uploads", "--json").document[0]["state"] != "sending":
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 1
    machine.run("uploads", "limits", "--limit", "none")
    assert machine.run("work", "--until-idle").status == 0
    assert whole(path) in received(voe)
    assert len(voe.files()) == 1


def test_a_terminal_shows_how_far_it_is(machine: Machine, voe: Account, files: Path) -> None:
    args = ["-m", "vhtui", "upload", str(make(files / "a.mp4")), "--to", "main:/"]
    options: dict[str, Any] = {"env": machine.environ, "encoding": "utf-8", "timeout": 20}
    process = pexpect.spawn(sys.executable, [*args, "--limit", "100"], **options)
    process.expect(r"\r\x1b\[K0 of 1 file, .* of 50\.0 kB")
    machine.run("uploads", "limits", "--limit", "none")
    process.expect("voe[^ ]*/[a-z0-9]{12}")
    process.expect(pexpect.EOF)
    process.close()
    assert process.exitstatus == 0


# -- watch folders --------------------------------------------------------------------------------


def test_a_watch_folder(machine: Machine, voe: Account, files: Path) -> None:
    args = ("watch", str(files), "--to", "main:/In", "--pattern", "*.mp4", "--settle", "0")
    with spawned(machine, *args) as process:
        says(process, "carrying out")
        make(files / "notes.txt")
        make(files / "Show" / "a.mp4")
        says(process, "uploaded a.mp4 to main:/In/Show as ")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert folder_of(voe, "a.mp4") == "Show"
    [row] = machine.run("watch", "--list", "--json").document
    assert (row["path"], row["account"], row["folder"]) == (str(files), "main", "/In")
    assert str(files) in machine.run("watch", "--list").out
    assert machine.run("watch", "--remove", str(row["id"])).status == 0
    assert machine.run("watch", "--remove", str(row["id"])).status == 1
    assert machine.run("watch", "--list", "--json").document == []


def test_what_settled_in_a_watch_folder_is_sent_by_one_run_of_work(
    machine: Machine, voe: Account, files: Path
) -> None:
    watched = ("watch", str(files), "--to", "main:/In", "--no-wait", "--settle")
    make(files / "a.mp4")
    assert machine.run(*watched, "3600").status == 0
    assert machine.run("work", "--until-idle").status == 0
    assert machine.run("uploads", "--json").document == []
    assert machine.run(*watched, "0.01").status == 0
    assert machine.run("work", "--until-idle").status == 0
    assert folder_of(voe, "a.mp4") == "In"
    assert machine.run("work", "--until-idle").status == 0
    assert len(machine.run("uploads", "--json").document) == 1


def test_a_watch_folder_is_tried(machine: Machine, voe: Account, files: Path) -> None:
    os.utime(make(files / "old.mp4"), (1, 1))
    make(files / "new.mp4")
    result = machine.run("watch", str(files), "--to", "main:/", "--dry-run", "--json")
    assert [(Path(row["path"]).name, row["taken"]) for row in result.document] == [
        ("new.mp4", False),
        ("old.mp4", True),
    ]
    assert "still changing" in machine.run("watch", str(files), "--to", "main:/", "--dry-run").out
    assert machine.run("watch", "--list", "--json").document == []
    added = machine.run("watch", str(files), "--to", "main:/", "--no-wait", "--flat", "--json")
    assert [row["flat"] for row in added.document] == [True]


def test_the_command_of_a_set_has_run_when_the_upload_ends(
    machine: Machine, files: Path, tmp_path: Path
) -> None:
    script = tmp_path / "hook.py"
    script.write_text(
        "import os, pathlib, time\n"
        "time.sleep(0.5)\n"
        f"pathlib.Path({str(tmp_path / 'told')!r}).write_text(os.environ['VHTUI_CODES'])\n"
    )
    with (machine.config / "config.toml").open("a") as file:
        file.write(f'[uploads]\nset_command = ["{sys.executable}", "{script}"]\n')
    result = machine.call(
        "upload", str(make(files / "a.mp4")), "--to", "main:/", "--set", "One", "--as", "code"
    )
    assert result.status == 0
    assert (tmp_path / "told").read_text() == result.out.strip()
    assert "One is complete: 1 video plays" in result.err


def test_sets_are_listed_and_their_links_printed_again(machine: Machine, files: Path) -> None:
    path = str(make(files / "a.mp4"))
    code = machine.run("upload", path, "--to", "main:/", "--set", "One", "--as", "code").out.strip()
    assert machine.run("uploads", "clear").status == 0
    [row] = machine.run("uploads", "sets", "--json").document
    assert (row["name"], row["complete"], row["videos"], row["error"]) == ("One", True, 1, "")
    assert machine.run("uploads", "sets", "One").out.strip() == code
    assert code in machine.run("uploads", "sets", "One", "--as", "page").out
    slow = str(make(files / "b.mkv"))
    machine.run("upload", slow, "--to", "main:/", "--set", "Two", "--until", "sent")
    unfinished = machine.run("uploads", "sets", "Two")
    assert unfinished.status == 1
    assert "0 of 1 play" in unfinished.err
    assert machine.run("uploads", "sets", "Three").status == 1
