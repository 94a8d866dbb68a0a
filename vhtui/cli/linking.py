"""What printing links needs beside the links: today's embed domain, and a file to write to."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

from vhtui.atomic import write_atomically
from vhtui.cli.follow import answers
from vhtui.cli.join import Session
from vhtui.cli.output import complain
from vhtui.errors import UsageError
from vhtui.links import LinkKind
from vhtui.models import Capability

_WITHOUT_ADDRESS = frozenset({LinkKind.TITLE, LinkKind.CODE})
_PUBLIC = 0o644


async def refresh_domains(session: Session, accounts: Iterable[str], form: str) -> None:
    """Ask for the embed domains that are older than the host lets them be used; say what fails.

    Links are then at the host's own domain, or at the last one known where it is young enough.
    """
    if form in _WITHOUT_ADDRESS and form not in session.settings.link_templates:
        return
    engine = session.engine
    now = time.time()
    asked = [
        name
        for name in dict.fromkeys(accounts)
        if session.can(name, Capability.EMBED_DOMAIN)
        and ((known := engine.domain(name)) is None or known.is_due(now))
    ]
    if not asked:
        return
    errors = await answers(session, {name: await engine.refresh_domain(name) for name in asked})
    for name in asked:
        known = engine.domain(name)
        why = errors.get(name) or (known.refusal if known else "")
        if why:
            complain(f"{name}: no embed domain of today ({why}): links use "
                     f"{engine.link_base(name).domain}")  # fmt: skip


def write_links(path: Path, text: str) -> None:
    """Write links to a file for others to read; UsageError when that cannot be."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder")
    try:
        write_atomically(path.absolute(), f"{text}\n", mode=_PUBLIC)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from None
