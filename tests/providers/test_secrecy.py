"""The key is nowhere but in the request: in no error, traceback, cause or log."""

from __future__ import annotations

import asyncio
import logging
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vhtui.errors import ProviderError

if TYPE_CHECKING:
    from tests.providers.conftest import ScriptedHost
    from vhtui.providers.voe import Voe

FAULTS = [
    "empty",
    "html",
    "html404",
    "truncated",
    "half",
    "reset",
    "closed",
    "garbage",
    "hang",
    "redirect",
    "no_content",
    "deep",
    "endless",
    "bomb",
    "bad_gzip",
    "half_gzip",
    "brotli",
    "400",
    "401",
    "403",
    "404",
    "405",
    "409",
    "422",
    "429",
    "451",
    "500",
    "503",
    "509",
]


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    for name in (None, "httpx", "httpcore", "asyncio"):
        caplog.set_level(logging.DEBUG, name)


def check(error: ProviderError, log: str) -> None:
    """Look for the key in all that an error says, as deep as a crash report looks."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    told = ["".join(shown.format()), log, str(error), repr(error), repr(vars(error))]
    assert error.__cause__ is None
    assert error.__context__ is None
    for text in told:
        assert "canary" not in text.lower()


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_failed_call_tells_no_key(
    host: ScriptedHost, voe: Voe, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    host.misbehave(fault)
    try:
        await voe.rename_file("abc", "Title")
    except ProviderError as error:
        logging.getLogger("vhtui").exception("A call failed")
        check(error, caplog.text)
    else:
        pytest.fail("the call succeeded")
    assert "canary%2Bkey" in host.targets[0]


@pytest.mark.parametrize("fault", ["empty", "reset", "401", "500", "redirect"])
async def test_a_failed_upload_tells_no_key(
    host: ScriptedHost, voe: Voe, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    host.ok(result=f"{host.base_url}/node/01")
    server = await voe.upload_server()
    host.misbehave(fault)
    try:
        await asyncio.to_thread(voe.upload, server, Path("a.mp4"), [b"12345"], 5)
    except ProviderError as error:
        logging.getLogger("vhtui").exception("An upload failed")
        check(error, caplog.text)
    else:
        pytest.fail("the upload succeeded")
    assert "canary%2Bkey" in host.targets[1]


async def test_a_key_cut_short_is_masked_too(host: ScriptedHost, voe: Voe) -> None:
    host.say({"message": "x" * 295 + "canary+key/that=must&not leak"}, 400)
    with pytest.raises(ProviderError) as raised:
        await voe.rename_file("abc", "Title")
    assert "canary" not in str(raised.value)
    assert "xxx" in str(raised.value)
