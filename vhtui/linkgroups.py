"""Links in groups: by the folder they are in, or by the series that their titles tell of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from vhtui.links import BaseFor, LinkItem, LinkKind, format_named, template_target
from vhtui.linktargets import Target, heading
from vhtui.text import clean_for_clipboard, fold, natural_key

OTHERS = "Other"
"""The heading of what belongs to no series."""

_EPISODE = re.compile(
    r"""(?<![a-z0-9]) (?:
        s\d{1,2} [ ._-]* e\d{1,4}
      | \d{1,2}x\d{2,4}
      | (?: season | staffel | saison | temporada | series | s ) [ ._-]* \d{1,3}
      | (?: episode | ep | e | folge | episodio ) [ ._-]* \d{1,4}
      | - [ _.]? \d{1,4}
    ) (?![a-z0-9])""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_TAG = re.compile(r"^\s*(?:\[[^\]]*\]|\([^)]*\))\s*")
_TARGETS = {
    LinkKind.IFRAME: Target.HTML,
    LinkKind.BBCODE: Target.BBCODE,
    LinkKind.MARKDOWN: Target.MARKDOWN,
}


class Grouping(StrEnum):
    """What links are put together by."""

    NONE = "none"
    FOLDER = "folder"
    SERIES = "series"


def series_of(title: str) -> str:
    """Return the series that a title names before its season or episode; "" where it has none."""
    words = _TAG.sub("", title)
    if not (found := _EPISODE.search(words)):
        return ""
    name = words[: found.start()]
    if " " not in name.strip():
        name = re.sub("[._]+", " ", name)
    return name.strip(" ._-([")


def format_grouped(
    items: Iterable[LinkItem],
    name: str,
    templates: Mapping[str, str],
    base_for: BaseFor,
    grouping: Grouping,
) -> str:
    """Return links in the form with this name, each group under its heading; all in natural order.

    In CSV the group is the first column, in JSON it is the member ``group``; ``{n}`` counts in
    each group from 1. Raises UsageError as ``format_named`` does.
    """
    if grouping is Grouping.NONE:
        return format_named(items, name, templates, base_for)
    parts = {
        group: format_named(members, name, templates, base_for)
        for group, members in grouped(items, grouping).items()
    }
    if name not in templates and name == LinkKind.JSON:
        return _json(parts)
    if name not in templates and name == LinkKind.CSV:
        return _csv(parts)
    target = _target(name, templates)
    return "\n\n".join(f"{heading(group, target)}\n{text}" for group, text in parts.items())


def _target(name: str, templates: Mapping[str, str]) -> Target:
    if name in templates:
        return template_target(templates[name])
    return _TARGETS.get(LinkKind(name), Target.PLAIN)


def grouped(items: Iterable[LinkItem], grouping: Grouping) -> dict[str, list[LinkItem]]:
    """Return items by the name of their group, the groups in natural order, the rest last."""
    names: dict[str, str] = {}
    groups: dict[str, list[LinkItem]] = {}
    for item in items:
        group = item.folder if grouping is Grouping.FOLDER else series_of(item.title)
        shown = clean_for_clipboard(group, lines=False)
        key = shown if grouping is Grouping.FOLDER else fold(shown)
        groups.setdefault(names.setdefault(key, shown), []).append(item)
    ordered = sorted(groups, key=lambda name: (not name, natural_key(name), name))
    return {name or OTHERS: groups[name] for name in ordered}


def _json(parts: Mapping[str, str]) -> str:
    import json

    objects = [
        {"group": group} | each for group, text in parts.items() for each in json.loads(text)
    ]
    return json.dumps(objects, ensure_ascii=False, indent=2)


def _csv(parts: Mapping[str, str]) -> str:
    import csv
    from io import StringIO

    sheet = StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    for number, (group, text) in enumerate(parts.items()):
        head, *rows = csv.reader(StringIO(text))
        if not number:
            writer.writerow(["group", *head])
        safe = f"'{group}" if group.startswith(("=", "+", "-", "@")) else group
        writer.writerows([safe, *row] for row in rows)
    return sheet.getvalue().rstrip("\n")
