"""What a listing is asked for by, and what it is: row ids in their order."""

from __future__ import annotations

from array import array
from enum import StrEnum

from msgspec import Struct

from vhtui.query import Query

_SMALL = 4096
_ROOM = 4


class Sort(StrEnum):
    """What a listing can be sorted by."""

    TITLE = "name"
    SIZE = "size"
    UPLOADED = "uploaded"
    VIEWS = "views"
    LENGTH = "length"
    STATE = "state"


class Bounds(Struct, frozen=True):
    """What a listing may cost, in files.

    ``sorted``: at most taken together and sorted (30 ms). ``narrow``: with fewer candidates the
    whole of a filter is made of them, else of all files. ``head``: in each half of a head;
    ``filtered``: in the head of a filter, for which at most ``walked`` are looked at, in about
    ``seconds``. ``sample``: looked at to tell a common filter from a rare one (2 ms).
    """

    sorted: int = 10_000
    narrow: int = 100_000
    walked: int = 100_000
    seconds: float = 0.03
    head: int = 200
    filtered: int = 100
    sample: int = 400


class ListingSpec(Struct, frozen=True):
    """Which files to list: those of a folder, or of the whole account (``folder`` None)."""

    account: str
    folder: str | None
    query: Query | None = None
    sort: Sort = Sort.TITLE
    reverse: bool = False


class Listing:
    """The row ids of a listing in order, 4 bytes a file: any window is a direct look-up.

    It can be made of any ids. In a head that is not whole, 0 is a file that is not known yet.
    """

    def __init__(
        self,
        spec: ListingSpec,
        ids: array[int],
        *,
        size: int | None = None,
        is_whole: bool = True,
        is_counted: bool = True,
        known: int = 0,
    ) -> None:
        """Keep what was asked for and the ids found.

        ``size`` is the files' bytes in all, where known; ``is_counted`` False: there may be more
        behind the last; ``known``: so many files are known at each end.
        """
        self.spec = spec
        self.ids = ids
        self.size = size
        self.is_whole = is_whole
        self.is_counted = is_counted
        self._known = known
        self._places: array[int] | dict[int, int] | None = None

    def __len__(self) -> int:
        """Return how many files are listed."""
        return len(self.ids)

    def position(self, id: int) -> int | None:
        """Return where a row id stands in the order, None when it is not listed (or known)."""
        if id <= 0:
            return None
        if len(self.ids) <= _SMALL:
            return next((at for at, known in enumerate(self.ids) if known == id), None)
        if not self.is_whole:
            ends = (*range(self._known), *range(len(self.ids) - self._known, len(self.ids)))
            return next((at for at in ends if self.ids[at] == id), None)
        places = self.prepare()
        if isinstance(places, dict):
            return places.get(id)
        at = places[id] if id < len(places) else 0
        return at if self.ids[at] == id else None

    def prepare(self) -> array[int] | dict[int, int]:
        """Make ``position`` quick, and return what does (60 ms per million: use a thread)."""
        if self._places is None:
            top = max(self.ids, default=0)
            places: array[int] | dict[int, int] = {}
            if top <= _ROOM * len(self.ids) + _SMALL:
                places = array("I", [0]) * (top + 1)
            for at, id in enumerate(self.ids):
                places[id] = at
            self._places = places
        return self._places
