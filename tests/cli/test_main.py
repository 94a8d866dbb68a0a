from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import ROOT, Machine
from vhtui import __version__


def test_version_and_help_load_nothing_heavy(bare: Machine) -> None:
    assert bare.run("--version").out == f"vhtui {__version__}\n"
    help = bare.run("--help")
    assert help.status == 0
    for word in ("accounts", "ACCOUNT:@CODE", "exit status", "encodings"):
        assert word in help.out
    code = (
        "import sys; from vhtui.cli import main; main(['--help']);"
        "heavy = {'textual', 'httpx', 'sqlite3', 'asyncio', 'rich'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], env=bare.environ, check=True, capture_output=True)


def test_bad_usage(bare: Machine) -> None:
    for args in (["fly"], ["ls"], ["ls", "a:", "--fast"], ["jobs", "cancel", "-1"], ["undo", "x"]):
        result = bare.run(*args)
        assert result.status == 2
        assert result.out == ""
        assert "usage:" in result.err


def test_the_sandbox_serves_until_sigterm(bare: Machine) -> None:
    with bare.spawn("sandbox", "--files", "5", "--folders", "2", "--hostile") as process:
        assert process.stdout is not None
        info = json.loads(process.stdout.readline())
        for provider in ("voe", "illvid"):
            assert info[provider]["base_url"].startswith("http://127.0.0.1:")
            assert info[provider]["key"]
        taken = info["voe"]["base_url"].split(":")[2].split("/")[0]
        again = bare.call("sandbox", "--port", taken)
        assert again.status == 1
        assert "Cannot listen" in again.err
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_the_demo_can_be_used_by_commands(bare: Machine) -> None:
    with bare.spawn("demo", "--env", "--files", "30", "--folders", "3") as process:
        assert process.stdout is not None
        export = process.stdout.readline()
        command = f"{export.strip()}; {sys.executable} -m vhtui"
        environ = bare.environ | {"PYTHONPATH": str(ROOT)}
        for rest, shown in (("ls -r illvid:/", ".m"), ("sync voe 2>&1", "voe: 30 files")):
            done = subprocess.run(
                ["sh", "-c", f"{command} {rest}"],
                env=environ, capture_output=True, text=True, check=True,
            )  # fmt: skip
            assert shown in done.stdout
        directory = Path(export.split("VHTUI_CONFIG_DIR=")[1].split()[0])
        assert directory.exists()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert not directory.exists()


def test_the_demos_hosts_end_with_it(bare: Machine) -> None:
    with bare.spawn("sandbox", "--with-parent", "--files", "1", stdin=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


def test_the_modules_entry(bare: Machine) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vhtui", "jobs", "--json"],
        env=bare.environ | {"LANG": "C", "PYTHONIOENCODING": "ascii"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == []
