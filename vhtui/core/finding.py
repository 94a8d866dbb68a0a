"""Files read piece by piece with their folders' paths, for lists of any length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vhtui.core.store import Store
from vhtui.models import FileRow

_A_READ = 500


def located(store: Store, ids: Sequence[int]) -> Iterator[tuple[FileRow, str]]:
    """Give the files with these row ids, in this order, each with the path of its folder.

    What is gone by the time it is read is left out.
    """
    paths: dict[tuple[str, str], str] = {}
    for start in range(0, len(ids), _A_READ):
        for row in store.files(ids[start : start + _A_READ]):
            key = (row.account, row.folder)
            path = paths.get(key)
            if path is None:
                path = paths[key] = store.folder_path(*key)
            yield row, path


def namesakes(store: Store, ids: Sequence[int]) -> set[int]:
    """Return which of at most 500 files share their path with another file."""
    rows = store.database.reader().execute(
        f"SELECT f.id FROM file f WHERE f.id IN ({','.join('?' * len(ids))}) AND (EXISTS"
        " (SELECT 1 FROM file o WHERE o.account = f.account AND o.folder = f.folder"
        " AND o.sort_title = f.sort_title AND o.title = f.title AND o.id <> f.id)"
        " OR EXISTS (SELECT 1 FROM folder d JOIN folder e ON e.account = d.account"
        " AND e.path = d.path AND e.id <> d.id WHERE d.account = f.account AND d.id = f.folder))",
        ids,
    )
    return {row["id"] for row in rows}
