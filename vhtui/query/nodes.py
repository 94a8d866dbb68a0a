"""The tree a filter stands for, and what it means of a file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct
from typing_extensions import override

from vhtui.errors import UsageError
from vhtui.models import FileRow, JobKind
from vhtui.text import fold

if TYPE_CHECKING:
    import regex

STATES: Mapping[str, JobKind | None] = {
    "ok": None,
    "encoding": None,
    "fetching": None,
    "takedown": None,
    "unreadable": None,
    "renaming": JobKind.RENAME,
    "moving": JobKind.MOVE,
    "trashing": JobKind.TRASH,
    "deleting": JobKind.DELETE,
    "renewing": JobKind.RENEW,
}
"""The words after ``state:``; those with a job kind ask for ``FileRow.pending``, not ``state``."""

Measure: TypeAlias = Literal["views", "size", "length", "age", "uploaded", "revenue"]

_MAX_REGEX_TITLE = 1000
_REGEX_SECONDS = 0.25  # for one title; a sane pattern takes microseconds


class QueryError(UsageError):
    """A filter that cannot be read (or used); it points at the part that is wrong."""

    def __init__(self, message: str, *, position: int, length: int) -> None:
        """Keep where in the text it is: the first character's index and how many there are."""
        super().__init__(message)
        self.position = position
        self.length = length


class AllOf(Struct, frozen=True):
    """Every part holds; with no parts it always does."""

    parts: tuple[Node, ...]


class AnyOf(Struct, frozen=True):
    """At least one part holds."""

    parts: tuple[Node, ...]


class Not(Struct, frozen=True):
    """The part does not hold."""

    part: Node


class Contains(Struct, frozen=True):
    """The text is part of the title, the folder's path (both folded) or the code (as it is)."""

    where: Literal["title", "folder", "code"]
    text: str


class Matches(Struct, frozen=True, eq=False):
    """The regular expression is found in the title; ``position`` is where it stands in the text."""

    pattern: str
    position: int

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Matches) and self.pattern == other.pattern

    @override
    def __hash__(self) -> int:
        return hash(self.pattern)


class Between(Struct, frozen=True):
    """``low <= value < high``, or with ``outside`` the opposite; None is open, no value: neither.

    Views are counted, sizes in bytes, lengths and ages in seconds, ``uploaded`` since the epoch,
    ``revenue`` in millionths (see ``millionths``).
    """

    measure: Measure
    low: int | None
    high: int | None
    outside: bool = False


class EndsWith(Struct, frozen=True):
    """The (folded) title ends with the text, such as ``.mkv``."""

    text: str


class Within(Struct, frozen=True):
    """The file is in the folder of this path, as it is written, or below it; "" is the top."""

    path: str


class InState(Struct, frozen=True):
    """The file is in this state, a key of ``STATES``."""

    state: str


class Duplicate(Struct, frozen=True):
    """Another file of the account has the same (folded) title, size, or size and length."""

    by: Literal["title", "size", "length"]


Node: TypeAlias = (
    AllOf | AnyOf | Not | Contains | Matches | Between | EndsWith | Within | InState | Duplicate
)


class Duplicates(Struct, frozen=True):
    """The folded titles, sizes, and sizes with lengths that several files of the account have."""

    titles: frozenset[str] = frozenset()
    sizes: frozenset[int] = frozenset()
    lengths: frozenset[tuple[int, int]] = frozenset()

    @classmethod
    def among(cls, files: Iterable[FileRow]) -> Duplicates:
        """Find them among all the files of an account."""
        files = tuple(files)
        titles = Counter(fold(file.title) for file in files)
        sizes = Counter(file.size for file in files if file.size is not None)
        lengths = Counter(
            (file.size, file.length)
            for file in files
            if file.size is not None and file.length is not None
        )
        return cls(
            frozenset(title for title, count in titles.items() if count > 1),
            frozenset(size for size, count in sizes.items() if count > 1),
            frozenset(both for both, count in lengths.items() if count > 1),
        )


_NO_DUPLICATES = Duplicates()


class Query(Struct, frozen=True):
    """A filter that was understood: its text and the tree it stands for."""

    text: str
    root: Node

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing, so that every file matches."""
        return self.root == AllOf(())

    def matches(
        self,
        file: FileRow,
        *,
        now: int,
        folder_path: str,
        duplicates: Duplicates = _NO_DUPLICATES,
    ) -> bool:
        """Whether a file is meant; ``now`` in seconds since the epoch.

        Raises QueryError when a regular expression takes too long on the title.
        """

        def holds(node: Node) -> bool:
            match node:
                case AllOf(parts):
                    return all(map(holds, parts))
                case AnyOf(parts):
                    return any(map(holds, parts))
                case Not(part):
                    return not holds(part)
                case Contains(where, text):
                    if where == "code":
                        return text in file.code
                    return text in fold(file.title if where == "title" else folder_path)
                case Matches(pattern, position):
                    try:
                        return found_in(pattern, file.title)
                    except TimeoutError:
                        raise too_slow(position, len(pattern)) from None
                case Between(measure, low, high, outside):
                    value = _value(file, measure, now)
                    if value is None:
                        return False
                    inside = (low is None or low <= value) and (high is None or value < high)
                    return inside is not outside
                case EndsWith(text):
                    return fold(file.title).endswith(text)
                case Within(path):
                    return not path or f"{folder_path}/".startswith(f"{path}/")
                case InState(state):
                    kind = STATES[state]
                    return file.state == state if kind is None else file.pending == kind
                case Duplicate(by):
                    if by == "title":
                        return fold(file.title) in duplicates.titles
                    if by == "size":
                        return file.size in duplicates.sizes
                    return (file.size, file.length) in duplicates.lengths

        return holds(self.root)


def _value(file: FileRow, measure: Measure, now: int) -> int | None:
    match measure:
        case "age":
            return None if file.uploaded is None else now - file.uploaded
        case "revenue":
            return millionths(file.revenue)
    value: int | None = getattr(file, measure)
    return value


def millionths(amount: str | None) -> int | None:
    """Return a host's decimal words of money as a whole number; None for other words."""
    if amount is None or not _MONEY.fullmatch(amount):
        return None
    whole, _, rest = amount.partition(".")
    return int(float(f"{whole}.{rest.partition('.')[0]}") * 1e6 + 0.5)


_MONEY = re.compile(r"[0-9][0-9.]{0,11}")


def found_in(pattern: str, title: str) -> bool:
    """Whether a regular expression is found in a title (in its first 1000 characters).

    Case does not matter unless the pattern says ``(?-i:...)``. Raises TimeoutError when it takes
    longer than a quarter of a second.
    """
    found = compiled(pattern).search(title[:_MAX_REGEX_TITLE], timeout=_REGEX_SECONDS)
    return found is not None


def too_slow(position: int = 0, length: int = 0) -> QueryError:
    """Tell that a regular expression takes too long."""
    return QueryError(
        "this regular expression takes too long; avoid repeats inside repeats, as in (a+)+",
        position=position,
        length=length,
    )


@lru_cache(maxsize=64)
def compiled(pattern: str) -> regex.Pattern[str]:
    """Compile a pattern of ``title~``; ``regex.error`` says what is wrong with it."""
    import regex  # has what re lacks, a time limit; 10 ms that only title~ needs

    return regex.compile(pattern, regex.IGNORECASE)
