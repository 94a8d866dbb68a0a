"""Commands about what the library tells of itself: growth, views, copies, gaps in series."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from msgspec.structs import asdict

from vhtui.cli.files import make_known
from vhtui.cli.join import Session
from vhtui.cli.output import file_object, file_path, print_document, print_table, say
from vhtui.cli.paths import find, find_folder
from vhtui.core import trends, views
from vhtui.core.series import series_below
from vhtui.core.store import ListingSpec
from vhtui.core.views import View
from vhtui.gaps import Series, Video, range_words, series_lines
from vhtui.models import FileRow, FolderRow
from vhtui.query import parse
from vhtui.text import UNKNOWN, clean, count_words, date_words, money_words, plural, size_words
from vhtui.trends import DAY, SPANS, Growth, History, daily, money_text, spans, sparkline

_CHART_DAYS = 30


# -- trends ---------------------------------------------------------------------------------------


async def show_trends(session: Session, args: Namespace) -> int:
    """Print what files and folders gained."""
    rows: list[tuple[str, History]] = []
    for text in args.paths:
        row = await find(session, text, folder_first=True)
        if isinstance(row, FileRow):
            history = trends.of_file(session.store, row)
        else:
            history = trends.of_folder(session.store, row.account, row.id, below=True)
        rows.append((_path(session, row), history))
    if args.json:
        print_document([_history_object(path, history) for path, history in rows])
        return 0
    ascii_only = session.settings.ascii
    print_table(
        [
            ["", *(f"{days} days" for days in SPANS), "known since", f"{_CHART_DAYS} days"],
            *(_history_cells(path, history, ascii_only) for path, history in rows),
        ],
        right=(1, 2, 3),
    )
    return 0


def _path(session: Session, row: FileRow | FolderRow) -> str:
    if isinstance(row, FolderRow):
        return f"{row.account}:{row.path}"
    folder = session.store.folder_path(row.account, row.folder)
    return f"{row.account}:{file_path(row, folder)}"


def _today() -> int:
    return int(time.time()) // DAY


def _date(day: int | None) -> str | None:
    return None if day is None else date_words(day * DAY)


def _history_cells(path: str, history: History, ascii_only: bool) -> list[str]:
    told = [_growth_words(growth) for growth in spans(history, _today())]
    chart = daily(history.views, history, _today(), _CHART_DAYS)
    return [
        path,
        *(told + [""] * len(SPANS))[: len(SPANS)],
        _date(history.since) or UNKNOWN,
        sparkline(chart, ascii=ascii_only),
    ]


def _growth_words(growth: Growth) -> str:
    about = "~" if growth.is_estimate else ""
    sign = "-" if growth.views < 0 else "+"
    days = "" if growth.is_whole else f" in {growth.days} d"
    money = f", {money_words(money_text(growth.money))}" if growth.money else ""
    return f"{about}{sign}{count_words(abs(growth.views))}{money}{days}"


def _history_object(path: str, history: History) -> dict[str, Any]:
    days = daily(history.views, history, _today(), _CHART_DAYS)
    return {
        "path": path,
        "known_since": _date(history.since),
        "last_seen": _date(history.seen),
        "growth": [
            asdict(growth) | {"money": money_text(growth.money)}
            for growth in spans(history, _today())
        ],
        "views_by_day": [None if value is None else round(float(value), 2) for value in days],
    }


# -- views and copies -----------------------------------------------------------------------------


async def show_view(session: Session, args: Namespace) -> int:
    """Print the views with their counts, or the files of one."""
    accounts = session.chosen(args.account)
    if args.name is not None:
        return _print_view(session, accounts, views.find_view(session.store, args.name), args)
    rows = [
        (account, view, views.count(session.store, account, view))
        for account in accounts
        for view in views.views(session.store)
    ]
    if args.json:
        print_document(
            [{"account": account, "files": files} | asdict(view) for account, view, files in rows]
        )
        return 0
    print_table(
        [
            [account, view.title, count_words(files), view.about or view.query]
            for account, view, files in rows
        ],
        right=(2,),
        flexible=3,
    )
    return 0


async def dups(session: Session, args: Namespace) -> int:
    """Print the files that are there more than once."""
    view = views.find_view(session.store, f"dup-{args.by}")
    return _print_view(session, session.chosen(args.account), view, args)


def _print_view(session: Session, accounts: Sequence[str], view: View, args: Namespace) -> int:
    found: list[tuple[FileRow, str, str]] = []
    lacks: list[str] = []
    for account in accounts:
        rows, cut = _listed(session, account, view, args.limit)
        found += [(row, session.store.folder_path(account, row.folder), each) for row, each in rows]
        lacks += [f", {cut} in {account}"] if cut else []
    more = "; --limit takes more" if lacks and args.limit is None else ""
    words = f"{view.title}: {plural(len(found), 'file')}{''.join(lacks)}{more}"
    if args.json:
        print_document(
            [file_object(row, folder) | {"figure": figure} for row, folder, figure in found]
        )
        if lacks:
            say(words)
        return 0
    print_table(
        [
            [
                f"{row.account}:{file_path(row, folder)}",
                figure,
                size_words(row.size),
                count_words(row.views),
                row.code,
            ]
            for row, folder, figure in found
        ],
        right=(1, 2, 3),
    )
    say(words)
    return 0


def _listed(
    session: Session, account: str, view: View, limit: int | None
) -> tuple[list[tuple[FileRow, str]], str]:
    """Return a view's files with their figures, and what to say of those that are left out."""
    store = session.store
    if view.is_ranked:
        ranked = views.ranked(store, account, view, most=views.MOST if limit is None else limit)
        ids = ranked.listing.ids
        rows = [(row, ranked.figures[row.id]) for row in store.files(ids)]
        return rows, views.cut_words(len(ids), ranked)
    listing = store.listing(ListingSpec(account, None, parse(view.query)))
    return [(row, "") for row in store.files(listing.ids[:limit])], ""


# -- gaps -----------------------------------------------------------------------------------------


async def gaps(session: Session, args: Namespace) -> int:
    """Print what is missing and double in the series of a folder."""
    folder = await find_folder(session, args.path)
    await make_known(session, folder, recursive=args.recursive)
    found = series_below(session.store, folder.account, folder.id, below=args.recursive)
    if args.json:
        print_document([_series_object(series) for series in found])
        return 0
    troubled = [series for series in found if not series.is_complete]
    for series in troubled:
        for line in series_lines(series):
            print(clean(line))
    say(
        f"{plural(len(found), 'series', 'series')},"
        f" {plural(sum(series.missing for series in found), 'episode')} missing,"
        f" {sum(series.doubles for series in found)} double,"
        f" {len(found) - len(troubled)} complete"
    )
    return 0


def _series_object(series: Series) -> dict[str, Any]:
    return {
        "title": series.title,
        "folder": series.folder,
        "files": series.files,
        "missing_seasons": range_words(series.missing_seasons),
        "seasons": [
            {
                "season": season.number,
                "episodes": season.have,
                "last": season.last,
                "missing": range_words(season.missing),
                "double": [
                    {"episode": number, "files": [_video_object(video) for video in videos]}
                    for number, videos in season.doubles
                ],
            }
            for season in series.seasons
        ],
    }


def _video_object(video: Video) -> dict[str, str]:
    return {"code": video.code, "title": video.title, "folder": video.folder}
