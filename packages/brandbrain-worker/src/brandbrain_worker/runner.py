"""The worker: claims jobs while it has free slots, works on them, sweeps, and stops when it is told to."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import Final

import attrs

from brandbrain_core.model.job import Lease, LeaseTerms
from brandbrain_core.pipeline import compile_leased
from brandbrain_core.ports import WakeUps
from brandbrain_core.services.deps import Deps
from brandbrain_worker.attempt import LAST_PATIENCE, End, Work, attempt, facts
from brandbrain_worker.claiming import Claims
from brandbrain_worker.counters import Counters
from brandbrain_worker.heartbeat import Heart, HeartbeatThread, OpenStore
from brandbrain_worker.held import HeldLease, HeldLeases, Verdict
from brandbrain_worker.options import WorkerOptions
from brandbrain_worker.refusals import CountingStore
from brandbrain_worker.sweeping import sweep, take_stock

log = logging.getLogger(__name__)

MakeHeart = Callable[[OpenStore, HeldLeases, LeaseTerms, Counters, Callable[[], float]], Heart]

LAST_SECONDS: Final = LAST_PATIENCE.total_seconds() + 2
"""How long work that was told to stop may take to be handed back, before it is left to its lease."""


@attrs.frozen(kw_only=True)
class Outcome:
    """
    How a worker ended.

    Attributes:
        done: Jobs it worked on to an end, whatever the end.
        handed_back: Jobs it returned unfinished; no attempt was used up.
        left: Jobs that it could not end or return; their leases lapse.
    """

    done: int
    handed_back: int
    left: int = 0

    @property
    def is_drained(self) -> bool:
        """Whether every job it began was ended."""
        return self.handed_back == 0 and self.left == 0


class Worker:
    """
    Works until it is stopped, or has done what its options ask for. Make a new one for each run, in its event loop.

    Args:
        deps: The store, time, ids and plan.
        name: On its leases, as `brandbrain_worker.identity.worker_name` makes it.
        open_store: Opens another store on the same database, for the thread that beats.
        wake_ups: Tells that a job may be ready; without one the queue is polled.
        work: Does the work of a lease.
        monotonic: The time by which leases are held; seconds.
        jitter: Spreads the looks of many workers at the queue; None: by chance.
        make_heart: Makes what gives signs of life; it must go on whatever the worker's loop does.
    """

    def __init__(
        self,
        deps: Deps,
        *,
        name: str,
        options: WorkerOptions,
        open_store: OpenStore,
        wake_ups: WakeUps | None = None,
        work: Work = compile_leased,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Random | None = None,
        make_heart: MakeHeart = HeartbeatThread,
    ) -> None:
        self.name = name
        self.counters = Counters()
        self._leases = HeldLeases()
        self._deps = attrs.evolve(deps, store=CountingStore(deps.store, self.counters, self._leases))
        self._options = options
        self._work = work
        self._monotonic = monotonic
        self._heart = make_heart(open_store, self._leases, deps.plan.terms, self.counters, monotonic)
        self._claims = Claims(
            self._deps, name, options, self.counters, wake_ups=wake_ups, jitter=Random() if jitter is None else jitter
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self._draining = asyncio.Event()
        self._stopping = asyncio.Event()
        self._claimed = 0
        self._left_behind = 0

    def stop(self) -> None:
        """Claim nothing more and end what runs; called again, hand it back at once. Call it from the worker's loop."""
        if not self._draining.is_set():
            log.info("draining", extra={"worker": self.name, "jobs": len(self._tasks)})
            self._draining.set()
        elif not self._stopping.is_set():
            log.warning("stopping at once", extra={"worker": self.name, "jobs": len(self._tasks)})
            self._stopping.set()

    async def run(self) -> Outcome:
        """Work; return when stopped, or when all that was asked for is done."""
        log.info("worker started", extra={"worker": self.name, "slots": self._options.concurrency})
        self._heart.start()
        try:
            await self._until_stopping(sweep(self._deps, self.counters))
            sweeper = asyncio.create_task(self._look_after_the_queue())
            try:
                await self._until_stopping(self._claim_and_work())
                await self._drain()
            finally:
                await self._hand_back_the_rest()
                sweeper.cancel()
                await asyncio.gather(sweeper, return_exceptions=True)
        finally:
            await asyncio.to_thread(self._heart.stop)
        log.info("worker stopped", extra={"worker": self.name, **self.counters.as_dict()})
        handed_back = self.counters.count(End.HANDED_BACK)
        done = self._claimed - handed_back - self._left_behind
        return Outcome(done=done, handed_back=handed_back, left=self._left_behind)

    async def _claim_and_work(self) -> None:
        while not self._draining.is_set() and self._wanted() != 0:
            if (free := self._free()) == 0:
                await self._something(None)
                continue
            before = self._monotonic()
            claim = await self._claims.claim(free)
            for lease in claim.leases:
                self._begin(lease, before)
            if self._options.once and claim.found_nothing:
                return
            if claim.pause is not None:
                await self._something(claim.pause)

    def _wanted(self) -> int | None:
        """Return how many more jobs are asked for; None: no end."""
        limit = self._options.limit
        return None if limit is None else limit - self._claimed

    def _free(self) -> int:
        free = self._options.concurrency - len(self._tasks)
        wanted = self._wanted()
        return free if wanted is None else min(free, wanted)

    def _begin(self, lease: Lease, before: float) -> None:
        self._claimed += 1
        self.counters.add("claimed")
        if lease.available_at is not None:
            self.counters.picked_up(lease.claimed_at - lease.available_at)
        log.info("job claimed", extra={**facts(lease), "worker": self.name})
        task = asyncio.create_task(self._do(HeldLease(lease, begun=before)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, held: HeldLease) -> None:
        with self._leases.holding(held):
            end = await attempt(self._deps, held, work=self._work, monotonic=self._monotonic)
        self.counters.add(end)
        if end is End.DROPPED and self._draining.is_set():
            self._left_behind += 1
        seconds = round(self._monotonic() - held.begun, 3)
        log.info("job ended", extra={**facts(held.lease), "end": end, "seconds": seconds})

    async def _something(self, pause: Callable[[], Awaitable[None]] | None) -> None:
        """Return when a job has ended, the worker is to stop, or the pause is over."""
        waits: list[asyncio.Task[object]] = [asyncio.create_task(self._draining.wait())]
        if pause is not None:
            waits.append(asyncio.ensure_future(pause()))
        try:
            await asyncio.wait([*waits, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _until_stopping(self, act: Awaitable[object]) -> None:
        """Wait for *act*; cancel it if the worker is to stop at once."""
        acting, stopping = asyncio.ensure_future(act), asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait([acting, stopping], return_when=asyncio.FIRST_COMPLETED)
            if acting.done():
                acting.result()
        finally:
            for each in (acting, stopping):
                each.cancel()
            await asyncio.gather(acting, stopping, return_exceptions=True)

    async def _look_after_the_queue(self) -> None:
        while True:
            await take_stock(self._deps, self.counters)
            await asyncio.sleep(self._options.stale_check_interval.total_seconds())
            await sweep(self._deps, self.counters)

    async def _drain(self) -> None:
        """Let running jobs end: as long as they take, or after a signal as long as drain_timeout allows."""
        while self._tasks and not self._draining.is_set():
            await self._something(None)
        if self._tasks:
            allowed = self._options.drain_timeout.total_seconds()
            await self._until_stopping(asyncio.wait(set(self._tasks), timeout=allowed))

    async def _hand_back_the_rest(self) -> None:
        for held in self._leases.all():
            held.judge(Verdict.RETURNED)
        if not self._tasks:
            return
        _, unfinished = await asyncio.wait(set(self._tasks), timeout=LAST_SECONDS)
        self._left_behind += len(unfinished)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
