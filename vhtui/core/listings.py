"""Which files a view lists, in which order: row ids, of which any window is read at once.

There are two ways to a listing. What can only be up to 10 000 files (a folder, or what an index
leaves of a filter) is taken together and sorted: it is whole at once. Anything larger is met by
walking the index of its order: its *head* (the first files, and the last where it is known how
many there are) stands after milliseconds, the *whole* of it after up to a second per million.
A filter's head is as many as are met in 30 ms; a sample of the library tells beforehand whether
it is so common that no index narrows it down.

Files that are equal in what a listing is sorted by stand by name where it was taken together, else
as they came to the library, backwards when the order is reversed. A head is the beginning and the
end of its whole.
"""

from __future__ import annotations

from array import array

from msgspec import Struct

from vhtui.core.database import Database
from vhtui.core.listed import Bounds, Listing, ListingSpec, Sort
from vhtui.core.memory import give_back_large_blocks
from vhtui.core.seeking import Seeking
from vhtui.core.stopping import Stop

_BOUNDS = Bounds()


class Listings:
    """Finds listings in a database, from any thread."""

    def __init__(self, database: Database, bounds: Bounds = _BOUNDS) -> None:
        """Read through an open database."""
        self._database = database
        self._bounds = bounds
        self._kept: _Kept | None = None

    def head(self, spec: ListingSpec, account: int, folder: str | None, stop: Stop) -> Listing:
        """Return the whole of a listing, or its head, within some 50 ms at any size.

        An empty head that is neither whole nor counted: only the whole can tell.
        """
        sought = Seeking(self._database, self._bounds, spec, account, folder)
        with stop.over(self._database.reader()):
            listing = self._at_once(sought)
            return sought.head() if listing is None else listing

    def whole(self, spec: ListingSpec, account: int, folder: str | None, stop: Stop) -> Listing:
        """Return all of a listing (0.5 s at 1 000 000: use a thread)."""
        sought = Seeking(self._database, self._bounds, spec, account, folder)
        with stop.over(self._database.reader()):
            listing = self._at_once(sought)
            if listing is None:
                give_back_large_blocks()
                self._kept = None
                changes = self._database.file_changes
                listing = sought.walked()
                listing.prepare()
                if spec.query is None:
                    self._kept = _Kept(sought.key, changes, spec.reverse, listing.ids)
            return listing

    def _at_once(self, sought: Seeking) -> Listing | None:
        """Return the whole of a listing where that takes no more than its head would."""
        listing = sought.sorted()
        return self._known(sought) if listing is None else listing

    def _known(self, sought: Seeking) -> Listing | None:
        """Return a listing whose order was the last that was found, if nothing has changed."""
        spec, kept = sought.spec, self._kept
        if spec.query is not None or kept is None:
            return None
        if (kept.key, kept.changes) != (sought.key, self._database.file_changes):
            return None
        listing = Listing(spec, kept.ids if spec.reverse is kept.reverse else kept.ids[::-1])
        listing.prepare()
        return listing


class _Kept(Struct, frozen=True):
    """The order found last: of what, when, whether backwards, and which files."""

    key: tuple[int, str | None, Sort]
    changes: int
    reverse: bool
    ids: array[int]
