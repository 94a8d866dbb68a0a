"""Reading paged listings of hosts that may shift, repeat or never end them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from vhtui.errors import RefusedError, UnsupportedError
from vhtui.models import FolderListing, Page, RemoteUpload
from vhtui.providers.base import Provider

MAX_PAGES = 10_000
"""No listing is followed further: a host that never ends a listing must not keep us forever."""
_BARREN = 2
"""A listing ends when so many pages in a row bring nothing new."""


class FolderWalk:
    """The pages of a folder's listing, one after the other.

    Where the host repeats a page instead of turning it, the rest comes from its listing of files.

    ``is_endless``: it did not come to a proper end, so what it lacks may be there all the same.
    ``seen``: the codes of all pages so far. ``requests``: what it took.
    """

    def __init__(self, provider: Provider, folder: str, start: int = 1) -> None:
        """Prepare to list a folder, from a page on."""
        self._provider = provider
        self._folder = folder
        self._start = start
        self.is_endless = False
        self.seen: set[str] = set()
        self.requests = 0

    async def __aiter__(self) -> AsyncIterator[FolderListing]:
        """Fetch the pages until the host says that there are no more, or repeats itself."""
        seen = self.seen
        barren = 0
        for number in range(self._start, MAX_PAGES):
            listing = await self._provider.list_folder(self._folder, number)
            self.requests += 1
            yield listing
            before = len(seen)
            seen.update(file.code for file in listing.files.items)
            if not listing.files.has_more or not listing.files.items:
                return
            barren = 0 if len(seen) > before else barren + 1
            if barren == 1 and number > self._start and await self._counts_alike(listing):
                async for rest in self._by_files(seen):
                    yield rest
                self.is_endless = len(seen) < (listing.files.total or 0)
                return
            if barren == _BARREN:
                break
        self.is_endless = True

    async def _counts_alike(self, listing: FolderListing) -> bool:
        """Whether the listing of files knows this folder: it has as many files in it.

        A host whose folder listing does not turn its pages may still turn those of its files; one
        that overlooks the folder there would mix all files into it, and counts another number.
        """
        if listing.files.total is None:
            return False
        self.requests += 1
        try:
            page = await self._provider.list_files(folder=self._folder)
        except (RefusedError, UnsupportedError):
            return False
        return page.total == listing.files.total

    async def _by_files(self, seen: set[str]) -> AsyncIterator[FolderListing]:
        """List the folder's files by the other call, which tells neither folders nor views."""
        for number in range(1, MAX_PAGES):
            page = await self._provider.list_files(page=number, folder=self._folder)
            self.requests += 1
            before = len(seen)
            seen.update(file.code for file in page.items)
            yield FolderListing((), page)
            if not page.has_more or not page.items or (number > 1 and len(seen) == before):
                return


async def whole_queue(provider: Provider) -> list[RemoteUpload]:
    """Return every entry of a host's remote-upload queue, each once."""
    found: dict[str, RemoteUpload] = {}
    barren = 0
    for number in range(1, MAX_PAGES):
        page: Page[RemoteUpload] = await provider.list_remote_uploads(number)
        before = len(found)
        found.update((upload.id, upload) for upload in page.items)
        barren = 0 if len(found) > before else barren + 1
        if not page.has_more or not page.items or barren == _BARREN:
            break
    return list(found.values())
