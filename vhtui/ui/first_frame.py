"""The first frame: the last place's rows on the terminal before anything large is loaded.

It is drawn straight from the store, stands until the interface takes over, and is taken down
again where that never happens. From here on the terminal does not echo: what is typed waits in
its buffer, where the interface finds it.
"""

from __future__ import annotations

import os
import sys

from vhtui.ui.paint.cells import Row, blank_row
from vhtui.ui.paint.charset import encoded
from vhtui.ui.paint.writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

_standing: FirstFrame | None = None


class FirstFrame:
    """Rows on the alternate screen of a terminal, and how the terminal was before."""

    def __init__(self, rows: Sequence[Row], descriptor: int) -> None:
        """Show the rows now; raises OSError or termios.error where that cannot be."""
        import termios

        self.rows = list(rows)
        self.attributes: list[Any] = termios.tcgetattr(descriptor)
        self._descriptor = descriptor
        self._is_handed_over = False
        termios.tcsetattr(descriptor, termios.TCSANOW, _raw(self.attributes))
        width = len(rows[0])
        writer = Writer(width, erases=False)
        writer.raw("\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J")
        for y, row in enumerate(rows):
            writer.turn(y, blank_row(width), row)
        _write(writer.finish())

    def hand_over(self) -> None:
        """Let another take the terminal and leave the alternate screen in the end."""
        global _standing
        _standing = None
        self._is_handed_over = True

    def take_down(self) -> None:
        """Leave the terminal as it was."""
        import termios

        global _standing
        _standing = None
        if not self._is_handed_over:
            _write("\x1b[?7h\x1b[?1049l\x1b[?25h")
        termios.tcsetattr(self._descriptor, termios.TCSANOW, self.attributes)


def standing() -> FirstFrame | None:
    """Return the first frame while it stands and nobody has taken over."""
    return _standing


def show(environ: Mapping[str, str]) -> None:
    """Draw the first frame where there is a terminal and a library; else do nothing.

    What is wrong here is explained by what comes after.
    """
    global _standing
    library = _library_file(environ)
    if library is None or environ.get("TERM", "") in ("", "dumb"):
        return
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        return
    import termios

    from vhtui.core.glance import Glance, GlanceError
    from vhtui.ui.first_rows import draw

    try:
        rows = draw(Glance(library), *_size(environ))
        if rows is not None:
            _standing = FirstFrame(rows, sys.stdin.fileno())
            _end_on_signals()
    except (GlanceError, OSError, ValueError, termios.error):
        return


def take_down() -> None:
    """Leave the terminal as it was, if the first frame still stands."""
    if _standing is not None:
        _standing.take_down()


def _end_on_signals() -> None:
    """Until the interface handles them, let no signal leave the terminal as it is now."""
    import signal  # loaded while the frame stands already

    def end(number: int, _: object) -> None:
        take_down()
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def _library_file(environ: Mapping[str, str]) -> str | None:
    """Return the library's path where vhtui is set up, by the rules of ``config.Paths``."""
    home = environ.get("HOME", "")
    config = environ.get("VHTUI_CONFIG_DIR") or (
        environ.get("XDG_CONFIG_HOME", f"{home}/.config") + "/vhtui"
    )
    data = environ.get("VHTUI_DATA_DIR") or (
        environ.get("XDG_DATA_HOME", f"{home}/.local/share") + "/vhtui"
    )
    files = [f"{config}/config.toml", f"{data}/library.db"]
    return files[1] if all(os.access(file, os.R_OK) for file in files) else None


def _size(environ: Mapping[str, str]) -> tuple[int, int]:
    """Return the terminal's columns and lines, as Textual finds them."""
    columns, lines = os.get_terminal_size(sys.stdout.fileno())
    return int(environ.get("COLUMNS") or columns), int(environ.get("LINES") or lines)


def _write(text: str) -> None:
    data = encoded(text)
    while data:
        data = data[os.write(sys.stdout.fileno(), data) :]


def _raw(attributes: list[Any]) -> list[Any]:
    """Return a terminal's attributes without echo, lines and signals, as Textual sets them."""
    import termios

    input_flags, output, control, local, *rest, characters = attributes
    input_flags &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    local &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
    characters = list(characters)
    characters[termios.VMIN] = 1
    return [input_flags, output, control, local, *rest, characters]
