"""Tables of local uploads: the queue, sets, what was uploaded before, watched folders."""

from __future__ import annotations

UPLOADS = """
CREATE TABLE upload_set (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    template TEXT NOT NULL,
    links_file BLOB NOT NULL,
    created INTEGER NOT NULL,
    finished INTEGER
);
CREATE UNIQUE INDEX upload_set_open ON upload_set(name) WHERE finished IS NULL;

CREATE TABLE upload (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    position REAL NOT NULL,
    path BLOB NOT NULL,
    title TEXT NOT NULL,
    folder TEXT,
    folder_path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    device INTEGER NOT NULL,
    digest BLOB,
    state TEXT NOT NULL DEFAULT 'queued',
    wish TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    sent INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    looks INTEGER NOT NULL DEFAULT 0,
    accepted INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,
    evidence TEXT,
    code TEXT,
    encodes INTEGER,
    asked INTEGER,
    jobs TEXT NOT NULL DEFAULT '',
    upload_set INTEGER REFERENCES upload_set(id) ON DELETE SET NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
);
CREATE INDEX upload_queued ON upload(position) WHERE state = 'queued';
CREATE INDEX upload_under_way ON upload(position)
    WHERE state IN ('sending', 'checking', 'placing', 'encoding');
CREATE INDEX upload_later ON upload(not_before) WHERE not_before > 0;
CREATE INDEX upload_by_position ON upload(account, position);
CREATE INDEX upload_by_path ON upload(path);
CREATE INDEX upload_by_set ON upload(upload_set) WHERE upload_set IS NOT NULL;

CREATE TABLE uploaded (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    path BLOB NOT NULL,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    digest BLOB NOT NULL,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (account, code)
);
CREATE INDEX uploaded_by_size ON uploaded(size);

CREATE TABLE watch_folder (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    path BLOB NOT NULL,
    folder_path TEXT NOT NULL,
    patterns TEXT NOT NULL,
    recursive INTEGER NOT NULL,
    keep_tree INTEGER NOT NULL,
    settle REAL NOT NULL,
    created INTEGER NOT NULL,
    UNIQUE (account, path)
);
"""
