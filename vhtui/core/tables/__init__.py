"""The database's tables, as a list of migrations. ``PRAGMA user_version`` counts those applied."""

from __future__ import annotations

from vhtui.core.tables.desk import DESK
from vhtui.core.tables.holes import HOLES
from vhtui.core.tables.index import INDEX
from vhtui.core.tables.library import LIBRARY
from vhtui.core.tables.pipeline import PIPELINE
from vhtui.core.tables.states import STATES
from vhtui.core.tables.sync import SYNC
from vhtui.core.tables.trends import TRENDS
from vhtui.core.tables.uploads import UPLOADS

MIGRATIONS: tuple[str, ...] = (LIBRARY, UPLOADS, DESK, PIPELINE, HOLES, SYNC, TRENDS, INDEX, STATES)
"""Each entry takes the database one version up; entries are only ever appended."""
