"""What a key means: the table of actions with a person's own keys, and sequences of two keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace
from textual import events

from vhtui.errors import ConfigError
from vhtui.ui.keymap import ACTIONS, ANY, PREMIUM_ACTIONS, PRESETS, Action, Place

_NEVER = frozenset(
    {"ctrl+s", "ctrl+h", "ctrl+i", "ctrl+m", "ctrl+j", "ctrl+space", "ctrl+@", "shift+enter"}
    | {"ctrl+c", "ctrl+q"}
)
_NAMED_KEY = re.compile(
    r"(ctrl\+|alt\+|shift\+)*"
    r"([a-z]|up|down|left|right|home|end|pageup|pagedown|insert|delete|backspace|enter|tab|escape"
    r"|space|f[1-9]|f1[0-9]|f2[0-4])"
)


class Keymap:
    """The table with a preset's and a person's own keys, ready to be asked."""

    def __init__(self, actions: Iterable[Action] = ACTIONS) -> None:
        """Index the actions by id, and by key for each place; a clash is a ConfigError."""
        self.actions = tuple(actions)
        self.by_id = {action.id: action for action in self.actions}
        self.used = frozenset(
            part for action in self.actions for key in action.keys for part in key.split(" ")
        )
        self._keys: dict[Place, dict[str, Action]] = {place: {} for place in Place}
        self._prefixes: dict[Place, dict[str, list[tuple[str, Action]]]] = {}
        clashes: list[str] = []
        for place in Place:
            clashes += self._index(place)
        if clashes:
            raise ConfigError("; ".join(dict.fromkeys(clashes)))

    def _index(self, place: Place) -> list[str]:
        clashes: list[str] = []
        keys = self._keys[place]
        prefixes = self._prefixes.setdefault(place, {})
        for action in self.at(place):
            for key in action.keys:
                if key in keys and keys[key] is not action:
                    clashes.append(_clash(key, keys[key], action))
                keys[key] = action
                first, _, second = key.partition(" ")
                if second:
                    prefixes.setdefault(first, []).append((second, action))
        for first, seconds in prefixes.items():
            if first in keys:
                clashes.append(_clash(first, keys[first], seconds[0][1]))
        return clashes

    def at(self, place: Place) -> list[Action]:
        """Return the actions of a place, in the table's order."""
        return [action for action in self.actions if place in action.places]

    def find(self, place: Place, sequence: str) -> tuple[Action, str] | None:
        """Return what a key or a sequence means here, with the character an action is given."""
        keys = self._keys[place]
        if sequence in keys:
            return keys[sequence], ""
        first, _, second = sequence.partition(" ")
        if len(second) == 1 and (action := keys.get(f"{first} {ANY}")):
            return action, second
        return None

    def seconds(self, place: Place, first: str) -> list[tuple[str, Action]]:
        """Return the second keys that may follow a first one here; none: it starts no sequence."""
        return self._prefixes[place].get(first, [])

    def key_of(self, action_id: str) -> str:
        """Return the first key of an action, as shown to people; empty where it has none."""
        keys = self.by_id[action_id].keys
        return shown(keys[0]) if keys else ""


def _clash(key: str, one: Action, other: Action) -> str:
    where = ", ".join(sorted(one.places & other.places))
    return f"the key {shown(key)!r} is given to both {one.id} and {other.id} (in {where})"


def build(preset: str, own: Mapping[str, str], *, premium: bool = False) -> Keymap:
    """Make the keymap of a preset with a person's own keys by action id.

    Without ``premium`` the actions that cost money do not exist, whatever keys they are given.

    Several keys for one action are written with `` | `` between them: ``"r | f2"``.
    Raises ConfigError with everything that is wrong: an unknown preset, unknown ids, keys that
    terminals do not send, and clashes.
    """
    if preset not in PRESETS:
        raise ConfigError(f"there is no keys preset {preset!r}: use {', '.join(PRESETS)}")
    keys = dict(PRESETS[preset])
    known = {action.id for action in (*ACTIONS, *PREMIUM_ACTIONS)}
    faults: list[str] = []
    for action_id, wanted in own.items():
        if action_id not in known:
            faults.append(f"there is no action {action_id!r}")
            continue
        keys[action_id] = tuple(wanted.split(" | "))
        faults += [fault for key in keys[action_id] if (fault := _fault(action_id, key))]
    if faults:
        raise ConfigError("; ".join(faults))
    return Keymap(
        replace(action, keys=keys[action.id]) if action.id in keys else action
        for action in (*ACTIONS, *(PREMIUM_ACTIONS if premium else ()))
    )


def _fault(action_id: str, sequence: str) -> str | None:
    parts = sequence.split(" ")
    if not 1 <= len(parts) <= 2 or not all(parts):
        return f"{action_id}: {sequence!r} is neither a key nor two keys with a space between"
    for part in parts:
        if part in _NEVER:
            return f"{action_id}: {part!r} cannot be used: terminals or vhtui itself take it"
        if not (len(part) == 1 and part.isprintable()) and not _NAMED_KEY.fullmatch(part):
            return f"{action_id}: there is no key {part!r}"
    return None


_SHOWN = {"pagedown": "PgDn", "pageup": "PgUp", "escape": "Esc", "up": "↑", "down": "↓"} | {
    name: name.capitalize()
    for name in ("enter", "tab", "space", "home", "end", "backspace", "insert", "delete")
} | {"left": "←", "right": "→"}  # fmt: skip


def shown(sequence: str) -> str:
    """Return a key or sequence as people read it: "c l", "Enter", "ctrl+a", "B…"."""
    parts = sequence.split(" ")
    if len(parts) == 2 and parts[1] == ANY:
        return f"{parts[0]}…"
    words = [_SHOWN.get(part) or _shown_function(part) for part in parts]
    return " ".join(words)


def _shown_function(key: str) -> str:
    return key.upper() if len(key) > 1 and key[0] == "f" and key[1:].isdigit() else key


def token(event: events.Key) -> str:
    """Return how a key press is written in the table."""
    if event.character and event.character.isprintable() and event.character != " ":
        return event.character
    return event.key


class Press(Struct, frozen=True):
    """What a key press came to: an action with its argument, or a wait for the second key.

    ``swallowed`` says that the key ended or broke a sequence and means nothing else.
    """

    action: Action | None = None
    argument: str = ""
    pending: str = ""
    swallowed: bool = False


class KeyReader:
    """Reads key presses one by one and remembers the first key of a sequence."""

    def __init__(self, keymap: Keymap) -> None:
        """Start with no key pending."""
        self.keymap = keymap
        self.pending = ""

    def read(self, place: Place, key: str) -> Press:
        """Take one key press at a place."""
        first, self.pending = self.pending, ""
        if first:
            if key == "escape":
                return Press(swallowed=True)
            found = self.keymap.find(place, f"{first} {key}")
            return Press(*found) if found else Press(swallowed=True)
        if found := self.keymap.find(place, key):
            return Press(*found)
        if self.keymap.seconds(place, key):
            self.pending = key
            return Press(pending=key)
        return Press()
