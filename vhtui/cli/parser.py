"""The commands, their arguments and their help, as one table for argparse."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vhtui import __version__

PROVIDERS = ("voe", "illvid")

_DESCRIPTION = """\
A file manager in the terminal for accounts at video hosts.

Without a command, vhtui opens its screen. The commands work on the same library and journal: what
one of them asks for is written down first, then carried out by it, or by the vhtui that is already
running.
"""
_EPILOG = """\
paths
  ACCOUNT:/Folder/Sub/Title   a file or a folder; ACCOUNT:/ is the top
  ACCOUNT:@CODE               a file by its code
  A / inside a title is written ／. Where a folder and a file have the same path, a / at the end
  means the folder. A title that several files have is an error that lists their codes.

exit status
  0 done, 1 something failed (also: a path that does not exist), 2 bad usage or configuration

files
  config.toml, credentials.toml (mode 0600) and the library are in the system's usual places for
  vhtui; VHTUI_CONFIG_DIR and VHTUI_DATA_DIR name others. A key is read from an account's
  key_command, from VHTUI_KEY_<ACCOUNT>, or from credentials.toml.
"""

_Commands = Any  # argparse's type for the collection of sub-commands is private


def make_parser() -> ArgumentParser:
    """Return the parser of the whole command line."""
    parser = ArgumentParser(
        prog="vhtui",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"vhtui {__version__}")
    parser.set_defaults(run="screen:screen", json=False, no_wait=False)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _screen_commands(commands)
    _account_commands(commands)
    _file_commands(commands)
    _remote_commands(commands)
    _job_commands(commands)
    from vhtui.cli.desk_parser import add_desk_commands  # they are built with what is below
    from vhtui.cli.find_parser import add_find_command
    from vhtui.cli.holes_parser import add_holes_command
    from vhtui.cli.insight_parser import add_insight_commands
    from vhtui.cli.upload_parser import add_upload_commands

    add_find_command(commands)
    add_desk_commands(commands)
    add_insight_commands(commands)
    add_upload_commands(commands)
    add_holes_command(commands)
    return parser


def _screen_commands(commands: _Commands) -> None:
    demo = _command(commands, "demo", "demo:demo", "try vhtui on two accounts of made-up hosts")
    _sandbox_options(demo)
    demo.add_argument(
        "--env",
        action="store_true",
        help="instead of the screen, print the environment with which other commands use the demo",
    )
    sandbox = _command(
        commands,
        "sandbox",
        "demo:sandbox",
        "serve both hosts on this machine until SIGTERM",
        "Serves made-up VOE and illvid hosts on loopback, and prints one JSON line with their"
        " addresses and keys when it is ready.",
    )
    sandbox.add_argument("--port", type=_count, default=0, help="0 (usual): any free one")
    _sandbox_options(sandbox)
    sandbox.add_argument(
        "--rate", type=_number, default=4.0, help="requests per second and key; 0: no limit"
    )
    sandbox.add_argument("--database", type=Path, help="keep the hosts' state in this file")
    sandbox.add_argument("--with-parent", action="store_true", help=SUPPRESS)
    work = _command(
        commands,
        "work",
        "jobs:work",
        "carry out the journal without a screen, until a signal comes",
        "For tmux, cron or a systemd user unit. While another vhtui does the work, it waits to take"
        " over.",
    )
    work.add_argument("--until-idle", action="store_true", help="end when nothing is left to do")


def _sandbox_options(parser: ArgumentParser) -> None:
    parser.add_argument("--files", type=_count, default=2000, help="files at VOE (2000)")
    parser.add_argument("--folders", type=_count, default=40, help="folders at VOE (40)")
    parser.add_argument("--seed", type=_count, default=1, help="another number, another library")
    parser.add_argument("--hostile", action="store_true", help="titles that attack the terminal")
    parser.add_argument(
        "--speed", type=_number, default=1.0, help="seconds that pass at the hosts in each second"
    )


def _account_commands(commands: _Commands) -> None:
    accounts = commands.add_parser("accounts", help="add, list, check and remove accounts")
    accounts.set_defaults(run="accounts:show")
    actions = accounts.add_subparsers(title="actions (list without one)", metavar="ACTION")
    add = _command(
        actions,
        "add",
        "accounts:add",
        "add an account",
        "Adds an account to config.toml. Its key is asked for on the terminal and kept in"
        " credentials.toml, or read from where these options say; it is never an argument.",
    )
    add.add_argument("name", metavar="NAME", help="the account's name in paths")
    add.add_argument("--provider", choices=PROVIDERS, required=True, help="the host")
    source = add.add_mutually_exclusive_group()
    source.add_argument("--key-stdin", action="store_true", help="read the key from a pipe")
    source.add_argument(
        "--key-command",
        nargs="+",
        metavar="WORD",
        help="a command that prints the key, such as 'pass show voe' (after NAME)",
    )
    add.add_argument("--base-url", metavar="URL", help="another address of the host's API")
    add.add_argument("--login", help="illvid: the API login, where the host asks for it too")
    add.add_argument("--rate", type=_number, help="requests per second (3)")
    add.add_argument("--read-only", action="store_true", help="never change anything through it")
    _json(_command(actions, "list", "accounts:show", "list the accounts"))
    check = _command(actions, "check", "accounts:check", "try an account's key at the host")
    check.add_argument("name", metavar="NAME")
    _json(check)
    key = _command(actions, "key", "accounts:change_key", "give an account a new key")
    key.add_argument("name", metavar="NAME")
    key.add_argument("--key-stdin", action="store_true", help="read the key from a pipe")
    remove = _command(
        actions,
        "remove",
        "accounts:remove",
        "remove an account and its key from the configuration (nothing changes at the host)",
    )
    remove.add_argument("name", metavar="NAME")


def _file_commands(commands: _Commands) -> None:
    sync = _command(
        commands,
        "sync",
        "files:sync",
        "fetch libraries from their hosts",
        "The first time every folder is listed; when stopped, the next sync goes on from there."
        " Later ones ask only for what changed.",
    )
    sync.add_argument("account", metavar="ACCOUNT", nargs="?", help="all of them without it")
    sync.add_argument("--full", action="store_true", help="list every folder again")
    _json(sync)
    ls = _command(
        commands,
        "ls",
        "files:ls",
        "list a folder or a file",
        "Lists what the library knows, without asking the host; what it does not know at all is"
        " fetched first. Columns: name, size, length, views, uploaded, state, code.",
    )
    ls.add_argument("path", metavar="PATH")
    ls.add_argument("-r", "--recursive", action="store_true", help="with everything below")
    ls.add_argument("--fresh", action="store_true", help="ask the host again first")
    _json(ls)
    info = _command(commands, "info", "files:info", "show all that is known of files and folders")
    info.add_argument("paths", metavar="PATH", nargs="+")
    _json(info)
    mkdir = _changing(commands, "mkdir", "files:mkdir", "make a folder")
    mkdir.add_argument("path", metavar="PATH")
    mkdir.add_argument(
        "-p", "--parents", action="store_true", help="also those above it; no error if it exists"
    )
    mv = _changing(commands, "mv", "files:mv", "move files into a folder")
    mv.add_argument("paths", metavar="PATH", nargs="+")
    mv.add_argument("folder", metavar="FOLDER")
    from vhtui.cli.rename_parser import add_rename_command  # it is built with what is below

    add_rename_command(commands)
    rm = _changing(
        commands,
        "rm",
        "files:rm",
        "move files to the trash folder, or delete them",
        "Moves files to the folder vhtui-trash, from where 'vhtui restore' or 'vhtui undo' brings"
        " them back. With --forever they are deleted at the host, which cannot be undone.",
    )
    rm.add_argument("paths", metavar="PATH", nargs="+")
    rm.add_argument("--forever", action="store_true", help="delete for good")
    rm.add_argument("--yes", action="store_true", help="do not ask before deleting for good")
    restore = _changing(
        commands, "restore", "files:restore", "move files from the trash back to where they were"
    )
    restore.add_argument("paths", metavar="PATH", nargs="+")
    link = _command(
        commands,
        "link",
        "files:link",
        "print links to files, or to the files in folders",
        "Prints one link a line, in the natural order of the titles, at today's embed domain where"
        " the account has one (asked for when the last answer is older than five minutes).",
    )
    link.add_argument("paths", metavar="PATH", nargs="+")
    link.add_argument(
        "--as",
        dest="form",
        metavar="FORM",
        help="embed, page, iframe, bbcode, markdown, title, code, csv, json, or the name of a"
        " template in [links] of config.toml",
    )
    link.add_argument("-r", "--recursive", action="store_true", help="with everything below")
    link.add_argument(
        "--group", choices=("folder", "series"), help="under a heading for each folder or series"
    )
    link.add_argument("--output", metavar="FILE", type=_output, help="write them to a file")
    link.add_argument("--offline", action="store_true", help="do not ask for the embed domain")
    link.add_argument("--copy", action="store_true", help="also put them on the clipboard")
    _json(link)
    imported = _command(
        commands,
        "import",
        "files:import_links",
        "enter links or codes in the library of a host that lists nothing",
        "Each line of FILE is a link or a code, and after a space the title.",
    )
    imported.add_argument("path", metavar="ACCOUNT:/FOLDER")
    imported.add_argument("file", metavar="FILE", help="- is the standard input")


def _remote_commands(commands: _Commands) -> None:
    remote = commands.add_parser("remote", help="let hosts fetch URLs, and follow their queues")
    actions = remote.add_subparsers(title="actions", metavar="ACTION", required=True)
    from vhtui.cli.upload_parser import add_remote_commands  # it is built with what is below

    add_remote_commands(actions)
    show = _command(actions, "list", "remote:show", "list the queues")
    show.add_argument("place", metavar="ACCOUNT", nargs="?")
    show.add_argument("--offline", action="store_true", help="do not ask the hosts")
    _account(show)
    _json(show)
    clear = _changing(
        actions, "clear-failed", "remote:clear_failed", "delete all failed entries of the queue"
    )
    _account(clear)
    encodings = _command(commands, "encodings", "remote:encodings", "list what hosts encode")
    encodings.add_argument("account", metavar="ACCOUNT", nargs="?")
    encodings.add_argument("--offline", action="store_true", help="do not ask the hosts")
    _json(encodings)


def _job_commands(commands: _Commands) -> None:
    jobs = _command(
        commands,
        "jobs",
        "jobs:show",
        "list the journal's jobs; pause, resume, retry, cancel, settle them",
    )
    jobs.add_argument("--all", action="store_true", help="not only the open and recent ones")
    _json(jobs)
    actions = jobs.add_subparsers(title="actions", metavar="ACTION")
    pause = _command(actions, "pause", "jobs:pause", "send nothing more of a group")
    cancel = _command(actions, "cancel", "jobs:cancel", "cancel what of a group is not sent yet")
    resume = _changing(actions, "resume", "jobs:resume", "go on with a paused group")
    retry = _changing(actions, "retry", "jobs:retry", "try again what the host refused")
    for action in (pause, cancel, resume, retry):
        action.add_argument("group", metavar="GROUP", type=_count)
    settle = _command(
        actions, "settle", "jobs:settle", "decide a job whose outcome nothing can prove"
    )
    settle.add_argument("job", metavar="JOB", type=_count)
    verdict = settle.add_mutually_exclusive_group(required=True)
    for option, value, words in (
        ("--happened", True, "the host has done it"),
        ("--not", False, "the host has not done it: send it again"),
        ("--look", None, "look at the host once more"),
    ):
        verdict.add_argument(
            option, dest="verdict", action="store_const", const=value, default=None, help=words
        )
    undo = _changing(commands, "undo", "jobs:undo", "take the last change back, or a group's")
    undo.add_argument("group", metavar="GROUP", type=_count, nargs="?")
    _changing(commands, "redo", "jobs:redo", "take the last undo back")
    history = _command(commands, "history", "jobs:history", "list the groups of changes")
    history.add_argument("--all", action="store_true", help="not only the recent ones")
    _json(history)


def _command(
    commands: _Commands, name: str, run: str, words: str, description: str = ""
) -> ArgumentParser:
    """Add a command that calls ``run`` ("module:function" in this package)."""
    parser: ArgumentParser = commands.add_parser(
        name,
        help=words,
        description=description or f"{words[0].upper()}{words[1:]}.",
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    return parser


def _changing(
    commands: _Commands, name: str, run: str, words: str, description: str = ""
) -> ArgumentParser:
    """Add a command that writes jobs and follows them to their end."""
    parser = _command(commands, name, run, words, description)
    _json(parser, "print the jobs as a JSON array")
    parser.add_argument(
        "--no-wait",
        action="store_true",
        default=SUPPRESS,
        help="only write it down; 'vhtui work' or another vhtui carries it out",
    )
    return parser


def _json(parser: ArgumentParser, words: str = "print one JSON document") -> None:
    parser.add_argument("--json", action="store_true", default=SUPPRESS, help=words)


def _account(parser: ArgumentParser) -> None:
    parser.add_argument("--account", metavar="NAME", help="needed where there are several")


def _at_least(kind: Callable[[str], float], text: str, least: float = 0) -> float:
    try:
        value = kind(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no number") from None
    if not least <= value < float("inf"):
        raise ArgumentTypeError(f"{text} is out of range")
    return value


def _output(text: str) -> str | None:
    """Return the file to write; None, which is also ``-``, means standard output."""
    return None if text == "-" else text


def _count(text: str) -> int:
    return int(_at_least(int, text))


def _positive(text: str) -> int:
    return int(_at_least(int, text, 1))


def _number(text: str) -> float:
    return _at_least(float, text)
