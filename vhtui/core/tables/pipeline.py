"""Tables of what follows an upload: complete sets with their videos, and how encodings went on."""

from __future__ import annotations

PIPELINE = """
ALTER TABLE upload_set ADD COLUMN fault TEXT NOT NULL DEFAULT '';
ALTER TABLE upload_set ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
UPDATE upload_set SET seen = 1 WHERE finished IS NOT NULL;

CREATE TABLE set_video (
    upload_set INTEGER NOT NULL REFERENCES upload_set(id) ON DELETE CASCADE,
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    PRIMARY KEY (upload_set, account, code)
) WITHOUT ROWID;
INSERT INTO set_video (upload_set, account, code)
    SELECT DISTINCT u.upload_set, u.account, u.code FROM upload u
    JOIN upload_set s ON s.id = u.upload_set
    WHERE s.finished IS NOT NULL AND u.state = 'playable' AND u.code IS NOT NULL;

CREATE TABLE encoding_sample (
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    quality INTEGER NOT NULL,
    stage TEXT NOT NULL,
    at REAL NOT NULL,
    percent REAL NOT NULL,
    PRIMARY KEY (account, code, quality, stage, at)
) WITHOUT ROWID;
"""
