"""Giving titles: to one file or folder, or to many files by a pattern."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from vhtui.cli.files import content, make_known
from vhtui.cli.follow import confirm, finish, sync_accounts
from vhtui.cli.join import Session
from vhtui.cli.output import complain, print_document, print_table, say
from vhtui.cli.paths import PathError, find, parse
from vhtui.errors import StateError, UsageError
from vhtui.models import Capability, FileRow, FolderRow, JobKind
from vhtui.rename import (
    UNCHANGED,
    Case,
    FromCsv,
    Pattern,
    PatternError,
    RegexReplace,
    Replace,
    Step,
    Template,
    plan,
)
from vhtui.text import clean, plural
from vhtui.ui.planning import can_be_sent, read_surroundings

_ASKED_ABOVE = 30
"""Above this many requests, a person at a terminal is asked first."""
_LISTED = 20


async def rename(session: Session, args: Namespace) -> int:
    """Give a file or a folder another title, or many files by a pattern."""
    pattern = _pattern(args)
    if pattern is None:
        return await _rename_one(session, args)
    accounts = {parse(path, session.accounts).account for path in args.paths}
    if len(accounts) > 1:
        raise UsageError("files of one account only: all paths must begin the same")
    [account] = accounts
    if not args.dry_run:
        session.engine.require(account, Capability.RENAME_FILE)
    files = await _files(session, account, args, pattern)
    steps = await asyncio.to_thread(_steps, session, account, files, pattern)
    if args.dry_run:
        return _print_plan(session, account, steps, as_json=args.json)
    return await _carry_out(session, account, steps, args)


async def _rename_one(session: Session, args: Namespace) -> int:
    if len(args.paths) != 2 or args.recursive or args.dry_run:
        raise UsageError(
            "write PATH TITLE, or say how many files are renamed: --regex, --replace, --template,"
            " --case or --from"
        )
    path, title = args.paths
    row = await find(session, path, folder_first=False)
    if isinstance(row, FolderRow):
        receipt = await session.engine.rename_folder(row.account, row.id, title)
    else:
        receipt = await session.engine.rename(row.account, [(row.id, title)])
    return await finish(session, args, [receipt])


# -- the pattern ----------------------------------------------------------------------------------


def _pattern(args: Namespace) -> Pattern | None:
    """Make the pattern that was asked for; UsageError that points at what is wrong with it."""
    if args.regex is not None:
        search, replacement = args.regex
        _pointed(lambda: RegexReplace(search, ""), search)
        return _pointed(lambda: RegexReplace(search, replacement), replacement)
    if args.replace is not None:
        return Replace(*args.replace)
    if args.template is not None:
        return _pointed(lambda: Template(args.template), args.template)
    if args.case is not None:
        return Case(args.case)
    return None if args.source is None else _read_csv(args.source)


def _pointed(make: Callable[[], Pattern], text: str) -> Pattern:
    try:
        return make()
    except PatternError as error:
        if not error.length:
            raise
        raise UsageError(f"{error} (at character {error.position + 1} of {text})") from None


def _read_csv(name: str) -> FromCsv:
    shown = "the standard input" if name == "-" else name
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return FromCsv.parse(data.decode())
    except OSError as error:
        raise StateError(f"{shown} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{shown} is not UTF-8") from None
    except UsageError as error:
        raise UsageError(f"{shown}: {error}") from None


# -- the files and the plan -----------------------------------------------------------------------


async def _files(
    session: Session, account: str, args: Namespace, pattern: Pattern
) -> Sequence[FileRow]:
    """Return the files that the paths name, each once; of a CSV's account those it names."""
    named = [code for code, _ in pattern.rows] if isinstance(pattern, FromCsv) else None
    files: dict[int, FileRow] = {}
    for path in args.paths:
        if named is not None and path == f"{account}:":
            found = await _files_with(session, account, named)
        else:
            row = await find(session, path, folder_first=False)
            found = [row] if isinstance(row, FileRow) else await _files_in(session, row, args)
        files.update({file.id: file for file in found})
    if not isinstance(pattern, FromCsv):
        return list(files.values())
    if unknown := pattern.unknown(list(files.values())):
        codes = ", ".join(unknown[:_LISTED]) + (", …" if len(unknown) > _LISTED else "")
        raise PathError(
            f"{plural(len(unknown), 'code')} of {len(pattern.rows)} not among these files: {codes}"
            " (nothing was renamed)"
        )
    titles = dict(pattern.rows)
    return [file for file in files.values() if file.code in titles]


async def _files_in(session: Session, folder: FolderRow, args: Namespace) -> list[FileRow]:
    await make_known(session, folder, recursive=args.recursive)
    return content(session, folder, recursive=args.recursive)[1]


async def _files_with(session: Session, account: str, codes: Sequence[str]) -> list[FileRow]:
    lists = session.can(account, Capability.LIST_FILES)
    if lists and session.store.account(account).synced is None:
        await sync_accounts(session, [account])
    found = (session.store.file_by_code(account, code) for code in codes)
    return [file for file in found if file is not None]


def _steps(
    session: Session, account: str, files: Sequence[FileRow], pattern: Pattern
) -> list[Step]:
    around = read_surroundings(session.store, account, files)
    return plan(files, pattern, folders=around.folders, taken=around.taken)


def _is_sent(step: Step) -> bool:
    """Whether a step becomes a request; spaces at the ends are not sent."""
    return can_be_sent(step) and step.new_title.strip() != step.file.title


def _is_refused(step: Step) -> bool:
    return UNCHANGED not in step.warnings and not can_be_sent(step)


def _print_plan(session: Session, account: str, steps: Sequence[Step], *, as_json: bool) -> int:
    if as_json:
        print_document(
            [
                {
                    "code": step.file.code,
                    "old": step.file.title,
                    "new": step.new_title,
                    "warnings": list(step.warnings),
                    "included": _is_sent(step),
                }
                for step in steps
            ]
        )
    else:
        print_table([[step.file.title, "→", step.new_title, _doubts(step)] for step in steps])
    count = sum(map(_is_sent, steps))
    cost = f": {session.engine.estimate(account, JobKind.RENAME, count).words}" if count else ""
    say(f"{count} of {plural(len(steps), 'file')} would be renamed{cost}")
    return 0


def _doubts(step: Step) -> str:
    words = ", ".join(step.warnings)
    return f"left out: {words}" if _is_refused(step) else words


# -- carrying it out ------------------------------------------------------------------------------


async def _carry_out(session: Session, account: str, steps: Sequence[Step], args: Namespace) -> int:
    refused = [step for step in steps if _is_refused(step)]
    for step in refused[:_LISTED]:
        name = f"{clean(step.file.title, 100)} (@{step.file.code})"
        complain(f"{name} is not renamed: {', '.join(step.warnings)}")
    if len(refused) > _LISTED:
        complain(f"and {len(refused) - _LISTED} more are not: --dry-run shows all")
    sent = [step for step in steps if _is_sent(step)]
    if not sent:
        say(f"nothing to rename in {plural(len(steps), 'file')}")
        if args.json:
            print_document([])
        return 1 if refused else 0
    _tell_cost(session, account, sent)
    if not args.yes and not _agreed(len(sent)):
        say("nothing was renamed")
        return 1
    titles = [(step.file.id, step.new_title) for step in sent]
    status = await finish(session, args, [await session.engine.rename(account, titles)])
    return 1 if refused else status


def _tell_cost(session: Session, account: str, sent: Sequence[Step]) -> None:
    doubts = Counter(warning for step in sent for warning in step.warnings)
    if doubts:
        words = ", ".join(f"{warning} ({count})" for warning, count in doubts.items())
        say(f"new titles with warnings: {words}; --dry-run shows which")
    say(session.engine.estimate(account, JobKind.RENAME, len(sent)).words)


def _agreed(count: int) -> bool:
    """Whether the person at the terminal agrees; a script has agreed by running it."""
    if count <= _ASKED_ABOVE or not sys.stdin.isatty():
        return True
    return confirm(f"Rename {plural(count, 'file')}? Type", "y")
