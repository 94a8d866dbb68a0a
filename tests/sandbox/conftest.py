from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from vhtui.sandbox import RunningSandbox, SandboxOptions, start
from vhtui.sandbox.client import Control


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    with start(SandboxOptions(files=60, folders=12, rate=0)) as running:
        yield running


@pytest.fixture
def control(sandbox: RunningSandbox) -> Iterator[Control]:
    yield sandbox.control
    sandbox.control.clear_faults()


def client(access: dict[str, str]) -> httpx.Client:
    return httpx.Client(
        base_url=access["base_url"],
        params={"key": access["key"]},
        headers={"Accept": "application/json"},
        trust_env=False,
        timeout=10,
    )


@pytest.fixture
def account(control: Control) -> dict[str, str]:
    """An account at VOE that no other test has touched."""
    return control.add_account("voe", files=130, folders=12)


@pytest.fixture
def voe(account: dict[str, str]) -> Iterator[httpx.Client]:
    with client(account) as http:
        yield http


@pytest.fixture
def illvid_account(control: Control) -> dict[str, str]:
    """An account at illvid that no other test has touched."""
    return control.add_account("illvid", files=20, folders=4)


@pytest.fixture
def illvid(illvid_account: dict[str, str]) -> Iterator[httpx.Client]:
    with client(illvid_account) as http:
        yield http
