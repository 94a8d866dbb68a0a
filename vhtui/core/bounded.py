"""Reading that may take long, given up after some seconds or when nobody waits for it."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator

from vhtui.core import search
from vhtui.core.database import Database
from vhtui.errors import VhtuiError

SECONDS = 15.0

_STEPS_A_LOOK = 50_000


class TooLongError(VhtuiError):
    """A question took longer than is reasonable, or is of no use any more."""


def _never() -> bool:
    return False


@contextlib.contextmanager
def bounded(
    database: Database, given_up: Callable[[], bool] = _never, *, seconds: float = SECONDS
) -> Iterator[sqlite3.Connection]:
    """Give this thread's reader for so long; TooLongError when it is over, or was ``given_up``."""
    reader = database.reader()
    until = time.monotonic() + seconds
    reader.set_progress_handler(lambda: time.monotonic() > until or given_up(), _STEPS_A_LOOK)
    try:
        yield reader
    except sqlite3.OperationalError as error:
        if str(error) == "interrupted":
            raise TooLongError(f"this takes more than {seconds:.0f} s") from None
        raise search.explained(error) from error
    finally:
        reader.set_progress_handler(None, 0)
