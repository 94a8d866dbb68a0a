"""The command that finds files in the local library and prints or writes a list of them."""

from __future__ import annotations

import heapq
import itertools
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vhtui.atomic import write_atomically
from vhtui.cli.join import Session
from vhtui.cli.output import complain, file_path, pointed, say
from vhtui.cli.paths import PathError, parse
from vhtui.core.finding import located, namesakes
from vhtui.core.store import ListingSpec, Sort
from vhtui.errors import UsageError, VhtuiError
from vhtui.export import Form, Shape, lines, parse_columns, template_named
from vhtui.links import LinkItem
from vhtui.models import Capability, FileRow
from vhtui.query import AllOf, AnyOf, Query, QueryError, Within
from vhtui.query import parse as parse_query
from vhtui.text import clean, natural_key, plural

_A_READ = 500
_MISUSED = 2

Located = tuple[FileRow, str]


async def find(session: Session, args: Namespace) -> int:
    """Print the files that a query finds; 1 when there are none."""
    session.require_accounts()
    shape = _shape(args, session.settings.link_templates)
    try:
        specs = _specs(session, args)
        found = _found(session, specs, reverse=args.reverse)
    except QueryError as error:
        complain(str(error))
        for line in pointed(args.query, error.position, error.length):
            print(line, file=sys.stderr)
        return _MISUSED
    if args.limit is not None:
        found = itertools.islice(found, args.limit)
    count = itertools.count()
    counted = (each for each, _ in zip(found, count, strict=False))
    if shape is None:
        written = _paths(session, counted)
    else:
        items = (LinkItem.of(row, folder) for row, folder in counted)
        written = lines(items, shape, session.engine.link_base)
    end = "\0" if args.null else "\n"
    if args.output is None:
        for line in written:
            sys.stdout.write(line + end)
    else:
        _write(args.output, (line + end for line in written))
    total = next(count)
    if args.output is not None:
        say(f"{plural(total, 'file')} written to {args.output}")
    if not total:
        _explain_nothing(session, specs)
    return 0 if total else 1


def _shape(args: Namespace, own: Mapping[str, str]) -> Shape | None:
    """Return how the list is written; None: as paths."""
    if args.raw and not args.csv:
        raise UsageError("--raw goes with --csv; JSON and templates are as they are anyway")
    if args.raw and args.output is None and sys.stdout.isatty():
        raise UsageError("--raw lets control characters through: use --output or a pipe")
    if args.template is not None:
        if args.columns is not None:
            raise UsageError("--columns goes with --csv, --json or alone, not with --template")
        return Shape(template=template_named(args.template, own))
    if args.null and (args.csv or args.json):
        raise UsageError("--null goes with paths, --columns alone and --template")
    if not (args.csv or args.json or args.columns is not None):
        return None
    form = Form.CSV if args.csv else Form.JSON if args.json else Form.LINES
    if args.columns is None:
        return Shape(form=form, raw=args.raw)
    return Shape(form=form, columns=parse_columns(args.columns), raw=args.raw)


def _specs(session: Session, args: Namespace) -> list[ListingSpec]:
    """Return what to list of each account; UsageError and PathError for what cannot be listed."""
    query = parse_query(args.query)
    if args.sort not in set(Sort):
        raise UsageError(f"sort by one of {', '.join(Sort)}, not {clean(args.sort, 40)!r}")
    wanted: dict[str, list[str]] = {}
    for text in args.places:
        account, path = _place(session, text)
        wanted.setdefault(account, []).append(path)
    specs = []
    for account, paths in (wanted or {name: [""] for name in session.accounts}).items():
        within = AnyOf(tuple(Within(path) for path in paths))
        whole = "" in paths
        asked = query if whole else Query(query.text, AllOf((query.root, within)))
        specs.append(ListingSpec(account, None, asked, Sort(args.sort), args.reverse))
    return specs


def _place(session: Session, text: str) -> tuple[str, str]:
    """Return the account and the path of a folder in it; "" is the top."""
    place = parse(text if ":" in text else f"{text}:", session.accounts)
    if place.code is not None:
        raise UsageError(f"{text!r}: files are found in ACCOUNT or ACCOUNT:/Folder")
    path = "".join(f"/{part}" for part in place.parts)
    known = session.store.all_folders(place.account) if path else ()
    if path and not any(folder.path == path for folder in known):
        raise PathError(f"{text} is no folder that is known; 'vhtui sync {place.account}' lists it")
    return place.account, path


def _found(session: Session, specs: Sequence[ListingSpec], *, reverse: bool) -> Iterator[Located]:
    store = session.store
    listings = [store.listing(spec) for spec in specs]
    streams = [located(store, listing.ids) for listing in listings]
    if len(streams) == 1:
        return streams[0]
    return heapq.merge(*streams, key=_order(specs[0].sort), reverse=reverse)


def _order(sort: Sort) -> Callable[[Located], Any]:
    """Return the key that the store sorts by, in which what is unknown comes first."""
    match sort:
        case Sort.TITLE:
            return lambda found: natural_key(found[0].title)
        case Sort.STATE:
            return lambda found: found[0].pending or found[0].state

    def unknown_first(found: Located) -> tuple[bool, Any]:
        value = getattr(found[0], sort.value)
        return value is not None, value

    return unknown_first


def _paths(session: Session, found: Iterable[Located]) -> Iterator[str]:
    """Give each file as other commands take it: its path, or its code where no path leads to it."""
    found = iter(found)
    while part := list(itertools.islice(found, _A_READ)):
        several = namesakes(session.store, [row.id for row, _ in part])
        for row, folder in part:
            path = f"{row.account}:{file_path(row, folder)}"
            leads = row.title and not {"/", "／"} & set(row.title) and clean(path) == path
            yield path if leads and row.id not in several else f"{row.account}:@{row.code}"


def _write(name: str, written: Iterator[str]) -> None:
    path = Path(name)
    if path.exists() and not path.is_file():
        raise UsageError(f"{name} is no file that could be replaced")
    try:
        write_atomically(path, written, mode=0o644)
    except OSError as error:
        raise VhtuiError(f"{name} cannot be written: {error.strerror or error}") from error


def _explain_nothing(session: Session, specs: Sequence[ListingSpec]) -> None:
    for spec in specs:
        row = session.store.account(spec.account)
        can_list = session.can(spec.account, Capability.LIST_FILES)
        if can_list and row.synced is None and not row.files:
            say(f"{spec.account} was never listed: 'vhtui sync {spec.account}' does")
