"""Accounts are changed in config.toml without losing a comment or an unknown key."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from vhtui.accounts_file import order_accounts, set_read_only
from vhtui.config import Paths, load_settings
from vhtui.credentials import remove_account
from vhtui.errors import ConfigError

TEXT = """\
# my accounts
[accounts.main]   # the first
provider = "voe"  # it began here

# the second:
# it has a comment of two lines
[accounts.two]
provider = "illvid"
key_command = [
  "pass", "show",
]

[interface]
preset = "vhtui"  # mine

# the third
[accounts.three]
read_only = true # for now
provider = "voe"
"""


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    config = tmp_path / "config"
    config.mkdir(mode=0o700)
    found = Paths(config, tmp_path, tmp_path)
    found.config_file.write_text(TEXT)
    return found


def names(paths: Paths) -> list[str]:
    return [account.name for account in load_settings(paths).accounts]


def test_read_only_is_written_where_it_belongs(paths: Paths) -> None:
    set_read_only(paths, "main", True)
    written = paths.config_file.read_text()
    assert written == TEXT.replace("began here\n", "began here\nread_only = true\n")
    set_read_only(paths, "three", False)
    assert "read_only = false # for now" in paths.config_file.read_text()
    assert [account.read_only for account in load_settings(paths).accounts] == [True, False, False]


def test_read_only_in_other_spellings_of_a_table(paths: Paths) -> None:
    paths.config_file.write_text(
        '[accounts]\nmain = {provider = "voe"} # one\nx.provider = "voe"\n'
    )
    set_read_only(paths, "main", True)
    set_read_only(paths, "x", True)
    assert all(account.read_only for account in load_settings(paths).accounts)
    assert "# one" in paths.config_file.read_text()


def test_accounts_are_moved_with_their_comments(paths: Paths) -> None:
    order_accounts(paths, ["three", "main", "two"])
    written = paths.config_file.read_text()
    assert names(paths) == ["three", "main", "two"]
    assert tomllib.loads(written) == tomllib.loads(TEXT)
    assert "# the third\n[accounts.three]" in written
    assert "# it has a comment of two lines\n[accounts.two]" in written
    order_accounts(paths, ["main", "two", "three"])
    assert paths.config_file.read_text() == TEXT


def test_an_order_that_cannot_be_written_leaves_the_file_alone(paths: Paths) -> None:
    text = '[accounts]\nmain = {provider = "voe"}\ntwo = {provider = "voe"}\n'
    paths.config_file.write_text(text)
    with pytest.raises(ConfigError, match="table of its own"):
        order_accounts(paths, ["two", "main"])
    with pytest.raises(ConfigError, match="no account four"):
        order_accounts(paths, ["main", "four"])
    assert paths.config_file.read_text() == text


def test_a_removed_account_takes_its_own_comments_only(paths: Paths) -> None:
    remove_account(paths, "main")
    written = paths.config_file.read_text()
    assert names(paths) == ["two", "three"]
    assert "# the second:\n# it has a comment of two lines\n[accounts.two]" in written
    assert "# the third\n[accounts.three]" in written and "the first" not in written
    for name in ("two", "three"):
        remove_account(paths, name)
    assert names(paths) == [] and "preset" in paths.config_file.read_text()
