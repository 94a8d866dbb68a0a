from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhtui.errors import UsageError
from vhtui.models import FileRow
from vhtui.rename import (
    CONTROL,
    DUPLICATE,
    EMPTY,
    SPACE,
    TOO_LONG,
    UNCHANGED,
    Case,
    FromCsv,
    FromList,
    Numbering,
    Pattern,
    PatternError,
    RegexReplace,
    Release,
    Replace,
    Step,
    Template,
    changes,
    editor_text,
    from_editor,
    parse_release,
    plan,
    prepare,
    spans,
    split_title,
)

FOLDERS = {"7": "Season 1"}


def rows(*titles: str, folder: str = "7") -> list[FileRow]:
    return [
        FileRow(
            id=id_,
            account="a",
            code=f"code{id_}",
            title=title,
            folder=folder,
            uploaded=1_767_225_600 if id_ == 1 else None,
        )
        for id_, title in enumerate(titles, 1)
    ]


def new_titles(pattern: Pattern, *titles: str) -> list[str]:
    return [step.new_title for step in plan(rows(*titles), pattern, folders=FOLDERS)]


@pytest.mark.parametrize(
    ("pattern", "old", "new"),
    [
        (Replace(".", " "), "Show.Name.mkv", "Show Name.mkv"),
        (Replace(".mkv", "", extension=True), "Show.mkv", "Show"),
        (Replace("SHOW", r"\1", match_case=False), "a show Show", r"a \1 \1"),
        (Replace("SHOW", "x"), "show", "show"),
        (RegexReplace(r"(\w+) (\w+)", r"\2 \g<1>"), "one two.mkv", "two one.mkv"),
        (RegexReplace(r"(?P<n>\d+)", r"[\g<n>]"), "a1b22", "a[1]b[22]"),
        (RegexReplace("A", r"\\", match_case=False), "a", "\\"),
        (RegexReplace(r"\.mkv$", "", extension=True), "a.mkv", "a"),
        (Template("{title} {n:03}"), "a.mkv", "a.mkv 001"),
        (Template("{title} {n}.{ext}", start=9), "a.MKV", "a 9.MKV"),
        (Template("{title}.{ext}"), "a", "a"),
        (Template("{folder} {code} {date}"), "a", "Season 1 code1 2026-01-01"),
        (Template("S{season:02}E{ep:02} {quality}"), "x.s1e2.720p.mkv", "S01E02 720p"),
        (Template("{{{ep}}}"), "Show S01E02E03", "{2-3}"),
        (Case("upper"), "a b.mkv", "A B.mkv"),
        (Case("lower"), "A B.MKV", "a b.MKV"),
        (Case("title"), "don't STOP now2.mkv", "Don't Stop Now2.mkv"),
        (Case("sentence"), "01 THE End.mkv", "01 The end.mkv"),
        (Numbering(), "a.mkv", "01 - a.mkv"),
        (Numbering(5, 5, 3, "suffix", "_"), "a.mkv", "a_005.mkv"),
        (FromList(("x",)), "a.mkv", "x"),
        (FromCsv((("code1", "x"),)), "a.mkv", "x"),
        (FromCsv((("other", "x"),)), "a.mkv", "a.mkv"),
    ],
)
def test_patterns(pattern: Pattern, old: str, new: str) -> None:
    assert new_titles(pattern, old) == [new]


def test_numbers_go_on_from_row_to_row() -> None:
    assert new_titles(Template("{n:02}", start=3), "a", "b") == ["03", "04"]
    assert new_titles(Numbering(10, -5), "a", "b") == ["10 - a", "05 - b"]


@pytest.mark.parametrize(
    ("title", "stem", "extension"),
    [
        ("a.mkv", "a", ".mkv"),
        ("Show.S01E02", "Show.S01E02", ""),
        ("Mr. Robot", "Mr. Robot", ""),
        (".mkv", ".mkv", ""),
        ("a.mkv\n", "a.mkv\n", ""),
    ],
)
def test_only_known_extensions_are_split_off(title: str, stem: str, extension: str) -> None:
    assert split_title(title) == (stem, extension)


@pytest.mark.parametrize(
    ("text", "position", "length", "word"),
    [
        ("", 0, 0, "template"),
        ("a {titel}", 2, 7, "quality"),
        ("a {", 2, 1, "double"),
        ("a } {n}", 2, 1, "double"),
        ("{n:x}", 0, 1, "double"),
        ("{title:3}", 0, 9, "number"),
    ],
)
def test_wrong_templates(text: str, position: int, length: int, word: str) -> None:
    with pytest.raises(PatternError, match=word) as caught:
        Template(text)
    assert (caught.value.position, caught.value.length) == (position, length)


@pytest.mark.parametrize(
    ("pattern", "replacement", "position", "word"),
    [
        ("a(", "", 1, "missing"),
        ("*", "", 0, "nothing to repeat"),
        ("", "", 0, "characters"),
        ("a" * 201, "", 0, "characters"),
        ("(a)", r"x\2", 1, "no group 2"),
        ("(a)", r"\g<9>", 0, "no group 9"),
        ("(?P<n>a)", r"\\\g<m>", 2, "no group m"),
        ("a", "x\\", 1, "backslash"),
        ("a", r"x\q", 1, "backslash"),
    ],
)
def test_wrong_regexes(pattern: str, replacement: str, position: int, word: str) -> None:
    with pytest.raises(PatternError, match=word) as caught:
        RegexReplace(pattern, replacement)
    assert caught.value.position == position


@given(
    st.text(st.sampled_from("ab(|)[]*+?{1,}\\.^$<P=>:"), min_size=1, max_size=12),
    st.text(st.sampled_from("ab\\g<1>20n"), max_size=8),
)
def test_a_regex_that_can_be_built_can_be_used(pattern: str, replacement: str) -> None:
    try:
        rename = RegexReplace(pattern, replacement)
    except PatternError as error:
        length = max(len(pattern), len(replacement))
        assert 0 <= error.position < length
    else:
        assert len(plan(rows("abab", "b(a)"), rename)) == 2


def test_an_exploding_regex_is_stopped() -> None:
    with pytest.raises(PatternError, match="too long"):
        plan(rows("a" * 60), RegexReplace("(a|aa)+$b", ""))


def test_nothing_to_find() -> None:
    with pytest.raises(PatternError):
        Replace("", "x")


def warned(new: str) -> tuple[str, ...]:
    [step] = plan(rows("old"), FromList((new,)))
    return step.warnings


def test_warnings_of_a_row() -> None:
    assert warned("new") == ()
    assert warned("old") == (UNCHANGED,)
    assert warned("") == warned(" ") == (EMPTY,)
    assert warned(" a") == warned("a\u00a0") == (SPACE,)
    assert warned("a" * 256) == (TOO_LONG,) and warned("a" * 255) == ()
    assert warned("a\nb") == warned("a\x9bb") == warned("a\u2028b") == (CONTROL,)
    assert warned("a\u00a0b👩‍👩‍👧") == ()


def test_missing_fields_are_empty_and_warned_about() -> None:
    template = Template("S{season:02}E{ep:02}{date}{quality}{ext}{season}")
    [_, step] = plan(rows("x", "Holiday"), template)
    assert step.new_title == "SE"
    assert plan(rows("x"), Template("x {folder}"))[0].warnings == ("no folder", SPACE)
    missing = ("no season", "no episode", "no date", "no quality")
    assert step.warnings == missing


def test_duplicates_among_results_and_with_files_that_stay() -> None:
    files = [*rows("a", "b", "c"), *rows("d", folder="8")]
    steps = plan(files, FromList(("x", "x", "y", "x")), taken={("7", "y"): 1, ("8", "y"): 1})
    assert [DUPLICATE in step.warnings for step in steps] == [True, True, True, False]
    assert len(changes(steps)) == 4


def test_a_row_left_out_keeps_its_title() -> None:
    files = rows("a", "b")
    steps = plan(files, FromList(("x", "a")), left_out={1})
    assert [step.included for step in steps] == [False, True]
    assert [step.warnings for step in steps] == [(), (DUPLICATE,)]
    assert changes(steps) == [(files[1], "a")]


def test_swapped_titles_are_no_duplicates() -> None:
    assert all(not step.warnings for step in plan(rows("a", "b"), FromList(("b", "a"))))


def test_only_what_a_host_can_take_is_sent() -> None:
    files = rows("a", "b", "c", "d", "e")
    steps = plan(files, FromList(("a", "", "x\n", " y", "z")))
    assert changes(steps) == [(files[3], " y"), (files[4], "z")]


def test_a_list_must_fit() -> None:
    with pytest.raises(UsageError, match=r"2 titles for 1 files.*changes nothing"):
        plan(rows("a"), FromList(("x", "y")))


def test_csv() -> None:
    pattern = FromCsv.parse('\ufeffCode, Title\r\ncode2,"a, ""b"""\n\nzzz,\n')
    assert pattern.rows == (("code2", 'a, "b"'), ("zzz", ""))
    assert pattern.unknown(rows("a", "b")) == ("zzz",)
    assert FromCsv.parse("code1,x").rows == (("code1", "x"),)
    assert FromCsv.parse("code1,x\u2028y\x0cz").rows == (("code1", "x\u2028y\x0cz"),)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("code1", "line 1.*code,title"),
        ("a,b\nc,d,e", "line 2.*code,title"),
        (",b", "line 1"),
        ("a,b\na,c", "line 2.*already"),
        ('a,"b', "not CSV"),
        ('a,"b"c', "not CSV"),
    ],
)
def test_wrong_csv(text: str, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        FromCsv.parse(text)


titles = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.dictionaries(st.from_regex(r"[a-z0-9]{12}", fullmatch=True), titles, max_size=4))
def test_csv_of_any_titles_comes_back(new: dict[str, str]) -> None:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(new.items())
    assert FromCsv.parse(written.getvalue()).rows == tuple(new.items())


@given(st.lists(st.text(), max_size=5))
def test_an_untouched_editor_text_changes_nothing(old: list[str]) -> None:
    files = rows(*old)
    text = editor_text(files)
    assert text.count("\n") == len(files)
    assert changes(plan(files, from_editor(files, text))) == []


def test_edited_lines() -> None:
    files = rows("a", "b")
    assert from_editor(files, "x\r\nb").new_titles == ("x", "b")
    for text in ("a\n", "a\nb\n\n", ""):
        with pytest.raises(UsageError, match="changes nothing"):
            from_editor(files, text)


@pytest.mark.parametrize(
    ("title", "release"),
    [
        ("Show.S01E02.1080p.WEB.mkv", Release(1, (2,), "1080p")),
        ("Show s1 e2", Release(1, (2,), "")),
        ("Show.S02E10E11.720p.mkv", Release(2, (10, 11), "720p")),
        ("Show.S02E10-E12.mkv", Release(2, (10, 12), "")),
        ("The Expanse 3x04 720p.mp4", Release(3, (4,), "720p")),
        ("[Group] One Piece - 987 [1080p].mkv", Release(None, (987,), "1080p")),
        ("Season 2 Episode 5.avi", Release(2, (5,), "")),
        ("My holiday 2019", Release()),
        ("", Release()),
    ],
)
def test_release_names(title: str, release: Release) -> None:
    assert parse_release(title) == release


@given(st.text(max_size=300))
def test_any_title_can_be_read(title: str) -> None:
    assert isinstance(parse_release(title), Release)


def test_the_slow_part_comes_in_pieces() -> None:
    files = rows("Show S01E02", "Show 1x03", "Show S01E04", "Show 1x05")
    assert list(prepare(files, Template("{ep}"))) == [2, 4]
    assert list(prepare(files, Template("{n}"))) == []
    assert list(prepare(files, Case("lower"))) == []


def marked(text: str, found: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in found]


def test_spans() -> None:
    old, new = "Show.Name.S01", "Show Name - S01"
    before, after = spans(old, new)
    assert marked(old, before) == [".", "."]
    assert "".join(marked(new, after)) == "  - "
    assert spans("a", "a") == ([], [])
    assert spans("", "a b") == ([], [(0, 3)])
    assert spans("a " * 500, "b") == ([(0, 1000)], [(0, 1)])


@given(st.text("ab .", max_size=20), st.text("ab .", max_size=20))
def test_what_is_not_marked_is_the_same(old: str, new: str) -> None:
    rest = []
    for text, found in zip((old, new), spans(old, new), strict=True):
        for start, end in reversed(found):
            text = text[:start] + text[end:]
        rest.append(text)
    assert rest[0] == rest[1]


@given(st.lists(st.text("ab\n ", max_size=3), max_size=6), st.data())
def test_what_is_sent_is_wanted_changed_and_no_worse_than_warned(
    old: list[str], data: st.DataObject
) -> None:
    files = rows(*old)
    new = data.draw(st.lists(st.text("ab\n ", max_size=3), min_size=len(old), max_size=len(old)))
    left_out = data.draw(st.sets(st.integers(1, 6)))
    steps = plan(files, FromList(tuple(new)), left_out=left_out)
    sent = changes(steps)
    assert all(title.strip() and "\n" not in title and title != file.title for file, title in sent)
    assert not left_out & {file.id for file, _ in sent}
    final = {file.id: file.title for file in files} | {file.id: title for file, title in sent}
    silent = [
        step.new_title
        for step in steps
        if step.included and not {DUPLICATE, EMPTY, CONTROL} & set(step.warnings)
    ]
    assert len(silent) == len(set(silent)) and len(final) == len(files)


def test_a_step_is_sent_unless_it_is_left_out() -> None:
    [file] = rows("a")
    assert Step(file, "b").is_sent and not Step(file, "b", included=False).is_sent
