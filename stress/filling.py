"""Filling a queue: brands, each with one job that is ready."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg

from brandbrain_core.testing import build
from brandbrain_store import open_store

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
AT_ONCE = 500
SPREAD = """
update jobs set available_at = clock_timestamp() + make_interval(secs => 3 + place / $1)
from (select id, row_number() over (order by id) as place from jobs) as ordered where jobs.id = ordered.id"""


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


async def spread(url: str, pace: float) -> None:
    """
    Let jobs become ready one after the other, *pace* a second, as soon as workers may have started.

    A job whose lease was taken away is then ready before most others: the second attempt begins while the first one's
    worker may still be there.
    """
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(SPREAD, pace)
    finally:
        await connection.close()
