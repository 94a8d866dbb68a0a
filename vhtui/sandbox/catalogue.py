"""The files and folders of an account: the SQL that both hosts share."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from vhtui.sandbox.database import raw
from vhtui.sandbox.receiving import ReceivedFile
from vhtui.sandbox.replies import RefusedError
from vhtui.sandbox.state import Account, State
from vhtui.sandbox.transfers import queue_encodings

REVENUE_UNIT = 100_000


def money(units: int) -> str:
    """Return an amount as the hosts write it: a decimal string of five places."""
    return f"{units / REVENUE_UNIT:.5f}"


def files_of(
    db: sqlite3.Connection, account: Account, codes: Sequence[str]
) -> dict[str, sqlite3.Row]:
    """Return the account's files among the codes, by code."""
    marks = ",".join("?" * len(codes))
    rows = db.execute(
        f"SELECT * FROM file WHERE account = ? AND code IN ({marks})", (account.id, *codes)
    )
    return {row["code"]: row for row in rows}


def known(db: sqlite3.Connection, account: Account, codes: Sequence[str]) -> list[str]:
    """Return the codes that are the account's files; refuse when there is none."""
    found = files_of(db, account, codes)
    if not found:
        raise RefusedError(404, "File not found.")
    return [code for code in codes if code in found]


def check_folder(db: sqlite3.Connection, account: Account, folder: int) -> int:
    """Return the folder's id when it is the account's (0 is the root); refuse otherwise."""
    if (
        folder
        and not db.execute(
            "SELECT 1 FROM folder WHERE id = ? AND account = ?", (folder, account.id)
        ).fetchone()
    ):
        raise RefusedError(404, "Folder not found.")
    return folder


def add_folder(db: sqlite3.Connection, account: Account, parent: int, name: str) -> int:
    """Make a folder and return its id. Two folders of the same name are two folders."""
    id = db.execute(
        "INSERT INTO folder (account, parent, name) VALUES (?, ?, CAST(? AS TEXT))",
        (account.id, parent, raw(name)),
    ).lastrowid
    assert id is not None
    return id


def folder_named(db: sqlite3.Connection, account: Account, name: str) -> int:
    """Return the id of the folder of that name, made when missing; 0 for no name."""
    if not name:
        return 0
    row = db.execute(
        "SELECT id FROM folder WHERE account = ? AND name = CAST(? AS TEXT) ORDER BY id LIMIT 1",
        (account.id, raw(name)),
    ).fetchone()
    return int(row["id"]) if row else add_folder(db, account, 0, name)


def add_file(
    state: State,
    account: Account,
    *,
    title: str,
    size: int,
    folder: int = 0,
    length: int = 0,
    sha256: str | None = None,
) -> tuple[int, str]:
    """Add a file, as of now; return its id and its new code."""
    code = state.new_code()
    id = state.db.execute(
        "INSERT INTO file (account, folder, code, title, size, length, views, revenue, uploaded,"
        " sha256) VALUES (?, ?, ?, CAST(? AS TEXT), ?, ?, 0, 0, ?, ?)",
        (account.id, folder, code, raw(title), size, length, state.clock.now(), sha256),
    ).lastrowid
    assert id is not None
    return id, code


def add_upload(
    state: State, account: Account, received: ReceivedFile, *, encode: bool
) -> tuple[int, str]:
    """Turn a received file into one of the account's files; return its id and code."""
    if not received.name.strip():
        raise RefusedError(422, "The file name field is required.", "file")
    if len(received.name) > 255:
        message = "The file name field must not be greater than 255 characters."
        raise RefusedError(422, message, "file")
    length = 0 if encode else received.size // 400_000 + 1
    id, code = add_file(
        state,
        account,
        title=received.name,
        size=received.size,
        length=length,
        sha256=received.sha256,
    )
    now = state.clock.now()
    state.db.execute(
        "INSERT INTO received (account, time, code, name, size, sha256) VALUES (?, ?, ?, ?, ?, ?)",
        (account.id, now, code, received.name, received.size, received.sha256),
    )
    if encode:
        queue_encodings(state.db, account.id, code, now)
    result = {"file_code": code}
    details = {"name": received.name, "size": received.size, "sha256": received.sha256}
    state.record(account, "upload", details, result)
    return id, code


def queue_remote(
    db: sqlite3.Connection, account: Account, url: str, folder: int, code: str, now: float
) -> int:
    """Put a URL into the remote upload queue and return the entry's id."""
    id = db.execute(
        "INSERT INTO remote (account, folder, code, url, note, created, ready)"
        " VALUES (?, ?, ?, CAST(? AS TEXT), '', ?, ?)",
        (account.id, folder, code, raw(url), now, now + 2),
    ).lastrowid
    assert id is not None
    return id


def check_url(url: str) -> str:
    """Return a URL the hosts would fetch: http, https or ftp with a host."""
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in ("http", "https", "ftp") or not rest.strip("/"):
        raise RefusedError(422, "The url field must be a valid URL.", "url")
    return url
