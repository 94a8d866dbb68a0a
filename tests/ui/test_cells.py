from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from vhtui.text import clean
from vhtui.ui.cells import cell_width, pad, shorten, steady, wrap

shown_text = st.text(max_size=60).map(lambda text: steady(clean(text)))


def test_a_name_is_cut_in_the_middle() -> None:
    assert shorten("Some long show name S01E07.mkv", 16) == "Some lon…E07.mkv"


def test_the_number_of_an_episode_is_not_cut_out() -> None:
    title = "The.Amber.Ferry.S02E05.1080p.WEB-DL.x265-NORTHLIGHT.mkv"
    assert shorten(title, 37) == "The.Amber.Ferry.S02E05.1080p.…GHT.mkv"
    assert shorten(title, 25) == "The.A…erry.S02E05.108…mkv"
    anime = "[HoshiSub] Yoru no Kaze to Hoshi no Umi - 05 [1080p][A709915E2].mkv"
    assert shorten(anime, 37) == "[HoshiSub] Yo…shi no Umi - 05 [10…mkv"


@given(
    st.text("日e\u0301 ab", max_size=40), st.text("日e\u0301 ab", max_size=40), st.integers(24, 50)
)
def test_a_name_with_an_episode_takes_no_more_than_its_cells(
    before: str, after: str, width: int
) -> None:
    title = f"{before}.S02E05.{after}"
    assert cell_width(shorten(title, width)) <= width
    assert "S02E05" in shorten(title, width)


def test_what_fits_stays_as_it_is() -> None:
    assert shorten("日本語", 6) == "日本語"


def test_a_wide_character_is_never_split() -> None:
    assert shorten("日本語日本語", 6) == "日…本語"[:2] + "語"
    assert pad("日本語", 5) == "日…語"


def test_a_mark_stays_with_its_letter() -> None:
    text = "e\u0301" * 10
    assert shorten(text, 5) == "e\u0301" * 2 + "…" + "e\u0301" * 2


def test_joined_emoji_become_characters_of_agreed_width() -> None:
    assert steady("\N{MAN}\u200d\N{WOMAN}\ufe0f") == "\N{MAN}\N{WOMAN}"


def test_the_smallest_widths() -> None:
    assert [shorten("abc", width) for width in (-1, 0, 1, 2)] == ["", "", "…", "a…"]


def test_numbers_are_put_at_the_right() -> None:
    assert pad("42", 5, "right") == "   42"


def test_words_are_wrapped_at_spaces_and_long_ones_are_broken() -> None:
    assert wrap("one two abcdefgh", 5) == ["one", "two", "abcde", "fgh"]
    assert wrap("", 5) == [""]
    assert wrap("words", 0) == []


@settings(max_examples=60, deadline=None)
@given(shown_text, st.integers(min_value=0, max_value=30))
def test_padded_text_has_exactly_its_width(text: str, width: int) -> None:
    assert cell_len(pad(text, width)) == width
    assert cell_width(shorten(text, width)) <= width
    assert all(cell_width(line) <= max(width, 2) for line in wrap(text, width))
