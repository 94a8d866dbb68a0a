"""Units in words for people: sizes, lengths, ages, counts and dates.

Nothing here needs an import that takes time: the first frame is written with it.
"""

from __future__ import annotations

import time

UNKNOWN = "–"
"""What is shown for a value that nobody told."""


def size_words(size: int | None) -> str:
    """Return a size in bytes in decimal units: "512 B", "1.4 GB", "140 GB"."""
    if size is None:
        return UNKNOWN
    if abs(size) < 1000:
        return f"{size} B"
    value = float(size)
    for unit in ("kB", "MB", "GB", "TB", "PB"):
        value /= 1000
        if abs(value) < 99.95:
            return f"{value:.1f} {unit}"
        if abs(value) < 999.5:
            return f"{value:.0f} {unit}"
    return f"{value:.0f} PB"


def storage_left_words(left: int | None) -> str:
    """Return what of an account's storage is left, in bytes: "1.4 GB left", or "134 GB over"."""
    if left is None or left >= 0:
        return f"{size_words(left)} left"
    return f"{size_words(-left)} over"


def length_words(seconds: float | None) -> str:
    """Return the length of a video: "42:07", "1:23:45"."""
    if seconds is None or seconds < 0:
        return UNKNOWN
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def age_words(epoch: float | None, now: float) -> str:
    """Return how long ago a time is, in one unit: "just now", "2 h", "3 d"; "in 3 d" if ahead."""
    if epoch is None:
        return UNKNOWN
    age = now - epoch
    if abs(age) < 60:
        return "just now"
    words = _one_unit(abs(age))
    return words if age > 0 else f"in {words}"


def _one_unit(seconds: float) -> str:
    for unit, length, until in _UNITS:
        if seconds < until:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds // (365.25 * 86400))} y"


_UNITS = (
    ("min", 60, 3600),
    ("h", 3600, 2 * 86400),
    ("d", 86400, 100 * 86400),
    ("mo", 30.44 * 86400, 2 * 365.25 * 86400),
)


def duration_words(seconds: float | None) -> str:
    """Return roughly how long something will take: "about 7 min", "about 2 h 10 min"."""
    if seconds is None:
        return UNKNOWN
    if seconds < 1:
        return "about a second"
    if seconds < 59.5:
        return f"about {seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 10 and minutes:
        return f"about {hours} h {minutes} min"
    return f"about {hours} h" if hours < 48 else f"about {round(hours / 24)} d"


def count_words(number: int | None) -> str:
    """Return a number with its digits in threes: "1 240"."""
    return UNKNOWN if number is None else f"{number:,}".replace(",", " ")


def plural(number: int, noun: str, many: str | None = None) -> str:
    """Return a number with its noun: "1 file", "37 files", "2 entries"."""
    return f"{count_words(number)} {noun if number == 1 else many or _many(noun)}"


def _many(noun: str) -> str:
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def date_words(epoch: float | None) -> str:
    """Return a time as a date in UTC: "2026-03-31"."""
    return _utc("%Y-%m-%d", epoch) or UNKNOWN


def iso_words(epoch: float | None) -> str | None:
    """Return a time as machines read it, "2026-03-31T00:00:00Z"; None where nobody told it."""
    return _utc("%Y-%m-%dT%H:%M:%SZ", epoch)


def _utc(pattern: str, epoch: float | None) -> str | None:
    if epoch is None:
        return None
    try:
        return time.strftime(pattern, time.gmtime(epoch))
    except (OverflowError, ValueError, OSError):
        return None
