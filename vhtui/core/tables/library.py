"""Tables of the library and the journal.

A file's and a folder's ``title`` (and a file's ``folder``) is what the person asked for and sees;
``host_title`` and ``host_folder`` are what the host last said. They differ while a job is open.
"""

from __future__ import annotations

LIBRARY = """
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    provider TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'new',
    message TEXT NOT NULL DEFAULT '',
    info TEXT,
    checked INTEGER,
    synced INTEGER,
    sync_done INTEGER,
    sync_total INTEGER,
    files INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE folder (
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    parent TEXT NOT NULL,
    title TEXT NOT NULL,
    sort_title TEXT NOT NULL,
    path TEXT NOT NULL,
    folded TEXT NOT NULL,
    host_title TEXT NOT NULL,
    pending TEXT,
    files INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    listed INTEGER,
    unreadable INTEGER NOT NULL DEFAULT 0,
    touched REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) WITHOUT ROWID;
CREATE INDEX folder_by_parent ON folder(account, parent, sort_title);
CREATE INDEX folder_by_path ON folder(account, path);

CREATE TABLE file (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    folder TEXT NOT NULL,
    title TEXT NOT NULL,
    sort_title TEXT NOT NULL,
    folded TEXT NOT NULL,
    size INTEGER,
    length INTEGER,
    views INTEGER,
    uploaded INTEGER,
    revenue TEXT,
    state TEXT NOT NULL DEFAULT 'ok',
    percent REAL,
    pending TEXT,
    host_title TEXT NOT NULL,
    host_folder TEXT NOT NULL,
    touched REAL NOT NULL DEFAULT 0,
    UNIQUE (account, code)
);
CREATE INDEX file_by_folder ON file(account, folder, sort_title);
CREATE INDEX file_by_state ON file(account, state) WHERE state <> 'ok';

CREATE TRIGGER file_added AFTER INSERT ON file BEGIN
    UPDATE folder SET files = files + 1, bytes = bytes + COALESCE(NEW.size, 0)
        WHERE account = NEW.account AND id = NEW.folder;
    UPDATE account SET files = files + 1, bytes = bytes + COALESCE(NEW.size, 0)
        WHERE id = NEW.account;
END;
CREATE TRIGGER file_removed AFTER DELETE ON file BEGIN
    UPDATE folder SET files = files - 1, bytes = bytes - COALESCE(OLD.size, 0)
        WHERE account = OLD.account AND id = OLD.folder;
    UPDATE account SET files = files - 1, bytes = bytes - COALESCE(OLD.size, 0)
        WHERE id = OLD.account;
END;
CREATE TRIGGER file_moved AFTER UPDATE OF folder ON file WHEN OLD.folder <> NEW.folder BEGIN
    UPDATE folder SET files = files - 1, bytes = bytes - COALESCE(OLD.size, 0)
        WHERE account = OLD.account AND id = OLD.folder;
    UPDATE folder SET files = files + 1, bytes = bytes + COALESCE(OLD.size, 0)
        WHERE account = NEW.account AND id = NEW.folder;
END;
CREATE TRIGGER file_resized AFTER UPDATE OF size ON file WHEN OLD.size IS NOT NEW.size BEGIN
    UPDATE folder SET bytes = bytes - COALESCE(OLD.size, 0) + COALESCE(NEW.size, 0)
        WHERE account = NEW.account AND id = NEW.folder;
    UPDATE account SET bytes = bytes - COALESCE(OLD.size, 0) + COALESCE(NEW.size, 0)
        WHERE id = NEW.account;
END;

CREATE TABLE tombstone (
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    deleted REAL NOT NULL,
    PRIMARY KEY (account, code)
) WITHOUT ROWID;

CREATE TABLE remote_upload (
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    url TEXT NOT NULL,
    state TEXT NOT NULL,
    raw_state TEXT NOT NULL DEFAULT '',
    code TEXT,
    folder TEXT,
    note TEXT NOT NULL DEFAULT '',
    size INTEGER,
    loaded INTEGER,
    speed INTEGER,
    remaining INTEGER,
    percent REAL,
    created INTEGER,
    updated INTEGER,
    PRIMARY KEY (account, id)
) WITHOUT ROWID;

CREATE TABLE encoding (
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    quality INTEGER NOT NULL DEFAULT 0,
    stage TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    percent REAL,
    note TEXT NOT NULL DEFAULT '',
    error TEXT NOT NULL DEFAULT '',
    created INTEGER,
    started INTEGER,
    updated INTEGER,
    source TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (account, code, quality, stage)
) WITHOUT ROWID;

CREATE TABLE job_group (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    done_title TEXT NOT NULL,
    created INTEGER NOT NULL,
    position REAL NOT NULL,
    paused INTEGER NOT NULL DEFAULT 0,
    role TEXT NOT NULL DEFAULT 'do',
    undoes INTEGER,
    undone INTEGER NOT NULL DEFAULT 0,
    hidden INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    open INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    cancelled INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX group_open ON job_group(account, position) WHERE open > 0;
CREATE INDEX group_failed ON job_group(id) WHERE failed > 0;

CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    grp INTEGER NOT NULL REFERENCES job_group(id) ON DELETE CASCADE,
    account INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    target TEXT NOT NULL,
    file INTEGER,
    code TEXT,
    folder TEXT,
    before TEXT,
    after TEXT,
    evidence TEXT,
    result TEXT,
    lane TEXT,
    waits_for INTEGER,
    alone INTEGER NOT NULL DEFAULT 0,
    looks INTEGER NOT NULL DEFAULT 0,
    tries INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
);
CREATE INDEX job_open ON job(account, id)
    WHERE state IN ('planned', 'ready', 'sent', 'unknown', 'verifying');
CREATE INDEX job_doubtful ON job(account, id) WHERE state IN ('unknown', 'verifying');
CREATE INDEX job_by_group ON job(grp, id);
CREATE INDEX job_due ON job(grp, id) WHERE state IN ('ready', 'unknown', 'verifying');
CREATE INDEX job_later ON job(account, not_before)
    WHERE state IN ('ready', 'unknown', 'verifying') AND not_before > 0;
CREATE INDEX job_lane ON job(account, lane, id) WHERE lane IS NOT NULL
    AND state IN ('planned', 'ready', 'sent', 'unknown', 'verifying', 'needs you');
CREATE INDEX job_by_file ON job(file, id)
    WHERE file IS NOT NULL
    AND state IN ('planned', 'ready', 'sent', 'unknown', 'verifying', 'needs you');
CREATE INDEX job_trashed ON job(file, id) WHERE kind = 'trash' AND state = 'done';
CREATE INDEX job_by_folder ON job(account, folder, id)
    WHERE folder IS NOT NULL
    AND state IN ('planned', 'ready', 'sent', 'unknown', 'verifying', 'needs you');
CREATE INDEX job_waiting ON job(waits_for) WHERE waits_for IS NOT NULL;
CREATE INDEX job_result ON job(account, result) WHERE result IS NOT NULL;

CREATE TABLE request (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    target TEXT NOT NULL DEFAULT '',
    created REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    error TEXT NOT NULL DEFAULT '',
    finished REAL
);
CREATE INDEX request_open ON request(account, kind, target) WHERE state = 'open';

CREATE TABLE log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    account TEXT NOT NULL,
    level TEXT NOT NULL,
    text TEXT NOT NULL
);

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
"""
