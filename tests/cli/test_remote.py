from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from tests.cli.conftest import Account, Machine
from vhtui.cli.output import remote_state_words
from vhtui.models import RemoteState, RemoteUpload
from vhtui.sandbox.client import Control

URL = "https://example.com/video.mp4"
BROKEN = "https://example.com/broken.mp4?fail=1"


def test_add_and_list(machine: Machine, voe: Account) -> None:
    voe.folder("Incoming")
    added = machine.run("remote", "add", URL, BROKEN, "--to", "main:/Incoming", "--json")
    assert added.status == 0
    assert [job["target"] for job in added.document] == [URL, BROKEN]
    rows = machine.run("remote", "list", "main:", "--json").document
    assert rows[0]["host_state"] in ("1", "2")
    assert {row["url"] for row in rows} == {URL, BROKEN}
    for row in rows:
        assert row.keys() >= {"id", "code", "url", "state", "percent", "note", "account"}
        assert row["folder"] == str(voe.folders()["Incoming"])
    assert URL in machine.run("remote", "list").out


def test_a_queue_is_listed_offline_without_a_request(machine: Machine, control: Control) -> None:
    machine.run("remote", "add", URL, "--account", "main")
    before = len(control.requests())
    assert len(machine.run("remote", "list", "--offline", "--json").document) == 1
    assert len(control.requests()) == before


def test_restart_delete_and_clear(machine: Machine, control: Control) -> None:
    machine.run("remote", "add", BROKEN, URL, "--account", "main")
    control.advance(3600)
    rows = machine.run("remote", "list", "main", "--json").document
    failed = next(row["id"] for row in rows if row["state"] == "failed")
    done = next(row["id"] for row in rows if row["state"] == "completed")
    assert machine.run("remote", "restart", failed, "--account", "main").status == 0
    assert machine.run("remote", "restart", done, "--account", "main").status == 1
    assert machine.run("remote", "delete", done, "--account", "main").status == 0
    assert machine.run("remote", "delete", "999999", "--account", "main").status == 1
    control.advance(3600)
    assert machine.run("remote", "clear-failed", "--account", "main").status == 0
    assert machine.run("remote", "list", "main", "--json").document == []


def test_a_host_that_knows_folders_by_name(machine: Machine, control: Control) -> None:
    assert machine.run("remote", "add", URL, "--to", "ill:/Shelf").status == 0
    [row] = machine.run("remote", "list", "ill", "--json").document
    assert row["folder"] == "Shelf"
    control.advance(3600)
    machine.run("remote", "list", "ill")
    [file] = machine.run("ls", "ill:/Shelf", "--json").document
    assert file["title"] == "video.mp4"


def test_bad_usage(machine: Machine) -> None:
    assert machine.run("remote", "add", URL).status == 2
    assert machine.run("remote", "add", "gopher://x/y", "--account", "main").status == 2
    assert machine.run("remote", "add", URL, "--to", "ill:/A/B").status == 2
    assert machine.run("remote", "add", URL, "--to", "ill:/A", "--account", "main").status == 2
    missing = machine.run("remote", "add", URL, "--to", "main:/None")
    assert missing.status == 1
    assert "vhtui mkdir main:/None" in missing.err
    assert machine.run("remote", "clear-failed", "--account", "ill").status == 1
    assert machine.run("remote").status == 2


def test_urls_from_standard_input(machine: Machine) -> None:
    result = machine.call("remote", "add", "-", "--account", "main", stdin=f"{URL}\n{BROKEN}\n")
    assert result.status == 0
    assert len(machine.run("remote", "list", "main", "--json").document) == 2


def test_encodings(machine: Machine, control: Control) -> None:
    machine.run("remote", "add", URL, "--account", "main")
    control.advance(60)
    machine.run("remote", "list", "main")
    result = machine.run("encodings", "--json")
    assert result.status == 0
    for row in result.document:
        assert row.keys() >= {"account", "code", "title", "state", "percent"}
    refused = machine.run("encodings", "ill")
    assert refused.status == 1
    assert "no call" in refused.err


def test_a_list_of_urls_from_a_file(machine: Machine, tmp_path: Path) -> None:
    machine.run("remote", "add", URL, "--account", "main")
    path = tmp_path / "urls.txt"
    path.write_text(f"# films\n\n{URL}\n{BROKEN}\n{BROKEN}\nnonsense\n")
    preview = machine.run(
        "remote", "add", "--from", str(path), "--account", "main", "--dry-run", "--json"
    )
    assert [(row["line"], row["verdict"]) for row in preview.document] == [
        (3, "in the queue"), (4, "new"), (5, "twice"), (6, "no URL"),
    ]  # fmt: skip
    added = machine.run("remote", "add", "--from", str(path), "--account", "main", "--json")
    assert added.status == 1
    assert [job["target"] for job in added.document] == [BROKEN]
    assert "line 6: nonsense is not a URL" in added.err
    assert "1 twice in the list, 1 in the queue, 1 line no URL (--again" in added.err
    path.write_text(URL)
    nothing = machine.run("remote", "add", "--from", str(path), "--account", "main")
    assert (nothing.status, "nothing new" in nothing.err) == (0, True)
    again = machine.run("remote", "add", "--from", str(path), "--account", "main", "--again")
    assert again.status == 0
    assert len(machine.run("remote", "list", "main", "--offline", "--json").document) == 3


def test_a_list_that_cannot_be_read(machine: Machine, tmp_path: Path) -> None:
    video = tmp_path / "film.mkv"
    video.write_bytes(b"\0" * 100)
    for path, words in (
        (tmp_path / "none", "does not exist"), (tmp_path, "is no file"), (video, "is no text"),
    ):  # fmt: skip
        result = machine.run("remote", "add", "--from", str(path), "--account", "main")
        assert result.status == 2
        assert words in result.err
    piped = machine.call("remote", "add", "-", "--account", "main", stdin=f"# x\n{URL}\n")
    assert piped.status == 0


def test_what_failed_by_the_hosts_note(machine: Machine, control: Control) -> None:
    urls = [f"https://example.com/404-{number}.mp4" for number in range(3)]
    machine.run("remote", "add", *urls, "--account", "main")
    control.advance(3600)
    [group] = machine.run("remote", "failed", "--account", "main", "--json").document
    assert (group["note"], sorted(group["urls"])) == ("HTTP 404 Not Found", urls)
    assert "3  HTTP 404" in machine.run("remote", "failed", "--account", "main").out
    assert machine.run("remote", "restart", "--note", "403", "--account", "main").status == 1
    assert machine.run("remote", "restart", "--account", "main").status == 2
    assert machine.run("remote", "restart", "--note", "not found", "--account", "main").status == 0
    control.advance(3600)
    assert machine.run("remote", "delete", "--failed", "--account", "main").status == 0
    assert machine.run("remote", "list", "main", "--json").document == []


def test_what_still_waits_here_can_be_dropped(machine: Machine, illvid: Account) -> None:
    machine.run("remote", "add", URL, BROKEN, "--to", "ill:/A", "--no-wait")
    rows = machine.run("remote", "list", "ill", "--offline", "--json").document
    assert {row["state"] for row in rows} == {"queued"}
    dropped = machine.run("remote", "delete", rows[0]["id"], "--account", "ill")
    assert (dropped.status, "1 URL not given to the host" in dropped.err) == (0, True)
    assert machine.run("remote", "delete", rows[0]["id"], "--account", "ill").status == 1
    [left] = machine.run("remote", "list", "ill", "--offline", "--json").document
    assert left["url"] == rows[1]["url"]


def test_how_many_the_host_is_given_at_once(machine: Machine) -> None:
    assert machine.run("remote", "active", "--account", "main", "--json").document["active"] is None
    assert machine.run("remote", "active", "5", "--account", "main").out.split() == ["main", "5"]
    assert machine.run("remote", "active", "all", "--account", "main").out.split()[1] == "all"
    assert machine.run("remote", "active", "some", "--account", "main").status == 2


def test_a_command_that_ends_leaves_nothing_of_others_in_doubt(
    machine: Machine, illvid: Account, control: Control
) -> None:
    urls = [f"https://example.com/{number}.mp4" for number in range(20)]
    machine.run("remote", "add", *urls, "--to", "ill:/A", "--no-wait")
    slow = {"call": "upload_url", "kind": "apply_then_delay", "seconds": 0.3, "times": 20}
    control.add_faults(slow)
    assert machine.call("remote", "list", "main").status == 0  # carries out what it finds
    states = {job["state"] for job in machine.run("jobs", "--json").document}
    assert states <= {"ready", "done"}
    assert machine.run("work", "--until-idle").status == 0
    queued = [entry for entry in control.history() if entry["op"] == "upload_url"
              and entry["account"] == illvid.access["account"]]  # fmt: skip
    assert len(queued) == len(urls)


def test_a_state_that_is_not_understood_is_told_as_the_host_says_it() -> None:
    odd = RemoteUpload(id="1", url=URL, state=RemoteState.UNKNOWN, raw_state="7")
    assert remote_state_words(odd) == "unknown (7)"
    assert remote_state_words(replace(odd, state=RemoteState.FAILED)) == "failed"
