"""Season, episode and quality, read from release-style names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from vhtui.rename.plan import MAX_TITLE

_CLEAR_EPISODE = re.compile(
    r"(?<![a-z0-9])s(\d{1,2})[ ._-]?e(\d{1,3})(?![a-z0-9]|[ ._]?-[ ._]?e?\d)", re.I | re.ASCII
)
_CLEAR_QUALITY = re.compile(r"(?<![a-z0-9])(\d{3,4}[pi]|[48]k)(?![a-z0-9])", re.I | re.ASCII)


class Release(NamedTuple):
    """What a release-style name says: ``Show.S01E02.1080p``. Two episodes: the first and last."""

    season: int | None = None
    episodes: tuple[int, ...] = ()
    quality: str = ""


@lru_cache(maxsize=1 << 16)
def parse_release(title: str) -> Release:
    """Read season, episodes and quality from a title; what it does not say stays empty.

    The plain ``S01E02`` is read at once; any other name takes a parser about a millisecond.
    """
    if clear := clear_release(title):
        return clear
    import PTN

    try:
        found = PTN.parse(title[:MAX_TITLE])
    except Exception:  # a stranger's title in somebody else's parser: not worth a crash
        return Release()
    season, episodes = found.get("season"), found.get("episode")
    episodes = episodes if isinstance(episodes, list) else [episodes]
    numbers = tuple(dict.fromkeys(ep for ep in episodes if isinstance(ep, int)))
    return Release(
        season if isinstance(season, int) else None,
        (numbers[0], numbers[-1]) if len(numbers) > 1 else numbers,
        str(found.get("resolution") or ""),
    )


def clear_release(title: str) -> Release | None:
    """Read a name that says S01E02 plainly, without the parser; None when it does not."""
    if not (found := _CLEAR_EPISODE.search(title)):
        return None
    quality = _CLEAR_QUALITY.search(title)
    return Release(int(found[1]), (int(found[2]),), quality[0] if quality else "")
