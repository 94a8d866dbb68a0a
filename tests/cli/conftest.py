from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from vhtui.cli import main
from vhtui.sandbox import RunningSandbox, SandboxOptions, start
from vhtui.sandbox.client import Control

ROOT = Path(__file__).parents[2]
TUNING = """
[tuning]
settle = 0.05
remote_settle = 0.1
lock_poll = 0.05
announce_interval = 0.02
request_deadline = 5
"""


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    with start(SandboxOptions(files=20, folders=4, rate=0)) as running:
        yield running


@pytest.fixture
def control(sandbox: RunningSandbox) -> Iterator[Control]:
    yield sandbox.control
    sandbox.control.clear_faults()


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass
class Machine:
    """A person's machine: a configuration, a library, and commands run on them."""

    config: Path
    data: Path
    capture: pytest.CaptureFixture[str]
    secrets: list[str] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("VHTUI_")}
        return clean | {
            "VHTUI_CONFIG_DIR": str(self.config),
            "VHTUI_DATA_DIR": str(self.data),
            "PYTHONPATH": str(ROOT),
        }

    def add(
        self, name: str, provider: str, access: Mapping[str, str], *, more: str = "", key: str = ""
    ) -> None:
        """Write an account as a person would, with an editor."""
        self.config.mkdir(mode=0o700, exist_ok=True)
        key = key or access["key"]
        self.secrets.append(key)
        with (self.config / "config.toml").open("a") as file:
            file.write(
                f'[accounts.{name}]\nprovider = "{provider}"\nbase_url = "{access["base_url"]}"\n'
                f"requests_per_second = 100\n{more}\n"
            )
        credentials = self.config / "credentials.toml"
        with credentials.open("a") as file:
            file.write(f'[{name}]\nkey = "{key}"\n')
        credentials.chmod(0o600)

    def tune(self) -> None:
        with (self.config / "config.toml").open("a") as file:
            file.write(TUNING)

    def run(self, *args: str) -> Result:
        """Run a command in this process; what every command must keep to is checked here."""
        self.capture.readouterr()
        status = main(args)
        out, err = self.capture.readouterr()
        return self._checked(Result(status, out, err))

    def spawn(self, *args: str, **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "vhtui", *args],
            env=self.environ,
            cwd=self.config.parent,
            text=True,
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **options,
        )

    def call(self, *args: str, stdin: str | None = None) -> Result:
        """Run a command in a process of its own."""
        source = subprocess.DEVNULL if stdin is None else subprocess.PIPE
        with self.spawn(*args, stdin=source) as process:
            out, err = process.communicate(stdin, timeout=60)
        return self._checked(Result(process.returncode, out, err))

    def _checked(self, result: Result) -> Result:
        assert "Traceback" not in result.err
        for secret in self.secrets:
            assert secret not in result.out + result.err
        return result


@pytest.fixture
def bare(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Machine:
    """A machine without a configuration."""
    machine = Machine(tmp_path / "config", tmp_path / "data", capsys)
    monkeypatch.setenv("VHTUI_CONFIG_DIR", str(machine.config))
    monkeypatch.setenv("VHTUI_DATA_DIR", str(machine.data))
    return machine


@dataclass(frozen=True)
class Account:
    """An account in the sandbox that no other test has touched."""

    control: Control
    provider: str
    access: Mapping[str, str]

    def file(self, title: str, folder: int = 0, size: int = 1000) -> str:
        change = {"action": "add", "title": title, "folder": folder, "size": size}
        return self.control.change_files(change | self._which)[0]

    def change_file(self, code: str, action: str, **change: Any) -> None:
        self.control.change_files({"action": action, "code": code} | change | self._which)

    def folder(self, name: str, parent: int = 0) -> int:
        return self.control.change_folder(action="add", name=name, parent=parent, **self._which)

    def files(self) -> dict[str, dict[str, Any]]:
        rows = self.control.files(provider=self.provider, account=self.access["account"])
        return {row["code"]: row for row in rows}

    def folders(self) -> dict[str, int]:
        rows = self.control.folders(provider=self.provider, account=self.access["account"])
        return {row["name"]: row["id"] for row in rows}

    @property
    def _which(self) -> dict[str, str]:
        return {"provider": self.provider, "account": self.access["account"]}


MakeAccount = Callable[[str], Account]


@pytest.fixture
def make_account(control: Control) -> MakeAccount:
    return lambda provider: Account(control, provider, control.add_account(provider))


@pytest.fixture
def voe(make_account: MakeAccount) -> Account:
    return make_account("voe")


@pytest.fixture
def illvid(make_account: MakeAccount) -> Account:
    return make_account("illvid")


@pytest.fixture
def machine(bare: Machine, voe: Account, illvid: Account) -> Machine:
    """A machine with an account at each host."""
    bare.add("main", "voe", voe.access)
    bare.add("ill", "illvid", illvid.access)
    bare.tune()
    return bare
