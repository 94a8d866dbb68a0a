"""The form that takes another account."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static
from typing_extensions import override

from vhtui.config import AccountConfig
from vhtui.text import Secret
from vhtui.ui.account_book import AccountBook
from vhtui.ui.screens.account_fields import AccountFields


class AccountForm(ModalScreen[AccountConfig | None]):
    """Takes a name, a host and a key, and writes them down; None when it was left."""

    DEFAULT_CSS = """
    AccountForm { align: center middle; }
    AccountForm > Vertical {
        width: 90%; max-width: 76; height: auto; max-height: 100%;
        border: round $primary; padding: 0 1; background: $surface;
    }
    AccountForm Horizontal { height: 1; }
    AccountForm Button { margin: 0 2 0 0; height: 1; border: none !important; }
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
            yield AccountFields(self._book.hosts(), label="A name of your own for it")
            with Horizontal():
                yield Button(Content("Cancel"), id="no", compact=True)
                yield Button(Content("Add account"), id="yes", variant="primary", compact=True)

    @on(AccountFields.Submitted)
    @on(Button.Pressed, "#yes")
    def _add(self) -> None:
        taken: list[AccountConfig] = []

        def add(name: str, provider: str, key: Secret) -> None:
            account = AccountConfig(name, provider)
            self._book.add(account, key)
            taken.append(account)

        if self.query_one(AccountFields).take(add):
            self.dismiss(taken[0])

    @on(Button.Pressed, "#no")
    def action_leave(self) -> None:
        """Close without an account."""
        self.dismiss(None)
