"""The arguments and the help of ``vhtui rename``."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Sequence
from typing import Any

from vhtui.cli.parser import _changing

_DESCRIPTION = """\
Gives one file or folder a TITLE, or files the titles that one of the options makes of their old
ones. For these, a PATH is a file, or a folder: all files directly in it. All are of one account,
and are taken in the order given, those of a folder by title. They are renamed as one group, which
one 'vhtui undo' takes back. What no host can be asked for (an empty title, one with control
characters or of more than 255) is left out and told, and the exit status is then 1. A known
extension, such as .mkv, stays as it is, except with --template and --from.
"""
_PAIRS = ("--regex", "--replace")
_JOINT = "\0"  # no argument of a process can have it


def add_rename_command(commands: Any) -> None:
    """Add the command of ``renames.py`` to the parser's."""
    rename = _changing(
        commands,
        "rename",
        "renames:rename",
        "give a file or a folder another title, or many files by a pattern",
        _DESCRIPTION,
    )
    rename.usage = (
        "vhtui rename [options] PATH TITLE\n"
        "       vhtui rename (--regex S R | --replace S R | --template T | --case CASE\n"
        "                     | --from FILE) [-r] [--dry-run] [--yes] [options] PATH [PATH ...]"
    )
    rename.add_argument(
        "paths", metavar="PATH", nargs="+", help="files or folders; without an option: PATH TITLE"
    )
    pattern = rename.add_mutually_exclusive_group()
    pattern.add_argument(
        "--regex",
        type=_pair,
        metavar="S R",
        help=r"replace what the regular expression S matches by R, in which \1 and \g<name> are"
        " groups",
    )
    pattern.add_argument("--replace", type=_pair, metavar="S R", help="replace the text S by R")
    pattern.add_argument(
        "--template",
        metavar="T",
        help="write titles anew, such as '{folder} S{season:02}E{ep:02} {quality}.{ext}'; also"
        " {title}, {code}, {date}, and {n:03}, which counts",
    )
    pattern.add_argument("--case", choices=("lower", "upper", "title", "sentence"))
    pattern.add_argument(
        "--from",
        dest="source",
        metavar="FILE",
        help="take titles from CSV of code,title (- is the standard input): nothing is renamed if"
        " a code is none of these files'. ACCOUNT: alone stands for the whole account",
    )
    rename.add_argument(
        "-r", "--recursive", action="store_true", help="also what is in folders below"
    )
    rename.add_argument(
        "--dry-run",
        action="store_true",
        help="only print what would become of each title; with --json an array of objects of code,"
        " old, new, warnings, and included: whether it would be sent",
    )
    rename.add_argument(
        "--yes", action="store_true", help="do not ask on a terminal before many renames"
    )


def join_pairs(argv: Sequence[str]) -> list[str]:
    """Join the two values of ``--regex`` and ``--replace`` to one argument.

    Thus they may begin with a ``-``, as the ends of many titles do (``-GROUP``); argparse by
    itself would take that for an option.
    """
    if list(argv[:1]) != ["rename"]:
        return list(argv)
    joined: list[str] = []
    rest = list(argv)
    while rest and rest[0] != "--":
        if rest[0] in _PAIRS and len(rest) > 2:
            joined.append(f"{rest[0]}={rest[1]}{_JOINT}{rest[2]}")
            del rest[:3]
        else:
            joined.append(rest.pop(0))
    return joined + rest


def _pair(text: str) -> tuple[str, str]:
    search, joint, replacement = text.partition(_JOINT)
    if not joint:
        raise ArgumentTypeError("two texts are needed: what is replaced, and by what")
    return search, replacement
