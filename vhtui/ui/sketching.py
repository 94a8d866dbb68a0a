"""Taking the sketch that the next session's first frame is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.style import Style

from vhtui.ui.paint.cells import Row, blank_row
from vhtui.ui.sketch import SETTING, Sketch
from vhtui.ui.widgets.status import MessageLine

if TYPE_CHECKING:
    from vhtui.core.store import Store
    from vhtui.ui.screens.main import MainScreen

_STATES = ("", "pending", "error", "warning", "muted")
_PASSING = ("-asking", "-tree", "-details")


def sketch_of(
    screen: MainScreen, rows: Sequence[Row], pen: Callable[[Style], str]
) -> Sketch | None:
    """Return a sketch of what the terminal shows; None: not what the next session begins with."""
    files = screen.files
    table, spot = files.table, files.spot
    body = table.body
    if (
        screen.panel is not files
        or spot.folder is None
        or spot.query is not None
        or table.has_marks
        or any(map(screen.has_class, _PASSING))
        or body.bottom > len(rows)
        or not spot.folder.isprintable()
    ):
        return None
    kept = list(rows)
    x, y, width, _ = screen.query_one(MessageLine).region
    kept[y] = [*kept[y][:x], *blank_row(width), *kept[y][x + width :]]
    looks = [(*([state] if state else []), *flags) for state in _STATES for flags in ((), _CURSOR)]
    return Sketch(
        kept,
        account=spot.account,
        folder=spot.folder,
        at=(body.x, body.y),
        size=(body.width, body.height),
        columns=[(column.id, width, column.align) for column, width in table.shown_columns],
        pens={" ".join(look): pen(table.look(*look)) for look in looks},
        keys=[key for key in table.shown_keys if isinstance(key, int | str)],
        cursor=table.cursor_line,
    )


_CURSOR = ("cursor",)


def last_cursor(store: Store, account: str, folder: str) -> tuple[int | str, int] | None:
    """Return the key and the line that the cursor was on when the last session ended there."""
    text = store.setting(SETTING)
    try:
        sketch = Sketch.decode(text) if text else None
    except ValueError:
        return None
    if sketch is None or (sketch.account, sketch.folder) != (account, folder):
        return None
    here = 0 <= sketch.cursor < len(sketch.keys)
    return (sketch.keys[sketch.cursor], sketch.cursor) if here else None
