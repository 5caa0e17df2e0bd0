"""
A worker process for the stress driver: everything is real but the work, which is cheap, sometimes wrong, and sometimes
goes on though it was told to stop.

Called as ``python -m stress.cheap_worker '{"url": ...}'``; see `Orders`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import attrs
from stress.witness import Witness, WitnessedStore

from brandbrain_core.clock import SystemClock, SystemIds
from brandbrain_core.errors import LeaseLost
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
        writes: File to write each accepted write under a lease to; see `stress.witness`.
        clock_ahead: By how much this host's clock is wrong.
        longest: Of one piece of work.
        wrong: Share of the work that fails, with bytes in its error that databases refuse.
        stubborn: Share of the work that goes on when it is told to stop, and tries to write all the same.
        slow_again: Share of second and third attempts that take about as long as a lease lives: what is left of the
            attempt before meets them.
        blocking: Share of the work that blocks the event loop for its time.
    """

    url: str
    name: str
    counters: str
    writes: str
    seed: int
    heartbeat: float
    stale_after: float
    clock_ahead: float = 0.0
    concurrency: int = 8
    longest: float = 0.05
    wrong: float = 0.02
    stubborn: float = 0.6
    slow_again: float = 0.7
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
    """
    The work: progress, a little time, an end; all of it says under which token it was written.

    Stubborn work that is told to stop waits a while, so that another attempt may have begun, then tries everything.
    """

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._random = Random(orders.seed)

    async def __call__(self, tools: Tools) -> Ended:
        """Do it."""
        draw = self._random.random
        is_wrong, is_stubborn = draw() < self._orders.wrong, draw() < self._orders.stubborn
        try:
            await _progress(tools)
            await self._take_time(tools, draw() < self._orders.blocking)
            await _evidence(tools)
        except asyncio.CancelledError:
            if not is_stubborn:
                raise
            await self._try_everything(tools)
        tools.finishing()
        return await (_fail(tools) if is_wrong else _complete(tools))

    async def _take_time(self, tools: Tools, blocks: bool) -> None:
        seconds = self._random.uniform(0, self._orders.longest)
        if tools.lease.attempt > 1 and self._random.random() < self._orders.slow_again:
            seconds = self._random.uniform(0.5, 1.5) * self._orders.stale_after
        elif blocks:
            time.sleep(seconds)  # noqa: ASYNC251  that is the fault
        await asyncio.sleep(seconds)

    async def _try_everything(self, tools: Tools) -> None:
        """Wait a while, then do all that ends nothing, and maybe give the job back or fail it."""
        await asyncio.sleep(self._random.uniform(0, 0.5) * self._orders.stale_after)
        ends = self._random.choice([(), (_hand_back,), (_fail,)])
        for act in (_progress, _evidence, *ends):
            with contextlib.suppress(LeaseLost):
                await act(tools)


async def _progress(tools: Tools) -> None:
    token = tools.lease.token
    progress = Progress(stage=Stage.COMPILING, sources_completed=token, sources_total=token)
    await tools.end(lambda work: work.jobs.progress(tools.lease, progress))


async def _evidence(tools: Tools) -> object:
    return await tools.write(lambda work: work.evidence.upsert(tools.lease.brand_id, (), at=tools.clock.now()))


async def _hand_back(tools: Tools) -> Ended:
    return await tools.end(lambda work: work.jobs.hand_back(tools.lease))


async def _fail(tools: Tools) -> Ended:
    lease, terms = tools.lease, tools.plan.terms
    error = f"token {lease.token}: \x00 \ud800 {'x' * 10_000}"
    return await tools.end(lambda work: work.jobs.fail(lease, error, retry=True, report=None, terms=terms))


async def _complete(tools: Tools) -> Ended:
    return await tools.end(lambda work: _publish(work, tools))


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

    witness = Witness(Path(orders.writes))

    async def opened() -> Store:
        return WitnessedStore(await open_store(orders.url, migrate=False), witness)

    store = await _patiently(orders)
    deps = Deps(
        store=WitnessedStore(store, witness),
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
