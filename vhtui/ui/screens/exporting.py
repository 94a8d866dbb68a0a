"""Writing lists to files, or to the clipboard: of the files panel, and where to for all others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from typing_extensions import override

from vhtui.atomic import write_atomically
from vhtui.core.finding import located
from vhtui.errors import UsageError
from vhtui.export import COLUMNS, Form, Shape, lines, parse_columns, template_named
from vhtui.links import LinkItem
from vhtui.text import clean, plural
from vhtui.ui.completing import Choices, Completer
from vhtui.ui.path_suggester import PathSuggester
from vhtui.ui.screens.handlers import does

if TYPE_CHECKING:
    from vhtui.clipboard import Clipboard
    from vhtui.ui.screens.main import MainScreen

_CLIPBOARD = "clipboard"
_MOST_COPIED = 100_000
"""Files: a longer list is no text for a clipboard."""
_WRITTEN = "a template, typed now"
_LINE_FORM = "columns with tabs between"
_REMEMBERED = "export columns"


class FileExport:
    """Exports the files that are marked, or all that are shown."""

    def __init__(self, screen: MainScreen, clipboard: Clipboard) -> None:
        """Act on a screen."""
        self.screen = screen
        self.engine = screen.engine
        self.clipboard = clipboard

    @does("file.export")
    def export(self) -> Coroutine[Any, Any, None]:
        """Ask for the form, the columns and where to, then write."""
        ids = self.screen.files.listed_ids()
        if not ids:
            raise UsageError("there is no file to export")
        return self._export(ids)

    async def _export(self, ids: Sequence[int]) -> None:
        shape = await self._choose_shape(ids)
        if shape is None:
            return
        shape = await self._choose_columns(shape)
        if shape is None:
            return
        ending = "txt" if shape.template or shape.form is Form.LINES else shape.form.value
        where = await ask_where(self.screen, "files", ending, clipboard=True)
        if where == _CLIPBOARD:
            await self._copy(ids, shape)
        elif where is not None:
            noun = plural(len(ids), "file")
            self.screen.say(f"Writing {noun} to {where}")
            await write(Path(where), lambda: self._lines(ids, shape))
            self.screen.say(f"Wrote {noun} to {where}")

    async def _copy(self, ids: Sequence[int], shape: Shape) -> None:
        noun = plural(len(ids), "file")
        if len(ids) > _MOST_COPIED:
            raise UsageError(f"{noun} are too many for a clipboard: write them to a file")
        text = await asyncio.to_thread(lambda: "".join(self._lines(ids, shape)))
        copied = await asyncio.to_thread(self.clipboard.copy, text, noun)
        self.screen.say(copied.sentence, "info" if copied.way != "none" else "error")

    def _lines(self, ids: Sequence[int], shape: Shape) -> Iterator[str]:
        items = (LinkItem.of(*each) for each in located(self.engine.store, ids))
        return (f"{line}\n" for line in lines(items, shape, self.engine.link_base))

    async def _choose_shape(self, ids: Sequence[int]) -> Shape | None:
        from vhtui.ui.screens.link_picker import PREVIEWED, LinkPicker

        own = self.engine.settings.link_templates
        shapes = {"csv": Shape(), "json": Shape(form=Form.JSON), _LINE_FORM: Shape(form=Form.LINES)}
        shapes |= {name: Shape(template=template) for name, template in own.items()}
        few = ids[:PREVIEWED]
        previews = [(name, "".join(self._lines(few, shape))) for name, shape in shapes.items()]
        previews.append((_WRITTEN, "such as {n:03} {title} {size} {embed}"))
        title = f"Export {plural(len(ids), 'file')} as"
        name = await self.screen.answer(LinkPicker(previews, len(ids), title))
        if name != _WRITTEN:
            return shapes[name] if name else None
        text = await self.screen.ask(
            "Template", "{title} {page}", check=lambda text: template_named(text, own)
        )
        return Shape(template=template_named(text, own)) if text else None

    async def _choose_columns(self, shape: Shape) -> Shape | None:
        if shape.template:
            return shape
        kept = self.engine.store.setting(_REMEMBERED) or ",".join(COLUMNS)
        text = await self.screen.ask(
            "Columns", kept, check=parse_columns, on_change=parse_columns,
            suggester=_ColumnCompleter(),
        )  # fmt: skip
        if text is None:
            return None
        columns = parse_columns(text)
        await self.engine.store.remember(_REMEMBERED, ",".join(columns))
        return replace(shape, columns=columns)


class _ColumnCompleter(Completer):
    """Completes the names of columns that are not there yet."""

    @override
    async def choices(self, value: str, cursor: int) -> Choices:
        start = max(value.rfind(",", 0, cursor), value.rfind(" ", 0, cursor)) + 1
        there = value[:start].replace(",", " ").split()
        typed = value[start:cursor]
        return start, [
            name for name in COLUMNS if name.startswith(typed) and name not in (*there, typed)
        ]


async def ask_where(
    screen: MainScreen, name: str, ending: str, *, clipboard: bool = False
) -> str | None:
    """Ask for the file to write, and whether to replace one that is there; None: not wanted.

    With ``clipboard`` that word may be answered as well, and is returned.
    """
    from vhtui.ui.screens.dialogs import Confirm

    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    usual = screen.state / f"vhtui-{name}-{stamp}.{ending}"

    def read(text: str) -> str:
        if clipboard and text.strip() == _CLIPBOARD:
            return _CLIPBOARD
        return str(_path_of(text))

    label = f"To a file, or {_CLIPBOARD}" if clipboard else "Export (.csv or .txt) to"
    answer = await screen.ask(label, str(usual), check=read, suggester=PathSuggester())
    if answer is None:
        return None
    where = read(answer)
    if where != _CLIPBOARD and Path(where).exists():
        question = Confirm(
            f"{clean(where)} is there already. Replace it?", yes="Replace", dangerous=True
        )
        if not await screen.answer(question):
            screen.say("Nothing was written")
            return None
    return where


def _path_of(answer: str) -> Path:
    if not answer.strip():
        raise UsageError("a file is needed")
    try:
        path = Path(answer.strip()).expanduser().absolute()
        if path.is_dir():
            raise UsageError(f"{path} is a folder")
        if path.exists() and not path.is_file():
            raise UsageError(f"{path} is no file that could be replaced")
    except (RuntimeError, ValueError, OSError) as error:
        raise UsageError(str(error)) from error
    return path


async def write(path: Path, make: Callable[[], Iterable[str]]) -> None:
    """Write a file that others may read, made and written in a thread; UsageError says why not."""
    try:
        await asyncio.to_thread(lambda: write_atomically(path, make(), mode=0o644))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from error
