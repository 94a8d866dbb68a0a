"""Uploads and local files as rows: their columns, their words, and how far they are."""

from __future__ import annotations

import time

from vhtui.core.uploads.limits import Limits
from vhtui.core.uploads.pacing import is_open, minute_of_day
from vhtui.models import Upload, UploadState
from vhtui.text import age_words, duration_words, natural_key, size_words
from vhtui.ui.columns import percent_words
from vhtui.ui.disk import LocalEntry
from vhtui.ui.screens.sorting import SortBy
from vhtui.ui.widgets.row_table import Column

COPIED = "link copied"
"""The last state of an upload: its link was copied since it plays."""

_BAR_CELLS = 10
_STYLES = {
    UploadState.SENDING: "pending",
    UploadState.CHECKING: "warning",
    UploadState.PLACING: "pending",
    UploadState.ENCODING: "pending",
    UploadState.PLAYABLE: "good",
    UploadState.FAILED: "error",
    UploadState.NEEDS_YOU: "error",
    UploadState.PAUSED: "warning",
}


def upload_percent(row: Upload) -> float | None:
    """Return how much of an upload is sent, or of its encoding done; None: neither goes on."""
    if row.state is UploadState.ENCODING:
        return row.percent
    if row.state in (UploadState.PLACING, UploadState.CHECKING, UploadState.PLAYABLE):
        return 100.0 if row.code else None
    if row.state is UploadState.SENDING or (row.sent and row.state is UploadState.PAUSED):
        return 100 * row.sent / row.size if row.size else None
    return None


def bar(percent: float | None) -> str:
    """Return a bar of ten cells in ASCII; empty where nothing goes on."""
    if percent is None:
        return ""
    filled = round(_BAR_CELLS * max(0.0, min(percent, 100.0)) / 100)
    return "#" * filled + "." * (_BAR_CELLS - filled)


def speed_words(row: Upload) -> str:
    """Return the speed while a file is sent."""
    return f"{size_words(row.speed)}/s" if row.speed else ""


def left_words(row: Upload) -> str:
    """Return how long sending still takes."""
    return "" if row.eta is None else duration_words(row.eta)


def state_style(row: Upload, word: str) -> str:
    """Return the look of a state; the word itself says it too."""
    return "good" if word == COPIED else _STYLES.get(row.state, "muted")


def limits_words(chosen: Limits, now: float) -> str:
    """Return the limits in force: "2 at once, at most 10.0 MB/s, 22:00-06:30 (closed now)"."""
    rate = "no cap" if chosen.rate is None else f"at most {size_words(chosen.rate)}/s"
    parts = [f"{chosen.parallel} at once", rate]
    if chosen.hours is not None:
        closed = "" if is_open(chosen.hours, minute_of_day(now)) else " (closed now)"
        parts.append(hours_words(chosen.hours) + closed)
    return ", ".join(parts)


def hours_words(hours: tuple[int, int]) -> str:
    """Return allowed hours as they are typed: "22:00-06:30"."""
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in hours)


LOCAL_COLUMNS: tuple[Column[LocalEntry], ...] = (
    Column(
        "name", "On this disk", lambda row: f"{row.name}/" if row.is_folder else row.name,
        worth=100, style=lambda row: "muted" if row.reason else "",
    ),
    Column(
        "size", "Size", lambda row: size_words(row.size) if row.size is not None else "", width=9,
        align="right", worth=60,
    ),
    Column(
        "age", "Changed", lambda row: age_words(row.mtime, time.time()), width=8, align="right",
        worth=50,
    ),
    Column(
        "state", "State", lambda row: "not sent" if row.kind == "file" and row.reason else row.kind,
        width=11, worth=100, style=lambda row: "muted" if row.reason or row.is_folder else "",
    ),
)  # fmt: skip


UPLOAD_SORTS: dict[str, SortBy[Upload]] = {
    "name": SortBy("name", lambda row: natural_key(row.title)),
    "account": SortBy("account", lambda row: row.account),
    "folder": SortBy("folder", lambda row: natural_key(row.folder)),
    "size": SortBy("size", lambda row: row.size),
    "date": SortBy("date", lambda row: row.created),
    "percent": SortBy("percent", upload_percent),
    "left": SortBy("eta", lambda row: row.eta),
}


def percent_cell(row: Upload) -> str:
    """Return a row's share done."""
    return percent_words(upload_percent(row))
