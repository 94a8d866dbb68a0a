"""The person's own editor, for texts that are better edited there."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from vhtui.errors import UsageError

if TYPE_CHECKING:
    from textual.app import App

_NO_CHANGE = "this changes nothing"


async def edit_text(app: App[int], text: str, name: str) -> str:
    """Have a text edited in $VISUAL or $EDITOR (or vi) and return it.

    The file is called ``name``, in a directory that only the person can read. While the editor has
    the terminal, the engine goes on and nothing is drawn. Raises UsageError when there is no
    terminal to give away, or when the editor fails.
    """
    from textual.app import SuspendNotSupported

    command = _command()
    with TemporaryDirectory(prefix="vhtui-") as directory:
        path = Path(directory) / name
        path.write_bytes(text.encode("utf-8", "replace"))
        try:
            with app.suspend(), app.batch_update(), _without_interrupts():
                ended = await asyncio.to_thread(subprocess.run, [*command, str(path)], check=False)
        except SuspendNotSupported:
            raise UsageError(f"an editor needs a terminal of its own: {_NO_CHANGE}") from None
        except OSError as error:
            raise UsageError(f"{command[0]} cannot be run ({error}): {_NO_CHANGE}") from error
        if ended.returncode:
            raise UsageError(f"{command[0]} failed ({ended.returncode}): {_NO_CHANGE}")
        try:
            return path.read_bytes().decode("utf-8")
        except (OSError, UnicodeError) as error:
            raise UsageError(f"what was edited cannot be read ({error}): {_NO_CHANGE}") from error


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Leave ctrl+c to the editor: it is sent to everything in the foreground."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _command() -> list[str]:
    wanted = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        command = shlex.split(wanted)
    except ValueError as error:
        raise UsageError(f"$EDITOR is {wanted!r}, which is no command ({error})") from error
    if not command:
        raise UsageError("$EDITOR is empty: it names no command")
    return command
