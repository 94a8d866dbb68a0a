"""The command about titles across accounts: which are where, and filling the holes."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import Any

from vhtui.cli.follow import ask_each, finish, sync_accounts
from vhtui.cli.join import Session
from vhtui.cli.output import complain, job_object, print_document, print_table, say
from vhtui.cli.paths import find_folder
from vhtui.cli.questions import agreed
from vhtui.cli.upload_follow import SENT, follow_uploads, upload_object
from vhtui.core.holes.filling import MOST_AT_ONCE, Choice, FillReceipt
from vhtui.core.holes.matching import Cell, Match
from vhtui.core.holes.titles import Scope, TitleCell, TitleRow, Titles, TitlesSpec
from vhtui.core.holes.ways import Hole, Way, WayKind
from vhtui.errors import UsageError
from vhtui.models import Capability
from vhtui.query import parse
from vhtui.text import clean, count_words, plural

_AT_ONCE = 500
_LISTED = 20


async def holes(session: Session, args: Namespace) -> int:
    """List the titles and where they are, or fill what is missing."""
    session.require_accounts()
    if (args.via or args.dry_run or args.yes) and not args.fill:
        raise UsageError("--via, --dry-run and --yes belong to --fill")
    query = parse(args.filter) if args.filter else None
    targets = tuple(dict.fromkeys(session.account(name) for name in args.on))
    await _list_unlisted(session)
    spec = TitlesSpec(
        accounts=tuple(session.accounts),
        scopes=tuple([await _scope(session, place) for place in args.places]),
        targets=targets,
        query=query,
        holes_only=not args.all,
    )
    if args.fill:
        return await _fill(session, args, spec)
    titles = await asyncio.to_thread(session.engine.holes.titles, spec)
    if args.json:
        print_document([_title_object(session, row) for row in _rows(session, titles)])
    else:
        head = ["title", *spec.accounts]
        print_table(
            [head, *([row.title, *map(_word, row.cells)] for row in _rows(session, titles))]
        )
    say(f"{plural(len(titles), 'title')}, {plural(titles.holes, 'hole')}")
    return 0


async def _list_unlisted(session: Session) -> None:
    """List what was never listed: until then nobody knows what an account lacks."""
    unlisted = [
        name
        for name in session.accounts
        if session.can(name, Capability.LIST_FILES) and session.store.account(name).synced is None
    ]
    if unlisted:
        await sync_accounts(session, unlisted)


async def _scope(session: Session, text: str) -> Scope:
    if ":" not in text:
        return Scope(session.account(text))
    folder = await find_folder(session, text)
    return Scope(folder.account, folder.path)


def _rows(session: Session, titles: Titles) -> Iterator[TitleRow]:
    for start in range(0, len(titles), _AT_ONCE):
        stop = min(start + _AT_ONCE, len(titles))
        yield from titles.rows(session.store, range(start, stop))


def _word(cell: TitleCell) -> str:
    doubt = cell.state is Cell.THERE and cell.match is Match.NAME
    return f"{cell.state.word}{'?' if doubt else ''}"


def _title_object(session: Session, row: TitleRow) -> dict[str, Any]:
    files = {each.id: each for each in session.store.files([cell.file for cell in row.cells])}
    return {
        "title": row.title,
        "account": row.account,
        "code": row.code,
        "folder": session.store.folder_path(row.account, row.row.folder),
        "size": row.row.size,
        "length": row.row.length,
        "takedown": row.is_taken_down,
        "accounts": [
            {
                "account": cell.account,
                "state": cell.state.word,
                "matched": cell.match.words or None,
                "code": files[cell.file].code if cell.file in files else None,
            }
            for cell in row.cells
        ],
    }


# -- filling --------------------------------------------------------------------------------------


async def _fill(session: Session, args: Namespace, spec: TitlesSpec) -> int:
    """Say what would fill the holes, and what it costs; then order it and see it through."""
    via = [WayKind(word) for word in args.via or tuple(WayKind)]
    await _read_takedowns(session)
    found = await asyncio.to_thread(_plan, session, spec)
    plan = [(hole, _best(hole, via)) for hole in found]
    choices = [(hole, way) for hole, way in plan if way is not None]
    closed = [hole for hole, way in plan if way is None]
    if args.dry_run:
        _print_plan(plan, via, as_json=args.json)
        say(_price_words(session, choices, closed))
        return 1 if any(hole.state.is_hole for hole in closed) else 0
    _complain_of(closed, via)
    left = [(f"{hole.title.title} to {hole.account}", _why(hole, via)) for hole in closed]
    if not choices:
        say("nothing to fill")
        if args.json:
            print_document({"jobs": [], "uploads": [], "left": _left_objects(left)})
        return 1 if any(hole.state.is_hole for hole in closed) else 0
    if not agreed(_price_words(session, choices, closed), yes=args.yes):
        say("nothing was filled")
        return 1
    receipt = await session.engine.holes.fill(choices)
    say(receipt.sentence)
    for title, why in receipt.left:
        complain(f"{title} is not filled: {why}")
    status = await _see_through(session, args, receipt, [*left, *receipt.left])
    return 1 if receipt.left or any(hole.state.is_hole for hole in closed) else status


async def _read_takedowns(session: Session) -> None:
    """Ask for the takedown lists that are old; where a host does not answer, what is known of its
    list decides."""
    if wishes := await session.engine.holes.ask_takedowns():
        await ask_each(session, wishes)


def _plan(session: Session, spec: TitlesSpec) -> list[Hole]:
    titles = session.engine.holes.titles(spec)
    found: list[Hole] = []
    for start in range(0, len(titles), MOST_AT_ONCE):
        stop = min(start + MOST_AT_ONCE, len(titles))
        rows = titles.rows(session.store, range(start, stop))
        found += session.engine.holes.plan_fill(rows, spec.targets or None)
    return found


def _best(hole: Hole, via: Sequence[WayKind]) -> Way | None:
    return next((way for kind in via if (way := hole.way(kind)) is not None), None)


def _why(hole: Hole, via: Sequence[WayKind]) -> str:
    if hole.refusal:
        return hole.refusal
    return "; ".join(f"{kind.value}: {why}" for kind, why in hole.against if kind in via)


def _print_plan(
    plan: Sequence[tuple[Hole, Way | None]], via: Sequence[WayKind], *, as_json: bool
) -> None:
    if as_json:
        print_document([_hole_object(hole, way, via) for hole, way in plan])
        return
    print_table(
        [
            [
                hole.title.title,
                f"{hole.account}:{hole.folder}",
                way.kind.value if way else "left",
                way.words if way else _why(hole, via),
            ]
            for hole, way in plan
        ]
    )


def _hole_object(hole: Hole, way: Way | None, via: Sequence[WayKind]) -> dict[str, Any]:
    return {
        "title": hole.title.title,
        "account": hole.account,
        "state": hole.state.word,
        "folder": hole.folder,
        "way": None if way is None else way.kind.value,
        "from": None if way is None else way.words,
        "ways": [each.kind.value for each in hole.ways],
        "why_not": None if way is not None else _why(hole, via),
    }


def _price_words(session: Session, choices: Sequence[Choice], closed: Sequence[Hole]) -> str:
    kinds = [way.kind for _, way in choices]
    counts = ", ".join(f"{count_words(kinds.count(k))} by {k.value}" for k in WayKind if k in kinds)
    left = f"; {count_words(len(closed))} left out" if closed else ""
    words = f"{plural(len(choices), 'hole')} to fill{f' ({counts})' if counts else ''}{left}"
    return f"{words}. {session.engine.holes.fill_price(choices).words}" if choices else words


def _complain_of(closed: Sequence[Hole], via: Sequence[WayKind]) -> None:
    for hole in closed[:_LISTED]:
        why = _why(hole, via)
        complain(f"{clean(hole.title.title, 100)} on {hole.account} is not filled: {why}")
    if len(closed) > _LISTED:
        complain(f"and {len(closed) - _LISTED} more are not: --dry-run shows all")


async def _see_through(
    session: Session, args: Namespace, receipt: FillReceipt, left: Sequence[tuple[str, str]]
) -> int:
    quiet = Namespace(**{**vars(args), "json": False})
    status = await finish(session, quiet, receipt.receipts)
    if receipt.uploads and not args.no_wait:
        _, went_well = await follow_uploads(session, set(receipt.uploads), SENT)
        status = status if went_well else 1
    if args.json:
        print_document(_done(session, receipt, left))
    return status


def _done(
    session: Session, receipt: FillReceipt, left: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    groups = [each.group for each in receipt.receipts]
    jobs = [job for id in groups for job in session.journal.jobs(group=id, limit=100_000)]
    uploads = [row for row in session.engine.uploads() if row.id in receipt.uploads]
    return {
        "jobs": [job_object(job) for job in jobs],
        "uploads": [upload_object(row) for row in uploads],
        "left": _left_objects(left),
    }


def _left_objects(left: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"hole": hole, "why": why} for hole, why in left]
