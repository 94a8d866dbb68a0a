"""A link check against the rate alone: ``python -m tests.bench.linkcheck [--links N] [--rate R]``.

Prints the seconds that a check of so many links takes, files and all, beside the seconds that its
requests need at the allowed rate. The host is a sandbox in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import string
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from vhtui.config import AccountConfig, Settings, Tuning
from vhtui.core.desk.linkcheck import sources_in
from vhtui.core.desk.linkreport import LinkCheck
from vhtui.core.engine import Engine
from vhtui.providers import by_name, connect
from vhtui.providers.base import Provider
from vhtui.sandbox.client import Control
from vhtui.text import Secret

FILES = 2_000
PAGES = 20


def write_pages(folder: Path, codes: list[str], links: int) -> None:
    """Write pages in HTML with so many links: the codes given, and made-up ones."""
    rng = random.Random(1)
    letters = string.ascii_lowercase + string.digits
    every = [*codes, *("".join(rng.choices(letters, k=12)) for _ in range(links - len(codes)))]
    rng.shuffle(every)
    for number in range(PAGES):
        rows = (
            f'<p class="video">An episode of some series in a page '
            f'<a href="https://voe.sx/{code}">watch it here</a></p>\n'
            for code in every[number::PAGES]
        )
        (folder / f"page-{number:02}.html").write_text("".join(rows))


def _engine(access: dict[str, Any], data: Path, rate: float) -> Engine:
    def make(account: AccountConfig) -> Provider:
        async def key() -> Secret:
            return Secret(access["voe"]["key"])

        return connect("voe", key=key, base_url=account.base_url, requests_per_second=rate)

    account = AccountConfig("main", "voe", access["voe"]["base_url"], requests_per_second=rate)
    quiet = Tuning(poll_idle=3600, poll_active=3600, poll_hidden=3600, sync_age=1e8)
    settings = Settings(accounts=(account,), tuning=quiet)
    return Engine(settings, data, connect=make, hosts={"voe": by_name("voe")})


async def _check(engine: Engine, pages: Path) -> LinkCheck:
    ended = asyncio.Event()
    leave = engine.subscribe(lambda changes: ended.set() if changes.touches("requests") else None)
    check = await engine.check_links(sources_in([pages]), "pages")
    while (found := engine.check(check)) is not None and found.is_open:
        await ended.wait()
        ended.clear()
    leave()
    assert found is not None
    return found


async def _at_rest(engine: Engine) -> None:
    """Wait until what is looked at after a start has been asked for."""
    for wish in (await engine.refresh_account("main"), await engine.refresh_remote("main")):
        while (request := engine.request(wish)) is not None and request.state == "open":
            await asyncio.sleep(0.05)


async def _main(links: int, rate: float) -> None:
    sandbox = [sys.executable, "-m", "vhtui", "sandbox", "--with-parent", "--rate", "0"]
    with (
        subprocess.Popen(
            [*sandbox, "--files", str(FILES)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process,
        tempfile.TemporaryDirectory() as name,
    ):
        assert process.stdout is not None
        access = json.loads(process.stdout.readline())
        control = Control(access["control_url"])
        pages, data = Path(name, "pages"), Path(name, "data")
        pages.mkdir()
        write_pages(pages, [file["code"] for file in control.files(provider="voe")], links)
        engine = _engine(access, data, rate)
        await engine.open()
        async with engine.running():
            await _at_rest(engine)
            before = len(control.requests())
            began, cpu = time.monotonic(), time.process_time()
            check = await _check(engine, pages)
            took, cpu = time.monotonic() - began, time.process_time() - cpu
        engine.close()
        calls = [request["call"] for request in control.requests(before)]
        process.terminate()
    needed = len(calls) / rate
    print(f"{check.links} links, {check.state}: {dict(Counter(calls))}")
    print(
        f"{took:.1f} s for {len(calls)} requests that need {needed:.1f} s at {rate:g} a second:"
        f" {took / needed:.3f}; {cpu:.1f} s of CPU, at most"
        f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--links", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=3.0)
    given = parser.parse_args()
    asyncio.run(_main(given.links, given.rate))
