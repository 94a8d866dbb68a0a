"""VOE's calls about folders, and its lists of what is gone: deleted files and takedowns."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from vhtui.sandbox.catalogue import add_folder, check_folder, money
from vhtui.sandbox.clock import sql_time
from vhtui.sandbox.database import raw
from vhtui.sandbox.exchange import Caller
from vhtui.sandbox.parameters import Parameters
from vhtui.sandbox.replies import RefusedError, Reply
from vhtui.sandbox.voe_replies import paginator, success

PER_PAGE = 100
DELETED_LIMIT = 250
# The document's text says 2500 and its example shows 1000: the host does the one, says the other.
DMCA_LIMIT = 2500
DMCA_STATED_LIMIT = 1000


def listing(caller: Caller, parameters: Parameters) -> Reply:
    """folder/list: all folders in a folder, and a page of its files."""
    db = caller.state.db
    folder = check_folder(db, caller.account, parameters.integer("fld_id", 0))
    inside = (caller.account.id, folder)
    folders = db.execute(
        "SELECT id, name FROM folder WHERE account = ? AND parent = ? ORDER BY id", inside
    ).fetchall()
    (total,) = db.execute(
        "SELECT count(*) FROM file WHERE account = ? AND folder = ?", inside
    ).fetchone()

    def rows(limit: int, offset: int) -> Sequence[object]:
        found = db.execute(
            "SELECT * FROM file WHERE account = ? AND folder = ? ORDER BY id DESC LIMIT ? OFFSET ?",
            (*inside, limit, offset),
        )
        return [_file_row(row) for row in found]

    number = parameters.integer("page", 1, lowest=1)
    if caller.state.switches.voe_pages_stand:
        number = 1
    return success(
        caller,
        result={
            "folders": [{"fld_id": row["id"], "name": row["name"]} for row in folders],
            "files": paginator(
                caller, "folder/list", number=number, per_page=PER_PAGE, total=total, rows=rows
            ),
        },
    )


def _file_row(row: sqlite3.Row) -> dict[str, object]:
    return {
        "file_code": row["code"],
        "file_fld_id": row["folder"],
        "name": row["title"],
        "title": row["title"],
        "views": row["views"],
        "uploaded": sql_time(row["uploaded"]),
        "length": row["length"],
        "file_size": row["size"],
        "revenue": money(row["revenue"]),
        "link": f"https://voe.sx/{row['code']}",
        "link_embed": f"https://voe.sx/e/{row['code']}",
    }


def create(caller: Caller, parameters: Parameters) -> Reply:
    """folder/create: names need not be distinct."""
    name = parameters.text("name")
    parent = check_folder(caller.state.db, caller.account, parameters.integer("parent_id", 0))
    folder = add_folder(caller.state.db, caller.account, parent, name)
    caller.record("folder/create", {"parent_id": parent, "name": name}, {"fld_id": folder})
    return success(caller, result={"fld_id": folder})


def rename(caller: Caller, parameters: Parameters) -> Reply:
    """folder/rename: the root has no name."""
    name = parameters.text("name")
    folder = check_folder(caller.state.db, caller.account, parameters.integer("fld_id"))
    if not folder:
        raise RefusedError(404, "Folder not found.")
    caller.state.db.execute(
        "UPDATE folder SET name = CAST(? AS TEXT) WHERE id = ?", (raw(name), folder)
    )
    caller.record("folder/rename", {"fld_id": folder, "name": name}, {"fld_id": folder})
    return success(caller)


def deleted(caller: Caller, parameters: Parameters) -> Reply:
    """files/deleted: the newest first."""
    return _gone(
        caller,
        parameters,
        call="files/deleted",
        source="SELECT code, title, moment AS created, moment AS due FROM deleted"
        " WHERE account = ? ORDER BY moment DESC, id DESC",
        values=(caller.account.id,),
        limit=DELETED_LIMIT,
        stated_limit=DELETED_LIMIT,
        page_row=_gone_row,
    )


def takedowns(caller: Caller, parameters: Parameters) -> Reply:
    """dmca/list: the newest first; `pending` are those whose file is still there."""
    earliest = caller.state.clock.now() if parameters.flag("pending") else 0.0
    return _gone(
        caller,
        parameters,
        call="dmca/list",
        source="SELECT code, title, created, due FROM takedown"
        " WHERE account = ? AND due > ? ORDER BY created DESC, id DESC",
        values=(caller.account.id, earliest),
        limit=DMCA_LIMIT,
        stated_limit=DMCA_STATED_LIMIT,
        page_row=_takedown_row,
    )


def _gone(
    caller: Caller,
    parameters: Parameters,
    *,
    call: str,
    source: str,
    values: tuple[object, ...],
    limit: int,
    stated_limit: int,
    page_row: Callable[[sqlite3.Row, float], dict[str, object]],
) -> Reply:
    db, now = caller.state.db, caller.state.clock.now()
    last = parameters.integer("last", 0) if "last" in parameters else 0
    if not parameters.flag("pagination"):
        found = db.execute(f"{source} LIMIT ?", (*values, min(last or limit, limit)))
        rows = [_gone_row(row, now) for row in found]
        return success(caller, result=rows, limit=min(last, limit) or stated_limit)
    (total,) = db.execute(f"SELECT count(*) FROM ({source})", values).fetchone()
    total = min(total, last) if last else total

    def page_rows(size: int, offset: int) -> Sequence[object]:
        size = min(size, max(total - offset, 0))
        found = db.execute(f"{source} LIMIT ? OFFSET ?", (*values, size, offset))
        return [page_row(row, now) for row in found]

    number = parameters.integer("page", 1, lowest=1)
    return success(
        caller,
        files=paginator(
            caller, call, number=number, per_page=PER_PAGE, total=total, rows=page_rows
        ),
    )


def _gone_row(row: sqlite3.Row, now: float) -> dict[str, object]:
    return {
        "file_code": row["code"],
        "name": row["title"],
        "deleted": sql_time(row["created"]),
        "del_time": sql_time(row["due"]),
        "deleted_ago_sec": int(now - row["due"]),
    }


def _takedown_row(row: sqlite3.Row, now: float) -> dict[str, object]:
    return {
        "title": row["title"],
        "name": row["title"],
        "file_code": row["code"],
        "created": sql_time(row["created"]),
        "deleted": sql_time(row["due"]),
    }
