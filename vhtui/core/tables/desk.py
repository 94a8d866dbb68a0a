"""Tables of the account's desk: statistics, takedowns, deletions, link checks, orders."""

from __future__ import annotations

DESK = """
CREATE TABLE last_look (
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, kind)
) WITHOUT ROWID;

CREATE TABLE stats_day (
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    date TEXT NOT NULL,
    views INTEGER NOT NULL,
    views_adblock INTEGER NOT NULL,
    views_vpn INTEGER NOT NULL,
    views_tor INTEGER NOT NULL,
    views_paid INTEGER NOT NULL,
    views_total INTEGER NOT NULL,
    uploads INTEGER NOT NULL,
    downloads INTEGER NOT NULL,
    profit TEXT NOT NULL,
    PRIMARY KEY (account, date)
) WITHOUT ROWID;

CREATE TABLE takedown (
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    created INTEGER,
    expires INTEGER,
    withdrawn INTEGER NOT NULL DEFAULT 0,
    label TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (account, code)
) WITHOUT ROWID;
CREATE INDEX takedown_by_code ON takedown(code);

CREATE TABLE deleted_file (
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    deleted INTEGER,
    PRIMARY KEY (account, code)
) WITHOUT ROWID;

CREATE TABLE gone_file (
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    folder_path TEXT NOT NULL,
    size INTEGER,
    length INTEGER,
    views INTEGER,
    uploaded INTEGER,
    revenue TEXT,
    gone INTEGER NOT NULL,
    PRIMARY KEY (account, code)
) WITHOUT ROWID;
CREATE TRIGGER file_remembered AFTER DELETE ON file
WHEN EXISTS (SELECT 1 FROM account WHERE id = OLD.account) BEGIN
    INSERT OR REPLACE INTO gone_file VALUES (OLD.account, OLD.code, OLD.title,
        COALESCE((SELECT path FROM folder WHERE account = OLD.account AND id = OLD.folder),
            '/'),
        OLD.size, OLD.length, OLD.views, OLD.uploaded, OLD.revenue,
        CAST(strftime('%s', 'now') AS INTEGER));
END;

CREATE TABLE renewal (
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    old TEXT NOT NULL,
    new TEXT NOT NULL,
    title TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, old, at)
) WITHOUT ROWID;
CREATE INDEX renewal_by_new ON renewal(account, new);

CREATE TABLE embed_domain (
    account INTEGER PRIMARY KEY REFERENCES account(id) ON DELETE CASCADE,
    domain TEXT NOT NULL,
    refusal TEXT NOT NULL,
    at INTEGER NOT NULL
);

CREATE TABLE premium_order (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    days INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    state TEXT NOT NULL,
    error TEXT NOT NULL DEFAULT '',
    file TEXT NOT NULL DEFAULT '',
    keys INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
);

CREATE TABLE link_check (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    error TEXT NOT NULL DEFAULT '',
    created INTEGER NOT NULL,
    finished INTEGER
);
CREATE TABLE link_source (
    id INTEGER PRIMARY KEY,
    link_check INTEGER NOT NULL REFERENCES link_check(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    links INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX link_source_by_check ON link_source(link_check);
CREATE TABLE link (
    id INTEGER PRIMARY KEY,
    link_check INTEGER NOT NULL REFERENCES link_check(id) ON DELETE CASCADE,
    host TEXT NOT NULL,
    code TEXT NOT NULL,
    text TEXT NOT NULL,
    verdict TEXT NOT NULL DEFAULT '',
    account INTEGER,
    UNIQUE (link_check, host, code)
);
CREATE INDEX link_by_verdict ON link(link_check, verdict);
CREATE TABLE link_place (
    link INTEGER NOT NULL REFERENCES link(id) ON DELETE CASCADE,
    source INTEGER NOT NULL REFERENCES link_source(id) ON DELETE CASCADE,
    line INTEGER NOT NULL,
    PRIMARY KEY (link, source, line)
) WITHOUT ROWID;
CREATE INDEX link_place_by_source ON link_place(source, line);
CREATE TABLE link_answer (
    link INTEGER NOT NULL REFERENCES link(id) ON DELETE CASCADE,
    account INTEGER NOT NULL,
    answer TEXT,
    PRIMARY KEY (link, account)
) WITHOUT ROWID;
CREATE INDEX link_unanswered ON link_answer(account, link) WHERE answer IS NULL;
"""
