from __future__ import annotations

from tests.ui.conftest import Open
from vhtui.ui.screens.outcomes import outcome_words


async def test_what_asking_the_host_brought_is_said(vhtui: Open) -> None:
    async with vhtui(80, 24) as session:
        await session.press("S")
        await session.sees("voe: nothing new, nothing deleted; ")
        await session.press("ctrl+r")
        await session.sees("voe: asked and listed again")


def test_an_outcome_in_words() -> None:
    report = '{"kind": "quick", "new": 1200, "deleted": 1, "folders": 2, "requests": 5}'
    assert outcome_words("main", report) == "main: 1 200 new, 1 deleted; 5 requests"
