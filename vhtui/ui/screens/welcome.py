"""The first screen of somebody who has no account yet: add one, or look at the demo."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option
from typing_extensions import override

from vhtui.errors import VhtuiError
from vhtui.text import Secret, clean
from vhtui.ui.terminal import end_on_signals


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be added."""

    name: str
    provider: str
    key: Secret


@dataclass(frozen=True, slots=True)
class StartDemo:
    """The demo is to be started."""


Wish = NewAccount | StartDemo


class KeyInput(Input):
    """Takes a key: masked, and never copied or cut, which would put it on the clipboard."""

    @override
    def action_copy(self) -> None:
        """Copy nothing."""

    @override
    def action_cut(self) -> None:
        """Cut nothing."""


class WelcomeApp(App[Wish]):
    """Asks for the first account. ``check`` raises VhtuiError for an account that cannot be."""

    DEFAULT_CSS = """
    WelcomeApp Screen { align: center middle; }
    WelcomeApp #box {
        width: 90%; max-width: 76; height: auto; max-height: 100%;
        border: round $primary; padding: 0 2;
    }
    WelcomeApp Input { margin: 0 0 1 0; }
    WelcomeApp OptionList { height: auto; max-height: 4; margin: 0 0 1 0; }
    WelcomeApp Horizontal { height: 1; }
    WelcomeApp Button { margin: 0 2 0 0; height: 1; border: none !important; }
    WelcomeApp #fault { color: $error; height: auto; }
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
            yield Static(Content("A name of your own for the account"))
            yield Input("main", id="name", compact=True)
            yield Static(Content("The host"))
            yield OptionList(
                *(Option(Content(title), id=name) for name, title in self._hosts), compact=True
            )
            yield Static(Content("The API key (it stays on this machine, readable by you only)"))
            yield KeyInput(password=True, id="key", compact=True)
            yield Static(id="fault")
            with Horizontal():
                yield Button(Content("Add account"), id="add", variant="primary", compact=True)
                yield Button(Content("Start the demo"), id="demo", compact=True)
                yield Button(Content("Quit"), id="quit", compact=True)

    def on_mount(self) -> None:
        """Begin with the first host chosen."""
        end_on_signals(lambda code: self.exit(None, return_code=code))
        self.query_one(OptionList).highlighted = 0
        self.query_one("#name", Input).focus()

    @on(Input.Submitted, "#key")
    @on(Button.Pressed, "#add")
    def _add(self) -> None:
        chosen = self.query_one(OptionList).highlighted or 0
        key = self.query_one(KeyInput).value.strip()
        fault = self.query_one("#fault", Static)
        if not key:
            fault.update(Content("the key is missing"))
            return
        account = NewAccount(
            self.query_one("#name", Input).value.strip(), self._hosts[chosen][0], Secret(key)
        )
        try:
            self._check(account)
        except VhtuiError as error:
            fault.update(Content(clean(str(error))))
            return
        self.exit(account)

    @on(Input.Submitted, "#name")
    def _to_hosts(self) -> None:
        self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _to_key(self) -> None:
        self.query_one(KeyInput).focus()

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
