"""The accounts panel: how each stands, where its key comes from, and what its host can do."""

from __future__ import annotations

import time
from collections.abc import Coroutine, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from vhtui.config import AccountConfig
from vhtui.errors import UsageError
from vhtui.models import AccountRow, Capability, Changes
from vhtui.text import age_words, count_words, plural, size_words
from vhtui.ui.keymap import Place
from vhtui.ui.screens.handlers import does
from vhtui.ui.screens.panel import Fact, ListPanel
from vhtui.ui.screens.stats import storage_words, until_words
from vhtui.ui.widgets.row_table import Column

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

_NEXT_START = "next start"


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """An account of config.toml; ``row`` is None until vhtui is started with it."""

    config: AccountConfig
    host: str
    key_from: str
    row: AccountRow | None

    @property
    def state(self) -> str:
        """How it stands, in a word or two."""
        state = self.row.state if self.row is not None else _NEXT_START
        return f"{state}, read-only" if self.config.read_only else state


def _style(entry: AccountEntry) -> str:
    if entry.row is None or entry.row.state == "new":
        return "muted"
    return "good" if entry.row.state == "ok" else "error"


COLUMNS: tuple[Column[AccountEntry], ...] = (
    Column("name", "Account", lambda entry: entry.config.name, worth=100),
    Column("host", "Host", lambda entry: entry.host, width=10, worth=80),
    Column(
        "files", "Files", lambda entry: count_words(entry.row.files) if entry.row else "", width=9,
        align="right", worth=70,
    ),
    Column(
        "size", "Size", lambda entry: size_words(entry.row.bytes) if entry.row else "", width=9,
        align="right", worth=60,
    ),
    Column("key", "Key from", lambda entry: entry.key_from, width=28, worth=20),
    Column(
        "synced", "Listed",
        lambda entry: age_words(entry.row.synced, time.time()) if entry.row else "", width=9,
        align="right", worth=50,
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

    def __init__(self, screen: MainScreen) -> None:
        """Start with the accounts that vhtui was started with."""
        super().__init__(screen)
        self._added: list[AccountConfig] = []

    @does("panel.accounts")
    def open(self) -> None:
        """Show the accounts, with the cursor on the present one."""
        account = self.screen.account
        self.screen.show_panel(self.place)
        self.table.go_to(account)

    @override
    def rows(self) -> Sequence[AccountEntry]:
        book = self.screen.book
        titles = dict(book.hosts) if book is not None else {}
        entries = []
        for config in self.engine.settings.accounts:
            key_from = book.key_source(config) if book is not None else ""
            row = self.store.account(config.name)
            entries.append(AccountEntry(config, self.engine.host_title(row.name), key_from, row))
        entries += [
            AccountEntry(each, titles.get(each.provider, each.provider), "credentials.toml", None)
            for each in self._added
        ]
        return entries

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
        return any(
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
            ("Trouble", row.row.message if row.row else ""),
            ("Key from", row.key_from),
            ("Pace", f"at most {config.requests_per_second:g} requests a second"),
        ]
        if row.row is None:
            return [*lines, ("", "It is used from the next start of vhtui on.")]
        return [*lines, *self._abilities(config.name), *self._figures(row.row)]

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
        if entry.row is None:
            raise UsageError(f"{entry.config.name} is used from the next start of vhtui on")
        self.screen.switch_account(entry.config.name)
        self.screen.show_panel(Place.FILES)

    @does("account.check")
    def check(self) -> Coroutine[Any, Any, None]:
        """Ask the hosts of the selected accounts for their figures: that tries the keys."""
        return self._check([entry.config.name for entry in self.selected() if entry.row])

    async def _check(self, names: Sequence[str]) -> None:
        for name in names:
            await self.engine.refresh_account(name)
        self.screen.say(f"Asking the host of {', '.join(names)}" if names else "No account to ask")

    @override
    async def ask_host(self) -> None:
        await self._check(self.engine.accounts)

    @does("account.add")
    async def add(self) -> None:
        """Ask for an account and write it into config.toml."""
        book = self.screen.book
        if book is None:
            raise UsageError("'vhtui accounts add' adds accounts")
        from vhtui.ui.screens.account_form import AccountForm

        added = await self.screen.answer(AccountForm(book))
        if added is not None:
            self._added.append(added)
            self.read()
            self.screen.say(f"Added {added.name}; it is used from the next start of vhtui on")

    @does("premium.buy")
    def buy(self) -> Coroutine[Any, Any, None] | None:
        """Buy premium keys for the account under the cursor, after a typed confirmation."""
        entry = self.table.cursor_row
        if entry is None or entry.row is None:
            return None
        from vhtui.ui.screens.premium import buy

        self.engine.require_premium(entry.config.name)
        return buy(self.screen, entry.config.name)
