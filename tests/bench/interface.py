"""Start, keys and memory beside the peers, in a pty: ``python -m tests.bench.interface [FILES]``.

Start: exec to the first frame, and to the whole interface. Keys: from the byte sent to the last
byte of the answer, the bytes written, and the CPU used. Only ratios within one run mean something.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.bench.library import environment, make
from tests.bench.peers import Peer, cpu_ms, home, installed, make_directory, memory_mb
from tests.bench.terminal import Terminal

RUNS = 9
KEYS = 40
FEW, FILES = 100, 100_000
PAGES = ("\x1b[6~", "\x1b[5~")
OURS = Peer((sys.executable, "-m", "vhtui"))

HELLO = """
from textual.app import App
from textual.widgets import Static
class Hello(App):
    def compose(self):
        yield Static("Hello, World")
Hello().run()
"""
BARE = """
from textual.app import App
from textual.widgets import DataTable, Footer, Tree
class Bare(App):
    BINDINGS = [("q", "quit", "Quit"), ("r", "rename", "Rename")]
    def compose(self):
        yield Tree("folders")
        yield DataTable()
        yield Footer()
    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns("name", "size")
        table.add_rows([(f"The.Harbour.S000E{n:02}", "700 MB") for n in range(40)])
Bare().run()
"""


class Figures(NamedTuple):
    """Of a kind of key: the median milliseconds and bytes, and the mean milliseconds of CPU."""

    milliseconds: float
    size: float
    cpu: float


def start_ms(argv: Sequence[str], environ: Mapping[str, str], text: str) -> float:
    """Return the median milliseconds from exec to a text on the screen."""
    times = []
    for _ in range(RUNS + 1):
        terminal = Terminal(argv, environ, emulate=False)
        try:
            times.append(terminal.wait_for(text) * 1000)
        finally:
            terminal.close()
    return statistics.median(times[1:])


def key_figures(terminal: Terminal, peer: Peer) -> dict[str, Figures]:
    """Return the figures of a cursor move, a scrolled row and a page."""
    figures = {"cursor": _median(terminal, [peer.down, peer.up] * (KEYS // 2))}
    for _ in range(45):
        terminal.key(peer.down)
    figures["scroll"] = _median(terminal, [peer.down] * KEYS)
    figures["page"] = _median(terminal, PAGES * (KEYS // 4))
    return figures


def _median(terminal: Terminal, keys: Sequence[str]) -> Figures:
    before = cpu_ms(terminal.pid)
    measured = [terminal.key(key) for key in keys]
    return Figures(
        statistics.median(seconds for seconds, _ in measured) * 1000,
        statistics.median(size for _, size in measured),
        (cpu_ms(terminal.pid) - before) / len(keys),
    )


def measure_start(root: Path, peers: Mapping[str, Peer]) -> None:
    """Print how long everything takes to start."""
    library = root / "start"
    make(library, 100)
    ours = environment(os.environ, library)
    empty = make_directory(root / "empty", 0)
    hello = start_ms([sys.executable, "-c", HELLO], ours, "Hello, World")
    bare = start_ms([sys.executable, "-c", BARE], ours, "S000E05")
    whole = start_ms(OURS.argv, ours, "help")
    first = start_ms(OURS.argv, ours, "S000E00")
    print(f"start: hello-world Textual app                   {hello:6.0f} ms")
    print(f"start: bare Textual app with tree, table, footer {bare:6.0f} ms")
    print(
        f"start: vhtui, the whole interface                {whole:6.0f} ms"
        f"  {whole / hello:.2f} and {whole / bare:.2f}"
    )
    print(f"start: vhtui, the first frame                    {first:6.0f} ms  {first / hello:.2f}")
    if "ranger" in peers:
        argv = [*peers["ranger"].argv, str(empty)]
        ranger = start_ms(argv, home(ours, root / "home"), "empty")
        print(f"start: ranger on an empty directory              {ranger:6.0f} ms")
        print(f"       the first frame against it                            {first / ranger:.2f}")


def measure_keys(root: Path, peers: Mapping[str, Peer], files: int) -> None:
    """Print what keys cost with many files, for every program."""
    libraries = {count: root / f"library-{count}" for count in (FEW, files)}
    for count, library in libraries.items():
        make(library, count)
    directory = make_directory(root / "directory", min(files, FILES))
    kinds = "".join(f"{kind:>21}" for kind in ("cursor, CPU", "scrolled row, CPU", "page, CPU"))
    print(f"\n{'':8}{kinds} {'memory':>9}")
    ours = environment(os.environ, libraries[files])
    runs = [
        ("vhtui", OURS, [*OURS.argv], environment(os.environ, library), count)
        for count, library in libraries.items()
    ]
    runs += [
        (name, peer, [*peer.argv, str(directory)], home(ours, root / "home"), min(files, FILES))
        for name, peer in peers.items()
    ]
    for name, peer, argv, environ, count in runs:
        terminal = Terminal(argv, environ, emulate=False)
        try:
            terminal.wait_for("S000E0", 120)
            terminal.settle(3.0)
            figures = key_figures(terminal, peer)
            memory = memory_mb(terminal.pid)
        finally:
            terminal.close()
        columns = "".join(
            f"{f.milliseconds:7.1f} ms{f.size:5.0f} B{f.cpu:5.1f}" for f in figures.values()
        )
        print(f"{name:8}{columns} {memory:6.0f} MB  ({count} files)")


def main() -> None:
    """Measure and print."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else FILES
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        peers = installed()
        measure_start(root, peers)
        measure_keys(root, peers, files)


if __name__ == "__main__":
    main()
