"""Commands about links and codes: check them, clone what they lead to, renew files."""

from __future__ import annotations

import os
import re
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from vhtui.cli.follow import finish
from vhtui.cli.join import Session
from vhtui.cli.output import Progress, complain, print_document, print_table, say
from vhtui.cli.paths import find, find_folder
from vhtui.cli.questions import agreed
from vhtui.core.desk.linkcheck import Source, sources_in
from vhtui.core.desk.linkreport import CheckedLink, LinkCheck, Verdict, report_csv
from vhtui.core.store import ListingSpec
from vhtui.errors import UsageError
from vhtui.links import recognise
from vhtui.models import ROOT, Capability, FolderRow
from vhtui.text import clean, count_words, plural

_STEP = 0.5
_SHOWN_REFUSALS = 20
_PARTS_OF_AN_AGE = {"h": 3600, "d": 86_400, "w": 7 * 86_400, "mo": 2_629_800, "y": 31_557_600}


# -- check ----------------------------------------------------------------------------------------


async def check(session: Session, args: Namespace) -> int:
    """Check the links in files, folders, on the standard input, or given themselves."""
    session.require_accounts()
    accounts = None if args.account is None else [session.account(args.account)]
    title = plural(len(args.sources), "source")
    id = await session.engine.check_links(_sources(args.sources), title, accounts=accounts)
    found = await _ended(session, id)
    if args.json:
        print_document(_check_object(session, found))
    elif args.csv:
        for line in report_csv(session.engine.checked_links(id, _wanted(args))):
            print(line)
    else:
        _print_links(session.engine.checked_links(id, _wanted(args)))
    counts = ", ".join(
        f"{count_words(found.counts[verdict])} {verdict}"
        for verdict in Verdict
        if found.counts.get(verdict)
    )
    say(f"{plural(found.links, 'link')}{': ' if counts else ''}{counts}")
    for name, error in found.broken:
        complain(f"{name} cannot be read: {error}")
    if found.state == "failed":
        complain(found.error)
    return 1 if found.dead or found.broken or found.state == "failed" else 0


def _sources(given: Sequence[str]) -> Iterator[Source]:
    for name in given:
        if name == "-":
            yield Source("-", stream=sys.stdin.buffer)
        elif not os.path.lexists(name) and recognise(name) is not None:
            yield Source(name, text=name)
        else:
            yield from sources_in([Path(name)])


async def _ended(session: Session, id: int) -> LinkCheck:
    await session.start()
    progress = Progress()
    try:
        while True:
            found = session.engine.check(id)
            assert found is not None
            if not found.is_open:
                return found
            progress.show(f"{count_words(found.answered)} of {count_words(found.links)} links")
            await session.wait(_STEP)
    finally:
        progress.end()


def _wanted(args: Namespace) -> list[Verdict]:
    return [verdict for verdict in Verdict if args.all or verdict is not Verdict.ALIVE]


def _print_links(links: Iterator[CheckedLink]) -> None:
    for link in links:
        print(
            f"{link.verdict or 'unknown':10}  {clean(link.source)}:{link.line}  {clean(link.text)}"
        )


def _check_object(session: Session, found: LinkCheck) -> dict[str, Any]:
    return {
        "state": found.state,
        "error": found.error,
        "links": found.links,
        "dead": found.dead,
        "counts": {verdict.value: found.counts.get(verdict, 0) for verdict in Verdict},
        "broken": [{"file": name, "error": error} for name, error in found.broken],
        "results": [
            {
                "verdict": link.verdict or "unknown",
                "code": link.code,
                "account": link.account,
                "file": link.source,
                "line": link.line,
                "link": link.text,
            }
            for link in session.engine.checked_links(found.id)
        ],
    }


# -- clone ----------------------------------------------------------------------------------------


async def clone(session: Session, args: Namespace) -> int:
    """Clone what links or codes lead to into a folder."""
    folder = await find_folder(session, args.to)
    texts = [
        text
        for given in args.links
        for text in (sys.stdin.read().split() if given == "-" else [given])
    ]
    plan = session.engine.plan_clones(folder.account, texts)
    for text, why in plan.refused:
        complain(f"{text} is not cloned: {why}")
    if not plan.items:
        return 1
    say(session.engine.estimate_clones(plan, folder.id).words)
    receipt = await session.engine.clone(plan, folder.id)
    status = await finish(session, args, [receipt])
    return 1 if plan.refused else status


# -- renew ----------------------------------------------------------------------------------------


async def renew(session: Session, args: Namespace) -> int:
    """Renew files, named or by age; each gets a new code."""
    account, files = await _chosen(session, args.paths)
    session.engine.require(account, Capability.RENEW_FILE)
    age = None if args.older_than is None else _age(args.older_than)
    if files is None and age is None:
        raise UsageError("name files, or say --older-than, such as 60d")
    plan = session.engine.plan_renewals(account, files=files, older_than=age)
    for row, why in plan.refused[:_SHOWN_REFUSALS]:
        complain(f"{row.title} (@{row.code}) is not renewed: {why}")
    if plan.ageless:
        say(f"{plural(plan.ageless, 'file')} of unknown age left out")
    if not plan.files:
        say("nothing to renew")
        return 1 if plan.refused else 0
    for row in plan.files:
        say(f"  {account}:@{row.code}  {clean(row.title, 100)}")
    if not agreed(f"{plan.estimate.words}. {plan.warning}", yes=args.yes):
        say("nothing was renewed")
        return 1
    receipt = await session.engine.renew(plan)
    chosen = {row.code for row in plan.files}
    status = await finish(session, args, [receipt])
    renewed = [row for row in session.engine.renewed(account) if row.old in chosen]
    if not args.json:
        print_table([[row.old, row.new, row.title] for row in renewed], flexible=2)
    return 1 if plan.refused else status


async def _chosen(session: Session, paths: Sequence[str]) -> tuple[str, list[int] | None]:
    """Return the account meant and the row ids that paths name; None for the whole account."""
    if not paths:
        able = [name for name in session.accounts if session.can(name, Capability.RENEW_FILE)]
        return session.account(able[0] if len(able) == 1 else None), None
    files: dict[int, None] = {}
    accounts: set[str] = set()
    for path in paths:
        row = await find(session, path, folder_first=False)
        accounts.add(row.account)
        if isinstance(row, FolderRow):
            place = None if row.id == ROOT else row.id
            files.update(dict.fromkeys(session.store.listing(ListingSpec(row.account, place)).ids))
        else:
            files[row.id] = None
    if len(accounts) > 1:
        raise UsageError("files of one account only: all paths must begin the same")
    return accounts.pop(), list(files)


def _age(text: str) -> float:
    found = re.fullmatch(r"([0-9]{1,6}) ?(h|d|w|mo|y)", text.strip())
    if found is None:
        raise UsageError(f"{text!r} is no age: write 12h, 60d, 8w, 6mo or 1y")
    return float(int(found[1]) * _PARTS_OF_AN_AGE[found[2]])
