"""A configured account with a library of any size, written straight into the store."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Mapping
from pathlib import Path

from vhtui.core import library
from vhtui.core.database import Database, Transaction
from vhtui.core.store import Store
from vhtui.models import ROOT, File, Folder

_BATCH = 5_000


def environment(base: Mapping[str, str], root: Path) -> dict[str, str]:
    """Return the variables under which vhtui uses a directory, on a plain terminal.

    Compiled modules are kept, as they are where vhtui is installed.
    """
    return {
        **{name: value for name, value in base.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "PYTHONPYCACHEPREFIX": str(root.parent / "compiled"),
        "VHTUI_CONFIG_DIR": str(root / "config"),
        "VHTUI_DATA_DIR": str(root / "data"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LC_ALL": "C.UTF-8",
    }


def make(root: Path, files: int, *, folders: int = 0) -> None:
    """Write a configuration (its host is a closed port) and ``files`` files into ``root``.

    With no folders all files lie at the top; else they are spread over them evenly.
    """
    configure(root)
    asyncio.run(_fill(root / "data", files, folders))


def configure(root: Path) -> None:
    """Write the configuration of one account, whose host is a closed port."""
    config = root / "config"
    config.mkdir(mode=0o700, parents=True)
    (config / "config.toml").write_text(
        '[accounts.main]\nprovider = "voe"\nbase_url = "http://127.0.0.1:9/api"\n'
        "[tuning]\npoll_hidden = 100000\npoll_idle = 100000\nsync_age = 1000000\n"
    )
    credentials = config / "credentials.toml"
    credentials.touch(mode=0o600)
    credentials.write_text('[main]\nkey = "benchmark"\n')


def title(number: int) -> str:
    """Return the name of a file of the library."""
    return f"The.Harbour.S{number // 100:03}E{number % 100:02}.1080p.WEB-DL.mkv"


async def _fill(data: Path, files: int, folders: int) -> None:
    database = Database(data / "library.db")
    store = Store(database)
    await store.adopt_accounts({"main": "voe"})
    account = store.account_id("main")
    names = [Folder(str(n), f"Folder {n}", ROOT) for n in range(1, folders + 1)]
    homes = itertools.cycle([folder.id for folder in names] or [ROOT])

    def put(tx: Transaction) -> None:
        library.put_folders(tx, account, "main", ROOT, names, fetched=0.0, is_whole=True)
        for start in range(0, files, _BATCH):
            library.put_files(
                tx,
                account,
                "main",
                ROOT,
                [
                    File(
                        code=f"code{n:08}",
                        title=title(n),
                        folder=next(homes),
                        size=700_000_000 + n * 1_013,
                        length=1_200 + n % 3_600,
                        views=n * 7 % 5_000,
                        uploaded=1_700_000_000 + n * 60,
                        revenue="0.00000",
                    )
                    for n in range(start, min(files, start + _BATCH))
                ],
                fetched=0.0,
            )
        tx.sql.execute("UPDATE folder SET listed = ?", (int(time.time()),))
        tx.sql.execute("UPDATE account SET synced = ?", (int(time.time()),))

    await database.write(put)
    database.close()
