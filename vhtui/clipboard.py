"""The way to the person's clipboard, which is often at the other end of an SSH line.

The ways, in order: what the settings say; tmux's buffer (a raw OSC 52 is lost inside tmux); the
display of this machine; the terminal itself by OSC 52, which GNU screen is asked to hand on. A
file is always written too.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from vhtui.atomic import write_atomically
from vhtui.text import clean_for_clipboard

LARGEST_OSC52 = 74_994
"""The bytes of base64 that terminals are known to take in one OSC 52."""
LONGEST_SCREEN_STRING = 768
"""The bytes of a string sequence that GNU screen hands on; it cuts longer ones off."""

Runner = Callable[[Sequence[str], bytes, Mapping[str, str]], int]
"""Runs a program with this input and environment; returns its exit status."""


class Copied(Struct, frozen=True):
    """What became of a copy: the way it took, whether somebody confirmed it, and all in words."""

    way: str  # tmux, pyperclip, osc52, file or none
    confirmed: bool
    sentence: str


class Clipboard:
    """Copies text by the best way at hand. It blocks for a moment: call it in a thread."""

    def __init__(
        self,
        environ: Mapping[str, str],
        file: Path,
        *,
        setting: str = "auto",
        write_terminal: Callable[[str], None] | None = None,
        run: Runner | None = None,
        copy_locally: Callable[[str], None] | None = None,
        platform: str | None = None,
    ) -> None:
        """Take the ways to the outside.

        ``file`` is where each copy is kept, ``setting`` is ``[interface] clipboard``;
        ``write_terminal`` writes to the terminal as it is, None where there is none.
        """
        import sys

        self._environ = environ
        self._file = file
        self._setting = setting
        self._write_terminal = write_terminal
        self._run = run or run_briefly
        self._copy_locally = copy_locally or _copy_with_pyperclip
        self._platform = platform or sys.platform

    def copy(self, text: str, noun: str = "the text", *, lines: bool = True) -> Copied:
        """Copy text, told of as ``noun`` ("37 embed links"); never raises for a missing way.

        Control characters do not get through, nor a newline at the end; with ``lines`` False no
        newline at all.
        """
        text = clean_for_clipboard(text, lines=lines)
        is_in_file = self._keep(text)
        is_long = _osc52_length(text) > LARGEST_OSC52
        for way in self._ways():
            copied = way(text, noun)
            if copied and copied.way == "tmux" and is_long and is_in_file:
                hint = f"; too long for many terminals, so also in {self._file}"
                return replace(copied, sentence=copied.sentence + hint)
            if copied:
                return copied
        if not is_in_file:
            return Copied("none", False, f"Could not copy {noun}: {self._file} is not writable")
        if is_long and self._setting in ("auto", "osc52"):
            where = f"wrote {noun} to {self._file}"
            return Copied("file", True, f"Too long for the terminal: {where}")
        return Copied("file", True, f"Wrote {noun} to {self._file}")

    def _ways(self) -> Iterator[Callable[[str, str], Copied | None]]:
        remote = self._environ.get("SSH_CONNECTION") or self._environ.get("SSH_TTY")
        display = self._environ.get("DISPLAY") or self._environ.get("WAYLAND_DISPLAY")
        is_local = not remote and (display or self._platform in ("darwin", "win32"))
        is_auto = self._setting == "auto"
        if self._setting == "tmux" or (is_auto and self._environ.get("TMUX")):
            yield self._by_tmux
        if self._setting == "pyperclip" or (is_auto and is_local):
            yield self._by_display
        if self._setting == "osc52" or is_auto:
            yield self._by_terminal

    def _keep(self, text: str) -> bool:
        try:
            write_atomically(self._file, text)
        except OSError:
            return False
        return True

    def _by_tmux(self, text: str, noun: str) -> Copied | None:
        data = text.encode()
        if self._run(("tmux", "load-buffer", "-w", "-"), data, self._environ) == 0:
            return Copied("tmux", True, f"Copied {noun}")
        if self._run(("tmux", "load-buffer", "-"), data, self._environ) == 0:  # before tmux 3.2
            return Copied("tmux", True, f"Copied {noun} to tmux's buffer")
        return None

    def _by_display(self, text: str, noun: str) -> Copied | None:
        try:
            self._copy_locally(text)
        except Exception:  # whatever program pyperclip found, it did not take the text
            return None
        return Copied("pyperclip", True, f"Copied {noun}")

    def _by_terminal(self, text: str, noun: str) -> Copied | None:
        if self._write_terminal is None or _osc52_length(text) > LARGEST_OSC52:
            return None
        payload = b64encode(text.encode()).decode("ascii")
        sequence = f"\x1b]52;c;{payload}\x07"
        if self._environ.get("STY") and not self._environ.get("TMUX"):
            sequence = _through_screen(sequence)
        try:
            self._write_terminal(sequence)
        except OSError:
            return None
        return Copied("osc52", False, f"Sent {noun} to the terminal")


def _through_screen(sequence: str) -> str:
    """Return a sequence so that GNU screen hands it on, in pieces that it takes."""
    size = LONGEST_SCREEN_STRING - len("\x1bP\x1b\\")
    pieces = (sequence[start : start + size] for start in range(0, len(sequence), size))
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)


def run_briefly(argv: Sequence[str], data: bytes, environ: Mapping[str, str]) -> int:
    """Run a program for at most 2 seconds and return its exit status, 127 where it has none."""
    import subprocess

    try:
        return subprocess.run(
            argv,
            input=data,
            env=dict(environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=2,
            check=False,
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return 127


def _osc52_length(text: str) -> int:
    return 4 * ((len(text.encode()) + 2) // 3)


def _copy_with_pyperclip(text: str) -> None:
    import pyperclip

    pyperclip.copy(text)
