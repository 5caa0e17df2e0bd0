"""What a step does on PostgreSQL, where a call of one statement is a transaction by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import event

from brandbrain_core.clock import SystemClock
from brandbrain_core.errors import LeaseLost
from brandbrain_core.model.job import JobStatus, LeaseTerms
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
