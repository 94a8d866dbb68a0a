"""Terminals of another charset than UTF-8: a question mark a cell for what they cannot show."""

from __future__ import annotations

import codecs
import sys

_MARKS = "vhtui.marks"


def is_unicode() -> bool:
    """Whether the locale says that the terminal shows UTF-8."""
    return _charset() == "utf-8"


def encoded(text: str) -> bytes:
    """Return a text as the terminal takes it, each character as wide as it is."""
    charset = _charset()
    if charset == "utf-8":
        return text.encode("utf-8", "replace")
    codecs.register_error(_MARKS, _marks)
    return text.encode(charset, _MARKS)


def shown(text: str) -> str:
    """Return a text of which the terminal can show all."""
    return encoded(text).decode(_charset())


def _charset() -> str:
    # Textual writes to the standard error.
    stream = sys.__stderr__
    return codecs.lookup(stream.encoding).name if stream is not None else "utf-8"


def _marks(error: UnicodeError) -> tuple[str, int]:
    from rich.cells import cell_len  # not loaded for the first frame of plain titles

    assert isinstance(error, UnicodeEncodeError)
    return "?" * cell_len(error.object[error.start : error.end]), error.end
