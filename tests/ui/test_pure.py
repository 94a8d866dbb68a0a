from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from vhtui.models import FolderRow
from vhtui.ui.columns import FILE_COLUMNS
from vhtui.ui.row_editor import stem_end, without_controls
from vhtui.ui.screens.picker import Finder
from vhtui.ui.terminal import write_crash_report


def test_the_picker_likes_the_name_at_the_end() -> None:
    items = [("1", "/Series/Show/Season 01"), ("2", "/Series"), ("3", "/Films/Series A/x")]
    assert Finder(items).best("series", 10)[0] == items[1]
    assert [id for id, _ in Finder(items).best("s01", 10)] == ["1"]
    assert Finder(items).best("zzz", 10) == []
    assert Finder(items).best("", 2) == items[:2]


@given(st.lists(st.text("ab /", max_size=8), max_size=12), st.lists(st.text("ab ", max_size=5)))
def test_what_the_picker_found_before_changes_nothing(words: list[str], typed: list[str]) -> None:
    items = [(str(number), each) for number, each in enumerate(words)]
    used = Finder(items)
    for letters in typed:
        assert used.best(letters, 5) == Finder(items).best(letters, 5)


@pytest.mark.parametrize(
    ("title", "end"), [("a.b.mkv", 3), ("no extension", 12), (".mkv", 4), ("a.not an ext", 12)]
)
def test_a_rename_starts_before_the_extension(title: str, end: int) -> None:
    assert stem_end(title) == end


def test_an_edited_title_has_no_control_characters() -> None:
    assert without_controls("a\x1b[31m\x9bb\ud800\u202ec") == "a[31mbc"


def test_a_crash_report_holds_no_values(tmp_path: Path) -> None:
    secret = "canary-key-123"
    try:
        raise ValueError(f"GET https://x/?key={secret}")
    except ValueError as error:
        path = write_crash_report(tmp_path / "state", error)
    assert path is not None
    report = path.read_text()
    assert "ValueError" in report and "test_pure.py" in report
    assert secret not in report
    assert path.stat().st_mode & 0o077 == 0


def test_a_folder_that_was_never_listed_is_not_said_to_be_empty() -> None:
    [size] = [column for column in FILE_COLUMNS if column.id == "size"]
    folder = FolderRow(account="main", id="7", parent="0", title="Show", path="/Show")
    assert size.render(folder) == "?"
    assert size.render(replace(folder, listed=1.0)) == "0"
    assert size.render(replace(folder, files=3, folders=2)) == "5"
