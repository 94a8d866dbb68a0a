"""What actions are made of: the places where the keyboard can be, and the action itself."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from vhtui.models import Capability


class Place(StrEnum):
    """Where the keyboard is: what a key means depends on it."""

    FILES = "files"
    TREE = "tree"
    UPLOADS = "uploads"
    LOCAL = "disk"
    REMOTE = "remote"
    ENCODINGS = "encodings"
    STATS = "stats"
    TAKEDOWNS = "takedowns"
    DELETED = "deleted"
    CHECK = "links"
    ACCOUNTS = "accounts"
    HOLES = "holes"
    LOG = "log"
    JOBS = "jobs"
    STUDIO = "studio"
    PATTERN = "pattern"


TYPED = frozenset({Place.PATTERN})
"""The places where a key that types a character does nothing else."""

ANY = "*"
"""The second key of a sequence that takes any character."""


class Action(Struct, frozen=True):
    """One thing a person can do. ``footer`` is its worth in the footer; None keeps it out."""

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    places: frozenset[Place]
    group: str
    footer: int | None = None
    capability: Capability | None = None

    @property
    def takes_character(self) -> bool:
        """Whether it is given the second key of its sequence."""
        return any(key.endswith(f" {ANY}") for key in self.keys)
