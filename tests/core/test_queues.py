from __future__ import annotations

import time
from pathlib import Path

from vhtui.core import queues
from vhtui.core.database import Database, Transaction
from vhtui.core.store import Store
from vhtui.models import RemoteState, RemoteUpload


async def test_a_listing_older_than_a_change_of_ours_does_not_undo_it(tmp_path: Path) -> None:
    database = Database(tmp_path / "library.db")
    store = Store(database)
    await store.adopt_accounts({"main": "voe"})
    old, new = (
        RemoteUpload(id=id, url=f"https://example.com/{id}", state=RemoteState.FAILED)
        for id in ("1", "2")
    )
    fetched = time.time()

    def ours(tx: Transaction) -> None:
        queues.put_remote_uploads(tx, 1, "main", [new], whole=False, fetched=fetched)
        for id in ("1", "2"):  # the first was deleted, the second queued, since it was asked for
            queues.mark_changed(tx, 1, id)

    await database.write(ours)
    await database.write(
        lambda tx: queues.put_remote_uploads(tx, 1, "main", [old], whole=True, fetched=fetched)
    )
    assert [upload.id for upload in store.remote_uploads("main")] == ["2"]
    later = time.time() + 1
    await database.write(
        lambda tx: queues.put_remote_uploads(tx, 1, "main", [], whole=True, fetched=later)
    )
    assert store.remote_uploads("main") == []
    assert "no longer in the host's queue, failed" in store.log()[0].text
    database.close()
