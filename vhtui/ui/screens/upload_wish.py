"""What stands before an upload: how much, where to, for whom, what is there already, the price."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, Label, Static
from typing_extensions import override

from vhtui.core.paths import flat
from vhtui.errors import UsageError
from vhtui.links import LinkKind
from vhtui.models import Capability
from vhtui.text import clean, count_words, duration_words, plural, size_words
from vhtui.ui.disk import Survey, name_of, survey
from vhtui.ui.path_suggester import PathSuggester
from vhtui.ui.screens.uploads import NO_RESUME
from vhtui.ui.widgets.tick import Tick

if TYPE_CHECKING:
    from vhtui.core.engine import Engine
    from vhtui.core.uploads.ledger import LedgerEntry

_NAMED = 4
"""How many of the files that are there already are named; the rest is a number."""
_EXPERIMENTAL = frozenset({"illvid"})


class UploadWish(Struct, frozen=True, kw_only=True):
    """How what was chosen is to be uploaded; the fields are those of ``queue_uploads``, which is
    called for each of the ``targets``."""

    targets: tuple[tuple[str, tuple[str, ...]], ...]  # folders, each with its accounts
    keeps_tree: bool
    patterns: tuple[str, ...]
    again: bool
    set_name: str
    form: str
    links_file: Path | None


class AskUpload(ModalScreen[UploadWish | None]):
    """Asks how to upload files; None when it was left. Counting goes on beside it."""

    DEFAULT_CSS = """
    AskUpload { align: center middle; }
    AskUpload > Vertical {
        width: 94%; max-width: 110; height: auto; max-height: 94%;
        border: round $primary; padding: 0 1; background: $surface;
    }
    AskUpload VerticalScroll { height: auto; max-height: 70vh; }
    AskUpload Horizontal { height: 1; }
    AskUpload Label { width: 13; }
    AskUpload Horizontal Tick { width: 2fr; }
    AskUpload Input { width: 1fr; height: 1; border: none; padding: 0; }
    AskUpload Button { margin: 0 2 0 0; height: 1; border: none !important; }
    AskUpload #named { color: $warning; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel"),
        Binding("ctrl+o", "start", "Upload", priority=True),
        Binding("ctrl+t", "choose", "Choose the folder", priority=True),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def __init__(
        self,
        engine: Engine,
        paths: Sequence[Path],
        able: Sequence[str],
        account: str,
        target: str,
        *,
        as_set: bool = False,
    ) -> None:
        """Ask about paths; ``able``: the accounts that can upload; ``account`` is where one is.

        ``as_set``: the name of a set is asked for first.
        """
        super().__init__()
        self._engine = engine
        self._paths = paths
        self._able = able
        self._account = account
        self._target = target
        self._as_set = as_set
        self._has_folders = any(path.is_dir() for path in paths)
        self._survey: Survey | None = None
        self._already: list[LedgerEntry] | None = None

    @override
    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content.styled("Upload", "bold"), id="title")
            with VerticalScroll(can_focus=False):
                yield Static(id="named")
                yield Tick("send those again too", id="again")
                yield from _field("To", Input(self._target, id="folder", compact=True))
                yield from self._compose_accounts()
                if self._has_folders:
                    yield Tick("folders become folders there", on=True, id="tree")
                    only = Input(placeholder="(such as *.mkv *.mp4; all)", id="only", compact=True)
                    yield from _field("Only names", only)
                name = Input(
                    placeholder="(a name; tells when it all plays)", id="set", compact=True
                )
                yield from _field("As a set", name)
                yield from self._compose_links()
            yield Static(id="price")
            with Horizontal():
                yield Button(Content("Upload (ctrl+o)"), id="yes", variant="primary", compact=True)
                yield Button(Content("Folder (ctrl+t)"), id="choose", compact=True)
                yield Button(Content("Cancel (Esc)"), id="no", compact=True)

    def _compose_links(self) -> ComposeResult:
        """Yield what is asked about the links of a set; shown when it has a name."""
        settings = self._engine.settings
        forms = [*settings.link_templates, *LinkKind]
        form = Input(
            placeholder=f"({settings.default_link}; such as {forms[0]}, bbcode, csv)",
            suggester=SuggestFromList(forms),
            id="form",
            compact=True,
        )
        yield from _field("Its links as", form)
        file = Input(
            placeholder="(a file; one of vhtui's own)",
            suggester=PathSuggester(),
            id="links",
            compact=True,
        )
        yield from _field("written to", file)

    def _compose_accounts(self) -> ComposeResult:
        if len(self._able) == 1 and not self._is_experimental(self._account):
            return
        for number, name in enumerate(self._able):
            host = self._engine.host_title(name)
            experimental = ", experimental" if self._is_experimental(name) else ""
            words = f"account {name} ({host}{experimental})"
            tick = Tick(words, on=name == self._account, id=f"account-{number}")
            if len(self._able) == 1:
                yield tick
                continue
            with Horizontal():
                yield tick
                same = "(that folder too)" if self._has_folder_tree(name) else "(one name, no path)"
                yield Input(placeholder=same, id=f"folder-{number}", compact=True)

    def _has_folder_tree(self, account: str) -> bool:
        return self._engine.cannot(account, Capability.LIST_FILES) is None

    def _is_experimental(self, account: str) -> bool:
        return self._engine.host_title(account).casefold() in _EXPERIMENTAL

    def on_mount(self) -> None:
        """Begin to count; Enter uploads at once."""
        self.query_one("#again").display = False
        self._show_links("")
        self.query_one("#set" if self._as_set else "#yes").focus()
        self._say()
        self.run_worker(self._count(), group="count")

    async def _count(self) -> None:
        self._survey = await asyncio.to_thread(survey, self._paths)
        self._say()
        self._already = await self._engine.already_uploaded(self._paths)
        self._say()

    # -- what was chosen --------------------------------------------------------------------------

    @property
    def _accounts(self) -> tuple[str, ...]:
        ticks = {tick.id: tick.is_on for tick in self.query(Tick)}
        chosen = [n for i, n in enumerate(self._able) if ticks.get(f"account-{i}")]
        has_ticks = "account-0" in ticks
        return tuple(chosen) if has_ticks else (self._account,)

    def _targets(self) -> dict[str, list[str]]:
        """Return the folders and their accounts; UsageError for a path at a host without any."""
        targets: dict[str, list[str]] = {}
        for name in self._accounts:
            own = self._value(f"folder-{self._able.index(name)}").strip("/")
            folder = "/" + (own or self._value("folder").strip("/"))
            if not self._has_folder_tree(name):
                if "/" in own:
                    title = self._engine.host_title(name)
                    raise UsageError(f"{title} has no folders in folders: give {name} one name")
                folder = flat(folder)
            targets.setdefault(folder, []).append(name)
        return targets

    def _value(self, field: str) -> str:
        found = self.query(f"#{field}").results(Input)
        return next((each.value.strip() for each in found), "")

    @property
    def _patterns(self) -> tuple[str, ...]:
        return tuple(self._value("only").split())

    def _is_ticked(self, id: str) -> bool:
        return any(tick.is_on for tick in self.query(f"#{id}").results(Tick))

    # -- what is said -----------------------------------------------------------------------------

    @on(Input.Changed, "#only")
    @on(Tick.Changed)
    def _changed(self) -> None:
        self._say()

    def _say(self) -> None:
        if self._survey is None:
            self._title(f"Upload {plural(len(self._paths), 'entry')}: counting")
            return
        chosen = self._survey.only(self._patterns)
        accounts = self._accounts
        there = self._there(chosen, accounts)
        count, size = len(chosen.found) * len(accounts), chosen.size * len(accounts)
        if not self._is_ticked("again"):
            sizes = {str(each.path): each.identity.size for each in chosen.found}
            count -= len(there)
            size -= sum(sizes[path] for _, path in there)
        words = f"Upload {plural(len(chosen.found), 'file')}, {size_words(chosen.size)}"
        if self._survey.refused:
            words += f"; {count_words(len(self._survey.refused))} more cannot be sent"
        self._title(words)
        self._name_those(there)
        self.query_one("#price", Static).update(Content(self._price(count, size)))

    def _title(self, words: str) -> None:
        self.query_one("#title", Static).update(Content.styled(clean(words), "bold"))

    def _there(self, chosen: Survey, accounts: Sequence[str]) -> dict[tuple[str, str], LedgerEntry]:
        """Return what is at the accounts already, by account and path."""
        paths = {str(source.path) for source in chosen.found}
        return {
            (entry.account, entry.path): entry
            for entry in self._already or ()
            if entry.account in accounts and entry.path in paths
        }

    def _name_those(self, there: dict[tuple[str, str], LedgerEntry]) -> None:
        lines = [
            f"{name_of(Path(entry.path))} is already in {entry.account}:{entry.folder}"
            f" as {entry.code}"
            for entry in list(there.values())[:_NAMED]
        ]
        if len(there) > _NAMED:
            lines.append(f"and {plural(len(there) - _NAMED, 'more file')}")
        self.query_one("#named", Static).update(Content("\n".join(clean(line) for line in lines)))
        self.query_one("#named").display = self.query_one("#again").display = bool(there)

    def _price(self, count: int, size: int) -> str:
        if self._already is None:
            return f"Sends {size_words(size)}; looking whether it is there already. {NO_RESUME}"
        if not count:
            return "Nothing is left to send."
        rate = self._engine.upload_limits().rate
        at_least = f", {duration_words(size / rate)} at {size_words(rate)}/s" if rate else ""
        uploads = f"{plural(count, 'upload')} of {size_words(size)} in all{at_least}"
        return f"{uploads}; a few requests each; a delete takes them back. {NO_RESUME}"

    @on(Input.Changed, "#set")
    def _set_named(self, event: Input.Changed) -> None:
        self._show_links(event.value)

    def _show_links(self, name: str) -> None:
        for field in ("#form", "#links"):
            row = self.query_one(field).parent
            assert isinstance(row, Horizontal)
            row.display = bool(name.strip())

    # -- answers ----------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.query_one("#yes").focus()

    @on(Button.Pressed, "#choose")
    async def action_choose(self) -> None:
        """Choose the folder by a few letters; a new one may be named."""
        from vhtui.ui.screens.picker import Picker

        typed = "/" + self._value("folder").strip("/")
        folders = await asyncio.to_thread(self._engine.store.all_folders, self._account)
        items = [(path, path) for path in dict.fromkeys(folder.path for folder in folders)]

        def take(chosen: tuple[str, str] | None) -> None:
            if chosen is None:
                return
            path, name = chosen
            field = self.query_one("#folder", Input)
            field.value = path or f"{typed.rstrip('/')}/{name}"
            self.query_one("#yes").focus()

        self.app.push_screen(Picker("Upload to", items, create=f"in {typed}"), take)

    @on(Button.Pressed, "#yes")
    def action_start(self) -> None:
        """Close with what is to be done."""
        if not self._accounts:
            self._title("Choose an account to upload to")
            return
        links, form = self._value("links"), self._value("form")
        settings = self._engine.settings
        if form and form not in settings.link_templates and form not in set(LinkKind):
            self._title(f"There is no link form {form}")
            self.query_one("#form").focus()
            return
        if self._as_set and not self._value("set"):
            self._title("Give the set a name")
            self.query_one("#set").focus()
            return
        try:
            targets = self._targets()
        except UsageError as error:
            self._title(str(error))
            return
        wish = UploadWish(
            targets=tuple((folder, tuple(names)) for folder, names in targets.items()),
            keeps_tree=self._is_ticked("tree"),
            patterns=self._patterns,
            again=self._is_ticked("again"),
            set_name=self._value("set"),
            form=form,
            links_file=Path(links).expanduser() if links else None,
        )
        self.dismiss(wish)

    @on(Button.Pressed, "#no")
    def action_leave(self) -> None:
        """Close without."""
        self.dismiss(None)


def _field(label: str, field: Input) -> ComposeResult:
    with Horizontal():
        yield Label(Content(label))
        yield field
