"""History ends: what is old, finished and needed by nothing goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from vhtui.core.database import Database, Transaction
from vhtui.core.jobs import journal
from vhtui.core.jobs.history import History
from vhtui.core.jobs.journal import Wish
from vhtui.core.jobs.pruning import prune
from vhtui.core.store import Store
from vhtui.models import JobKind

OLD = 40 * 86_400


async def group(database: Database, kind: JobKind, state: str, *, old: bool, file: int = 0) -> int:
    """Write a group of one job in a state."""

    def change(tx: Transaction) -> int:
        wish = Wish(target="a", code="c", before="x", after="y")
        id, _ = journal.add_group(tx, 1, kind, "t", "t", [wish])
        is_open = int(state == "ready")
        tx.sql.execute(
            "UPDATE job_group SET open = ?, created = ? WHERE id = ?",
            (is_open, int(tx.now) - (OLD if old else 0), id),
        )
        tx.sql.execute(
            "UPDATE job SET state = ?, file = ? WHERE grp = ?", (state, file or None, id)
        )
        return id

    return await database.write(change)


@pytest.mark.parametrize(
    ("kind", "state", "old", "goes"),
    [
        (JobKind.RENAME, "done", True, True),
        (JobKind.RENAME, "cancelled", True, True),
        (JobKind.RENAME, "done", False, False),
        (JobKind.RENAME, "ready", True, False),
        (JobKind.RENAME, "needs you", True, False),
        (JobKind.TRASH, "done", True, False),
    ],
)
async def test_what_goes(tmp_path: Path, kind: JobKind, state: str, old: bool, goes: bool) -> None:
    database = Database(tmp_path / "library.db")
    await Store(database).adopt_accounts({"main": "voe"})

    def add_file(tx: Transaction) -> None:
        tx.sql.execute(
            "INSERT INTO file (account, code, folder, title, sort_title, folded, host_title,"
            " host_folder) VALUES (1, 'c', '0', 'a', 'a', 'a', 'a', '0')"
        )

    await database.write(add_file)
    id = await group(database, kind, state, old=old, file=1)
    assert await database.write(lambda tx: prune(tx, kept=0)) == int(goes)
    assert (History(database).group(id) is None) is goes
    if goes:
        assert History(database).jobs(group=id) == []
    database.close()


async def test_the_newest_stay_and_a_step_is_bounded(tmp_path: Path) -> None:
    database = Database(tmp_path / "library.db")
    await Store(database).adopt_accounts({"main": "voe"})
    ids = [await group(database, JobKind.RENAME, "done", old=True) for _ in range(6)]
    assert await database.write(prune) == 0
    assert await database.write(lambda tx: prune(tx, kept=2, most_jobs=3)) == 3
    assert await database.write(lambda tx: prune(tx, kept=2, most_jobs=3)) == 1
    assert [row.id for row in History(database).groups()] == [ids[5], ids[4]]
    database.close()
