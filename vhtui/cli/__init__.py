"""The command line: the second front end over the engine, and where the parts are put together.

Every command is a function named in the parser's table and imported when it is called, so that
``--help`` and ``--version`` load nothing else. The exit status is 0 done, 1 something failed, 2 bad
usage or configuration.
"""

from __future__ import annotations

import os
import sys

from vhtui.errors import ConfigError, StateError, UsageError, VhtuiError
from vhtui.ui import first_frame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

DONE, FAILED, MISUSED = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the process's exit status; no error leaves as a traceback."""
    words = sys.argv[1:] if argv is None else argv
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    args = None
    if words:
        try:
            args = _parsed(words)
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else MISUSED
    else:
        first_frame.show(os.environ)
    try:
        try:
            status = _run_screen() if args is None else _run(args)
        finally:
            first_frame.take_down()
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        _complain("interrupted: what is in the journal stays there ('vhtui jobs' lists it)")
        return FAILED
    except Exception as error:
        return _explain(error)


def _parsed(words: Sequence[str]) -> Namespace:
    from vhtui.cli.find_parser import keep_queries
    from vhtui.cli.parser import make_parser
    from vhtui.cli.rename_parser import join_pairs

    return make_parser().parse_args(keep_queries(join_pairs(words)))


def _run_screen() -> int:
    """Show vhtui, without loading what reads a command line."""
    from vhtui.cli.screen import screen
    from vhtui.config import Paths

    return screen(Paths.find(os.environ))


def _run(args: Namespace) -> int:
    """Import a command's function ("module:name") and call it, in a session if it is async."""
    import inspect
    from importlib import import_module

    from vhtui.config import Paths

    module, _, name = args.run.partition(":")
    command = getattr(import_module(f"vhtui.cli.{module}"), name)
    paths = Paths.find(os.environ)
    if not inspect.iscoroutinefunction(command):
        return int(command(paths, args))
    import asyncio

    from vhtui.cli.join import in_session

    return asyncio.run(in_session(paths, command, args))


def _explain(error: BaseException) -> int:
    """Say in one sentence what went wrong and return the exit status that goes with it."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, VhtuiError):
        _complain(str(error))
        misused = isinstance(error, UsageError | ConfigError) and not isinstance(error, StateError)
        return MISUSED if misused else FAILED
    from vhtui.config import Paths
    from vhtui.ui.terminal import write_crash_report

    report = write_crash_report(Paths.find(os.environ).state, error)
    where = f"; the report is in {report}" if report else ""
    _complain(f"ended because of an error of its own ({type(error).__name__}){where}")
    return FAILED


def _complain(text: str) -> None:
    from vhtui.cli.output import complain

    complain(text)
