"""What came of asking the host again, said once it has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from vhtui.models import Changes
from vhtui.text import count_words, plural
from vhtui.ui.widgets.status import MessageLine

if TYPE_CHECKING:
    from vhtui.core.requests import Request
    from vhtui.ui.screens.main import MainScreen


class _Report(msgspec.Struct):
    """What a sync found and took."""

    new: int
    deleted: int
    requests: int


class Outcomes:
    """Waits for the answers to wishes to look again, and says them on the message line."""

    def __init__(self, screen: MainScreen) -> None:
        """Say them on a screen."""
        self.screen = screen
        self._waiting: dict[int, tuple[str, str]] = {}  # wish -> account, what was said

    def follow(self, wish: int, account: str, asking: str) -> None:
        """Say that the host is asked, and later what it answered unless more was said since."""
        self.screen.say(asking)
        if not self._waiting:
            self._leave = self.screen.engine.subscribe(self._changed)
        self._waiting[wish] = (account, asking)
        self._changed(Changes(frozenset({("requests",)})))

    def _changed(self, changes: Changes) -> None:
        if not changes.touches("requests"):
            return
        for wish, (account, asking) in list(self._waiting.items()):
            request = self.screen.engine.request(wish)
            if request is not None and request.state == "open":
                continue
            del self._waiting[wish]
            if request is not None:
                self._tell(request, account, asking)
        if not self._waiting:
            self._leave()

    def _tell(self, request: Request, account: str, asking: str) -> None:
        if request.error:
            self.screen.say(f"{account}: {request.error}", "error")
        elif any(line.text == asking for line in self.screen.query(MessageLine)):
            self.screen.say(outcome_words(account, request.result))


def outcome_words(account: str, result: str) -> str:
    """Return what a wish brought: "main: 3 new, 1 deleted; 4 requests"."""
    if not result:
        return f"{account}: asked and listed again"
    report = msgspec.json.decode(result, type=_Report)
    if report.new or report.deleted:
        found = f"{count_words(report.new)} new, {count_words(report.deleted)} deleted"
    else:
        found = "nothing new, nothing deleted"
    return f"{account}: {found}; {plural(report.requests, 'request')}"
