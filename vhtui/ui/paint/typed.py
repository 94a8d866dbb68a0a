"""What is typed, as it comes from the terminal: Esc is a key of its own, whatever follows at once.

tmux holds Esc back for its ``escape-time`` (half a second, unless it is a new one) and sends it
together with the key after it; a slow line does the same. Textual 8.2.8 makes one key of the two
(Esc and Tab become shift+tab), or forgets the Esc. Letters are left to it: ``keyqueue.apart``
knows which keys with alt mean something.
"""

from __future__ import annotations

import os
import selectors
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Event

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.message import Message
from typing_extensions import override

_ESC = "\x1b"
_GOES_ON = "[O]P_^X\\N\x1b"
"""What begins a longer sequence after Esc."""
_TOGETHER = "\x7f\b"
"""What is one key with alt: backspace."""
_READ = 4096
_WAIT = 0.1


class KeyParser(XTermParser):
    """Turns what a terminal sends into keys, pastes and answers."""

    @override
    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        key = sequence[-1:]
        is_whole = alt or (
            len(sequence) == 2 and sequence[0] == _ESC and key not in _GOES_ON + _TOGETHER
        )
        if is_whole and not key.isalpha():
            yield events.Key("escape", _ESC)
            sequence, alt = key, False
        yield from super()._sequence_to_key_events(sequence, alt)


def read_keys(
    descriptor: int, is_over: Event, take: Callable[[Message], object], *, debug: bool = False
) -> None:
    """Read a terminal until it is over, or closed, and give out what was typed."""
    parser = KeyParser(debug)
    decode = getincrementaldecoder("utf-8")("replace").decode
    with selectors.SelectSelector() as selector, suppress(OSError):
        selector.register(descriptor, selectors.EVENT_READ)
        while not is_over.is_set():
            if selector.select(_WAIT):
                data = os.read(descriptor, _READ)
                if not data:
                    break
                if text := decode(data):
                    _give(parser.feed(text), take)
            _give(parser.tick(), take)
    with suppress(EOFError, ParseError):
        _give(parser.feed(""), take)


def _give(messages: Iterable[Message], take: Callable[[Message], object]) -> None:
    for message in messages:
        take(message)
