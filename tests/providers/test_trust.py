"""Own certificate authorities: trusted where an account names them, for the API and for uploads."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from vhtui.errors import ConfigError, NotSentError
from vhtui.models import UploadServer
from vhtui.providers import connect
from vhtui.text import Secret

ANSWER = (
    b'{"status": 200, "success": true, "result": {"email": "me@x.example"},'
    b' "file": {"file_code": "abcabcabcabc", "encoding_necessary": false}}'
)

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine that nobody signed, with its key beside it."""
    directory = tmp_path_factory.mktemp("authority")
    certificate = directory / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
         str(directory / "key.pem"), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate


async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take one request and answer it."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next(
            (line for line in head.split("\r\n") if line.startswith("content-length:")), "x:0"
        )
        await reader.readexactly(int(length.partition(":")[2]))
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
                     % len(ANSWER) + ANSWER)  # fmt: skip
        await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


@pytest.fixture
async def origin(authority: Path) -> AsyncIterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, authority.with_name("key.pem"))
    async with await asyncio.start_server(attend, "127.0.0.1", 0, ssl=context) as server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def key() -> Secret:
    return Secret("canary")


async def test_an_own_authority_is_trusted_for_calls_and_files(
    origin: str, authority: Path
) -> None:
    voe = connect("voe", key=key, base_url=f"{origin}/api", ca_file=authority)
    assert (await voe.account_info()).login == "me@x.example"
    server = UploadServer(url=f"{origin}/node")
    uploaded = await asyncio.to_thread(voe.upload, server, Path("a.mp4"), [b"x" * 10], 10)
    assert uploaded.code == "abcabcabcabc"
    await voe.close()


async def test_others_are_not_and_it_says_why(origin: str) -> None:
    voe = connect("voe", key=key, base_url=f"{origin}/api", deadline=2)
    with pytest.raises(NotSentError, match="certificate that is not trusted") as caught:
        await voe.account_info()
    assert "canary" not in str(caught.value)
    await voe.close()


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_certificates_that_cannot_be_read(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "authority.pem"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigError, match=r"authority\.pem (cannot be read|holds no cert)"):
        connect("voe", key=key, base_url="https://127.0.0.1:1/api", ca_file=path)
