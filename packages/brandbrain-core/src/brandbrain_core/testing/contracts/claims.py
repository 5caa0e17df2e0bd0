"""What a `JobRepository` promises about claims."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from brandbrain_core.model.run import RunStatus
from brandbrain_core.policies.lease import claimed, lease_of, run_after
from brandbrain_core.ports import Store
from brandbrain_core.testing import build
from brandbrain_core.testing.contracts.base import (
    OTHER_WORKER,
    SECOND,
    TERMS,
    WORKER,
    StoreContract,
    both_now,
    cancel,
    claim_all,
    claim_one,
    complete,
    enqueue,
    fail,
    hand_back,
    run_now,
    running,
)


class ClaimContract(StoreContract):
    """A claim takes exactly the first ready rows, each for one worker."""

    async def test_a_claim_starts_an_attempt(self, store: Store) -> None:
        """Job and run say who works on them since when; the lease says the same."""
        job = await enqueue(store)
        run = await run_now(store, job)
        lease = await claim_one(store, now=build.NOON + SECOND)
        expected = claimed(job, worker=WORKER, token=lease.token, now=build.NOON + SECOND)
        assert (expected, run_after(run, expected)) == await both_now(store, job.id)
        assert lease_of(expected) == lease
        assert RunStatus.RUNNING is (await run_now(store, job)).status

    async def test_an_empty_queue(self, store: Store) -> None:
        """There is nothing to take, and that is no error."""
        assert () == await claim_all(store)

    async def test_the_first_by_time_are_taken(self, store: Store) -> None:
        """By available_at, then created_at, then id; exactly so many."""
        earlier, before = build.NOON - 2 * SECOND, build.NOON - SECOND
        await enqueue(store, 1, brand=1, available_at=build.NOON, created_at=build.NOON)
        await enqueue(store, 3, brand=3, available_at=before, created_at=before)
        await enqueue(store, 2, brand=2, available_at=before, created_at=before)
        await enqueue(store, 4, brand=4, available_at=before, created_at=earlier)
        await enqueue(store, 5, brand=5, available_at=earlier, created_at=build.NOON)
        first, second = await claim_all(store, limit=3), await claim_all(store, limit=3)
        expected = [build.job_id(number) for number in (5, 4, 2, 3, 1)]
        assert (3, 2) == (len(first), len(second))
        assert expected == [lease.job_id for lease in (*first, *second)]

    async def test_tokens_grow_over_all_claims(self, store: Store) -> None:
        """Within a claim, from claim to claim, over brands and over attempts of one job."""
        for number in (1, 2, 3):
            await enqueue(store, number, brand=number)
        leases = [*await claim_all(store, limit=2), await claim_one(store)]
        await hand_back(store, leases[0])
        leases.append(await claim_one(store))
        tokens = [lease.token for lease in leases]
        assert sorted(set(tokens)) == tokens

    async def test_a_job_is_not_claimed_before_its_time(self, store: Store) -> None:
        """Not a microsecond, but at its very moment."""
        job = await enqueue(store)
        assert () == await claim_all(store, now=build.NOON - timedelta(microseconds=1))
        assert [job.id] == [lease.job_id for lease in await claim_all(store, now=build.NOON)]

    async def test_a_brand_with_a_running_job_waits(self, store: Store) -> None:
        """Its next job is passed over until the running one has ended; other brands never wait for it."""
        lease = await running(store, 1)
        await enqueue(store, 2)
        other = await enqueue(store, 3, brand=2)
        assert [other.id] == [lease.job_id for lease in await claim_all(store)]
        await complete(store, lease)
        assert [build.job_id(2)] == [lease.job_id for lease in await claim_all(store)]

    async def test_a_busy_brand_does_not_use_up_the_limit(self, store: Store) -> None:
        """What cannot be claimed does not hide what can."""
        for number in range(1, 4):
            await running(store, number, brand=number)
            await enqueue(store, 10 + number, brand=number, created_at=build.NOON - SECOND)
        free = await enqueue(store, 20, brand=9)
        assert [free.id] == [lease.job_id for lease in await claim_all(store, limit=1)]

    async def test_a_limit_of_none(self, store: Store) -> None:
        """A worker without a free slot takes nothing."""
        await enqueue(store)
        assert () == await claim_all(store, limit=0)

    async def test_another_type_of_job_is_left_alone(self, store: Store) -> None:
        """Newer programs may queue what this one does not know."""
        job = await enqueue(store, job_type="tidy")
        assert () == await claim_all(store)
        async with store.transaction() as work:
            assert await work.jobs.claim_run(job.compile_run_id, WORKER, terms=TERMS, now=build.NOON) is None

    async def test_ended_and_cancelled_jobs_are_not_claimed(self, store: Store) -> None:
        """Whatever ended them."""
        await complete(store, await running(store, 1))
        await cancel(store, (await enqueue(store, 2)).compile_run_id)
        await fail(store, await running(store, 3), retry=False)
        assert () == await claim_all(store, now=build.NOON + timedelta(days=1))

    async def test_workers_that_claim_at_once_share(self, store: Store) -> None:
        """Every job goes to exactly one of them, every token is given once."""
        for number in range(1, 13):
            await enqueue(store, number, brand=number)
        claims = await asyncio.gather(*(claim_all(store, f"worker-{n}", limit=3) for n in range(6)))
        leases = [lease for claim in claims for lease in claim]
        leases += await claim_all(store)
        assert 12 == len(leases) == len({lease.job_id for lease in leases}) == len({lease.token for lease in leases})

    async def test_workers_never_share_a_brand(self, store: Store) -> None:
        """Of two that claim at once, with one job of the brand running and one waiting, none gets the waiting one."""
        await running(store, 1)
        await enqueue(store, 2)
        claims = await asyncio.gather(*(claim_all(store, f"worker-{n}") for n in range(4)))
        assert [()] * 4 == claims

    async def test_the_job_of_a_run_can_be_claimed(self, store: Store) -> None:
        """That very one, even where others come first."""
        await enqueue(store, 1, brand=1)
        wanted = await enqueue(store, 2, brand=2)
        async with store.transaction() as work:
            lease = await work.jobs.claim_run(wanted.compile_run_id, OTHER_WORKER, terms=TERMS, now=build.NOON)
        assert lease is not None
        stored, run = await both_now(store, wanted.id)
        assert lease_of(stored) == lease
        assert (OTHER_WORKER, 1, RunStatus.RUNNING) == (lease.worker, lease.attempt, run.status)

    async def test_the_job_of_a_run_must_be_ready(self, store: Store) -> None:
        """Not before its time, not beside a running one of the brand, not twice, not once it has ended."""
        lease = await running(store, 1)
        await enqueue(store, 2)
        late = await enqueue(store, 3, brand=2, available_at=build.NOON + SECOND)
        await complete(store, await running(store, 4, brand=3))
        for run in (lease.compile_run_id, build.run_id(2), late.compile_run_id, build.run_id(4), build.run_id(9)):
            async with store.transaction() as work:
                assert await work.jobs.claim_run(run, WORKER, terms=TERMS, now=build.NOON) is None
