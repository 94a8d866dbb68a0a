"""Words for people: outside text made safe to show, secrets that mask themselves, units in words.

Titles, folder names, messages and URLs come from strangers; ``clean`` is the one door between
them and a terminal.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NoReturn, SupportsIndex

from typing_extensions import override

from vhtui.units import UNKNOWN as UNKNOWN
from vhtui.units import age_words as age_words
from vhtui.units import count_words as count_words
from vhtui.units import date_words as date_words
from vhtui.units import duration_words as duration_words
from vhtui.units import iso_words as iso_words
from vhtui.units import length_words as length_words
from vhtui.units import plural as plural
from vhtui.units import size_words as size_words
from vhtui.units import storage_left_words as storage_left_words

_MASK = "***"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_ZERO_WIDTH_JOINER = "\N{ZERO WIDTH JOINER}"
_MARKS_IN_A_ROW = 8
_READ_PER_SHOWN = 16  # characters looked at for each one shown: bounds the work on junk
_UNASSIGNED_INVISIBLE = re.compile(
    "[\u2065\ufff0-\ufff8\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)


class Secret:
    """A string, such as an account's key, that shows itself as ``***`` wherever it is printed."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        """Refuse the empty string: an empty key is a missing key."""
        if not value:
            raise ValueError("a secret cannot be empty")
        self.__value = value

    def reveal(self) -> str:
        """Return the string itself: for the request it belongs to, and nothing else."""
        return self.__value

    @override
    def __repr__(self) -> str:
        return f"Secret({_MASK})"

    @override
    def __str__(self) -> str:
        return _MASK

    @override
    def __format__(self, spec: str) -> str:
        return _MASK

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        from hmac import compare_digest

        return compare_digest(_utf8(self.__value), _utf8(other.__value))

    @override
    def __hash__(self) -> int:
        return hash((Secret, self.__value))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Secret:
        return self

    @override
    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


# -- outside text ---------------------------------------------------------------------------------


def clean(text: str, limit: int = 1000) -> str:
    """Make an outside string safe to show on one line of a terminal.

    No control, escape, bidi or invisible format character passes, whatever comes in; what is
    longer than ``limit`` characters is cut with an ellipsis. Cleaning twice changes nothing more.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    return _shown_text(text, limit)


def clean_for_clipboard(text: str, *, lines: bool) -> str:
    """Make text safe to paste: no control character, and no newline at the end.

    A pasted newline runs a command, so it stays only between lines, and only where the caller
    copies ``lines``; elsewhere it becomes a space.
    """
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    safe = [row if row.isascii() and row.isprintable() else _pasted_line(row) for row in rows]
    return ("\n" if lines else " ").join(safe).strip("\n ")


def redact(text: str, *secrets: Secret) -> str:
    """Mask the secrets in a text (as they are and URL-quoted), and every ``key=`` in a query."""
    from urllib.parse import quote, quote_plus

    forms: set[str] = set()
    for secret in secrets:
        raw = secret.reveal()
        quotable = _utf8(raw)
        forms |= {raw, quote(quotable, safe=""), quote(quotable), quote_plus(quotable)}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, _MASK)
    # Not compiled when vhtui starts: it is needed when something went wrong.
    return re.sub(_KEY_IN_QUERY, rf"\1={_MASK}", text, flags=re.IGNORECASE)


_KEY_IN_QUERY = r"(?<![a-z0-9])((?:api[_-]?)?key|token|sess_id|password)=[^&\s\"'<>#]+"


def _shown_text(text: str, limit: int) -> str:
    is_cut = len(text) > limit * _READ_PER_SHOWN
    if is_cut:
        text = text[: limit * _READ_PER_SHOWN]
    shown: list[str] = []
    marks = 0
    for char in text.replace("\r\n", "\n"):
        symbol = _symbol(char)
        if not symbol:
            continue
        marks = marks + 1 if _is_mark(symbol) else 0
        if marks > _MARKS_IN_A_ROW:
            continue
        if len(shown) == limit:
            is_cut = True
            break
        shown.append(symbol)
    if is_cut:
        shown[limit - 1 :] = ["…"]
    return "".join(shown)


def _pasted_line(text: str) -> str:
    spaced = text.replace("\t", " ")
    return "".join(_symbol(char) for char in spaced if unicodedata.category(char) != "Cc")


@lru_cache(maxsize=4096)
def _symbol(char: str) -> str:
    """Return what stands for a character on screen: itself, another one, or nothing."""
    if char.isprintable() or char == _ZERO_WIDTH_JOINER:
        return char
    category = unicodedata.category(char)
    if char in "\n\r\t" or category in ("Zs", "Zl", "Zp"):
        return " "
    if category == "Cf" or _UNASSIGNED_INVISIBLE.match(char):
        return ""
    if category == "Cs":
        return _REPLACEMENT
    if category == "Cc":
        return _control_picture(ord(char))
    return char  # private use, or younger than this Python's Unicode


def _control_picture(point: int) -> str:
    if point < 0x20:
        return chr(0x2400 + point)
    return "␡" if point == 0x7F else _REPLACEMENT


@lru_cache(maxsize=4096)
def _is_mark(char: str) -> bool:
    return char == _ZERO_WIDTH_JOINER or unicodedata.category(char).startswith("M")


# -- a key to sort by -----------------------------------------------------------------------------

_KEY_LENGTH = 200
_NUMBER = re.compile("[0-9]+")


def fold(text: str) -> str:
    """Bring a text into the form in which titles and paths are compared: NFKC, without case."""
    return unicodedata.normalize("NFKC", text).casefold()


def natural_key(title: str) -> str:
    """Return a key whose plain comparison sorts titles as people do: "ep 2" before "Ep 10".

    Each number is written without leading zeros behind a character for how many digits it has.
    The key is bounded and can be stored as UTF-8. Titles that ``fold`` makes equal have one key.
    """
    if title.isascii():
        return _NUMBER.sub(_sortable_number, title[:_KEY_LENGTH].lower())[:_KEY_LENGTH]
    folded = fold(title.encode("utf-8", "replace").decode())
    return _NUMBER.sub(_sortable_number, folded[:_KEY_LENGTH])[:_KEY_LENGTH]


def _sortable_number(match: re.Match[str]) -> str:
    return _sortable_digits(match[0])


@lru_cache(maxsize=16384)
def _sortable_digits(digits: str) -> str:
    significant = digits.lstrip("0") or "0"
    return chr(ord("0") + min(len(significant), 16)) + significant


# -- money ----------------------------------------------------------------------------------------


def money_words(amount: str | None) -> str:
    """Return a host's decimal words of money with two places and digits in threes: "1 240.50"."""
    if amount is None:
        return UNKNOWN
    if not _MONEY.fullmatch(amount.strip()):
        return clean(amount, 40) or UNKNOWN
    from decimal import Decimal

    return f"{Decimal(amount.strip()):,.2f}".replace(",", " ")


_MONEY = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{0,15})?")
