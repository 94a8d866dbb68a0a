from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from vhtui.models import FileRow
from vhtui.query import (
    HELP,
    STATES,
    AllOf,
    AnyOf,
    Contains,
    Duplicates,
    Not,
    QueryError,
    complete,
    parse,
    token_start,
)

DAY = 86400
NOW = 1_790_000_000  # 2026-09-21
FILE = FileRow(
    id=1,
    account="a",
    code="AbC123",
    title="Show Name S01E02 - Größe.mkv",
    folder="7",
    size=1_000_000_000,
    length=90 * 60,
    views=10,
    uploaded=1_767_225_600,  # 2026-01-01T00:00:00Z
    revenue="1.25",
)
BLANK = replace(FILE, size=None, length=None, views=None, uploaded=None, revenue=None)


def holds(text: str, file: FileRow = FILE, duplicates: Duplicates = Duplicates()) -> bool:  # noqa: B008
    path = "/Series/Season 1"
    return parse(text).matches(file, now=NOW, folder_path=path, duplicates=duplicates)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "show name",
        "GRÖSSE",
        "ｓｈｏｗ",
        '"name s01"',
        "-film",
        "-(film or movie)",
        "film or show",
        "film | show",
        "film OR (show -trailer)",
        "(show)(name)",
        'show"name"',
        "title:show",
        "title~s\\d+e\\d+",
        "title~(s|x)01(e02)",
        "(title~(s|x)01)",
        'title~"name (s|x)01"',
        "title~(?-i:S01)",
        "code:bC1",
        'folder:"season 1"',
        "folder:series",
        "in:/Series",
        'in:"/Series/Season 1/"',
        "in:Series",
        "in:/",
        "ext:mkv",
        "ext:.MKV",
        "state:ok",
        "revenue>1",
        "revenue:1.25",
        "revenue:1..2",
        "revenue<=1.250001",
        "views:10",
        "views=10",
        "views<=10",
        "views>=10",
        "views>9.5",
        "views!=9",
        "views:5..10",
        "views:10..",
        "views:..10",
        "VIEWS<1K",
        "size:1g",
        "size:1gb",
        "size>0.9g",
        "size<1GiB",
        "size>953MiB",
        "length:1h30m",
        "length:1:30:00",
        "length:90:00",
        "length:5400",
        "length<1.6h",
        "age>90d",
        "age<1y",
        "age:6mo..9mo",
        "uploaded:2026",
        "uploaded:2026-01",
        "uploaded:2026-01-01",
        "uploaded<2026-02",
        "uploaded>2025",
        "uploaded<=2026",
        "uploaded>=2026",
        "uploaded:2025-12..2026-01",
        "uploaded!=2025",
    ],
)
def test_holds(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "film",
        "show film",
        '"show s01"',
        "-show",
        "title~^name",
        "title~(?-i:s01)",
        "code:abc",
        "folder:show",
        "in:/Ser",
        "in:/series",
        'in:"/Series/Season 1/x"',
        "ext:kv",
        "ext:mp4",
        "revenue>1.25",
        "revenue>=1.250001",
        "state:encoding",
        "state:renaming",
        "views<10",
        "views>10",
        "views!=10",
        "views:9.5",
        "views!=5..15",
        "size:1GiB",
        "uploaded>2026",
        "uploaded<2026",
        "uploaded:2026-02..",
        "dark",
        "dup:title",
        "dup:size",
        "dup:length",
    ],
)
def test_does_not_hold(text: str) -> None:
    assert not holds(text)


@pytest.mark.parametrize("field", ["views", "size", "length", "revenue"])
@pytest.mark.parametrize("operator", ["<", "<=", ">", ">=", "=", "!=", ":"])
def test_an_unknown_value_meets_no_comparison_but_every_negation(field: str, operator: str) -> None:
    assert not holds(f"{field}{operator}1", BLANK)
    assert holds(f"-{field}{operator}1", BLANK)


def test_unknown_upload_has_no_age() -> None:
    assert not holds("age>1d", BLANK) and not holds("age<1d", BLANK)


def test_dark_is_no_views_or_unknown_views() -> None:
    assert holds("dark", BLANK) and holds("dark", replace(FILE, views=0))
    assert not holds('"dark"')


def test_states_of_files_and_of_their_jobs() -> None:
    assert holds("state:encoding", replace(FILE, state="encoding"))
    assert holds("state:Renaming", replace(FILE, pending="rename"))


def test_duplicates_are_found_among_the_files_of_the_account() -> None:
    twins = [FILE, replace(FILE, id=2, title=FILE.title.upper(), size=5), replace(FILE, id=3)]
    found = Duplicates.among([*twins[:2], BLANK])
    assert holds("dup:title", FILE, found) and not holds("dup:size", FILE, found)
    assert holds("dup:size", FILE, Duplicates.among(twins))
    assert not holds("dup:size", BLANK, Duplicates.among([BLANK, BLANK]))
    assert holds("dup:length", FILE, Duplicates.among([FILE, FILE]))
    longer = replace(FILE, length=(FILE.length or 0) + 1)
    assert not holds("dup:length", FILE, Duplicates.among([FILE, longer]))
    assert not holds("dup:length", BLANK, Duplicates.among([BLANK, BLANK]))


@pytest.mark.parametrize(
    ("text", "position", "length", "word"),
    [
        ("views<", 0, 6, "value"),
        ('show "abc', 5, 4, "quote"),
        ('""', 0, 2, "between"),
        ("a (show", 2, 5, "add )"),
        ("show)", 4, 1, "remove"),
        ("()", 1, 1, "missing"),
        ("show or", 7, 1, "missing"),
        ("or show", 0, 1, "missing"),
        ("show -", 5, 1, "-"),
        ("veiws<10", 0, 6, "did you mean views"),
        ("Re:Zero", 0, 3, "quotes"),
        ("state:odd", 6, 3, "encoding"),
        ("state<ok", 0, 6, "goes with"),
        ("views<many", 6, 4, "number"),
        ("views<1234567890123456", 6, 16, "number"),
        ("age>90", 4, 2, "unit"),
        ("size>3x", 5, 2, "unit"),
        ("length<1:2:3:4", 7, 7, "number"),
        ("views<1..3", 6, 4, "number"),
        ("views:..", 6, 2, "end"),
        ("views:9..3", 6, 4, "swap"),
        ("uploaded:soon", 9, 4, "YYYY"),
        ("uploaded:2026-13", 9, 7, "month"),
        ("uploaded:0026", 9, 4, "YYYY"),
        ("dup:code", 4, 4, "title"),
        ("ext:.", 4, 1, "extension"),
        ("revenue>1x", 8, 2, "unit"),
        ("title~[z", 8 - 1, 1, "regular expression"),
        ("title~" + "a" * 201, 6, 201, "at most"),
        ("(" * 60, 41, 1, "too many"),
        ("a " * 301, 600, 1, "too many"),
        ("a" * 4001, 4000, 1, "at most"),
        ("a\ud800", 1, 1, "half"),
    ],
)
def test_errors_point_at_the_place(text: str, position: int, length: int, word: str) -> None:
    with pytest.raises(QueryError, match=word.replace("(", r"\(").replace(")", r"\)")) as caught:
        parse(text)
    assert (caught.value.position, caught.value.length) == (position, length)


@given(st.text(st.sampled_from('ab -"()|\\~:<>=!.019gvwsize\n\x00é'), max_size=40) | st.text())
def test_any_text_is_a_filter_or_an_error_inside_it(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as error:
        assert 0 <= error.position <= len(text) and error.length >= 1
    else:
        assert query.matches(FILE, now=NOW, folder_path="/") in (True, False)


def test_a_pattern_that_explodes_is_stopped() -> None:
    query = parse("title~(a|aa)+$b")
    with pytest.raises(QueryError, match="too long") as caught:
        query.matches(replace(FILE, title="a" * 60), now=NOW, folder_path="/")
    assert (caught.value.position, caught.value.length) == (6, 9)


def test_the_tree_is_small() -> None:
    assert parse("").is_empty and not parse("a").is_empty
    a, b, c = (Contains("title", word) for word in "abc")
    assert parse("A b or -(c)").root == AnyOf((AllOf((a, b)), Not(c)))


def test_quotes_inside_a_phrase() -> None:
    assert parse(r'"say \"hi\""').root == Contains("title", 'say "hi"')


def test_completion() -> None:
    assert complete("vi", 2) == ["views<"]
    assert complete("show -ST", 8) == ["state:"] and token_start("show -ST", 8) == 6
    assert complete("(t", 2) == ["title:", "title~"]
    assert complete("state:en", 8) == ["state:encoding"]
    assert complete("dup:", 4) == ["dup:length", "dup:size", "dup:title"]
    assert complete("ext:mk", 6) == ["ext:mkv"]
    assert complete("dark", 4) == []
    assert complete('"st', 3) == []
    assert {"dark", "or"} <= set(complete("", 0))
    assert len(complete("state:", 6)) == len(STATES)


def test_folders_complete_by_title_or_by_path() -> None:
    paths = ["/", "/Series", "/Series/Season 1", '/Series/Say "hi"', "/Old/Season 1"]
    assert complete("folder:sea", 10, paths) == ['folder:"Season 1"']
    text = 'a or -folder:"Season'
    assert text[token_start(text, len(text)) :] == 'folder:"Season'
    assert complete(text, len(text), paths) == ['folder:"Season 1"']
    assert complete("folder:/o", 9, paths) == ['folder:"/Old/Season 1"']
    assert complete("in:/ser", 7, paths) == [
        "in:/Series",
        'in:"/Series/Say \\"hi\\""',
        'in:"/Series/Season 1"',
    ]
    assert complete('in:"/Series/Say \\"', 18, paths) == ['in:"/Series/Say \\"hi\\""']
    assert complete('folder:"Season 1"', 17, paths) == []


@given(st.text(st.sampled_from('ab -"()|\\~:<>=.folderin/'), max_size=30), st.integers(0, 30))
def test_what_completes_can_be_read(text: str, cursor: int) -> None:
    start = token_start(text, min(cursor, len(text)))
    assert 0 <= start <= min(cursor, len(text))
    for word in complete(text, min(cursor, len(text)), ["/", '/a b"c', "/(or)"]):
        if word[-1] not in ":<>~" and word != "or":
            parse(word)


def test_every_example_of_the_help_can_be_typed() -> None:
    for example, meaning in HELP:
        assert meaning and not parse(example).is_empty
