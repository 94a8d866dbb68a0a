"""Missing and double episodes: what the titles of a series say about what is not there.

A title is read by what it says plainly (``S01E02``, ``1x02``, ``Episode 12``), else by the number
it ends with; what ends with a number by chance is told from a series by how few there are. Titles
come from strangers: everything here takes time in proportion to their length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

Range = tuple[int, int]
"""Whole numbers from one to another, both included."""

_LONGEST_TITLE = 300
_FEWEST = 3
_LATE_START = 5
"""Where a numbering that does not begin at 1 is taken to begin where it does."""
_MOST_TOGETHER = 50
"""Episodes in one file; a longer range is no range of episodes."""

_END = r"(?![a-z0-9])"
_START = r"(?<![a-z0-9])"
_MORE = r"((?:[ ._]?(?:-[ ._]?e?|e|&[ ._]?e?)\d{1,4}(?![\dpix]))*)"
_PLAIN = tuple(
    re.compile(pattern, re.I | re.ASCII)
    for pattern in (
        rf"{_START}s(?P<season>\d{{1,4}})[ ._-]?e(?P<episode>\d{{1,4}}){_MORE}(?!\d)",
        rf"{_START}(?:season|staffel|saison|temporada)[ ._-]?(?P<season>\d{{1,4}})[ ._,-]{{0,3}}"
        rf"(?:episode|folge|ep|e)[ ._-]?(?P<episode>\d{{1,4}}){_MORE}{_END}",
        rf"{_START}(?P<season>\d{{1,2}})x(?P<episode>\d{{2,3}}){_MORE}{_END}",
        rf"{_START}(?:episodes?|episodio|folge|ep|e)[ ._-]{{0,2}}(?P<episode>\d{{1,4}})"
        rf"{_MORE}{_END}",
    )
)
_TRAILING = re.compile(r"(?:^|[ ._#-])(?P<episode>\d{1,4})(?:v\d)?$", re.I | re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_NOISE = re.compile(
    rf"{_START}(?:\d{{3,4}}[pi]|[48]k|[xh][. ]?26[45]|hevc|avc|web(?:-?dl|rip)?|blu-?ray|bdrip"
    rf"|brrip|hdtv|dvdrip|10bit|multi|german|proper|repack){_END}.*$",
    re.I | re.ASCII | re.S,
)
_TAGS = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_EXTENSION = re.compile(r"\.(?:[a-z]{2,4}|mp[34]|m4[av]|m2ts|3gp)$", re.I | re.ASCII)
_SEPARATORS = re.compile(r"[\s._\-–—:#]+")
_SEASON_FOLDER = re.compile(
    r"(?:season|staffel|saison|temporada|s)[ ._-]?(?P<season>\d{1,4})", re.I | re.ASCII
)


class Video(Struct, frozen=True):
    """A file as far as this matters; ``folder`` is the path of its folder."""

    title: str
    folder: str
    code: str = ""


class Episode(Struct, frozen=True):
    """What a title says: of which series, in which season (None: none), and which numbers.

    ``is_plain``: it says so in words, and does not only end with a number.
    """

    series: str
    season: int | None
    numbers: tuple[int, ...]
    is_plain: bool = True


class Season(Struct, frozen=True):
    """A season's episodes: ``have`` so many from ``first`` to ``last``, and what is wrong."""

    number: int | None
    have: int
    first: int
    last: int
    missing: tuple[Range, ...] = ()
    doubles: tuple[tuple[int, tuple[Video, ...]], ...] = ()


class Series(Struct, frozen=True):
    """A series with its seasons; ``folder`` is where its first file is."""

    title: str
    folder: str
    files: int
    seasons: tuple[Season, ...]
    missing_seasons: tuple[Range, ...] = ()

    @property
    def missing(self) -> int:
        """How many episodes are missing in the seasons that are there."""
        return sum(last - first + 1 for each in self.seasons for first, last in each.missing)

    @property
    def doubles(self) -> int:
        """How many episodes are there more than once."""
        return sum(len(each.doubles) for each in self.seasons)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing or double."""
        return not (self.missing or self.doubles or self.missing_seasons)


def read_episode(title: str) -> Episode | None:
    """Read what a title says about its episode; None: it says nothing."""
    name = _EXTENSION.sub("", title[:_LONGEST_TITLE].strip())
    for pattern in _PLAIN:
        if found := pattern.search(name):
            season = found.groupdict().get("season")
            numbers = _numbers(int(found["episode"]), found[found.lastindex or 0] or "")
            return Episode(_stem(name[: found.start()]), int(season) if season else None, numbers)
    bare = _SEPARATORS.sub(" ", _NOISE.sub("", _TAGS.sub(" ", name))).strip()
    found = _TRAILING.search(bare)
    if found is None or (_YEAR.fullmatch(found["episode"]) and found.start()):
        return None
    number = int(found["episode"])
    return Episode(_stem(bare[: found.start()]), None, (number,), is_plain=False)


def _numbers(first: int, more: str) -> tuple[int, ...]:
    """Return the episodes of one file: "E01E02" has both, "E01-E03" those between too."""
    others = [int(word) for word in re.findall(r"\d+", more)]
    if len(others) == 1 and "-" in more and first < others[0] <= first + _MOST_TOGETHER:
        return tuple(range(first, others[0] + 1))
    return tuple(dict.fromkeys([first, *(each for each in others if each > first)]))


def _stem(text: str) -> str:
    return _SEPARATORS.sub(" ", _TAGS.sub(" ", text)).strip()


def find_gaps(videos: Iterable[Video]) -> list[Series]:
    """Return the series among the files by title, each with what is missing and double."""
    groups: dict[tuple[str, str], list[tuple[Video, Episode]]] = {}
    for video in videos:
        if (episode := read_episode(video.title)) is None:
            continue
        home, season = _home(video.folder)
        if episode.season is None and season is not None:
            episode = Episode(episode.series, season, episode.numbers, episode.is_plain)
        key = (episode.series.casefold(), "" if episode.series else home)
        groups.setdefault(key, []).append((video, episode))
    found = [_series(members) for members in groups.values() if _is_series(members)]
    return sorted(found, key=lambda series: (series.title.casefold(), series.folder))


def _home(folder: str) -> tuple[str, int | None]:
    """Return the path of the series that a folder belongs to, and the season its name says."""
    above, _, name = folder.rpartition("/")
    if found := _SEASON_FOLDER.fullmatch(name.strip()):
        return above, int(found["season"])
    return folder, None


def season_of(folder: str) -> int | None:
    """Return which season the path of a folder is that of; None: of none."""
    return _home(folder)[1]


def _is_series(members: Sequence[tuple[Video, Episode]]) -> bool:
    """Whether files belong together; a number at the end alone may be part of a name."""
    if any(episode.is_plain for _, episode in members):
        return True
    numbers = {number for _, episode in members for number in episode.numbers}
    return len(numbers) >= _FEWEST and 2 * len(numbers) > max(numbers) - min(numbers)


def _series(members: Sequence[tuple[Video, Episode]]) -> Series:
    by_season: dict[int | None, dict[int, list[Video]]] = {}
    for video, episode in members:
        numbers = by_season.setdefault(episode.season, {})
        for number in episode.numbers:
            numbers.setdefault(number, []).append(video)
    seasons: list[Season] = []
    before = 0
    for season, numbers in sorted(by_season.items(), key=lambda item: item[0] or 0):
        seasons.append(_season(season, numbers, before))
        before = max(numbers)
    first, episode = members[0]
    home, _ = _home(first.folder)
    known = sorted(season for season in by_season if season)
    start = 1 if known and known[0] <= _LATE_START else (known[0] if known else 0)
    return Series(
        episode.series or home.rpartition("/")[2] or "/",
        first.folder,
        len(members),
        tuple(seasons),
        tuple(_missing(known, start)) if known else (),
    )


def _season(season: int | None, videos: dict[int, list[Video]], before: int) -> Season:
    """Return a season; one whose numbers go on from the season before begins after that."""
    numbers = sorted(videos)
    start = 1
    if numbers[0] > _LATE_START:
        start = before + 1 if 0 < before < numbers[0] else 1 if season else numbers[0]
    return Season(
        season,
        len(numbers),
        numbers[0],
        numbers[-1],
        tuple(_missing(numbers, start)),
        tuple((number, tuple(videos[number])) for number in numbers if len(videos[number]) > 1),
    )


def _missing(numbers: Sequence[int], start: int) -> Iterable[Range]:
    """Return what is missing from a start up to the last of sorted numbers."""
    expected = start
    for number in numbers:
        if number > expected:
            yield expected, number - 1
        expected = max(expected, number + 1)


# -- in words -------------------------------------------------------------------------------------


def range_words(ranges: Iterable[Range]) -> str:
    """Return ranges as people write them: "3, 7-9"."""
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def season_words(number: int | None) -> str:
    """Return what a season is called."""
    return "Episodes" if number is None else f"Season {number}" if number else "Specials"


def double_words(season: Season) -> str:
    """Return which episodes are there more than once: "1-9 (3 files each), 12 (2 files)"."""
    runs: list[tuple[int, int, int]] = []
    for number, videos in season.doubles:
        if runs and runs[-1][1:] == (number - 1, len(videos)):
            runs[-1] = (runs[-1][0], number, len(videos))
        else:
            runs.append((number, number, len(videos)))
    return ", ".join(
        f"{range_words([(first, last)])} ({files} files{' each' if last > first else ''})"
        for first, last, files in runs
    )


def series_lines(series: Series) -> list[str]:
    """Return a series in lines, only what is missing or double; what it says is not cleaned."""
    lines = [f"{series.title}  ({series.folder})"]
    if series.missing_seasons:
        word = "Seasons" if _is_many(series.missing_seasons) else "Season"
        lines.append(f"  {word} {range_words(series.missing_seasons)}: missing as a whole")
    for season in series.seasons:
        name = f"  {season_words(season.number)}"
        if season.missing:
            have = f"{name}: {season.have} of {season.last}"
            lines.append(f"{have}, missing {range_words(season.missing)}")
        if season.doubles:
            lines.append(f"{name}: double {double_words(season)}")
    return lines


def _is_many(ranges: Sequence[Range]) -> bool:
    return len(ranges) > 1 or ranges[0][0] != ranges[0][1]
