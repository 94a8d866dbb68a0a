"""The bell and the terminal's notification: only where they get through, and only clean text."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from vhtui.ui.attention import Attention

BELL = "\a"
TMUX = {"TMUX": "/tmp/tmux-0/default,1,0", "TERM": "tmux-256color"}


async def written(
    environ: Mapping[str, str], setting: str = "terminal", *, tmux: str = "", text: str = "S plays"
) -> str:
    found: list[str] = []
    attention = Attention(environ, found.append, setting, ask=lambda argv, environ: tmux)
    await attention.call(text)
    return "".join(found)


async def test_a_terminal_is_notified() -> None:
    assert await written({"TERM": "xterm-256color"}) == f"{BELL}\x1b]9;vhtui: S plays{BELL}"


@pytest.mark.parametrize("allowed", ["on\n", "all\n"])
async def test_tmux_passes_it_on_where_that_is_allowed(allowed: str) -> None:
    sequence = f"\x1bPtmux;\x1b\x1b]9;vhtui: S plays{BELL}\x1b\\"
    assert await written(TMUX, tmux=allowed) == BELL + sequence


@pytest.mark.parametrize(
    "environ", [TMUX, {"TERM": "linux"}, {"TERM": "dumb"}, {}, {"TERM": "screen", "STY": "1.a"}]
)
async def test_elsewhere_it_only_rings(environ: Mapping[str, str]) -> None:
    assert await written(environ, tmux="off\n") == BELL


async def test_the_setting_says_what_is_done() -> None:
    assert await written({"TERM": "xterm"}, "bell") == BELL
    assert await written({"TERM": "xterm"}, "off") == ""


async def test_a_name_from_outside_cannot_end_the_sequence() -> None:
    hostile = "a\x1b\\b\x07c\x9cd\n" + "x" * 1000
    told = await written({"TERM": "xterm"}, text=hostile)
    body = told.removeprefix(f"{BELL}\x1b]9;").removesuffix(BELL)
    assert body.isprintable()
    assert len(body) < 250
