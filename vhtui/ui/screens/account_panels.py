"""The panels about whole accounts, and what works in several of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vhtui.models import Changes
from vhtui.text import plural

if TYPE_CHECKING:
    from vhtui.clipboard import Clipboard
    from vhtui.models import AccountRow
    from vhtui.ui.screens.main import MainScreen
    from vhtui.ui.screens.panel import Panel


def account_panels(screen: MainScreen) -> tuple[Panel[Any], ...]:
    """Return the panels of a screen about whole accounts."""
    from vhtui.ui.screens.accounts import AccountsPanel
    from vhtui.ui.screens.deleted import DeletedPanel
    from vhtui.ui.screens.linkcheck import LinkCheckPanel
    from vhtui.ui.screens.stats import StatsPanel
    from vhtui.ui.screens.takedowns import TakedownsPanel
    from vhtui.ui.screens.titles import TitlesPanel

    return (
        StatsPanel(screen), TakedownsPanel(screen), DeletedPanel(screen), LinkCheckPanel(screen),
        AccountsPanel(screen), TitlesPanel(screen),
    )  # fmt: skip


def account_owners(screen: MainScreen, clipboard: Clipboard) -> tuple[object, ...]:
    """Return what carries out the actions that belong to no panel alone."""
    from vhtui.ui.screens.clones import Copying
    from vhtui.ui.screens.desk import Exporting
    from vhtui.ui.screens.exporting import FileExport
    from vhtui.ui.screens.gaps import Gaps

    return (
        Exporting(screen), FileExport(screen, clipboard), Copying(screen, clipboard),
        Gaps(screen, clipboard),
    )  # fmt: skip


class AccountsLeaving:
    """Goes to another account when the one that is shown is no more."""

    def __init__(self, screen: MainScreen) -> None:
        """Watch over a screen for as long as its engine runs, ahead of all that reads accounts."""
        self._screen = screen
        screen.engine.subscribe(self._changed)

    def _changed(self, changes: Changes) -> None:
        screen = self._screen
        if not changes.touches("accounts"):
            return
        accounts = screen.engine.accounts
        for visited in (screen.files.back, screen.files.forward):
            visited[:] = [spot for spot in visited if spot.account in accounts]
        if screen.account not in accounts:
            screen.switch_account(accounts[0])
        elif screen.is_mounted:
            screen.show_state()


def account_badges(screen: MainScreen, account: AccountRow) -> list[str]:
    """Return what the title says of an account: what is unusual, and its embed domain of today."""
    badges = ["ledger"] if screen.is_ledger(account.name) else []
    if any(each.read_only for each in screen.engine.settings.accounts if each.name == account.name):
        badges.append("read-only")
    if account.state not in ("new", "ok"):
        badges.append(account.state)
    if unseen := screen.engine.unseen_sets():
        badges.append(f"{plural(unseen, 'set')} complete, {screen.keymap.key_of('sets.show')}")
    domain = screen.engine.domain(account.name)
    return [*badges, f"embeds at {domain.domain}"] if domain and domain.domain else badges
