"""The palette and the command line: the same table of actions, found by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.suggester import Suggester
from typing_extensions import override

from vhtui.core.store import Sort
from vhtui.errors import UsageError
from vhtui.query import parse
from vhtui.text import clean
from vhtui.ui.keymap import Action
from vhtui.ui.keys import shown

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen


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
            "sort": self._sort,
            "account": self._switch_account,
        }

    def suggester(self) -> Suggester:
        """Return what completes a command while it is typed."""
        return _Completion(
            [f"{name} " for name in self._commands]
            + [action.id for action, _ in self.screen.dispatcher.here()],
            self._arguments,
        )

    def _arguments(self, command: str) -> list[str]:
        if command == "account":
            return list(self.screen.engine.accounts)
        if command == "sort":
            return [sort.value for sort in Sort]
        return []

    def check(self, text: str) -> None:
        """Raise UsageError for what is no command, before the line is closed."""
        name, _, argument = text.strip().partition(" ")
        if not name or name in self._commands:
            if name in ("filter", "search"):
                parse(argument)
            return
        here = {action.id: action for action, _ in self.screen.dispatcher.here()}
        if name not in here:
            known = name in self.screen.keymap.by_id
            raise UsageError(f"{name} does not work here" if known else f"no command {name!r}")
        if here[name].takes_character and len(argument) != 1:
            raise UsageError(f"{name} needs one character")

    def run(self, text: str) -> None:
        """Carry out a command that ``check`` let through."""
        name, _, argument = text.strip().partition(" ")
        if name in self._commands:
            self._commands[name](argument.strip())
        else:
            self.screen.dispatcher.perform(self.screen.keymap.by_id[name], argument)

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
        if name not in set(Sort):
            raise UsageError(f"sort by one of {', '.join(sort.value for sort in Sort)}")
        self.screen.files.set_order(Sort(name), reverse=order.startswith("r"))

    def _switch_account(self, name: str) -> None:
        if name not in self.screen.engine.accounts:
            raise UsageError(f"there is no account {name!r}")
        self.screen.switch_account(name)


class _Completion(Suggester):
    """Completes a command's name, then its argument."""

    def __init__(self, names: list[str], arguments: Callable[[str], list[str]]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._names = names
        self._arguments = arguments

    @override
    async def get_suggestion(self, value: str) -> str | None:
        name, space, _ = value.partition(" ")
        choices = [f"{name} {each}" for each in self._arguments(name)] if space else self._names
        return next((each for each in choices if each.startswith(value) and each != value), None)
