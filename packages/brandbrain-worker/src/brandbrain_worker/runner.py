"""The worker: claims jobs while it has free slots, works on them, sweeps, and stops when it is told to."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from typing import Any, Final

import attrs

from brandbrain_core.errors import BrandBrainError
from brandbrain_core.model.job import Job, Lease
from brandbrain_core.pipeline import compile_leased
from brandbrain_core.ports import Store, WakeUps
from brandbrain_core.services.deps import Deps
from brandbrain_worker.attempt import End, Work, attempt
from brandbrain_worker.counters import Counters
from brandbrain_worker.heartbeat import HeartbeatThread
from brandbrain_worker.held import HeldLease, HeldLeases, Verdict
from brandbrain_worker.options import WorkerOptions
from brandbrain_worker.sweeping import sweep

log = logging.getLogger(__name__)

FIRST_PAUSE: Final = timedelta(milliseconds=200)


@attrs.frozen(kw_only=True)
class Outcome:
    """
    How a worker ended.

    Attributes:
        done: Jobs it worked on.
        handed_back: Jobs it had to return unfinished.
    """

    done: int
    handed_back: int

    @property
    def is_drained(self) -> bool:
        """Whether every job it began was ended."""
        return self.handed_back == 0


class Worker:
    """
    Works until it is stopped, or has done what its options ask for. Make a new one for each run.

    Args:
        deps: The store, time, ids and plan.
        name: On its leases, as `brandbrain_worker.identity.worker_name` makes it.
        open_store: Opens another store on the same database, for the thread that beats.
        wake_ups: Tells that a job may be ready; without one the queue is polled.
        work: Does the work of a lease.
    """

    def __init__(
        self,
        deps: Deps,
        *,
        name: str,
        options: WorkerOptions,
        open_store: Callable[[], Awaitable[Store]],
        wake_ups: WakeUps | None = None,
        work: Work = compile_leased,
    ) -> None:
        self.counters = Counters()
        self._deps = deps
        self._name = name
        self._options = options
        self._wake_ups = wake_ups
        self._work = work
        self._held = HeldLeases()
        self._heart = HeartbeatThread(open_store, self._held, deps.plan.terms, self.counters)
        self._tasks: set[asyncio.Task[None]] = set()
        self._told: set[asyncio.Task[None]] = set()
        self._stop = asyncio.Event()
        self._claimed = 0
        self._pause = FIRST_PAUSE
        self._jitter = Random()

    def stop(self) -> None:
        """Claim nothing more and end what runs; called again, hand it back at once. Call it from the worker's loop."""
        if self._stop.is_set():
            log.warning("stopping at once", extra={"jobs": len(self._tasks)})
            self._cancel_all()
        else:
            log.info("draining", extra={"jobs": len(self._tasks)})
            self._stop.set()

    async def run(self) -> Outcome:
        """Work; return when stopped, or when all that was asked for is done."""
        self._heart.start()
        sweeper = asyncio.create_task(self._sweep_for_ever())
        log.info("worker started", extra={"worker": self._name, "slots": self._options.concurrency})
        try:
            await self._claim_and_work()
            await self._drain()
        finally:
            sweeper.cancel()
            self._cancel_all()
            await asyncio.gather(sweeper, *self._tasks, return_exceptions=True)
            await asyncio.to_thread(self._heart.stop)
            log.info("worker stopped", extra={"worker": self._name, **self.counters.as_dict()})
        handed_back = int(self.counters.as_dict().get(End.HANDED_BACK, 0))
        return Outcome(done=self._claimed - handed_back, handed_back=handed_back)

    async def _claim_and_work(self) -> None:
        while not self._stop.is_set() and self._left() != 0:
            before = time.monotonic()
            claimed = await self._claim(self._free())
            if claimed is None:
                await self._idle(self._next_pause())
                continue
            self._pause = FIRST_PAUSE
            for lease in claimed:
                self._begin(lease, before)
            if not claimed and self._options.once:
                return
            if not claimed:
                await self._idle(self._poll())
            elif self._free() == 0:
                await self._stop_slot_or()

    def _left(self) -> int | None:
        limit = self._options.limit
        return None if limit is None else limit - self._claimed

    def _free(self) -> int:
        free = self._options.concurrency - len(self._tasks)
        left = self._left()
        return free if left is None else min(free, left)

    async def _claim(self, count: int) -> tuple[Lease, ...] | None:
        """Return what could be claimed; None: the database did not answer."""
        if count <= 0:
            return ()
        try:
            async with self._deps.store.transaction() as work:
                return await work.jobs.claim(self._name, limit=count, terms=self._deps.plan.terms)
        except BrandBrainError as error:
            log.warning("claim failed", extra={"error": type(error).__name__, "retry_in": self._pause.total_seconds()})
            return None

    def _begin(self, lease: Lease, before: float) -> None:
        self._claimed += 1
        self.counters.add("claimed")
        task = asyncio.create_task(self._do(lease, before))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, lease: Lease, before: float) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def stop(verdict: Verdict) -> None:
            log.warning("work stopped", extra={"job": str(lease.job_id), "verdict": verdict, "token": lease.token})
            loop.call_soon_threadsafe(task.cancel)

        held = HeldLease(lease, confirmed=before, stop=stop)
        self._held.add(held)
        try:
            end = await attempt(self._deps, held, work=self._work)
        finally:
            self._held.remove(lease.job_id)
        self.counters.add(end)
        if end is End.LOST:
            self.counters.refused("work")
        log.info("job ended", extra={"job": str(lease.job_id), "run": str(lease.compile_run_id), "end": end})

    async def _idle(self, pause: timedelta) -> None:
        """Wait for a wake-up, a free slot, a stop, or the end of the pause."""
        await self._stop_slot_or(asyncio.create_task(self._woken(pause.total_seconds())))

    async def _stop_slot_or(self, *others: asyncio.Task[None]) -> None:
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(self._stop.wait()), *others]
        try:
            await asyncio.wait([*waits, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _woken(self, seconds: float) -> None:
        if self._wake_ups is None:
            await asyncio.sleep(seconds)
        else:
            await self._wake_ups.wait(seconds)

    def _poll(self) -> timedelta:
        return self._options.poll_interval * self._jitter.uniform(0.8, 1.0)

    def _next_pause(self) -> timedelta:
        pause, self._pause = self._pause, min(2 * self._pause, self._options.poll_interval)
        return pause * self._jitter.uniform(0.8, 1.0)

    async def _sweep_for_ever(self) -> None:
        while True:
            await sweep(self._deps, self.counters)
            await asyncio.sleep(self._options.stale_check_interval.total_seconds())

    async def _drain(self) -> None:
        while self._tasks and not self._stop.is_set():
            await self._stop_slot_or()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=self._options.drain_timeout.total_seconds())

    def _cancel_all(self) -> None:
        """Stop all work; each task is told once, so that handing back is not interrupted."""
        for task in self._tasks - self._told:
            self._told.add(task)
            task.cancel()


async def claimable(deps: Deps, *, limit: int) -> tuple[Job, ...]:
    """Return what a worker would claim now, and change nothing."""
    async with deps.store.reading() as work:
        return await work.jobs.claimable(limit=limit)
