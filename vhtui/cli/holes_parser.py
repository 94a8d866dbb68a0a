"""The arguments and the help of ``vhtui holes``."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import Any

from vhtui.cli.parser import _changing

_WAYS = ("clone", "upload", "remote")
_DESCRIPTION = """\
Lists the titles that one account has and another lacks, with a word for each account: there,
pending (on its way), trash, takedown, gone (it was there), unsure (a file of this name, but of
another length or size, is there), missing, unlisted (never listed: nobody knows). Files are one
title by their name without extension, and by length or size where both hosts tell it; "there?" is
one by name alone. With --fill each hole is filled in the first way of --via that is open: a clone
between accounts of one host, the local file it was uploaded from if it is unchanged, or the URL it
was fetched from. It goes to the same folder, which is made when missing. What is on a takedown
list is never filled. The exit status is 1 when a hole could not be filled.
"""


def add_holes_command(commands: Any) -> None:
    """Add the command of ``holes.py`` to the parser's."""
    holes = _changing(
        commands, "holes", "holes:holes", "list titles that an account lacks; fill them",
        _DESCRIPTION,
    )  # fmt: skip
    holes.add_argument(
        "places",
        metavar="ACCOUNT[:/FOLDER]",
        nargs="*",
        help="only titles from there, and from folders below; all accounts without it",
    )
    holes.add_argument(
        "--on",
        metavar="ACCOUNT",
        action="append",
        default=[],
        help="only what this account lacks; may be repeated",
    )
    holes.add_argument("--filter", metavar="QUERY", help="only these, such as 'size>1g -sample'")
    what = holes.add_mutually_exclusive_group()
    what.add_argument("--all", action="store_true", help="also titles that are everywhere")
    what.add_argument("--fill", action="store_true", help="fill the holes, after saying the price")
    holes.add_argument(
        "--via",
        type=_ways,
        metavar="WAYS",
        help="the ways to fill, the best first (clone,upload,remote)",
    )
    holes.add_argument(
        "--dry-run", action="store_true", help="with --fill: only print what would be done"
    )
    holes.add_argument("--yes", action="store_true", help="with --fill: do not ask before")


def _ways(text: str) -> tuple[str, ...]:
    ways = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not ways or not set(ways) <= set(_WAYS):
        raise ArgumentTypeError(f"{text!r}: write some of {', '.join(_WAYS)}, with commas between")
    return ways
