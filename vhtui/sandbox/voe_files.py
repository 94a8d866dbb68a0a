"""VOE's calls about files: look, list, rename, move, delete, clone."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

from vhtui.sandbox.catalogue import add_file, check_folder, files_of, known, money
from vhtui.sandbox.clock import sql_time
from vhtui.sandbox.database import raw
from vhtui.sandbox.exchange import Caller
from vhtui.sandbox.parameters import Parameters
from vhtui.sandbox.replies import RefusedError, Reply
from vhtui.sandbox.transfers import RUNNING, remove_files, title_of
from vhtui.sandbox.voe_replies import paginator, success

LARGEST_PAGE = 250
DEFAULT_PAGE = 100


def info(caller: Caller, parameters: Parameters) -> Reply:
    """file/info: what each code is, 404 for those that are nothing."""
    codes = parameters.codes("file_code")
    found = files_of(caller.state.db, caller.account, codes)
    rows = [_info(caller, code, found.get(code)) for code in codes]
    single = caller.state.switches.voe_single_info and len(rows) == 1
    return success(caller, result=rows[0] if single else rows)


def _info(caller: Caller, code: str, row: sqlite3.Row | None) -> dict[str, object]:
    if row is not None:
        title, length, size = row["title"], row["length"], row["size"]
    else:
        waiting = caller.state.db.execute(
            "SELECT url FROM remote WHERE code = ? AND account = ? AND status <= ?",
            (code, caller.account.id, RUNNING),
        ).fetchone()
        if waiting is None:
            return {"status": 404, "fileCode": code}
        title, length, size = title_of(waiting["url"]), 0, 0
    return {
        "status": 200,
        "fileCode": code,
        "name": title,
        "title": title,
        "length": length,
        "file_size": size,
    }


def listing(caller: Caller, parameters: Parameters) -> Reply:
    """file/list: newest first, the whole account unless a folder is asked for."""
    where, conditions = ["account = ?"], list[object]([caller.account.id])
    switches = caller.state.switches
    if "fld_id" in parameters or switches.voe_list_is_top:
        folder = parameters.integer("fld_id", 0)
        conditions.append(check_folder(caller.state.db, caller.account, folder))
        where.append("folder = ?")
    if "created" in parameters:
        moment = _created(caller, parameters.get("created"))
        if not switches.voe_ignores_created:
            conditions.append(moment)
            where.append("uploaded > ?")
    if "name" in parameters:
        name = parameters.text("name")
        for special in ("!", "%", "_"):
            name = name.replace(special, "!" + special)
        conditions.append(raw(f"%{name}%"))
        where.append("title LIKE CAST(? AS TEXT) ESCAPE '!'")
    preview = parameters.flag("preview")
    condition = " AND ".join(where)
    order = "id ASC" if switches.voe_oldest_first else "id DESC"
    (total,) = caller.state.total(f"SELECT count(*) FROM file WHERE {condition}", tuple(conditions))

    def rows(limit: int, offset: int) -> Sequence[object]:
        found = caller.state.db.execute(
            "SELECT * FROM file WHERE id IN ("
            f"SELECT id FROM file WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?"
            f") ORDER BY {order}",
            (*conditions, limit, offset),
        )
        has_folder = switches.voe_list_has_folder
        return [_list_row(row, preview=preview, has_folder=has_folder) for row in found]

    return success(
        caller,
        result=paginator(
            caller,
            "file/list",
            number=parameters.integer("page", 1, lowest=1),
            per_page=min(parameters.integer("per_page", DEFAULT_PAGE, lowest=1), LARGEST_PAGE),
            total=total,
            rows=rows,
        ),
    )


def _created(caller: Caller, value: str) -> float:
    """Return the moment after which files are new: a timestamp, or a number of minutes ago."""
    if value.isascii() and value.isdigit() and len(value) < 10:
        return caller.state.clock.now() - int(value) * 60
    try:
        if caller.state.switches.voe_created_in_minutes:
            raise ValueError("no number")
        return datetime.fromisoformat(value).replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise RefusedError(422, "The created field must be a valid date.", "created") from error


def _list_row(row: sqlite3.Row, *, preview: bool, has_folder: bool) -> dict[str, object]:
    code = row["code"]
    listed = {
        "filecode": code,
        "name": row["title"],
        "title": row["title"],
        "uploaded": sql_time(row["uploaded"]),
        "size": row["size"],
        "length": row["length"],
        "file_money": money(row["revenue"]),
        "thumbnails": [f"https://voe.sx/cache/{code}_storyboard_L{n}.jpg" for n in range(3)]
        if row["length"]
        else [],
        "subtitles": [],
    }
    if has_folder:
        listed["file_fld_id"] = row["folder"]
    if preview:
        listed["preview"] = f"https://voe.sx/cache/{code}_preview.mp4"
    return listed


def rename(caller: Caller, parameters: Parameters) -> Reply:
    """file/rename: every given file gets the same title."""
    codes = parameters.codes("file_code")
    title = parameters.text("title")
    applied = known(caller.state.db, caller.account, codes)
    caller.state.db.executemany(
        "UPDATE file SET title = CAST(? AS TEXT) WHERE code = ?",
        [(raw(title), code) for code in applied],
    )
    caller.record("file/rename", {"file_code": codes, "title": title}, {"file_code": applied})
    return success(caller, result="File has been updated.")


def set_folder(caller: Caller, parameters: Parameters) -> Reply:
    """file/set_folder: unknown codes are passed over without a word."""
    codes = parameters.codes("file_code")
    folder = check_folder(caller.state.db, caller.account, parameters.integer("fld_id"))
    applied = known(caller.state.db, caller.account, codes)
    caller.state.db.executemany(
        "UPDATE file SET folder = ? WHERE code = ?", [(folder, code) for code in applied]
    )
    caller.record("file/set_folder", {"file_code": codes, "fld_id": folder}, {"file_code": applied})
    return success(caller)


def delete(caller: Caller, parameters: Parameters) -> Reply:
    """file/delete: for good; unknown codes are passed over without a word."""
    codes = parameters.codes("del_code")
    applied = known(caller.state.db, caller.account, codes)
    remove_files(caller.state.db, applied, caller.state.clock.now())
    caller.record("file/delete", {"del_code": codes}, {"del_code": applied})
    return success(caller)


def clone(caller: Caller, parameters: Parameters) -> Reply:
    """file/clone: a copy of an own file, or of another's who allows it."""
    code = parameters.text("file_code")
    folder = check_folder(caller.state.db, caller.account, parameters.integer("fld_id", 0))
    row = caller.state.db.execute("SELECT * FROM file WHERE code = ?", (code,)).fetchone()
    if row is None:
        raise RefusedError(404, "File not found.")
    if row["account"] != caller.account.id and not row["clonable"]:
        raise RefusedError(403, "The owner of this file does not allow cloning.")
    _, copy = add_file(
        caller.state,
        caller.account,
        title=row["title"],
        size=row["size"],
        folder=folder,
        length=row["length"],
        sha256=row["sha256"],
    )
    caller.record("file/clone", {"file_code": code, "fld_id": folder}, {"filecode": copy})
    return success(
        caller,
        result={
            "filecode": copy,
            "file_name": row["title"],
            "url": f"https://voe.sx/{copy}",
            "url_embed": f"https://voe.sx/e/{copy}",
        },
    )
