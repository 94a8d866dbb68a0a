"""The commands about trends, views, copies and gaps: their arguments and their help."""

from __future__ import annotations

from typing import Any

from vhtui.cli.parser import _command, _count, _json


def add_insight_commands(commands: Any) -> None:
    """Add the commands of ``insights.py`` to the parser's."""
    trends = _command(
        commands,
        "trends",
        "insights:show_trends",
        "show what files and folders gained in 7, 30 and 90 days",
        "Views and money, from what the library saw change; a folder is told with everything below"
        " it. The chart has a bar for each of the last 30 days, and a dot where nobody looked.",
    )
    trends.add_argument("paths", metavar="PATH", nargs="+")
    _json(trends)
    view = _command(
        commands,
        "view",
        "insights:show_view",
        "list a view: risers, dead weight, revenue per GB, your own",
        "Without NAME, lists the views with their counts. NAME is the start of a view's name.",
    )
    view.add_argument("name", metavar="NAME", nargs="?")
    _limited(view)
    dups = _command(
        commands,
        "dups",
        "insights:dups",
        "list files that are there more than once",
        "Those that are alike stand together under a number. 'keep?' marks the one with more views,"
        " or the older; nothing is deleted.",
    )
    dups.add_argument(
        "--by", choices=("title", "length"), default="length",
        help="the title, or size and length together (length)",
    )  # fmt: skip
    _limited(dups)
    gaps = _command(
        commands,
        "gaps",
        "insights:gaps",
        "tell which episodes of the series in a folder are missing or double",
        "Read from the titles: S01E02, 1x02, Episode 12, or a number at the end.",
    )
    gaps.add_argument("path", metavar="FOLDER")
    gaps.add_argument("-r", "--recursive", action="store_true", help="with everything below")
    _json(gaps)


def _limited(parser: Any) -> None:
    parser.add_argument("--account", metavar="ACCOUNT", help="all of them without it")
    parser.add_argument("--limit", type=_count, metavar="N", help="at most so many of each account")
    _json(parser)
