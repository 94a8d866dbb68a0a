"""Folders by their path: found, or ordered one below the other.

A folder's own ``/`` is written as the wide one in paths.
"""

from __future__ import annotations

from vhtui.core.commands import Commands, check_title
from vhtui.errors import StateError
from vhtui.models import ROOT


def parts_of(path: str) -> list[str]:
    """Return the titles of a path's folders; UsageError for one that cannot be a title."""
    return [check_title(part) for part in path.split("/") if part.strip()]


def flat(path: str) -> str:
    """Return a folder's path for a host whose folders are not nested: one name for all of it."""
    name = " - ".join(part for part in path.split("/") if part)
    return f"/{name}" if name else "/"


async def make_path(commands: Commands, account: str, path: str, start: str = ROOT) -> str:
    """Return the id of the folder at a path below ``start``, ordering those that are missing.

    The id is provisional where the folder is being made; files can be moved into it at once.
    """
    parts = parts_of(path)
    above = commands.store.folder(account, start)
    if above is None:
        raise StateError(f"{account} has no folder {start}")
    here = above.id
    for title in parts:
        below = commands.store.folders(account, here)
        known = [row.id for row in below if row.title.replace("/", "／") == title]
        if known:
            here = known[0]
        else:
            receipt = await commands.create_folder(account, here, title)
            here = receipt.folder or ROOT
    return here
