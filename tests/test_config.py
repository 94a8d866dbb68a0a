"""Settings read strictly, every error with its file and line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vhtui.config import AccountConfig, Paths, Settings, Tuning, load_settings, parse_settings
from vhtui.errors import ConfigError
from vhtui.toml import parse_document, place

FULL = """\
# my hosts
[accounts.main]
provider = "voe"
key_command = [
    "pass",
    "show",
]

[accounts.demo-2]
provider = "illvid"
base_url = "http://127.0.0.1:8080/api"
requests_per_second = 100
read_only = true

[keys]
file.rename = "f2"
"file.move" = "m"

[links]
forum = "[b]{title}[/b] {page}"

[interface]
preset = "ranger"
default_link = "forum"
clipboard = "osc52"
ascii = true
mouse = false

[tuning]
settle = 0.05
move_batch = 10
"""


def parse(text: str) -> Settings:
    return parse_settings(parse_document("config.toml", text))


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return str(caught.value)


def test_everything_that_can_be_set() -> None:
    assert parse(FULL) == Settings(
        accounts=(
            AccountConfig("main", "voe", key_command=("pass", "show")),
            AccountConfig("demo-2", "illvid", "http://127.0.0.1:8080/api", None, 100.0, True),
        ),
        keys={"file.rename": "f2", "file.move": "m"},
        preset="ranger",
        link_templates={"forum": "[b]{title}[/b] {page}"},
        default_link="forum",
        clipboard="osc52",
        ascii=True,
        mouse=False,
        tuning=Tuning(settle=0.05, move_batch=10),
    )


def test_without_a_file_there_are_no_accounts(tmp_path: Path) -> None:
    paths = Paths(tmp_path, tmp_path, tmp_path)
    assert load_settings(paths) == Settings()
    assert parse("") == Settings()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '\n\n[accounts.main]\n\nprovider = "vimeo"\n',
            'config.toml line 5: accounts.main.provider is "vimeo", but vhtui knows voe and illvid',
        ),
        ("[accounts.main]\n", "config.toml line 1: accounts.main has no provider"),
        ("[acounts.main]\n", "config.toml line 1: acounts is not known; did you mean accounts?"),
        (
            '[accounts.main]\nprovider = "voe"\nread_onyl = true\n',
            "config.toml line 3: accounts.main.read_onyl is not known; did you mean read_only?",
        ),
        ('[accounts]\nprovider = "voe"', "line 2: accounts.provider is "),
        ('[accounts."a b"]\nprovider = "voe"', "line 1: accounts.a b is no name"),
        ("accounts = 3", "config.toml line 1: accounts is 3, but must be a table"),
        (
            FULL.replace('"show",', "7,"),
            "config.toml line 4: accounts.main.key_command must be a list of words",
        ),
        (FULL.replace("= 100", "= 0"), "line 12: accounts.demo-2.requests_per_second is 0"),
        (FULL.replace("= 100", "= true"), "line 12: accounts.demo-2.requests_per_second is true"),
        (FULL.replace("= 100", "= nan"), "line 12:"),
        (FULL.replace("= 100", "= 0x" + "f" * 5000), "line 12:"),
        (FULL.replace("http://127", "http://128"), "line 11: accounts.demo-2.base_url is "),
        (FULL.replace("http://127", "https://me:pw@127"), "line 11: accounts.demo-2.base_url must"),
        (FULL.replace("read_only = true", 'read_only = "yes"'), "line 13:"),
        (FULL.replace("= 100", "= 5").replace("http://127.0.0.1:8080", "https://x.y"), "line 12:"),
        (FULL.replace('"f2"', "2"), "config.toml line 16: keys.file.rename is 2"),
        (FULL.replace('"ranger"', '"emacs"'), "config.toml line 23: interface.preset is "),
        (FULL.replace("= 10\n", "= 1.5\n"), "config.toml line 31: tuning.move_batch is 1.5"),
        (FULL.replace("settle", "setle"), "config.toml line 30: tuning.setle is not known"),
        ("[keys]\na = \n", "config.toml line 2: "),
        ('a = """\n\n', "config.toml line 3: "),
        ("a = " + "[" * 5000, "config.toml"),
        ("[keys]\n" + "a." * 3000 + "b = 'x'", "config.toml line 2: keys.a.a.a.a.a is "),
    ],
)
def test_a_refusal_says_where_and_what(text: str, sentence: str) -> None:
    assert sentence in refusal(text)


def test_a_refusal_shows_no_key_and_no_control_character() -> None:
    said = refusal('[accounts.main]\nprovider = "voe"\nbase_url = "ftp://h/?key=canary"')
    assert "canary" not in said
    said = refusal('[accounts.main]\nprovider = "\\u001b]0;x\\u0007"')
    assert said.isprintable()


@given(st.integers(0, 30), st.integers(1, 8), st.booleans())
def test_the_line_is_found_wherever_the_value_stands(above: int, height: int, quoted: bool) -> None:
    filler = "".join(f"x{n} = '''\nnot this:\nwrong = 1\n'''\n" for n in range(above))
    value = "[\n" + "1,\n" * height + "]"
    text = filler + ('"wrong"' if quoted else "wrong") + f" = {value}\nlast = 1\n"
    document = parse_document("f", text)
    assert document.place("wrong") == f"f line {above * 4 + 1}"
    assert document.place("last") == f"f line {above * 4 + height + 3}"
    assert document.place("absent") == "f"


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    paths = Paths(tmp_path, tmp_path, tmp_path)
    paths.config_file.write_bytes(b"[keys]\na = '\xff'\n")
    with pytest.raises(ConfigError, match=r"config\.toml line 2: this is not UTF-8"):
        load_settings(paths)
    assert place(paths.config_file, "keys.a") == "config.toml"
    paths.config_file.write_bytes(b"#" * 1_000_001)
    with pytest.raises(ConfigError, match="larger than 1 MB"):
        load_settings(paths)
    paths.config_file.unlink()
    paths.config_file.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(paths)


def test_place(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(FULL.replace("\n", "\r\n"))
    assert place(file, "keys.file.rename") == "config.toml line 16"
    assert place(file, "keys.file.move") == "config.toml line 17"
    assert place(tmp_path / "none.toml", "x") == "none.toml"


def test_paths_from_the_environment(tmp_path: Path) -> None:
    paths = Paths.find({"VHTUI_CONFIG_DIR": str(tmp_path / "c"), "VHTUI_DATA_DIR": str(tmp_path)})
    assert paths == Paths(tmp_path / "c", tmp_path, tmp_path / "state")
    usual = Paths.find({})
    assert usual.config.name == usual.data.name == "vhtui"
    assert Paths.find({"VHTUI_CONFIG_DIR": str(tmp_path)}).data == usual.data


def test_importing_it_loads_nothing_that_is_slow() -> None:
    code = "import sys, vhtui.config, vhtui.credentials; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    slow = {"tomlkit", "platformdirs", "subprocess", "tomllib", "difflib", "tempfile", "humanize"}
    assert not slow & set(done.stdout.split())


def test_own_certificates_are_a_whole_path_that_can_be_read(tmp_path: Path) -> None:
    text = '[accounts.main]\nprovider = "voe"\nca_file = "{}"\n'
    authority = tmp_path / "own.pem"
    assert "line 3: accounts.main.ca_file is" in refusal(text.format(authority))
    assert "must be a whole path" in refusal(text.format("own.pem"))
    assert "can be read" in refusal(text.format(tmp_path))
    authority.touch()
    assert parse(text.format(authority)).accounts[0].ca_file == authority


def test_only_illvid_takes_an_api_login() -> None:
    text = '[accounts.main]\nprovider = "{}"\nlogin = "5147a8f8e924bc82"\n'
    assert parse(text.format("illvid")).accounts[0].login == "5147a8f8e924bc82"
    assert "line 3: accounts.main.login is set" in refusal(text.format("voe"))


def test_how_often_the_library_is_checked() -> None:
    assert parse("").sync.recheck == 7 * 86_400
    settings = parse('[sync]\nrecheck = "12h"\nshare = 25\n').sync
    assert (settings.recheck, settings.share) == (12 * 3600, 0.25)
    assert parse('[sync]\nrecheck = "off"\n').sync.recheck is None
    for words in ("often", "7", "0d", "7 years", ""):
        assert "line 2" in refusal(f'[sync]\nrecheck = "{words}"\n')
    assert "at most 100" in refusal("[sync]\nshare = 101\n")
