"""The actions of the panels about whole accounts: figures, notices, links, accounts."""

from __future__ import annotations

from vhtui.models import Capability
from vhtui.ui.places import Action, Place

NOTED = frozenset({Place.TAKEDOWNS, Place.DELETED, Place.CHECK})
"""The places whose rows are about one code each."""

_FILES = frozenset({Place.FILES})
_STATS = frozenset({Place.STATS})
_TAKEDOWNS = frozenset({Place.TAKEDOWNS})
_CHECK = frozenset({Place.CHECK})
_ACCOUNTS = frozenset({Place.ACCOUNTS})
_QUEUES = frozenset({Place.UPLOADS, Place.REMOTE, Place.ENCODINGS})
_ANYWHERE = frozenset(Place) - {Place.STUDIO, Place.PATTERN}

DESK_ACTIONS: tuple[Action, ...] = (
    Action(
        "link.clone", ("a c",), "clone links",
        "Clone what links lead to: pasted ones, or those of the selected rows", _FILES | NOTED,
        "Add", capability=Capability.CLONE_FILE,
    ),
    Action(
        "file.renew", ("g n",), "renew", "Renew old files: each gets a new code", _FILES, "Change",
        capability=Capability.RENEW_FILE,
    ),
    Action("list.export", ("E",), "Export", "Write the marked rows, or all, to a file",
           _STATS | NOTED | _ACCOUNTS | _QUEUES | {Place.HOLES}, "View", 48),
    Action("list.copy", ("y",), "Copy rows", "Copy the marked rows, or all, as CSV",
           _STATS | _ACCOUNTS, "Links", 65),
    Action("file.export", ("E",), "Export",
           "Write a list of the marked files, or of all, as CSV, JSON or by a template", _FILES,
           "Links"),
    Action("stats.figure", ("m",), "Figure", "The next figure in the chart", _STATS, "Stats", 85),
    Action("stats.figure_before", ("M",), "Figure before", "The figure before", _STATS, "Stats"),
    Action("stats.accounts", ("o",), "Accounts", "One account, side by side, or all summed",
           _STATS, "Stats", 80),
    Action("takedown.label", ("t",), "Label", "Put a word of your own on cases", _TAKEDOWNS,
           "Takedowns", 80),
    Action("check.paste", ("p",), "Paste", "Paste links or codes to check", _CHECK, "Link check",
           95),
    Action("check.files", ("o",), "Files", "Check the links in files and folders", _CHECK,
           "Link check", 94),
    Action("check.again", ("R",), "Ask again", "Ask again for what has no answer", _CHECK,
           "Link check", 60),
    Action("check.older", ("H", "h", "left"), "Older", "The check before", _CHECK, "Link check",
           58),
    Action("check.newer", ("L", "right"), "Newer", "The check after", _CHECK, "Link check"),
    Action("account.show", ("enter", "l"), "Show", "Show the account's files", _ACCOUNTS,
           "Accounts", 88),
    Action("account.check", ("t",), "Check", "Try the key: ask the host for the figures",
           _ACCOUNTS, "Accounts", 86),
    Action("account.read_only", ("r",), "Read-only", "Let nothing be changed, or lift that",
           _ACCOUNTS, "Accounts", 82),
    Action("account.later", ("J",), "Later", "After the next account", _ACCOUNTS, "Accounts"),
    Action("account.sooner", ("K",), "Sooner", "Before the account above", _ACCOUNTS, "Accounts",
           80),
    Action("account.remove", ("D",), "Remove", "Take it out of the configuration, after asking",
           _ACCOUNTS, "Accounts", 60),
    Action("account.add", ("a a",), "account", "Add an account", _ACCOUNTS, "Accounts", 84),
    Action("panel.stats", ("5",), "Stats", "Views, uploads and money by day", _ANYWHERE,
           "View"),
    Action("panel.takedowns", ("6",), "Takedowns", "The takedown notices", _ANYWHERE,
           "View"),
    Action("panel.deleted", ("7",), "Deleted", "What was deleted", _ANYWHERE, "View"),
    Action("panel.check", ("8",), "Link check", "What became of links", _ANYWHERE, "View"),
    Action("panel.accounts", ("g a",), "accounts", "The accounts", _ANYWHERE, "View"),
)  # fmt: skip

PREMIUM_ACTIONS: tuple[Action, ...] = (
    Action(
        "premium.buy", ("a k",), "premium keys", "Buy premium keys, which costs money", _ACCOUNTS,
        "Accounts", capability=Capability.PREMIUM_KEYS,
    ),
)  # fmt: skip
"""Only there when config.toml switches them on."""
