"""Uploads: what goes over the wire, and where a key may go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vhtui.errors import (
    BadRequestError,
    ConnectionLostError,
    NotSentError,
    RefusedError,
    UnreadableError,
    UsageError,
    WrongKeyError,
)
from vhtui.models import Uploaded, UploadServer
from vhtui.providers.upload import FileForm

if TYPE_CHECKING:
    from tests.providers.conftest import ScriptedHost
    from vhtui.providers.illvid import Illvid
    from vhtui.providers.voe import Voe

DONE = {
    "success": True,
    "message": "File has been uploaded successfully.",
    "file": {"id": 1, "file_code": "abc", "file_title": "a.mp4", "encoding_necessary": False},
}


async def send(voe: Voe | Illvid, server: UploadServer, name: str = "a.mp4") -> Uploaded:
    return await asyncio.to_thread(voe.upload, server, Path(name), [b"12", b"345"], 5)


@pytest.fixture
async def node(host: ScriptedHost, voe: Voe) -> UploadServer:
    host.ok(result=f"{host.base_url}/node/01")
    return await voe.upload_server()


async def test_a_form_of_known_length(host: ScriptedHost, voe: Voe, node: UploadServer) -> None:
    host.say(DONE)
    assert await send(voe, node) == Uploaded(code="abc", title="a.mp4", encoding_needed=False)
    head, body = host.requests[-1], host.bodies[-1]
    assert head.startswith("POST /api/node/01?key=canary%2Bkey")
    assert f"content-length: {len(body)}" in head.lower()
    assert "transfer-encoding" not in head.lower()
    assert b'name="file"; filename="a.mp4"\r\n' in body
    assert b"\r\n\r\n12345\r\n--" in body
    assert b"canary" not in body


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ('a"; name="key', "a%22; name=%22key"),
        ("a\r\nX-Evil: 1", "a%0D%0AX-Evil: 1"),
        ("Größe 🎬.mkv", "Größe 🎬.mkv"),
        ("back\\", "back_"),
        ("\udcff.mp4", "?.mp4"),
    ],
)
def test_a_file_name_stays_in_its_quotes(name: str, written: str) -> None:
    form = FileForm(file_name=name, chunks=[b"x"], size=1)
    body = b"".join(form.body())
    assert f'filename="{written}"\r\nContent-Type'.encode() in body
    assert int(form.headers()["Content-Length"]) == len(body)


async def test_success_without_a_code(host: ScriptedHost, voe: Voe, node: UploadServer) -> None:
    host.say({"success": True, "message": "ok", "file": None})
    assert await send(voe, node) == Uploaded(code=None)


async def test_the_node_that_cannot_be_reached_is_named(voe: Voe, node: UploadServer) -> None:
    with pytest.raises(NotSentError, match=r"^127\.0\.0\.9 cannot be reached"):
        await send(voe, UploadServer(url="http://127.0.0.9:9/node/01"))


async def test_the_node_refuses(host: ScriptedHost, voe: Voe, node: UploadServer) -> None:
    host.say({"success": False, "message": "The file is a duplicate."})
    host.say({"message": "Authentication failed."}, 401)
    host.say({"message": "x", "errors": {"file": ["The file field is required."]}}, 422)
    host.say({"message": "what?"})
    with pytest.raises(RefusedError, match="duplicate"):
        await send(voe, node)
    with pytest.raises(WrongKeyError):
        await send(voe, node)
    with pytest.raises(BadRequestError, match="The file field"):
        await send(voe, node)
    with pytest.raises(UnreadableError):
        await send(voe, node)


async def test_a_broken_upload_is_in_doubt_and_sent_once(
    host: ScriptedHost, voe: Voe, node: UploadServer
) -> None:
    host.reset()
    with pytest.raises(ConnectionLostError):
        await send(voe, node)
    assert len(host.requests) == 2


async def test_nobody_at_the_node(voe: Voe, node: UploadServer) -> None:
    with pytest.raises(NotSentError):
        await send(voe, UploadServer(url="http://127.0.0.1:1/node"))


async def test_what_the_chunks_raise_stops_the_upload(
    host: ScriptedHost, voe: Voe, node: UploadServer
) -> None:
    class PausedError(Exception):
        pass

    def chunks() -> Iterator[bytes]:
        yield b"12"
        raise PausedError

    with pytest.raises(PausedError):
        await asyncio.to_thread(voe.upload, node, Path("a.mp4"), chunks(), 5)


@pytest.mark.parametrize("chunks", [[b"123"], [b"123456"]])
async def test_a_file_of_another_size_is_no_success(
    host: ScriptedHost, voe: Voe, node: UploadServer, chunks: list[bytes]
) -> None:
    with pytest.raises(UsageError, match=r"a\.mp4 changed"):
        await asyncio.to_thread(voe.upload, node, Path("a.mp4"), chunks, 5)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/node",
        "https://voe-network.net.evil.example/node",
        "https://evilvoe-network.net/node",
        "http://delivery.voe-network.net/node",
        "https://user@delivery.voe-network.net/node",
        "ftp://voe.sx/x",
        "https://",
        "https://[",
    ],
)
async def test_the_key_goes_to_no_stranger(voe: Voe, node: UploadServer, url: str) -> None:
    with pytest.raises(RefusedError):
        await send(voe, UploadServer(url=url))


async def test_no_upload_before_the_host_was_asked(voe: Voe) -> None:
    with pytest.raises(NotSentError):
        await send(voe, UploadServer(url="https://delivery.voe-network.net/01"))


async def test_illvid_sends_the_form_of_its_siblings(host: ScriptedHost, illvid: Illvid) -> None:
    host.say({"url": f"{host.base_url}/up", "srv_id": 1, "disk_id": "01", "sess_id": "s3"})
    server = await illvid.upload_server()
    host.say([{"file_code": "abc", "file_status": "OK"}])
    assert await send(illvid, server) == Uploaded(code="abc")
    assert "key=" not in host.targets[-1]
    for field in (b"srv_id", b"disk_id", b"sess_id", b"utype"):
        assert b'form-data; name="' + field + b'"\r\n\r\n' in host.bodies[-1]


FORM = (
    "<HTML><BODY><Form name='F1'><textarea name='fn'>{fn}</textarea>"
    '<textarea rows=1 name="st">{st}</textarea></Form></BODY></HTML>'
)


async def test_illvid_answers_with_a_page(host: ScriptedHost, illvid: Illvid) -> None:
    host.say({"url": f"{host.base_url}/up", "srv_id": 1, "disk_id": "01"})
    server = await illvid.upload_server()
    host.reply(FORM.format(fn="abc", st="OK").encode(), kind="text/html")
    host.reply(FORM.format(fn="undef", st="file &lt;too&gt; big").encode(), kind="text/html")
    host.reply(b"<html>Welcome</html>", kind="text/html")
    assert await send(illvid, server) == Uploaded(code="abc")
    assert "?key=canary" in host.targets[-1]
    with pytest.raises(RefusedError, match="file <too> big"):
        await send(illvid, server)
    with pytest.raises(UnreadableError):
        await send(illvid, server)
