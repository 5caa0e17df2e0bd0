"""Our own queue, through the store alone and through the worker; a job's work is nothing, its end is fenced."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

import asyncpg
from bench.jobs import our_rows
from bench.jobs.contender import WARM_UP, Picked
from bench.jobs.measured import Order

from brandbrain_core.clock import SystemClock, SystemIds
from brandbrain_core.ids import BrandId, JobId, RunId
from brandbrain_core.model.job import Lease, LeaseTerms
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import Ended
from brandbrain_core.services.deps import Deps
from brandbrain_core.synthesis import RulesSynthesizer
from brandbrain_core.testing import build
from brandbrain_store import SqlStore, open_store
from brandbrain_worker import Worker, WorkerOptions

_REPORT = build.run_report()


class ThroughStore:
    """See `bench.jobs.contender.Contender`: claims as many as there are slots, then finishes them side by side."""

    versions = f"brandbrain {version('brandbrain-store')}, SQLAlchemy {version('sqlalchemy')}"

    async def prepare(self, order: Order) -> None:
        """Migrate; brands are added beforehand, for a brand has one waiting job at the most."""
        self._dsn = order.dsn
        self._store: SqlStore = await open_store(order.dsn, migrate=True)
        self._connection: Any = await asyncpg.connect(order.dsn)
        self._brands = our_rows.brand_ids(WARM_UP + order.samples + order.jobs + order.backlog)
        self._ids = SystemIds()
        self._clock = SystemClock()
        await our_rows.add_brands(self._connection, WARM_UP + order.samples + order.jobs + order.backlog)
        await our_rows.add_finished(self._connection, order.finished)
        await self._connection.execute("vacuum analyze")
        self._filled = order.finished

    async def fill(self, jobs: int) -> None:
        """Add pending jobs, for the next brands."""
        brands = [next(self._brands) for _ in range(jobs)]
        await our_rows.add_pending(self._connection, brands)

    async def enqueue(self) -> None:
        """Add a run and its job, as a kick-off does."""
        now, brand = self._clock.now(), BrandId(next(self._brands))
        run = build.compile_run(id=RunId(self._ids.new()), brand_id=brand, created_at=now)
        job = build.job(
            id=JobId(self._ids.new()),
            brand_id=brand,
            compile_run_id=run.id,
            available_at=now,
            created_at=now,
            updated_at=now,
        )
        async with self._store.step() as work:
            await work.jobs.add(run, job)

    @asynccontextmanager
    async def working(self, picked: Picked, slots: int) -> AsyncIterator[None]:
        """Claim, finish, and wait for a wake-up when there is nothing."""
        self._stopping = False
        loop = asyncio.create_task(self._work(picked, slots))
        try:
            yield
        finally:
            self._stopping = True
            await loop

    async def finished(self) -> int:
        """Return how many runs and jobs succeeded together."""
        counted = await self._connection.fetchval(our_rows.COUNT_SUCCEEDED)
        return int(counted) - self._filled

    async def close(self) -> None:
        """Close everything."""
        await self._connection.close()
        await self._store.close()

    async def _work(self, picked: Picked, slots: int) -> None:
        bell = self._store.wake_ups()
        while not self._stopping:
            async with self._store.step() as work:
                leases = await work.jobs.claim("bench", limit=slots, terms=LeaseTerms())
            for lease in leases:
                picked(lease.job_id)
            if len(leases) == 1:
                await self._finish(leases[0])
            elif leases:
                await asyncio.gather(*map(self._finish, leases))
            else:
                await bell.wait(0.5)
        await bell.close()

    async def _finish(self, lease: Lease) -> None:
        async with self._store.step() as work:
            await work.jobs.complete(lease, _REPORT)


class ThroughWorker(ThroughStore):
    """The worker itself, with heartbeats, sweeps and counters."""

    @asynccontextmanager
    async def working(self, picked: Picked, slots: int) -> AsyncIterator[None]:
        """Run a worker."""

        async def work(tools: Tools) -> Ended:
            picked(tools.lease.job_id)
            return await tools.step(lambda unit: unit.jobs.complete(tools.lease, _REPORT))

        plan = Plan(synthesizers=(RulesSynthesizer(),))
        worker = Worker(
            Deps(store=self._store, clock=self._clock, ids=self._ids, plan=plan),
            name="bench-00000001",
            options=WorkerOptions(concurrency=slots),
            open_store=lambda: open_store(self._dsn, migrate=False),
            wake_ups=self._store.wake_ups(),
            work=work,
        )
        running = asyncio.create_task(worker.run())
        try:
            yield
        finally:
            worker.stop()
            await running
