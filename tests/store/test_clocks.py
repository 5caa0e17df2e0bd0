"""Hosts whose clocks are wrong: PostgreSQL's own clock decides."""

from __future__ import annotations

from datetime import timedelta

from brandbrain_core.clock import SystemClock
from brandbrain_core.model.job import LeaseTerms
from brandbrain_core.testing import build
from brandbrain_store import open_store


async def test_a_host_whose_clock_is_ahead_does_not_delay_its_job(emptied_postgres: str) -> None:
    """A job is available now, whatever the host that kicked it off takes for now."""
    ahead = SystemClock().now() + timedelta(hours=1)
    store = await open_store(emptied_postgres, migrate=False)
    try:
        async with store.transaction() as work:
            await work.brands.add(build.brand())
            await work.jobs.add(build.compile_run(1, created_at=ahead), build.job(1, available_at=ahead))

        async with store.transaction() as work:
            claimed = await work.jobs.claim("here", limit=1, terms=LeaseTerms())
    finally:
        await store.close()

    assert [build.job_id(1)] == [lease.job_id for lease in claimed]
