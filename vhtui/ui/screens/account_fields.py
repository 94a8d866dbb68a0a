"""The fields of an account that is to be added: its name, its host, its key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
from typing_extensions import override

from vhtui.errors import VhtuiError
from vhtui.text import Secret, clean


class KeyInput(Input):
    """Takes a key: masked, and never copied or cut, which would put it on the clipboard."""

    @override
    def action_copy(self) -> None:
        """Copy nothing."""

    @override
    def action_cut(self) -> None:
        """Cut nothing."""


class AccountFields(Vertical):
    """Asks for a name, a host of (name in config.toml, title), and a key."""

    DEFAULT_CSS = """
    AccountFields { height: auto; }
    AccountFields Input { margin: 0 0 1 0; }
    AccountFields OptionList { height: auto; max-height: 4; margin: 0 0 1 0; }
    AccountFields #fault { color: $error; height: auto; }
    """

    class Submitted(Message):
        """Enter was pressed in the last field."""

    def __init__(self, hosts: Sequence[tuple[str, str]], *, label: str, name: str = "") -> None:
        """Offer hosts, and a name for the account that ``label`` asks for."""
        super().__init__()
        self._hosts = hosts
        self._label = label
        self._proposed = name

    @override
    def compose(self) -> ComposeResult:
        yield Static(Content(self._label))
        yield Input(self._proposed, id="name", compact=True)
        yield Static(Content("The host"))
        yield OptionList(
            *(Option(Content(clean(title)), id=name) for name, title in self._hosts), compact=True
        )
        yield Static(Content("The API key (it stays on this machine, readable by you only)"))
        yield KeyInput(password=True, id="key", compact=True)
        yield Static(id="fault")

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
    def _submit(self) -> None:
        self.post_message(self.Submitted())

    def take(self, add: Callable[[str, str, Secret], object]) -> bool:
        """Give name, host and key to ``add``, which raises VhtuiError for what cannot be; return
        whether it took them. What is wrong is said below the fields."""
        fault = self.query_one("#fault", Static)
        key = self.query_one(KeyInput).value.strip()
        if not key:
            fault.update(Content("the key is missing"))
            return False
        provider, _ = self._hosts[self.query_one(OptionList).highlighted or 0]
        try:
            add(self.query_one("#name", Input).value.strip(), provider, Secret(key))
        except VhtuiError as error:
            fault.update(Content(clean(str(error))))
            return False
        return True
