from __future__ import annotations

import re

import pytest

from vhtui.config import PRESETS as CONFIG_PRESETS
from vhtui.errors import ConfigError
from vhtui.ui.keymap import ACTIONS, PRESETS, Place
from vhtui.ui.keys import Keymap, KeyReader, build, shown


@pytest.mark.parametrize("preset", PRESETS)
def test_no_preset_clashes(preset: str) -> None:
    keymap = build(preset, {})
    assert {action.id for action in keymap.actions} == {action.id for action in ACTIONS}


def test_the_presets_are_those_of_the_config() -> None:
    assert tuple(PRESETS) == CONFIG_PRESETS


def test_ids_are_unique_and_every_action_explains_itself() -> None:
    ids = [action.id for action in ACTIONS]
    assert len(set(ids)) == len(ids)
    for action in ACTIONS:
        area, _, verb = action.id.partition(".")
        assert area and verb, action.id
        assert action.help and action.label and action.group and action.places, action.id
        assert action.keys, action.id


def test_help_is_pinned_first() -> None:
    worths = [action.footer for action in ACTIONS if action.footer is not None]
    assert max(worths) == Keymap().by_id["app.help"].footer
    assert worths.count(max(worths)) == 1


def test_a_remapped_key_works_and_the_old_one_does_not() -> None:
    keymap = build("vhtui", {"file.rename": "f2 | ctrl+e"})
    assert keymap.find(Place.FILES, "r") is None
    for key in ("f2", "ctrl+e"):
        found = keymap.find(Place.FILES, key)
        assert found and found[0].id == "file.rename"


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ({"file.rename": "d"}, "'d' is given to both file.rename and file.trash"),
        ({"file.rename": "g"}, "'g' is given to both"),
        ({"file.nope": "d"}, "no action 'file.nope'"),
        ({"file.rename": "ctrl+s"}, "cannot be used"),
        ({"file.rename": "hyper"}, "no key 'hyper'"),
        ({"file.rename": "a b c"}, "neither a key nor two keys"),
    ],
)
def test_what_cannot_be_is_reported(own: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(words)):
        build("vhtui", own)


def test_the_same_key_may_mean_another_thing_elsewhere() -> None:
    keymap = Keymap()
    meanings = {
        place: found[0].id for place in Place if (found := keymap.find(place, "r")) is not None
    }
    assert meanings == {
        Place.FILES: "file.rename", Place.UPLOADS: "upload.retry",
        Place.REMOTE: "remote.restart", Place.JOBS: "job.retry", Place.TREE: "views.rename",
        Place.ACCOUNTS: "account.read_only",
    }  # fmt: skip


def test_a_sequence_waits_for_its_second_key() -> None:
    reader = KeyReader(Keymap())
    assert reader.read(Place.FILES, "c").pending == "c"
    press = reader.read(Place.FILES, "m")
    assert press.action is not None and press.action.id == "link.markdown"


def test_escape_and_an_unknown_second_key_end_a_sequence() -> None:
    reader = KeyReader(Keymap())
    for second in ("escape", "Z"):
        reader.read(Place.FILES, "c")
        assert reader.read(Place.FILES, second).swallowed
        assert reader.pending == ""


def test_a_bookmark_takes_any_character() -> None:
    reader = KeyReader(Keymap())
    reader.read(Place.FILES, "B")
    press = reader.read(Place.FILES, "ä")
    assert press.action is not None
    assert (press.action.id, press.argument) == ("bookmark.set", "ä")


@pytest.mark.parametrize(
    ("key", "words"),
    [("g g", "g g"), ("B *", "B…"), ("f1", "F1"), ("enter", "Enter"), ("ctrl+a", "ctrl+a")],
)
def test_keys_are_shown_as_people_read_them(key: str, words: str) -> None:
    assert shown(key) == words
