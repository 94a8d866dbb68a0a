"""Links under headings, and templates whose values stay text in what they are pasted into."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest

from vhtui.errors import UsageError
from vhtui.linkgroups import Grouping, format_grouped, series_of
from vhtui.links import DEFAULT_BASES, LinkBase, LinkItem, format_template, template_target
from vhtui.linktargets import Target

TITLES = ("The.Harbour.S02E01.mkv", "the harbour - 1x10 end", "Kite <S01E02>", "the harbour 1x09",
          "A film 1080p.mp4")  # fmt: skip


def base_for(account: str) -> LinkBase:
    return DEFAULT_BASES["voe"]


def item(title: str, folder: str = "/") -> LinkItem:
    code = f"{abs(hash(title)) % 10**12:012}"
    return LinkItem(code=code, title=title, account="main", folder=folder)


ITEMS = [item(title, f"/Series/{len(title) % 2 + 9}") for title in TITLES]


def grouped(name: str, grouping: Grouping = Grouping.SERIES, **templates: str) -> str:
    return format_grouped(ITEMS, name, templates, base_for, grouping)


@pytest.mark.parametrize(
    ("title", "series"),
    [
        ("The.Harbour.S01E02.1080p.WEB-DL.mkv", "The Harbour"),
        ("The Harbour - S1E2 - Dr. No", "The Harbour"),
        ("[Group] Kite - 07 [720p].mkv", "Kite"),
        ("Kite 2x14", "Kite"),
        ("Mr. Robot Season 2 Episode 4", "Mr. Robot"),
        ("Das Boot Staffel 1 Folge 3", "Das Boot"),
        ("A Film (2024) 1080p", ""),
        ("2x14", ""),
        ("Les 3x20 mots", "Les"),
    ],
)
def test_the_series_of_a_title(title: str, series: str) -> None:
    assert series_of(title) == series


def test_series_in_natural_order_and_the_rest_last() -> None:
    assert grouped("title").split("\n") == [
        "Kite <", "Kite <S01E02>", "",
        "The Harbour", "the harbour - 1x10 end", "the harbour 1x09", "The.Harbour.S02E01.mkv", "",
        "Other", "A film 1080p.mp4",
    ]  # fmt: skip


def test_folders_in_natural_order() -> None:
    heads = [part.split("\n")[0] for part in grouped("code", Grouping.FOLDER).split("\n\n")]
    assert heads == ["/Series/9", "/Series/10"]


def test_headings_are_written_for_their_target() -> None:
    assert grouped("iframe").startswith("<h3>Kite &lt;</h3>\n<iframe")
    assert grouped("bbcode").startswith("[b]Kite <[/b]\n[url=")
    assert grouped("markdown").startswith("### Kite \\<\n[")
    assert grouped("mine", mine="<li>{n} {title}</li>").count("<li>1 ") == 3


def test_tables_name_the_group_in_every_row() -> None:
    rows = list(csv.DictReader(StringIO(grouped("csv"))))
    assert [row["group"] for row in rows] == ["Kite <", *["The Harbour"] * 3, "Other"]
    assert [row["group"] for row in json.loads(grouped("json"))] == [row["group"] for row in rows]


def test_no_grouping_and_no_such_form() -> None:
    assert grouped("code", Grouping.NONE).count("\n") == len(ITEMS) - 1
    with pytest.raises(UsageError, match="no link form 'fax'"):
        grouped("fax")


@pytest.mark.parametrize(
    ("template", "target"),
    [
        ('<a href="{page}">{title}</a>', Target.HTML),
        ("[url={page}]{title}[/url] ({size})", Target.BBCODE),
        ("- [{title}]({page})", Target.MARKDOWN),
        ("{title};{code};{page}", Target.CSV),
        ('"{title}","{page}"', Target.CSV),
        ("{title}\t{page}", Target.CSV),
        ("{n:03} {title}, {page}", Target.PLAIN),
        ("{title}", Target.PLAIN),
    ],
)
def test_what_a_template_is_written_for(template: str, target: Target) -> None:
    assert template_target(template) is target


def test_values_are_only_text_in_what_they_are_pasted_into() -> None:
    nasty = item('=[b]*x*;"y"')
    page = base_for("main").page_of(nasty.code)

    def written(template: str) -> str:
        return format_template([nasty], template, base_for)

    assert written("[b]{title}[/b]") == '[b]=(b)*x*;"y"[/b]'
    assert written("[{title}]({page})") == f'[=\\[b\\]\\*x\\*;"y"]({page})'
    for template in ("{title};{code}", '"{title}";"{code}"'):
        [row] = csv.reader(StringIO(written(template)), delimiter=";")
        assert row == ["'" + nasty.title, nasty.code]


def test_the_quality_is_that_of_the_title_where_nothing_else_is_known() -> None:
    assert format_template([item("Kite 720p")], "{quality}", base_for) == "720"
    assert format_template([item("Kite.4K.mkv")], "{quality}", base_for) == "2160"
    assert format_template([item("Kite")], "{quality}", base_for) == ""
