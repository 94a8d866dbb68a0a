"""Sets of uploads: made of what is marked, told of when all of it plays, their links copied."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vhtui.atomic import write_atomically
from vhtui.errors import UsageError
from vhtui.links import LinkItem, LinkKind, format_named
from vhtui.models import Upload, UploadSet
from vhtui.text import clean, count_words, plural
from vhtui.ui.attention import Attention
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.links import Links
from vhtui.ui.screens.remote_queue import RemoteQueue

if TYPE_CHECKING:
    from vhtui.clipboard import Clipboard
    from vhtui.core.engine import Notice
    from vhtui.ui.screens.main import MainScreen

_LEAVE = "leave"


def link_owners(screen: MainScreen, clipboard: Clipboard) -> tuple[object, ...]:
    """Return what carries out the actions on links, sets of them, and the remote queue."""
    links = Links(screen, clipboard)
    return (links, Sets(screen, links), RemoteQueue(screen))


def tell_complete(screen: MainScreen, notice: Notice) -> None:
    """Say that a set is complete and how its links are copied, and call the person."""
    found = [each for each in screen.engine.upload_sets() if each.id == notice.upload_set]
    if not found:
        return
    words = f"{found[0].name} is complete: {state_words(found[0])}"
    key = screen.keymap.key_of("sets.show")
    screen.say(words, "warning" if found[0].fault else "info", then=f"{key} copies the links")
    attention = getattr(screen.app, "attention", None)
    if isinstance(attention, Attention):
        screen.run_worker(attention.call(words), group="attention")


def state_words(each: UploadSet) -> str:
    """Return how far a set is: "3 of 4 play, 1 failed"."""
    if each.is_complete:
        verb = "plays" if each.total == 1 else "play"
        return f"{plural(each.total, 'video')} {verb}" + (f", {each.fault}" if each.fault else "")
    words = f"{count_words(each.playable)} of {count_words(each.total)} play"
    return f"{words}, {count_words(each.failed)} failed" if each.failed else words


class Sets:
    """Shows the sets, and makes, copies and writes them."""

    def __init__(self, screen: MainScreen, links: Links) -> None:
        """Act on a screen, and copy through its links."""
        self.screen = screen
        self.engine = screen.engine
        self._links = links

    # -- looking at them --------------------------------------------------------------------------

    @does("sets.show")
    async def show(self) -> None:
        """List the sets; of one that is chosen the links can be copied or written."""
        from vhtui.ui.screens.dialogs import Choice

        sets = await asyncio.to_thread(self.engine.upload_sets)
        if not sets:
            panel, disk = map(self.screen.keymap.key_of, ("upload.set", "disk.set"))
            self.screen.say(f"No sets: {panel} in the uploads or {disk} on this disk makes one")
            return
        unseen = [each for each in sets if each.is_complete and not each.seen]
        if unseen:
            await self.engine.see_sets()
            self.screen.show_state()
        chosen: UploadSet | None = unseen[0] if len(unseen) == 1 else None
        if chosen is None:
            answers = [(str(each.id), f"{clean(each.name)}: {state_words(each)}") for each in sets]
            id = await self.screen.answer(Choice("Sets (Enter: their links)", answers))
            chosen = next((each for each in sets if str(each.id) == id), None)
        if chosen is not None:
            await self._open(chosen)

    async def _open(self, chosen: UploadSet) -> None:
        from vhtui.ui.screens.dialogs import Choice

        items = await asyncio.to_thread(self.engine.set_videos, chosen.id)
        if not items:
            raise UsageError(f"nothing of {clean(chosen.name)} plays yet")
        what = plural(len(items), "link")
        answers = [
            ("copy", f"copy {what} as {chosen.template}"),
            ("other", "copy them in another form"),
            ("write", "write them to a file"),
        ]
        facts = [f"{state_words(chosen)}, in natural order"]
        if chosen.is_complete and not chosen.fault:
            facts.append(f"They are in {clean(chosen.links_file, 300)}")
        match await self.screen.answer(Choice(clean(chosen.name), answers, facts=facts)):
            case "copy":
                await self._links.copy_items(items, chosen.template)
            case "other":
                await self._links.pick_for(items)
            case "write":
                await self._write(chosen, items)

    async def _write(self, chosen: UploadSet, items: Sequence[LinkItem]) -> None:
        from vhtui.ui.path_suggester import PathSuggester

        before = clean(chosen.links_file, 1000)
        text = await self.screen.ask("Write to", before, suggester=PathSuggester())
        if not text or not text.strip():
            return
        settings = self.engine.settings
        links = format_named(items, chosen.template, settings.link_templates, self.engine.link_base)
        path = Path(text.strip()).expanduser().absolute()
        try:
            await asyncio.to_thread(write_atomically, path, links + "\n")
        except OSError as error:
            raise UsageError(f"the links cannot be written to {path}: {error.strerror}") from None
        self.screen.say(f"Wrote {plural(len(items), 'link')} to {path}")

    # -- making them ------------------------------------------------------------------------------

    @does("upload.set")
    def make(self) -> Coroutine[Any, Any, None]:
        """Make the selected uploads a set, or take them out of theirs."""
        rows = self.screen.panel.selected()
        if not rows:
            raise UsageError("there is nothing to make a set of")
        return self._make(rows)

    async def _make(self, rows: Sequence[Upload]) -> None:
        from vhtui.ui.screens.dialogs import Choice

        ids = [row.id for row in rows]
        what = plural(len(ids), "upload")
        open_sets = [each for each in self.engine.upload_sets() if not each.is_complete]
        answers = [("", "a new set")]
        answers += [(str(each.id), f"the set {clean(each.name)}") for each in open_sets]
        if any(row.set_name in {each.name for each in open_sets} for row in rows):
            answers.append((_LEAVE, "no set any more"))
        chosen: str | None = ""
        if len(answers) > 1:
            chosen = await self.screen.answer(Choice(f"{what} to be of", answers))
        if chosen is None:
            return
        if chosen == _LEAVE:
            count = await self.engine.leave_set(ids)
            self.screen.say(f"{plural(count, 'upload')} no longer in a set")
            return
        name = next((each.name for each in open_sets if str(each.id) == chosen), None)
        form = None
        if name is None:
            name = await self.screen.ask("The set's name: tells when all of it plays")
            if not name or not name.strip():
                return
            form = await self._ask_form()
            if form is None:
                return
        await self.engine.make_set(ids, name.strip(), template=form)
        self.screen.panel.table.clear_marks()
        key = self.screen.keymap.key_of("sets.show")
        self.screen.say(f"{what} in the set {name.strip()}; {key} shows the sets")

    async def _ask_form(self) -> str | None:
        from vhtui.ui.screens.dialogs import Choice

        settings = self.engine.settings
        first = settings.default_link
        names = [str(name) for name in dict.fromkeys([first, *settings.link_templates, *LinkKind])]
        question = Choice("Its links, when all of it plays, as", [(name, name) for name in names])
        return await self.screen.answer(question)
