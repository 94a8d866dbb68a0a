from __future__ import annotations

import pytest

from vhtui.core.uploads.limits import Limits
from vhtui.errors import UsageError
from vhtui.models import Upload, UploadState
from vhtui.ui.screens.upload_limits import read_hours, read_limit, read_parallel
from vhtui.ui.screens.upload_rows import bar, limits_words, upload_percent


@pytest.mark.parametrize("text", ["0", "17", "x", ""])
def test_uploads_at_once_are_1_to_16(text: str) -> None:
    with pytest.raises(UsageError, match="1 to 16"):
        read_parallel(text)


def test_limits_are_read_as_in_the_config() -> None:
    assert (read_limit("10M"), read_limit(" ")) == (10_000_000, None)
    assert (read_hours("22:00-6:30"), read_hours("")) == ("22:00-06:30", None)
    for read in (read_limit, read_hours):
        with pytest.raises(UsageError):
            read("soon")


def test_progress_is_ascii_and_never_beyond_its_ends() -> None:
    assert (bar(None), bar(0), bar(37), bar(120)) == ("", "." * 10, "####......", "#" * 10)
    row = Upload(id=1, account="voe", path="/a", title="a", folder="/", size=200, sent=50)
    assert upload_percent(row) is None
    assert limits_words(Limits(parallel=3, rate=None, hours=None), 0) == "3 at once, no cap"
    assert row.state is UploadState.QUEUED
