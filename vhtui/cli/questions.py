"""Asking before what costs something, on a terminal only."""

from __future__ import annotations

import sys

from vhtui.cli.follow import confirm
from vhtui.cli.output import say
from vhtui.errors import UsageError


def agreed(what: str, *, yes: bool) -> bool:
    """Say what is about to happen and whether the person agrees; UsageError where nobody can."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(f"{what}: add --yes to do it without being asked")
    say(what)
    return confirm("Go on? Type", "yes")
