"""The cells of the first frame: a remembered screen with its rows as the store has them now.

Where nothing fitting is remembered, it is a title over the first rows of the last folder. A test
compares it with what the interface draws.
"""

from __future__ import annotations

from vhtui.core.glance import Found, Glance
from vhtui.ui.cells import pad, steady
from vhtui.ui.paint.cells import NARROW, Row, blank_row, cells_of
from vhtui.ui.sketch import SETTING, Column, Sketch
from vhtui.units import count_words, date_words, length_words, size_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = "0"
_PLAIN_COLUMNS = (("size", 9, "right"), ("state", 12, "left"))
_PLAIN_PENS = {"": "", "cursor": "7"}
_LINES_BELOW = 3
_LOOKS = {
    "takedown": "error",
    "unreadable": "error",
    "encoding": "warning",
    "fetching": "warning",
}


def draw(library: Glance, width: int, height: int) -> list[Row] | None:
    """Return the rows of the screen; None when there is nothing to show."""
    last = library.setting("account")
    sketch = _sketch(library, width, height)
    if sketch is not None and last in (None, sketch.account):
        account = library.account(sketch.account)
        if account and (library.setting(f"folder:{sketch.account}") or ROOT) == sketch.folder:
            return _redrawn(library, account[0], sketch)
    account = library.account(last)
    return _drawn(library, *account, width, height) if account else None


def _sketch(library: Glance, width: int, height: int) -> Sketch | None:
    text = library.setting(SETTING)
    try:
        sketch = Sketch.decode(text) if text else None
    except ValueError:
        return None
    if sketch and len(sketch.rows) == height and all(len(row) == width for row in sketch.rows):
        return sketch
    return None


def _redrawn(library: Glance, account: int, sketch: Sketch) -> list[Row]:
    """Draw the remembered rows of the table over the remembered screen."""
    files = library.files_by_id(sketch.folder, [key for key in sketch.keys if isinstance(key, int)])
    folders = library.folders_by_id(
        account, sketch.folder, [key for key in sketch.keys if isinstance(key, str)]
    )
    found = [
        (at, files.get(key) if isinstance(key, int) else folders.get(key))
        for at, key in enumerate(sketch.keys)
    ]
    (x, y), (width, height) = sketch.at, sketch.size
    rows = list(sketch.rows)
    lines = [
        _line(row, sketch.columns, sketch.pens, width, is_cursor=at == sketch.cursor)
        for at, row in found
        if row is not None
    ]
    lines += [blank_row(width)] * (height - len(lines))
    for at, line in enumerate(lines[:height]):
        rows[y + at] = [*rows[y + at][:x], *line, *rows[y + at][x + width :]]
    return rows


def _drawn(library: Glance, account: int, name: str, width: int, height: int) -> list[Row]:
    """Draw a title and the first rows of the last folder."""
    folder = library.setting(f"folder:{name}") or ROOT
    path = library.path(account, folder)
    if path is None:
        folder, path = ROOT, "/"
    most = max(1, height - _LINES_BELOW - 2)
    entries = library.folders(account, folder, most)
    entries += library.files(account, folder, most - len(entries))
    rest = width - 1 - sum(own + 1 for _, own, _ in _PLAIN_COLUMNS)
    columns: list[Column] = [("name", rest, "left"), *_PLAIN_COLUMNS]
    rows = [_cells(pad(f"{name}  {_safe(path)}", width), ""), blank_row(width)]
    rows += [
        _line(entry, columns, _PLAIN_PENS, width, is_cursor=not at)
        for at, entry in enumerate(entries)
    ]
    return rows[:height] + [blank_row(width)] * (height - len(rows))


def _line(
    row: Found,
    columns: Sequence[Column],
    pens: Mapping[str, str],
    width: int,
    *,
    is_cursor: bool,
) -> Row:
    """Draw one row as the table draws it."""
    texts = _texts(row)
    flags = ("cursor",) if is_cursor else ()
    look = pens.get(" ".join(flags), "")
    line = _cells(">" if is_cursor else " ", look)
    for at, (id, own, side) in enumerate(columns):
        pen = look
        if id == "state" and (state := _state_look(row)):
            pen = pens.get(" ".join((state, *flags)), look)
        gap = "" if at == len(columns) - 1 else " "
        cell = pad(_safe(texts.get(id, "")), own, "right" if side == "right" else "left")
        line += _cells(cell + gap, pen)
    return (line + _cells(" " * (width - len(line)), look))[:width]


def _texts(row: Found) -> dict[str, str]:
    if _is_folder(row):
        held = row["files"] + row["folders"]
        is_known = held or row["listed"] is not None or row["pending"]
        size = count_words(held) if is_known else "?"
        return {"name": f"{row['title']}/", "size": size, "state": row["state"]}
    state = row["state"]
    if row["percent"] is not None and not row["pending"] and state != "ok":
        state = f"{state} {row['percent']:.0f}%"
    return {
        "name": row["title"],
        "length": length_words(row["length"]),
        "size": size_words(row["size"]),
        "views": count_words(row["views"]),
        "uploaded": date_words(row["uploaded"]),
        "code": row["code"],
        "state": state,
    }


def _state_look(row: Found) -> str:
    if row["pending"]:
        return "pending"
    if _is_folder(row):
        return "muted"
    return _LOOKS.get(row["state"], "")


def _is_folder(row: Found) -> bool:
    return "files" in row.keys()  # noqa: SIM118 (the row's values are what it contains)


def _safe(text: str) -> str:
    if not text.isprintable():
        from vhtui.text import clean

        text = clean(text)
    return steady(text)


def _cells(text: str, pen: str) -> Row:
    if NARROW.issuperset(text):
        return cells_of(text, pen)
    from vhtui.ui.paint.wide import wide_cells

    return wide_cells(text, pen)
