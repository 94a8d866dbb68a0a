"""Where keys come from, what is refused, and files edited without losing a comment."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from vhtui.config import AccountConfig, Paths, load_settings
from vhtui.credentials import add_account, key_for, key_source, remove_account
from vhtui.errors import ConfigError
from vhtui.text import Secret

MAIN = AccountConfig("my-main", "voe")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    config = tmp_path / "config"
    config.mkdir(mode=0o700)
    return Paths(config, tmp_path, tmp_path)


def store_key(paths: Paths, text: str = '[my-main]\nkey = "from-file"\n') -> None:
    paths.credentials_file.write_text(text)
    paths.credentials_file.chmod(0o600)


def by_command(code: str) -> AccountConfig:
    return AccountConfig("my-main", "voe", key_command=(sys.executable, "-c", code))


def refusal(account: AccountConfig, paths: Paths, time_limit: float = 30) -> str:
    with pytest.raises(ConfigError) as caught:
        key_for(account, paths, {}, time_limit=time_limit)
    return str(caught.value)


def test_the_first_source_wins(paths: Paths) -> None:
    store_key(paths)
    environ = {"VHTUI_KEY_MY_MAIN": " from-environment "}
    command = by_command("print(' from-command '); print('more')")
    assert key_for(command, paths, environ) == Secret("from-command")
    assert key_for(MAIN, paths, environ) == Secret("from-environment")
    assert key_for(MAIN, paths, {}) == Secret("from-file")


def test_the_source_in_words(paths: Paths) -> None:
    assert key_source(MAIN, paths, {}) == "nowhere"
    store_key(paths)
    assert key_source(MAIN, paths, {}) == "credentials.toml"
    assert "VHTUI_KEY_MY_MAIN" in key_source(MAIN, paths, {"VHTUI_KEY_MY_MAIN": "x"})
    assert sys.executable in key_source(by_command("raise SystemExit(1)"), paths, {})
    store_key(paths, "[")
    assert key_source(MAIN, paths, {}) == "credentials.toml, which cannot be read"


def test_no_source_names_all_three(paths: Paths) -> None:
    paths.config_file.write_text('\n[accounts.my-main]\nprovider = "voe"\n')
    said = refusal(MAIN, paths)
    assert said.startswith("config.toml line 2: ")
    assert all(way in said for way in ("key_command", "VHTUI_KEY_MY_MAIN", "credentials.toml"))


def test_a_command_that_fails(paths: Paths) -> None:
    paths.config_file.write_text('[accounts.my-main]\nprovider = "voe"\nkey_command = ["x"]\n')
    failing = "import sys; print('canary'); sys.exit('no canary key=abc\\nmore')"
    said = refusal(by_command(failing), paths)
    assert said.startswith("config.toml line 3: ")
    assert said.endswith("ended with status 1: no *** key=***")
    assert "empty" in refusal(by_command(""), paths)
    assert "spaces" in refusal(by_command("print('two words')"), paths)
    assert "does not run" in refusal(AccountConfig("a", "voe", key_command=("/none",)), paths)
    waiting = by_command("import signal; signal.pause()")
    assert "within 0.2 s" in refusal(waiting, paths, time_limit=0.2)


def test_a_file_open_to_others_is_refused(paths: Paths) -> None:
    store_key(paths)
    paths.credentials_file.chmod(0o640)
    assert f"chmod 600 {paths.credentials_file}" in refusal(MAIN, paths)
    paths.credentials_file.chmod(0o400)
    paths.config.chmod(0o750)
    assert f"chmod 700 {paths.config}" in refusal(MAIN, paths)
    paths.config.chmod(0o700)
    assert key_for(MAIN, paths, {}) == Secret("from-file")


@pytest.mark.parametrize(
    "text",
    ["\n[my-main]\nkey = 5\n", '\n[my-main]\nkee = "canary"\n', '\nmy-main = "canary"\n',
     "\n[my-main\nkey = 'canary'\n", '\nx = 1\n[my-main]\nkey = " "\n'],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused_with_its_line(paths: Paths, text: str) -> None:
    store_key(paths, text)
    said = refusal(MAIN, paths)
    assert "credentials.toml line " in said
    assert "canary" not in said


def test_adding_and_removing_keeps_what_is_there(paths: Paths) -> None:
    before = '# mine\n[accounts.old]  # first\nprovider = "illvid"\n\n[interface]\nmouse = false\n'
    paths.config_file.write_text(before)
    account = AccountConfig("new", "voe", "https://voe.sx/api", ("pass", "voe"), 2.0, True)
    add_account(paths, account, Secret("canary"))
    assert load_settings(paths).accounts == (AccountConfig("old", "illvid"), account)
    assert "# mine" in paths.config_file.read_text()
    assert "# first" in paths.config_file.read_text()
    assert "canary" not in paths.config_file.read_text()
    assert key_for(AccountConfig("new", "voe"), paths, {}) == Secret("canary")
    with pytest.raises(ConfigError, match=r"config\.toml line \d+: there is an account new"):
        add_account(paths, account, None)
    remove_account(paths, "new")
    assert load_settings(paths).accounts == (AccountConfig("old", "illvid"),)
    assert "canary" not in paths.credentials_file.read_text()
    assert "# mine" in paths.config_file.read_text()
    with pytest.raises(ConfigError, match=r"no account new \(known: old\)"):
        remove_account(paths, "new")


def test_the_first_account_makes_private_files(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "deep" / "vhtui", tmp_path, tmp_path)
    add_account(paths, MAIN, Secret("canary"))
    assert load_settings(paths).accounts == (MAIN,)
    assert key_for(MAIN, paths, {}) == Secret("canary")
    assert stat.S_IMODE(paths.config.stat().st_mode) == 0o700
    assert stat.S_IMODE(paths.credentials_file.stat().st_mode) == 0o600
    remove_account(paths, MAIN.name)
    assert load_settings(paths).accounts == ()
    add_account(paths, AccountConfig("next", "voe"), None)
    assert [account.name for account in load_settings(paths).accounts] == ["next"]


def test_nothing_wrong_is_ever_written(paths: Paths) -> None:
    with pytest.raises(ConfigError, match="provider"):
        add_account(paths, AccountConfig("x", "vimeo"), Secret("canary"))
    with pytest.raises(ConfigError, match="no name for an account"):
        add_account(paths, AccountConfig("a b", "voe"), Secret("canary"))
    assert list(paths.config.iterdir()) == []
    paths.config.chmod(0o755)
    with pytest.raises(ConfigError, match="chmod 700"):
        add_account(paths, MAIN, Secret("canary"))
    assert list(paths.config.iterdir()) == []


def test_a_linked_file_is_replaced_where_it_is_kept(paths: Paths, tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles.toml"
    kept.write_text("# kept elsewhere\n")
    paths.config_file.symlink_to(kept)
    add_account(paths, MAIN, None)
    assert paths.config_file.is_symlink()
    assert "my-main" in kept.read_text()
