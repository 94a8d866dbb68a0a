"""Outside text made safe, secrets masked, units in words."""

from __future__ import annotations

import copy
import pickle
import sqlite3
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhtui.text import (
    UNKNOWN,
    Secret,
    age_words,
    clean,
    clean_for_clipboard,
    count_words,
    date_words,
    duration_words,
    iso_words,
    length_words,
    money_words,
    natural_key,
    plural,
    redact,
    size_words,
    storage_left_words,
)

any_text = st.text(st.characters(), max_size=300)  # lone surrogates too
hostile = st.text(
    st.sampled_from("a\x00\x07\x1b\x7f\x85\x9b\n\r\t\u061c\u200b\u200d\u200f\u202e\u2069\u2028")
    | st.sampled_from("\u0301\u0300\ufe0f\ud800\udfff\ufeff\U000e0041\U000e0001\u2065 é👨語"),
    max_size=60,
)


def is_unsafe(char: str) -> bool:
    return char != "\u200d" and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")


@given(any_text | hostile, st.integers(1, 80))
def test_nothing_that_steers_a_terminal_passes(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert not any(map(is_unsafe, shown))
    assert not any(0xE0000 <= ord(char) < 0xE0100 for char in shown)
    assert len(shown) <= limit
    shown.encode("utf-8")


@given(any_text | hostile, st.integers(1, 80))
def test_cleaning_twice_changes_nothing_more(text: str, limit: int) -> None:
    assert clean(clean(text, limit), limit) == clean(text, limit)


@given(any_text | hostile, st.booleans())
def test_what_is_pasted_runs_nothing(text: str, lines: bool) -> None:
    pasted = clean_for_clipboard(text, lines=lines)
    allowed = "\n" if lines else ""
    assert not any(is_unsafe(char) and char not in allowed for char in pasted)
    assert not pasted.endswith("\n")
    assert clean_for_clipboard(pasted, lines=lines) == pasted


def test_every_code_point_is_safe_alone() -> None:
    for start in range(0, 0x110000, 0x400):
        text = "".join(map(chr, range(start, start + 0x400)))
        assert not any(map(is_unsafe, clean(text, 5000)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Show [/] S01E02", "Show [/] S01E02"),
        ("[@click=app.quit]x", "[@click=app.quit]x"),
        ("a\x1b]52;c;eA==\x07b", "a␛]52;c;eA==␇b"),
        ("a\x9b31mb\x7f", "a\ufffd31mb␡"),
        ("one\r\ntwo\nthree\tfour\u2028five", "one two three four five"),
        ("abc\u202ecba\u2066", "abccba"),
        ("\ud83d", "\ufffd"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 8),
        ("Ünïcödé 日本語", "Ünïcödé 日本語"),
    ],
)
def test_clean(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_long_text_is_cut_with_an_ellipsis() -> None:
    assert clean("x" * 5000) == "x" * 999 + "…"
    assert clean("abcdef", 4) == "abc…"
    assert clean("abcd", 4) == "abcd"
    assert clean("\u200b" * 10_000_000, 10) == "…"


def test_lines_stay_only_where_lines_are_copied() -> None:
    assert clean_for_clipboard("rm -rf /\n", lines=False) == "rm -rf /"
    assert clean_for_clipboard("a\r\nb\rc\n\n", lines=True) == "a\nb\nc"
    assert clean_for_clipboard("a\nb\tc\x1b[2J", lines=False) == "a b c[2J"


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret("canary-key")
    assert "canary" not in f"{secret!r} {secret} {secret:>20} {[secret]} {secret!s}"
    assert secret.reveal() == "canary-key"
    assert secret == Secret("canary-key") != Secret("other")
    assert secret != "canary-key"
    assert len({secret, Secret("canary-key")}) == 1
    assert copy.copy(secret) is copy.deepcopy(secret) is secret


def test_a_secret_is_not_pickled_and_not_empty() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret("canary-key"))
    with pytest.raises(ValueError, match="empty"):
        Secret("")


def test_redact() -> None:
    secret = Secret("ab/c+d")
    said = redact("ab/c+d ab%2Fc%2Bd https://voe.sx/api?key=other&x=1 API_KEY=zz", secret)
    assert said == "*** *** https://voe.sx/api?key=***&x=1 API_KEY=***"
    assert redact("keyboard=1 monkey=2") == "keyboard=1 monkey=2"


@given(st.from_regex("[A-Za-z0-9/+ ]{1,20}", fullmatch=True), any_text, any_text)
def test_redact_leaves_no_secret(key: str, before: str, after: str) -> None:
    assert key not in redact(before + key + after, Secret(key))


def test_titles_sort_naturally() -> None:
    titles = ["ep 10", "Ep 2", "ep 1", "EP 02b", "ep 100000000000", "Ällo", "zoo", "Ａ1", "a 1"]
    ordered = sorted(titles, key=natural_key)
    assert ordered == [
        "a 1", "Ａ1", "ep 1", "Ep 2", "EP 02b", "ep 10", "ep 100000000000", "zoo", "Ällo",
    ]  # fmt: skip


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_numbers_sort_by_value(one: int, other: int) -> None:
    assert (natural_key(f"S{one}E") < natural_key(f"s{other:020}e")) == (one < other)


@given(any_text)
def test_a_sort_key_is_bounded_and_can_be_stored(title: str) -> None:
    key = natural_key(title * 3)
    assert len(key) <= 200
    with sqlite3.connect(":memory:") as database:
        assert database.execute("SELECT ?", (key,)).fetchone() == (key,)
    database.close()


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (None, UNKNOWN), (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (99_950, "100 kB"),
        (999_499, "999 kB"), (999_500, "1.0 MB"), (1_400_000_000, "1.4 GB"), (-5_000, "-5.0 kB"),
        (140 * 10**9, "140 GB"), (10**19, "10000 PB"),
    ],
)  # fmt: skip
def test_sizes(size: int | None, words: str) -> None:
    assert size_words(size) == words


def test_lengths() -> None:
    assert [length_words(each) for each in (None, 0, 7, 2527, 5025, -1)] == [
        UNKNOWN, "0:00", "0:07", "42:07", "1:23:45", UNKNOWN,
    ]  # fmt: skip


def test_ages() -> None:
    day = 86400
    ages = [5, 120, 2 * 3600, 3 * day, 200 * day, 800 * day, -3 * day]
    assert [age_words(10**9 - age, 10**9) for age in ages] == [
        "just now", "2 min", "2 h", "3 d", "6 mo", "2 y", "in 3 d",
    ]  # fmt: skip
    assert age_words(None, 10**9) == UNKNOWN


def test_durations() -> None:
    seconds = (None, 0.1, 5, 59.7, 420, 3599, 7800, 40_000, 400_000)
    assert [duration_words(each) for each in seconds] == [
        UNKNOWN, "about a second", "about 5 s", "about 1 min", "about 7 min", "about 1 h",
        "about 2 h 10 min", "about 11 h", "about 5 d",
    ]  # fmt: skip


def test_counts_and_nouns() -> None:
    assert count_words(1240) == "1 240"
    assert count_words(None) == UNKNOWN
    assert plural(1, "file") == "1 file"
    assert plural(1240, "request") == "1 240 requests"
    assert plural(2, "entry") == "2 entries"
    assert plural(0, "match") == "0 matches"
    assert plural(2, "day") == "2 days"
    assert plural(3, "person", "people") == "3 people"


def test_dates() -> None:
    assert date_words(1774915200) == "2026-03-31"
    assert iso_words(1774915200) == "2026-03-31T00:00:00Z"
    assert (date_words(None), iso_words(None)) == (UNKNOWN, None)
    assert (date_words(1e30), iso_words(float("nan"))) == (UNKNOWN, None)


def test_money() -> None:
    amounts = (None, "12.4", "1240.5", "-3", "nan", "1e999999", "", "x\x1b")
    assert [money_words(each) for each in amounts] == [
        UNKNOWN, "12.40", "1 240.50", "-3.00", "nan", "1e999999", UNKNOWN, "x␛",
    ]  # fmt: skip


def test_storage_in_excess_of_the_quota_is_told_as_over_it() -> None:
    assert storage_left_words(1_400_000_000) == "1.4 GB left"
    assert storage_left_words(-134_000_000_000) == "134 GB over"
