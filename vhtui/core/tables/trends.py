"""Tables of the trends: what files' views and revenue were, on the days when they changed.

A row of ``trend`` is the value that was known last on a day (days since the epoch, UTC): of the
day of a change, and of the last day before it on which the file's folder had been listed with the
old value. What was not looked at in between is therefore told from what stood still. The last row
has the file's present value. ``revenue`` is in units of 0.00001, so that sums are exact; an amount
is held to ten million, so that no sum can overflow.

``trend_since`` is the day from which an account is known as a whole. A file that comes later had
what it has on the day before it came, or nothing if it was uploaded on the day it came.
"""

from __future__ import annotations

_TODAY = "(strftime('%s', 'now') / 86400)"
_LISTED = f"min(CAST(listed / 86400 AS INTEGER), {_TODAY} - 1)"


def _units(amount: str) -> str:
    return f"CAST(round(min(max({amount} * 100000.0, -1e12), 1e12)) AS INTEGER)"


REVENUE_UNITS = _units("f.revenue")
"""A file's revenue in units of 0.00001; NULL where nobody told it."""

TRENDS = f"""
CREATE TABLE trend (
    file INTEGER NOT NULL,
    day INTEGER NOT NULL,
    views INTEGER,
    revenue INTEGER,
    PRIMARY KEY (file, day)
) WITHOUT ROWID;
CREATE INDEX trend_by_day ON trend(day);

CREATE TABLE trend_since (
    account INTEGER PRIMARY KEY REFERENCES account(id) ON DELETE CASCADE,
    day INTEGER NOT NULL
);
INSERT INTO trend_since SELECT id, {_TODAY} FROM account WHERE synced IS NOT NULL;

CREATE TRIGGER trends_began AFTER UPDATE OF synced ON account
WHEN OLD.synced IS NULL AND NEW.synced IS NOT NULL BEGIN
    INSERT INTO trend_since VALUES (NEW.id, CAST(NEW.synced / 86400 AS INTEGER))
        ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER trend_came AFTER INSERT ON file
WHEN EXISTS (SELECT 1 FROM trend_since WHERE account = NEW.account) BEGIN
    INSERT INTO trend VALUES (NEW.id, {_TODAY} - 1, NEW.views, {_units("NEW.revenue")});
    UPDATE trend SET views = 0, revenue = 0
        WHERE file = NEW.id AND NEW.uploaded / 86400 >= {_TODAY};
    INSERT INTO trend SELECT NEW.id, {_TODAY}, NEW.views, {_units("NEW.revenue")}
        WHERE NEW.uploaded / 86400 >= {_TODAY};
END;
CREATE TRIGGER trend_changed AFTER UPDATE OF views, revenue ON file
WHEN OLD.views IS NOT NEW.views OR OLD.revenue IS NOT NEW.revenue BEGIN
    INSERT INTO trend
        SELECT OLD.id, {_LISTED}, OLD.views, {_units("OLD.revenue")}
        FROM folder WHERE account = OLD.account AND id = OLD.host_folder
            AND {_LISTED}
                > COALESCE((SELECT max(day) FROM trend WHERE file = OLD.id), -1);
    INSERT INTO trend VALUES (NEW.id, {_TODAY}, NEW.views, {_units("NEW.revenue")})
        ON CONFLICT DO UPDATE SET views = excluded.views, revenue = excluded.revenue;
END;
CREATE TRIGGER trend_ended AFTER DELETE ON file BEGIN
    DELETE FROM trend WHERE file = OLD.id;
END;
"""
