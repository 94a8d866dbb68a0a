"""Links to videos: their forms for pages, forums and scripts, and codes found in pasted ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from vhtui.errors import UsageError
from vhtui.linktargets import Target, escaped, target_of
from vhtui.models import FileRow
from vhtui.text import clean_for_clipboard, date_words, length_words, natural_key, size_words


class LinkBase(Struct, frozen=True):
    """Where a host shows a video, with ``{code}`` in the place of its code."""

    page: str
    embed: str

    def page_of(self, code: str) -> str:
        """Return the address of a video's page."""
        return self.page.replace("{code}", _quoted(code))

    def embed_of(self, code: str) -> str:
        """Return the address of a video's bare player."""
        return self.embed.replace("{code}", _quoted(code))

    @property
    def domain(self) -> str:
        """The host name in the player's address."""
        return self.embed.partition("://")[2].partition("/")[0]

    def with_domain(self, domain: str) -> LinkBase:
        """Return the same links at another host name, such as today's embed domain."""
        name = domain.strip().partition("://")[2] or domain.strip()
        name = name.rstrip("/")
        if not _DOMAIN.fullmatch(name):
            raise UsageError(f"{clean_for_clipboard(name, lines=False)[:60]!r} is no host name")
        return LinkBase(_DOMAIN_IN_URL.sub(name, self.page), _DOMAIN_IN_URL.sub(name, self.embed))


DEFAULT_BASES: Mapping[str, LinkBase] = {
    "voe": LinkBase("https://voe.sx/{code}", "https://voe.sx/e/{code}"),
    "illvid": LinkBase("https://illvid.com/{code}.html", "https://illvid.com/embed-{code}.html"),
}
"""The link forms of each provider; illvid's are those of its siblings."""

_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?")
_DOMAIN_IN_URL = re.compile(r"(?<=://)[^/]+")


class LinkKind(StrEnum):
    """The built-in forms that links are copied in."""

    PAGE = "page"
    EMBED = "embed"
    IFRAME = "iframe"
    BBCODE = "bbcode"
    MARKDOWN = "markdown"
    TITLE = "title"
    CODE = "code"
    CSV = "csv"
    JSON = "json"


class LinkItem(Struct, frozen=True, kw_only=True):
    """A video to be linked to; ``folder`` is its path, ``quality`` its lines, such as 1080."""

    code: str
    title: str
    account: str
    size: int | None = None
    length: int | None = None
    folder: str = "/"
    quality: int | None = None
    views: int | None = None
    uploaded: int | None = None
    revenue: str | None = None
    state: str = ""

    @classmethod
    def of(cls, file: FileRow, folder: str) -> LinkItem:
        """Return what a link to a file in the folder of that path is made of."""
        return cls(
            code=file.code,
            title=file.title,
            account=file.account,
            size=file.size,
            length=file.length,
            folder=folder,
            views=file.views,
            uploaded=file.uploaded,
            revenue=file.revenue,
            state=file.shown_state,
        )


BaseFor = Callable[[str], LinkBase]
"""Gives an account's link forms."""


def format_links(items: Iterable[LinkItem], kind: LinkKind, base_for: BaseFor) -> str:
    """Return links in a built-in form, in the natural order of their titles, for the clipboard."""
    links = _in_order(items, base_for)
    if kind is LinkKind.CSV:
        return _csv(links)
    if kind is LinkKind.JSON:
        return _json(links)
    line = _LINES[kind]
    return "\n".join(line(link) for link in links)


def format_template(items: Iterable[LinkItem], template: str, base_for: BaseFor) -> str:
    """Return links by a person's own template, one after the other on lines of their own.

    The fields are those of ``TEMPLATE_FIELDS``; ``{n:03}`` pads a number, ``{{`` is a brace. The
    values are escaped for what the template is written for: HTML, BBCode, Markdown or CSV. Unknown
    fields are a UsageError.
    """
    rows = template_rows(sorted(items, key=_order), template, base_for)
    return clean_for_clipboard("\n".join(rows), lines=True)


def template_rows(items: Iterable[LinkItem], template: str, base_for: BaseFor) -> Iterator[str]:
    """Give links by a template as ``format_template`` writes them, in the order they come."""
    parts = _template_parts(template)
    target = template_target(template)
    bases: dict[str, LinkBase] = {}
    for number, item in enumerate(items, 1):
        base = bases.get(item.account) or bases.setdefault(item.account, base_for(item.account))
        values = _template_values(_link(item, base), number)
        yield "".join(
            literal + _escaped(field, _padded(values[field], width), target, literal)
            if field
            else literal
            for literal, field, width in parts
        )


def format_named(
    items: Iterable[LinkItem], name: str, templates: Mapping[str, str], base_for: BaseFor
) -> str:
    """Return links in the form with this name: a template of the settings, or a built-in one."""
    if name in templates:
        return format_template(items, templates[name], base_for)
    if name in set(LinkKind):
        return format_links(items, LinkKind(name), base_for)
    known = ", ".join([*templates, *LinkKind])
    raise UsageError(f"there is no link form {name!r}; there are {known}")


def template_target(template: str) -> Target:
    """Return what a template is written for, by the signs in it."""
    parts = _template_parts(template)
    literals = [literal for literal, _, _ in parts]
    return target_of(literals if parts and not parts[-1][1] else [*literals, ""])


def check_template(template: str) -> None:
    """Raise UsageError where a template cannot be understood."""
    _template_parts(template)


def recognise(text: str) -> str | None:
    """Return the code in a pasted link, or the text itself if it looks like a code.

    A link is known by its path and not by its host: the hosts' domains change.
    """
    words = text.strip()
    if _CODE.fullmatch(words):
        return words
    found = _LINK.fullmatch(words)
    return (found["code"] or found["embedded"]) if found else None


_CODE = re.compile("[A-Za-z0-9]{4,64}")
_LINK = re.compile(
    r"""(?:(?:https?:)?//)? [^/\s?#]* /
        (?: (?:e/|d/)? (?P<code>[A-Za-z0-9]{8,16}) (?:\.html)?
          | embed-(?P<embedded>[A-Za-z0-9]{8,16})\.html )
        /? (?:[?\#]\S*)?""",
    re.VERBOSE | re.IGNORECASE,
)


# -- the forms ------------------------------------------------------------------------------------


class _Link(Struct, frozen=True):
    """An item with its addresses made, and every text of it fit for the clipboard."""

    item: LinkItem
    title: str
    code: str
    page: str
    embed: str
    domain: str


def _in_order(items: Iterable[LinkItem], base_for: BaseFor) -> list[_Link]:
    ordered = sorted(items, key=_order)
    bases = {account: base_for(account) for account in {item.account for item in ordered}}
    return [_link(item, bases[item.account]) for item in ordered]


def _order(item: LinkItem) -> tuple[str, str, str]:
    return natural_key(item.title), item.title, item.code


def _link(item: LinkItem, base: LinkBase) -> _Link:
    return _Link(
        item=item,
        title=clean_for_clipboard(item.title, lines=False),
        code=clean_for_clipboard(item.code, lines=False),
        page=base.page_of(item.code),
        embed=base.embed_of(item.code),
        domain=base.domain,
    )


def _iframe(link: _Link) -> str:
    return (
        f'<iframe src="{_html(link.embed)}" title="{_html(link.title)}" width="640" height="360" '
        'frameborder="0" scrolling="no" allowfullscreen></iframe>'
    )


def _bbcode(link: _Link) -> str:
    title = link.title.replace("[", "(").replace("]", ")")
    return f"[url={link.page}]{title}[/url]"


def _markdown(link: _Link) -> str:
    return f"[{_MARKDOWN_SIGN.sub(_escaped_sign, link.title)}]({link.page})"


def _escaped_sign(match: re.Match[str]) -> str:
    return "\\" + match[0]


_MARKDOWN_SIGN = re.compile(r"[\\`*_\[\]<>&|~]")
_LINES: Mapping[LinkKind, Callable[[_Link], str]] = {
    LinkKind.PAGE: lambda link: link.page,
    LinkKind.EMBED: lambda link: link.embed,
    LinkKind.IFRAME: _iframe,
    LinkKind.BBCODE: _bbcode,
    LinkKind.MARKDOWN: _markdown,
    LinkKind.TITLE: lambda link: link.title,
    LinkKind.CODE: lambda link: link.code,
}


def _csv(links: Sequence[_Link]) -> str:
    from vhtui.sheets import csv_lines

    rows = [("title", "code", "page", "embed")]
    rows += [(link.title, link.code, link.page, link.embed) for link in links]
    return "\n".join(csv_lines(rows))


def _json(links: Sequence[_Link]) -> str:
    import json

    objects = [
        {
            "title": link.title,
            "code": link.code,
            "page": link.page,
            "embed": link.embed,
            "account": link.item.account,
            "folder": clean_for_clipboard(link.item.folder, lines=False),
            "size": link.item.size,
            "length": link.item.length,
            "quality": _quality(link.item),
        }
        for link in links
    ]
    return json.dumps(objects, ensure_ascii=False, indent=2)


def _quality(item: LinkItem) -> int | None:
    """Return the lines of a video, as far as is known or its title says."""
    if item.quality is not None:
        return item.quality
    found = _QUALITY.search(item.title)
    return None if found is None else int(found[1]) if found[1] else 540 * int(found[2])


_QUALITY = re.compile(r"(?<![a-z0-9])(?:(\d{3,4})[pi]|([48])k)(?![a-z0-9])", re.I | re.ASCII)


def _html(text: str) -> str:
    from html import escape

    return escape(text, quote=True)


def _quoted(code: str) -> str:
    if code.isascii() and code.isalnum():
        return code
    from urllib.parse import quote

    return quote(code, safe="", errors="replace")


# -- a person's own templates ---------------------------------------------------------------------

TEMPLATE_FIELDS = (
    "title", "code", "page", "embed", "domain", "size", "length", "folder", "n", "quality",
    "account", "views", "uploaded", "revenue", "state",
)  # fmt: skip

_Part = tuple[str, str, int]  # the text before a field, the field (or ""), its width


def _template_parts(template: str) -> list[_Part]:
    from string import Formatter

    try:
        parsed = list(Formatter().parse(template))
    except ValueError as error:
        raise UsageError(f"the link template is not understood: {error}") from None
    parts: list[_Part] = []
    for literal, field, spec, conversion in parsed:
        if field is not None and field not in TEMPLATE_FIELDS:
            known = " ".join(f"{{{name}}}" for name in TEMPLATE_FIELDS)
            raise UsageError(f"the link template has an unknown field {{{field}}}; use {known}")
        if conversion or not re.fullmatch("(0[1-9])?", spec or ""):
            raise UsageError(f"{{{field}}} takes only a width after it, such as {{n:03}}")
        parts.append((literal, field or "", int(spec or 0)))
    return parts


def _template_values(link: _Link, number: int) -> Mapping[str, str]:
    item = link.item
    return {
        "title": link.title,
        "code": link.code,
        "page": link.page,
        "embed": link.embed,
        "domain": link.domain,
        "size": size_words(item.size) if item.size is not None else "",
        "length": length_words(item.length) if item.length is not None else "",
        "folder": clean_for_clipboard(item.folder, lines=False),
        "n": str(number),
        "quality": str(_quality(item) or ""),
        "account": item.account,
        "views": str(item.views) if item.views is not None else "",
        "uploaded": date_words(item.uploaded) if item.uploaded is not None else "",
        "revenue": clean_for_clipboard(item.revenue or "", lines=False),
        "state": item.state,
    }


def _escaped(field: str, value: str, target: Target, before: str) -> str:
    return escaped(field, value, target, quoted=before.endswith('"'))


def _padded(value: str, width: int) -> str:
    return value.zfill(width) if width else value
