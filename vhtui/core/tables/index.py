"""What makes a million files as quick to list as a thousand: an index for every order.

Each index ends in the file's id by itself, which is the last tie-break of every order.
``title_unindexed`` are the files whose title the search index (``title_index.py``) lacks; that
index is no part of the schema, as not every SQLite can have it. (No INSERT OR IGNORE: the upsert
that fires a trigger overrides it.)
"""

from __future__ import annotations

INDEX = """
UPDATE file SET sort_title = natural_key(title) WHERE length(CAST(title AS BLOB)) > 200;
CREATE INDEX file_by_title ON file(account, sort_title);
CREATE INDEX file_by_size ON file(account, size);
CREATE INDEX file_by_uploaded ON file(account, uploaded);
CREATE INDEX file_by_views ON file(account, views);
CREATE INDEX file_by_length ON file(account, length);
CREATE INDEX file_by_shown_state ON file(account, COALESCE(pending, state), sort_title);

CREATE TABLE title_unindexed (id INTEGER PRIMARY KEY);
INSERT INTO title_unindexed SELECT id FROM file;
CREATE TRIGGER file_titled AFTER INSERT ON file BEGIN
    INSERT INTO title_unindexed VALUES (NEW.id);
END;
CREATE TRIGGER file_retitled AFTER UPDATE OF folded ON file WHEN OLD.folded <> NEW.folded BEGIN
    INSERT INTO title_unindexed SELECT NEW.id
        WHERE NOT EXISTS (SELECT 1 FROM title_unindexed WHERE id = NEW.id);
END;
"""
