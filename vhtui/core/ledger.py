"""The ledger of a host that lists nothing: what vhtui uploaded there, queued, or was told of."""

from __future__ import annotations

from collections.abc import Sequence

from vhtui.core import library
from vhtui.core.database import Transaction
from vhtui.core.store import Store
from vhtui.models import ROOT, File


async def add_to_ledger(store: Store, account: str, files: Sequence[File]) -> int:
    """Enter files, in the folders of their names; return how many were not there before.

    A file whose ``folder`` is None goes to the top.
    """
    number = store.account_id(account)

    def change(tx: Transaction) -> int:
        before = _count(tx, number)
        for folder in {file.folder for file in files if file.folder not in (None, ROOT)}:
            library.put_ledger_folder(tx, number, account, folder or ROOT)
        library.put_files(tx, number, account, ROOT, files, fetched=tx.now)
        return _count(tx, number) - before

    return await store.database.write(change)


def _count(tx: Transaction, account: int) -> int:
    row = tx.sql.execute("SELECT files FROM account WHERE id = ?", (account,)).fetchone()
    return int(row["files"])
