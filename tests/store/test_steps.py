"""What a step does on PostgreSQL, where a call of one statement is a transaction by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from random import Random

import asyncpg
import pytest
from sqlalchemy import event

from brandbrain_core.clock import SystemClock
from brandbrain_core.errors import LeaseLost
from brandbrain_core.model.job import Job, JobStatus, Lease, LeaseTerms
from brandbrain_core.policies.transitions import RUN_STATUS
from brandbrain_core.ports import Ended
from brandbrain_core.testing import build
from brandbrain_store import SqlStore, open_store

TERMS = LeaseTerms()


@pytest.fixture
async def store(emptied_postgres: str) -> AsyncIterator[SqlStore]:
    """A store with two brands, each with a job that waits."""
    opened = await open_store(emptied_postgres, migrate=False)
    now = SystemClock().now()
    async with opened.transaction() as work:
        for number in (1, 2):
            await work.brands.add(build.brand(number))
            run = build.compile_run(number, brand_id=build.brand_id(number))
            await work.jobs.add(run, build.job(number, brand_id=build.brand_id(number), available_at=now))
    await opened._bell.close()
    yield opened
    await opened.close()


async def test_a_claim_and_an_end_begin_no_transaction(store: SqlStore) -> None:
    """Each is one statement, committed by the database."""
    begun: list[object] = []
    event.listen(store._writing.sync_engine, "begin", begun.append)
    async with store.step() as work:
        (lease,) = await work.jobs.claim("w", limit=1, terms=TERMS)
    async with store.step() as work:
        ended = await work.jobs.complete(lease, build.run_report())

    assert [] == begun
    assert JobStatus.SUCCEEDED is ended.status
    async with store.reading() as work:
        assert JobStatus.SUCCEEDED is (await work.jobs.get(lease.job_id)).status


async def test_a_second_call_after_the_commit_is_refused(store: SqlStore) -> None:
    """It could not be undone together with the first."""
    async with store.step() as work:
        await work.jobs.claim("w", limit=1, terms=TERMS)
        with pytest.raises(RuntimeError, match="single call"):
            await work.jobs.claim("w", limit=1, terms=TERMS)


async def test_an_end_that_is_repeated_says_so(store: SqlStore) -> None:
    """The statement finds nothing to change; the long way tells what became of the lease."""
    async with store.step() as work:
        (lease,) = await work.jobs.claim("w", limit=1, terms=TERMS)
    for repeated in (False, True):
        async with store.step() as work:
            assert repeated is (await work.jobs.complete(lease, build.run_report())).repeated


async def test_an_end_under_a_lost_lease_changes_nothing(store: SqlStore) -> None:
    """The lease was taken away, and given to another worker."""
    async with store.step() as work:
        (lost,) = await work.jobs.claim("w", limit=1, terms=TERMS)
    async with store.step() as work:
        await work.jobs.hand_back(lost)
    async with store.step() as work:
        await work.jobs.claim("other", limit=2, terms=TERMS)
    async with store.reading() as work:
        before = await work.jobs.get(lost.job_id)

    with pytest.raises(LeaseLost):
        async with store.step() as work:
            await work.jobs.complete(lost, build.run_report())
    async with store.reading() as work:
        assert before == await work.jobs.get(lost.job_id)


async def test_a_call_of_several_statements_is_one_transaction(store: SqlStore) -> None:
    """Undone as a whole when the block raises."""
    async with store.step() as work:
        (lease,) = await work.jobs.claim("w", limit=1, terms=TERMS)

    async def fail_and_break() -> None:
        async with store.step() as work:
            await work.jobs.fail(lease, "boom", retry=False, report=None, terms=TERMS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_and_break()
    async with store.reading() as work:
        assert JobStatus.RUNNING is (await work.jobs.get(lease.job_id)).status


async def test_whoever_listens_to_the_engine_hears_of_steps(store: SqlStore) -> None:
    """They take the usual way then."""
    heard: list[str] = []

    def note(_c: object, _k: object, statement: str, _p: object, _x: object, _m: object) -> None:
        heard.append(statement)

    event.listen(store._writing.sync_engine, "before_cursor_execute", note)
    async with store.step() as work:
        await work.jobs.claim("w", limit=1, terms=TERMS)

    assert 1 == len(heard)


async def claimed(store: SqlStore) -> tuple[Lease, ...]:
    """Claim both jobs."""
    async with store.step() as work:
        return await work.jobs.claim("w", limit=2, terms=TERMS)


async def complete(store: SqlStore, lease: Lease) -> Ended:
    """Complete a lease in a step of its own."""
    async with store.step() as work:
        return await work.jobs.complete(lease, build.run_report())


async def statuses(store: SqlStore, *leases: Lease) -> list[JobStatus]:
    """Return how the jobs of these leases stand."""
    async with store.reading() as work:
        return [(await work.jobs.get(lease.job_id)).status for lease in leases]


async def test_ends_of_one_moment_are_one_statement(store: SqlStore, emptied_postgres: str) -> None:
    """Jobs and runs of all of them have ended in the same transaction."""
    leases = await claimed(store)
    ended = await asyncio.gather(*(complete(store, lease) for lease in leases))

    assert [JobStatus.SUCCEEDED] * 2 == [end.status for end in ended]
    assert [False] * 2 == [end.repeated for end in ended]
    connection = await asyncpg.connect(emptied_postgres)
    writers = await connection.fetchval(
        "select count(distinct jobs.xmin::text) from jobs join compile_runs as run on run.id = jobs.compile_run_id"
        " where jobs.status = 'succeeded' and run.status = 'SUCCEEDED' and run.xmin = jobs.xmin"
    )
    await connection.close()
    assert 1 == writers


async def test_one_end_delivered_twice_at_one_moment_counts_once(store: SqlStore) -> None:
    """One of the two changed something; the other says that it had already landed."""
    lease, other = await claimed(store)
    ended = await asyncio.gather(*(complete(store, each) for each in (lease, other, lease)))

    assert [False, False, True] == [end.repeated for end in ended]


async def test_a_stale_end_beside_the_valid_one_of_the_same_job_is_refused(store: SqlStore) -> None:
    """The lease that was lost is not taken for the one that holds, though both name the same job."""
    stale, _ = await claimed(store)
    async with store.step() as work:
        await work.jobs.hand_back(stale)
    async with store.step() as work:
        (valid,) = await work.jobs.claim("other", limit=1, terms=TERMS)
    refused, ended = await asyncio.gather(complete(store, stale), complete(store, valid), return_exceptions=True)

    assert stale.job_id == valid.job_id
    assert isinstance(refused, LeaseLost)
    assert isinstance(ended, Ended)
    assert not ended.repeated


async def test_an_end_whose_row_is_locked_keeps_no_other_waiting(store: SqlStore, emptied_postgres: str) -> None:
    """It waits by itself; the one beside it has ended meanwhile."""
    locked, free = await claimed(store)
    connection = await asyncpg.connect(emptied_postgres)
    holding = connection.transaction()
    await holding.start()
    await connection.execute("select from jobs where id = $1 for update", locked.job_id)
    waiting = asyncio.create_task(complete(store, locked))
    await complete(store, free)
    assert [JobStatus.RUNNING, JobStatus.SUCCEEDED] == await statuses(store, locked, free)

    await holding.rollback()
    await connection.close()
    assert JobStatus.SUCCEEDED is (await waiting).status


async def test_an_end_that_the_database_refuses_spoils_no_other(store: SqlStore, emptied_postgres: str) -> None:
    """A trigger refuses one run: its end errs, the one beside it is written."""
    refused, accepted = await claimed(store)
    connection = await asyncpg.connect(emptied_postgres)
    await connection.execute(
        "create function refuse() returns trigger language plpgsql as $$ begin raise 'a bad row'; end $$;"
        "create trigger refuse before update on compile_runs for each row"
        f" when (new.id = '{refused.compile_run_id}') execute function refuse()"
    )
    try:
        found = await asyncio.gather(complete(store, refused), complete(store, accepted), return_exceptions=True)
        assert [asyncpg.RaiseError, Ended] == [type(each) for each in found]
        assert [JobStatus.RUNNING, JobStatus.SUCCEEDED] == await statuses(store, refused, accepted)
    finally:
        await connection.execute("drop function refuse cascade")
        await connection.close()


async def test_an_end_frees_the_brand_for_the_job_that_waits(store: SqlStore) -> None:
    """Also beside another's: workers of this process are told."""
    leases = await claimed(store)
    async with store.transaction() as work:
        run = build.compile_run(3, brand_id=build.brand_id(2))
        await work.jobs.add(run, build.job(3, brand_id=build.brand_id(2), available_at=SystemClock().now()))
    store._ready.clear()
    await asyncio.gather(*(complete(store, lease) for lease in leases))

    assert store._ready.is_set()


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_comes_at_one_moment_one_end_of_a_lease_counts(store: SqlStore, seed: int) -> None:
    """Ends are repeated, stale, mixed with failures, returns and cancellations: each lease is ended once, rightly."""
    random, numbers = Random(seed), range(3, 19)
    async with store.transaction() as work:
        for number in numbers:
            brand = build.brand(number)
            await work.brands.add(brand)
            await work.jobs.add(build.compile_run(number, brand_id=brand.id), build.job(number, brand_id=brand.id))
    async with store.step() as work:
        stale = {lease.job_id: lease for lease in await work.jobs.claim("early", limit=99, terms=TERMS)}
    for lease in stale.values():
        async with store.step() as work:
            await work.jobs.hand_back(lease)
    async with store.step() as work:
        valid = await work.jobs.claim("late", limit=99, terms=TERMS)

    async def fail(lease: Lease) -> Ended:
        async with store.step() as work:
            return await work.jobs.fail(lease, "boom", retry=True, report=None, terms=TERMS)

    async def hand_back(lease: Lease) -> Ended:
        async with store.step() as work:
            return await work.jobs.hand_back(lease)

    async def cancel(lease: Lease) -> Job:
        async with store.step() as work:
            return await work.jobs.cancel(lease.compile_run_id)

    acts: dict[str, Callable[[Lease], Awaitable[object]]] = {
        "complete": partial(complete, store),
        "fail": fail,
        "hand_back": hand_back,
        "cancel": cancel,
    }
    calls: list[tuple[Lease, str, Awaitable[object]]] = []
    for lease in valid:
        for name in random.choices([*acts, "complete", "stale"], k=4):
            call = complete(store, stale[lease.job_id]) if name == "stale" else acts[name](lease)
            calls.append((lease, name, call))
    random.shuffle(calls)
    answers = await asyncio.gather(*(call for _, _, call in calls), return_exceptions=True)

    async with store.reading() as work:
        jobs = {lease.job_id: await work.jobs.get(lease.job_id) for lease in valid}
        runs = {lease.job_id: await work.runs.get(lease.brand_id, lease.compile_run_id) for lease in valid}
    for lease in valid:
        of_lease = [(name, answer) for (whose, name, _), answer in zip(calls, answers, strict=True) if whose is lease]
        ended = [name for name, answer in of_lease if isinstance(answer, Ended) and not answer.repeated]
        repeated = [name for name, answer in of_lease if isinstance(answer, Ended) and answer.repeated]
        status = jobs[lease.job_id].status
        assert all(isinstance(answer, LeaseLost) for name, answer in of_lease if name == "stale")
        assert (1 if {"complete", "fail", "hand_back"} & {name for name, _ in of_lease} else 0) == len(ended)
        assert ended == ["complete"] or not repeated
        assert (ended == ["complete"]) == (status is JobStatus.SUCCEEDED)
        assert RUN_STATUS[status] is runs[lease.job_id].status
