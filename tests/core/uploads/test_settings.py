"""The [uploads] table of config.toml, every error with its line."""

from __future__ import annotations

import pytest

from vhtui.config import Settings, UploadSettings, parse_settings
from vhtui.errors import ConfigError
from vhtui.toml import parse_document

FULL = """\
[accounts.main]
provider = "voe"
remote_active = 3

[uploads]
parallel = 4
limit = "1.5 MB/s"
hours = "22:00-06:30"
remote_active = 0
set_command = ["notify-send", "done"]
"""


def parse(text: str) -> Settings:
    return parse_settings(parse_document("config.toml", text))


def test_everything_that_can_be_set() -> None:
    settings = parse(FULL)
    assert settings.accounts[0].remote_active == 3
    assert settings.uploads == UploadSettings(
        parallel=4,
        limit=1_500_000,
        hours=(1320, 390),
        remote_active=0,
        set_command=("notify-send", "done"),
    )
    assert parse("").uploads == UploadSettings()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("parallel = 0", "must be a whole number above 0"),
        ('limit = "fast"', 'is "fast", but must be bytes per second, such as "10M"'),
        ('limit = "0"', "must be bytes per second"),
        ('hours = "25:00-07:00"', 'must be two times, such as "01:00-07:00"'),
        ('hours = "07:00-07:00"', "must be two times"),
        ('settle = "long"', "must be a number"),
        ("remote_active = -1", "must be a whole number"),
        ("parralel = 2", "is not known; did you mean parallel?"),
        ('set_command = "x"', "must be a list of words"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(line: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f"[uploads]\n{line}\n")
    assert str(caught.value).startswith("config.toml line 2: uploads.")
    assert words in str(caught.value)
