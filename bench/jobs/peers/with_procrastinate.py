"""procrastinate, by its public interface."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from typing import Any

import procrastinate
from bench.jobs.contender import Picked, nobody_looks
from bench.jobs.measured import Order

_FINISHED = """
insert into procrastinate_jobs (queue_name, task_name, status, attempts)
select 'default', 'bench', 'succeeded', 1 from generate_series(1, %(jobs)s)
"""
_COUNT = "select count(*) as jobs from procrastinate_jobs where status = 'succeeded'"


class Procrastinate:
    """See `bench.jobs.contender.Contender`."""

    versions = f"procrastinate {version('procrastinate')}, psycopg {version('psycopg')}"

    async def prepare(self, order: Order) -> None:
        """Lay out its schema."""
        self._connector = procrastinate.PsycopgConnector(conninfo=order.dsn, min_size=4, max_size=20)
        self._app = procrastinate.App(connector=self._connector)
        self._picked: Picked = nobody_looks
        await self._app.open_async()
        await self._app.schema_manager.apply_schema_async()
        await self._connector.execute_query_async(_FINISHED, jobs=order.finished)
        await self._connector.execute_query_async("analyze")
        self._filled = order.finished

        async def bench(context: Any) -> None:
            self._picked(context.job.id)

        self._task = self._app.task(name="bench", pass_context=True)(bench)

    async def fill(self, jobs: int) -> None:
        """Add pending jobs in batches."""
        for start in range(0, jobs, 5_000):
            await self._task.batch_defer_async(*[{} for _ in range(min(5_000, jobs - start))])

    async def enqueue(self) -> None:
        """Defer one job."""
        await self._task.defer_async()

    @asynccontextmanager
    async def working(self, picked: Picked, slots: int) -> AsyncIterator[None]:
        """Run its worker."""
        self._picked = picked
        worker = asyncio.create_task(
            self._app.run_worker_async(concurrency=slots, install_signal_handlers=False, listen_notify=True)
        )
        try:
            yield
        finally:
            worker.cancel()
            with suppress(asyncio.CancelledError):
                await worker

    async def finished(self) -> int:
        """Return how many succeeded."""
        counted = await self._connector.execute_query_one_async(_COUNT)
        return int(counted["jobs"]) - self._filled

    async def close(self) -> None:
        """Close its pool."""
        await self._app.close_async()
