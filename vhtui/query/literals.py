"""What a title must contain for a regular expression to be found in it."""

from __future__ import annotations

import re

_LEAST = 3
_TOKEN = re.compile(
    r"""
    (?P<letter>[A-Za-z0-9 _-]|\\[-_. ])
    | [.^$!"#%&',/:;<=>@`~] | \\[dDwWsSbB] | \\[^A-Za-z0-9] | \[\^?\]?[^][\\]*\]
    """,
    re.VERBOSE,
)
_REPEAT = re.compile(r"([*?]|\+|\{(\d+)(?:,\d*)?\})[?+]?")
_FOLDED = re.compile(r"[a-hj-zA-HJ-Z0-9._-]")


def literals(pattern: str) -> list[str]:
    """Return folded texts that every (folded) title contains in which a pattern is found.

    Only what is plain is understood (no brackets, no alternatives); of others there are none.
    Left out are texts of under three characters, and what ``fold`` and the pattern may see
    differently: ``i`` (it has a cousin without a dot), a letter that an accent may follow, all
    that is not ASCII.
    """
    found: list[str] = []
    run = ""
    at = 0
    while at < len(pattern):
        if (token := _TOKEN.match(pattern, at)) is None:
            return []
        at = token.end()
        letter = (token["letter"] or "")[-1:]
        is_folded = _FOLDED.fullmatch(letter) is not None
        repeat = _REPEAT.match(pattern, at)
        if repeat is None and is_folded:
            run += letter
            continue
        is_needed = repeat is None or repeat[1] == "+" or int(repeat[2] or 0) > 0
        if is_needed and is_folded:
            run += letter
        found.append(run if is_needed and letter and not is_folded else _unaccented(run))
        run = ""
        if repeat is not None:
            at = repeat.end()
    found.append(_unaccented(run))
    return [text.lower() for text in found if len(text) >= _LEAST]


def _unaccented(text: str) -> str:
    """Return a text without its last letter, which an accent behind it could change."""
    return text[:-1] if text[-1:].isalpha() else text
