"""
A worker process for the stress driver: everything is real but the work, which is cheap, sometimes wrong, and sometimes
goes on though it was told to stop.

Called as ``python cheap_worker.py '{"url": ...}'``; see `Orders`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import attrs

from brandbrain_core.clock import SystemClock, SystemIds
from brandbrain_core.ids import SnapshotId
from brandbrain_core.model.draft import Brief, Draft
from brandbrain_core.model.job import JobStatus, LeaseTerms
from brandbrain_core.model.run import Progress, Stage
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import Ended, Store, UnitOfWork
from brandbrain_core.services.deps import Deps
from brandbrain_core.testing import build
from brandbrain_store import SqlStore, open_store
from brandbrain_worker import Worker, WorkerOptions, on_signals


@attrs.frozen(kw_only=True)
class Orders:
    """
    How the driver wants the worker. Durations are seconds, shares 0 to 1.

    Attributes:
        counters: File to write the worker's counters to, again and again: it may be killed at any moment. The worker
            ends at the latest when the driver does.
        clock_ahead: By how much this host's clock is wrong.
        longest: Of one piece of work.
        wrong: Share of the work that fails, with bytes in its error that databases refuse.
        stubborn: Share of the work that goes on when it is told to stop, and tries to write its end all the same.
        blocking: Share of the work that blocks the event loop for its time.
    """

    url: str
    name: str
    counters: str
    seed: int
    heartbeat: float
    stale_after: float
    clock_ahead: float = 0.0
    concurrency: int = 8
    longest: float = 0.05
    wrong: float = 0.02
    stubborn: float = 0.3
    blocking: float = 0.02

    @property
    def terms(self) -> LeaseTerms:
        """Return the terms of its leases."""
        return LeaseTerms(
            heartbeat=timedelta(seconds=self.heartbeat),
            stale_after=timedelta(seconds=self.stale_after),
            deadline=timedelta(seconds=60),
            backoff_base=timedelta(milliseconds=50),
            backoff_cap=timedelta(seconds=1),
        )


@attrs.frozen(kw_only=True)
class WrongClock:
    """The machine's clock, and then some."""

    ahead: timedelta

    def now(self) -> datetime:
        """Return a moment that is not this one."""
        return SystemClock().now() + self.ahead


@attrs.frozen(kw_only=True)
class Silent:
    """A synthesizer that is never asked."""

    id: str = "silent"
    model: str | None = None
    prompt_version: str = "1"

    async def draft(self, brief: Brief) -> Draft:
        """Fail: nothing may ask."""
        raise NotImplementedError(brief)


class CheapWork:
    """The work: progress, a little time, an end; all of it says under which token it was written."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._random = Random(orders.seed)

    async def __call__(self, tools: Tools) -> Ended:
        """Do it."""
        draw = self._random.random
        is_wrong, is_stubborn = draw() < self._orders.wrong, draw() < self._orders.stubborn
        token = tools.lease.token
        progress = Progress(stage=Stage.COMPILING, sources_completed=token, sources_total=token)
        try:
            await tools.end(lambda work: work.jobs.progress(tools.lease, progress))
            await self._take_time(tools, draw() < self._orders.blocking)
        except asyncio.CancelledError:
            if not is_stubborn:
                raise
        tools.finishing()
        if is_wrong:
            error, lease, terms = f"token {token}: \x00 \ud800 {'x' * 10_000}", tools.lease, tools.plan.terms
            return await tools.end(lambda work: work.jobs.fail(lease, error, retry=True, report=None, terms=terms))
        return await tools.end(lambda work: _publish(work, tools))

    async def _take_time(self, tools: Tools, blocks: bool) -> None:
        seconds = self._random.uniform(0, self._orders.longest)
        if blocks:
            time.sleep(seconds)  # noqa: ASYNC251  that is the fault
        await asyncio.sleep(seconds)
        await tools.write(lambda work: work.evidence.upsert(tools.lease.brand_id, (), at=tools.clock.now()))


async def _publish(work: UnitOfWork, tools: Tools) -> Ended:
    lease = tools.lease
    if await work.snapshots.of_run(lease.compile_run_id) is None:
        await work.jobs.fence(lease)
        head = await work.snapshots.head(lease.brand_id)
        snapshot = build.stored_snapshot(
            1 if head is None else head.version + 1,
            id=SnapshotId(tools.ids.new()),
            brand_id=lease.brand_id,
            compile_run_id=lease.compile_run_id,
            input_hash=str(lease.token),
            document="{}",
        )
        await work.snapshots.append(snapshot)
    ended = await work.jobs.complete(lease, build.run_report())
    assert ended.status is JobStatus.SUCCEEDED
    return ended


async def work_until_stopped(orders: Orders) -> int:
    """Run the worker; return 0 if it was drained."""

    async def opened() -> Store:
        return await open_store(orders.url, migrate=False)

    store = await _patiently(orders)
    deps = Deps(
        store=store,
        clock=WrongClock(ahead=timedelta(seconds=orders.clock_ahead)),
        ids=SystemIds(),
        plan=Plan(synthesizers=(Silent(),), terms=orders.terms),
    )
    options = WorkerOptions(
        concurrency=orders.concurrency,
        poll_interval=timedelta(seconds=0.5),
        stale_check_interval=timedelta(seconds=0.5),
        drain_timeout=timedelta(seconds=10),
    )
    worker = Worker(
        deps,
        name=orders.name,
        options=options,
        open_store=opened,
        wake_ups=store.wake_ups(),
        work=CheapWork(orders),
    )
    telling = asyncio.create_task(_tell(worker, Path(orders.counters)))
    with on_signals(worker.stop):
        outcome = await worker.run()
    telling.cancel()
    _write(worker, Path(orders.counters))
    await store.close()
    return 0 if outcome.is_drained else 1


async def _patiently(orders: Orders) -> SqlStore:
    while True:
        try:
            return await open_store(orders.url, migrate=False)
        except Exception:  # noqa: BLE001  whatever keeps it from the database passes
            await asyncio.sleep(0.1)


async def _tell(worker: Worker, file: Path) -> None:
    driver = os.getppid()
    while os.getppid() == driver:
        _write(worker, file)
        await asyncio.sleep(0.2)
    os._exit(1)


def _write(worker: Worker, file: Path) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(worker.counters.as_dict()))
    fresh.replace(file)


if __name__ == "__main__":
    logging.basicConfig(level=os.environ.get("STRESS_LOG", "CRITICAL"))
    sys.exit(asyncio.run(work_until_stopped(Orders(**json.loads(sys.argv[1])))))
