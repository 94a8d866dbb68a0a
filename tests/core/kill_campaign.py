"""Kill -9 again and again, and then compare what the host did with what was asked for.

``python -m tests.core.kill_campaign --kills N --seed S`` kills engines at random moments and at
every point between the steps of the journal, lets each plan come to its end, and counts intents
that were lost, done twice, or done to the wrong thing. It ends with status 1 unless all are 0.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from tests.core.kill_child import Death, Plan, begin, run
from tests.core.rig import add_account
from vhtui.core.database import Database
from vhtui.core.jobs.history import History
from vhtui.models import JobState
from vhtui.sandbox.client import Control

_SANDBOX = (
    "from vhtui.sandbox import SandboxOptions, serve;"
    "raise SystemExit(serve(SandboxOptions(files=0, folders=0, rate=0)))"
)
_SLOWED = ("file/rename", "file/set_folder", "folder/create", "upload/url")


@dataclass
class Tally:
    """What a campaign found."""

    kills: int = 0
    plans: int = 0
    intents: int = 0
    lost: int = 0
    doubled: int = 0
    misapplied: int = 0
    undone: int = 0  # jobs that did not end as done
    asked: int = 0  # how often only a person could decide: killed twice in the same request

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.misapplied or self.undone)


def make_plan(control: Control, control_url: str, data: Path, number: int) -> Plan:
    """Make an account and ask for some of everything in it."""
    access = add_account(control, files=16, folders=2)
    for call in _SLOWED:
        for kind in ("apply_then_delay", "delay"):
            rule = {"call": call, "kind": kind, "seconds": 0.03, "times": 20}
            control.add_faults({**rule, "account": access.account})
    rows = asyncio.run(begin(Plan(data, control_url, access)))
    folders = tuple(f"Folder {number}.{n}" for n in range(3))
    parts = [tuple(rows[start : start + 3]) for start in range(0, 9, 3)]
    return Plan(
        data,
        control_url,
        access,
        renames=tuple((row, f"Renamed {number}.{row}") for row in rows[:10]),
        folders=folders,
        moves=tuple(zip(parts, folders, strict=True)),
        urls=tuple(f"https://example.com/{number}/{n}.mp4" for n in range(4)),
    )


def deaths(rng: random.Random) -> Iterator[Death | float]:
    """Yield ways to die: each point of the journal in turn, and random moments between."""
    for write in itertools.cycle(range(2, 40)):
        yield Death(write, after=False)
        yield rng.uniform(0.02, 0.5)
        yield Death(write, after=True)
        yield rng.uniform(0.02, 0.5)


def kill(plan: Plan, ways: Iterator[Death | float]) -> bool:
    """Run the plan and kill it; return False when it came to its end before."""
    way = next(ways)
    pid = run(plan, way if isinstance(way, Death) else None)
    if isinstance(way, float):
        end = time.monotonic() + way
        while time.monotonic() < end:
            if os.waitpid(pid, os.WNOHANG) != (0, 0):
                return False
            time.sleep(0.002)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def compare(plan: Plan, control: Control, tally: Tally) -> None:
    """Count what the host applied against what was asked for."""
    database = Database(plan.data / "library.db")
    try:
        jobs = History(database).jobs(limit=100_000)
        codes = {
            row["id"]: row["code"] for row in database.reader().execute("SELECT id, code FROM file")
        }
    finally:
        database.close()
    asked = plan.data / "asked"
    tally.asked += len(asked.read_text().splitlines()) if asked.exists() else 0
    tally.undone += sum(job.state is not JobState.DONE for job in jobs)
    account = plan.access.account
    history = [entry for entry in control.history() if entry["account"] == account]
    folder_ids = {f["name"]: f["id"] for f in control.folders(account=account)}
    wanted: Counter[tuple[str, Any, Any]] = Counter()
    wanted.update(("file/rename", codes[row], title) for row, title in plan.renames)
    wanted.update(("folder/create", "0", title) for title in plan.folders)
    wanted.update(
        ("file/set_folder", codes[row], folder_ids.get(title))
        for rows, title in plan.moves
        for row in rows
    )
    wanted.update(("upload/url", "0", url) for url in plan.urls)
    done = Counter(effect for entry in history for effect in effects(entry))
    tally.intents += sum(wanted.values())
    tally.lost += sum((wanted - done).values())
    extra = done - wanted
    tally.doubled += sum(count for effect, count in extra.items() if effect in wanted)
    tally.misapplied += sum(count for effect, count in extra.items() if effect not in wanted)


def effects(entry: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Return what an applied call did, as (call, to what, what)."""
    op, params, result = entry["op"], entry["params"], entry["result"]
    match op:
        case "file/rename":
            return [(op, code, params["title"]) for code in result["file_code"]]
        case "file/set_folder":
            return [(op, code, params["fld_id"]) for code in result["file_code"]]
        case "folder/create":
            return [(op, str(params["parent_id"]), params["name"])]
        case "upload/url":
            return [(op, str(params["folder_id"]), params["url"])]
    return [(op, None, json.dumps(params))]


def campaign(kills: int, seed: int) -> Tally:
    """Kill so often, in as many plans as that takes."""
    rng = random.Random(seed)
    ways = deaths(rng)
    tally = Tally()
    command = [sys.executable, "-c", _SANDBOX]
    with (
        tempfile.TemporaryDirectory(prefix="vhtui-kills-") as directory,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sandbox,
    ):
        try:
            assert sandbox.stdout is not None
            url = json.loads(sandbox.stdout.readline())["control_url"]
            control = Control(url)
            while tally.kills < kills:
                data = Path(directory) / str(tally.plans)
                plan = make_plan(control, url, data, tally.plans)
                for _ in range(40):
                    if not kill(plan, ways):
                        break
                    tally.kills += 1
                last = run(plan)
                assert os.waitpid(last, 0)[1] == 0, "the last run did not come to its end"
                compare(plan, control, tally)
                tally.plans += 1
        finally:
            sandbox.kill()
    return tally


def campaigns(kills: int, seed: int, at_once: int) -> Tally:
    """Divide the kills among campaigns that mostly wait, each with a sandbox of its own."""
    share = -(-kills // at_once)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(at_once, mp_context=spawn) as pool:
        found = pool.map(campaign, [share] * at_once, range(seed, seed + at_once))
        return Tally(*(sum(column) for column in zip(*map(astuple, found), strict=True)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=6)
    options = parser.parse_args()
    began = time.monotonic()
    tally = campaigns(options.kills, options.seed, options.at_once)
    print(f"{tally} in {time.monotonic() - began:.0f} s")
    return 0 if tally.is_clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
