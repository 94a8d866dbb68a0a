from __future__ import annotations

import os
import random
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from vhtui.linkscan import ANY_HOST, FoundLink, files_below, scan, scan_text

CODE = "a1b2c3d4e5f6"


def found(text: str) -> list[tuple[str, str]]:
    return [(link.host, link.code) for link in scan_text(text)]


class Trickle(BytesIO):
    """Gives a few bytes at a time, as a slow pipe does."""

    step = 7

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self.step)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://voe.sx/{}", "voe"),
        ("https://voe.sx/e/{}", "voe"),
        ("//rotating-viewer.example/e/{}?t=1", "voe"),
        ("see voe.sx/{}.", "voe"),
        ("[url=https://illvid.com/{}.html]x[/url]", "illvid"),
        ("(https://other.example/embed-{}.html)", "illvid"),
        ("https://other.example/embed-{}-640x360.html", "illvid"),
        ("https://illvid.com/{}", "illvid"),
        (r'{"u": "https:\/\/voe.sx\/e\/' + "{}" + '"}', "voe"),
        (r"VALUES ('<a href=\"https://voe.sx/{}\">')", "voe"),
        ("https:&#x2F;&#x2F;voe.sx&#x2F;{}", "voe"),
        ("<iframe src=http://127.0.0.1:8080/e/{}></iframe>", "voe"),
        ("https://видео.рф/e/{}", "voe"),
        ("{}", ANY_HOST),
        ("  {} , \r", ANY_HOST),
    ],
)
def test_links_are_known_by_their_path(text: str, host: str) -> None:
    assert found(f"before\n{text.replace('{}', CODE)}\nafter") == [(host, CODE)]


def test_percent_encoded_links() -> None:
    link = f"https://voe.sx/e/{CODE}"
    assert found(f"share?u={quote(link, safe='')}&x=1") == [("voe", CODE)]


@pytest.mark.parametrize(
    "text",
    [
        "https://cdn.example/{}.jpg",
        "https://cdn.example/{}/comments",
        "https://cdn.example/a/v1.2/{}",
        "/{}",
        "href='/e/{}'",
        "a word {} in a line",
        "mail@voe.sx/{}",
        "https://voe.sx/{}x",
        "https://voe.sx/e/short",
    ],
)
def test_what_is_no_link_is_left_alone(text: str) -> None:
    assert found(text.replace("{}", CODE)) == []


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "latin-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_any_encoding(encoding: str) -> None:
    text = f"Größe\nhttps://voe.sx/{CODE}\n{CODE}\n"
    links = list(scan(BytesIO(text.encode(encoding))))
    assert [(link.code, link.line) for link in links] == [(CODE, 2), (CODE, 3)]


def test_lines_and_the_links_own_text() -> None:
    text = f"\n\nhttps://voe.sx/{CODE} https://x.example/embed-{CODE}.html\n"
    assert list(scan_text(text)) == [
        FoundLink("voe", CODE, f"voe.sx/{CODE}", 3),
        FoundLink("illvid", CODE, f"x.example/embed-{CODE}.html", 3),
    ]


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), step=st.integers(1, 3000), newlines=st.booleans())
def test_how_the_bytes_arrive_changes_nothing(seed: int, step: int, newlines: bool) -> None:
    rng = random.Random(seed)
    end = "\n" if newlines else " "
    words = [
        f"https://voe.sx/e/{CODE}",
        f"x.example/{CODE}.html",
        "prose " * rng.randrange(40),
        CODE,
    ]
    text = "".join(rng.choice(words) + end for _ in range(rng.randrange(200))).encode()
    stream = Trickle(text)
    stream.step = step
    assert list(scan(stream)) == list(scan(BytesIO(text)))


@given(st.binary(max_size=3000))
def test_any_bytes_can_be_scanned(data: bytes) -> None:
    list(scan(BytesIO(data)))


def test_folders_are_walked_without_surprises(tmp_path: Path) -> None:
    for name in ("b.sql", "a/one.html", ".hidden", ".git/config"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    names = [str(path.relative_to(tmp_path)) for path in files_below(tmp_path)]
    assert names == ["b.sql", "a/one.html"]
    assert list(files_below(tmp_path / "none")) == [tmp_path / "none"]
