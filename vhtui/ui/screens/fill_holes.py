"""What stands before holes are filled: each with its way, and the price of it all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static
from typing_extensions import override

from vhtui.core.holes.filling import Choice
from vhtui.core.holes.ways import Hole, Way, WayKind
from vhtui.text import count_words, plural
from vhtui.ui.widgets.row_table import Column, ListSource, RowTable

if TYPE_CHECKING:
    from vhtui.core.engine import Engine

_WIDE = 120
_KEYS = "Space: another way · c u r: all by clone, upload, remote · n: none · Enter starts"


class _Line(Struct):
    """A hole and the way that is chosen; None: it stays as it is."""

    number: int
    hole: Hole
    way: Way | None

    @property
    def words(self) -> str:
        """Where it comes from, or why it does not."""
        return self.way.words if self.way else self.hole.why_not or "left as it is"


def _way_word(line: _Line) -> str:
    more = "+" if len(line.hole.ways) > 1 else ""
    return f"{line.way.kind.value if line.way else 'leave'}{more}"


_COLUMNS: tuple[Column[_Line], ...] = (
    Column("name", "Title", lambda line: line.hole.title.title, worth=100),
    Column("account", "To", lambda line: line.hole.account, width=12, worth=95),
    Column("way", "Way", _way_word, width=8, worth=98,
           style=lambda line: "" if line.way else "muted"),
    Column("words", "From, or why not", lambda line: line.words, width=50, worth=60),
)  # fmt: skip


class FillHoles(ModalScreen[list[Choice] | None]):
    """Shows every hole with a way, which can be changed, and what it costs; None: it was left."""

    DEFAULT_CSS = """
    FillHoles { align: center middle; }
    FillHoles > Vertical {
        width: 96%; max-width: 130; height: 90%;
        border: round $primary; padding: 0 1; background: $surface;
    }
    FillHoles RowTable { height: 1fr; }
    FillHoles #why { height: 3; color: $text-muted; }
    FillHoles Horizontal { height: 1; }
    FillHoles Button { margin: 0 2 0 0; height: 1; border: none !important; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Cancel"),
        Binding("enter,ctrl+o", "start", "Start", priority=True),
        Binding("space", "change", "Another way", priority=True),
        Binding("c", "all('clone')", show=False),
        Binding("u", "all('upload')", show=False),
        Binding("r", "all('remote')", show=False),
        Binding("n", "none", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown,ctrl+d", "page(1)", show=False),
        Binding("pageup,ctrl+u", "page(-1)", show=False),
    ]

    def __init__(self, engine: Engine, holes: Sequence[Hole]) -> None:
        """Offer holes, each by the first of its ways; those that have none come last."""
        super().__init__()
        self._engine = engine
        ordered = sorted(holes, key=lambda hole: not hole.ways)
        self._lines = [
            _Line(number, hole, hole.ways[0] if hole.ways else None)
            for number, hole in enumerate(ordered)
        ]
        self.table: RowTable[_Line] = RowTable(_COLUMNS, id="fill-table")

    @override
    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(id="title")
            yield self.table
            yield Static(id="why")
            yield Static(id="price")
            yield Static(Content(_KEYS))
            with Horizontal():
                yield Button(Content("Fill (Enter)"), id="yes", variant="primary", compact=True)
                yield Button(Content("Cancel (Esc)"), id="no", compact=True)

    def on_mount(self) -> None:
        """Show the lines; the keys go to the table."""
        for button in self.query(Button):
            button.can_focus = False
        self._fit(self.app.size.width)
        self.table.show(ListSource(self._lines, key=lambda line: line.number))
        self.table.focus()
        self._say()

    def on_resize(self, event: events.Resize) -> None:
        """Leave out what a narrow screen has no room for."""
        self._fit(event.size.width)

    def _fit(self, width: int) -> None:
        least = 0 if width >= _WIDE else 70
        self.table.set_columns([column for column in _COLUMNS if column.worth >= least])

    def _choices(self) -> list[Choice]:
        return [(line.hole, line.way) for line in self._lines if line.way is not None]

    def _say(self) -> None:
        choices = self._choices()
        left = len(self._lines) - len(choices)
        words = f"Fill {plural(len(choices), 'hole')}"
        words += f"; {count_words(left)} left as they are" if left else ""
        price = self._engine.holes.fill_price(choices).words if choices else "Nothing is chosen."
        self.query_one("#title", Static).update(Content.styled(words, "bold"))
        self.query_one("#price", Static).update(Content(price))
        self._explain()

    @on(RowTable.CursorMoved)
    def _explain(self) -> None:
        from vhtui.text import clean

        line = self.table.cursor_row
        if line is not None:
            where = f"{line.hole.account}:{line.hole.folder}"
            words = clean(f"To {where}: {line.words}", 400)
            self.query_one("#why", Static).update(Content(words))

    def _changed(self) -> None:
        self.table.show(ListSource(self._lines, key=lambda line: line.number))
        self._say()

    def action_change(self) -> None:
        """Take the next way of the line under the cursor, after the last none, and step down."""
        line = self.table.cursor_row
        if line is None:
            return
        offers = [*line.hole.ways, None]
        line.way = offers[(offers.index(line.way) + 1) % len(offers)]
        self.table.move(1)
        self._changed()

    def action_all(self, kind: str) -> None:
        """Take a way wherever it is open."""
        for line in self._lines:
            line.way = line.hole.way(WayKind(kind)) or line.way
        self._changed()

    def action_none(self) -> None:
        """Leave everything as it is."""
        for line in self._lines:
            line.way = None
        self._changed()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.table.move(by)

    def action_page(self, by: int) -> None:
        """Move the cursor by a page."""
        self.table.page(by)

    @on(Button.Pressed, "#yes")
    def action_start(self) -> None:
        """Close with what is to be done."""
        if self._choices():
            self.dismiss(self._choices())

    @on(Button.Pressed, "#no")
    def action_leave(self) -> None:
        """Close without."""
        self.dismiss(None)
