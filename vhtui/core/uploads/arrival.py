"""What follows when a file is at the host: the library, the ledger and its row know it."""

from __future__ import annotations

from vhtui.core import library
from vhtui.core.database import Transaction
from vhtui.core.store import write_log
from vhtui.core.uploads import ledger, table
from vhtui.core.uploads.table import Row
from vhtui.models import ROOT, File, UploadState


def arrived(
    tx: Transaction, row: Row, *, code: str, title: str | None, encodes: bool | None, lists: bool
) -> None:
    """Write down that an upload is the host's file of this code.

    ``title``: what the host calls it, None when it did not say. ``encodes``: whether it said that
    it has to encode. ``lists``: whether the host has folders and lists them.
    """
    folder = ROOT
    if not lists and (name := row.folder_path.strip("/")):
        library.put_ledger_folder(tx, row.account, row.name, name)
        folder = name
    known = tx.sql.execute(
        "SELECT 1 FROM file WHERE account = ? AND code = ?", (row.account, code)
    ).fetchone()
    if known is None:
        file = File(
            code=code, title=title or row.title, size=row.identity.size, uploaded=int(tx.now)
        )
        library.put_files(tx, row.account, row.name, folder, [file], fetched=tx.now)
    current = table.by_ids(tx.sql, [row.id])
    ledger.put(tx, current[0] if current else row, code)
    table.change(
        tx,
        row,
        state=UploadState.PLACING,
        code=code,
        sent=row.identity.size,
        encodes=encodes,
        looks=0,
        not_before=0,
        wish="",
        error="",
        jobs="",
    )
    write_log(tx, row.name, "info", f"uploaded {row.title} ({code})")
