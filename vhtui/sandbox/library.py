"""A believable library: a folder tree, and files whose titles suit their folders."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import count, cycle, islice

from msgspec import Struct

from vhtui.sandbox import hostile, names

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
MEGABYTE = 1_000_000
THREE_YEARS = 3 * 365 * 86_400
HOSTILE_SHARE = 0.25
# A season's folder holds its episodes, and then more releases of them.
EPISODES = 24


def code(rng: random.Random) -> str:
    """Return a file code in VOE's alphabet and length."""
    return "".join(rng.choices(ALPHABET, k=12))


class FolderPlan(Struct, frozen=True):
    """A folder to be made: `parent` is the position of its parent in the plan, -1 for none.

    `kind` says what lies in it ("" for nothing but folders); `context` is what the titles in it
    share: the show's name and season, the film's decade.
    """

    parent: int
    name: str
    kind: str = ""
    context: str = ""


class FilePlan(Struct, frozen=True):
    """A file to be made: `folder` is a position in the folder plan, -1 for the root."""

    folder: int
    title: str
    size: int
    length: int
    views: int
    uploaded: float


def folders(total: int, rng: random.Random, *, hostile_names: bool = False) -> list[FolderPlan]:
    """Plan exactly `total` folders, two or three deep, every parent before its children."""
    plan = list(islice(_folders(rng), total))
    if not hostile_names:
        return plan
    bad = cycle([title for title in hostile.TITLES if len(title) < 300])
    return [
        FolderPlan(folder.parent, next(bad), folder.kind, folder.context)
        if position % 4 == 3
        else folder
        for position, folder in enumerate(plan)
    ]


def flattened(plan: list[FolderPlan]) -> list[FolderPlan]:
    """Return the same folders all at the top, for a host that knows folders by name only."""
    return [
        FolderPlan(
            -1,
            f"{plan[folder.parent].name} - {folder.name}" if folder.parent >= 0 else folder.name,
            folder.kind,
            folder.context,
        )
        for folder in plan
    ]


def _folders(rng: random.Random) -> Iterator[FolderPlan]:
    tops = ("Series", "Films", "Anime", "Talks", "Own videos")
    for name in tops:
        yield FolderPlan(-1, name, "own" if name == "Own videos" else "")
    series, films, anime, talks, own = range(len(tops))
    position = len(tops)
    shows, cartoons, decades = _shows(rng), _numbered(names.ANIME), _decades()
    for year in count(2024, -1):
        show = next(shows)
        yield FolderPlan(series, show)
        parent, position = position, position + 1
        for season in range(1, rng.randint(2, 4) + 1):
            yield FolderPlan(parent, f"Season {season:02}", "series", f"{show}|{season}")
            position += 1
        cartoon = next(cartoons)
        yield FolderPlan(anime, cartoon, "anime", cartoon)
        decade = next(decades)
        yield FolderPlan(films, decade, "film", decade[:4])
        position += 2
        if year > 1960:
            yield FolderPlan(talks, str(year), "talk", str(year))
            yield FolderPlan(own, str(year), "own", str(year))
            position += 2


def _shows(rng: random.Random) -> Iterator[str]:
    plain = [f"The {adjective} {noun}" for adjective in names.ADJECTIVES for noun in names.NOUNS]
    rng.shuffle(plain)
    plain.insert(0, "The Harbour")
    for position, world in enumerate(names.WORLD_SHOWS):
        plain.insert(2 + position * 4, world)
    return _numbered(tuple(plain))


def _decades() -> Iterator[str]:
    yield from (f"{decade}s" for decade in range(2020, 1940, -10))
    for part in count(2):
        yield from (f"{decade}s, part {part}" for decade in range(2020, 1940, -10))


def _numbered(texts: tuple[str, ...]) -> Iterator[str]:
    """Yield the texts, then the same with II, 3, 4 ... behind: names never run out."""
    yield from texts
    for part in count(2):
        yield from (f"{text} {part}" for text in texts)


def files(
    total: int,
    plan: list[FolderPlan],
    now: float,
    rng: random.Random,
    *,
    hostile_titles: bool = False,
) -> Iterator[FilePlan]:
    """Plan exactly `total` files, oldest first, over the three years before `now`."""
    places = [position for position, folder in enumerate(plan) if folder.kind]
    held = [0] * len(plan)
    bad = cycle(hostile.TITLES)
    step = THREE_YEARS / max(total, 1)
    for number in range(total):
        if not places or rng.random() < 0.03:
            place, kind, context, position = -1, "own", "", number
        else:
            place = places[int(rng.random() ** 1.3 * len(places))]
            kind, context, position = plan[place].kind, plan[place].context, held[place]
            held[place] += 1
        title = TITLES[kind](rng, context, position)
        if hostile_titles and (number < len(hostile.TITLES) or rng.random() < HOSTILE_SHARE):
            title = next(bad)
        length = int(rng.lognormvariate(7.6, 0.7))
        yield FilePlan(
            folder=place,
            title=title,
            size=int(length * rng.uniform(0.15, 0.7) * MEGABYTE) + rng.randrange(MEGABYTE),
            length=length,
            views=min(int(rng.paretovariate(0.55)) - 1, 4_000_000),
            uploaded=now - THREE_YEARS + step * (number + rng.random()) - 600,
        )


def _series(rng: random.Random, context: str, position: int) -> str:
    show, _, season = context.partition("|")
    release = f"{rng.choice(names.RESOLUTIONS)}.{rng.choice(names.SOURCES)}"
    stem = f"{show.replace(' ', '.')}.S{int(season):02}E{position % EPISODES + 1:02}"
    return f"{stem}.{release}.{rng.choice(names.CODECS)}-{rng.choice(names.RELEASE_GROUPS)}.mkv"


def _anime(rng: random.Random, context: str, position: int) -> str:
    group = names.SUB_GROUPS[len(context) % len(names.SUB_GROUPS)]
    checksum = f"{rng.getrandbits(32):08X}"
    resolution = rng.choice(("1080p", "720p", "480p"))
    return f"[{group}] {context} - {position % EPISODES + 1:02} ({resolution}) [{checksum}].mkv"


def _film(rng: random.Random, context: str, position: int) -> str:
    year = min(int(context) + rng.randrange(10), 2024)
    if rng.random() < 0.2:
        name = rng.choice(names.WORLD_FILMS)
    else:
        name = f"{rng.choice(names.ADJECTIVES)} {rng.choice(names.NOUNS)}"
    if rng.random() < 0.4:
        dotted = f"{name.replace(' ', '.')}.{year}.{rng.choice(names.RESOLUTIONS)}"
        return f"{dotted}.{rng.choice(names.SOURCES)}-{rng.choice(names.RELEASE_GROUPS)}.mkv"
    return f"{name} ({year}) {rng.choice(names.RESOLUTIONS)}.mp4"


def _talk(rng: random.Random, context: str, position: int) -> str:
    day = f"{context}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    return f"{day} {rng.choice(names.SPEAKERS)} — {rng.choice(names.TOPICS)}.mp4"


def _own(rng: random.Random, context: str, position: int) -> str:
    if rng.random() < 0.5:
        year = context or str(rng.randint(2021, 2024))
        day = f"{year}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
        return f"VID_{day}_{rng.randint(6, 22):02}{rng.randrange(60):02}{rng.randrange(60):02}.mp4"
    return f"{rng.choice(names.OWN_EVENTS)} {position % 30 + 1}.{rng.choice(('mp4', 'mov'))}"


TITLES: dict[str, Callable[[random.Random, str, int], str]] = {
    "series": _series,
    "anime": _anime,
    "film": _film,
    "talk": _talk,
    "own": _own,
}
