"""The limits of uploads, changed while they run, and the folders that are watched."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vhtui.config import bytes_of, hours_of
from vhtui.core.uploads.watch import Watched, WatchFolder
from vhtui.errors import UsageError
from vhtui.models import ROOT
from vhtui.text import plural, size_words
from vhtui.ui.disk import name_of, shown_path
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.upload_rows import hours_words

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

_MOST_AT_ONCE = 16
_DAY = 86_400
_SUFFIXES = ((10**9, "G"), (10**6, "M"), (10**3, "k"))


def read_parallel(text: str) -> int:
    """Return how many uploads may run at once; UsageError in words."""
    if not text.strip().isdecimal() or not 1 <= int(text) <= _MOST_AT_ONCE:
        raise UsageError(f"a number from 1 to {_MOST_AT_ONCE}")
    return int(text)


def read_limit(text: str) -> int | None:
    """Return bytes per second, None for an empty text; UsageError in words."""
    try:
        return bytes_of(text) if text.strip() else None
    except ValueError as error:
        raise UsageError(f"the limit {error}") from None


def read_hours(text: str) -> str | None:
    """Return hours as the engine takes them, None for an empty text; UsageError in words."""
    try:
        return hours_words(hours_of(text)) if text.strip() else None
    except ValueError as error:
        raise UsageError(f"the text {error}") from None


def read_settle(text: str) -> float:
    """Return seconds without a change, at most a day; UsageError in words."""
    try:
        seconds = float(text.strip())
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= _DAY:
        raise UsageError("seconds from 0 to 86400")
    return seconds


def _limit_text(rate: int | None) -> str:
    if rate is None:
        return ""
    for unit, suffix in _SUFFIXES:
        if rate % (unit // 100 or 1) == 0 and rate >= unit:
            return f"{rate / unit:g}{suffix}"
    return str(rate)


class UploadLimits:
    """Asks for limits and watch folders, and tells the engine."""

    def __init__(self, screen: MainScreen) -> None:
        """Act on a screen."""
        self.screen = screen
        self.engine = screen.engine

    @does("uploads.parallel")
    async def ask_parallel(self) -> None:
        """Ask how many uploads may run at once."""
        before = str(self.engine.upload_limits().parallel)
        text = await self._ask("Uploads at once (1-16)", before, read_parallel)
        if text is not None:
            count = read_parallel(text)
            await self.engine.set_parallel(count)
            self._said(f"{plural(count, 'upload')} at once from now on")

    @does("uploads.limit")
    async def ask_limit(self) -> None:
        """Ask for the bandwidth of all uploads together."""
        before = _limit_text(self.engine.upload_limits().rate)
        text = await self._ask("Bytes a second, such as 10M; empty: no cap", before, read_limit)
        if text is not None:
            rate = read_limit(text)
            await self.engine.set_limit(rate)
            self._said(f"At most {size_words(rate)}/s from now on" if rate else "No cap any more")

    @does("uploads.hours")
    async def ask_hours(self) -> None:
        """Ask when uploads may begin."""
        hours = self.engine.upload_limits().hours
        before = "" if hours is None else hours_words(hours)
        label = "Hours, such as 22:00-06:30; empty: always"
        text = await self._ask(label, before, read_hours)
        if text is not None:
            wanted = read_hours(text)
            await self.engine.set_hours(wanted)
            words = f"Uploads begin only {wanted}; what is being sent goes on"
            self._said(words if wanted else "Uploads begin at any hour")

    @does("uploads.reset")
    async def reset(self) -> None:
        """Go back to the limits of config.toml."""
        await self.engine.reset_upload_limits()
        self._said("The limits of config.toml are in force again")

    async def _ask(self, label: str, value: str, check: Callable[[str], object]) -> str | None:
        return await self.screen.ask(label, value, check=check)

    def _said(self, sentence: str) -> None:
        self.screen.say(sentence)
        self.screen.show_state()

    # -- watch folders ----------------------------------------------------------------------------

    def watch(self, path: Path) -> Coroutine[Any, Any, None]:
        """Ask how to watch a directory, show what that would do now, and begin."""
        spot = self.screen.files.spot
        target = self.engine.store.folder_path(spot.account, spot.folder or ROOT)
        return self._watch(spot.account, path, target)

    async def _watch(self, account: str, path: Path, target: str) -> None:
        from vhtui.ui.screens.dialogs import Choice, Confirm

        how = await self.screen.answer(
            Choice(
                f"Watch {shown_path(path)} and upload what comes into it to {account}:{target}",
                [
                    ("tree", "with the folders in it, as folders there"),
                    ("flat", "with the folders in it, all into one folder"),
                    ("top", "only the files directly in it"),
                ],
            )
        )
        if how is None:
            return
        text = await self.screen.ask("Only names such as *.mkv *.mp4; empty: all")
        if text is None:
            return
        usual = f"{self.engine.settings.uploads.settle:g}"
        seconds = await self.screen.ask(
            "Take a file when it stood still for seconds", usual, check=read_settle
        )
        if seconds is None:
            return
        patterns, settle = text.split(), read_settle(seconds)
        recursive = how != "top"
        found = await self.engine.watch_dry_run(
            account, path, patterns=patterns, recursive=recursive, settle=settle
        )
        taken = [each for each in found if each.is_taken]
        question = Confirm(
            f"Watch {shown_path(path)}?",
            rows=[_watched_words(each) for each in found],
            facts=[
                f"Right now: {plural(len(taken), 'file')} to {account}:{target},"
                f" {size_words(sum(each.size for each in taken))}.",
                f"A file is taken when it stood still for {settle:g} s, and only once.",
            ],
            yes="Watch",
        )
        if await self.screen.answer(question):
            await self.engine.add_watch(
                account, path, target, patterns=patterns, recursive=recursive,
                keep_tree=how == "tree", settle=settle,
            )  # fmt: skip
            self._said(f"Watching {shown_path(path)} for {account}:{target}")

    @does("uploads.watched")
    async def watched(self) -> None:
        """List the watch folders; one that is chosen can be removed."""
        from vhtui.ui.screens.dialogs import Choice, Confirm

        folders = {str(each.id): each for each in self.engine.watch_folders()}
        if not folders:
            key = self.screen.keymap.key_of("disk.watch")
            self.screen.say(f"No folder is watched; {key} on a folder of this disk begins")
            return
        answers = [(id, _folder_words(each)) for id, each in folders.items()]
        chosen = await self.screen.answer(
            Choice("Watched folders (Enter: look or remove)", answers)
        )
        if chosen is None:
            return
        folder = folders[chosen]
        found = await self._dry_run(folder)
        question = Confirm(
            f"Watch {_folder_words(folder)} no longer?",
            rows=[_watched_words(each) for each in found],
            facts=["What was queued of it stays in the queue."],
            yes="Remove",
            dangerous=True,
        )
        if await self.screen.answer(question):
            await self.engine.remove_watch(folder.id)
            self._said(f"{shown_path(folder.path)} is not watched any more")

    async def _dry_run(self, folder: WatchFolder) -> list[Watched]:
        """Return what it would take now; nothing when the directory has gone."""
        try:
            return await self.engine.watch_dry_run(
                folder.account, folder.path, patterns=folder.patterns,
                recursive=folder.recursive, settle=folder.settle,
            )  # fmt: skip
        except UsageError:
            return []


def _watched_words(each: Watched) -> str:
    return f"{each.verdict:<26} {size_words(each.size):>9}  {name_of(each.path)}"


def _folder_words(folder: WatchFolder) -> str:
    patterns = f" {' '.join(folder.patterns)}" if folder.patterns else ""
    where = f"{shown_path(folder.path)}{patterns} to {folder.account}:{folder.folder}"
    return f"{where}, after {folder.settle:g} s"
