"""oban for Python, by its public interface; it needs Python 3.12 or newer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from bench.jobs.contender import Picked, nobody_looks
from bench.jobs.measured import Order
from oban import Oban, worker
from oban.schema import install
from psycopg_pool import AsyncConnectionPool

_FILL = """
insert into oban_jobs (worker, state, queue, attempt)
select %s, %s::oban_job_state, 'default', %s from generate_series(1, %s)
"""
_COUNT = "select count(*) from oban_jobs where state = 'completed'"


class WithOban:
    """See `bench.jobs.contender.Contender`."""

    versions = f"oban {version('oban')}, psycopg {version('psycopg')}"

    async def prepare(self, order: Order) -> None:
        """Lay out its schema."""
        self._pool: Any = AsyncConnectionPool(conninfo=order.dsn, min_size=4, max_size=20, open=False)
        await self._pool.open(wait=True)
        await install(self._pool)
        self._picked: Picked = nobody_looks
        self._client = Oban(pool=self._pool, name="bench-client")
        self._worker = self._made_worker()
        await self._execute(_FILL, self._name(), "completed", 1, order.finished)
        await self._execute("analyze")
        self._filled = order.finished

    async def fill(self, jobs: int) -> None:
        """Add pending jobs."""
        await self._execute(_FILL, self._name(), "available", 0, jobs)

    async def enqueue(self) -> None:
        """Enqueue one job."""
        await self._client.enqueue(self._worker.new({}))

    @asynccontextmanager
    async def working(self, picked: Picked, slots: int) -> AsyncIterator[None]:
        """Run its producer of one queue."""
        self._picked = picked
        async with Oban(pool=self._pool, name="bench-server", queues={"default": slots}):
            yield

    async def finished(self) -> int:
        """Return how many completed."""
        async with self._pool.connection() as connection:
            counted = await (await connection.execute(_COUNT)).fetchone()
        return int(counted[0]) - self._filled

    async def close(self) -> None:
        """Close the pool."""
        await self._pool.close()

    def _made_worker(self) -> Any:
        async def process(_: Any, job: Any) -> None:
            self._picked(job.id)

        return worker(queue="default", oban="bench-client")(type("Bench", (), {"process": process}))

    def _name(self) -> str:
        return str(self._worker.new({}).worker)

    async def _execute(self, statement: str, *values: object) -> None:
        async with self._pool.connection() as connection:
            await connection.execute(statement, values)
