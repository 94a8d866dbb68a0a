"""Values as PHP hosts write them, read tolerantly: one odd row costs that row, not the page."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from vhtui.errors import BadRequestError
from vhtui.models import Page
from vhtui.providers.answers import Answer

T = TypeVar("T")
Row = TypeVar("Row")
Item = TypeVar("Item")

Scalar = str | int | float | None
"""A number or a word: hosts write either as the other."""

NULL = msgspec.Raw(b"null")
MISSING = msgspec.Raw(b"")
"""A part that an answer left out."""

_Rows: Any = list[msgspec.Raw] | dict[str, msgspec.Raw] | None
"""A list of undecoded rows; PHP writes a list with gaps as an object."""

_CODE = re.compile(r"[A-Za-z0-9_-]+")
_BARE_LIST = re.compile(rb'null|\[|\{\s*"\d+"\s*:')
_NEVER = ("0000-00-00", "-0001-11-30")  # MySQL's zero date, and what PHP's libraries make of it
_SECONDS = re.compile(r"[1-9]\d{8,9}")  # 1973 to 2286; a date without dashes has eight digits
_LARGEST = 2**63 - 1


def joined(values: Sequence[str]) -> str:
    """Join file codes or ids with commas; BadRequestError, before anything is sent, for others."""
    odd = next((value for value in values if not _CODE.fullmatch(value)), None)
    if odd is not None or not values:
        what = "No file was named" if odd is None else f"{odd[:40]!r} is no file code or id"
        raise BadRequestError(f"{what}: choose a file or folder of the account")
    return ",".join(values)


def word(value: Scalar) -> str:
    """Return a text as it came, "" for null; a whole number as one, also where it came as 1.0."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def number(value: Scalar) -> int | None:
    """Return a whole number, None for null or ""; ValueError for anything else."""
    if value is None or value == "":
        return None
    whole = int(float(value)) if "." in str(value) else int(value)
    if abs(whole) > _LARGEST:
        raise ValueError("the number is too large")
    return whole


def fraction(value: Scalar) -> float | None:
    """Return a number such as a percentage, None for null or ""; ValueError for anything else."""
    if value is None or value == "":
        return None
    if not math.isfinite(share := float(value)):
        raise ValueError("not a finite number")
    return share


def known(value: Scalar) -> int | None:
    """Return a size or length: 0 is "not known yet", so None."""
    return number(value) or None


def moment(value: Scalar) -> int | None:
    """Return seconds since the epoch, also of a time that came as these; what has no zone is UTC,
    and a zero date is "never".

    ValueError for what is no time.
    """
    text = word(value).strip()
    if text in ("", "0") or text.startswith(_NEVER):
        return None
    if _SECONDS.fullmatch(text):
        return int(text)
    time = datetime.fromisoformat(text)
    return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp())


def first(*values: Scalar) -> str:
    """Return the first of the values that says something, "" when none does."""
    return next((word(value) for value in values if word(value)), "")


def required(*values: Scalar) -> str:
    """Return the first of the values that says something; ValueError when none does."""
    if not (value := first(*values)):
        raise ValueError("a row without a code or an id")
    return value


def is_null(raw: msgspec.Raw) -> bool:
    """Whether a part of an answer is null or was left out."""
    return bytes(raw) in (b"null", b"")


def part(answer: Answer, raw: msgspec.Raw, kind: type[T]) -> T:
    """Return a part of an answer; PHP's ``[]`` stands for an empty object.

    UnreadableError when it is of another shape.
    """
    text = bytes(raw)
    return _shaped(answer, b"{}" if text == b"[]" else text, kind)


def _shaped(answer: Answer, text: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=kind, strict=False)
    except (ValueError, RecursionError):
        pass
    raise answer.unreadable("sent data of an unexpected shape")


def checked(answer: Answer, build: Callable[[], Item]) -> Item:
    """Return what ``build`` makes of an answer's values; its ValueError becomes UnreadableError."""
    try:
        return build()
    except (ValueError, OverflowError):
        pass
    raise answer.unreadable("sent data of an unexpected shape")


def rows(
    answer: Answer, raw: msgspec.Raw, kind: type[Row], build: Callable[[Row], Item]
) -> tuple[list[Item], int]:
    """Return the rows of a list that can be read, and how many cannot; null and ``{}`` are empty
    lists.

    UnreadableError when it was left out or is no list: an object is one only if its keys are
    numbers.
    """
    if not bytes(raw):
        raise answer.unreadable("sent no list where one was expected")
    listed = _shaped(answer, bytes(raw), _Rows)
    if listed is None:
        return [], 0
    if isinstance(listed, dict):
        if not all(key.isdecimal() for key in listed):
            raise answer.unreadable("sent no list where one was expected")
        listed = list(listed.values())
    items: list[Item] = []
    for row in listed:
        try:
            items.append(build(msgspec.json.decode(row, type=kind, strict=False)))
        except (ValueError, OverflowError, RecursionError):
            continue
    return items, len(listed) - len(items)


def all_rows(
    answer: Answer, raw: msgspec.Raw, kind: type[Row], build: Callable[[Row], Item]
) -> list[Item]:
    """Return the readable rows of a list that is no page.

    UnreadableError when the list was left out, or nothing in it can be read.
    """
    items, unreadable = rows(answer, raw, kind, build)
    if unreadable and not items:
        raise answer.unreadable("sent no entry that can be read")
    return items


class _Paginator(msgspec.Struct):
    data: msgspec.Raw
    current_page: Scalar = None
    last_page: Scalar = None
    next_page_url: Scalar = None
    total: Scalar = None


def page_of(
    answer: Answer, raw: msgspec.Raw, kind: type[Row], build: Callable[[Row], Item]
) -> Page[Item]:
    """Return a page as Laravel's paginator writes it, or a bare list (null, too, or one with gaps
    as PHP writes it), after which nothing follows.

    An empty page is the last one, whatever it says.
    """
    if _BARE_LIST.match(bytes(raw)):
        items, unreadable = rows(answer, raw, kind, build)
        return Page(tuple(items), has_more=False, unreadable=unreadable)
    paginator = part(answer, raw, _Paginator)
    items, unreadable = rows(answer, paginator.data, kind, build)
    try:
        current, last = number(paginator.current_page), number(paginator.last_page)
        total = number(paginator.total)
    except ValueError:
        current = last = total = None
    has_more = bool(paginator.next_page_url)
    if current is not None and last is not None:
        has_more = current < last
    has_more = has_more and bool(items or unreadable)
    return Page(tuple(items), has_more=has_more, total=total, unreadable=unreadable)
