"""The client against every way an answer can go wrong."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from vhtui.errors import (
    BadRequestError,
    ConfigError,
    ConnectionLostError,
    LegalError,
    NotFoundError,
    NotSentError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    ServerFaultError,
    TimedOutError,
    UnreadableError,
    WrongKeyError,
)
from vhtui.providers.answers import Answer
from vhtui.providers.http import TRIES, ApiClient
from vhtui.text import Secret

if TYPE_CHECKING:
    from tests.providers.conftest import ScriptedHost

CANARY = "canary+key/that=must&not leak"
MEBIBYTE = 2**20


def any_json(answer: Answer) -> Any:
    return answer.decode(object)


async def change(client: ApiClient) -> Any:
    return await client.change("file/rename", {"title": "a b&c=ü"}, any_json)


async def read(client: ApiClient) -> Any:
    return await client.read("file/info", {"file_code": "a,b"}, any_json)


async def canary() -> Secret:
    return Secret(CANARY)


FAULTS: list[tuple[str, type[ProviderError]]] = [
    ("empty", UnreadableError),
    ("html", UnreadableError),
    ("html404", UnreadableError),
    ("truncated", UnreadableError),
    ("half", ConnectionLostError),
    ("reset", ConnectionLostError),
    ("closed", ConnectionLostError),
    ("garbage", ConnectionLostError),
    ("hang", TimedOutError),
    ("hang_in_body", TimedOutError),
    ("drip", TimedOutError),
    ("redirect", UnreadableError),
    ("no_content", UnreadableError),
    ("401", WrongKeyError),
    ("403", WrongKeyError),
    ("404", NotFoundError),
    ("400", BadRequestError),
    ("405", BadRequestError),
    ("422", BadRequestError),
    ("409", RefusedError),
    ("429", RateLimitedError),
    ("451", LegalError),
    ("500", ServerFaultError),
    ("503", ServerFaultError),
    ("509", ServerFaultError),
    ("deep", UnreadableError),
    ("deep_unclosed", UnreadableError),
    ("endless", UnreadableError),
    ("bomb", UnreadableError),
    ("bad_gzip", UnreadableError),
    ("half_gzip", UnreadableError),
    ("brotli", UnreadableError),
    ("many_values", UnreadableError),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS)
async def test_a_change_is_sent_once_and_fails_in_its_own_way(
    host: ScriptedHost, client: ApiClient, fault: str, error: type[ProviderError]
) -> None:
    host.misbehave(fault)
    loop = asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(error) as raised:
        await change(client)
    assert type(raised.value) is error
    assert len(host.requests) == 1
    assert loop.time() - started < 3
    sentence = str(raised.value)
    assert "127.0.0.1" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("fault", ["bomb", "endless", "many_values", "deep"])
async def test_a_hostile_body_is_read_in_bounded_memory(
    host: ScriptedHost, client: ApiClient, fault: str
) -> None:
    host.misbehave(fault)
    gc.collect()
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableError):
            await change(client)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64 * MEBIBYTE


@pytest.mark.parametrize(
    "fault", ["empty", "html", "truncated", "half", "reset", "closed", "hang", "500", "429", "302"]
)
async def test_a_read_is_resent_until_it_succeeds(
    host: ScriptedHost, client: ApiClient, fault: str
) -> None:
    if fault == "429":
        host.say({"message": "Too Many Attempts."}, 429, "Retry-After: 0")
        host.say({"message": "Too Many Attempts."}, 500)
    else:
        host.misbehave(fault)
    host.say({"status": 200})
    if fault == "429":
        with pytest.raises(RateLimitedError):  # its pause outlasts this client's deadline
            await read(client)
        return
    assert await read(client) == {"status": 200}
    assert len(host.requests) == 2


async def test_a_read_gives_up_after_four_tries(host: ScriptedHost, client: ApiClient) -> None:
    host.say({}, 500, times=9)
    with pytest.raises(ServerFaultError):
        await read(client)
    assert len(host.requests) == TRIES


async def test_a_clear_no_is_not_asked_again(host: ScriptedHost, client: ApiClient) -> None:
    host.say({"message": "Not found."}, 404, times=9)
    with pytest.raises(NotFoundError):
        await read(client)
    assert len(host.requests) == 1


async def test_a_hanging_host_costs_one_deadline_in_all(
    host: ScriptedHost, client: ApiClient
) -> None:
    host.hang(times=9)
    loop = asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(TimedOutError, match=r"did not answer within 0\.6 s"):
        await read(client)
    assert loop.time() - started < 1.0


async def test_a_long_retry_after_is_honoured_without_sending(
    host: ScriptedHost, client: ApiClient
) -> None:
    host.say({"message": "Too Many Attempts."}, 429, "Retry-After: 3600")
    with pytest.raises(RateLimitedError) as refused:
        await change(client)
    assert refused.value.retry_after == 3600
    with pytest.raises(RateLimitedError) as held:
        await change(client)
    assert held.value.retry_after == pytest.approx(3600, abs=5)
    assert len(host.requests) == 1


async def test_reads_keep_their_connection_and_changes_do_not(
    host: ScriptedHost, client: ApiClient
) -> None:
    host.say({}, times=4)
    await read(client)
    await read(client)
    assert host.connections == 1
    await change(client)
    await change(client)
    assert host.connections == 3
    assert ["connection: close" in head.lower() for head in host.requests] == [
        False,
        False,
        True,
        True,
    ]


async def test_a_stale_connection_does_not_spoil_a_read(
    host: ScriptedHost, client: ApiClient
) -> None:
    host.say({})
    await read(client)
    host.reset()
    host.say({"fresh": 1})
    assert await read(client) == {"fresh": 1}


async def test_what_is_sent(host: ScriptedHost, client: ApiClient) -> None:
    host.say({}, 200, "Set-Cookie: session=1; Path=/")
    host.say({})
    await change(client)
    await change(client)
    method, target, _ = host.requests[1].split(" ", 2)
    assert method == "GET"
    assert target == (
        "/api/file/rename?key=canary%2Bkey%2Fthat%3Dmust%26not%20leak&title=a%20b%26c%3D%C3%BC"
    )
    head = host.requests[1].lower()
    assert "accept: application/json" in head
    assert "user-agent: vhtui/" in head
    assert "cookie" not in head


async def test_gzip_is_read(host: ScriptedHost, client: ApiClient) -> None:
    packer = zlib.compressobj(wbits=31)
    body = packer.compress(json.dumps({"a": "é" * 300_000}).encode()) + packer.flush()
    host.reply(body, 200, "Content-Encoding: gzip")
    assert await read(client) == {"a": "é" * 300_000}


async def test_lone_surrogates_become_replacement_characters(
    host: ScriptedHost, client: ApiClient
) -> None:
    host.reply(b'\xef\xbb\xbf{"a": "x\\ud800y", "b": "\\ud83d\\ude00", "c": "\\\\ud800"}')
    assert await read(client) == {"a": "x\ufffdy", "b": "\U0001f600", "c": "\\ud800"}


async def test_field_messages_are_passed_on(host: ScriptedHost, client: ApiClient) -> None:
    said = {"message": "Invalid.", "errors": {"title": ["The title is too long."]}}
    host.say(said, 422)
    with pytest.raises(BadRequestError, match="The title is too long"):
        await change(client)


@pytest.mark.parametrize("title", ["\ud800", "x" * 70_000])
async def test_what_cannot_be_sent_is_not_sent(
    host: ScriptedHost, client: ApiClient, title: str
) -> None:
    with pytest.raises(BadRequestError):
        await client.change("file/rename", {"title": title}, any_json)
    assert not host.requests


async def test_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = ApiClient(base_url=f"http://127.0.0.1:{port}/api", key=canary, deadline=0.5)
    with pytest.raises(NotSentError, match="cannot be reached"):
        await change(client)
    await client.close()


async def test_a_host_that_cannot_be_named_was_not_sent_to() -> None:
    client = ApiClient(base_url="https://no-such-host.invalid/api", key=canary, deadline=5)
    with pytest.raises(NotSentError):
        await change(client)
    await client.close()


async def test_a_tls_handshake_that_fails_was_not_sent(host: ScriptedHost) -> None:
    host.reply(b"<html>Bad Request</html>", 400)
    base_url = f"https://127.0.0.1:{host.port}/api"
    client = ApiClient(base_url=base_url, key=canary, deadline=0.5)
    with pytest.raises(NotSentError):
        await change(client)
    await client.close()


async def test_the_deadline_while_connecting_means_not_sent() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        crowd = [socket.socket() for _ in range(4)]
        for member in crowd:
            member.setblocking(False)
            member.connect_ex(("127.0.0.1", port))
        client = ApiClient(base_url=f"http://127.0.0.1:{port}", key=canary, deadline=0.2)
        with pytest.raises(NotSentError):
            await change(client)
        await client.close()
        for member in crowd:
            member.close()


@pytest.mark.parametrize(
    "base_url",
    [
        "http://voe.sx/api",
        "http://127.0.0.1.evil.example/api",
        "ftp://voe.sx",
        "voe.sx/api",
        "",
        "https://",
        "https://user:pw@voe.sx/api",
        "https://voe.sx/api?key=x",
        "https://[::1",
    ],
)
def test_an_address_that_would_give_the_key_away_is_refused(base_url: str) -> None:
    with pytest.raises(ConfigError):
        ApiClient(base_url=base_url, key=canary)


async def test_the_key_is_asked_for_once_and_again_after_it_was_refused(
    host: ScriptedHost,
) -> None:
    keys = iter(["old", "new"])

    async def key() -> Secret:
        return Secret(next(keys))

    client = ApiClient(base_url=host.base_url, key=key, requests_per_second=100)
    host.say({})
    host.say({"message": "Authentication failed."}, 401)
    host.say({})
    await read(client)
    with pytest.raises(WrongKeyError, match="Authentication failed"):
        await read(client)
    await read(client)
    assert [target.split("key=")[1][:3] for target in host.targets] == ["old", "old", "new"]
    await client.close()


async def test_a_cancelled_call_is_cancelled(host: ScriptedHost, client: ApiClient) -> None:
    host.hang()
    call = asyncio.create_task(change(client))
    while not host.requests:
        await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
