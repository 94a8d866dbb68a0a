"""The parts of the main screen that its first frame does without.

They are loaded one after the other when the interface stands, or all at once up to the one that is
asked for before its turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from vhtui.ui.keymap import Place
from vhtui.ui.screens.handlers import Handler, handlers_of
from vhtui.ui.screens.panel import Panel

Name = TypeVar("Name")
Part = TypeVar("Part")
Load = Callable[[], Sequence[object]]
"""Imports and makes some parts: panels, other owners of actions, handlers by their actions' ids."""

_PAUSE = 0.02
"""Seconds in which a key may come between two parts."""


class Late(dict[Name, Part]):
    """Parts by their names; a name that is not there yet is loaded when it is asked for."""

    def __init__(self, load_next: Callable[[], bool]) -> None:
        """Load more through ``load_next``, which returns whether there was more."""
        super().__init__()
        self._load_next = load_next

    def __missing__(self, name: Name) -> Part:
        while name not in self:
            if not self._load_next():
                raise KeyError(name)
        return self[name]


class Parts:
    """The panels of a screen by place, and what carries out its actions by their ids."""

    def __init__(self, *owners: object, later: Iterable[Load]) -> None:
        """Begin with some owners; the others come ``later``."""
        self.panels: dict[Place, Panel[Any]] = Late(self.load_next)
        self.handlers: dict[str, Handler] = Late(self.load_next)
        self._later = deque(later)
        self._add(owners)

    def load_next(self) -> bool:
        """Load what comes next; return whether there was anything."""
        if not self._later:
            return False
        self._add(self._later.popleft()())
        return True

    def load_rest(self, call_later: Callable[[float, Callable[[], None]], object]) -> None:
        """Load all that is left, with a pause after each part."""
        if self.load_next():
            call_later(_PAUSE, lambda: self.load_rest(call_later))

    def _add(self, owners: Sequence[object]) -> None:
        for owner in owners:
            self.handlers.update(owner if isinstance(owner, dict) else handlers_of(owner))
            if isinstance(owner, Panel):
                self.panels[owner.place] = owner
