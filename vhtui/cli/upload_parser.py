"""The commands about local files, their arguments and their help."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from vhtui.cli.parser import _account, _changing, _command, _count, _json, _number


def add_upload_commands(commands: Any) -> None:
    """Add the commands of ``uploads.py`` and ``watching.py`` to the parser's."""
    _upload_command(commands)
    uploaded = _command(
        commands,
        "uploaded",
        "uploads:uploaded",
        "tell whether local files were uploaded, and where they are",
        "Knows a file again by its content, also under another name. The exit status is 0 when all"
        " were uploaded, 1 when one was not. With --json an array of objects of path, account,"
        " code, title, folder and uploaded (the time), which are null for what was not.",
    )
    uploaded.add_argument("files", metavar="FILE", type=Path, nargs="+")
    uploaded.add_argument("--account", metavar="NAME", help="at this account only")
    _json(uploaded)
    _watch_command(commands)
    _queue_commands(commands)


def _upload_command(commands: Any) -> None:
    upload = _followed(
        commands,
        "upload",
        "uploads:upload",
        "upload local files to one account or several",
        "Queues the files, sends them (or has the vhtui send them that is at work), brings them to"
        " their folder, which is made when it is missing, and prints a link to each. What is at the"
        " account already is not sent again. What cannot be sent is told, the rest goes on, and the"
        " exit status is 1. What could not be sent now stays in the queue. With --json an array of"
        " objects with id, account, path, title, folder, size, state, code and error.",
    )
    upload.add_argument("files", metavar="FILE", type=Path, nargs="+")
    _to(upload, required=True)
    upload.add_argument("-r", "--recursive", action="store_true", help="send what is in folders")
    _choice(upload)
    upload.add_argument("--again", action="store_true", help="also what is there already")
    upload.add_argument(
        "--set", metavar="NAME", help="the files belong together: their links go to one file"
    )
    upload.add_argument(
        "--links",
        metavar="FILE",
        type=Path,
        help="where the links of the set are written when all of it plays",
    )
    upload.add_argument(
        "--as", dest="form", metavar="FORM", help="the form of the links, as in 'vhtui link --as'"
    )
    upload.add_argument(
        "--until",
        choices=("sent", "playable"),
        help="wait until the files are in their folder (sent, usual), or also encoded (playable,"
        " usual with --set)",
    )
    _limits(upload, "; from now on, as with 'vhtui uploads limits'")


def _watch_command(commands: Any) -> None:
    watch = _followed(
        commands,
        "watch",
        "watching:watch",
        "upload what comes into a folder of this machine, until a signal comes",
        "Adds a watch folder and then works as 'vhtui work' does, until a signal comes. Any vhtui"
        " that works looks at the watch folders. Watching a folder again for the same account"
        " changes how that is done.",
    )
    watch.add_argument("directory", metavar="DIR", type=Path, nargs="?")
    _to(watch, required=False)
    _choice(watch)
    watch.add_argument(
        "--settle",
        type=_number,
        metavar="SECONDS",
        help="how long a file must not have changed (60, or settle in config.toml)",
    )
    what = watch.add_mutually_exclusive_group()
    what.add_argument("--dry-run", action="store_true", help="only print what would be uploaded")
    what.add_argument("--list", action="store_true", help="only list the watch folders")
    what.add_argument("--remove", type=_count, metavar="ID", help="watch a folder no longer")
    watch.set_defaults(until_idle=False)


def _queue_commands(commands: Any) -> None:
    uploads = _command(
        commands,
        "uploads",
        "uploads:show",
        "list uploads; pause, resume, retry, cancel, settle them; set their limits",
    )
    uploads.add_argument("--account", metavar="NAME", help="only those to this account")
    _json(uploads)
    uploads.set_defaults(until=None, set=None)
    actions = uploads.add_subparsers(title="actions", metavar="ACTION")
    _json(_command(actions, "list", "uploads:show", "list the uploads, as without an action"))
    pause = _command(actions, "pause", "uploads:pause", "send nothing more of uploads")
    resume = _followed(actions, "resume", "uploads:resume", "go on with paused uploads")
    cancel = _command(actions, "cancel", "uploads:cancel", "cancel what the host does not have")
    retry = _followed(
        actions, "retry", "uploads:retry", "try again what failed, with the files as they are now"
    )
    for action in (pause, resume, cancel, retry):
        action.add_argument("ids", metavar="ID", type=_count, nargs="*")
        action.add_argument("--all", action="store_true", help="all to which it applies")
    settle = _command(
        actions, "settle", "uploads:settle", "say which file of the host an upload became"
    )
    settle.add_argument("id", metavar="ID", type=_count)
    settle.add_argument("code", metavar="CODE")
    _command(actions, "clear", "uploads:clear", "take what plays or was cancelled from the list")
    sets = _command(
        actions,
        "sets",
        "upload_sets:show",
        "list the sets, or print the links of one",
        "Lists the sets, those that became complete last first. With NAME the links of what plays"
        " of it are printed in natural order; the exit status is 1 while it is not complete.",
    )
    sets.add_argument("name", metavar="NAME", nargs="?")
    sets.add_argument(
        "--as", dest="form", metavar="FORM", help="another form of the links than the set's"
    )
    _json(sets)
    limits = _command(
        actions,
        "limits",
        "uploads:limits",
        "set and print the limits",
        "Sets the limits of every vhtui on this library, also of one that is sending, and prints"
        " those in force. They stay until they are set again.",
    )
    _limits(limits, "")
    limits.add_argument(
        "--hours",
        type=_hours,
        metavar="FROM-TO",
        help="begin uploads only then, such as 22:00-06:30; none: always",
    )
    limits.add_argument("--reset", action="store_true", help="first go back to config.toml")
    _json(limits)


def add_remote_commands(actions: Any) -> None:
    """Add the actions of ``vhtui remote`` that are about lists of URLs and about what failed."""
    add = _changing(
        actions,
        "add",
        "remote:add",
        "queue URLs (http, https, ftp) on a host",
        "Queues URLs for the host to fetch. In a file each stands on a line of its own; blank lines"
        " and those that begin with # do not count. What stands there twice, or is in the host's"
        " queue already, is left out and told.",
    )
    add.add_argument("urls", metavar="URL", nargs="*", help="- reads them from the standard input")
    add.add_argument(
        "--from",
        dest="files",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="a file of URLs, one a line; may be repeated",
    )
    add.add_argument("--to", metavar="FOLDER", help="ACCOUNT:/Folder that takes the files")
    add.add_argument("--again", action="store_true", help="also what the host knows already")
    add.add_argument("--dry-run", action="store_true", help="only print what would be queued")
    _account(add)
    failed = _command(actions, "failed", "remote:failed", "list what failed by the host's note")
    _account(failed)
    _json(failed)
    for name, words in (
        ("restart", "restart failed entries of the queue"),
        ("delete", "delete completed or failed entries of the queue (never the files)"),
    ):
        action = _changing(actions, name, f"remote:{name}", words)
        action.add_argument("ids", metavar="ID", nargs="*")
        action.add_argument("--failed", action="store_true", help="all that failed")
        action.add_argument(
            "--note", metavar="WORDS", help="all that failed with these words in the host's note"
        )
        _account(action)
    active = _command(
        actions,
        "active",
        "remote:active",
        "set and print how many remote uploads a host is given at once",
        "The rest waits in vhtui's own queue. Holds for every vhtui on this library, also for one"
        " that is at work; 'vhtui uploads limits --reset' goes back to config.toml.",
    )
    active.add_argument("number", metavar="N", type=_active, nargs="?", help="or all")
    _account(active)
    _json(active)


def _active(text: str) -> int:
    return 0 if text == "all" else _count(text)


def _followed(
    commands: Any, name: str, run: str, words: str, description: str = ""
) -> ArgumentParser:
    """Add a command that has files sent and waits for it."""
    parser = _command(commands, name, run, words, description)
    _json(parser)
    parser.add_argument(
        "--no-wait",
        action="store_true",
        default=SUPPRESS,
        help="only write it down; 'vhtui work' or another vhtui carries it out",
    )
    return parser


def _to(parser: ArgumentParser, *, required: bool) -> None:
    parser.add_argument(
        "--to",
        metavar="ACCOUNT:/FOLDER",
        action="append",
        required=required,
        default=None if required else [],
        help="where to; again for another account",
    )


def _choice(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--flat", action="store_true", help="do not make the folders that the files are in"
    )
    parser.add_argument(
        "--pattern",
        metavar="GLOB",
        action="append",
        default=[],
        help="of what is in folders only this, such as '*.mkv'; may be repeated",
    )


def _limits(parser: ArgumentParser, more: str) -> None:
    parser.add_argument("--parallel", type=_count, metavar="N", help=f"send so many at once{more}")
    parser.add_argument(
        "--limit",
        type=_rate,
        metavar="RATE",
        help=f"bytes per second of all together, such as 10M, or none{more}",
    )


def _rate(text: str) -> int:
    """Return bytes per second, 0 for none."""
    from vhtui.config import bytes_of

    try:
        return 0 if text == "none" else bytes_of(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def _hours(text: str) -> str:
    """Return the hours as they were written, empty for none."""
    from vhtui.config import hours_of

    try:
        return "" if text == "none" or not hours_of(text) else text
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None
