"""The rows of the files panel: a folder's sub-folders, then its files, read a window at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from vhtui.models import FileRow, FolderRow
from vhtui.ui.columns import GONE, Entry
from vhtui.ui.widgets.row_table import Key

if TYPE_CHECKING:
    from vhtui.core.store import Listing

ReadFiles = Callable[[Sequence[int]], Sequence[FileRow]]


class EntrySource:
    """Folders by their id (a str) and files by their row id (an int), so keys never mix."""

    def __init__(
        self, folders: Sequence[FolderRow], listing: Listing, read_files: ReadFiles
    ) -> None:
        """Show the folders first, then the files of a listing."""
        self.folders = folders
        self.listing = listing
        self._read_files = read_files
        self._folder_positions = {folder.id: at for at, folder in enumerate(folders)}

    def __len__(self) -> int:
        return len(self.folders) + len(self.listing.ids)

    def window(self, start: int, stop: int) -> Sequence[Entry]:
        """Return the rows of the positions, with a stand-in for a file that vanished meanwhile.

        Files that the listing does not know yet are left out.
        """
        first = len(self.folders)
        rows: list[Entry] = list(self.folders[start:stop])
        part = self.listing.ids[max(0, start - first) : max(0, stop - first)]
        ids = [id for id in part if id]
        found = {file.id: file for file in self._read_files(ids)} if ids else {}
        rows += [found.get(id) or self._stand_in(id) for id in ids]
        return rows

    def _stand_in(self, id: int) -> FileRow:
        spec = self.listing.spec
        return FileRow(
            id=id, account=spec.account, code="", title="", folder=spec.folder or "", state=GONE
        )

    def key_at(self, position: int) -> Key:
        """Return the key of the row at a position."""
        first = len(self.folders)
        if position < first:
            return self.folders[position].id
        return self.listing.ids[position - first] or ("unknown", position)

    def key_runs(self, start: int, stop: int) -> Iterator[Sequence[Key]]:
        """Return the keys of the positions: of the folders, then of the files."""
        first = len(self.folders)
        yield [folder.id for folder in self.folders[start:stop]]
        start, stop = max(first, start), max(first, stop)
        if self.listing.is_whole:
            yield self.listing.ids[start - first : stop - first]
        else:
            yield [self.key_at(position) for position in range(start, stop)]

    def position(self, key: Key) -> int | None:
        """Return where the row with a key is, or None."""
        if isinstance(key, str):
            return self._folder_positions.get(key)
        at = self.listing.position(key) if isinstance(key, int) else None
        return None if at is None else len(self.folders) + at
