from __future__ import annotations

import stat

from tests.cli.conftest import Account, Machine
from vhtui.sandbox.client import Control


def test_add_list_check_remove(bare: Machine, voe: Account) -> None:
    key = voe.access["key"]
    bare.secrets.append(key)
    added = bare.call(
        "accounts", "add", "main", "--provider", "voe", "--key-stdin",
        "--base-url", voe.access["base_url"], "--rate", "50", stdin=f"{key}\n",
    )  # fmt: skip
    assert (added.status, added.out) == (0, "")
    credentials = bare.config / "credentials.toml"
    assert key in credentials.read_text()
    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600
    [row] = bare.run("accounts", "list", "--json").document
    assert (row["name"], row["provider"], row["state"]) == ("main", "voe", "new")
    assert row["key_from"] == "credentials.toml"
    assert "never synced" in bare.run("accounts", "list").out
    assert bare.run("accounts").out == bare.run("accounts", "list").out
    assert bare.run("accounts", "check", "main").status == 0
    assert bare.run("accounts", "check", "main", "--json").document["state"] == "ok"
    assert bare.run("accounts", "remove", "main").status == 0
    assert key not in credentials.read_text()
    assert bare.run("accounts", "list", "--json").document == []
    assert bare.run("accounts", "remove", "main").status == 2


def test_keys_from_elsewhere(bare: Machine, voe: Account) -> None:
    bare.secrets.append(voe.access["key"])
    script = bare.config.parent / "key.sh"
    script.write_text(f"#!/bin/sh\necho {voe.access['key']}\n")
    script.chmod(0o700)
    common = ("--provider", "voe", "--base-url", voe.access["base_url"])
    assert bare.run("accounts", "add", "a", *common, "--key-command", str(script)).status == 0
    assert bare.run("accounts", "add", "b", *common, "--key-command", "sh -c 'exit 3'").status == 0
    assert bare.run("accounts", "check", "a").status == 0
    failed = bare.run("accounts", "check", "b")
    assert failed.status == 2
    assert "ended with status 3" in failed.err


def test_the_api_login_goes_along_where_the_host_asks_for_it(
    bare: Machine, illvid: Account, control: Control
) -> None:
    bare.secrets.append(illvid.access["key"])
    control.set_options(illvid_login=True)
    try:
        for name, more in (("without", ()), ("with", ("--login", illvid.access["account"]))):
            bare.call(
                "accounts", "add", name, "--provider", "illvid", "--key-stdin",
                "--base-url", illvid.access["base_url"], *more, stdin=f"{bare.secrets[0]}\n",
            )  # fmt: skip
        refused = bare.run("accounts", "check", "without")
        assert (refused.status, "Login is required" in refused.err) == (1, True)
        assert bare.run("accounts", "check", "with").status == 0
        added = bare.run("remote", "add", "https://example.org/a.mp4", "--account", "with")
        assert added.status == 0
    finally:
        control.set_options(illvid_login=False)


def test_bad_usage_of_add(machine: Machine) -> None:
    assert machine.call("accounts", "add", "x", "--provider", "voe").status == 2
    assert machine.call(
        "accounts", "add", "x", "--provider", "voe", "--key-stdin", stdin="\n"
    ).status == 2  # fmt: skip
    taken = machine.call(
        "accounts", "add", "main", "--provider", "voe", "--key-stdin", stdin="k1234\n"
    )
    assert taken.status == 2
    assert "already" in taken.err
    assert machine.run("accounts", "add", "x", "--provider", "youtube").status == 2
    assert machine.run("accounts", "check", "nobody").status == 2


def test_a_read_only_account(bare: Machine, voe: Account) -> None:
    assert bare.call(
        "accounts", "add", "ro", "--provider", "voe", "--read-only", "--key-stdin",
        "--base-url", voe.access["base_url"], stdin=f"{voe.access['key']}\n",
    ).status == 0  # fmt: skip
    assert bare.run("mkdir", "ro:/X").err == "vhtui: ro is read-only in config.toml\n"


def test_a_new_key(bare: Machine, voe: Account) -> None:
    bare.add("main", "voe", voe.access, key="oldoldoldoldold1234")
    assert bare.run("accounts", "check", "main").status == 1
    bare.secrets.append(key := voe.access["key"])
    assert bare.call("accounts", "key", "main", "--key-stdin", stdin=f"{key}\n").status == 0
    assert bare.run("accounts", "check", "main").status == 0
    assert bare.call("accounts", "key", "nobody", "--key-stdin", stdin=f"{key}\n").status == 2
    assert bare.call("accounts", "key", "main").status == 2
