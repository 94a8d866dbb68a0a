"""The process whose power is cut: it asks for changes, and says each time that it was done."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from tests.core.rig import HOSTS
from vhtui.config import AccountConfig, Settings
from vhtui.core import library
from vhtui.core.database import Database
from vhtui.core.engine import Engine
from vhtui.core.jobs import journal
from vhtui.core.jobs.manifest import write_manifest
from vhtui.core.store import ListingSpec
from vhtui.links import DEFAULT_BASES
from vhtui.models import ROOT, File
from vhtui.providers.base import Provider

RENAMES = 120
BULK = 300


def no_host(account: AccountConfig) -> Provider:
    raise AssertionError(account)


async def write(data: Path) -> None:
    """Rename files one by one and many at once, write manifests; note each when it is kept."""
    acknowledged = os.open(data.parent / "acknowledged", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def done(*words: str) -> None:
        os.write(acknowledged, "".join(f"{word}\n" for word in words).encode())

    settings = Settings(accounts=(AccountConfig("main", "voe"),))
    database = Database(data / "library.db")
    engine = Engine(settings, data, connect=no_host, hosts=HOSTS, database=database)
    await engine.open()
    account = engine.store.account_id("main")
    files = [File(code=f"code{number:08}", title=f"{number}.mkv") for number in range(BULK)]
    await engine.write(lambda tx: library.put_files(tx, account, "main", ROOT, files, fetched=0.0))
    ids = list(engine.store.listing(ListingSpec("main", ROOT)).ids)
    for number in range(RENAMES):
        await engine.rename("main", [(ids[number], f"one {number}")])
        done(f"one {number}")
        if number % 10 == 0:
            entries = journal.entries(database.reader(), "j.after = ?", [f"one {number}"])
            write_manifest(data, engine.store, "main", entries, DEFAULT_BASES["voe"])
            done(*(f"manifest {entry.id}" for entry in entries))
    await engine.rename("main", [(id, f"all {at}") for at, id in enumerate(ids)])
    done(*(f"all {at}" for at in range(len(ids))))


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1])))
