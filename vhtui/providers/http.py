"""One account's way to its host: pace, send, check.

The call site says what a call does, because the verb does not: both hosts change things by GET.
``read`` may be sent again after anything but a clear no; ``change`` is sent once, whatever comes.
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import httpx

from vhtui import __version__
from vhtui.errors import (
    BadRequestError,
    ConnectionLostError,
    ForbiddenError,
    InDoubtError,
    NotSentError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    TimedOutError,
    WrongKeyError,
)
from vhtui.providers.addresses import checked_base, is_loopback, objection
from vhtui.providers.answers import MAX_BYTES, Answer, Inbox, read_retry_after
from vhtui.providers.base import tell_stumble
from vhtui.providers.limiter import Limiter, Pace, Slot
from vhtui.providers.trust import is_untrusted, trust
from vhtui.providers.upload import FileForm
from vhtui.text import Secret, redact

T = TypeVar("T")

Params = Mapping[str, str | int]
"""The parameters of a call, in the query; never the key."""

TRIES = 4
STALL = 60.0
"""Seconds an upload may stand still."""
UPLOAD_ANSWER = 600.0
"""Seconds a host may take over a file once it has it all."""

# httpx logs whole URLs, and the key is in them.
for _name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy"):
    logging.getLogger(_name).disabled = True


class ApiClient:
    """Speaks to one host with one key.

    ``base_url``: where the calls live; https, or http on this machine (else ConfigError).
    ``key``: gives the account's key; asked late, remembered, asked again after the host's 401.
    ``requests_per_second``: the mean that is never exceeded. ``deadline``: seconds from the first
    send of a call to its end, all tries included; waiting for a turn comes before that.
    ``max_bytes``: the largest decoded answer. ``limiter``: shared where two clients have one key.
    ``ca_file``: certificates that are trusted besides the usual ones, of the API and of the place
    that takes files; ConfigError when they cannot be read. ``login``: sent along with the key.
    """

    def __init__(
        self,
        *,
        base_url: str,
        key: Callable[[], Awaitable[Secret]],
        requests_per_second: float = 3.0,
        deadline: float = 30.0,
        max_bytes: int = MAX_BYTES,
        limiter: Limiter | None = None,
        ca_file: Path | None = None,
        login: str | None = None,
    ) -> None:
        self._ca_file = ca_file
        self._login = {} if login is None else {"login": login}
        self._base = checked_base(base_url)
        self.host = self._base.host
        self._ask_for_key = key
        self._key: Secret | None = None
        self._asking = asyncio.Lock()
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._limiter = limiter or Limiter(self.host, Pace(requests_per_second))
        self.key_check: Callable[[], Awaitable[object]] | None = None
        """A read that every account may make: it tells a wrong key from a call that is forbidden
        to it, both of which are HTTP 403."""
        self._checking = asyncio.Lock()
        self._checker: asyncio.Task[Any] | None = None
        # A connection that was kept may be dead, which would leave a change in doubt.
        self._reads = self._client(max_keepalive_connections=4)
        self._changes = self._client(max_keepalive_connections=0)
        self._changes.headers["Connection"] = "close"

    def _client(self, *, max_keepalive_connections: int) -> httpx.AsyncClient:
        limits = httpx.Limits(max_keepalive_connections=max_keepalive_connections)
        return httpx.AsyncClient(timeout=None, limits=limits, **self._manners())

    def _manners(self) -> dict[str, Any]:
        return {
            "headers": {
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "User-Agent": f"vhtui/{__version__}",
            },
            "cookies": CookieJar(DefaultCookiePolicy(allowed_domains=())),
            "follow_redirects": False,
            "trust_env": False,
            "verify": self._verify(self._base),
        }

    def _verify(self, url: httpx.URL) -> ssl.SSLContext | bool:
        return trust(self._ca_file) if url.scheme == "https" else False

    async def close(self) -> None:
        """Close the connections."""
        await self._reads.aclose()
        await self._changes.aclose()

    async def read(self, path: str, params: Params, decode: Callable[[Answer], T]) -> T:
        """Ask by GET, up to ``TRIES`` times, and return what ``decode`` makes of the answer.

        ``decode`` raises ProviderError (see ``Answer``) for what it cannot use.
        """
        key = await self._secret()
        slot: Slot | None = await self._limiter.acquire()
        now = asyncio.get_running_loop().time
        end = now() + self._deadline
        for attempt in range(TRIES):
            if attempt:
                slot = await self._next_slot(attempt, end)
            if slot is None:
                break
            # A first try that hangs, on a line that died unnoticed, leaves time for a second.
            until = min(end, now() + self._deadline / 2)
            try:
                return await self._once(self._reads, slot, "GET", path, params, key, until, decode)
            except (NotSentError, InDoubtError, RateLimitedError) as error:
                failure = error
                if not attempt and not isinstance(error, RateLimitedError):
                    tell_stumble(error)
        raise failure

    async def change(
        self, path: str, params: Params, decode: Callable[[Answer], T], *, method: str = "GET"
    ) -> T:
        """Send a call that has an effect, exactly once, and return what ``decode`` makes of it.

        NotSentError and RefusedError: it had no effect. InDoubtError: it may have had.
        """
        key = await self._secret()
        slot = await self._limiter.acquire()
        until = asyncio.get_running_loop().time() + self._deadline
        return await self._once(self._changes, slot, method, path, params, key, until, decode)

    def send_file(
        self,
        url: str,
        form: FileForm,
        decode: Callable[[Answer], T],
        *,
        key_domains: Iterable[str] | None,
    ) -> T:
        """Post a file to ``url``, once, in the thread of the caller; what its chunks raise, passes.

        The key goes along as a query parameter, and then only to ``key_domains`` and the API's own
        host (RefusedError for others); ``key_domains`` None sends no key. The host must have been
        asked for ``url`` just before, so the key is at hand.
        """
        key = self._key
        if key is None:
            raise NotSentError(f"{self.host} has not accepted the key: check the account first")
        outcome = self._post_file(url, form, key, key_domains)
        return self._decoded(outcome, decode, key)

    # -- one try ----------------------------------------------------------------------------------

    async def _secret(self) -> Secret:
        async with self._asking:
            if self._key is None:
                self._key = await self._ask_for_key()
            return self._key

    async def _next_slot(self, attempt: int, end: float) -> Slot | None:
        """Back off, then wait for a turn; None when the deadline or a long pause comes first."""
        pause = self._deadline / 60 * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)
        try:
            async with asyncio.timeout_at(end):
                await asyncio.sleep(pause)
                return await self._limiter.acquire()
        except (TimeoutError, RateLimitedError):
            return None

    async def _once(
        self,
        client: httpx.AsyncClient,
        slot: Slot,
        method: str,
        path: str,
        params: Params,
        key: Secret,
        until: float,
        decode: Callable[[Answer], T],
    ) -> T:
        with slot:
            outcome = await self._exchange(client, slot, method, path, params, key, until)
        try:
            return self._decoded(outcome, decode, key)
        except RateLimitedError as error:
            self._limiter.refused(error.retry_after)
            raise
        except ForbiddenError as error:
            if await self._is_key_good():
                raise
            refusal = WrongKeyError(error.as_wrong_key)
        except WrongKeyError as error:
            refusal = error
        finally:
            if isinstance(outcome, Answer) and outcome.status != 429:
                self._limiter.answered()
        if self._key is key:
            self._key = None  # so that a corrected one is picked up
        raise refusal

    async def _is_key_good(self) -> bool:
        """Ask the host; an answer that does not tell leaves the key in doubt, and not good."""
        if self.key_check is None or asyncio.current_task() is self._checker:
            return False
        async with self._checking:
            self._checker = asyncio.current_task()
            try:
                await self.key_check()
            except ProviderError:
                return False
            finally:
                self._checker = None
        return True

    def _decoded(
        self, outcome: Answer | ProviderError, decode: Callable[[Answer], T], key: Secret
    ) -> T:
        """Check and decode; errors leave from here, far from any URL, with the key masked."""
        error = outcome if isinstance(outcome, ProviderError) else outcome.complaint()
        if error is None and isinstance(outcome, Answer):
            try:
                return decode(outcome)
            except ProviderError as reason:
                error = reason
        assert error is not None
        error.args = (redact(str(error), key),)
        error.__traceback__ = None
        raise error

    async def _exchange(
        self,
        client: httpx.AsyncClient,
        slot: Slot,
        method: str,
        path: str,
        params: Params,
        key: Secret,
        until: float,
    ) -> Answer | ProviderError:
        """Send and receive. Returns its errors: a raised one would carry the URL in its frames."""
        line: Any = None

        async def trace(event: str, info: Mapping[str, Any]) -> None:
            nonlocal line
            if event == "connection.connect_tcp.complete":
                line = info["return_value"]
            elif event.endswith("send_request_headers.started"):
                slot.sent()

        try:
            url = self._url(path, {"key": key.reveal(), **self._login, **params})
        except (httpx.InvalidURL, UnicodeError):
            return BadRequestError(
                f"The call to {self.host} has a parameter that is too long or no valid text: "
                "change it and try again"
            )
        try:
            async with (
                asyncio.timeout_at(until),
                client.stream(method, url, extensions={"trace": trace}) as response,
            ):
                inbox = self._inbox(response)
                async for chunk in response.aiter_raw():
                    inbox.put(chunk)
                return self._answer(response, inbox, key)
        except ProviderError as error:
            return error
        except TimeoutError:
            if slot.is_sent:
                return self._too_slow()
        except (httpx.HTTPError, OSError) as error:
            if slot.is_sent:
                return self._broken(self.host)
            if is_untrusted(error):
                return self._untrusted(self.host)
        finally:
            if line is not None and not slot.is_sent:
                await line.aclose()  # httpcore forgets a connection whose handshake is cut short
        return self._unreachable(self.host)

    def _post_file(
        self, url: str, form: FileForm, key: Secret, key_domains: Iterable[str] | None
    ) -> Answer | ProviderError:
        is_sent = False

        def trace(event: str, info: Mapping[str, Any]) -> None:
            nonlocal is_sent
            is_sent = is_sent or event.endswith("send_request_headers.started")

        timeout = httpx.Timeout(STALL, read=UPLOAD_ANSWER)
        try:
            target = httpx.URL(url)
            domains = None if key_domains is None else (self.host, *key_domains)
            if against := objection(target, domains, is_local=is_loopback(self.host)):
                return RefusedError(
                    f"{self.host} wants the file sent to {target.host or 'nowhere'}, {against}: "
                    "report it as an issue of vhtui if that host is genuine"
                )
            if domains is not None:
                target = target.copy_merge_params({"key": key.reveal()})
            manners = self._manners() | {"verify": self._verify(target)}
            with (
                httpx.Client(timeout=timeout, **manners) as client,
                client.stream(
                    "POST",
                    target,
                    content=form.body(),
                    headers=form.headers(),
                    extensions={"trace": trace},
                ) as response,
            ):
                inbox = self._inbox(response)
                end = time.monotonic() + STALL
                for chunk in response.iter_raw():
                    inbox.put(chunk)
                    if time.monotonic() > end:
                        return self._stalled(target.host)
                return self._answer(response, inbox, key)
        except httpx.InvalidURL:
            return RefusedError(f"{self.host} named no valid place to upload to: try again later")
        except ProviderError as error:
            return error
        except httpx.TimeoutException:
            if is_sent:
                return self._stalled(target.host)
        except httpx.HTTPError as error:
            if is_sent:
                return self._broken(target.host)
            if is_untrusted(error):
                return self._untrusted(target.host)
        return self._unreachable(target.host)

    def _url(self, path: str, params: Params) -> httpx.URL:
        query = urlencode(params, quote_via=quote).encode()
        base = self._base.path.rstrip("/")
        return self._base.copy_with(path=f"{base}/{path}" if path else base, query=query)

    def _inbox(self, response: httpx.Response) -> Inbox:
        return Inbox(self.host, response.headers.get("content-encoding", ""), self._max_bytes)

    def _answer(self, response: httpx.Response, inbox: Inbox, key: Secret) -> Answer:
        retry_after = read_retry_after(response.headers.get("retry-after", ""))
        return Answer(self.host, response.status_code, inbox.body(), key, retry_after)

    def _unreachable(self, host: str) -> NotSentError:
        return NotSentError(f"{host} cannot be reached: check the connection and try again")

    def _untrusted(self, host: str) -> NotSentError:
        return NotSentError(
            f"{host} shows a certificate that is not trusted: somebody may be in between; where it "
            "is of your own authority, set the account's ca_file"
        )

    def _broken(self, host: str) -> ConnectionLostError:
        return ConnectionLostError(
            f"The connection to {host} broke before the answer was complete: try again later"
        )

    def _stalled(self, host: str) -> TimedOutError:
        return TimedOutError(f"{host} stopped taking the file: look for it, then try again")

    def _too_slow(self) -> TimedOutError:
        return TimedOutError(
            f"{self.host} did not answer within {self._deadline:g} s: try again later"
        )
