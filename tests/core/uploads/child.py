"""A vhtui in a process of its own, to be killed or measured: see ``__main__`` below.

    child.py BASE_URL KEY DATA FILE LIMIT

Queues the file (once), says ``queued``, then ``sending`` when bytes are under way, then the growth
of its memory in KiB when all uploads play.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path

from vhtui.config import AccountConfig, Settings, Tuning, UploadSettings
from vhtui.core.engine import Engine
from vhtui.models import UploadState
from vhtui.providers import by_name, connect
from vhtui.providers.base import Provider
from vhtui.text import Secret


def say(text: object) -> None:
    print(text, flush=True)


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


async def main(base_url: str, secret: str, data: Path, file: Path, limit: int) -> None:
    async def key() -> Secret:
        return Secret(secret)

    def link(account: AccountConfig) -> Provider:
        return connect("voe", key=key, base_url=account.base_url, requests_per_second=500.0)

    engine = Engine(
        Settings(
            accounts=(AccountConfig("main", "voe", base_url, requests_per_second=500.0),),
            uploads=UploadSettings(limit=limit or None, parallel=4),
            tuning=Tuning(upload_progress=0.05, announce_interval=0.01),
        ),
        data,
        connect=link,
        hosts={"voe": by_name("voe")},
    )
    await engine.open()
    async with engine.running():
        await engine.queue_uploads("main", [file.with_name("small.mp4")])
        while any(u.state is not UploadState.PLAYABLE for u in engine.uploads()):
            await asyncio.sleep(0.01)
        before = peak()
        await engine.queue_uploads("main", [file], "/Kept")
        say("queued")
        while not any(u.state is UploadState.SENDING and u.sent for u in engine.uploads()):
            await asyncio.sleep(0.005)
        say("sending")
        while any(u.state is not UploadState.PLAYABLE for u in engine.uploads()):
            await asyncio.sleep(0.01)
        say(peak() - before)
    engine.close()


if __name__ == "__main__":
    url, secret, data, file, limit = sys.argv[1:]
    asyncio.run(main(url, secret, Path(data), Path(file), int(limit)))
