"""What is about to be deleted for good, written to the disk before the host is asked.

One JSON line a file, in ``manifests/deleted-YYYY-MM.jsonl`` of the data directory: enough to know
afterwards what it was and where its links pointed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from vhtui.atomic import append_durably
from vhtui.core.jobs.journal import Entry
from vhtui.core.store import Store
from vhtui.links import LinkBase
from vhtui.text import iso_words


def write_manifest(
    data: Path, store: Store, account: str, entries: Sequence[Entry], base: LinkBase
) -> None:
    """Append a line for every file and flush them to the disk; OSError when that fails."""
    now = time.time()
    lines: list[str] = []
    for entry in entries:
        row = store.file(entry.file) if entry.file is not None else None
        lines.append(
            json.dumps(
                {
                    "at": iso_words(now),
                    "account": account,
                    "code": entry.code,
                    "title": entry.before,
                    "folder": store.folder_path(account, row.folder) if row else None,
                    "size": row.size if row else None,
                    "length": row.length if row else None,
                    "page": base.page_of(entry.code or ""),
                    "embed": base.embed_of(entry.code or ""),
                    "job": entry.id,
                }
            )
        )
    path = data / "manifests" / time.strftime("deleted-%Y-%m.jsonl", time.gmtime(now))
    append_durably(path, "".join(f"{line}\n" for line in lines))
