"""Everything a running sandbox knows: database, clock, rate limit, faults, requests."""

from __future__ import annotations

import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from vhtui.sandbox import SandboxError, SandboxOptions, database, library, transfers
from vhtui.sandbox.clock import Clock
from vhtui.sandbox.connections import Connections
from vhtui.sandbox.faults import Faults
from vhtui.sandbox.limits import RateLimit
from vhtui.sandbox.populate import populate

PROVIDERS = ("voe", "illvid")
API_PATHS = {"voe": "/voe/api", "illvid": "/illvid/api"}
# illvid lists nothing: its account holds what a person would have collected as links.
ILLVID_SHARE = 10
ILLVID_FILES = 1000
ILLVID_FOLDERS = 10


class Account(Struct, frozen=True):
    """Somebody's account at one of the hosts. `name` is the sandbox's name for it."""

    id: int
    provider: str
    name: str
    key: str


class Switches(Struct, kw_only=True):
    """Behaviours of the hosts that are not certain, for trying the opposite.

    `illvid_envelope`: every illvid answer is `{status, msg, result}`. `illvid_html_form`: an
    illvid upload is answered by a form. `illvid_bare_codes`: check_files answers codes instead
    of objects. `illvid_login`: the API login, an account's name here, is needed besides the key.
    `voe_single_info`: file/info of one code answers an object, not a list. Of file/list:
    `voe_ignores_created` gives files of any age whatever `created` says;
    `voe_created_in_minutes` takes no timestamp there; `voe_oldest_first` turns the order round;
    `voe_list_is_top` gives the top folder's files when `fld_id` is left out; `voe_list_has_folder`
    tells each file's folder. `voe_pages_stand` gives folder/list's first page for every page.
    """

    illvid_envelope: bool = False
    illvid_html_form: bool = False
    illvid_bare_codes: bool = False
    illvid_login: bool = False
    voe_single_info: bool = False
    voe_ignores_created: bool = False
    voe_created_in_minutes: bool = False
    voe_oldest_first: bool = False
    voe_list_is_top: bool = False
    voe_list_has_folder: bool = False
    voe_pages_stand: bool = False


class State:
    """The one thing that every part of the server shares. Used from one thread at a time."""

    def __init__(self, options: SandboxOptions) -> None:
        self.options = options
        self.origin = ""
        self.connections = Connections()
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        path = options.database
        if path is None:
            self._directory = tempfile.TemporaryDirectory(prefix="vhtui-sandbox-")
            path = Path(self._directory.name) / "sandbox.sqlite"
        try:
            self.db = database.connect(path)
        except database.ForeignDatabaseError as error:
            raise SandboxError(f"{path} is not a sandbox database.") from error
        except sqlite3.OperationalError as error:
            raise SandboxError(f"Cannot open {path}: {error}.") from error
        self._begin()
        if not self.accounts():
            self._fill()

    def _begin(self) -> None:
        self.clock = Clock(self.options.speed)
        self.rng = random.Random(self.options.seed)
        self.limit = RateLimit(self.options.rate)
        self.faults = Faults()
        self.switches = Switches()
        self.requests: list[dict[str, Any]] = []
        self._settled = 0.0
        self._totals: dict[tuple[str, tuple[object, ...]], tuple[Any, ...]] = {}
        self._totals_at = -1

    def _fill(self) -> None:
        files, folders = self.options.files, self.options.folders
        self.add_account("voe", files, folders)
        fewer = min(max(files // ILLVID_SHARE, 1), ILLVID_FILES) if files else 0
        self.add_account("illvid", fewer, min(folders, ILLVID_FOLDERS))

    def reset(self) -> None:
        """Start again as on the first day: the first accounts and keys, no faults, no history."""
        database.create(self.db)
        self._begin()
        self._fill()

    def close(self) -> None:
        """Let go of the database; remove it when it was temporary."""
        self.db.close()
        if self._directory is not None:
            self._directory.cleanup()

    def accounts(self) -> list[Account]:
        """Return the accounts, oldest first."""
        return [Account(*row) for row in self.db.execute("SELECT * FROM account ORDER BY id")]

    def account(self, provider: str, key: str) -> Account | None:
        """Return the account of a key at a host."""
        row = self.db.execute(
            "SELECT * FROM account WHERE provider = ? AND key = ?", (provider, key)
        ).fetchone()
        return Account(*row) if row else None

    def add_account(self, provider: str, files: int, folders: int) -> Account:
        """Make an account with so many files and folders. Its name and key follow from the seed."""
        (number,) = self.db.execute(
            "SELECT count(*) + 1 FROM account WHERE provider = ?", (provider,)
        ).fetchone()
        name = provider if number == 1 else f"{provider}-{number}"
        rng = random.Random(f"{self.options.seed}:{name}")
        length = 64 if provider == "voe" else 22
        key = "".join(rng.choices(library.ALPHABET, k=length))
        with database.transaction(self.db):
            id = self.db.execute(
                "INSERT INTO account (provider, name, key) VALUES (?, ?, ?)", (provider, name, key)
            ).lastrowid
            assert id is not None
            populate(
                self.db,
                id,
                files=files,
                folders=folders,
                now=self.clock.now(),
                rng=rng,
                hostile_texts=self.options.hostile,
                flat=provider == "illvid",
            )
        self.db.executescript(database.INDEXES)
        return Account(id, provider, name, key)

    def access(self, account: Account) -> dict[str, str]:
        """Return what a client needs to know to use an account."""
        return {"base_url": self.origin + API_PATHS[account.provider], "key": account.key}

    def total(self, sql: str, values: tuple[object, ...]) -> tuple[Any, ...]:
        """Return the one row of a count or a sum, remembered until something changes.

        Counting a million files takes longer than the rest of a page.
        """
        if self._totals_at != self.db.total_changes:
            self._totals.clear()
            self._totals_at = self.db.total_changes
        if (sql, values) not in self._totals:
            self._totals[sql, values] = tuple(self.db.execute(sql, values).fetchone())
        return self._totals[sql, values]

    def new_code(self) -> str:
        """Return a file code that is not in use."""
        while True:
            code = library.code(self.rng)
            if not self.db.execute(
                "SELECT 1 FROM file WHERE code = ? UNION ALL SELECT 1 FROM remote WHERE code = ?",
                (code, code),
            ).fetchone():
                return code

    def settle(self) -> None:
        """Bring everything up to the clock: postponed calls, transfers, takedowns."""
        now = self.clock.now()
        for apply in self.faults.due(now):
            apply()
        with database.transaction(self.db):
            transfers.settle(self.db, self._settled, now, hostile_notes=self.options.hostile)
        self._settled = now

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run a call: all of it or nothing."""
        with database.transaction(self.db):
            yield self.db

    def record(
        self, account: Account, op: str, params: Mapping[str, object], result: object
    ) -> None:
        """Note an applied mutation in the history, within the call's transaction."""
        self.db.execute(
            "INSERT INTO history (time, provider, account, op, params, result)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                self.clock.now(),
                account.provider,
                account.name,
                op,
                json.dumps(params),
                json.dumps(result),
            ),
        )

    def note_request(self, provider: str, method: str, call: str) -> dict[str, Any]:
        """Begin the record of a request; the caller fills in account, parameters and status."""
        record = {
            "seq": len(self.requests) + 1,
            "time": time.monotonic(),
            "provider": provider,
            "account": None,
            "method": method,
            "call": call,
            "params": {},
            "status": None,
        }
        self.requests.append(record)
        return record
