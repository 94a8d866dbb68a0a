"""The table of where hosts fetched files from, kept when the host's queue forgets it."""

from __future__ import annotations

HOLES = """
CREATE TABLE fetched_from (
    account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (account, code)
) WITHOUT ROWID;
CREATE INDEX fetched_from_by_url ON fetched_from(url);
CREATE TRIGGER remote_upload_fetched AFTER INSERT ON remote_upload WHEN NEW.code IS NOT NULL BEGIN
    INSERT OR REPLACE INTO fetched_from (account, code, url)
        VALUES (NEW.account, NEW.code, NEW.url);
END;
INSERT OR REPLACE INTO fetched_from (account, code, url)
    SELECT account, code, url FROM remote_upload WHERE code IS NOT NULL;
"""
