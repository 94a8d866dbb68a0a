"""What the panels about the whole account share: asking the host when shown, and the export."""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from typing_extensions import override

from vhtui.core.requests import RequestKind
from vhtui.errors import UsageError
from vhtui.models import Capability, Changes
from vhtui.text import age_words, iso_words
from vhtui.ui.screens.exporting import ask_where, write
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.loaded import LoadedPanel
from vhtui.ui.screens.panel import Row

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

FRESH_SECONDS = 900
"""What the host said longer ago is asked for again when its panel is shown."""

_TIMES = frozenset({"created", "updated", "started"})

Export = Callable[[bool], tuple[str, str]]
"""Makes the text of an export (True: CSV), and says what is in it: "12 notices"."""


class DeskPanel(LoadedPanel[Row]):
    """A list that a host gives of a whole account, where it has a call for it.

    ``nothing`` is said when the host has told that there are no rows, ``promise`` is what they
    would show.
    """

    capability: ClassVar[Capability]
    kind: ClassVar[RequestKind]
    topic: ClassVar[str]
    nothing: ClassVar[str]
    promise: ClassVar[str]

    def __init__(self, screen: MainScreen) -> None:
        """Start without having asked any host."""
        super().__init__(screen)
        self._asked: set[str] = set()

    @property
    def account(self) -> str:
        """The account that is shown."""
        return self.screen.account

    @abstractmethod
    async def ask(self, account: str) -> None:
        """Ask an account's host for the list."""

    @override
    async def ask_host(self) -> None:
        await self.ask(self.account)

    @override
    def empty(self) -> str:
        if reason := self.engine.cannot(self.account, self.capability):
            return reason
        account = self.store.account(self.account)
        if account.state not in ("new", "ok"):
            return f"{account.state}: {account.message}" if account.message else account.state
        if self.engine.looked(self.account, self.kind) is None:
            return f"The host has not answered yet; ctrl+r asks it.\n{self.promise}"
        return f"{self.nothing}\n{self.promise}"

    @override
    def is_touched_by(self, changes: Changes) -> bool:
        return changes.touches(self.topic, self.account) or changes.touches("files", self.account)

    @override
    def read(self, *, restart: bool = False) -> None:
        super().read(restart=restart)
        for account in self.accounts_shown():
            if account not in self._asked:
                self._ask_once(account)

    def accounts_shown(self) -> tuple[str, ...]:
        """Return the accounts whose hosts are asked."""
        return (self.account,)

    def _ask_once(self, account: str) -> None:
        self._asked.add(account)
        if self.engine.cannot(account, self.capability) is not None:
            return
        looked = self.engine.looked(account, self.kind)
        if looked is None or time.time() - looked > FRESH_SECONDS:
            self.screen.dispatcher.start(self.ask(account))

    def asked_words(self) -> str:
        """Return when the host last answered: "asked 3 min ago"; "" when never."""
        looked = self.engine.looked(self.account, self.kind)
        if looked is None:
            return ""
        words = age_words(looked, time.time())
        return f"asked {words}" if words == "just now" else f"asked {words} ago"


class Exporting:
    """Writes what a panel shows to a file."""

    def __init__(self, screen: MainScreen) -> None:
        """Act on a screen."""
        self.screen = screen

    @does("list.export")
    def export(self) -> Coroutine[Any, Any, None]:
        """Ask where to, then write the marked rows, or all of them."""
        panel = self.screen.panel
        if not panel.table.row_count:
            raise UsageError("there is nothing to export")
        return self.export_as(panel.exported(), panel.place)

    async def export_as(self, make: Export, name: str) -> None:
        """Ask where to, offering a file of a name and today's date, and write it."""
        where = await ask_where(self.screen, name, "csv")
        if where is None:
            return
        path = Path(where)
        text, what = await asyncio.to_thread(make, path.suffix.lower() != ".txt")
        await write(path, lambda: [text if text.endswith("\n") else f"{text}\n"])
        self.screen.say(f"Wrote {what} to {path}")


def fields_sheet(rows: Sequence[Any], *, as_csv: bool) -> str:
    """Return rows as a table of their fields, times as dates."""
    names = rows[0].__struct_fields__ if rows else ()
    cells = [
        tuple(
            iso_words(value) if name in _TIMES else value
            for name in names
            for value in [getattr(row, name)]
        )
        for row in rows
    ]
    return sheet(names, cells, as_csv=as_csv)


def sheet(heads: tuple[str, ...], rows: list[tuple[object, ...]], *, as_csv: bool) -> str:
    """Return a table as CSV, in which no cell can act as a formula, or as lines of text."""
    from vhtui.sheets import csv_lines
    from vhtui.text import clean_for_clipboard

    words = [["" if cell is None else str(cell) for cell in row] for row in [heads, *rows]]
    if as_csv:
        return "\n".join(csv_lines(words))
    return "\n".join(
        "\t".join(clean_for_clipboard(cell, lines=False) for cell in row) for row in words
    )
