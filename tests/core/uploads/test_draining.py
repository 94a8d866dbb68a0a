"""An executor that ends lets what is on its way come to its end, and begins nothing more."""

from __future__ import annotations

from pathlib import Path

from vhtui.models import Job, JobState, UploadState

from .conftest import Accounts, make


async def test_a_request_that_is_on_its_way_is_answered_before_the_end(
    accounts: Accounts,
) -> None:
    slow = {"call": "upload_url", "kind": "apply_then_delay", "seconds": 0.5, "provider": "illvid"}
    accounts.control.add_faults(slow)
    async with accounts.open() as desk:
        urls = ["https://example.com/a.mp4", "https://example.com/b.mp4"]
        receipt = await desk.engine.add_remote("ill", urls, None)

        def jobs() -> list[Job]:
            return desk.engine.journal.jobs(group=receipt.group)

        await desk.until(lambda: any(job.state is JobState.SENT for job in jobs()))
        await desk.engine.drain()
        assert not [job for job in jobs() if job.state in (JobState.SENT, JobState.UNKNOWN)]
        late = await desk.engine.add_remote("ill", ["https://example.com/c.mp4"], None)
    async with accounts.open(running=False) as desk:
        (job,) = desk.engine.journal.jobs(group=late.group)
        assert job.state is JobState.READY
        assert not [j for j in desk.engine.journal.jobs() if j.state is JobState.NEEDS_YOU]


async def test_a_file_that_is_half_sent_is_queued_again_and_not_doubted(
    accounts: Accounts, files: Path
) -> None:
    async with accounts.open() as desk:
        await desk.engine.set_limit(20_000)
        (id,) = (await desk.engine.queue_uploads("main", [make(files / "a.mp4")])).ids
        await desk.until_state(UploadState.SENDING, id)
        await desk.until(lambda: desk.engine.uploads()[0].sent > 0)
        await desk.engine.drain()
        (upload,) = desk.engine.uploads()
        assert (upload.state, upload.sent, upload.tries) == (UploadState.QUEUED, 0, 0)
        await desk.engine.set_limit(None)
    async with accounts.open() as desk:
        (upload,) = await desk.until_state(UploadState.PLAYABLE)
        assert upload.tries == 1
        assert len(desk.received()) == 1
