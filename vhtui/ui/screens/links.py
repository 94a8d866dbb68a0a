"""Copying links of the marked files, or of the one under the cursor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vhtui.linkgroups import Grouping, format_grouped
from vhtui.links import LinkItem, LinkKind
from vhtui.models import FileRow
from vhtui.text import plural
from vhtui.ui.screens.exporting import ask_where, write
from vhtui.ui.screens.handlers import does

if TYPE_CHECKING:
    from vhtui.clipboard import Clipboard
    from vhtui.ui.screens.main import MainScreen

_WORDS = {
    LinkKind.PAGE: "link",
    LinkKind.EMBED: "embed link",
    LinkKind.IFRAME: "iframe",
    LinkKind.BBCODE: "BBCode",
    LinkKind.MARKDOWN: "Markdown link",
    LinkKind.TITLE: "title",
    LinkKind.CODE: "code",
    LinkKind.CSV: "CSV row",
    LinkKind.JSON: "JSON entry",
}

Freeze = Callable[[], list[LinkItem]]
"""Makes the items from keys that were frozen when the key was pressed."""


class Links:
    """Turns rows into links and links into a copy."""

    def __init__(self, screen: MainScreen, clipboard: Clipboard) -> None:
        """Copy by a clipboard what a screen has selected."""
        self.screen = screen
        self.clipboard = clipboard

    @does("link.copy")
    def copy(self) -> Coroutine[Any, Any, None]:
        """Copy in the default form."""
        return self._copy(self.screen.engine.settings.default_link, self._frozen())

    @does("link.link")
    def copy_page(self) -> Coroutine[Any, Any, None]:
        """Copy the addresses of the pages."""
        return self._copy(LinkKind.PAGE, self._frozen())

    @does("link.embed")
    def copy_embed(self) -> Coroutine[Any, Any, None]:
        """Copy the addresses of the players."""
        return self._copy(LinkKind.EMBED, self._frozen())

    @does("link.iframe")
    def copy_iframe(self) -> Coroutine[Any, Any, None]:
        """Copy iframes."""
        return self._copy(LinkKind.IFRAME, self._frozen())

    @does("link.bbcode")
    def copy_bbcode(self) -> Coroutine[Any, Any, None]:
        """Copy BBCode."""
        return self._copy(LinkKind.BBCODE, self._frozen())

    @does("link.markdown")
    def copy_markdown(self) -> Coroutine[Any, Any, None]:
        """Copy Markdown."""
        return self._copy(LinkKind.MARKDOWN, self._frozen())

    @does("link.title")
    def copy_title(self) -> Coroutine[Any, Any, None]:
        """Copy titles."""
        return self._copy(LinkKind.TITLE, self._frozen())

    @does("link.code")
    def copy_code(self) -> Coroutine[Any, Any, None]:
        """Copy codes."""
        return self._copy(LinkKind.CODE, self._frozen())

    @does("link.csv")
    def copy_csv(self) -> Coroutine[Any, Any, None]:
        """Copy CSV."""
        return self._copy(LinkKind.CSV, self._frozen())

    @does("link.json")
    def copy_json(self) -> Coroutine[Any, Any, None]:
        """Copy JSON."""
        return self._copy(LinkKind.JSON, self._frozen())

    @does("link.pick")
    def pick(self) -> Coroutine[Any, Any, None]:
        """Choose a form by its preview, then copy."""
        return self._pick(self._frozen())

    async def copy_items(self, items: list[LinkItem], name: str) -> None:
        """Copy links of these items in the form of that name."""
        await self._copy(name, lambda: items)

    async def pick_for(self, items: list[LinkItem]) -> None:
        """Choose a form for links of these items, then copy."""
        await self._pick(lambda: items)

    async def _pick(self, freeze: Freeze) -> None:
        items = await asyncio.to_thread(freeze)
        if not items:
            self.screen.say("there is no file to copy a link of", "warning")
            return
        from vhtui.ui.screens.copy_picker import CopyPicker
        from vhtui.ui.screens.link_picker import PREVIEWED

        templates = self.screen.engine.settings.link_templates
        names = [*templates, *(kind for kind in LinkKind if kind not in templates)]
        few = items[:PREVIEWED]

        def previews(grouping: Grouping) -> list[tuple[str, str]]:
            return [(name, self._form(few, name, grouping)) for name in names]

        picker = CopyPicker(previews, len(items))
        if name := await self.screen.answer(picker):
            if picker.to_file:
                await self._write(name, items, picker.grouping)
            else:
                await self._copy(name, lambda: items, picker.grouping)

    async def _write(self, name: str, items: list[LinkItem], grouping: Grouping) -> None:
        where = await ask_where(self.screen, "links", "txt")
        if where is None:
            return
        text = await asyncio.to_thread(self._form, items, name, grouping)
        await write(Path(where), lambda: [f"{text}\n"])
        self.screen.say(f"Wrote {self._noun(items, name)} to {where}")
        self._tell_panels(items)

    def _noun(self, items: list[LinkItem], name: str) -> str:
        return plural(len(items), _WORDS[LinkKind(name)] if name in set(LinkKind) else name)

    async def _copy(self, name: str, freeze: Freeze, grouping: Grouping = Grouping.NONE) -> None:
        items = await asyncio.to_thread(freeze)
        if not items:
            self.screen.say("there is no file to copy a link of", "warning")
            return
        text = await asyncio.to_thread(self._form, items, name, grouping)
        noun = self._noun(items, name)
        copied = await asyncio.to_thread(
            self.clipboard.copy, text, noun, lines=len(items) > 1 or "\n" in text
        )
        self.screen.say(copied.sentence, "info" if copied.way != "none" else "error")
        if copied.way != "none":
            self._tell_panels(items)

    def _tell_panels(self, items: list[LinkItem]) -> None:
        for panel in self.screen.panels.values():
            panel.links_copied(items)

    def _form(self, items: list[LinkItem], name: str, grouping: Grouping) -> str:
        engine = self.screen.engine
        templates = engine.settings.link_templates
        return format_grouped(items, name, templates, engine.link_base, grouping)

    @does("list.copy")
    def copy_rows(self) -> Coroutine[Any, Any, None]:
        """Copy the marked rows of a list that is about no videos, or all of them."""
        return self._copy_table(self.screen.panel.exported())

    async def _copy_table(self, make: Callable[[bool], tuple[str, str]]) -> None:
        text, what = await asyncio.to_thread(make, True)
        copied = await asyncio.to_thread(self.clipboard.copy, text, what)
        self.screen.say(copied.sentence, "info" if copied.way != "none" else "error")

    # -- items ------------------------------------------------------------------------------------

    def _frozen(self) -> Freeze:
        screen = self.screen
        if screen.panel is screen.files:
            ids = screen.files.selected_ids()
            return lambda: [self._of_file(file) for file in screen.engine.store.files(ids)]
        account = screen.account
        rows = screen.panel.selected()
        return lambda: [item for row in rows if (item := self._of_row(account, row))]

    def _of_row(self, account: str, row: object) -> LinkItem | None:
        code = getattr(row, "code", None)
        account = getattr(row, "account", account)
        if not code or account not in self.screen.engine.accounts:
            return None
        if file := self.screen.engine.store.file_by_code(account, code):
            return self._of_file(file)
        url = getattr(row, "url", code)
        return LinkItem(
            code=code, title=getattr(row, "title", url.rpartition("/")[2]), account=account
        )

    def _of_file(self, file: FileRow) -> LinkItem:
        return LinkItem.of(file, self.screen.engine.store.folder_path(file.account, file.folder))
