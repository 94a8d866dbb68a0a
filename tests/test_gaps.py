from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhtui.gaps import (
    Video,
    double_words,
    find_gaps,
    range_words,
    read_episode,
    series_lines,
)

FORMS = (
    "Show S{season:02}E{episode:02}.mkv",
    "Show.s{season}.e{episode}.1080p.WEB.x264.mp4",
    "Show {season}x{episode:02} - A title.avi",
    "[Group] Show - S{season:02}E{episode:02}v2 [1080p].mkv",
    "Show Season {season} Episode {episode} (2019)",
)
sets = st.dictionaries(
    st.integers(1, 12), st.sets(st.integers(1, 40), min_size=1), min_size=1, max_size=4
)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Show.Name.S01E02.1080p.mkv", ("Show Name", 1, (2,))),
        ("Show.2019.S02E03.mp4", ("Show 2019", 2, (3,))),
        ("Show S01E01E02.mkv", ("Show", 1, (1, 2))),
        ("Show S01E01-E03.mkv", ("Show", 1, (1, 2, 3))),
        ("Show S01E05-1080p.mkv", ("Show", 1, (5,))),
        ("Show S01E05-E900.mkv", ("Show", 1, (5, 900))),
        ("Show S2024E101", ("Show", 2024, (101,))),
        ("Show 1x02.mkv", ("Show", 1, (2,))),
        ("Show.s1.e2", ("Show", 1, (2,))),
        ("Episode 12.mp4", ("", None, (12,))),
        ("Show - Folge 7 - Titel.mp4", ("Show", None, (7,))),
        ("[Group] Show - 07v2 (1080p) [ABCD].mkv", ("Show", None, (7,))),
        ("Show 05 720p x264.mkv", ("Show", None, (5,))),
        ("01.mkv", ("", None, (1,))),
        ("2001.mkv", ("", None, (2001,))),
    ],
)
def test_what_a_title_says(title: str, expected: tuple[str, int | None, tuple[int, ...]]) -> None:
    found = read_episode(title)
    assert found is not None
    assert (found.series, found.season, found.numbers) == expected


@pytest.mark.parametrize(
    "title",
    [
        "", " ", ".mkv", "Blade Runner 2049.mkv", "Movie (2019).mp4", "Film 1920x1080.mkv",
        "Se7en", "Area 51 e2e test.mp4", "s01e", "Show ١٢", "\x00\x1b[2J", "S01E12345678",
        "Film 12345.mp4", "[/b] [@click=app.quit]x",
    ],
)  # fmt: skip
def test_what_is_no_episode(title: str) -> None:
    assert read_episode(title) is None


@given(sets, st.sampled_from(FORMS))
def test_what_is_not_there_is_missing(seasons: dict[int, set[int]], form: str) -> None:
    videos = [
        Video(form.format(season=season, episode=episode), "/Any")
        for season, episodes in seasons.items()
        for episode in episodes
    ]
    [series] = find_gaps(reversed(videos))
    assert (series.title, series.files) == ("Show", len(videos))
    before = 0
    for season, (number, episodes) in zip(series.seasons, sorted(seasons.items()), strict=True):
        first = before + 1 if min(episodes) > max(5, before) else 1
        expected = set(range(first, max(episodes))) - episodes
        missing = {each for low, high in season.missing for each in range(low, high + 1)}
        assert (season.number, season.have, missing) == (number, len(episodes), expected)
        before = max(episodes)
    start = 1 if min(seasons) <= 5 else min(seasons)
    whole = {each for low, high in series.missing_seasons for each in range(low, high + 1)}
    assert whole == set(range(start, max(seasons))) - seasons.keys()


@given(st.lists(st.tuples(st.text(max_size=400), st.sampled_from(["", "/", "/A", "/A/S 1"]))))
def test_any_titles_are_read(videos: list[tuple[str, str]]) -> None:
    for series in find_gaps(Video(title, folder) for title, folder in videos):
        assert series.files <= len(videos)
        assert series_lines(series)
        assert series.is_complete or series.missing or series.doubles or series.missing_seasons


def test_doubles_are_told_with_their_files() -> None:
    [series] = find_gaps(
        Video(title, "/A", title) for title in ("X S01E01 720p", "x s01e01 1080p", "X S01E02")
    )
    [season] = series.seasons
    assert [(number, [video.code for video in videos]) for number, videos in season.doubles] == [
        (1, ["X S01E01 720p", "x s01e01 1080p"])
    ]
    assert series_lines(series)[1] == "  Season 1: double 1 (2 files)"


def test_doubles_in_a_row_are_told_together() -> None:
    times = {1: 3, 2: 3, 3: 3, 4: 2, 5: 1, 6: 2, 7: 2}
    [series] = find_gaps(
        Video(f"Show.S01E{number:02}.{each}.mkv", "/Show")
        for number, many in times.items()
        for each in range(many)
    )
    [season] = series.seasons
    assert double_words(season) == "1-3 (3 files each), 4 (2 files), 6-7 (2 files each)"


def test_seasons_come_from_folders_and_titles_without_a_name_belong_to_theirs() -> None:
    videos = [Video(f"{n:02}.mkv", f"/Shows/{show}/Season 0{s}")
              for show in ("A", "B") for s in (1, 2) for n in (1, 2, 4)]  # fmt: skip
    first, second = find_gaps(videos)
    assert (first.title, second.title) == ("A", "B")
    assert [(season.number, season.missing) for season in first.seasons] == [
        (1, ((3, 3),)),
        (2, ((3, 3),)),
    ]


def test_a_numbering_that_goes_on_over_seasons_has_no_gap() -> None:
    videos = [Video(f"X S01E{n:02}", "/") for n in range(1, 13)]
    videos += [Video(f"X S02E{n:02}", "/") for n in range(13, 25)]
    [series] = find_gaps(videos)
    assert series.is_complete


def test_numbers_at_the_end_of_a_few_names_are_no_series() -> None:
    assert find_gaps([Video("Movie 1", "/"), Video("Movie 2", "/")]) == []
    assert find_gaps([Video(f"Photo {n}", "/") for n in (3, 700, 9001)]) == []
    [series] = find_gaps([Video(f"Clip {n}", "/") for n in (101, 102, 104)])
    assert [season.missing for season in series.seasons] == [((103, 103),)]


@pytest.mark.parametrize(
    "title", ["s01e01" + "e1" * 5000, "1x01-" * 3000, "((((" * 3000, "e" * 9000, "[" * 9000]
)
def test_a_title_is_read_only_as_far_as_titles_go(title: str) -> None:
    assert read_episode(title) == read_episode(title[:300])


def test_ranges_in_words() -> None:
    assert range_words([(3, 3), (7, 9)]) == "3, 7-9"
