"""Accounts and settings: where their files are, and TOML turned into checked values.

Every error names the file and the line: a configuration is mended where it is wrong.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict

from vhtui.toml import Document, Table, listed, read_document, shown

PROVIDERS = ("voe", "illvid")
PRESETS = ("vhtui", "ranger", "mc", "plain")
NOTIFY = ("terminal", "bell", "off")
CLIPBOARDS = ("auto", "tmux", "osc52", "pyperclip", "file")
USUAL_RATE = 3.0
FASTEST_RATE = 4.0
"""Requests per second: what an account begins with, and what no host allows to pass."""

_ACCOUNT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


class Paths(Struct, frozen=True):
    """The directories that vhtui keeps its files in."""

    config: Path
    data: Path
    state: Path

    @property
    def config_file(self) -> Path:
        """Where the accounts and settings are."""
        return self.config / "config.toml"

    @property
    def credentials_file(self) -> Path:
        """Where keys are that come neither from a command nor from the environment."""
        return self.config / "credentials.toml"

    @classmethod
    def find(cls, environ: Mapping[str, str]) -> Paths:
        """Return the system's usual places, or those that ``VHTUI_*_DIR`` names."""
        config, data = environ.get("VHTUI_CONFIG_DIR"), environ.get("VHTUI_DATA_DIR")
        if config and data:
            return cls(_directory(config), _directory(data), _directory(data) / "state")
        from platformdirs import PlatformDirs

        usual = PlatformDirs("vhtui", appauthor=False)
        return cls(
            config=_directory(config) if config else usual.user_config_path,
            data=_directory(data) if data else usual.user_data_path,
            state=_directory(data) / "state" if data else usual.user_state_path,
        )


def _directory(name: str) -> Path:
    return Path(name).expanduser().absolute()


class AccountConfig(Struct, frozen=True):
    """An account at a host. ``base_url`` None is the host's own address."""

    name: str
    provider: str
    base_url: str | None = None
    key_command: tuple[str, ...] | None = None
    requests_per_second: float = USUAL_RATE
    read_only: bool = False
    remote_active: int | None = None
    """How many remote uploads the host is given at once; 0: all, None: as ``[uploads]`` says."""
    ca_file: Path | None = None
    """Certificates (PEM) that are trusted besides the usual ones, for the API and for uploads."""
    login: str | None = None
    """The API login, which illvid may ask for besides the key."""


class UploadSettings(Struct, frozen=True, kw_only=True):
    """How files are sent: what can be changed while vhtui runs begins with this.

    ``limit``: bytes per second over all uploads. ``hours``: when uploads may begin, minutes of the
    day (local time). ``set_command``: run when a set of uploads is playable. ``settle``: seconds
    without a change after which a file in a watch folder is taken.
    """

    parallel: int = 2
    limit: int | None = None
    hours: tuple[int, int] | None = None
    remote_active: int = 0
    set_command: tuple[str, ...] | None = None
    settle: float = 60.0


class SyncSettings(Struct, frozen=True, kw_only=True):
    """How the library is checked against the host in the background.

    ``recheck``: every folder is listed again this often (seconds), None: never. ``share``: of the
    requests an account may send, how many that may take.
    """

    recheck: float | None = 7 * 86_400.0
    share: float = 0.1


class Tuning(Struct, frozen=True, kw_only=True):
    """Time limits, intervals (seconds) and batch sizes: safe as they are, scaled down by tests."""

    request_deadline: float = 30.0
    settle: float = 2.0
    remote_settle: float = 30.0
    upload_settle: float = 60.0
    upload_backoff: float = 15.0
    upload_progress: float = 0.5
    watch_interval: float = 5.0
    move_batch: int = 100
    delete_batch: int = 50
    info_batch: int = 500
    poll_active: float = 5.0
    poll_idle: float = 60.0
    poll_hidden: float = 300.0
    refresh_age: float = 60.0
    sync_age: float = 900.0
    lock_poll: float = 0.5
    announce_interval: float = 0.1


class Settings(Struct, frozen=True, kw_only=True):
    """What config.toml says. ``keys`` maps action ids to keys."""

    accounts: tuple[AccountConfig, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    preset: str = "vhtui"
    link_templates: Mapping[str, str] = field(default_factory=dict)
    default_link: str = "embed"
    clipboard: str = "auto"
    notify: str = "terminal"
    """How to call the person when a set is complete."""
    ascii: bool = False
    mouse: bool = True
    premium: bool = False
    """Whether premium keys may be bought, which costs money."""
    uploads: UploadSettings = field(default_factory=UploadSettings)
    sync: SyncSettings = field(default_factory=SyncSettings)
    tuning: Tuning = field(default_factory=Tuning)


def load_settings(paths: Paths) -> Settings:
    """Read config.toml; without one there are no accounts. Raises ConfigError."""
    document = read_document(paths.config_file)
    return parse_settings(document) if document else Settings()


def parse_settings(document: Document) -> Settings:
    """Turn the tables of config.toml into settings; raises ConfigError."""
    top = Table(document, "", document.tables)
    top.allow("accounts", "keys", "links", "interface", "uploads", "sync", "tuning")
    interface = top.table("interface")
    interface.allow("preset", "default_link", "clipboard", "notify", "ascii", "mouse", "premium")
    accounts = top.table("accounts")
    return Settings(
        accounts=tuple(_account(name, accounts.table(name)) for name in accounts.values),
        keys=dict(top.table("keys").texts()),
        link_templates=dict(top.table("links").texts()),
        preset=interface.choice("preset", PRESETS, "vhtui"),
        default_link=interface.text("default_link") or "embed",
        clipboard=interface.choice("clipboard", CLIPBOARDS, "auto"),
        notify=interface.choice("notify", NOTIFY, "terminal"),
        ascii=interface.flag("ascii", default=False),
        mouse=interface.flag("mouse", default=True),
        premium=interface.flag("premium", default=False),
        uploads=_uploads(top.table("uploads")),
        sync=_sync(top.table("sync")),
        tuning=_tuning(top.table("tuning")),
    )


def _account(name: str, table: Table) -> AccountConfig:
    if not _ACCOUNT_NAME.fullmatch(name):
        raise table.document.refuse(
            table.name, "is no name for an account: use up to 32 letters, digits, - and _"
        )
    table.allow(
        "provider",
        "base_url",
        "key_command",
        "requests_per_second",
        "read_only",
        "remote_active",
        "ca_file",
        "login",
    )
    if "provider" not in table.values:
        raise table.document.refuse(table.name, f"has no provider: set {listed(PROVIDERS, 'or')}")
    base_url = table.text("base_url")
    if base_url is not None and (wrong := _wrong_with_url(base_url)):
        raise table.refuse("base_url", wrong)
    rate = table.number("requests_per_second", USUAL_RATE)
    if rate > FASTEST_RATE and not (base_url and is_loopback(base_url)):
        raise table.refuse("requests_per_second", f"is {rate:g}, but hosts allow {FASTEST_RATE:g}")
    return AccountConfig(
        name=name,
        provider=table.choice("provider", PROVIDERS, ""),
        base_url=base_url,
        key_command=table.command("key_command"),
        requests_per_second=rate,
        read_only=table.flag("read_only", default=False),
        remote_active=_count_or_none(table, "remote_active"),
        ca_file=_readable(table, "ca_file"),
        login=_login(table),
    )


def _login(table: Table) -> str | None:
    """Return an account's API login; None: not set."""
    login = table.text("login")
    if login is not None and table.values["provider"] != "illvid":
        raise table.refuse("login", "is set, but only illvid takes one: the key is enough")
    return login


def _readable(table: Table, key: str) -> Path | None:
    """Return the path of a file that can be read, wherever vhtui is started; None: not set."""
    text = table.text(key)
    if text is None:
        return None
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        path = Path(text)
    if not path.is_absolute():
        raise table.refuse(key, "must be a whole path, such as ~/own-authority.pem")
    if not path.is_file() or not os.access(path, os.R_OK):
        raise table.refuse(key, f"is {shown(text)}, which is no file that can be read")
    return path


def _uploads(table: Table) -> UploadSettings:
    table.allow("parallel", "limit", "hours", "remote_active", "set_command", "settle")
    limit, hours = table.text("limit"), table.text("hours")
    try:
        bytes_a_second = None if limit is None else bytes_of(limit)
    except ValueError as error:
        raise table.refuse("limit", str(error)) from None
    try:
        minutes = None if hours is None else hours_of(hours)
    except ValueError as error:
        raise table.refuse("hours", str(error)) from None
    return UploadSettings(
        parallel=table.count("parallel", UploadSettings().parallel),
        limit=bytes_a_second,
        hours=minutes,
        remote_active=_count_or_none(table, "remote_active") or 0,
        set_command=table.command("set_command"),
        settle=table.number("settle", UploadSettings().settle),
    )


def _sync(table: Table) -> SyncSettings:
    table.allow("recheck", "share")
    words = table.text("recheck")
    try:
        recheck = SyncSettings().recheck if words is None else period_of(words)
    except ValueError as error:
        raise table.refuse("recheck", str(error)) from None
    percent = table.number("share", SyncSettings().share * 100)
    if percent > 100:
        raise table.refuse("share", f"is {percent:g}, but is a percentage: at most 100")
    return SyncSettings(recheck=recheck, share=percent / 100)


def _count_or_none(table: Table, key: str) -> int | None:
    """Return a whole number that may be 0, None where it is not set."""
    return 0 if table.values.get(key) == 0 else table.count(key, 1) if key in table.values else None


_BYTES = re.compile(r"(\d{1,12}(?:\.\d{1,6})?) ?([kmgt]?)(?:b(?:/s)?)?", re.IGNORECASE)
_PERIOD = re.compile(r"(\d{1,4}(?:\.\d{1,3})?) ?([hdw])", re.IGNORECASE)
_HOURS = re.compile(r"([01]?\d|2[0-4]):([0-5]\d) ?- ?([01]?\d|2[0-4]):([0-5]\d)")


def bytes_of(text: str) -> int:
    """Return the bytes that a text such as ``10M`` or ``1.5 MB/s`` names; ValueError in words."""
    found = _BYTES.fullmatch(text.strip())
    size = int(float(found[1]) * 1000 ** " kmgt".index(found[2].lower() or " ")) if found else 0
    if size < 1:
        raise ValueError(f'is {shown(text)}, but must be bytes per second, such as "10M"')
    return size


def period_of(text: str) -> float | None:
    """Return the seconds that a text such as ``7d``, ``12h`` or ``2w`` names, None for ``off``."""
    found = _PERIOD.fullmatch(text.strip())
    if text.strip().lower() == "off":
        return None
    unit = {"h": 3600, "d": 86_400, "w": 604_800}
    seconds = float(found[1]) * unit[found[2].lower()] if found else 0.0
    if seconds < 3600:
        raise ValueError(f'is {shown(text)}, but must be a time such as "7d" or "12h", or "off"')
    return seconds


def hours_of(text: str) -> tuple[int, int]:
    """Return the minutes of the day that a text such as ``22:00-06:30`` names, first and last."""
    found = _HOURS.fullmatch(text.strip())
    first, last = (
        (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4]))
        if found
        else (0, 0)
    )
    if first == last or max(first, last) > 1440:
        raise ValueError(f'is {shown(text)}, but must be two times, such as "01:00-07:00"')
    return first, last


def _tuning(table: Table) -> Tuning:
    defaults = asdict(Tuning())
    table.allow(*defaults)
    values: dict[str, Any] = {
        name: (table.count if isinstance(default, int) else table.number)(name, default)
        for name, default in defaults.items()
    }
    return Tuning(**values)


def _wrong_with_url(url: str) -> str | None:
    """Return what is wrong with an API's address, None when nothing is."""
    from urllib.parse import urlsplit

    if not (url.isascii() and url.isprintable()) or " " in url:
        return "must be an address without spaces"
    if any(mark in url for mark in "@?#"):
        return "must be an address without @, ? and #"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme not in ("http", "https") or not host:
        return f"is {shown(url)}, but must begin with https://"
    if parts.scheme == "http" and not is_loopback(url):
        return f"is {shown(url)}, but the key travels by https only (http is for this machine)"
    return None


def is_loopback(url: str) -> bool:
    """Whether an address leads to this machine."""
    from ipaddress import ip_address
    from urllib.parse import urlsplit

    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
