"""The form that takes another account."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option
from typing_extensions import override

from vhtui.config import AccountConfig
from vhtui.errors import VhtuiError
from vhtui.text import Secret, clean
from vhtui.ui.account_book import AccountBook
from vhtui.ui.screens.welcome import KeyInput


class AccountForm(ModalScreen[AccountConfig | None]):
    """Takes a name, a host and a key, and writes them down; None when it was left."""

    DEFAULT_CSS = """
    AccountForm { align: center middle; }
    AccountForm > Vertical {
        width: 90%; max-width: 76; height: auto; max-height: 100%;
        border: round $primary; padding: 0 1; background: $surface;
    }
    AccountForm Input { margin: 0 0 1 0; }
    AccountForm OptionList { height: auto; max-height: 4; margin: 0 0 1 0; }
    AccountForm Horizontal { height: 1; }
    AccountForm Button { margin: 0 2 0 0; height: 1; border: none !important; }
    AccountForm #fault { color: $error; height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Cancel")]

    def __init__(self, book: AccountBook) -> None:
        """Write into a book."""
        super().__init__()
        self._book = book

    @override
    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content.styled("Another account", "bold"))
            yield Static(Content("A name of your own for it"))
            yield Input(id="name", compact=True)
            yield Static(Content("The host"))
            yield OptionList(
                *(Option(Content(clean(title)), id=name) for name, title in self._book.hosts),
                compact=True,
            )
            yield Static(Content("The API key (it stays on this machine, readable by you only)"))
            yield KeyInput(password=True, id="key", compact=True)
            yield Static(id="fault")
            with Horizontal():
                yield Button(Content("Cancel"), id="no", compact=True)
                yield Button(Content("Add account"), id="yes", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Begin with the first host chosen."""
        self.query_one(OptionList).highlighted = 0
        self.query_one("#name", Input).focus()

    @on(Input.Submitted, "#name")
    def _to_hosts(self) -> None:
        self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _to_key(self) -> None:
        self.query_one(KeyInput).focus()

    @on(Input.Submitted, "#key")
    @on(Button.Pressed, "#yes")
    def _add(self) -> None:
        key = self.query_one(KeyInput).value.strip()
        fault = self.query_one("#fault", Static)
        if not key:
            fault.update(Content("the key is missing"))
            return
        provider, _ = self._book.hosts[self.query_one(OptionList).highlighted or 0]
        account = AccountConfig(self.query_one("#name", Input).value.strip(), provider)
        try:
            self._book.add(account, Secret(key))
        except VhtuiError as error:
            fault.update(Content(clean(str(error))))
            return
        self.dismiss(account)

    @on(Button.Pressed, "#no")
    def action_leave(self) -> None:
        """Close without an account."""
        self.dismiss(None)
