"""Keys one after the other: each takes its full effect before the next one is looked at.

Textual gives a key to the widget that has the focus at that moment, and lets what the widget does
not want bubble up, which takes several turns of the loop. When keys come in a burst (a slow line, a
macro, fast fingers) the next key would be given out meanwhile: to a table whose input is about to
open, so that letters of a title become commands, or to an input whose ctrl+u is still on its way
up. Here a key waits until the one before it has gone all the way, and until what it opened is open.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Container, Sequence

from textual import events
from textual.app import App
from textual.keys import _character_to_key
from textual.message_pump import MessagePump
from textual.widgets import Input

_PATIENCE = 0.5
"""Seconds a key may hold up the next one; an action that takes longer goes on beside it."""
_TURN = 0.002


def apart(event: events.Event, taken: Container[str]) -> Sequence[events.Event]:
    """Return Esc and the key after it where the terminal made one key with alt of them.

    tmux does so with what follows Esc within its ``escape-time``, half a second by default, and a
    slow line with what arrives together. Keys with alt that mean something, ``taken``, stay.
    """
    if not isinstance(event, events.Key) or not event.key.startswith("alt+"):
        return (event,)
    if event.key in taken or event.character is None or not event.is_printable:
        return (event,)
    key = events.Key(_character_to_key(event.character), event.character)
    return events.Key("escape", "\x1b"), key


class KeyQueue:
    """Hands keys and pastes out in order."""

    def __init__(
        self,
        app: App[int],
        give_out: Callable[[events.Event], Awaitable[None]],
        is_opening: Callable[[], bool],
        take: Callable[[events.Event], bool],
    ) -> None:
        """Give out through ``give_out``; ``is_opening``: an action may still open an input.

        ``take`` is offered every key first, and returns whether it has taken its full effect.
        """
        self._app = app
        self._give_out = give_out
        self._is_opening = is_opening
        self._take = take
        self._waiting: asyncio.Queue[events.Event] = asyncio.Queue()

    def put(self, event: events.Event) -> None:
        """Add a key or a paste."""
        self._waiting.put_nowait(event)

    @property
    def is_empty(self) -> bool:
        """Whether no key waits."""
        return self._waiting.empty()

    async def run(self) -> None:
        """Hand out until cancelled."""
        while True:
            event = await self._waiting.get()
            if self._take(event):
                await asyncio.sleep(0)  # where many wait, others have their turn between
                continue
            await self._is_its_turn()
            is_asked = self._app.screen.is_modal or isinstance(self._app.focused, Input)
            await self._give_out(event)
            await self._gone_all_the_way()
            if is_asked:
                # An answer is a message of its own, and so is the closing that follows it.
                await self._gone_all_the_way()
                await self._gone_all_the_way()
            if self._is_opening():
                deadline = time.monotonic() + _PATIENCE
                while self._is_opening() and time.monotonic() < deadline:
                    await asyncio.sleep(_TURN)
                await self._gone_all_the_way()

    async def _is_its_turn(self) -> None:
        """Wait until the app has handed out what came before, such as a click."""
        turn = asyncio.Event()
        if self._app.call_later(turn.set):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    await turn.wait()

    async def _gone_all_the_way(self) -> None:
        """Wait until what was posted so far has bubbled from the focused widget to the app."""
        arrived = asyncio.Event()

        def hop(node: MessagePump | None) -> None:
            while node is not None and not (node.is_running and node.call_later(hop, node._parent)):
                node = node._parent
            if node is None:
                arrived.set()

        hop(self._app.focused or self._app.screen)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await arrived.wait()
