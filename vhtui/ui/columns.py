"""The columns of every panel: what of a row is shown, and what goes first when it is narrow."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

from vhtui.models import (
    Encoding,
    FileRow,
    FolderRow,
    Job,
    JobGroup,
    JobState,
    LogEntry,
    RemoteState,
    RemoteUpload,
)
from vhtui.text import age_words, count_words, date_words, duration_words, length_words, size_words
from vhtui.ui.widgets.row_table import Column

Entry: TypeAlias = FolderRow | FileRow
"""A row of the files panel."""

JobEntry: TypeAlias = JobGroup | Job
"""A row of the jobs panel."""

GONE = "gone"
"""The state of a file that vanished since its listing was read."""


# -- files ----------------------------------------------------------------------------------------


def _entry_name(row: Entry) -> str:
    return f"{row.title}/" if isinstance(row, FolderRow) else row.title


def _entry_state(row: Entry) -> str:
    if isinstance(row, FileRow):
        return row.shown_state
    return row.pending or "folder"


def _entry_style(row: Entry) -> str:
    if row.pending:
        return "pending"
    if isinstance(row, FolderRow):
        return "muted"
    if row.state in ("takedown", "unreadable", GONE):
        return "error"
    return "warning" if row.state in ("encoding", "fetching") else ""


def _entry_size(row: Entry) -> str:
    if isinstance(row, FileRow):
        return size_words(row.size)
    held = row.files + row.folders
    return count_words(held) if held or row.listed is not None or row.pending else "?"


_NAME_CELLS = 32
"""Cells in which the title of a video can mostly be told from the next; columns go before it."""

FILE_COLUMNS: tuple[Column[Entry], ...] = (
    Column("name", "Name", _entry_name, worth=100, least=_NAME_CELLS),
    Column(
        "length", "Length",
        lambda row: length_words(row.length) if isinstance(row, FileRow) else "",
        width=8, align="right", worth=50,
    ),
    Column("size", "Size", _entry_size, width=9, align="right", worth=60),
    Column(
        "views", "Views", lambda row: count_words(row.views) if isinstance(row, FileRow) else "",
        width=9, align="right", worth=40,
    ),
    Column(
        "uploaded", "Uploaded",
        lambda row: date_words(row.uploaded) if isinstance(row, FileRow) else "",
        width=10, worth=30,
    ),
    Column(
        "code", "Code", lambda row: row.code if isinstance(row, FileRow) else "", width=13, worth=10
    ),
    Column("state", "State", _entry_state, width=12, worth=100, style=_entry_style),
)  # fmt: skip


def columns_of_finds(path: Callable[[Entry], str]) -> tuple[Column[Entry], ...]:
    """Return the columns of files from many folders, with where each is where there is room."""
    name, *others = FILE_COLUMNS
    return (name, Column("folder", "Folder", path, width=24, worth=35), *others)


def with_figures(
    columns: Sequence[Column[Entry]], heading: str, words: Callable[[Entry], str]
) -> tuple[Column[Entry], ...]:
    """Return the columns of files with one more, after the name: what ranks a view."""
    name, *others = columns
    return (name, Column("figure", heading, words, width=11, align="right", worth=95), *others)


# -- remote uploads -------------------------------------------------------------------------------


def percent_words(percent: float | None) -> str:
    """Return a share: "37%"; empty where nobody told it."""
    return "" if percent is None else f"{percent:.0f}%"


def remote_percent(row: RemoteUpload) -> float | None:
    """Return how much of a remote upload is fetched, from the host's word or from the sizes."""
    if row.percent is not None or not row.size or row.loaded is None:
        return row.percent
    return 100 * row.loaded / row.size


def _remote_style(row: RemoteUpload) -> str:
    styles = {
        RemoteState.FAILED: "error",
        RemoteState.COMPLETED: "good",
        RemoteState.RUNNING: "pending",
        RemoteState.UNKNOWN: "warning",
    }
    return styles.get(row.state, "muted")


REMOTE_COLUMNS: tuple[Column[RemoteUpload], ...] = (
    Column("name", "URL", lambda row: row.url, worth=100),
    Column(
        "percent", "Done", lambda row: percent_words(remote_percent(row)), width=5, align="right",
        worth=80,
    ),
    Column("size", "Size", lambda row: size_words(row.size), width=9, align="right", worth=50),
    Column(
        "speed", "Speed", lambda row: f"{size_words(row.speed)}/s" if row.speed else "", width=11,
        align="right", worth=40,
    ),
    Column(
        "eta", "Left", lambda row: duration_words(row.remaining) if row.remaining else "", width=14,
        worth=30,
    ),
    Column("note", "Note", lambda row: row.note, width=24, worth=20),
    Column("state", "State", lambda row: row.state.value, width=10, worth=100, style=_remote_style),
)  # fmt: skip


# -- encodings ------------------------------------------------------------------------------------


def encoding_left(row: Encoding) -> str:
    """Return how long an encoding still takes, or that it stands still; empty: not known."""
    if row.stalled is not None:
        return f"still for {duration_words(row.stalled).removeprefix('about ')}"
    return "" if row.left is None else duration_words(row.left)


def encoding_words(jobs: Sequence[Encoding]) -> str:
    """Return how the encodings of a file stand: "1080p 43%, about 3 min; 720p waiting"."""
    parts = []
    for job in jobs:
        state = job.error or (percent_words(job.percent) if job.percent else job.state.lower())
        words = [word for word in (state, encoding_left(job)) if word]
        quality = f"{job.quality}p " if job.quality else ""
        parts.append(quality + ", ".join(words))
    return "; ".join(parts)


ENCODING_COLUMNS: tuple[Column[Encoding], ...] = (
    Column("name", "File", lambda row: row.title or row.code, worth=100),
    Column(
        "quality", "Quality", lambda row: f"{row.quality}p" if row.quality else "", width=7,
        align="right", worth=70,
    ),
    Column(
        "percent", "Done", lambda row: percent_words(row.percent), width=5, align="right", worth=80
    ),
    Column("eta", "Left", encoding_left, width=15, worth=40),
    Column("error", "Note", lambda row: row.error or row.note, width=24, worth=30),
    Column(
        "state", "State", lambda row: row.state.lower(), width=12, worth=100,
        style=lambda row: "error" if row.error else "",
    ),
)  # fmt: skip


# -- the log --------------------------------------------------------------------------------------

LOG_COLUMNS: tuple[Column[LogEntry], ...] = (
    Column(
        "at", "When", lambda row: age_words(row.at, time.time()), width=8, align="right", worth=60
    ),
    Column("account", "Account", lambda row: row.account, width=12, worth=30),
    Column("name", "What", lambda row: row.text, worth=100),
    Column(
        "state", "Level", lambda row: row.level, width=7, worth=100,
        style=lambda row: {"error": "error", "warning": "warning"}.get(row.level, "muted"),
    ),
)  # fmt: skip


# -- jobs -----------------------------------------------------------------------------------------


def group_state(group: JobGroup) -> str:
    """Return in a word or two how a group stands."""
    if group.undone:
        return "undone"
    if group.undecided:
        return "needs you"
    if group.is_open:
        return "paused" if group.paused else "running" if group.done else "waiting"
    return "failed" if group.failed else "cancelled" if group.cancelled else "done"


def group_trouble(group: JobGroup) -> str:
    """Return how many jobs of a group did not go well: "3 failed", "1 needs you"."""
    failed = group.failed - group.undecided
    parts = [f"{count_words(failed)} failed"] if failed else []
    if group.undecided:
        verb = "needs" if group.undecided == 1 else "need"
        parts.append(f"{count_words(group.undecided)} {verb} you")
    return ", ".join(parts)


def _job_name(row: JobEntry) -> str:
    return row.title if isinstance(row, JobGroup) else row.target


def _job_state(row: JobEntry) -> str:
    return group_state(row) if isinstance(row, JobGroup) else row.state.value


def _job_style(row: JobEntry) -> str:
    if isinstance(row, JobGroup):
        return "error" if row.failed else "pending" if row.is_open else "good"
    if row.state.is_failed:
        return "error"
    return "good" if row.state is JobState.DONE else "pending" if row.state.is_open else "muted"


_JOB_NAME: Column[JobEntry] = Column("name", "What", _job_name, worth=100)
_JOB_AGE: Column[JobEntry] = Column(
    "age", "Since", lambda row: age_words(row.created, time.time()), width=8, align="right",
    worth=55,
)  # fmt: skip
_JOB_STATE: Column[JobEntry] = Column(
    "state", "State", _job_state, width=11, worth=100, style=_job_style
)

JOB_COLUMNS: tuple[Column[JobEntry], ...] = (
    _JOB_NAME,
    Column(
        "trouble", "Why", lambda row: row.error if isinstance(row, Job) else "", width=32, worth=60
    ),
    _JOB_AGE,
    _JOB_STATE,
)


def group_columns(left_words: Callable[[JobGroup], str]) -> tuple[Column[JobEntry], ...]:
    """Return the columns of groups; ``left_words`` says how long one still takes."""

    def trouble(row: JobEntry) -> str:
        return "" if isinstance(row, Job) else group_trouble(row) or left_words(row)

    def progress(row: JobEntry) -> str:
        return "" if isinstance(row, Job) else f"{row.done - row.cancelled}/{row.total}"

    return (
        _JOB_NAME,
        Column("account", "Account", lambda row: row.account, width=12, worth=20),
        Column("progress", "Done", progress, width=11, align="right", worth=90),
        Column("trouble", "Left, trouble", trouble, width=16, worth=60),
        _JOB_AGE,
        _JOB_STATE,
    )
