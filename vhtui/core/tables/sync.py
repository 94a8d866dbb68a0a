"""What a sync has to remember, so that it goes on where it stopped.

``folder.listed`` says when the listing began that is in the library; beside it:
``endless``: when a listing came to no proper end; ``page``: pages kept of one under way;
``total``: files the host counted; ``wanted``: to be listed before others; ``lost``: when a listing
of its parent lacked it.
"""

from __future__ import annotations

SYNC = """
ALTER TABLE folder ADD COLUMN endless REAL;
ALTER TABLE folder ADD COLUMN page INTEGER NOT NULL DEFAULT 0;
ALTER TABLE folder ADD COLUMN total INTEGER;
ALTER TABLE folder ADD COLUMN wanted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE folder ADD COLUMN lost REAL;

ALTER TABLE account ADD COLUMN sync_left REAL;
ALTER TABLE account ADD COLUMN sync_note TEXT NOT NULL DEFAULT '';

ALTER TABLE request ADD COLUMN result TEXT NOT NULL DEFAULT '';

CREATE TABLE sync_state (
    account INTEGER PRIMARY KEY REFERENCES account(id) ON DELETE CASCADE,
    began REAL NOT NULL,
    ended REAL,
    newest INTEGER,
    known_to INTEGER,
    files INTEGER,
    drift INTEGER NOT NULL DEFAULT 0,
    hurry REAL NOT NULL DEFAULT 0,
    no_deleted REAL NOT NULL DEFAULT 0
);
INSERT INTO sync_state (account, began, ended, known_to)
    SELECT id, synced, synced, synced - 86400 FROM account WHERE synced IS NOT NULL;

CREATE TABLE missing (
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    folder TEXT NOT NULL,
    asked REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (account, code)
) WITHOUT ROWID;
CREATE INDEX missing_by_folder ON missing(account, folder);

CREATE TABLE unplaced (
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    PRIMARY KEY (account, code)
) WITHOUT ROWID;
"""
