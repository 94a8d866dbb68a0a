"""Completing a path while it is typed."""

from __future__ import annotations

import asyncio
import os

from textual.suggester import Suggester
from typing_extensions import override

_LOOKED_AT = 10_000
"""Entries of a folder that are looked at for a completion."""


class PathSuggester(Suggester):
    """Suggests the first entry of the disk, by name, that goes on as the path does."""

    def __init__(self) -> None:
        """Keep nothing: the disk changes."""
        super().__init__(use_cache=False, case_sensitive=True)

    @override
    async def get_suggestion(self, value: str) -> str | None:
        return await asyncio.to_thread(completion, value) if value.strip() else None


def completion(value: str) -> str | None:
    """Return a path that begins with what is typed, None where there is none."""
    parent, slash, begun = value.rpartition("/")
    # Path.expanduser raises for the home of somebody who is not known.
    folder = os.path.expanduser(f"{parent}{slash}" or ".")  # noqa: PTH111
    names: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(_LOOKED_AT), entries, strict=False):
                hidden = entry.name.startswith(".") and not begun.startswith(".")
                if entry.name.startswith(begun) and entry.name.isprintable() and not hidden:
                    names.append(f"{entry.name}/" if entry.is_dir() else entry.name)
    except (OSError, ValueError):
        return None
    best = min(names, default="")
    return f"{parent}{slash}{best}" if len(best) > len(begun) else None
