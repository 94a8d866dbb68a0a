"""What a link template is written for, and how values are made safe for that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum


class Target(Enum):
    """What a text is pasted into."""

    PLAIN = "plain text"
    HTML = "HTML"
    BBCODE = "BBCode"
    MARKDOWN = "Markdown"
    CSV = "CSV"


ADDRESSES = frozenset({"page", "embed", "domain", "code"})
"""The fields that are parts of addresses: nothing in them has a meaning for BBCode or Markdown."""

_BBCODE = re.compile(r"\[/?(?:url|b|i|u|img|quote|spoiler|code|list|size|color|center)[]=]", re.I)
_MARKDOWN_SIGN = re.compile(r"[\\`*_\[\]<>&|~]")
_BETWEEN_CELLS = re.compile(r'"?([,;\t])"?')


def target_of(literals: Sequence[str]) -> Target:
    """Return what a template is for, by the texts before, between and behind its fields."""
    whole = "".join(literals)
    if "<" in whole:
        return Target.HTML
    if _BBCODE.search(whole):
        return Target.BBCODE
    if "](" in whole:
        return Target.MARKDOWN
    first, *between, last = literals if len(literals) > 1 else ["", ""]
    cells = [found for text in between if (found := _BETWEEN_CELLS.fullmatch(text))]
    is_table = cells and len(cells) == len(between) and first in ("", '"') and last in ("", '"')
    return Target.CSV if is_table and len({found[1] for found in cells}) == 1 else Target.PLAIN


def escaped(field: str, value: str, target: Target, *, quoted: bool = False) -> str:
    """Return a field's value so that it is nothing but text; ``quoted``: in CSV, in quotes."""
    match target:
        case Target.HTML:
            from html import escape

            return escape(value, quote=True)
        case Target.CSV:
            return _cell(value, quoted=quoted)
        case Target.BBCODE if field not in ADDRESSES:
            return value.replace("[", "(").replace("]", ")")
        case Target.MARKDOWN if field not in ADDRESSES:
            return _MARKDOWN_SIGN.sub(lambda sign: "\\" + sign[0], value)
        case _:
            return value


def _cell(value: str, *, quoted: bool) -> str:
    safe = f"'{value}" if value.startswith(("=", "+", "-", "@")) else value
    doubled = safe.replace('"', '""')
    if quoted:
        return doubled
    return f'"{doubled}"' if any(sign in safe for sign in '",;\t\n') else safe


def heading(words: str, target: Target) -> str:
    """Return a line over a group of links."""
    safe = escaped("folder", words, target)
    forms = {Target.HTML: f"<h3>{safe}</h3>", Target.BBCODE: f"[b]{safe}[/b]",
             Target.MARKDOWN: f"### {safe}"}  # fmt: skip
    return forms.get(target, safe)
