"""SQLite takes the time from the host: a clock that is set back delays, and takes nothing from anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from brandbrain_core.model.job import JobStatus, LeaseTerms
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import ManualClock
from brandbrain_store import SqlStore, open_store

TERMS = LeaseTerms()
HOUR = timedelta(hours=1)
MOMENT = timedelta(seconds=1)


@pytest.fixture
def clock() -> ManualClock:
    """The host's clock."""
    return ManualClock()


async def test_a_lease_outlives_a_clock_that_is_set_back(sqlite_url: str, clock: ManualClock) -> None:
    """Nobody takes it early, signs of life never go back, and it lapses when the clock has caught up."""
    store = await open_store(sqlite_url, migrate=False, clock=clock)
    try:
        await _enqueue(store)
        async with store.transaction() as work:
            (lease,) = await work.jobs.claim("w1", limit=1, terms=TERMS)
        claimed_at = clock.now()
        clock.advance(-HOUR)

        async with store.transaction() as work:
            assert () == await work.jobs.release_stale(limit=9, terms=TERMS)
            (beat,) = await work.jobs.extend([lease], terms=TERMS)
            assert (False, False) == (beat.lost, beat.cancel)
            assert claimed_at == (await work.jobs.get(lease.job_id)).locked_at

        clock.advance(HOUR + TERMS.stale_after)
        async with store.transaction() as work:
            assert () == await work.jobs.release_stale(limit=9, terms=TERMS)
        clock.advance(MOMENT)
        async with store.transaction() as work:
            assert [lease.token] == [each.token for each in await work.jobs.release_stale(limit=9, terms=TERMS)]
    finally:
        await store.close()


async def test_a_job_waits_for_a_clock_that_was_set_back(sqlite_url: str, clock: ManualClock) -> None:
    """It is not lost: it is claimed when its time has come again."""
    store = await open_store(sqlite_url, migrate=False, clock=clock)
    try:
        await _enqueue(store)
        clock.advance(-HOUR)
        async with store.transaction() as work:
            assert () == await work.jobs.claim("w1", limit=1, terms=TERMS)

        clock.advance(HOUR)
        async with store.transaction() as work:
            (lease,) = await work.jobs.claim("w1", limit=1, terms=TERMS)
            assert JobStatus.RUNNING is (await work.jobs.get(lease.job_id)).status
    finally:
        await store.close()


async def _enqueue(store: SqlStore) -> None:
    async with store.transaction() as work:
        await work.brands.add(build.brand())
        await work.jobs.add(build.compile_run(), build.job())
