"""Filling a queue: brands, each with one job that is ready."""

from __future__ import annotations

from datetime import UTC, datetime

from brandbrain_core.testing import build
from brandbrain_store import open_store

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
AT_ONCE = 500


async def fill(url: str, count: int) -> None:
    """Enqueue *count* jobs, each of a brand of its own."""
    store = await open_store(url, migrate=False)
    for first in range(0, count, AT_ONCE):
        async with store.transaction() as work:
            for number in range(first, min(first + AT_ONCE, count)):
                brand_id = build.brand_id(number)
                await work.brands.add(build.brand(number))
                run = build.compile_run(number, brand_id=brand_id)
                await work.jobs.add(run, build.job(number, brand_id=brand_id, available_at=LONG_AGO))
    await store.close()
