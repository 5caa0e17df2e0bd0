"""pgqueuer, by its public interface; it moves finished jobs into a table of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

import asyncpg
from bench.jobs.contender import Picked
from bench.jobs.measured import Order
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.queries import Queries

_FINISHED = """
insert into pgqueuer_log (job_id, status, priority, entrypoint, aggregated)
select -n, 'successful', 0, 'bench', true from generate_series(1, $1) as n
"""
_COUNT = "select count(*) from pgqueuer_log where status = 'successful' and job_id > 0"


class WithPgqueuer:
    """See `bench.jobs.contender.Contender`."""

    versions = f"pgqueuer {version('pgqueuer')}, asyncpg {version('asyncpg')}"

    async def prepare(self, order: Order) -> None:
        """Lay out its schema."""
        self._pool: Any = await asyncpg.create_pool(order.dsn, min_size=4, max_size=20)
        self._queries = Queries.from_asyncpg_pool(self._pool)
        await self._queries.install()
        await self._pool.execute(_FINISHED, order.finished)
        await self._pool.execute("analyze")

    async def fill(self, jobs: int) -> None:
        """Add pending jobs in batches."""
        for start in range(0, jobs, 5_000):
            size = min(5_000, jobs - start)
            await self._queries.enqueue(["bench"] * size, [None] * size, [0] * size)

    async def enqueue(self) -> None:
        """Enqueue one job."""
        await self._queries.enqueue("bench", None)

    @asynccontextmanager
    async def working(self, picked: Picked, slots: int) -> AsyncIterator[None]:
        """Run its queue manager; it takes batches of as many as there are slots."""
        queuer = PgQueuer(AsyncpgPoolDriver(self._pool))

        async def bench(job: Any) -> None:
            picked(job.id)

        queuer.entrypoint("bench")(bench)
        running = asyncio.create_task(queuer.run(batch_size=slots, max_concurrent_tasks=2 * slots))
        try:
            yield
        finally:
            queuer.shutdown.set()
            await running

    async def finished(self) -> int:
        """Return how many were successful."""
        return int(await self._pool.fetchval(_COUNT))

    async def close(self) -> None:
        """Close the pool."""
        await self._pool.close()
