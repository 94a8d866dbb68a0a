from __future__ import annotations

import time

import pytest

from tests.core.desk.conftest import Desk
from vhtui.core.ledger import add_to_ledger
from vhtui.errors import UnsupportedError, UsageError
from vhtui.models import File, JobKind, JobState
from vhtui.sandbox import RunningSandbox

DAY = 86_400


async def job_of(desk: Desk, group: int) -> tuple[JobState, str]:
    await desk.end(group)
    [job] = desk.engine.journal.jobs(group=group)
    return job.state, job.error


async def test_links_are_cloned_into_a_folder(desk: Desk, sandbox: RunningSandbox) -> None:
    await desk.sync()
    engine, folder = desk.engine, desk.folder()
    other = sandbox.control.add_account("voe", files=30, folders=2)
    codes = [f["code"] for f in sandbox.control.files(provider="voe", account=other["account"])]
    texts = [
        f"https://voe.sx/e/{codes[0]}",
        codes[1],
        codes[1],
        "nonsense!",
        "x.example/abcdefabcdef.html",
    ]
    plan = engine.plan_clones("voe", texts)
    assert [item.code for item in plan.items] == codes[:2]
    assert [text for text, _ in plan.refused] == ["nonsense!", "x.example/abcdefabcdef.html"]
    assert engine.estimate_clones(plan, folder.id).requests >= 4
    receipt = await engine.clone(plan, folder.id)
    assert receipt.sentence == f"Cloning 2 files to {folder.title}"
    group = await desk.end(receipt.group)
    assert group.done + group.failed == 2
    for job in engine.journal.jobs(group=receipt.group):
        if job.state is JobState.REJECTED:  # a tenth of the sandbox's owners forbid it
            assert "does not allow cloning" in job.error
    made = [entry["result"]["filecode"] for entry in desk.applied("file/clone")]
    assert len(made) == group.done
    for code in made:
        row = engine.store.file_by_code("voe", code)
        assert row is not None and row.folder == folder.id
    assert engine.store.account("voe").state == "ok"


async def test_the_owners_refusal_is_said_and_costs_the_account_nothing(desk: Desk) -> None:
    await desk.sync()
    said = {"message": "The owner of this file does not allow cloning.", "status": 403}
    desk.fault("file/clone", "status", status=403, body=said)
    receipt = await desk.engine.clone(desk.engine.plan_clones("voe", desk.codes()[:1]), "0")
    state, error = await job_of(desk, receipt.group)
    assert state is JobState.REJECTED
    assert error == '127.0.0.1 does not allow it ("The owner of this file does not allow cloning")'
    assert desk.engine.store.account("voe").state == "ok"


async def test_a_closed_takedown_list_is_not_taken_for_the_owners_refusal(desk: Desk) -> None:
    await desk.sync()
    desk.fault("dmca/list", "status", status=403, body={"message": "Not yours.", "status": 403})
    receipt = await desk.engine.clone(desk.engine.plan_clones("voe", desk.codes()[:1]), "0")
    state, error = await job_of(desk, receipt.group)
    assert state is JobState.REJECTED
    assert error.startswith("not sent, as the list of takedowns, which decides, is closed: ")


async def test_what_is_on_the_takedown_list_is_not_cloned(desk: Desk) -> None:
    await desk.sync()
    engine = desk.engine
    assert not engine.takedowns("voe")  # the list is not known yet: the executor asks for it
    everything = engine.plan_clones("voe", desk.codes()[15:25])
    receipt = await engine.clone(everything, desk.folder().id)
    await desk.end(receipt.group)
    [row] = engine.takedowns("voe", pending_only=True)
    [refused] = [j for j in engine.journal.jobs(group=receipt.group) if j.state.is_failed]
    assert "takedown list" in refused.error
    assert row.code not in [entry["params"]["file_code"] for entry in desk.applied("file/clone")]
    plan = engine.plan_clones("voe", [f"https://voe.sx/{row.code}"])
    assert not plan.items and "does not help to get round a takedown" in plan.refused[0][1]
    with pytest.raises(UsageError, match="nothing to clone"):
        await engine.clone(plan, "0")


async def test_a_lost_clone_is_found_in_its_folder(desk: Desk) -> None:
    await desk.sync()
    code, folder = desk.codes()[5], desk.folder()
    desk.fault("file/clone", "apply_then_disconnect")
    receipt = await desk.engine.clone(desk.engine.plan_clones("voe", [code]), folder.id)
    assert (await job_of(desk, receipt.group))[0] is JobState.DONE
    [applied] = desk.applied("file/clone")
    assert desk.engine.store.file_by_code("voe", applied["result"]["filecode"]) is not None


async def test_a_clone_that_left_no_trace_is_not_sent_again(desk: Desk) -> None:
    await desk.sync()
    desk.fault("file/clone", "disconnect")
    plan = desk.engine.plan_clones("voe", desk.codes()[5:6])
    receipt = await desk.engine.clone(plan, desk.folder().id)
    state, error = await job_of(desk, receipt.group)
    assert state is JobState.NEEDS_YOU and "no trace" in error
    assert desk.requests("file/clone") == 1
    [job] = desk.engine.journal.jobs(group=receipt.group)
    await desk.engine.settle(job.id, happened=False)
    assert (await job_of(desk, receipt.group))[0] is JobState.DONE
    assert len(desk.applied("file/clone")) == 1


async def test_illvid_cannot_clone(desk: Desk) -> None:
    with pytest.raises(UnsupportedError, match="no call to clone"):
        desk.engine.plan_clones("illvid", ["abcdefabcdef"])


async def enter(desk: Desk, ages: list[int | None]) -> list[str]:
    """Put illvid files of some ages (days) into the ledger; leave out what is under takedown."""
    engine = desk.engine
    await desk.answer(await engine.refresh_takedowns("illvid"))
    listed = {row.code for row in engine.takedowns("illvid")}
    codes = [code for code in desk.codes("illvid") if code not in listed][: len(ages)]
    now = int(time.time())
    files = [
        File(code=code, title=f"t{number}", uploaded=None if age is None else now - age * DAY)
        for number, (code, age) in enumerate(zip(codes, ages, strict=True))
    ]
    await add_to_ledger(engine.store, "illvid", files)
    return codes


async def test_renewals_are_planned_by_age_and_keep_both_codes(desk: Desk) -> None:
    engine = desk.engine
    codes = await enter(desk, [100, 70, 10, None])
    plan = engine.plan_renewals("illvid", older_than=60 * DAY)
    assert [row.code for row in plan.files] == codes[:2] and plan.ageless == 1
    assert plan.ages[plan.files[0].id] == 100
    assert plan.estimate.requests == 2 and "new code" in plan.warning
    row = plan.files[0]
    receipt = await engine.renew(plan)
    assert (await desk.end(receipt.group)).done == 2
    renewals = {renewal.old: renewal.new for renewal in engine.renewed("illvid")}
    assert set(renewals) == set(codes[:2])
    after = engine.store.file(row.id)
    assert after is not None and after.code == renewals[row.code] != row.code
    assert after.code in desk.codes("illvid")
    assert not engine.plan_renewals("illvid", older_than=60 * DAY).files


async def test_what_is_on_the_takedown_list_is_not_renewed(desk: Desk) -> None:
    engine = desk.engine
    await desk.answer(await engine.refresh_takedowns("illvid"))
    [pending] = engine.takedowns("illvid", pending_only=True)
    await add_to_ledger(engine.store, "illvid", [File(code=pending.code, title="t", uploaded=1)])
    plan = engine.plan_renewals("illvid", older_than=DAY)
    assert not plan.files and "takedown" in plan.refused[0][1]
    with pytest.raises(UsageError, match="nothing to renew"):
        await engine.renew(plan)
    assert desk.applied("file_renew") == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [("apply_then_disconnect", "the old code is gone"), ("disconnect", "still knows the old code")],
)
async def test_a_lost_renewal_asks_the_person(desk: Desk, kind: str, words: str) -> None:
    await enter(desk, [100])
    desk.fault("file_renew", kind, "illvid")
    receipt = await desk.engine.renew(desk.engine.plan_renewals("illvid"))
    state, error = await job_of(desk, receipt.group)
    assert state is JobState.NEEDS_YOU and words in error
    assert desk.requests("file_renew") == 1
    assert desk.engine.journal.groups()[0].kind is JobKind.RENEW


async def test_all_of_a_group_is_decided_with_one_answer(desk: Desk) -> None:
    await enter(desk, [100, 70])
    for _ in range(2):
        desk.fault("file_renew", "disconnect", "illvid")
    receipt = await desk.engine.renew(desk.engine.plan_renewals("illvid"))
    assert (await desk.end(receipt.group)).undecided == 2
    assert await desk.engine.settle_group(receipt.group, happened=False) == 2
    assert (await desk.end(receipt.group)).done == 2
    assert len(desk.applied("file_renew")) == 2
    assert await desk.engine.settle_group(receipt.group, happened=False) == 0
