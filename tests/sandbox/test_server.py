from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from vhtui.sandbox import RunningSandbox, SandboxError, SandboxOptions, start
from vhtui.sandbox.client import Control
from vhtui.sandbox.hostile import TITLES

SERVE = (
    "import sys; from vhtui.sandbox import SandboxOptions, serve;"
    "sys.exit(serve(SandboxOptions(files=5, folders=1, port=int(sys.argv[1]))))"
)


def listed(info: dict[str, Any], **parameters: object) -> httpx.Response:
    query = {"key": info["voe"]["key"], "per_page": 250} | parameters
    return httpx.get(
        f"{info['voe']['base_url']}/file/list",
        params={name: str(value) for name, value in query.items()},
    )


def test_the_rate_is_kept_in_any_second() -> None:
    with (
        start(SandboxOptions(files=1, folders=0, rate=4)) as sandbox,
        httpx.Client(params={"key": sandbox.info["voe"]["key"]}, trust_env=False) as http,
    ):
        url = f"{sandbox.info['voe']['base_url']}/settings/domain"
        refused = [response for _ in range(40) if (response := http.get(url)).status_code == 429]
        assert refused[0].json() == {"message": "Too Many Attempts."}
        assert int(refused[0].headers["Retry-After"]) >= 1
        passed = [row["time"] for row in sandbox.requests() if row["status"] == 200]
        # The record is made just before the count, so allow for the moment between them.
        assert all(
            later - earlier > 0.99 for earlier, later in zip(passed, passed[4:], strict=False)
        )
        other = sandbox.control.add_account("voe")
        assert http.get(url, params={"key": other["key"]}).status_code == 200


def test_the_library_has_exactly_the_asked_size_and_follows_from_the_seed() -> None:
    options = SandboxOptions(files=700, folders=57, rate=0, speed=0)
    with start(options) as one, start(options) as two:
        assert len(one.control.files()) == 700
        assert len(one.control.folders()) == 57
        assert one.control.files() == two.control.files()
        assert one.info["voe"]["key"] == two.info["voe"]["key"]
        ids = {0} | {folder["id"] for folder in one.control.folders()}
        assert {file["folder"] for file in one.control.files()} <= ids
        assert one.control.files(provider="illvid")


def test_hostile_titles_come_through_unchanged() -> None:
    with start(SandboxOptions(files=200, folders=40, rate=0, hostile=True)) as sandbox:
        titles = {row["title"] for row in listed(sandbox.info).json()["result"]["data"]}
        assert titles >= set(TITLES)
        names = {folder["name"] for folder in sandbox.control.folders()}
        assert "Show [/] S01E01.mkv" in names
        queue = httpx.get(
            f"{sandbox.info['voe']['base_url']}/upload/url/list",
            params={"key": sandbox.info["voe"]["key"]},
        ).json()
        assert any("\x1b" in row["url"] for row in queue["list"]["data"])
        missing = httpx.get(
            f"{sandbox.info['voe']['base_url']}/file/delete",
            params={"key": sandbox.info["voe"]["key"], "del_code": "x"},
        )
        assert "[@click=app.quit]" in missing.json()["message"]


def test_an_existing_database_is_continued(tmp_path: Path) -> None:
    options = SandboxOptions(files=10, folders=2, rate=0, database=tmp_path / "sandbox.sqlite")
    with start(options) as first:
        code = first.control.files()[0]["code"]
        first.control.change_files({"action": "rename", "code": code, "title": "Kept"})
        info = first.info
    with start(options) as second:
        assert second.control.files()[0]["title"] == "Kept"
        assert second.info["voe"]["key"] == info["voe"]["key"]
        second.control.reset()
        assert second.control.files()[0]["title"] != "Kept"
        assert second.history() == []


def test_a_foreign_database_and_a_foreign_host_are_refused(tmp_path: Path) -> None:
    foreign = tmp_path / "notes.txt"
    foreign.write_text("not a database, but something that somebody needs\n" * 50)
    with pytest.raises(SandboxError, match="not a sandbox database"):
        start(SandboxOptions(database=foreign))
    with pytest.raises(SandboxError, match="loopback only"):
        start(SandboxOptions(host="0.0.0.0"))


def test_serve_prints_one_line_and_ends_at_once_on_sigterm() -> None:
    command = [sys.executable, "-c", SERVE]
    with subprocess.Popen(
        [*command, "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        info = json.loads(process.stdout.readline())
        assert set(info) == {"voe", "illvid", "control_url"}
        port = info["control_url"].split(":")[2].partition("/")[0]
        second = subprocess.run([*command, port], capture_output=True, text=True, check=False)
        assert (second.returncode, second.stdout) == (1, "")
        assert second.stderr.count("\n") == 1
        assert "address already in use" in second.stderr
        with httpx.Client(trust_env=False) as held:
            held.get(f"{info['control_url']}/info")
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=1.5) == 0
        assert (process.stdout.read(), process.stderr.read()) == ("", "")


def test_requests_are_recorded_without_the_key(
    sandbox: RunningSandbox, voe: httpx.Client, account: dict[str, str]
) -> None:
    before = len(sandbox.requests())
    voe.get("/account/info")
    voe.get("/account/info", params={"key": "wrong"})
    known, unknown = sandbox.control.requests(after=before)
    assert known["account"] == account["account"]
    assert (known["provider"], known["call"], known["status"]) == ("voe", "account/info", 200)
    assert (unknown["account"], unknown["status"]) == (None, 401)
    assert account["key"] not in json.dumps(sandbox.requests())


def test_change_behind_the_client_s_back_is_not_the_client_s_history(
    control: Control, account: dict[str, str]
) -> None:
    name, before = account["account"], control.history()
    (code,) = control.change_files({"action": "add", "account": name, "title": "a", "size": 7})
    folder = control.change_folder(action="add", account=name, name="Web")
    control.change_files(
        {"action": "rename", "code": code, "title": "b"},
        {"action": "move", "code": code, "folder": folder},
    )
    file = control.files(account=name)[-1]
    assert (file["title"], file["folder"], file["size"]) == ("b", folder, 7)
    control.change_folder(action="delete", id=folder)
    assert code not in {file["code"] for file in control.files(account=name)}
    assert control.history() == before
