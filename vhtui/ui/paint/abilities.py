"""What the terminal can do, as its terminfo entry says."""

from __future__ import annotations

from typing import NamedTuple


class Abilities(NamedTuple):
    """Whether lines can be scrolled within a region, and cells erased; Textual needs neither."""

    scrolls: bool = False
    erases: bool = False


_SCROLLING = {
    "csr": b"\x1b[%i%p1%d;%p2%dr",
    "il": b"\x1b[%p1%dL",
    "dl": b"\x1b[%p1%dM",
}
_ERASING = {"el": b"\x1b[K", "ech": b"\x1b[%p1%dX"}


def abilities_of(term: str) -> Abilities:
    """Look a terminal up; one that is not known, or does it in other ways, can do nothing."""
    try:
        import curses

        curses.setupterm(term, 1)
    except Exception:  # no module curses, or curses.error: not in the database
        return Abilities()
    return Abilities(scrolls=_has(_SCROLLING), erases=_has(_ERASING))


def _has(wanted: dict[str, bytes]) -> bool:
    import curses

    return all(curses.tigetstr(name) == sequence for name, sequence in wanted.items())
