"""How the methods that carry out actions are found: each says the ids it answers to."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Handler = Callable[..., Coroutine[Any, Any, None] | None]
"""Carries out an action at once, or returns what is still to be awaited.

What an action works on is looked up before the coroutine is returned: by the time it runs, the
next key may have moved the cursor.
"""

Method = TypeVar("Method", bound=Callable[..., Any])


def does(*action_ids: str) -> Callable[[Method], Method]:
    """Say which actions a method carries out."""

    def tell(method: Method) -> Method:
        method.__dict__["action_ids"] = action_ids
        return method

    return tell


def handlers_of(*owners: object) -> dict[str, Handler]:
    """Return the handlers of objects by action id."""
    found: dict[str, Handler] = {}
    for owner in owners:
        for name in dir(type(owner)):
            method = getattr(type(owner), name, None)
            for action_id in getattr(method, "action_ids", ()):
                found[action_id] = getattr(owner, name)
    return found
