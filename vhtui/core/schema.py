"""The database's tables, as a list of migrations. ``PRAGMA user_version`` counts those applied."""

from __future__ import annotations

from vhtui.core.tables_desk import DESK
from vhtui.core.tables_holes import HOLES
from vhtui.core.tables_index import INDEX
from vhtui.core.tables_library import LIBRARY
from vhtui.core.tables_pipeline import PIPELINE
from vhtui.core.tables_states import STATES
from vhtui.core.tables_sync import SYNC
from vhtui.core.tables_trends import TRENDS
from vhtui.core.tables_uploads import UPLOADS

MIGRATIONS: tuple[str, ...] = (LIBRARY, UPLOADS, DESK, PIPELINE, HOLES, SYNC, TRENDS, INDEX, STATES)
"""Each entry takes the database one version up; entries are only ever appended."""
