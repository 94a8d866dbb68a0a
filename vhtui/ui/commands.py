"""The palette and the command line: the same table of actions, found by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from typing_extensions import override

from vhtui.errors import UsageError
from vhtui.query import QueryError, parse
from vhtui.text import clean
from vhtui.ui.completing import Choices, Completer, QueryCompleter
from vhtui.ui.keymap import Action
from vhtui.ui.keys import shown
from vhtui.ui.screens.find import read_bookmarks
from vhtui.ui.screens.marks import Marking

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

_WITH_QUERY = ("filter", "search", "mark", "unmark")
"""The commands whose argument is a filter."""


def title_of(action: Action) -> str:
    """Return an action as the palette lists it: its words and its keys."""
    keys = " ".join(shown(key) for key in action.keys)
    return f"{action.help} ({keys})" if keys else action.help


class ActionProvider(Provider):
    """Offers the actions of the present place; what the host cannot do says why."""

    def _entries(self) -> Iterable[tuple[str, str, Callable[[], None]]]:
        from vhtui.ui.screens.main import MainScreen
        from vhtui.ui.screens.studio import Studio

        screen = self.screen
        if not isinstance(screen, MainScreen | Studio):
            return
        for action, reason in screen.dispatcher.here():
            if action.takes_character:
                continue
            words = f"{action.id}: {clean(reason)}" if reason else action.id
            yield title_of(action), words, partial(screen.dispatcher.perform, action)

    @override
    async def discover(self) -> Hits:
        for title, words, perform in self._entries():
            yield DiscoveryHit(Content(title), perform, text=title, help=words)

    @override
    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for title, words, perform in self._entries():
            if score := max(matcher.match(title), matcher.match(words)):
                yield Hit(score, Content(title), perform, text=title, help=words)


class CommandLine:
    """Understands ``:``: action ids, and commands that take an argument."""

    def __init__(self, screen: MainScreen) -> None:
        """Carry commands out on a screen."""
        self.screen = screen
        self._commands: dict[str, Callable[[str], object]] = {
            "cd": self._go_to_path,
            "filter": screen.panel.set_filter,
            "search": lambda text: screen.finding.search_for(screen.account, text),
            "mark": lambda text: self._mark(text, on=True),
            "unmark": lambda text: self._mark(text, on=False),
            "sort": self._sort,
            "account": self._switch_account,
            "unbookmark": self._forget_bookmark,
        }

    def completer(self) -> Completer:
        """Return what completes a command while it is typed."""
        names = [
            *(f"{name} " for name in self._commands),
            *(action.id for action, _ in self.screen.dispatcher.here()),
        ]
        return _CommandCompleter(names, self._arguments, self.screen.files.completer())

    def _arguments(self, command: str) -> list[str]:
        if command == "account":
            return list(self.screen.engine.accounts)
        if command == "unbookmark":
            return sorted(read_bookmarks(self.screen.engine.store))
        if command == "sort":
            return [action.id[5:] for action in self._sorts()]
        return []

    def check(self, text: str) -> None:
        """Raise UsageError for what is no command, before the line is closed."""
        self.check_query(text)
        name, _, argument = text.strip().partition(" ")
        if not name or name in self._commands:
            return
        here = {action.id: action for action, _ in self.screen.dispatcher.here()}
        if name not in here:
            known = name in self.screen.keymap.by_id
            raise UsageError(f"{name} does not work here" if known else f"no command {name!r}")
        if here[name].takes_character and len(argument) != 1:
            raise UsageError(f"{name} needs one character")

    def check_query(self, text: str) -> None:
        """Raise QueryError for a fault in the filter that a command is given."""
        found = re.match(rf"\s*(?:{'|'.join(_WITH_QUERY)})\s", text)
        if found is None or self.screen.panel is not self.screen.files:
            return
        try:
            parse(text[found.end() :])
        except QueryError as error:
            position = found.end() + error.position
            raise QueryError(str(error), position=position, length=error.length) from None

    def run(self, text: str) -> None:
        """Carry out a command that ``check`` let through."""
        name, _, argument = text.strip().partition(" ")
        if name in self._commands:
            self._commands[name](argument.strip())
        else:
            self.screen.dispatcher.perform(self.screen.keymap.by_id[name], argument)

    def _forget_bookmark(self, mark: str) -> None:
        self.screen.dispatcher.start(self.screen.finding.forget_bookmark(mark))

    def _mark(self, text: str, *, on: bool) -> None:
        self.screen.dispatcher.start(Marking(self.screen).mark_found(text, on=on))

    def _go_to_path(self, path: str) -> None:
        files = self.screen.files
        here = self.screen.engine.store.folder_path(files.spot.account, files.spot.folder or "0")
        wanted = path if path.startswith("/") else f"{here.rstrip('/')}/{path}"
        folder = self.screen.engine.store.find_folder(files.spot.account, wanted)
        if folder is None:
            raise UsageError(f"there is no folder {wanted}")
        files.go(folder.account, folder.id)

    def _sort(self, argument: str) -> None:
        name, _, order = argument.partition(" ")
        known = [action.id[5:] for action in self._sorts()]
        if name not in known:
            raise UsageError(f"sort by one of {', '.join(known)}" if known else "nothing to sort")
        self.screen.panel.sort_by(name, reverse=order.startswith("r"))

    def _sorts(self) -> list[Action]:
        here = self.screen.keymap.at(self.screen.panel.place)
        return [
            action
            for action in here
            if action.id.startswith("sort.") and not action.id.endswith(("_reversed", ".usual"))
        ]

    def _switch_account(self, name: str) -> None:
        if name not in self.screen.engine.accounts:
            raise UsageError(f"there is no account {name!r}")
        self.screen.switch_account(name)


class _CommandCompleter(Completer):
    """Completes a command's name, then its argument."""

    def __init__(
        self, names: list[str], arguments: Callable[[str], list[str]], queries: QueryCompleter
    ) -> None:
        super().__init__()
        self._names = names
        self._arguments = arguments
        self._queries = queries

    @override
    async def choices(self, value: str, cursor: int) -> Choices:
        name, space, argument = value[:cursor].partition(" ")
        start = len(name) + len(space)
        if not space:
            begun = [each for each in self._names if each.startswith(name)]
            inside = [each for each in self._names if name in each and each not in begun]
            return 0, [each for each in begun + inside if each != name]
        if name in _WITH_QUERY:
            at, words = await self._queries.choices(argument, len(argument))
            return start + at, words
        if name == "cd":
            words = await self._queries.folders()
        else:
            words = self._arguments(name)
        return start, [each for each in words if each.startswith(argument) and each != argument]
