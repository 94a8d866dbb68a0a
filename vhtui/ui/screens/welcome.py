"""The first screen of somebody who has no account yet: add one, or look at the demo."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static
from typing_extensions import override

from vhtui.text import Secret
from vhtui.ui.screens.account_fields import AccountFields
from vhtui.ui.terminal import end_on_signals


class NewAccount(Struct, frozen=True):
    """An account to be added."""

    name: str
    provider: str
    key: Secret


class StartDemo(Struct, frozen=True):
    """The demo is to be started."""


Wish = NewAccount | StartDemo


class WelcomeApp(App[Wish]):
    """Asks for the first account. ``check`` raises VhtuiError for an account that cannot be."""

    DEFAULT_CSS = """
    WelcomeApp Screen { align: center middle; }
    WelcomeApp #box {
        width: 90%; max-width: 76; height: auto; max-height: 100%;
        border: round $primary; padding: 0 2;
    }
    WelcomeApp Horizontal { height: 1; }
    WelcomeApp Button { margin: 0 2 0 0; height: 1; border: none !important; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+q", "leave", "Quit")]
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self, hosts: Sequence[tuple[str, str]], check: Callable[[NewAccount], object]
    ) -> None:
        """Offer hosts as (name in config.toml, title)."""
        super().__init__()
        self.theme = "ansi-dark"
        self.animation_level = "none"
        self._hosts = hosts
        self._check = check

    @override
    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(Content.styled("Welcome to vhtui", "bold"))
            yield Static(Content("There is no account yet. Add one, or look at the demo first.\n"))
            yield AccountFields(
                self._hosts, label="A name of your own for the account", name="main"
            )
            with Horizontal():
                yield Button(Content("Add account"), id="add", variant="primary", compact=True)
                yield Button(Content("Start the demo"), id="demo", compact=True)
                yield Button(Content("Quit"), id="quit", compact=True)

    def on_mount(self) -> None:
        """Take the signals that would leave the terminal as it is."""
        end_on_signals(lambda code: self.exit(None, return_code=code))

    @on(AccountFields.Submitted)
    @on(Button.Pressed, "#add")
    def _add(self) -> None:
        taken: list[NewAccount] = []

        def add(name: str, provider: str, key: Secret) -> None:
            account = NewAccount(name, provider, key)
            self._check(account)
            taken.append(account)

        if self.query_one(AccountFields).take(add):
            self.exit(taken[0])

    @on(Button.Pressed, "#demo")
    def _demo(self) -> None:
        self.exit(StartDemo())

    @on(Button.Pressed, "#quit")
    def action_leave(self) -> None:
        """Leave without an account."""
        self.exit(None)

    @override
    async def action_quit(self) -> None:
        self.exit(None)

    @override
    def _fatal_error(self) -> None:
        """Leave without Textual's report, which prints variables: one of them is the key."""
        self._close_messages_no_wait()


def welcome(hosts: Sequence[tuple[str, str]], check: Callable[[NewAccount], object]) -> Wish | None:
    """Ask somebody without an account what they want; None: to leave."""
    app = WelcomeApp(hosts, check)
    wish = app.run()
    if app.return_code:
        sys.exit(app.return_code)
    return wish
