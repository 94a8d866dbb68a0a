"""The remote queue as a whole: what failed, by the host's note, and how many go at once."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from vhtui.core.url_lists import FailedGroup, failed_groups
from vhtui.errors import UsageError
from vhtui.models import Capability, JobKind
from vhtui.text import plural
from vhtui.ui.screens.handlers import does

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

_MOST = 200


class RemoteQueue:
    """Acts on all that failed, or on a group of it."""

    def __init__(self, screen: MainScreen) -> None:
        """Act on the account of a screen."""
        self.screen = screen
        self.engine = screen.engine

    @does("remote.restart_all")
    def restart_all(self) -> Coroutine[Any, Any, None]:
        """Restart everything that failed, after saying what that costs."""
        return self._restart_all(self.screen.account)

    async def _restart_all(self, account: str) -> None:
        from vhtui.ui.screens.dialogs import Confirm

        groups = self._groups(account)
        ids = [id for group in groups for id in group.ids]
        question = Confirm(
            f"Restart {plural(len(ids), 'failed upload')} of {account}?",
            rows=[group.words for group in groups],
            facts=[f"{self._cost(account, JobKind.REMOTE_RESTART, len(ids))}."],
            yes="Restart",
        )
        if await self.screen.answer(question):
            await self.screen.report(self.engine.restart_remote(account, ids))

    @does("remote.failed")
    def by_note(self) -> Coroutine[Any, Any, None]:
        """List what failed by the host's note; a group can be restarted or deleted."""
        return self._by_note(self.screen.account)

    async def _by_note(self, account: str) -> None:
        from vhtui.ui.screens.dialogs import Choice

        groups = self._groups(account)
        answers = [(str(at), group.words) for at, group in enumerate(groups)]
        chosen = await self.screen.answer(Choice("Failed, by what the host says", answers))
        if chosen is not None:
            await self._open(account, groups[int(chosen)])

    async def _open(self, account: str, group: FailedGroup) -> None:
        from vhtui.ui.screens.dialogs import Choice, Confirm

        what = plural(len(group.ids), "upload")
        can_delete = self.engine.cannot(account, Capability.DELETE_REMOTE) is None
        restart = self._cost(account, JobKind.REMOTE_RESTART, len(group.ids))
        answers = [("restart", f"restart {what} ({restart})")]
        if can_delete:
            delete = self._cost(account, JobKind.REMOTE_DELETE, len(group.ids))
            answers.append(("delete", f"delete them from the queue ({delete})"))
        answers.append(("show", "show them in the list"))
        match await self.screen.answer(Choice(group.words, answers)):
            case "restart":
                await self.screen.report(self.engine.restart_remote(account, group.ids))
            case "delete":
                question = Confirm(
                    f"Delete {what} of the queue of {account}?",
                    rows=[upload.url for upload in group.uploads],
                    facts=["The entries cannot be brought back."],
                    yes="Delete",
                    dangerous=True,
                )
                if await self.screen.answer(question):
                    await self.screen.report(self.engine.delete_remote(account, group.ids))
            case "show":
                self.screen.panel.set_filter(f"failed {group.note}")

    def _groups(self, account: str) -> list[FailedGroup]:
        groups = failed_groups(self.engine.store.remote_uploads(account))
        if not groups:
            raise UsageError("nothing failed here")
        return groups

    def _cost(self, account: str, kind: JobKind, count: int) -> str:
        return self.engine.estimate(account, kind, count).words.partition(";")[0]

    @does("remote.active")
    def ask_active(self) -> Coroutine[Any, Any, None]:
        """Ask how many uploads the host is given at once."""
        return self._ask_active(self.screen.account)

    async def _ask_active(self, account: str) -> None:
        now = self.engine.remote_active(account)
        text = await self.screen.ask(
            "Remote uploads at once at the host; empty: all", str(now or ""), check=read_active
        )
        if text is None:
            return
        count = read_active(text)
        await self.engine.set_remote_active(account, count)
        words = f"{account} gets {plural(count, 'remote upload')} at once; the rest waits here"
        self.screen.say(words if count else f"{account} gets all remote uploads at once")
        self.screen.show_state()


def read_active(text: str) -> int:
    """Return how many uploads a host may get at once, 0 (all) for an empty text; UsageError."""
    if not text.strip():
        return 0
    if not text.strip().isdecimal() or int(text) > _MOST:
        raise UsageError(f"a number up to {_MOST}")
    return int(text)
