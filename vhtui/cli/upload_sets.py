"""Commands about sets: uploads that belong together, whose links are written when all play."""

from __future__ import annotations

import asyncio
import time
from argparse import Namespace
from typing import Any

from vhtui.cli.follow import PATIENCE
from vhtui.cli.join import Session
from vhtui.cli.output import Progress, print_document, print_table, say
from vhtui.core.uploads.sets import HOOK_SECONDS
from vhtui.errors import VhtuiError
from vhtui.links import format_named
from vhtui.models import UploadSet
from vhtui.text import clean, iso_words

_STEP = 0.1


async def until_complete(session: Session, name: str) -> None:
    """Wait until a set is complete and its command has run, unless other uploads hold it up."""
    chosen = _by_name(session, name)
    if not chosen.is_complete and chosen.playable < chosen.total:
        say(f"{name} is not complete: its links are written when all of it plays")
        return
    id, progress = chosen.id, Progress()
    deadline = time.monotonic() + PATIENCE
    try:
        while not _is_complete(session, id) and time.monotonic() < deadline:
            await session.wait(_STEP)
        deadline = time.monotonic() + HOOK_SECONDS
        while session.engine.is_finishing_set and time.monotonic() < deadline:
            progress.show(f"{name} is complete: waiting for its command")
            await session.wait(_STEP)
    finally:
        progress.end()
    for notice in [*session.notices, *await session.engine.ended_groups()]:
        say(notice.text)
    session.notices.clear()


def _is_complete(session: Session, id: int) -> bool:
    return any(each.id == id and each.is_complete for each in session.engine.upload_sets())


def _by_name(session: Session, name: str) -> UploadSet:
    """Return the newest set of a name; VhtuiError when there is none."""
    found = [each for each in session.engine.upload_sets() if each.name == name]
    if not found:
        raise VhtuiError(f"there is no set {name!r}: 'vhtui uploads sets' lists them")
    return max(found, key=lambda each: each.id)


async def show(session: Session, args: Namespace) -> int:
    """List the sets, or print the links of what plays of one."""
    if args.name is None:
        sets = session.engine.upload_sets()
        if args.json:
            print_document([_set_object(each) for each in sets])
        else:
            print_table([_cells(each) for each in sets], flexible=0)
        return 0
    chosen = _by_name(session, args.name)
    form = args.form or chosen.template
    items = await asyncio.to_thread(session.engine.set_videos, chosen.id)
    templates = session.settings.link_templates
    text = format_named(items, form, templates, session.engine.link_base)
    if args.json:
        print_document(_set_object(chosen) | {"links": text.splitlines()})
    elif text:
        print(text)
    if not chosen.is_complete:
        say(f"{chosen.name} is not complete: {_state_words(chosen)}")
    return 0 if chosen.is_complete else 1


def _state_words(each: UploadSet) -> str:
    if each.is_complete:
        return "complete"
    words = f"{each.playable} of {each.total} play"
    return f"{words}, {each.failed} failed" if each.failed else words


def _cells(each: UploadSet) -> list[str]:
    return [each.name, _state_words(each), each.fault or clean(each.links_file, 300)]


def _set_object(each: UploadSet) -> dict[str, Any]:
    return {
        "name": each.name,
        "complete": each.is_complete,
        "videos": each.total,
        "playable": each.playable,
        "failed": each.failed,
        "form": each.template,
        "file": each.links_file,
        "error": each.fault,
        "completed": None if each.finished is None else iso_words(each.finished),
    }
