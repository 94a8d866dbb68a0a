"""What a host answered, made safe to read: bounded, checked, and every "no" a typed error."""

from __future__ import annotations

import re
import time
import zlib
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from typing_extensions import override

from vhtui.errors import (
    BadRequestError,
    ForbiddenError,
    LegalError,
    NotFoundError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    ServerFaultError,
    TimedOutError,
    UnreadableError,
    WrongKeyError,
)
from vhtui.text import Secret, clean, redact

T = TypeVar("T")

MAX_BYTES = 8 * 1024 * 1024
"""The largest answer that is read, decoded; the largest real page is well below 1 MiB."""
_MAX_VALUES = 500_000  # bounds the objects that a body becomes: about 64 bytes each
_MAX_COMPLAINT = 64 * 1024
_MAX_WORDS = 300
_STEP = 256 * 1024
_GZIP = 31  # zlib's name for "a gzip header"
_PAIR_OR_LONE = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)


class Inbox:
    """Collects a body as it comes in, unzipped in small steps, and never more than ``limit``."""

    def __init__(self, host: str, coding: str, limit: int = MAX_BYTES) -> None:
        """Refuse a content coding that cannot be unpacked in bounded steps."""
        if coding.strip().lower() not in ("", "identity", "gzip"):
            raise UnreadableError(f"{host} answered in an unknown coding: try again later")
        self._host = host
        self._limit = limit
        self._unzip = zlib.decompressobj(_GZIP) if coding.strip().lower() == "gzip" else None
        self._body = bytearray()

    def put(self, chunk: bytes) -> None:
        """Take the next bytes off the wire; UnreadableError when it is too much or damaged."""
        if self._unzip is None:
            self._keep(chunk)
            return
        while chunk and not self._unzip.eof:
            try:
                self._keep(self._unzip.decompress(chunk, _STEP))
            except zlib.error:
                break
            chunk = self._unzip.unconsumed_tail
        if chunk:
            raise UnreadableError(f"{self._host} sent a damaged answer: try again later")

    def _keep(self, piece: bytes) -> None:
        if len(self._body) + len(piece) > self._limit:
            raise UnreadableError(
                f"{self._host} sent more than {self._limit / 2**20:.3g} MiB: try again later"
            )
        self._body += piece

    def body(self) -> bytes:
        """Return the whole body; UnreadableError when its gzip stream stops short."""
        if self._unzip is not None and not self._unzip.eof:
            raise UnreadableError(f"{self._host} sent half an answer: try again later")
        return bytes(self._body)


class Answer(Struct, frozen=True):
    """A whole answer to one call, not yet decoded; ``key`` is kept out of its errors."""

    host: str
    status: int
    body: bytes
    key: Secret
    retry_after: float | None = None

    @override
    def __repr__(self) -> str:
        return f"Answer({self.host!r}, {self.status})"

    def decode(self, kind: type[T]) -> T:
        """Return the body as ``kind``; UnreadableError when it is no such JSON."""
        text = self.body.removeprefix(b"\xef\xbb\xbf")
        if text.lstrip()[:1] not in (b"{", b"["):
            what = "nothing" if not text.strip() else "no JSON"
            raise self.unreadable(f"answered with {what} where data was expected")
        if text.count(b",") > _MAX_VALUES:
            raise self.unreadable("sent too many values")
        if b"\\u" in text:
            text = _PAIR_OR_LONE.sub(lambda m: rb"\ufffd" if m[1] else m[0], text)
        try:
            return msgspec.json.decode(text, type=kind, strict=False)
        except RecursionError:
            problem = "sent data nested too deeply"
        except msgspec.ValidationError:
            problem = "sent data of an unexpected shape"
        except ValueError:
            problem = "sent damaged JSON"
        raise self.unreadable(problem)

    def unreadable(self, problem: str) -> UnreadableError:
        """Return the error that says what is wrong with the answer: ``problem`` is a predicate."""
        return UnreadableError(f"{self.host} {problem}: try again later")

    def complaint(self) -> ProviderError | None:
        """Return the error that the HTTP status stands for, None for 200."""
        if self.status == 200:
            return None
        if self.status == 404 and self.body.lstrip()[:1] not in (b"{", b"["):
            return UnreadableError(
                f"{self.host} has no such page (404): check base_url in config.toml"
            )
        return self.error(self.status, _words(self.body))

    def error(self, status: int, words: str) -> ProviderError:
        """Return what a status (HTTP's, or the body's own) and the host's ``words`` stand for."""
        host, says = self.host, _saying(redact(words, self.key))
        match status:
            case 401:
                return WrongKeyError(_wrong_key(host, says))
            case 403:
                return ForbiddenError(
                    f"{host} does not allow it{says}",
                    said=_tidy(redact(words, self.key)),
                    as_wrong_key=_wrong_key(host, says),
                )
            case 404:
                return NotFoundError(f"{host} does not know it{says}: refresh and look again")
            case 400 | 405 | 414 | 422:
                return BadRequestError(
                    f"{host} does not accept the call{says}: change it and try again"
                )
            case 408:
                return TimedOutError(f"{host} gave up waiting for the call: try again later")
            case 429:
                wait = "later" if self.retry_after is None else f"in {self.retry_after:.0f} s"
                return RateLimitedError(
                    f"{host} was asked too often: try again {wait}", retry_after=self.retry_after
                )
            case 451:
                return LegalError(f"{host} may not give it out for legal reasons{says}")
            case 509:
                return ServerFaultError(
                    f"{host} has used up its bandwidth{says}: try again at a quieter hour"
                )
        if 500 <= status < 600:
            return ServerFaultError(
                f"{host} has a fault of its own (status {status}){says}: try again later"
            )
        if 300 <= status < 400:
            return UnreadableError(
                f"{host} answered with a redirect: check base_url in the configuration"
            )
        if status == 200 or 400 <= status < 500:
            return RefusedError(f"{host} refused{says or f' (status {status})'}")
        return self.unreadable(f"answered with the unexpected status {status}")


def read_retry_after(value: str) -> float | None:
    """Return the seconds a ``Retry-After`` header asks for (a number or a date), if it does."""
    if value.strip().isdecimal():
        return float(value.strip()[:9])
    from email.utils import parsedate_to_datetime  # rarely needed, and slow to load

    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _wrong_key(host: str, says: str) -> str:
    return (
        f"{host} does not accept the key of this account{says}: "
        "set a new one with 'vhtui accounts key NAME'"
    )


def _saying(words: str) -> str:
    """Return the host's words as a part of our sentence."""
    words = _tidy(words)
    return f' ("{words}")' if words else ""


def _tidy(words: str) -> str:
    return clean(" ".join(words.split()), _MAX_WORDS).rstrip(" .!:")


class _Complaint(msgspec.Struct):
    message: Any = None
    msg: Any = None
    error: Any = None
    errors: Any = None


def _words(body: bytes) -> str:
    """Return the host's own sentence from the body of an error, "" when there is none."""
    if len(body) > _MAX_COMPLAINT:
        return ""
    try:
        complaint = msgspec.json.decode(body, type=_Complaint)
    except (ValueError, RecursionError):
        return ""
    fields = complaint.errors.values() if isinstance(complaint.errors, dict) else ()
    details = [
        words
        for said in fields
        for words in (said if isinstance(said, list) else [said])
        if isinstance(words, str)
    ]
    if details:
        return " ".join(details)
    candidates = (complaint.message, complaint.error, complaint.msg)
    return next((words for words in candidates if isinstance(words, str) and words), "")
