"""What a person can ask for beside files and folders: figures, takedowns, links, keys."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vhtui.core import requests
from vhtui.core.commands import Commands, Estimate
from vhtui.core.database import Transaction
from vhtui.core.desk import domains
from vhtui.core.desk.domains import EmbedDomain
from vhtui.core.jobs.groups import Receipt
from vhtui.core.jobs.journal import Wish
from vhtui.core.late import LateModule
from vhtui.core.lock import ScanLock
from vhtui.core.requests import RequestKind
from vhtui.errors import ConfigError, StateError
from vhtui.models import Capability, JobKind, PremiumKey
from vhtui.text import plural

if TYPE_CHECKING:
    from vhtui.core.desk import (
        clones,
        deletions,
        linkcheck,
        linkreport,
        lookbook,
        premium,
        renewals,
        stats,
        takedowns,
    )
    from vhtui.core.desk.clones import ClonePlan
    from vhtui.core.desk.deletions import DeletedRow
    from vhtui.core.desk.linkcheck import Source
    from vhtui.core.desk.linkreport import CheckedLink, LinkCheck, Verdict
    from vhtui.core.desk.premium import PremiumOrder
    from vhtui.core.desk.renewals import Renewal, RenewalPlan
    from vhtui.core.desk.stats import AccountStats
    from vhtui.core.desk.takedowns import TakedownRow
else:
    clones, deletions, linkcheck, linkreport, lookbook = map(
        LateModule,
        ("desk.clones", "desk.deletions", "desk.linkcheck", "desk.linkreport", "desk.lookbook"),
    )
    premium, renewals, stats, takedowns = map(
        LateModule, ("desk.premium", "desk.renewals", "desk.stats", "desk.takedowns")
    )

PREMIUM_IS_OFF = (
    "buying premium keys is switched off: set premium = true under [interface] in config.toml"
)


class DeskCommands(Commands):
    """The commands of the engine about the whole account.

    Every ``refresh_`` returns the number of a wish (``Engine.request``); everything else reads the
    store, or writes to it and returns.
    """

    accounts: tuple[str, ...]

    @abstractmethod
    def cannot(self, account: str, capability: Capability) -> str | None:
        """Return why an account cannot do something, None when it can."""

    @abstractmethod
    async def _ask(self, account: str, kind: RequestKind, target: str = "") -> int:
        """Write a wish to look again down; return its number."""

    def looked(self, account: str, kind: RequestKind) -> int | None:
        """Return when the host last answered for the stats, takedowns or deletions (epoch)."""
        return lookbook.last_look(self.store, account, kind)

    # Figures

    async def refresh_stats(self, account: str) -> int:
        """Ask for the days of statistics again."""
        self.require(account, Capability.STATS)
        return await self._ask(account, RequestKind.STATS)

    def stats(self, account: str, last: int | None = None) -> AccountStats:
        """Return an account's figures and the ``last`` so many days that are kept, or all."""
        return stats.AccountStats(
            account=account,
            info=self.store.account(account).info,
            days=stats.days(self.store, account, last),
            looked=self.looked(account, RequestKind.STATS),
            refusal=self.cannot(account, Capability.STATS),
        )

    def all_stats(self, last: int | None = None) -> list[AccountStats]:
        """Return the figures of every account, for side by side; ``stats.summed`` adds them up."""
        return [self.stats(account, last) for account in self.accounts]

    # Takedowns and deletions: information only

    async def refresh_takedowns(self, account: str) -> int:
        """Ask for the takedown notices again."""
        self.require(account, Capability.LIST_TAKEDOWNS)
        return await self._ask(account, RequestKind.TAKEDOWNS)

    def takedowns(self, account: str, *, pending_only: bool = False) -> list[TakedownRow]:
        """Return the notices: pending first by time left, then the newest."""
        return takedowns.rows(self.store, account, pending_only=pending_only)

    async def label_takedowns(self, account: str, codes: Sequence[str], label: str) -> None:
        """Put the person's own word on cases; "" takes it away."""
        number = self.store.account_id(account)
        words = label.strip()
        await self.write(lambda tx: takedowns.set_label(tx, number, account, codes, words))

    async def refresh_deleted(self, account: str) -> int:
        """Ask for the deleted files again."""
        self.require(account, Capability.LIST_DELETED)
        return await self._ask(account, RequestKind.DELETED)

    def deleted(self, account: str) -> list[DeletedRow]:
        """Return what is gone, the latest first, with what the library remembers of it."""
        return deletions.rows(self.store, account)

    # Links

    async def check_links(
        self, sources: Iterable[Source], title: str, *, accounts: Sequence[str] | None = None
    ) -> int:
        """Scan texts and let the hosts say what became of their links; return the check's id.

        The scan is done when this returns, the asking goes on (``check``). ``accounts``: only
        these are asked.
        """
        answering = self._answering(accounts)
        with ScanLock(self.store.database.path.parent).shared():
            check = await linkcheck.begin(self.store, title)
            try:
                waiting = iter(sources)
                while (source := await asyncio.to_thread(next, waiting, None)) is not None:
                    await linkcheck.add_source(self.store, check, source, answering)
            except Exception as error:
                await linkcheck.interrupt(self.store, check, str(error) or type(error).__name__)
                raise
            await linkcheck.ask(self.store, check)
        return check

    async def resume_check(self, check: int) -> None:
        """Ask once more for what a check that failed has no answer to."""
        await linkcheck.ask(self.store, check)

    def _answering(self, accounts: Sequence[str] | None) -> dict[str, str]:
        able = {Capability.FILE_INFO, Capability.CHECK_FILES}
        return {
            account: self.store.account(account).provider
            for account in (self.accounts if accounts is None else accounts)
            if able & self.capabilities(account)
        }

    def check(self, id: int) -> LinkCheck | None:
        """Return how far a check is, and what it counted."""
        return linkreport.get(self.store, id)

    def checks(self) -> list[LinkCheck]:
        """Return the checks that are kept, newest first."""
        return linkreport.checks(self.store)

    def checked_links(
        self, check: int, verdicts: Iterable[Verdict] | None = None
    ) -> Iterator[CheckedLink]:
        """Give every link where it stands, by file and line; only some verdicts, or all."""
        return linkreport.links(self.store, check, verdicts)

    # Clones and renewals

    def plan_clones(self, account: str, texts: Iterable[str]) -> ClonePlan:
        """Read links or codes and say which can be cloned, and why others cannot."""
        self.require(account, Capability.CLONE_FILE)
        return clones.plan(self.store, account, texts)

    def estimate_clones(self, plan: ClonePlan, folder: str) -> Estimate:
        """Return what a plan costs, into a folder."""
        row = self.store.folder(plan.account, folder)
        return clones.estimate(len(plan.items), row.files if row else 0, self.rate(plan.account))

    async def clone(self, plan: ClonePlan, folder: str) -> Receipt:
        """Clone what a plan has into a folder (its id, or the provisional one of a new folder)."""
        self.require(plan.account, Capability.CLONE_FILE)
        target = self.store.folder(plan.account, folder)
        if target is None:
            raise StateError(f"{plan.account} has no folder {folder}")
        if not plan.items:
            raise StateError("nothing to clone: none of the links can be")
        waits_for = int(target.id[4:]) if target.id.startswith("new:") else None
        wishes = [
            Wish(
                target=item.title or item.code,
                code=item.code,
                folder=target.id,
                before=item.title,
                waits_for=waits_for,
            )
            for item in plan.items
        ]
        where = f" to {target.title or '/'}"
        return await self._order(
            plan.account, JobKind.CLONE, "Clone", "Cloned", wishes, where=where
        )

    def plan_renewals(
        self,
        account: str,
        *,
        files: Sequence[int] | None = None,
        older_than: float | None = None,
    ) -> RenewalPlan:
        """Choose files (row ids; None: all) older than some seconds, and say what it costs."""
        self.require(account, Capability.RENEW_FILE)
        rate = self.rate(account)
        return renewals.plan(self.store, account, rate, files=files, older_than=older_than)

    async def renew(self, plan: RenewalPlan) -> Receipt:
        """Renew the files of a plan: each gets a new code, and both codes are kept."""
        self.require(plan.account, Capability.RENEW_FILE)
        if not plan.files:
            raise StateError("nothing to renew")
        wishes = [Wish(target=row.title, file=row.id, code=row.code) for row in plan.files]
        return await self._order(plan.account, JobKind.RENEW, "Renew", "Renewed", wishes)

    def renewed(self, account: str) -> list[Renewal]:
        """Return the renewals that happened, with old and new codes, newest first."""
        return renewals.history(self.store, account)

    # The embed domain

    async def refresh_domain(self, account: str) -> int:
        """Ask for today's embed domain, unless the host was asked too recently."""
        self.require(account, Capability.EMBED_DOMAIN)
        return await self._ask(account, RequestKind.DOMAIN)

    def domain(self, account: str) -> EmbedDomain | None:
        """Return what the host last said of the embed domain, None when it was never asked."""
        return domains.known(self.store, account)

    # Premium keys: they cost money

    def require_premium(self, account: str) -> None:
        """Raise ConfigError unless ``[interface] premium`` is true, and what ``require`` does."""
        if not self.settings.premium and Capability.PREMIUM_KEYS in self.capabilities(account):
            raise ConfigError(PREMIUM_IS_OFF)
        self.require(account, Capability.PREMIUM_KEYS)

    async def buy_premium(self, account: str, days: int, amount: int) -> int:
        """Order premium keys, in one request that is never repeated; return the order's id.

        UsageError while an earlier order is open or in doubt; see ``require_premium``.
        """
        self.require_premium(account)
        number = self.store.account_id(account)

        def change(tx: Transaction) -> int:
            id = premium.order(tx, number, days, amount)
            requests.ask(tx, number, RequestKind.PREMIUM, str(id))
            tx.touch("premium", account)
            return id

        return await self.write(change)

    def premium_orders(self, account: str) -> list[PremiumOrder]:
        """Return the orders of an account, newest first."""
        return premium.orders(self.store, account)

    def premium_keys(self, order: PremiumOrder) -> list[PremiumKey]:
        """Return the keys of an order that is done, from their file; OSError without it."""
        return premium.read_keys(Path(order.file)) if order.file else []

    async def settle_premium(self, account: str, order: int, *, bought: bool) -> None:
        """Decide an order in doubt, so that the next one may be placed."""
        number = self.store.account_id(account)
        await self.write(lambda tx: premium.settle(tx, number, account, order, bought=bought))

    def premium_price(self, days: int, amount: int) -> str:
        """Say what an order is, for the question before it."""
        return (
            f"{plural(amount, 'premium key')} of {plural(days, 'day')}: the host bills the account,"
            " and this cannot be undone"
        )
