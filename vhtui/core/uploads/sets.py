"""Sets: uploads that belong together; when all play, their links are written and a command runs.

The links file is written first, then the end is noted, from where every vhtui hears of it, then the
command runs: at most once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from vhtui.atomic import write_atomically
from vhtui.config import Settings
from vhtui.core.database import Transaction
from vhtui.core.store import Store, storable, write_log
from vhtui.core.threads import in_thread
from vhtui.core.uploads import set_list
from vhtui.errors import UsageError
from vhtui.links import BaseFor, format_named
from vhtui.text import clean, plural

Notify = Callable[[str, str], None]
"""Tells the person something: level, sentence."""

HOOK_SECONDS = 60.0
"""How long the person's command may run, as long as vhtui does."""
_LONGEST_VALUE = 100_000  # the kernel takes no longer string in an environment


def join(tx: Transaction, name: str, template: str, links_file: Path) -> int:
    """Return the open set of a name, made when there is none."""
    name = storable(name)
    row = tx.sql.execute(
        "SELECT id FROM upload_set WHERE name = ? AND finished IS NULL", (name,)
    ).fetchone()
    if row is not None:
        return int(row["id"])
    cursor = tx.sql.execute(
        "INSERT INTO upload_set (name, template, links_file, created) VALUES (?, ?, ?, ?)",
        (name, template, os.fsencode(links_file), int(tx.now)),
    )
    return int(cursor.lastrowid or 0)


class Sets:
    """Ends the sets whose uploads all play."""

    def __init__(self, store: Store, settings: Settings, base_for: BaseFor, notify: Notify) -> None:
        """Write links with ``base_for``, tell through ``notify``."""
        self._store = store
        self._settings = settings
        self._base_for = base_for
        self._notify = notify
        self._told: set[int] = set()

    async def finish(self) -> None:
        """End every set that is complete: all its uploads play, cancelled ones do not count."""
        complete = self._store.database.reader().execute(
            "SELECT s.* FROM upload_set s JOIN upload u ON u.upload_set = s.id"
            " WHERE s.finished IS NULL GROUP BY s.id"
            " HAVING SUM(u.state = 'playable') > 0"
            " AND SUM(u.state NOT IN ('playable', 'cancelled')) = 0"
        )
        for row in complete.fetchall():
            if row["id"] not in self._told:
                file = Path(os.fsdecode(row["links_file"]))
                await self._finish(row["id"], row["name"], row["template"], file)

    async def _finish(self, id: int, name: str, template: str, links_file: Path) -> None:
        self._told.add(id)
        items = await asyncio.to_thread(set_list.videos, self._store, id)
        links = fault = ""
        try:
            links = format_named(items, template, self._settings.link_templates, self._base_for)
            await asyncio.to_thread(write_atomically, links_file, links + "\n")
        except (OSError, UsageError) as error:
            fault = f"its links could not be written: {clean(str(error), 300)}"

        def change(tx: Transaction) -> None:
            count = set_list.mark_complete(tx, id, storable(fault))
            account = items[0].account if items else ""
            level, more = ("error", f"; {fault}") if fault else ("info", "")
            write_log(tx, account, level, f"set {name}: {plural(count, 'video')} playable{more}")

        await self._store.database.write(change)
        if self._settings.uploads.set_command:
            values = {
                "VHTUI_SET": name,
                "VHTUI_CODES": "\n".join(item.code for item in items),
                "VHTUI_LINKS": links,
                "VHTUI_LINKS_FILE": "" if fault else str(links_file),
            }
            await self._run(name, self._settings.uploads.set_command, values)

    async def _run(self, name: str, command: tuple[str, ...], values: Mapping[str, str]) -> None:
        """Run the person's command; without a shell, without keys in its environment."""
        environ = {key: text for key, text in os.environ.items() if not key.startswith("VHTUI_KEY")}
        environ |= {key: text for key, text in values.items() if len(text) <= _LONGEST_VALUE}
        try:
            status = await in_thread(lambda: _status_of(command, environ))
        except (OSError, ValueError) as error:
            self._notify("error", f"the command of set {name} did not start: {error}")
            return
        if status:
            self._notify("warning", f"the command of set {name} ended with status {status}")


def _status_of(command: tuple[str, ...], environ: Mapping[str, str]) -> int:
    """Run a command to its end and return its exit status; it outlives this process."""
    null = subprocess.DEVNULL
    process = subprocess.Popen(
        command, env=environ, stdin=null, stdout=null, stderr=null, start_new_session=True
    )
    try:
        return process.wait(HOOK_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return process.wait()
