"""Buying premium keys: what an order is, and a confirmation that has to be typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static
from typing_extensions import override

from vhtui.core.desk.premium import MOST_KEYS, PremiumOrder
from vhtui.text import clean

if TYPE_CHECKING:
    from vhtui.ui.screens.main import MainScreen

_MOST_DAYS = 10_000


async def buy(screen: MainScreen, account: str) -> None:
    """Decide an order in doubt, or ask for a new one and place it."""
    from vhtui.ui.screens.dialogs import Confirm

    engine = screen.engine
    doubtful = next(
        (order for order in engine.premium_orders(account) if order.state == "doubtful"), None
    )
    if doubtful is not None:
        await _settle(screen, account, doubtful)
        return
    wanted = await screen.answer(OrderForm(account))
    if wanted is None:
        return
    days, amount = wanted
    question = Confirm(
        f"Buy premium keys for {account}?",
        facts=[engine.premium_price(days, amount)],
        yes="Buy",
        dangerous=True,
        typed=str(amount),
    )
    if await screen.answer(question):
        order = await engine.buy_premium(account, days, amount)
        screen.say(f"Order {order} is placed; the details of the account say how it went")


async def _settle(screen: MainScreen, account: str, order: PremiumOrder) -> None:
    from vhtui.ui.screens.dialogs import Choice

    answer = await screen.answer(
        Choice(
            f"What became of order {order.id} ({order.amount} keys)? Look at the host's page.",
            [("yes", "the keys were bought"), ("no", "nothing was bought")],
            facts=[order.error] if order.error else [],
        )
    )
    if answer is not None:
        await screen.engine.settle_premium(account, order.id, bought=answer == "yes")
        screen.say(f"Order {order.id} is settled")


class OrderForm(ModalScreen[tuple[int, int] | None]):
    """Takes days and amount of premium keys; None when it was left."""

    DEFAULT_CSS = """
    OrderForm { align: center middle; }
    OrderForm > Vertical {
        width: 80%; max-width: 60; height: auto;
        border: round $primary; padding: 0 1; background: $surface;
    }
    OrderForm Input { width: 12; margin: 0 0 1 0; }
    OrderForm Horizontal { height: 1; }
    OrderForm Button { margin: 0 2 0 0; height: 1; border: none !important; }
    OrderForm #fault { color: $error; height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Cancel")]

    def __init__(self, account: str) -> None:
        """Order for an account."""
        super().__init__()
        self._account = clean(account)

    @override
    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content.styled(f"Premium keys for {self._account}", "bold"))
            yield Static(Content("How many keys"))
            yield Input("1", id="amount", type="integer", compact=True)
            yield Static(Content("Days of each"))
            yield Input("30", id="days", type="integer", compact=True)
            yield Static(id="fault")
            with Horizontal():
                yield Button(Content("Cancel"), id="no", compact=True)
                yield Button(Content("Go on"), id="yes", variant="primary", compact=True)

    def on_mount(self) -> None:
        """Begin with the amount."""
        self.query_one("#amount", Input).focus()

    @on(Input.Submitted, "#amount")
    def _to_days(self) -> None:
        self.query_one("#days", Input).focus()

    @on(Input.Submitted, "#days")
    @on(Button.Pressed, "#yes")
    def _order(self) -> None:
        amount = self._number("#amount", MOST_KEYS)
        days = self._number("#days", _MOST_DAYS)
        if amount is None or days is None:
            words = f"1 to {MOST_KEYS} keys of 1 to {_MOST_DAYS} days are needed"
            self.query_one("#fault", Static).update(Content(words))
            return
        self.dismiss((days, amount))

    def _number(self, selector: str, most: int) -> int | None:
        words = self.query_one(selector, Input).value.strip()
        number = int(words) if words.isascii() and words.isdigit() and len(words) < 9 else 0
        return number if 1 <= number <= most else None

    @on(Button.Pressed, "#no")
    def action_leave(self) -> None:
        """Close without an order."""
        self.dismiss(None)
