"""Panels whose lists can be long: they are read, filtered and sorted in a thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from typing_extensions import override

from vhtui.ui.screens.panel import ListPanel, Row

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

_LEAST_PAUSE = 0.5
"""Seconds between two readings of what changes all the time."""


class LoadedPanel(ListPanel[Row]):
    """A list that is read in a thread: ``rows``, ``words`` and ``sorts`` are called there."""

    def __init__(self, screen: MainScreen) -> None:
        """Know nothing until it is first read."""
        super().__init__(screen)
        self.has_read = False
        self._is_reading = False
        self._is_stale = False
        self._starts_anew = False
        self._is_asked = False
        """Whether the person waits for what is read next."""

    @override
    def read(self, *, restart: bool = False) -> None:
        self._starts_anew |= restart
        if self._is_reading:
            self._is_stale = True
            return
        self._is_reading = True
        restart, self._starts_anew = self._starts_anew, False
        if self.has_read and not restart:
            self.screen.run_worker(self._load(restart), group=f"reading {self.place}")
        else:
            # The keys that come after the one that shows the panel wait for its rows.
            self.screen.dispatcher.start(self._load(restart))

    async def _load(self, restart: bool) -> None:
        began = time.monotonic()
        account = self.screen.account
        try:
            rows = await asyncio.to_thread(self.rows_in_order)
            if account == self.screen.account:
                self.has_read = True
                self.show_rows(rows, restart=restart)
        finally:
            self._is_reading = False
        if not self._is_stale:
            return
        self._is_stale = False
        if self._is_asked or self._starts_anew:
            self._is_asked = False
            self.read()
        else:
            # What takes long is read a fifth of the time at most.
            pause = max(_LEAST_PAUSE, 4 * (time.monotonic() - began))
            self.screen.set_timer(pause, self._read_if_shown)

    def _read_if_shown(self) -> None:
        if self.screen.panel is self:
            self.read()

    @override
    def set_filter(self, text: str) -> None:
        self._is_asked = self._is_reading
        super().set_filter(text)

    def shown(self) -> Sequence[Row]:
        """Return the rows that are shown."""
        return self.table.source.window(0, self.table.row_count)
