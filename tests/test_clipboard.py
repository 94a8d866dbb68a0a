"""The way a copy takes, and that no more is said than is known."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from vhtui.clipboard import LARGEST_OSC52, LONGEST_SCREEN_STRING, Clipboard, Copied, run_briefly

TMUX = {"TMUX": "/tmp/tmux-0/default,1,0"}
SSH = {"SSH_CONNECTION": "a b c d", "DISPLAY": ":10"}
DISPLAY = {"WAYLAND_DISPLAY": "wayland-0"}


@dataclass
class Outside:
    """The ways to the outside, recorded: which exist, and what went through them."""

    file: Path
    statuses: dict[str, int] = field(default_factory=dict)
    has_display: bool = True
    has_terminal: bool = True
    ran: list[tuple[str, ...]] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    copied: list[str] = field(default_factory=list)

    def run(self, argv: Sequence[str], data: bytes, environ: Mapping[str, str]) -> int:
        self.ran.append(tuple(argv))
        return self.statuses.get(" ".join(argv), 127)

    def copy_locally(self, text: str) -> None:
        if not self.has_display:
            raise RuntimeError("no display")
        self.copied.append(text)

    def clipboard(self, environ: Mapping[str, str], setting: str = "auto") -> Clipboard:
        return Clipboard(
            environ,
            self.file,
            setting=setting,
            write_terminal=self.written.append if self.has_terminal else None,
            run=self.run,
            copy_locally=self.copy_locally,
            platform="linux",
        )


NEW_TMUX = {"tmux load-buffer -w -": 0}
OLD_TMUX = {"tmux load-buffer -w -": 1, "tmux load-buffer -": 0}


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(tmp_path / "state" / "clipboard.txt")


def test_inside_tmux(outside: Outside) -> None:
    outside.statuses = NEW_TMUX
    done = outside.clipboard(TMUX | SSH).copy("a\nb\n", "2 links")
    assert done == Copied("tmux", True, "Copied 2 links")
    assert outside.written == outside.copied == []


def test_inside_an_old_tmux(outside: Outside) -> None:
    outside.statuses = OLD_TMUX
    done = outside.clipboard(TMUX).copy("a", "1 link")
    assert done == Copied("tmux", True, "Copied 1 link to tmux's buffer")


def test_on_a_local_display(outside: Outside) -> None:
    done = outside.clipboard(DISPLAY).copy("a", "1 link")
    assert done == Copied("pyperclip", True, "Copied 1 link")
    assert outside.copied == ["a"]
    assert outside.ran == []


def test_over_ssh_the_terminal_is_told_and_nobody_confirms(outside: Outside) -> None:
    done = outside.clipboard(SSH).copy("é\x1b]0;x\x07\n", "37 links")
    assert done == Copied("osc52", False, "Sent 37 links to the terminal")
    [sequence] = outside.written
    assert sequence.startswith("\x1b]52;c;")
    assert sequence.endswith("\x07")
    assert b64decode(sequence[7:-1]).decode() == "é]0;x"
    assert outside.copied == []


def test_inside_screen_the_sequence_is_handed_on_in_pieces(outside: Outside) -> None:
    text = "x" * 5_000
    done = outside.clipboard(SSH | {"STY": "1.pts-0.host"}).copy(text, "37 links")
    assert done == Copied("osc52", False, "Sent 37 links to the terminal")
    [written] = outside.written
    pieces = written.split("\x1b\\")
    assert pieces.pop() == "" and len(pieces) > 1
    assert all(len(piece) + 2 <= LONGEST_SCREEN_STRING for piece in pieces)
    sequence = "".join(piece.removeprefix("\x1bP") for piece in pieces)
    assert sequence.startswith("\x1b]52;c;") and sequence.endswith("\x07")
    assert b64decode(sequence[7:-1]).decode() == text


def test_a_way_that_fails_leads_to_the_next(outside: Outside) -> None:
    outside.has_display = False
    done = outside.clipboard(TMUX | DISPLAY).copy("a")
    assert done.way == "osc52"
    assert len(outside.ran) == 2
    outside.has_terminal = False
    done = outside.clipboard(TMUX | DISPLAY).copy("a", "1 link")
    assert done == Copied("file", True, f"Wrote 1 link to {outside.file}")


@pytest.mark.parametrize(
    ("setting", "way"),
    [("tmux", "tmux"), ("pyperclip", "pyperclip"), ("osc52", "osc52"), ("file", "file")],
)
def test_the_setting_comes_first(outside: Outside, setting: str, way: str) -> None:
    outside.statuses = NEW_TMUX
    assert outside.clipboard({}, setting).copy("a").way == way
    assert outside.clipboard(TMUX | DISPLAY, setting).copy("a").way == way


def test_the_file_is_always_written_and_private(outside: Outside) -> None:
    outside.clipboard(SSH).copy("first", "it")
    outside.clipboard(SSH).copy("a\nb\x00\n", "it")
    assert outside.file.read_text() == "a\nb"
    assert stat.S_IMODE(outside.file.stat().st_mode) == 0o600
    assert [each.name for each in outside.file.parent.iterdir()] == ["clipboard.txt"]
    outside.clipboard(SSH).copy("a\nb", lines=False)
    assert outside.file.read_text() == "a b"


def test_too_long_for_the_terminal(outside: Outside) -> None:
    fits = "x" * (LARGEST_OSC52 // 4 * 3)
    assert outside.clipboard(SSH).copy(fits).way == "osc52"
    done = outside.clipboard(SSH).copy(fits + "xxx", "9 links")
    sentence = f"Too long for the terminal: wrote 9 links to {outside.file}"
    assert done == Copied("file", True, sentence)
    assert len(outside.written) == 1
    outside.statuses = NEW_TMUX
    done = outside.clipboard(TMUX).copy(fits + "xxx", "9 links")
    assert (done.way, done.confirmed) == ("tmux", True)
    assert str(outside.file) in done.sentence


def test_when_nothing_takes_it(outside: Outside) -> None:
    outside.has_terminal = False
    outside.file.mkdir(parents=True)
    done = outside.clipboard(SSH).copy("a", "1 link")
    assert done == Copied("none", False, f"Could not copy 1 link: {outside.file} is not writable")


def test_run_briefly() -> None:
    assert (
        run_briefly(("sh", "-c", 'test "$(cat)" = "$X"'), b"data", os.environ | {"X": "data"}) == 0
    )
    assert run_briefly(("sh", "-c", "exit 3"), b"", os.environ) == 3
    assert run_briefly(("/no/such/program",), b"", os.environ) == 127


if shutil.which("tmux"):

    def test_a_real_tmux_takes_it(tmp_path: Path) -> None:
        socket = tmp_path / "s"
        plain = {key: value for key, value in os.environ.items() if not key.startswith("TMUX")}

        def tmux(*argv: str) -> str:
            command = ("tmux", "-S", str(socket), "-f", os.devnull, *argv)
            return subprocess.run(
                command, env=plain, capture_output=True, text=True, check=True, timeout=10
            ).stdout

        tmux("new-session", "-d", "cat")
        try:
            environ = plain | {"TMUX": f"{socket},1,0"}
            text = "https://voe.sx/e/abcdefabcdef\n" * 5000
            done = Clipboard(environ, tmp_path / "clipboard.txt").copy(text, "5 000 links")
            assert (done.way, done.confirmed) == ("tmux", True)
            assert tmux("show-buffer") == text.rstrip("\n")
        finally:
            tmux("kill-server")
