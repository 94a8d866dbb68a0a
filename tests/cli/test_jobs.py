from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.cli.conftest import Account, Machine
from vhtui.sandbox.client import Control


@contextmanager
def working(machine: Machine, *args: str) -> Iterator[subprocess.Popen[str]]:
    """A ``vhtui work`` that holds the lock."""
    with machine.spawn("work", *args) as process:
        assert process.stderr is not None
        assert "carrying out" in process.stderr.readline()
        try:
            yield process
        finally:
            process.kill()


def test_jobs_wait_in_the_journal_until_work_carries_them_out(
    machine: Machine, voe: Account
) -> None:
    written = machine.run("mkdir", "main:/Later", "--no-wait", "--json")
    assert written.status == 0
    assert "vhtui work" in written.err
    assert [job["state"] for job in written.document] == ["ready"]
    [job] = machine.run("jobs", "--json").document
    assert job.keys() >= {"id", "group", "kind", "state", "account", "target", "error"}
    assert (job["kind"], job["account"], job["target"]) == ("create folder", "main", "Later")
    assert "Later" in machine.run("ls", "main:/").out
    result = machine.call("work", "--until-idle")
    assert result.status == 0
    assert "Created folder Later" in result.err
    assert "Later" in voe.folders()
    assert machine.run("jobs", "--json", "--all").document[0]["state"] == "done"
    assert "Later" in machine.run("jobs").out


def test_pause_resume_cancel_and_history(machine: Machine, voe: Account) -> None:
    machine.run("mkdir", "main:/One", "--no-wait")
    machine.run("mkdir", "main:/Two", "--no-wait")
    two, one = machine.run("history", "--json").document
    assert (one["title"], one["state"]) == ("Create folder One", "open")
    assert machine.run("jobs", "pause", str(one["id"])).status == 0
    assert machine.run("jobs", "cancel", str(two["id"])).status == 0
    assert machine.run("jobs", "cancel", str(two["id"])).status == 1
    assert machine.call("work", "--until-idle").status == 0
    assert voe.folders() == {}
    assert machine.run("history", "--json").document[1]["state"] == "paused"
    assert machine.run("jobs", "resume", str(one["id"])).status == 0
    assert set(voe.folders()) == {"One"}
    assert "Create folder One" in machine.run("history").out
    assert machine.run("jobs", "pause", "999").status == 1
    assert machine.run("jobs", "retry", str(one["id"])).status == 1
    assert machine.run("jobs", "settle", "1", "--happened").status == 1
    assert machine.run("undo", "999").status == 1
    assert machine.run("redo").status == 1


def test_a_refused_job_fails_and_can_be_tried_again(
    machine: Machine, voe: Account, control: Control
) -> None:
    code = voe.file("one.mp4")
    machine.run("sync", "main")
    control.add_faults(
        {"call": "file/rename", "kind": "success_false", "account": voe.access["account"]}
    )
    refused = machine.run("rename", "main:/one.mp4", "two.mp4", "--json")
    assert refused.status == 1
    assert refused.document[0]["state"] == "rejected"
    assert "refused" in refused.err
    group = str(refused.document[0]["group"])
    assert machine.run("jobs", "retry", group).status == 0
    assert voe.files()[code]["title"] == "two.mp4"


def test_a_job_that_needs_the_person(machine: Machine, illvid: Account, control: Control) -> None:
    account = illvid.access["account"]
    control.add_faults({"call": "upload_url", "kind": "disconnect", "account": account})
    result = machine.run("remote", "add", "https://example.com/a.mp4", "--account", "ill")
    assert result.status == 1
    assert "jobs settle" in result.err
    [job] = machine.run("jobs", "--json").document
    assert job["state"] == "needs you"
    assert machine.run("jobs", "settle", str(job["id"]), "--happened").status == 0
    assert machine.run("jobs", "--json").document[0]["state"] == "done"


def test_a_command_follows_the_vhtui_that_holds_the_lock(machine: Machine, voe: Account) -> None:
    folder = voe.folder("Target")
    code = voe.file("one.mp4")
    with working(machine) as process:
        assert machine.run("sync", "main").status == 0
        assert machine.run("mv", "main:/one.mp4", "main:/Target").status == 0
        assert voe.files()[code]["folder"] == folder
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "Moved one.mp4 to Target" in err
    assert err.endswith("stopped; what is left stays in the journal\n")


def test_another_worker_takes_over(machine: Machine, voe: Account) -> None:
    with working(machine) as first, machine.spawn("work") as second:
        assert second.stderr is not None
        assert f"process {first.pid}" in second.stderr.readline()
        first.kill()
        for line in second.stderr:
            if "carrying out" in line:
                break
        assert machine.run("mkdir", "main:/After").status == 0
        assert "After" in voe.folders()
        second.send_signal(signal.SIGHUP)
        assert second.wait(10) == 0


def test_ctrl_c_leaves_the_job_in_the_journal(
    machine: Machine, voe: Account, control: Control
) -> None:
    machine.run("sync", "main")
    control.add_faults(
        {"call": "folder/create", "kind": "status", "status": 429, "headers": {"Retry-After": "60"},
         "times": 100, "account": voe.access["account"]},
    )  # fmt: skip
    with machine.spawn("mkdir", "main:/Stopped") as process:
        while not any(voe.access["account"] == r.get("account") and r["status"] == 429
                      for r in control.requests()):  # fmt: skip
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "stays" in err
    assert "Traceback" not in err
    control.clear_faults()
    assert machine.run("jobs", "--json").document[0]["state"] != "done"
