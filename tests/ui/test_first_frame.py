"""The first frame on a real terminal, and the interface that takes over from it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bench.library import environment, make
from tests.bench.terminal import Terminal
from vhtui.core.glance import Glance
from vhtui.ui.first_rows import draw
from vhtui.ui.paint.cells import Row, blank_row, cells_of
from vhtui.ui.paint.wide import wide_cells
from vhtui.ui.sketch import Sketch

FOOTER = "? help"

Start = Callable[..., Terminal]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    make(tmp_path, 300)
    return tmp_path


@pytest.fixture
def start(library: Path) -> Iterator[Start]:
    """Start vhtui on the library, in a terminal of its own."""
    opened: list[Terminal] = []

    def start(
        columns: int = 120, rows: int = 40, term: str = "xterm-256color", **more: str
    ) -> Terminal:
        root = str(Path(__file__).parents[2])
        environ = {**environment(os.environ, library), "PYTHONPATH": root, "TERM": term, **more}
        argv = [sys.executable, "-m", "vhtui"]
        opened.append(Terminal(argv, environ, columns=columns, rows=rows))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()


def see(terminal: Terminal, text: str, seconds: float = 30.0) -> str:
    """Read until a text is on the screen; return the screen."""
    deadline = time.monotonic() + seconds
    while text not in terminal.text() and time.monotonic() < deadline:
        terminal.read(0.1)
    assert text in terminal.text(), terminal.text()
    return terminal.text()


def quit_and_wait(terminal: Terminal) -> None:
    terminal.send("q")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        terminal.read(0.1)
        if os.waitid(os.P_PID, terminal.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return
    raise AssertionError("vhtui did not end:\n" + terminal.text())


def test_keys_typed_before_the_interface_is_there_are_not_lost(start: Start) -> None:
    terminal = start()
    see(terminal, "S000E00")
    assert FOOTER not in terminal.text()
    terminal.send("jjj")
    see(terminal, FOOTER)
    assert see(terminal, ">The.Harbour.S000E03" if terminal.screen.columns < 100 else "E03.108")


def test_keys_typed_before_the_interface_is_there_reach_what_is_loaded_late(start: Start) -> None:
    terminal = start(80, 24)
    see(terminal, "S000E00")
    assert FOOTER not in terminal.text()
    terminal.send("jj w1 j".replace(" ", ""))
    see(terminal, ">The.Harbour.S000E03")


def test_the_interface_takes_over_without_a_change(start: Start) -> None:
    terminal = start(80, 24)
    see(terminal, FOOTER)
    for _ in range(30):
        terminal.send("j")
    see(terminal, ">The.Harbour.S000E30")
    terminal.settle()
    last = terminal.text().splitlines()
    quit_and_wait(terminal)

    terminal = start(80, 24)
    first = see(terminal, FOOTER).splitlines()
    rows = slice(0, 20)
    assert first[rows] == last[rows]
    deadline = time.monotonic() + 30
    while "offline" not in terminal.text() and time.monotonic() < deadline:
        terminal.read(0.1)
        assert terminal.text().splitlines()[1:20] == last[1:20]
    assert "offline" in terminal.text()  # the interface has taken over, and asked the host


@pytest.mark.parametrize(("columns", "rows", "term"), [
    (80, 24, "xterm-256color"), (120, 40, "xterm-256color"), (200, 50, "xterm-256color"),
    (120, 40, "dumb-unknown"),
])  # fmt: skip
def test_what_is_shown_is_what_a_whole_repaint_shows(
    start: Start, columns: int, rows: int, term: str
) -> None:
    terminal = start(columns, rows, term)
    see(terminal, FOOTER)
    see(terminal, "offline")  # the last thing that changes by itself
    terminal.settle()
    keys = "jjkjG k gg vjj\x1b".replace(" ", "") + "j" * 30 + "\x1b[6~\x1b[6~\x1b[5~kkk ,s w w i i"
    for key in keys.split():
        for letter in key if not key.startswith("\x1b") else [key]:
            terminal.key(letter, 0.05)
    terminal.settle()
    before = [list(line) for line in terminal.screen.display]
    terminal.screen.reset()
    os.kill(terminal.pid, signal.SIGWINCH)
    terminal.settle(1.0)
    assert [list(line) for line in terminal.screen.display] == before


def test_sigterm_during_the_first_frame_leaves_the_terminal_as_it_was(start: Start) -> None:
    terminal = start()
    see(terminal, "S000E00")
    os.kill(terminal.pid, signal.SIGTERM)
    seen = b""
    deadline = time.monotonic() + 10
    while b"\x1b[?1049l" not in seen and time.monotonic() < deadline:
        seen += terminal.read(0.1)
    assert b"\x1b[?1049l" in seen


def test_what_is_said_while_the_first_frame_stands_does_not_spoil_it(library: Path) -> None:
    code = (
        "import os; from vhtui.ui import first_frame; first_frame.show(os.environ);"
        "assert first_frame.standing();"
        "from vhtui.cli.output import say; say('the library is being prepared')"
    )
    root = str(Path(__file__).parents[2])
    environ = {**environment(os.environ, library), "PYTHONPATH": root}
    terminal = Terminal([sys.executable, "-c", code], environ)
    written = b""
    deadline = time.monotonic() + 30
    while b"prepared" not in written and time.monotonic() < deadline:
        written += terminal.read(0.1)
    terminal.close()
    frame, left, rest = written.partition(b"\x1b[?1049l")
    assert b"S000E00" in frame and left
    assert b"the library is being prepared" in rest


def test_a_terminal_of_another_charset_gets_what_it_can_show(start: Start) -> None:
    terminal = start(80, 24, LC_ALL="POSIX", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    written = b""
    deadline = time.monotonic() + 30
    while FOOTER.encode() not in written and time.monotonic() < deadline:
        written += terminal.read(0.1)
    assert written.isascii()
    assert " Name ^ " in terminal.text()
    assert "\\" not in terminal.text()
    quit_and_wait(terminal)


def test_what_cannot_be_shown_is_a_question_mark_a_cell() -> None:
    code = (
        "from vhtui.ui.paint.charset import shown; print(ascii(shown('x\u65e5\u672c \xe4e\u0301')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == r"'x???? \xe4e'"


def test_without_a_sketch_the_first_rows_are_drawn(library: Path) -> None:
    rows = draw(Glance(str(library / "data" / "library.db")), 70, 12)
    assert rows is not None
    assert [len(row) for row in rows] == [70] * 12
    texts = ["".join(text for text, _ in row) for row in rows]
    assert texts[0].startswith("main  /")
    assert texts[2].startswith(">The.Harbour.S000E00.1080p.WEB-DL.mkv")
    assert texts[3].startswith(" The.Harbour.S000E01")


def test_a_sketch_survives_being_kept() -> None:
    rows: list[Row] = [wide_cells("a日 b", "1;34"), cells_of("plain", ""), blank_row(5)]
    sketch = Sketch(
        rows,
        account="main",
        folder="0",
        at=(0, 1),
        size=(5, 2),
        columns=[("name", 4, "left")],
        pens={"": "", "error cursor": "7;31"},
        keys=[7, "12"],
        cursor=1,
    )
    kept = Sketch.decode(sketch.encode())
    assert vars(kept) == vars(sketch)


@pytest.mark.parametrize("text", ["", "2\tx", "nonsense", "1\ta\tb\t1\t2\n\n\n"])
def test_what_is_no_sketch_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Sketch.decode(text)
