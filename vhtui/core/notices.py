"""News for the person: groups of jobs that ended, sets that are complete, trouble."""

from __future__ import annotations

from msgspec import Struct

from vhtui.core.database import Database
from vhtui.core.jobs.history import Endings
from vhtui.core.uploads.set_list import SetNews
from vhtui.models import Changes, UploadSet
from vhtui.text import clean, plural


class Notice(Struct, frozen=True, kw_only=True):
    """News for the person: a group of jobs or a set of uploads came to its end, or trouble.

    ``group`` and ``upload_set`` say which; both None: trouble.
    """

    level: str
    text: str
    group: int | None = None
    undoable: bool = False
    upload_set: int | None = None


class News:
    """Learns from the library what ended, whichever process brought it to its end."""

    def __init__(self, database: Database) -> None:
        """Begin to look now."""
        self._endings = Endings(database)
        self._sets = SetNews(database)

    def of(self, changes: Changes) -> list[Notice]:
        """Return what is new, as far as these changes concern it."""
        found = self.groups() if changes.touches("jobs") else []
        return [*found, *self.sets()] if changes.touches("uploads") else found

    def groups(self) -> list[Notice]:
        """Return how the groups ended that did so since the last call."""
        return [
            Notice(level=end.level, text=end.text, group=end.group, undoable=end.undoable)
            for end in self._endings.news()
        ]

    def sets(self) -> list[Notice]:
        """Return the sets that became complete since the last call."""
        return [
            Notice(
                level="warning" if each.fault else "info",
                text=complete_words(each),
                upload_set=each.id,
            )
            for each in self._sets.news()
        ]


def complete_words(each: UploadSet) -> str:
    """Say that a set is complete, and where its links are."""
    where = each.fault or f"links in {clean(each.links_file, 300)}"
    verb = "plays" if each.total == 1 else "play"
    return f"{clean(each.name, 100)} is complete: {plural(each.total, 'video')} {verb}, {where}"
