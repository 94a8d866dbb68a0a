"""The arguments of ``vhtui find``, and their help."""

from __future__ import annotations

import re
from argparse import RawDescriptionHelpFormatter
from collections.abc import Sequence
from typing import Any

from vhtui.cli.parser import _command, _count, _output

_DESCRIPTION = """\
Finds files in the local library, without asking any host, and prints a path a line, as other
commands take them (ACCOUNT:@CODE where a path would not lead back to the file):

  vhtui find 'views<10 age>90d' main | xargs -d '\\n' vhtui rm
  vhtui find 'dup:size' --csv --columns title,size,page --output twice.csv
  vhtui find 'folder:"Season 1"' main:/Series --template '{n:02} {title} {embed}'

  vhtui find -dark main:/Films

The exit status is 0 when something was found, 1 when nothing was, 2 for a query with a fault.
"""


_NEGATION = re.compile(r"-(?![h0]$)[^-]", re.S)
"""How a query begins that is no option."""
_WITH_VALUE = frozenset({"--sort", "--limit", "--template", "--columns", "--output"})


def keep_queries(words: Sequence[str]) -> list[str]:
    """Return the words of a command line in which a query such as -dark is not taken for an option
    of ``vhtui find``: a space before it says so to argparse, and means nothing in a query."""
    if list(words[:1]) != ["find"]:
        return list(words)
    before = ["find", *words[1:-1]]
    return ["find"] + [
        f" {word}" if _NEGATION.match(word) and last not in _WITH_VALUE else word
        for last, word in zip(before, words[1:], strict=False)
    ]


def add_find_command(commands: Any) -> None:
    """Add the command of ``finding.py`` to the parser's."""
    find = _command(commands, "find", "finding:find", "find files by a query", _DESCRIPTION)

    find.add_argument("query", metavar="QUERY", type=str.lstrip, help="what to find; '' finds all")
    find.add_argument(
        "places",
        metavar="ACCOUNT[:/FOLDER]",
        nargs="*",
        type=str.lstrip,
        help="where: a folder with all below it, or a whole account; all accounts without it",
    )
    find.add_argument(
        "--sort", default="name", metavar="BY", help="name, size, uploaded, views, length, state"
    )
    find.add_argument("--reverse", action="store_true", help="the last first")
    find.add_argument("--limit", type=_count, metavar="N", help="at most so many")
    form = find.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON array")
    form.add_argument("--csv", action="store_true", help="as CSV with a head line")
    form.add_argument(
        "--template", metavar="T", help="by a template of [links] in config.toml, or this one"
    )
    find.add_argument(
        "--columns",
        metavar="A,B",
        help="account, code, title, folder, path, size, length, views, uploaded, revenue, state,"
        " page, embed; alone: with tabs between",
    )
    find.add_argument(
        "--raw",
        action="store_true",
        help="with --csv: texts as they are, also those that a spreadsheet takes for formulas (they"
        " begin with = + - @, and get a ' before them otherwise)",
    )
    find.add_argument("-0", "--null", action="store_true", help="end each with a NUL, for xargs -0")
    find.add_argument(
        "--output",
        metavar="FILE",
        type=_output,
        help="write a file, replacing it (-: standard output)",
    )

    def formatter(prog: str) -> RawDescriptionHelpFormatter:
        find.epilog = _language()
        return RawDescriptionHelpFormatter(prog)

    find.formatter_class = formatter  # last: it is made for every argument added


def _language() -> str:
    """Explain the filter language, which is imported only to be printed."""
    from vhtui.query import HELP

    width = max(len(example) for example, _ in HELP)
    rows = (f"  {example:<{width}}  {meaning}" for example, meaning in HELP)
    return "\n".join(["queries", *rows]).replace("%", "%%")
