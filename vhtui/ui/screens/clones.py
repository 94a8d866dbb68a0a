"""Cloning and renewing: what is wanted, what it costs, and what is refused and why."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from vhtui.atomic import write_atomically
from vhtui.core.commands import check_title
from vhtui.core.desk.clones import ClonePlan
from vhtui.core.desk.renewals import RenewalPlan
from vhtui.errors import UsageError
from vhtui.links import LinkItem, format_named
from vhtui.models import ROOT
from vhtui.text import count_words, plural
from vhtui.ui.screens.desk import sheet
from vhtui.ui.screens.handlers import does

if TYPE_CHECKING:
    from vhtui.clipboard import Clipboard
    from vhtui.core.engine import Notice
    from vhtui.ui.screens.main import MainScreen

_SHOWN_REFUSALS = 5
_USUAL_DAYS = "60"
_MOST_DAYS = 36_500


class Copying:
    """Clones links into a folder, and renews old files."""

    def __init__(self, screen: MainScreen, clipboard: Clipboard) -> None:
        """Act on a screen; links of renewed files go to a clipboard."""
        self.screen = screen
        self.engine = screen.engine
        self.clipboard = clipboard
        self._renewing: dict[int, tuple[str, frozenset[str]]] = {}
        self.engine.subscribe_notices(self._ended)

    # -- clones -----------------------------------------------------------------------------------

    @does("link.clone")
    def clone(self) -> Coroutine[Any, Any, None]:
        """Clone pasted links; in a list of notices or links, those of the selected rows."""
        screen = self.screen
        here = screen.files.spot.folder or ROOT
        if screen.panel is screen.files:
            return self._clone_pasted(screen.account, here)
        codes = [row.code for row in screen.panel.selected()]
        if not codes:
            raise UsageError("there is no row to clone")
        return self._clone(screen.account, codes, here)

    async def _clone_pasted(self, account: str, here: str) -> None:
        from vhtui.ui.screens.paste_text import PasteText

        def check(text: str) -> str:
            return _clone_words(self.engine.plan_clones(account, _lines(text)))

        dialog = PasteText(f"Clone to {account}: links or codes, one a line", check)
        if text := await self.screen.answer(dialog):
            await self._clone(account, _lines(text), here)

    async def _clone(self, account: str, texts: Sequence[str], here: str) -> None:
        from vhtui.ui.screens.dialogs import Choice, Confirm
        from vhtui.ui.screens.picker import Picker

        plan = await asyncio.to_thread(self.engine.plan_clones, account, texts)
        refusals = _refusals(plan.refused)
        if not plan.items:
            words = f"Not cloned: {plural(len(plan.refused), 'link')} refused"
            await self.screen.answer(Choice(words, [("back", "Back")], facts=refusals))
            return
        store = self.engine.store
        folders = await asyncio.to_thread(store.all_folders, account)
        paths = {folder.id: folder.path for folder in folders}
        items = [(here, paths.get(here, "/"))]
        items += [(id, path) for id, path in paths.items() if id != here]
        count = plural(len(plan.items), "file")
        chosen = await self.screen.answer(
            Picker(f"Clone {count} to", items, create=f"in {paths.get(here, '/')}")
        )
        if chosen is None:
            return
        folder, new_title = chosen
        path = paths.get(folder, "/") if not new_title else f"the new folder {new_title}"
        price = self.engine.estimate_clones(plan, folder or here)
        question = Confirm(
            f"Clone {count} to {path}?",
            rows=[item.title or item.code for item in plan.items],
            facts=[price.words, *refusals],
            yes="Clone",
        )
        if not await self.screen.answer(question):
            return
        if new_title:
            receipt = await self.engine.create_folder(account, here, check_title(new_title))
            assert receipt.folder is not None
            folder = receipt.folder
        await self.screen.report(self.engine.clone(plan, folder))

    # -- renewals ---------------------------------------------------------------------------------

    @does("file.renew")
    def renew(self) -> Coroutine[Any, Any, None]:
        """Renew the marked files; without marks, those older than so many days."""
        files = self.screen.files
        if files.table.has_marks:
            return self._renew(self.screen.account, files.selected_ids(), None)
        return self._renew_old(self.screen.account)

    async def _renew_old(self, account: str) -> None:
        answer = await self.screen.ask("Renew files older than (days)", _USUAL_DAYS, check=_days_of)
        if answer is not None:
            await self._renew(account, None, _days_of(answer))

    async def _renew(self, account: str, files: Sequence[int] | None, days: int | None) -> None:
        from vhtui.ui.screens.dialogs import Confirm

        older_than = None if days is None else days * 86_400.0
        plan = await asyncio.to_thread(
            self.engine.plan_renewals, account, files=files, older_than=older_than
        )
        if not plan.files:
            raise UsageError(_nothing_to_renew(plan))
        question = Confirm(
            f"Renew {plural(len(plan.files), 'file')} of {account}?",
            rows=[f"{_age(plan, row.id):>12}  {row.title or row.code}" for row in plan.files],
            facts=[
                plan.estimate.words,
                plan.warning,
                *_refusals([(row.title or row.code, why) for row, why in plan.refused]),
                *([_ageless(plan)] if plan.ageless else []),
            ],
            yes="Renew",
            dangerous=True,
            typed=str(len(plan.files)),
        )
        if await self.screen.answer(question):
            receipt = await self.engine.renew(plan)
            self._renewing[receipt.group] = account, frozenset(row.code for row in plan.files)
            self.screen.say(receipt.sentence)
            self.screen.files.table.clear_marks()

    def _ended(self, notice: Notice) -> None:
        if notice.group in self._renewing:
            account, codes = self._renewing.pop(notice.group)
            self.screen.dispatcher.start(self._copy_renewed(account, codes))

    async def _copy_renewed(self, account: str, codes: frozenset[str]) -> None:
        """Copy the links that are good now, and keep a list of the old ones beside the new."""
        renewed = [each for each in self.engine.renewed(account) if each.old in codes]
        if not renewed:
            return
        base = self.engine.link_base(account)
        heads = ("title", "old", "new", "old page", "new page", "old embed", "new embed")
        cells: list[tuple[object, ...]] = [
            (
                each.title, each.old, each.new, base.page_of(each.old), base.page_of(each.new),
                base.embed_of(each.old), base.embed_of(each.new),
            )
            for each in renewed
        ]  # fmt: skip
        name = time.strftime("vhtui-renewed-%Y%m%d-%H%M%S.csv", time.gmtime())
        path = self.screen.state / name
        try:
            await asyncio.to_thread(write_atomically, path, sheet(heads, cells, as_csv=True))
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror or error}") from error
        settings = self.engine.settings
        items = [LinkItem(code=each.new, title=each.title, account=account) for each in renewed]
        text = format_named(
            items, settings.default_link, settings.link_templates, self.engine.link_base
        )
        noun = plural(len(items), "new link")
        copied = await asyncio.to_thread(self.clipboard.copy, text, noun, lines=len(items) > 1)
        self.screen.say(f"Renewed. {copied.sentence}; old and new: {path}")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _clone_words(plan: ClonePlan) -> str:
    """Say what can be cloned; UsageError where nothing can."""
    refused = " · ".join(_refusals(plan.refused))
    if not plan.items:
        raise UsageError(refused or "no link or code yet")
    count = f"{plural(len(plan.items), 'file')} to clone"
    return f"{count} · {refused}" if refused else count


def _refusals(refused: Sequence[tuple[str, str]]) -> list[str]:
    words = [f"{text}: {why}" for text, why in refused[:_SHOWN_REFUSALS]]
    more = len(refused) - len(words)
    return [*words, f"and {count_words(more)} more that are refused"] if more else words


def _age(plan: RenewalPlan, id: int) -> str:
    days = plan.ages.get(id)
    return "age unknown" if days is None else plural(days, "day")


def _ageless(plan: RenewalPlan) -> str:
    return f"{plural(plan.ageless, 'file')} of unknown age: mark them to renew them"


def _nothing_to_renew(plan: RenewalPlan) -> str:
    words = _refusals([(row.title or row.code, why) for row, why in plan.refused])
    words += [_ageless(plan)] if plan.ageless else []
    return "; ".join(["nothing to renew", *words])


def _days_of(answer: str) -> int:
    words = answer.strip().removesuffix("d").strip()
    if not (words.isascii() and words.isdigit()) or int(words[:6]) > _MOST_DAYS:
        raise UsageError("a number of days is needed, such as 60")
    return int(words)
