"""The commands about whole accounts and links, their arguments and their help."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from vhtui.cli.parser import _account, _changing, _command, _json, _positive


def add_desk_commands(commands: Any) -> None:
    """Add the commands of ``desk.py`` and ``checks.py`` to the parser's."""
    _list_commands(commands)
    _link_commands(commands)
    _premium_command(commands)


def _list_commands(commands: Any) -> None:
    stats = _command(
        commands,
        "stats",
        "desk:show_stats",
        "show views, uploads, downloads and profit by day",
        "Hosts keep 32 days; those that vhtui has seen stay. Several accounts are shown side by"
        " side and summed.",
    )
    _listing(stats)
    stats.add_argument("--days", type=_positive, metavar="N", help="only the last N days")
    takedowns = _command(
        commands,
        "takedowns",
        "desk:takedowns",
        "list takedown notices: what goes when, and what it earned",
        "Pending ones first, by the time that is left. vhtui only informs: it never helps to get"
        " round a takedown.",
    )
    _listing(takedowns)
    takedowns.add_argument("--pending", action="store_true", help="only files still there")
    form = takedowns.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="as a table for a spreadsheet")
    form.add_argument("--text", action="store_true", help="as text, a block for each case")
    _listing(
        _command(
            commands,
            "deleted",
            "desk:deleted",
            "list what is gone, and what is known of it",
            "The host's own list, with folder, size and views as the library remembers them, and"
            " the local file that it was uploaded from.",
        )
    )
    domain = _command(
        commands,
        "domain",
        "desk:domain",
        "show the domain that embed links have today",
        "Asks the host at most every five minutes, and an account it refuses once an hour.",
    )
    domain.add_argument("account", metavar="ACCOUNT", nargs="?")
    _json(domain)


def _listing(parser: ArgumentParser) -> None:
    parser.add_argument("account", metavar="ACCOUNT", nargs="?", help="all of them without it")
    parser.add_argument("--offline", action="store_true", help="do not ask the hosts")
    _json(parser)


def _link_commands(commands: Any) -> None:
    check = _command(
        commands,
        "check",
        "checks:check",
        "check the links in pages, dumps and lists",
        "Finds every link of the known hosts in files of any kind and size, and asks the hosts, as"
        " many codes a request as they take. Prints those that are not simply alive, with file and"
        " line. The exit status is 1 when a link is dead (gone or taken down).",
    )
    check.add_argument(
        "sources", metavar="FILE", nargs="+", help="a file, a folder, - for the input, or a link"
    )
    _account(check)
    check.add_argument("--all", action="store_true", help="print those that are alive as well")
    check.add_argument("--csv", action="store_true", help="as a table for a spreadsheet")
    _json(check)
    clone = _changing(
        commands,
        "clone",
        "checks:clone",
        "clone what links lead to into a folder",
        "Only what its owner allows, and never what is on a takedown list.",
    )
    clone.add_argument("links", metavar="LINK", nargs="+", help="links or codes; - reads them")
    clone.add_argument("--to", metavar="ACCOUNT:/FOLDER", required=True, help="where to")
    renew = _changing(
        commands,
        "renew",
        "checks:renew",
        "renew files before their host drops them (illvid)",
        "Every renewed file gets a new code, so links to the old one die. Both codes are kept.",
    )
    renew.add_argument("paths", metavar="PATH", nargs="*", help="files or folders")
    renew.add_argument("--older-than", metavar="AGE", help="only those as old: 12h, 60d, 8w, 6mo")
    renew.add_argument("--yes", action="store_true", help="do not ask before")


def _premium_command(commands: Any) -> None:
    premium = _command(
        commands,
        "premium",
        "desk:premium",
        "buy premium keys, or list the orders",
        "Buying costs money: it has to be switched on with premium = true under [interface] in"
        " config.toml. An order is one request that is never repeated; the keys are in a file of"
        " the data directory before they are printed.",
    )
    premium.add_argument("account", metavar="ACCOUNT")
    premium.add_argument("--days", type=_positive, help="how long a key lasts")
    premium.add_argument("--amount", type=_positive, help="how many keys")
    premium.add_argument("--yes", action="store_true", help="do not ask before buying")
    premium.add_argument("--settle", type=_positive, metavar="ORDER", help="decide one in doubt:")
    verdict = premium.add_mutually_exclusive_group()
    for option, value in (("--bought", True), ("--not-bought", False)):
        verdict.add_argument(option, dest="bought", action="store_const", const=value, default=None)
    _json(premium)
