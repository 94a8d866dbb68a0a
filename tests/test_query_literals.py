from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vhtui.query import found_in, literals
from vhtui.text import fold


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"s05e12.*2160p", ["s05e12", "2160"]),
        (r"Show.Name\.S\d+", ["sho", "name."]),
        (r"^the.wire$", []),
        (r"abcdx?defg\d", ["abc", "def"]),
        (r"abcx+def 1", ["abc", "def"]),
        (r"abcd{2}1080", ["abc", "1080"]),
        (r"abc{0,2}1080", ["1080"]),
        (r"[abc]1080[^x-z]", ["1080"]),
        (r"zzyzxi", ["zzyzx"]),
        (r"(1080|720)p", []),
        (r"1080|720", []),
        (r"(?i)1080", []),
        (r"1080\x41", []),
        (r"größe1080", []),
    ],
)
def test_literals_are_what_every_match_contains(pattern: str, expected: list[str]) -> None:
    assert literals(pattern) == expected


pieces = st.sampled_from(
    ["a", "B", "k", "S", "i", "e", "1", "0", "_", r"\.", " ", ".", r"\d", r"\w", "[ab1]", "[^S]"]
)
repeats = st.sampled_from(["", "", "", "?", "*", "+", "{2}", "{0,2}", "{1,}", "+?", "*+"])
patterns = st.lists(st.builds("{}{}".format, pieces, repeats), min_size=1, max_size=7).map("".join)
characters = st.sampled_from("aAbBkKsSiIeE10_. \u212a\u017f\u0131\u0130\u0301\u0327ßﬁx")
titles = st.text(characters, max_size=12)


@settings(max_examples=600, deadline=None)
@given(patterns, titles, titles)
def test_a_title_in_which_a_pattern_is_found_has_its_literals(
    pattern: str, before: str, after: str
) -> None:
    plain = pattern.translate(str.maketrans("", "", "\\[]{}?*+^"))
    for title in (before, f"{before}{plain}{after}", f"{before}{plain.upper()}{after}"):
        if found_in(pattern, title):
            assert all(text in fold(title) for text in literals(pattern)), title
