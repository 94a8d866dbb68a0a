"""What every panel has: a table in the frame that all share, and how it is read and described."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual.widget import Widget
from typing_extensions import override

from vhtui.core.store import Sort
from vhtui.errors import UsageError
from vhtui.models import Changes
from vhtui.text import plural
from vhtui.ui.completing import Completer
from vhtui.ui.keymap import Place
from vhtui.ui.screens.sorting import USUAL, SortBy, put_in_order
from vhtui.ui.widgets.row_table import Column, Key, ListSource, RowTable

if TYPE_CHECKING:
    from vhtui.links import LinkItem
    from vhtui.ui.screens.main import MainScreen

Row = TypeVar("Row")

_NARROW = 100
_WORTH_IT_NARROW = 40

Fact = tuple[str, str]
"""A line of the details: its label and its value."""


class Panel(Generic[Row]):
    """A view of the shared frame. ``look`` is its name for ``Engine.look_at``."""

    place: ClassVar[Place]
    title: ClassVar[str]
    look: ClassVar[str]
    columns: Sequence[Column[Row]]
    stays_beside_tree: ClassVar[bool] = False
    """Whether it stays when a folder is chosen in the tree."""

    def __init__(self, screen: MainScreen) -> None:
        """Belong to a screen; the table is mounted when the panel is first shown."""
        self.screen = screen
        self.engine = screen.engine
        self.store = screen.engine.store
        self.table: RowTable[Row] = RowTable(self.columns, id=f"table-{self.place}")
        self.filter_text = ""

    def read(self, *, restart: bool = False) -> None:
        """Read the rows again; ``restart`` forgets the cursor and the marks."""
        raise NotImplementedError

    @property
    def is_settled(self) -> bool:
        """Whether all the rows are known, so that all of them can be marked or found."""
        return True

    async def settle(self) -> None:
        """Wait until all the rows are known; UsageError when that cannot be."""

    def when_settled(self, step: Callable[[], object]) -> Coroutine[Any, Any, None] | None:
        """Do something that needs all the rows, at once where they are known."""
        if self.is_settled:
            step()
            return None

        async def wait() -> None:
            await self.settle()
            step()

        return wait()

    def when_counted(self, step: Callable[[], object]) -> Coroutine[Any, Any, None] | None:
        """Do something that needs to know how many rows there are."""
        return self.when_settled(step)

    def fit(self, width: int) -> None:
        """Leave out what a narrow screen has no room for beside a readable name."""
        least = _WORTH_IT_NARROW if width < _NARROW else 0
        self.table.set_columns([each for each in self.columns if each.worth >= least])

    def widgets(self) -> list[Widget]:
        """Return what the panel has in the frame, from the top down."""
        return [self.table]

    def set_shown(self, on: bool) -> None:
        """Put the panel into the frame, or take it from sight."""
        if on and not self.table.is_attached:
            self.screen.query_one("#tables").mount_all(self.widgets())
            self.fit(self.screen.size.width)
        for widget in self.widgets():
            widget.display = on

    def links_copied(self, items: Sequence[LinkItem]) -> None:
        """Hear that links were copied, from whatever panel."""

    async def ask_host(self) -> None:
        """Ask the host again for what is shown."""
        await self.engine.refresh(self.screen.account, self.screen.files.spot.folder)

    def is_touched_by(self, changes: Changes) -> bool:
        """Whether an announcement concerns what this panel shows."""
        raise NotImplementedError

    def facts(self, row: Row) -> list[Fact]:
        """Return what the details say of a row."""
        raise NotImplementedError

    def where(self) -> str:
        """Return what the title bar says after the account: the path, or the panel's name."""
        return self.title

    def status(self) -> str:
        """Return what the status line says: totals of what is shown."""
        return plural(self.table.row_count, "row")

    def selected(self) -> list[Row]:
        """Return the marked rows, or the one under the cursor."""
        source = self.table.source
        rows: list[Row] = []
        for key in self.table.selected_keys():
            if (at := source.position(key)) is not None:
                rows += source.window(at, at + 1)
        return rows

    def chosen(self) -> list[Row]:
        """Return the marked rows, or all that are shown."""
        if self.table.has_marks:
            return self.selected()
        return list(self.table.source.window(0, self.table.row_count))

    def exported(self) -> Callable[[bool], tuple[str, str]]:
        """Freeze what is to be exported; what is returned makes its text (True: as CSV) and says
        what is in it: "12 notices"."""
        raise NotImplementedError

    def sort_by(self, name: str, *, reverse: bool) -> None:
        """Put the rows in an order, now and next time; raises UsageError where it has none."""
        self.set_order(Sort.UPLOADED if name == "date" else Sort(name), reverse=reverse)

    def sort_by_column(self, column: str) -> None:
        """Sort by the column whose label was clicked; a second click reverses."""

    def set_filter(self, text: str) -> None:
        """Show only the rows that a filter lets through; raises UsageError for a bad one."""
        raise NotImplementedError

    def come_back(self, key: Key, line: int) -> None:
        """Put the cursor on a row, and the row on a line, once the filter lets it through."""
        self.table.go_to(key, line=line)

    async def matches(self, text: str) -> Sequence[int]:
        """Return the positions that ``/`` finds, from the top down."""
        raise NotImplementedError

    def completer(self) -> Completer | None:
        """Return what completes a filter; None where a filter is words only."""
        return None

    def set_order(self, sort: Sort, *, reverse: bool) -> None:
        """Sort the rows, where the panel has the actions for it."""
        raise NotImplementedError


class ListPanel(Panel[Row]):
    """A panel whose rows are few enough to be read as one list."""

    noun: ClassVar[str]
    _has_rows = False
    """Whether there are rows that a filter can hide."""

    def rows(self) -> Sequence[Row]:
        """Read all the rows from the store."""
        raise NotImplementedError

    def key(self, row: Row) -> Hashable:
        """Return a row's key."""
        raise NotImplementedError

    def words(self, row: Row) -> str:
        """Return the text that a filter looks at."""
        raise NotImplementedError

    def empty(self) -> str:
        """Return what is said while there are no rows."""
        raise NotImplementedError

    def sorts(self) -> Mapping[str, SortBy[Row]]:
        """Return the orders beside the usual one, by the names that ``sort_actions`` has."""
        return {}

    @override
    def read(self, *, restart: bool = False) -> None:
        self.show_rows(self.rows_in_order(), restart=restart)

    def rows_in_order(self) -> Sequence[Row]:
        """Read the rows that the filter lets through, in their order."""
        wanted = self.filter_text.casefold().split()
        rows = self.rows()
        self._has_rows = bool(rows)
        if wanted:
            rows = [row for row in rows if _has(self.words(row), wanted)]
        name, reverse = self.order()
        by = self.sorts().get(name)
        return rows if by is None else put_in_order(rows, by.value, reverse=reverse)

    def show_rows(self, rows: Sequence[Row], *, restart: bool = False) -> None:
        """Show rows that were read; ``restart`` forgets the cursor and the marks."""
        name, reverse = self.order()
        by = self.sorts().get(name)
        self.table.set_sort(by.column if by else None, reverse)
        self.table.set_empty(
            f"Nothing matches {self.filter_text!r}" if self._has_rows else self.empty()
        )
        self.table.show(ListSource(rows, key=self.key), restart=restart)
        self.screen.show_state()

    @override
    def status(self) -> str:
        return plural(self.table.row_count, self.noun)

    @override
    def exported(self) -> Callable[[bool], tuple[str, str]]:
        from vhtui.ui.screens.desk import fields_sheet

        rows = self.chosen()
        what = plural(len(rows), self.noun)
        return lambda as_csv: (fields_sheet(rows, as_csv=as_csv), what)

    # -- order ------------------------------------------------------------------------------------

    def order(self) -> tuple[str, bool]:
        """Return what the rows are sorted by, and whether reversed."""
        name, _, word = (self.store.setting(f"order:{self.place}") or "").partition(" ")
        return (name, word == "reversed") if name in self.sorts() else (USUAL, False)

    @override
    def sort_by(self, name: str, *, reverse: bool) -> None:
        if name not in (USUAL, *self.sorts()):
            raise UsageError(f"{self.title} cannot be sorted by {name}")
        kept = f"{name} reversed" if reverse else name
        self.screen.remember(f"order:{self.place}", kept, then=self.read)

    @override
    def sort_by_column(self, column: str) -> None:
        """Sort by a column; a second click reverses, a third brings the usual order back."""
        found = next((name for name, by in self.sorts().items() if by.column == column), None)
        if found is not None:
            name, reverse = self.order()
            again = name == found
            self.sort_by(USUAL if again and reverse else found, reverse=again and not reverse)

    @override
    def set_filter(self, text: str) -> None:
        self.filter_text = text
        self.read()

    @override
    async def matches(self, text: str) -> Sequence[int]:
        wanted = text.casefold().split()
        rows = self.table.source.window(0, self.table.row_count)
        return [number for number, row in enumerate(rows) if _has(self.words(row), wanted)]


def _has(words: str, wanted: Sequence[str]) -> bool:
    words = words.casefold()
    return all(word in words for word in wanted)
