"""The series of a folder and everything below it, read from the library; use a thread."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from vhtui.core.bounded import bounded
from vhtui.core.commands import TRASH_TITLE
from vhtui.core.store import Store
from vhtui.errors import UsageError
from vhtui.gaps import Series, Video, find_gaps, season_of
from vhtui.models import ROOT
from vhtui.text import count_words

MOST = 200_000
"""Files whose titles are read at once (some 20 µs each)."""

_BELOW = """
WITH RECURSIVE below(id) AS (
    SELECT :folder
    UNION SELECT c.id FROM below b JOIN folder c ON c.account = :account
        AND c.parent = b.id AND c.id <> :root AND :below
        AND NOT (c.parent = :root AND c.title = :trash)
)
"""
_FOLDERS = "below b JOIN folder d ON d.account = :account AND d.id = b.id"


def series_below(
    store: Store,
    account: str,
    folder: str,
    *,
    below: bool = True,
    given_up: Callable[[], bool] = lambda: False,
) -> list[Series]:
    """Return the series in a folder, and ``below`` it; what is in the trash does not count. In the
    folder of a season, the others are not missing: they are beside it.

    UsageError when there are more than ``MOST`` files, TooLongError when reading takes too long.
    """
    wanted = {
        "account": store.account_id(account),
        "folder": folder,
        "below": below,
        "root": ROOT,
        "trash": TRASH_TITLE,
    }
    with bounded(store.database, given_up) as reader:
        [files] = reader.execute(f"{_BELOW} SELECT SUM(d.files) FROM {_FOLDERS}", wanted).fetchone()
        if (files or 0) > MOST:
            raise UsageError(
                f"there are more than {count_words(MOST)} files: choose a folder in it"
            )
        rows = reader.execute(
            f"{_BELOW} SELECT f.title, d.path, f.code FROM {_FOLDERS}"
            " JOIN file f ON f.account = :account AND f.folder = b.id"
            " ORDER BY d.path, f.sort_title, f.id",
            wanted,
        )
        videos = [Video(*row) for row in rows]
    found = find_gaps(videos)
    if season_of(store.folder_path(account, folder)) is not None:
        found = [replace(series, missing_seasons=()) for series in found]
    return found
