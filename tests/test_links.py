"""Every form of a link, what hostile titles cannot do in it, and codes in pasted links."""

from __future__ import annotations

import csv
import json
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from vhtui.errors import UsageError
from vhtui.links import (
    DEFAULT_BASES,
    TEMPLATE_FIELDS,
    LinkBase,
    LinkItem,
    LinkKind,
    check_template,
    format_links,
    format_named,
    format_template,
    recognise,
)

TWO = [
    LinkItem(code="bbbbbbbbbbbb", title="Ep 10", account="i", size=1_400_000_000, length=2527),
    LinkItem(code="aaaaaaaaaaaa", title="ep 2", account="v", folder="/Series", quality=1080),
]
titles = st.text(st.characters() | st.sampled_from("<>\"'[]()\\\n\r\x1b=+-@,;|`*_&"), max_size=40)


def base_for(account: str) -> LinkBase:
    return DEFAULT_BASES["voe" if account == "v" else "illvid"]


def formatted(kind: LinkKind, *items: LinkItem) -> str:
    return format_links(items or TWO, kind, base_for)


def titled(title: str) -> LinkItem:
    return LinkItem(code="abcdefabcdef", title=title, account="v")


def test_plain_forms_in_natural_order() -> None:
    assert formatted(LinkKind.PAGE).split("\n") == [
        "https://voe.sx/aaaaaaaaaaaa",
        "https://illvid.com/bbbbbbbbbbbb.html",
    ]
    assert formatted(LinkKind.EMBED).split("\n") == [
        "https://voe.sx/e/aaaaaaaaaaaa",
        "https://illvid.com/embed-bbbbbbbbbbbb.html",
    ]
    assert formatted(LinkKind.CODE) == "aaaaaaaaaaaa\nbbbbbbbbbbbb"
    assert formatted(LinkKind.TITLE) == "ep 2\nEp 10"
    assert formatted(LinkKind.MARKDOWN, titled("a]b_c")) == (
        r"[a\]b\_c](https://voe.sx/abcdefabcdef)"
    )
    assert formatted(LinkKind.BBCODE, titled("a[/url]b")) == (
        "[url=https://voe.sx/abcdefabcdef]a(/url)b[/url]"
    )
    assert formatted(LinkKind.IFRAME, titled('"><script>')).startswith(
        '<iframe src="https://voe.sx/e/abcdefabcdef" title="&quot;&gt;&lt;script&gt;" '
    )


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [name for name, _ in attrs]))


@given(titles)
def test_a_title_cannot_leave_its_place(title: str) -> None:
    item = titled(title)
    for kind in LinkKind:
        text = formatted(kind, item)
        assert all(char.isprintable() or char in "\n\u200d" or ord(char) > 0xFF for char in text)
        assert kind in (LinkKind.JSON, LinkKind.CSV) or "\n" not in text
    [(tag, names)] = Tags(formatted(LinkKind.IFRAME, item)).found
    assert (tag, names[:2], len(names)) == ("iframe", ["src", "title"], 7)
    assert formatted(LinkKind.BBCODE, item).count("[") == 2
    header, row = csv.reader(StringIO(formatted(LinkKind.CSV, item)))
    assert header == ["title", "code", "page", "embed"]
    assert not row[0].startswith(("=", "+", "-", "@"))
    assert row[1] == "abcdefabcdef"


def test_a_strange_code_stays_in_its_place_of_the_address() -> None:
    item = LinkItem(code="../x?<y>\udc80", title="t", account="v")
    assert formatted(LinkKind.PAGE, item) == "https://voe.sx/..%2Fx%3F%3Cy%3E%3F"


def test_json() -> None:
    rows: list[dict[str, Any]] = json.loads(formatted(LinkKind.JSON))
    assert rows[0] == {
        "title": "ep 2", "code": "aaaaaaaaaaaa", "page": "https://voe.sx/aaaaaaaaaaaa",
        "embed": "https://voe.sx/e/aaaaaaaaaaaa", "account": "v", "folder": "/Series",
        "size": None, "length": None, "quality": 1080,
    }  # fmt: skip
    assert [row["size"] for row in rows] == [None, 1_400_000_000]


def test_no_items() -> None:
    assert format_links([], LinkKind.CSV, base_for) == "title,code,page,embed"
    assert format_links([], LinkKind.PAGE, base_for) == ""
    assert format_links([], LinkKind.JSON, base_for) == "[]"


def test_templates() -> None:
    template = "{n:03} {title}|{domain}|{size}|{length}|{folder}|{quality}|{{x}}"
    assert format_template(TWO, template, base_for).split("\n") == [
        "001 ep 2|voe.sx|||/Series|1080|{x}",
        "002 Ep 10|illvid.com|1.4 GB|42:07|/||{x}",
    ]
    assert format_template([titled("<b>&")], '<a href="{page}">{title}</a>', base_for) == (
        '<a href="https://voe.sx/abcdefabcdef">&lt;b&gt;&amp;</a>'
    )
    assert format_template([titled("<b>")], "{title} {page}", base_for).startswith("<b> ")


@pytest.mark.parametrize(
    "template",
    ["{titel}", "{title.__class__}", "{title[0]}", "{}", "{0}", "{title!r}", "{n:99999999}",
     "{n:{title}}", "{", "}", "{title"],
)  # fmt: skip
def test_a_template_with_anything_else_is_refused(template: str) -> None:
    with pytest.raises(UsageError):
        check_template(template)


def test_an_unknown_field_names_the_known_ones() -> None:
    with pytest.raises(UsageError) as caught:
        check_template("{titel}")
    assert all(f"{{{name}}}" in str(caught.value) for name in TEMPLATE_FIELDS)


def test_forms_by_name() -> None:
    templates = {"forum": "{code}!", "code": "mine {code}"}
    item = [titled("t")]
    assert format_named(item, "forum", templates, base_for) == "abcdefabcdef!"
    assert format_named(item, "code", templates, base_for) == "mine abcdefabcdef"
    assert format_named(item, "title", templates, base_for) == "t"
    with pytest.raises(UsageError, match="forum, code, page"):
        format_named(item, "nope", templates, base_for)


def test_another_domain() -> None:
    base = DEFAULT_BASES["voe"].with_domain("https://new.example/")
    assert base == LinkBase("https://new.example/{code}", "https://new.example/e/{code}")
    assert base.domain == "new.example"
    for wrong in ("", "a b", "x/<y>", "evil\x1b"):
        with pytest.raises(UsageError):
            base.with_domain(wrong)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://voe.sx/abcdefabcdef", "abcdefabcdef"),
        ("https://any.example/e/abcdefabcdef?t=1", "abcdefabcdef"),
        (" http://illvid.com/abcdefabcdef.html\n", "abcdefabcdef"),
        ("illvid.com/embed-abcdefabcdef.html", "abcdefabcdef"),
        ("//x.example/d/abcdefabcdef/#top", "abcdefabcdef"),
        ("/e/abcdefabcdef", "abcdefabcdef"),
        ("AbC123def456", "AbC123def456"),
        ("https://voe.sx/", None),
        ("https://voe.sx/a/b/abcdefabcdef", None),
        ("https://voe.sx/embed-abcdefabcdef", None),
        ("https://voe.sx/short", None),
        ("two words", None),
        ("", None),
    ],
)
def test_recognise(text: str, code: str | None) -> None:
    assert recognise(text) == code


@given(st.from_regex("[A-Za-z0-9]{12}", fullmatch=True), st.sampled_from(sorted(DEFAULT_BASES)))
def test_own_links_are_recognised(code: str, provider: str) -> None:
    base = DEFAULT_BASES[provider]
    assert recognise(base.page_of(code)) == recognise(base.embed_of(code)) == code
