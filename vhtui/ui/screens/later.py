"""What of the main screen is loaded when the interface stands, one matter after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vhtui.clipboard import Clipboard
    from vhtui.ui.screens.main import MainScreen
    from vhtui.ui.screens.parts import Load


def later_parts(screen: MainScreen, clipboard: Clipboard) -> Iterator[Load]:
    """Yield what makes the parts of a screen, in the order in which they are likely wanted."""
    yield partial(_sorting, screen)
    yield partial(_links, screen, clipboard)
    for make in (_renaming, _queues, _jobs, _uploads):
        yield partial(make, screen)
    yield partial(_accounts, screen, clipboard)


def _sorting(screen: MainScreen) -> Sequence[object]:
    from vhtui.ui.screens.sorting import sort_handlers

    return (sort_handlers(screen),)


def _links(screen: MainScreen, clipboard: Clipboard) -> Sequence[object]:
    from vhtui.ui.screens.adding import Adding
    from vhtui.ui.screens.sets import link_owners

    return *link_owners(screen, clipboard), Adding(screen)


def _renaming(screen: MainScreen) -> Sequence[object]:
    from vhtui.ui.screens.renaming import Renaming

    return (Renaming(screen),)


def _queues(screen: MainScreen) -> Sequence[object]:
    from vhtui.ui.screens.panels import EncodingsPanel, LogPanel, RemotePanel, Showing

    return RemotePanel(screen), EncodingsPanel(screen), LogPanel(screen), Showing(screen)


def _jobs(screen: MainScreen) -> Sequence[object]:
    from vhtui.ui.screens.jobs import JobsPanel

    return (JobsPanel(screen),)


def _uploads(screen: MainScreen) -> Sequence[object]:
    from vhtui.ui.screens.local_files import LocalPanel
    from vhtui.ui.screens.uploads import UploadsPanel

    local = LocalPanel(screen)
    return UploadsPanel(screen), local, local.limits


def _accounts(screen: MainScreen, clipboard: Clipboard) -> Sequence[object]:
    from vhtui.ui.screens.account_panels import account_owners, account_panels

    return *account_panels(screen), *account_owners(screen, clipboard)
