"""What operators do with jobs, in memory."""

from __future__ import annotations

from datetime import timedelta

import pytest

from brandbrain_core.errors import JobNotFound, RetryRefused, RunFinished
from brandbrain_core.memory import MemoryStore
from brandbrain_core.model.job import JobStatus
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.ports import QueueStats
from brandbrain_core.services import jobs as services
from brandbrain_core.services.deps import Deps
from brandbrain_core.synthesis import RulesSynthesizer
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import NOON, ManualClock, SequentialIds
from brandbrain_core.testing.contracts.base import complete, enqueue, fail, running

HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> ManualClock:
    """A clock at noon."""
    return ManualClock()


@pytest.fixture
def deps(clock: ManualClock) -> Deps:
    """Services over an empty store in memory."""
    plan = Plan(synthesizers=(RulesSynthesizer(),))
    return Deps(store=MemoryStore(clock), clock=clock, ids=SequentialIds(), plan=plan)


async def test_the_queue_is_counted(deps: Deps, clock: ManualClock) -> None:
    """One runs; of three that wait, one is not due yet; the oldest ready one waits since noon."""
    await running(deps.store, 1, brand=1)
    await enqueue(deps.store, 2, brand=2)
    await enqueue(deps.store, 3, brand=3, available_at=NOON + HOUR)
    await enqueue(deps.store, 4, brand=4, available_at=NOON + 3 * HOUR)
    now = clock.advance(2 * HOUR)

    stats = await services.queue_stats(deps)

    assert QueueStats(now=now, pending=3, ready=2, running=1, oldest_ready_at=NOON) == stats
    assert 2 * HOUR == stats.oldest_ready_age


async def test_nothing_ready_has_no_age(deps: Deps) -> None:
    """An empty queue is as young as can be."""
    assert timedelta(0) == (await services.queue_stats(deps)).oldest_ready_age


async def test_a_job_comes_with_its_run(deps: Deps) -> None:
    """And one that does not exist is said not to."""
    job = await enqueue(deps.store, 1)

    found = await services.show_job(deps, job.id)

    assert (job.id, job.compile_run_id) == (found.job.id, found.run.id)
    with pytest.raises(JobNotFound):
        await services.show_job(deps, build.job_id(9))


async def test_cancelled_and_tried_again(deps: Deps) -> None:
    """A job that has ended cannot be cancelled, one that waits cannot be retried."""
    job = await enqueue(deps.store, 1)

    assert JobStatus.FAILED is (await services.cancel_job(deps, job.id)).status
    with pytest.raises(RunFinished):
        await services.cancel_job(deps, job.id)
    assert JobStatus.PENDING is (await services.retry_job(deps, job.id)).status
    with pytest.raises(RetryRefused):
        await services.retry_job(deps, job.id)


async def test_stale_leases_go_batch_by_batch(deps: Deps, clock: ManualClock) -> None:
    """Five leases, two at a time: three transactions."""
    for number in range(1, 6):
        await running(deps.store, number, brand=number)
    clock.advance(HOUR)

    released = [len(batch) async for batch in services.release_stale(deps, batch=2)]

    assert [2, 2, 1] == released
    assert 5 == len(await services.list_jobs(deps, status=JobStatus.PENDING))


async def test_old_jobs_go_batch_by_batch(deps: Deps, clock: ManualClock) -> None:
    """Three ended long ago, two at a time; one that ended just now stays."""
    for number in range(1, 4):
        await fail(deps.store, await running(deps.store, number, brand=number), retry=False)
    lease = await running(deps.store, 4, brand=4)
    clock.advance(HOUR)
    await complete(deps.store, lease, now=clock.now())

    pruned = [count async for count in services.prune_jobs(deps, older_than=HOUR / 2, batch=2)]

    assert [2, 1] == pruned
    assert [build.job_id(4)] == [job.id for job in await services.list_jobs(deps)]
