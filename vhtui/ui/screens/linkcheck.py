"""The link-check panel: which links of a page or a dump still lead to a video."""

from __future__ import annotations

import itertools
import os
import shlex
import time
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import override

from vhtui.core.desk.linkcheck import Source, sources_in
from vhtui.core.desk.linkreport import CheckedLink, LinkCheck, Verdict, report_csv
from vhtui.errors import UsageError, VhtuiError
from vhtui.linkscan import scan_text
from vhtui.models import Changes
from vhtui.text import age_words, clean_for_clipboard, count_words, natural_key, plural
from vhtui.ui.keymap import Place
from vhtui.ui.screens.desk import Export
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.loaded import LoadedPanel
from vhtui.ui.screens.panel import Fact
from vhtui.ui.screens.sorting import SortBy
from vhtui.ui.widgets.row_table import Column

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

_WORST_FIRST = (Verdict.GONE, Verdict.TAKEN_DOWN, Verdict.PENDING, Verdict.UNKNOWN,
                Verdict.NOT_OURS, Verdict.ALIVE)  # fmt: skip
_SHOWN_LINKS = 5000
"""So many are listed, the worst first; an export has them all."""
_STYLES = {
    Verdict.GONE: "error",
    Verdict.TAKEN_DOWN: "error",
    Verdict.PENDING: "warning",
    Verdict.UNKNOWN: "warning",
    Verdict.NOT_OURS: "muted",
    Verdict.ALIVE: "good",
}

COLUMNS: tuple[Column[CheckedLink], ...] = (
    Column("name", "Link", lambda row: row.text, worth=100),
    Column("source", "File", lambda row: row.source, width=28, worth=70),
    Column("line", "Line", lambda row: count_words(row.line), width=8, align="right", worth=80),
    Column("account", "Account", lambda row: row.account or "", width=12, worth=30),
    Column("code", "Code", lambda row: row.code, width=13, worth=20),
    Column(
        "state", "State", lambda row: row.verdict or "", width=10, worth=100,
        style=lambda row: _STYLES[row.verdict] if row.verdict else "",
    ),
)  # fmt: skip


class LinkCheckPanel(LoadedPanel[CheckedLink]):
    """One check's links, the worst first, then by file and line."""

    place = Place.CHECK
    title = "Link check"
    look = "check"
    noun = "link"
    columns = COLUMNS

    def __init__(self, screen: MainScreen) -> None:
        """Start with the newest check."""
        super().__init__(screen)
        self._chosen: int | None = None
        self._check: LinkCheck | None = None
        self._begun: int | None = None
        """The check whose end is still to be told."""

    @does("panel.check")
    def open(self) -> None:
        """Show the newest check."""
        self._chosen = None
        self.screen.show_panel(self.place)

    # -- rows -------------------------------------------------------------------------------------

    @override
    def rows(self) -> Sequence[CheckedLink]:
        checks = self.engine.checks()
        found = [check for check in checks if self._chosen in (None, check.id)]
        self._check = next(iter(found), None)
        if self._check is None:
            return []
        rows: list[CheckedLink] = []
        for verdict in _WORST_FIRST:
            if self._check.counts.get(verdict):
                links = self.engine.checked_links(self._check.id, [verdict])
                rows += itertools.islice(links, _SHOWN_LINKS - len(rows))
        return rows

    @override
    def key(self, row: CheckedLink) -> Hashable:
        return (row.source, row.line, row.host, row.code)

    @override
    def words(self, row: CheckedLink) -> str:
        return f"{row.text} {row.verdict} {row.source}:{row.line} {row.account or ''}"

    @override
    def sorts(self) -> Mapping[str, SortBy[CheckedLink]]:
        return {
            "name": SortBy("name", lambda row: row.text.casefold()),
            "folder": SortBy("source", lambda row: (natural_key(row.source), row.line)),
            "line": SortBy("line", lambda row: row.line),
            "account": SortBy("account", lambda row: row.account),
            "state": SortBy("state", lambda row: row.verdict),
        }

    @override
    def is_touched_by(self, changes: Changes) -> bool:
        return changes.touches("check")

    @override
    def show_rows(self, rows: Sequence[CheckedLink], *, restart: bool = False) -> None:
        super().show_rows(rows, restart=restart)
        check = self._check
        if check is not None and check.id == self._begun and not check.is_open:
            self._begun = None
            self.screen.say(f"Checked {check.title}: {self._result(check)}")

    # -- words ------------------------------------------------------------------------------------

    @override
    def empty(self) -> str:
        if self._check is None:
            return (
                "No links checked yet: alive, gone, taken down, pending, not ours or unknown.\n"
                "p pastes links or codes; o reads files and folders."
            )
        if self._check.is_open:
            return "The hosts are being asked."
        broken = [f"{name}: {why}" for name, why in self._check.broken[:5]]
        return "\n".join(["There was no link in it.", *broken])

    @override
    def where(self) -> str:
        if self._check is None:
            return self.title
        age = age_words(self._check.created, time.time())
        return f"Link check: {self._check.title} ({age})"

    @override
    def status(self) -> str:
        check = self._check
        return "" if check is None else self._result(check)

    def _result(self, check: LinkCheck) -> str:
        parts = [plural(check.links, "code")]
        if check.is_open:
            parts[:0] = [f"{check.state}: {count_words(check.answered)} answered of"]
            parts = [" ".join(parts)]
        elif check.state == "failed":
            parts.append("failed, R asks again")
        parts += [
            f"{count_words(check.counts[verdict])} {verdict.value}"
            for verdict in _WORST_FIRST
            if check.counts.get(verdict)
        ]
        if check.broken:
            parts.append(f"{plural(len(check.broken), 'file')} not read")
        if self.table.row_count >= _SHOWN_LINKS:
            parts.append(f"the first {count_words(_SHOWN_LINKS)} shown")
        return " · ".join(parts)

    @override
    def facts(self, row: CheckedLink) -> list[Fact]:
        return [
            ("Link", row.text),
            ("State", row.verdict.value if row.verdict else ""),
            ("Why", _REASONS[row.verdict] if row.verdict else ""),
            ("File", row.source),
            ("Line", count_words(row.line)),
            ("Host", row.host or "any (a code alone)"),
            ("Account", row.account or ""),
            ("Code", row.code),
            ("Trouble", self._check.error if self._check else ""),
        ]

    # -- keys -------------------------------------------------------------------------------------

    @does("check.paste")
    async def paste(self) -> None:
        """Ask for links or codes, and check them."""
        from vhtui.ui.screens.paste_text import PasteText

        text = await self.screen.answer(PasteText("Check links or codes", _count_words))
        if text is not None:
            self._begin([Source("pasted", text=text)], "pasted links")

    @does("check.files")
    async def files(self) -> None:
        """Ask for files and folders, and check the links in them."""
        from vhtui.ui.path_suggester import PathSuggester

        answer = await self.screen.ask(
            "Check links in (files or folders)", check=_paths_of, suggester=PathSuggester()
        )
        if answer is not None:
            paths = _paths_of(answer)
            self._begin(sources_in(paths), ", ".join(path.name or str(path) for path in paths))

    def _begin(self, sources: Iterable[Source], title: str) -> None:
        self._chosen = None
        self.table.clear_marks()
        self.screen.run_worker(self._scan(sources, title), group="link checks")
        self.screen.say(f"Checking {title}")

    async def _scan(self, sources: Iterable[Source], title: str) -> None:
        try:
            self._begun = await self.engine.check_links(sources, title)
            self.read()
        except VhtuiError as error:
            self.screen.say(str(error), "error")
        except OSError as error:
            self.screen.say(f"{title} cannot be read: {error.strerror or error}", "error")

    @does("check.again")
    async def again(self) -> None:
        """Ask the hosts for what has no answer."""
        await self.ask_host()
        self.screen.say("Asking the hosts again")

    @override
    async def ask_host(self) -> None:
        if self._check is None:
            raise UsageError("there is no check yet: p pastes links, o reads files")
        await self.engine.resume_check(self._check.id)

    @does("check.older")
    def older(self) -> None:
        """Show the check before."""
        self._step(1, "there is no older check")

    @does("check.newer")
    def newer(self) -> None:
        """Show the check after."""
        self._step(-1, "this is the newest check")

    def _step(self, by: int, at_end: str) -> None:
        ids = [check.id for check in self.engine.checks()]
        at = ids.index(self._check.id) if self._check and self._check.id in ids else 0
        if not 0 <= at + by < len(ids):
            raise UsageError(at_end)
        self._chosen = ids[at + by]
        self.read(restart=True)

    @override
    def exported(self) -> Export:
        marked = self.selected() if self.table.has_marks else None
        check = self._check

        def make(as_csv: bool) -> tuple[str, str]:
            assert check is not None
            links = marked or list(self.engine.checked_links(check.id))
            lines = report_csv(links) if as_csv else map(_line, links)
            return "\n".join(lines), plural(len(links), self.noun)

        return make


_REASONS = {
    Verdict.ALIVE: "the host has it",
    Verdict.PENDING: "it lives, with a takedown notice that has not run out",
    Verdict.TAKEN_DOWN: "a takedown notice took it",
    Verdict.GONE: "it was yours, and the host has it no more",
    Verdict.NOT_OURS: "the host knows no such file of your accounts, and it never was yours",
    Verdict.UNKNOWN: "no account of that host, or the host did not say",
}


def _line(link: CheckedLink) -> str:
    words = f"{link.verdict or 'not asked'}\t{link.source}:{link.line}\t{link.text}"
    return clean_for_clipboard(words, lines=False)


def _count_words(text: str) -> str:
    found = {(link.host, link.code) for link in scan_text(text)}
    if not found:
        raise UsageError("there is no link or code in it yet")
    return f"{plural(len(found), 'code')} to check"


def _paths_of(answer: str) -> list[Path]:
    """Return the paths that a line names: one as it stands, or several as a shell has them."""
    words = answer.strip()
    if not words:
        raise UsageError("a file or a folder is needed")
    if not _exists(whole := os.path.expanduser(words)):  # noqa: PTH111 (as below)
        try:
            names = shlex.split(words)
        except ValueError:
            names = [words]
        paths = [os.path.expanduser(name) for name in names]  # noqa: PTH111
    else:
        paths = [whole]
    for path in paths:
        if not _exists(path):
            raise UsageError(f"there is no {path}")
    return [Path(path).absolute() for path in paths]


def _exists(path: str) -> bool:
    """Whether there is such a path; pathlib raises for names that cannot be."""
    return "\0" not in path and os.path.exists(path)  # noqa: PTH110
