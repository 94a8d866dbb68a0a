"""The accounts panel: how each stands, where its key comes from, and what its host can do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from typing_extensions import override

from vhtui.config import AccountConfig
from vhtui.errors import UsageError
from vhtui.models import AccountRow, Capability, Changes
from vhtui.text import age_words, count_words, plural, size_words
from vhtui.ui.keymap import Place
from vhtui.ui.screens.desk import Export, sheet
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.panel import Fact, ListPanel
from vhtui.ui.screens.stats import storage_words, until_words
from vhtui.ui.widgets.row_table import Column

if TYPE_CHECKING:
    from vhtui.ui.account_book import AccountBook


class AccountEntry(Struct, frozen=True):
    """An account of config.toml, and how it stands."""

    config: AccountConfig
    host: str
    key_from: str
    row: AccountRow

    @property
    def state(self) -> str:
        """How it stands, in a word or two."""
        return f"{self.row.state}, read-only" if self.config.read_only else self.row.state


def _style(entry: AccountEntry) -> str:
    return {"new": "muted", "ok": "good"}.get(entry.row.state, "error")


COLUMNS: tuple[Column[AccountEntry], ...] = (
    Column("name", "Account", lambda entry: entry.config.name, worth=100),
    Column("host", "Host", lambda entry: entry.host, width=10, worth=80),
    Column(
        "files", "Files", lambda entry: count_words(entry.row.files), width=9,
        align="right", worth=70,
    ),
    Column(
        "size", "Size", lambda entry: size_words(entry.row.bytes), width=9,
        align="right", worth=60,
    ),
    Column("key", "Key from", lambda entry: entry.key_from, width=28, worth=20),
    Column(
        "synced", "Listed",
        lambda entry: age_words(entry.row.synced, time.time()), width=9,
        align="right", worth=50,
    ),
    Column(
        "checked", "Checked",
        lambda entry: age_words(entry.row.checked, time.time()) if entry.row.checked else "never",
        width=9, align="right", worth=40,
    ),
    Column("state", "State", lambda entry: entry.state, width=20, worth=100, style=_style),
)  # fmt: skip


class AccountsPanel(ListPanel[AccountEntry]):
    """The accounts of config.toml, in their order."""

    place = Place.ACCOUNTS
    title = "Accounts"
    look = "accounts"
    noun = "account"
    columns = COLUMNS

    @does("panel.accounts")
    def open(self) -> None:
        """Show the accounts, with the cursor on the present one."""
        account = self.screen.account
        self.screen.show_panel(self.place)
        self.table.go_to(account)

    @override
    def rows(self) -> Sequence[AccountEntry]:
        book = self.screen.book
        return [
            AccountEntry(
                config,
                self.engine.host_title(config.name),
                book.key_source(config) if book is not None else "",
                self.store.account(config.name),
            )
            for config in self.engine.settings.accounts
        ]

    @override
    def key(self, row: AccountEntry) -> Hashable:
        return row.config.name

    @override
    def words(self, row: AccountEntry) -> str:
        return f"{row.config.name} {row.host} {row.state}"

    @override
    def empty(self) -> str:
        return "There are no accounts. a a adds one."

    @override
    def is_touched_by(self, changes: Changes) -> bool:
        return changes.touches("accounts") or any(
            changes.touches(topic, account)
            for account in self.engine.accounts
            for topic in ("account", "premium")
        )

    @override
    def facts(self, row: AccountEntry) -> list[Fact]:
        config = row.config
        lines = [
            ("Account", config.name),
            ("Host", row.host),
            ("State", row.state),
            ("Trouble", row.row.message),
            ("Key from", row.key_from),
            ("Pace", f"at most {config.requests_per_second:g} requests a second"),
        ]
        return [*lines, *self._figures(row.row), *self._abilities(config.name)]

    @override
    def exported(self) -> Export:
        rows = self.chosen()
        heads = ("account", "host", "state", "message", "read_only", "files", "bytes", "key_from")
        cells: list[tuple[object, ...]] = [
            (
                each.config.name, each.host, each.row.state, each.row.message,
                each.config.read_only, each.row.files, each.row.bytes, each.key_from,
            )
            for each in rows
        ]  # fmt: skip
        what = plural(len(rows), self.noun)
        return lambda as_csv: (sheet(heads, cells, as_csv=as_csv), what)

    def _figures(self, row: AccountRow) -> list[Fact]:
        info = row.info
        domain = self.engine.domain(row.name)
        lines = [("Checked", age_words(row.checked, time.time()) if row.checked else "never")]
        if domain is not None:
            lines.append(("Embeds at", domain.domain or f"the host's own ({domain.refusal})"))
        if info is not None:
            lines += [
                ("Login", info.login),
                ("Storage", storage_words(info)),
                ("Premium", until_words(info.premium_until)),
                ("Partner", until_words(info.partner_until)),
            ]
        if self.engine.settings.premium:
            for order in self.engine.premium_orders(row.name)[:3]:
                what = f"{plural(order.amount, 'key')} of {plural(order.days, 'day')}"
                words = " · ".join(filter(None, [what, order.state, order.error, order.file]))
                lines.append((f"Order {order.id}", words))
        return lines

    def _abilities(self, account: str) -> list[Fact]:
        able = [each for each in Capability if self.engine.cannot(account, each) is None]
        return [
            ("Cannot", ", ".join(each.value for each in Capability if each not in able)),
            ("Can", ", ".join(each.value for each in able)),
        ]

    # -- keys -------------------------------------------------------------------------------------

    @does("account.show")
    def show(self) -> None:
        """Show the files of the account under the cursor."""
        entry = self.table.cursor_row
        if entry is None:
            return
        self.screen.switch_account(entry.config.name)
        self.screen.show_panel(Place.FILES)

    @does("account.check")
    def check(self) -> Coroutine[Any, Any, None]:
        """Ask the hosts of the selected accounts for their figures: that tries the keys."""
        return self._check([entry.config.name for entry in self.selected()])

    async def _check(self, names: Sequence[str]) -> None:
        for name in names:
            await self.engine.refresh_account(name)
        self.screen.say(f"Asking the host of {', '.join(names)}" if names else "No account to ask")

    @override
    async def ask_host(self) -> None:
        await self._check(self.engine.accounts)

    def _book(self) -> AccountBook:
        if self.screen.book is None:
            raise UsageError("accounts are written down by 'vhtui accounts'")
        return self.screen.book

    async def _change(self, change: Callable[[], None], done: str) -> None:
        """Write to config.toml, use the accounts as it says now, and tell what was done."""
        await asyncio.to_thread(change)
        await self._follow(done)

    async def _follow(self, done: str) -> None:
        busy = await self.engine.follow_configuration()
        later = f"; used when the uploads to {', '.join(busy)} are sent" if busy else ""
        self.screen.say(f"{done}{later}")

    @does("account.add")
    async def add(self) -> None:
        """Ask for an account and write it into config.toml."""
        from vhtui.ui.screens.account_form import AccountForm

        added = await self.screen.answer(AccountForm(self._book()))
        if added is not None:
            await self._follow(f"Added {added.name}; S lists all of it")
            self.table.go_to(added.name)

    @does("account.read_only")
    def toggle_read_only(self) -> Coroutine[Any, Any, None] | None:
        """Let nothing be changed through the account under the cursor, or lift that."""
        entry = self.table.cursor_row
        if entry is None:
            return None
        name, on = entry.config.name, not entry.config.read_only
        write = partial(self._book().set_read_only, name, on)
        return self._change(write, f"{name} is read-only" if on else f"{name} can be changed again")

    @does("account.later")
    def later(self) -> Coroutine[Any, Any, None] | None:
        """Put the account under the cursor after the next one."""
        return self._move(1)

    @does("account.sooner")
    def sooner(self) -> Coroutine[Any, Any, None] | None:
        """Put the account under the cursor before the one above it."""
        return self._move(-1)

    def _move(self, by: int) -> Coroutine[Any, Any, None] | None:
        entry = self.table.cursor_row
        if entry is None:
            return None
        names = list(self.engine.accounts)
        at = names.index(entry.config.name)
        if not 0 <= at + by < len(names):
            raise UsageError(f"{entry.config.name} is the {'first' if by < 0 else 'last'} already")
        names.insert(at + by, names.pop(at))
        write = partial(self._book().order, names)
        return self._change(write, f"{entry.config.name} is number {at + by + 1} now")

    @does("account.remove")
    def remove(self) -> Coroutine[Any, Any, None] | None:
        """Take the account under the cursor out of the configuration, after asking."""
        entry = self.table.cursor_row
        if entry is None:
            return None
        if len(self.engine.accounts) == 1:
            raise UsageError("this is the only account: 'vhtui accounts remove' takes it out")
        return self._remove(entry.config.name)

    async def _remove(self, name: str) -> None:
        from vhtui.ui.screens.dialogs import Confirm

        question = Confirm(
            f"Take {name} out of the configuration?",
            facts=["Its key goes too. Nothing changes at the host; what the library knows of it "
                   "stays, for when it is added again."],
            yes="Take it out",
            dangerous=True,
        )  # fmt: skip
        if await self.screen.answer(question):
            await self._change(partial(self._book().remove, name), f"{name} is no account now")

    @does("premium.buy")
    def buy(self) -> Coroutine[Any, Any, None] | None:
        """Buy premium keys for the account under the cursor, after a typed confirmation."""
        entry = self.table.cursor_row
        if entry is None:
            return None
        from vhtui.ui.screens.premium import buy

        self.engine.require_premium(entry.config.name)
        return buy(self.screen, entry.config.name)
