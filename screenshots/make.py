"""Take the screenshots of this folder anew: ``python screenshots/make.py``.

The real app over the demo's hosts, at 80x24 and 200x50, driven by keys and exported as SVG.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from vhtui.clipboard import Clipboard
from vhtui.config import AccountConfig, Settings
from vhtui.core.engine import Engine
from vhtui.core.ledger import add_to_ledger
from vhtui.models import File
from vhtui.providers import PROVIDERS, by_name, connect
from vhtui.providers.base import Provider
from vhtui.sandbox import RunningSandbox, SandboxOptions, start
from vhtui.text import Secret
from vhtui.ui.app import VhtuiApp

HERE = Path(__file__).parent
SIZES = ((80, 24), (200, 50))
SHOTS: dict[str, tuple[str, ...]] = {
    "main": (":", *"cd /Series/The Harbour/Season 02", "enter", "j", "space", "space", "space"),
    "rename": (":", *"cd /Series/The Harbour/Season 02", "enter", "R", *"x264", "tab", *"h264"),
    "remote": ("3",),
    "stats": ("5",),
    "links": (":", *"cd /Series/The Harbour/Season 02", "enter", "c"),
    "help": ("?",),
}


def _engine(sandbox: RunningSandbox, data: Path) -> Engine:
    def make(account: AccountConfig) -> Provider:
        async def key() -> Secret:
            return Secret(sandbox.info[account.provider]["key"])

        return connect(
            account.provider, key=key, base_url=account.base_url, requests_per_second=1000
        )

    accounts = tuple(
        AccountConfig(name, name, base_url=sandbox.info[name]["base_url"], requests_per_second=20)
        for name in PROVIDERS
    )
    hosts = {name: by_name(name) for name in PROVIDERS}
    return Engine(Settings(accounts=accounts), data, connect=make, hosts=hosts)


async def _take(sandbox: RunningSandbox, engine: Engine, state: Path, name: str) -> None:
    for width, height in SIZES:
        app = VhtuiApp(
            engine,
            engine.settings,
            lambda write: Clipboard({}, state / "clip.txt", setting="file", write_terminal=write),
            state,
        )
        async with app.run_test(size=(width, height)) as pilot:
            await _until(pilot.pause, lambda: engine.store.account("voe").synced is not None)
            await pilot.press("1", *SHOTS[name])
            for _ in range(40):
                await pilot.pause(0.02)
            svg = app.export_screenshot(title="vhtui", simplify=True)
            (HERE / f"{name}-{width}x{height}.svg").write_text(svg)


async def _until(pause: Callable[[float], Awaitable[None]], condition: Callable[[], bool]) -> None:
    while not condition():
        await pause(0.05)


async def _all() -> None:
    with start(SandboxOptions(rate=0)) as sandbox, tempfile.TemporaryDirectory() as name:
        engine = _engine(sandbox, Path(name))
        await engine.open()
        known = sandbox.control.files(provider="illvid")
        await add_to_ledger(
            engine.store,
            "illvid",
            [
                File(code=row["code"], title=row["title"], folder=row["folder"], size=row["size"])
                for row in known
            ],
        )
        for shot in SHOTS:
            await _take(sandbox, engine, Path(name), shot)
        engine.close()


if __name__ == "__main__":
    asyncio.run(_all())
