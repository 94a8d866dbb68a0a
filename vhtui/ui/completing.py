"""What completes a text while it is typed: filters with the names of folders, and commands."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Sequence

from textual.suggester import Suggester
from typing_extensions import override

from vhtui.query import complete, token_start

Choices = tuple[int, Sequence[str]]
"""Where the part being typed begins, and what may stand there instead."""


class Completer(Suggester):
    """Knows everything that may stand where the cursor is; the first of it is suggested."""

    def __init__(self) -> None:
        """Keep nothing: what may be typed changes."""
        super().__init__(use_cache=False, case_sensitive=True)

    @abstractmethod
    async def choices(self, value: str, cursor: int) -> Choices:
        """Return what may stand at the cursor."""

    @override
    async def get_suggestion(self, value: str) -> str | None:
        start, words = await self.choices(value, len(value))
        typed = value[start:]
        if not typed or not words or not words[0].startswith(typed):
            return None
        return value[:start] + words[0]


class QueryCompleter(Completer):
    """Completes filters: fields, states, and the folders of an account."""

    def __init__(self, read_folders: Callable[[], Sequence[str]]) -> None:
        """``read_folders`` gives the folders' paths; it is called once, in a thread."""
        super().__init__()
        self._read_folders = read_folders
        self._folders: Sequence[str] | None = None

    @override
    async def choices(self, value: str, cursor: int) -> Choices:
        start = token_start(value, cursor)
        typed = value[start:cursor].casefold()
        folders = await self.folders() if typed.startswith(("folder:", "in:")) else ()
        return start, complete(value, cursor, folders)

    async def folders(self) -> Sequence[str]:
        """Return the paths of the folders."""
        if self._folders is None:
            self._folders = await asyncio.to_thread(self._read_folders)
        return self._folders
