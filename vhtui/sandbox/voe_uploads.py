"""VOE's calls about uploads: direct ones, the remote upload queue, encodings."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import PurePath

from vhtui.sandbox.catalogue import add_upload, check_folder, check_url, queue_remote
from vhtui.sandbox.clock import iso_time, zulu_time
from vhtui.sandbox.exchange import Caller
from vhtui.sandbox.parameters import Parameters
from vhtui.sandbox.receiving import ReceivedFile
from vhtui.sandbox.replies import RefusedError, Reply
from vhtui.sandbox.transfers import COMPLETED, FAILED, RUNNING, START_DELAY, plan_download
from vhtui.sandbox.voe_replies import modern_success, paginator, success

DEFAULT_LIMIT = 100
LARGEST_LIMIT = 250
PLAYABLE = ".mp4"


def server(caller: Caller, parameters: Parameters) -> Reply:
    """upload/server: where to send a file."""
    return success(caller, result=f"{caller.state.origin}/voe/node/01")


def upload(caller: Caller, received: ReceivedFile | None) -> Reply:
    """POST at the delivery node: take the file. There is no folder to choose."""
    if received is None:
        raise RefusedError(422, "The file field is required.", "file")
    encode = PurePath(received.name).suffix.lower() != PLAYABLE
    id, code = add_upload(caller.state, caller.account, received, encode=encode)
    return Reply(
        body={
            "success": True,
            "message": "File has been uploaded successfully.",
            "file": {
                "id": id,
                "file_code": code,
                "file_title": received.name,
                "encoding_necessary": encode,
            },
        }
    )


def add_remote(caller: Caller, parameters: Parameters) -> Reply:
    """upload/url: the code exists before the file does. The folder is `folder_id` here."""
    url = check_url(parameters.text("url", longest=4096))
    folder = check_folder(caller.state.db, caller.account, parameters.integer("folder_id", 0))
    code, now = caller.state.new_code(), caller.state.clock.now()
    id = queue_remote(caller.state.db, caller.account, url, folder, code, now)
    result = {"file_code": code, "queueID": id}
    caller.record("upload/url", {"url": url, "folder_id": folder}, result)
    return success(caller, result=result)


def remote_list(caller: Caller, parameters: Parameters) -> Reply:
    """upload/url/list: the queue with its past, newest first."""
    db, now = caller.state.db, caller.state.clock.now()
    where, values = "account = ?", [caller.account.id]
    if "id" in parameters:
        where, values = "account = ? AND id = ?", [caller.account.id, parameters.integer("id")]
    (total,) = db.execute(f"SELECT count(*) FROM remote WHERE {where}", values).fetchone()

    def rows(limit: int, offset: int) -> Sequence[object]:
        found = db.execute(
            f"SELECT * FROM remote WHERE {where} ORDER BY id DESC LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [_remote_row(row, now) for row in found]

    return success(
        caller,
        msg="Success",
        message="List returned.",
        list=paginator(
            caller,
            "upload/url/list",
            number=parameters.integer("page", 1, lowest=1),
            per_page=min(parameters.integer("limit", DEFAULT_LIMIT, lowest=1), LARGEST_LIMIT),
            total=total,
            rows=rows,
        ),
    )


def _remote_row(row: sqlite3.Row, now: float) -> dict[str, object]:
    status, plan = row["status"], plan_download(row["url"], row["attempt"])
    total = loaded = speed = remaining = 0
    if status == COMPLETED:
        total = loaded = plan.total
    elif status in (RUNNING, FAILED) and row["started"] is not None:
        until = now if status == RUNNING else row["ended"]
        total = plan.total
        loaded = max(0, min(total - 1, int((until - row["started"]) * plan.rate)))
    if status == RUNNING:
        speed, remaining = plan.rate, (total - loaded) // plan.rate
    updated = now if status == RUNNING else row["ended"] or row["created"]
    return {
        "id": row["id"],
        "folder_id": row["folder"],
        "file_code": row["code"],
        "url": row["url"],
        "status": status,
        "status_note": row["note"] or None,
        "created_at": zulu_time(row["created"]),
        "started_at": None if row["started"] is None else zulu_time(row["started"]),
        "updated_at": zulu_time(updated),
        "total_size": total,
        "loaded_size": loaded,
        "speed": speed,
        "estimated_duration": remaining,
        "percent": loaded * 100 // total if total else 0,
        "additional_headers": None,
    }


def _entry(caller: Caller, parameters: Parameters) -> sqlite3.Row:
    row: sqlite3.Row | None = caller.state.db.execute(
        "SELECT * FROM remote WHERE id = ? AND account = ?",
        (parameters.integer("id"), caller.account.id),
    ).fetchone()
    if row is None:
        raise RefusedError(404, "Remote upload entry not found.")
    return row


def delete_remote(caller: Caller, parameters: Parameters) -> Reply:
    """upload/url/delete: only what has ended, well or badly."""
    row = _entry(caller, parameters)
    if row["status"] not in (COMPLETED, FAILED):
        message = "Only completed or failed remote uploads can be deleted."
        raise RefusedError(422, message, "id")
    caller.state.db.execute("DELETE FROM remote WHERE id = ?", (row["id"],))
    caller.record("upload/url/delete", {"id": row["id"]}, {"id": row["id"], "url": row["url"]})
    return modern_success(caller, "Remote upload entry deleted successfully.")


def delete_failed(caller: Caller, parameters: Parameters) -> Reply:
    """upload/url/delete/failed: everything that has failed by now."""
    found = caller.state.db.execute(
        "DELETE FROM remote WHERE account = ? AND status = ? RETURNING id",
        (caller.account.id, FAILED),
    ).fetchall()
    ids = sorted(row["id"] for row in found)
    caller.record("upload/url/delete/failed", {}, {"ids": ids})
    message = f"{len(ids)} failed remote upload(s) deleted."
    return modern_success(caller, message, deleted_count=len(ids))


def restart(caller: Caller, parameters: Parameters) -> Reply:
    """upload/url/restart: another attempt at what failed."""
    row, now = _entry(caller, parameters), caller.state.clock.now()
    if row["status"] != FAILED:
        raise RefusedError(422, "Only failed remote uploads can be restarted.", "id")
    caller.state.db.execute(
        "UPDATE remote SET status = 1, attempt = attempt + 1, note = '', ready = ?,"
        " started = NULL, ended = NULL WHERE id = ?",
        (now + START_DELAY, row["id"]),
    )
    caller.record("upload/url/restart", {"id": row["id"]}, {"id": row["id"]})
    return modern_success(caller, "Remote upload has been restarted.", queueID=row["id"])


def encodings(caller: Caller, parameters: Parameters) -> Reply:
    """encodings/list: what waits, what runs, and what ended a moment ago."""
    now = caller.state.clock.now()
    rows = caller.state.db.execute(
        "SELECT encoding.*, file.title FROM encoding JOIN file USING (code)"
        " WHERE encoding.account = ? ORDER BY encoding.id",
        (caller.account.id,),
    )
    message = "User encodings retrieved successfully."
    return modern_success(caller, message, data=[_encoding_row(row, now) for row in rows])


def _encoding_row(row: sqlite3.Row, now: float) -> dict[str, object]:
    started, ended = row["started"], row["ended"]
    status, note, percent = "PENDING", "Waiting", 0
    updated = row["created"]
    if ended is not None:
        status, note, percent, updated = "FINISHED", "Done", 100, ended
    elif started is not None:
        percent = max(0, min(99, int((now - started) * 100 / row["duration"])))
        status, note, updated = "ENCODING", "In Progress", now
    # PHP writes an empty object as an empty list.
    details: object = []
    if started is not None:
        details = {
            "videoWidth": 1920,
            "videoHeight": 1080,
            "videoBitrate": 5000,
            "audioBitrate": 128,
            "videoCodec": "H.264",
            "audioCodec": "AAC",
            "videoContainer": PurePath(row["title"][-16:]).suffix[1:].upper() or "MP4",
        }
    return {
        "status": status,
        "note": note,
        "created_at": iso_time(row["created"]),
        "started_at": None if started is None else iso_time(started),
        "updated_at": iso_time(updated),
        "file_code": row["code"],
        "file_title": row["title"],
        "quality": row["quality"],
        "error": None,
        "extra": "transcode_video_",
        "percent": percent,
        "original_details": details,
    }
