"""The commands about whole accounts and links, as a person runs them."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Account, Machine
from vhtui.sandbox.client import Control


@pytest.fixture
def full(control: Control, bare: Machine) -> dict[str, Account]:
    """A machine with accounts that have a library, two of them at VOE."""
    accounts = {}
    for name, provider in (("main", "voe"), ("second", "voe"), ("ill", "illvid")):
        access = control.add_account(provider, files=30, folders=4)
        bare.add(name, provider, access)
        accounts[name] = Account(control, provider, access)
    bare.tune()
    return accounts


def allow_premium(machine: Machine) -> None:
    with (machine.config / "config.toml").open("a") as file:
        file.write("\n[interface]\npremium = true\n")


def test_stats_side_by_side_and_summed(bare: Machine, full: dict[str, Account]) -> None:
    document = bare.run("stats", "--json", "--days", "7").document
    main, second = document["accounts"]
    assert (main["account"], second["account"]) == ("main", "second")
    assert len(main["days"]) == 7 and main["premium_until"] is None
    views = main["sum"]["views"] + second["sum"]["views"]
    assert document["total"]["sum"]["views"] == views > 0
    shown = bare.run("stats", "--offline")
    assert shown.out.splitlines()[0].split()[:2] == ["date", "main"]
    assert len(shown.out.splitlines()) == 34 and "0000-00-00" not in shown.out + shown.err
    assert "premium never" in shown.err and " left" in shown.err
    assert bare.run("stats", "--offline", "--days", "0").status == 2
    refused = bare.run("stats", "ill")
    assert refused.status == 1 and "no call to give statistics" in refused.err


def test_takedowns_and_their_export(bare: Machine, full: dict[str, Account]) -> None:
    bare.run("sync")
    [case] = bare.run("takedowns", "main", "--pending", "--json").document
    assert case["state"] == "pending" and case["seconds_left"] > 0 and case["views"] is not None
    assert bare.run("takedowns", "--offline").out.startswith("pending")
    assert case["code"] in bare.run("takedowns", "main", "--offline", "--csv").out
    assert f"code: {case['code']}" in bare.run("takedowns", "main", "--offline", "--text").out
    assert bare.run("takedowns", "main", "--csv", "--text").status == 2
    refused = bare.run("clone", case["code"], "--to", "second:/")
    assert refused.status == 1 and "does not help to get round a takedown" in refused.err


def test_deleted_files_with_what_was_known(bare: Machine, full: dict[str, Account]) -> None:
    bare.run("sync", "main")
    code, file = next(iter(full["main"].files().items()))
    full["main"].change_file(code, "delete")
    bare.run("sync", "main")
    [row] = [r for r in bare.run("deleted", "main", "--json").document if r["code"] == code]
    assert (row["title"], row["size"]) == (file["title"], file["size"])
    assert row["folder"].startswith("/") and row["by_host"] and code in row["embed"]
    assert f"main:@{code}" in bare.run("deleted", "--offline").out
    assert bare.run("deleted", "ill").status == 1


def test_check_is_made_for_cron(bare: Machine, full: dict[str, Account], tmp_path: Path) -> None:
    bare.run("sync")
    alive, dead = list(full["main"].files())[:2]
    full["main"].change_file(dead, "delete")
    page = tmp_path / "page.html"
    page.write_text(f"<p>\n<a href='https://voe.sx/{alive}'>a</a>\n")
    good = bare.run("check", str(page), "--json")
    assert good.status == 0 and good.document["counts"]["alive"] == 1
    assert bare.run("check", str(page)).out == ""
    page.write_text(f"<p>\n<a href='https://voe.sx/{alive}'>a</a>\n//x.example/e/{dead}\n")
    bad = bare.run("check", str(tmp_path / "page.html"))
    assert bad.status == 1 and bad.out.split() == ["gone", f"{page}:3", f"x.example/e/{dead}"]
    assert "2 links: 1 alive, 1 gone" in bad.err
    [row] = [r for r in bare.run("check", str(page), "--json").document["results"]
             if r["verdict"] == "gone"]  # fmt: skip
    assert row == {
        "verdict": "gone", "code": dead, "account": "main", "file": str(page), "line": 3,
        "link": f"x.example/e/{dead}",
    }  # fmt: skip
    table = bare.run("check", str(page), "--csv", "--all").out.splitlines()
    assert table[0] == "verdict,code,account,file,line,link" and len(table) == 3
    assert bare.run("check", f"https://voe.sx/e/{alive}", "--all").out.startswith("alive")
    piped = bare.call("check", "-", "--account", "main", "--all", stdin=f"{alive}\n")
    assert piped.status == 0 and piped.out.split()[1] == "-:1"
    missing = bare.run("check", str(tmp_path / "none.txt"))
    assert missing.status == 1 and "cannot be read: No such file" in missing.err


def test_clone_into_a_folder(bare: Machine, full: dict[str, Account]) -> None:
    bare.run("sync")
    folder = next(iter(full["second"].folders()))
    code = next(iter(full["main"].files()))
    before = set(full["second"].files())
    result = bare.run("clone", f"https://voe.sx/e/{code}", "nonsense!", "--to", f"second:/{folder}")
    assert result.status == 1 and "nonsense! is not cloned: this is no link or code" in result.err
    made = set(full["second"].files()) - before
    assert len(made) == 1 or "does not allow" in result.err
    assert bare.run("clone", "nonsense!", "--to", "main:/").status == 1


def test_renew_by_age_and_by_name(bare: Machine, full: dict[str, Account], tmp_path: Path) -> None:
    listed = {row["code"] for row in bare.run("takedowns", "ill", "--json").document}
    codes = [code for code in full["ill"].files() if code not in listed][:2]
    links = tmp_path / "links.txt"
    links.write_text("".join(f"{code} Title {code}\n" for code in codes))
    assert bare.run("import", "ill:/", str(links)).status == 0
    assert bare.run("renew").status == 2
    assert bare.run("renew", "--older-than", "soon").status == 2
    nothing = bare.run("renew", "--older-than", "60d")
    assert nothing.status == 0 and "2 files of unknown age" in nothing.err
    asked = bare.call("renew", f"ill:@{codes[0]}")
    assert asked.status == 2 and "--yes" in asked.err and "new code" in asked.err
    assert codes[0] in full["ill"].files()
    done = bare.run("renew", f"ill:@{codes[0]}", "--yes")
    old, new, *_ = done.out.split()
    assert done.status == 0 and old == codes[0] and new in full["ill"].files()
    assert bare.run("renew", "main:/", "--yes").status == 1


def test_the_domain_of_today(bare: Machine, full: dict[str, Account]) -> None:
    first, second = bare.run("domain", "--json").document
    assert (first["account"], first["domain"], first["refusal"]) == ("main", "voe.sx", "")
    assert second["asked"] is not None
    assert bare.run("domain", "main").out.split() == ["main", "voe.sx"]
    assert bare.run("domain", "ill").status == 1


def test_links_are_at_the_domain_of_today(
    bare: Machine, full: dict[str, Account], control: Control
) -> None:
    bare.run("sync", "main")

    def asked() -> int:
        return sum(request["call"] == "settings/domain" for request in control.requests())

    before = asked()
    assert "https://voe.sx/e/" in bare.run("link", "main:/", "-r").out
    assert bare.run("link", "main:/", "-r", "--as", "page").err == ""
    assert asked() == before + 1
    bare.run("sync", "second")
    assert bare.run("link", "second:/", "-r", "--as", "code").out
    assert bare.run("link", "second:/", "-r", "--offline").err == ""
    assert asked() == before + 1
    fault = {"call": "settings/domain", "kind": "status", "times": 9}
    control.add_faults({**fault, "account": full["second"].access["account"]})
    lost = bare.run("link", "second:/", "-r")
    assert lost.status == 0 and "https://voe.sx/e/" in lost.out
    assert "second: no embed domain of today" in lost.err and "links use voe.sx" in lost.err


def test_links_grouped_and_in_a_file(bare: Machine, full: dict[str, Account]) -> None:
    bare.run("sync", "main")
    file = bare.data / "links.md"
    grouped = ("link", "main:/", "-r", "--as", "markdown", "--group", "folder", "--offline")
    told = bare.run(*grouped, "--output", str(file))
    assert told.out == "" and f"to {file}" in told.err
    printed = bare.run(*grouped).out
    assert file.read_text() == printed and printed.startswith("### /\n[")
    refused = bare.run(*grouped, "--output", str(bare.data))
    assert refused.status == 2 and "is a folder" in refused.err
    rows = bare.run("link", "main:/", "-r", "--json", "--group", "series", "--offline").document
    assert all(row["group"] for row in rows)


def test_premium_keys_are_bought_on_purpose_only(
    bare: Machine, full: dict[str, Account], control: Control
) -> None:
    order = ("premium", "main", "--days", "30", "--amount", "2")
    off = bare.run(*order, "--yes")
    assert off.status == 2 and "premium = true under [interface]" in off.err
    allow_premium(bare)
    assert "no premium keys were ordered for main" in bare.run("premium", "main").err
    assert bare.run("premium", "main", "--days", "30").status == 2
    assert bare.run("premium", "main", "--bought").status == 2
    asked = bare.call(*order)
    assert asked.status == 2 and "--yes" in asked.err and "bills" in asked.err
    since = len(control.history())
    bought = bare.run(*order, "--yes", "--json")
    [applied] = control.history()[since:]
    assert bought.document["keys"] == applied["result"]["keys"]
    file = Path(bought.document["file"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert all(key in file.read_text() for key in bought.document["keys"])
    assert len(bare.run(*order, "--yes").out.split()) == 2
    fault = {"call": "reseller/premium/generate", "kind": "apply_then_disconnect"}
    control.add_faults(fault)
    doubtful = bare.run(*order, "--yes")
    assert doubtful.status == 1 and "--settle 3 --bought" in doubtful.err
    assert "decide it first" in bare.run(*order, "--yes").err
    assert bare.run("premium", "main", "--settle", "3").status == 2
    assert bare.run("premium", "main", "--settle", "3", "--bought").status == 0
    states = [row["state"] for row in bare.run("premium", "main", "--json").document]
    assert states == ["settled", "done", "done"]
    assert "settled" in bare.run("premium", "main").out


def test_a_window_that_runs_carries_it_out(bare: Machine, full: dict[str, Account]) -> None:
    bare.run("sync", "main")
    code = next(iter(full["main"].files()))
    with bare.spawn("work") as worker:
        try:
            until = time.monotonic() + 20
            lock = bare.data / "executor.lock"
            while not (lock.exists() and lock.read_text().strip() == str(worker.pid)):
                assert time.monotonic() < until and worker.poll() is None
            assert bare.run("check", code, "--all").out.startswith("alive")
            assert bare.run("stats", "main", "--json").status == 0
        finally:
            worker.terminate()
            worker.communicate(timeout=20)
