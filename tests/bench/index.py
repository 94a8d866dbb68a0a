"""What the store answers at 1 000 and at 1 000 000 files: ``python -m tests.bench.index [FILES]``.

Every figure is the time until rows can be shown, the fastest of several runs (the machine is
shared), and its ratio to the same at 1 000 files. "Whole" is what is made beside the interface
afterwards.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.bench.million import RARE, make
from vhtui.core import library
from vhtui.core.database import Database
from vhtui.core.store import ListingSpec, Sort, Store
from vhtui.core.sync.listing import parts
from vhtui.core.sync.syncbook import CHUNK
from vhtui.models import File
from vhtui.query import parse

FEW = 1_000
FILES = 1_000_000
ROWS = 50
RUNS = 5
PAGES = 10
SEARCHES = {
    "1 letter": "b",
    "2 letters": "s0",
    "2 letters, absent": "qq",
    "3 letters": "bak",
    "common word": "1080p",
    "half a name": "s05e12",
    "rare word": RARE,
    "absent word": "harbour",
    "two words": "bluray s05e1",
    "views<1": "views<1",
    "size>3.99g": "size>3.99g",
    "common and common": "1080p views<1 size>1g",
    "common and rare": "1080p views>1m",
    "or": f"{RARE} or views>1m",
    "state": "state:encoding",
    "folder": 'folder:"folder 77"',
    "not": "-1080p",
    "pattern, common": r"title~s\d+e\d+",
    "pattern, rare": r"title~s05e12.*2160p.*hdtv",
    "pattern, plain nowhere": r"title~(zz|qq)yz",
    "ending, common": "ext:mkv",
    "ending, absent": "ext:avi",
    "below a folder": 'in:"/Folder 77"',
    "below the top": "in:/",
    "code": "code:777",
    "revenue": "revenue=0",
    "same title": "dup:title",
    "same size": "dup:size",
    "same size and length": "dup:length",
    "same title, one word": "dup:title s05e12",
}


def fastest(work: Callable[[], object]) -> float:
    """Return the milliseconds of the fastest run."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times) * 1000


def show(store: Store, spec: ListingSpec, at_end: bool) -> None:
    """List and read the rows on screen, of what stands first."""
    listing = store.head(spec)
    if not len(listing) and not listing.is_whole:
        listing = store.listing(spec)
    store.files(listing.ids[-ROWS:] if at_end else listing.ids[:ROWS])


def cases(spread: Store, flat: Store) -> Iterator[tuple[str, Store, ListingSpec, bool]]:
    """Say what is measured: its name, where, what is listed, and whether its end is shown."""
    yield "open a folder", spread, ListingSpec("main", "7"), False
    yield "open a folder of all", flat, ListingSpec("main", "0"), False
    yield "jump to its end", flat, ListingSpec("main", "0"), True
    for sort in Sort:
        for reverse in (False, True):
            name = f"sort by {sort}{', reversed' if reverse else ''}"
            yield name, spread, ListingSpec("main", None, None, sort, reverse), False
    for name, text in SEARCHES.items():
        yield f"search: {name}", spread, ListingSpec("main", None, parse(text)), False
    for name in ("2 letters", "common word", "rare word", "common and common"):
        spec = ListingSpec("main", "0", parse(SEARCHES[name]), Sort.SIZE, reverse=True)
        yield f"filter by size: {name}", flat, spec, False


def measure(few: tuple[Store, Store], many: tuple[Store, Store]) -> None:
    """Print how long everything takes in both libraries."""
    print(f"\n{'':32}{'1 000':>10}{'all':>10}{'ratio':>7}{'whole':>10}{'files':>9}")
    for (name, small, spec, at_end), (_, large, _, _) in zip(
        cases(*few), cases(*many), strict=True
    ):
        before = fastest(partial(show, small, spec, at_end))
        after = fastest(partial(show, large, spec, at_end))
        began = time.perf_counter()
        found = len(large.listing(spec))
        whole = (time.perf_counter() - began) * 1000
        print(
            f"{name:32}{before:7.1f} ms{after:7.1f} ms{after / before:7.1f}"
            f"{whole:7.0f} ms{found:9}",
            flush=True,
        )
        asyncio.run(large.database.write(lambda tx: tx.touch("files", "main")))


def page(number: int, views: int) -> list[File]:
    """Return a page of a thousand files that no library has."""
    return [
        File(
            code=f"new{number:04}{n:04}",
            title=f"{'KLMNRST'[n % 7]}ew.Show.S{n % 40:02}E{number:02}.1080p.mkv",
            folder="7",
            size=n * 3_919_000,
            length=600 + n,
            views=views + n * 31 % 500,
            uploaded=1_500_000_000 + n * 60_000,
            revenue="0.00000",
        )
        for n in range(1000)
    ]


async def write_pages(database: Database, label: str, views: int) -> None:
    """Write pages as a sync does; print what one costs, and how long a transaction takes."""
    times: list[float] = []
    cpu = time.process_time()
    for number in range(PAGES):
        for part in parts(page(number, views), CHUNK):
            put = partial(
                library.put_files,
                account=1,
                name="main",
                folder="7",
                files=part,
                fetched=1.0,
            )
            began = time.perf_counter()
            await database.write(put)
            times.append((time.perf_counter() - began) * 1000)
    cpu = (time.process_time() - cpu) * 1000 / PAGES
    times.sort()
    median, worst = times[len(times) // 2], times[-1]
    print(f"{label:32}{cpu:7.1f} ms of CPU; a transaction {median:.0f} ms, at most {worst:.0f} ms")


def main() -> None:
    """Measure and print."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else FILES
    with tempfile.TemporaryDirectory() as name:
        stores = []
        for count in (FEW, files):
            for kind, folders in (("spread", count // 100), ("flat", 0)):
                root = Path(name) / f"{kind}-{count}"
                began = time.perf_counter()
                make(root, count, folders=folders)
                print(f"{count} files, {folders} folders: {time.perf_counter() - began:.0f} s")
                stores.append(Store(Database(root / "data" / "library.db")))
        measure((stores[0], stores[1]), (stores[2], stores[3]))
        print("\nwriting a page of 1 000 files")
        for label, views in (("new", 0), ("unchanged", 0), ("views changed", 7)):
            asyncio.run(write_pages(stores[2].database, label, views))
        for store in stores:
            store.database.close()


if __name__ == "__main__":
    main()
