from __future__ import annotations

import os
import pty
import tty
from queue import Queue
from threading import Event, Thread

import pytest
from textual import events
from textual.message import Message

from vhtui.ui.paint.typed import KeyParser, read_keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("\x1b\t", ["escape", "tab"]),
        ("\x1b,", ["escape", "comma"]),
        ("\x1b/x", ["escape", "slash", "x"]),
        ("\x1b1", ["escape", "1"]),
        ("\x1b\r", ["escape", "enter"]),
        ("\x1b \x1b ", ["escape", "space", "escape", "space"]),
        ("\x1b\x15", ["escape", "ctrl+u"]),
        ("\x1b[", ["escape", "left_square_bracket"]),
        ("\x1b\x1b[A", ["escape", "up"]),
        ("\x1b[A\x1b[6~\x1bOP", ["up", "pagedown", "f1"]),
        ("\x1bj", ["alt+j"]),
        ("\x1b\x7f", ["ctrl+w"]),
    ],
)
def test_esc_is_a_key_of_its_own_whatever_comes_with_it(text: str, keys: list[str]) -> None:
    parser = KeyParser(False)
    found = [*parser.feed(text), *parser.feed("")]
    assert [each.key for each in found if isinstance(each, events.Key)] == keys


def test_a_terminal_is_read_until_it_is_closed_and_odd_bytes_do_no_harm() -> None:
    ours, terminal = pty.openpty()
    tty.setraw(terminal)
    heard: Queue[Message] = Queue()
    reader = Thread(target=read_keys, args=(terminal, Event(), heard.put))
    reader.start()
    os.write(ours, b"a\xff\x1b,\x1b[200~two\nlines\x1b[201~")
    found = [heard.get(timeout=10) for _ in range(5)]
    assert [each.key for each in found if isinstance(each, events.Key)][::2] == ["a", "escape"]
    assert isinstance(found[-1], events.Paste) and found[-1].text == "two\nlines"
    os.close(ours)
    reader.join(10)
    assert not reader.is_alive()
    os.close(terminal)
