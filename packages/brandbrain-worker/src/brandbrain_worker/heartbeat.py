"""
Signs of life, on a thread, an event loop and a connection of their own.

Neither work that blocks the worker's loop nor a pool that is used up can starve them. A worker that cannot confirm its
leases stops their work by itself; that only saves work: what keeps a zombie from harm is the fence in every write.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

from brandbrain_core.errors import BrandBrainError
from brandbrain_core.model.job import LeaseTerms
from brandbrain_core.ports import Beat, Store
from brandbrain_worker.counters import Counters
from brandbrain_worker.held import HeldLease, HeldLeases, Verdict

log = logging.getLogger(__name__)


async def beat(
    store: Store, leases: HeldLeases, terms: LeaseTerms, counters: Counters, monotonic: Callable[[], float]
) -> None:
    """
    Give one sign of life for all leases, in one statement, and judge those that must stop.

    Never raises for what the store does: leases that it could not confirm are judged by the time that has passed.
    """
    held = leases.needing_beats()
    if not held:
        return
    before = monotonic()
    for each in held:
        counters.margin(each.margin(terms, before))
    try:
        async with asyncio.timeout(terms.heartbeat.total_seconds()), store.transaction() as work:
            answers = await work.jobs.extend([each.lease for each in held], terms=terms)
    except (BrandBrainError, TimeoutError, OSError) as error:
        log.warning("sign of life failed", extra={"error": type(error).__name__, "leases": len(held)})
    else:
        _take(held, answers, before, counters)
    _fence_unconfirmed(held, terms, monotonic())


def _take(held: tuple[HeldLease, ...], answers: tuple[Beat, ...], before: float, counters: Counters) -> None:
    by_job = {answer.job_id: answer for answer in answers}
    for each in held:
        answer = by_job.get(each.lease.job_id)
        if answer is None or answer.lost:
            counters.refused("heartbeat")
            each.judge(Verdict.LOST)
        elif answer.cancel:
            each.judge(Verdict.CANCELLED)
        else:
            each.confirmed = before


def _fence_unconfirmed(held: tuple[HeldLease, ...], terms: LeaseTerms, now: float) -> None:
    for each in held:
        if each.margin(terms, now) <= timedelta(0):
            each.judge(Verdict.UNCONFIRMED)


class HeartbeatThread:
    """
    Beats for the leases until it is stopped.

    Args:
        open_store: Opens a store for the thread's own event loop; tried again until it works.
    """

    def __init__(
        self, open_store: Callable[[], Awaitable[Store]], leases: HeldLeases, terms: LeaseTerms, counters: Counters
    ) -> None:
        self._open_store = open_store
        self._leases = leases
        self._terms = terms
        self._counters = counters
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="brandbrain-heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """Stop beating, and wait until the thread has ended."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            store: Store | None = None
            while not self._stop.wait(self._terms.heartbeat.total_seconds()):
                store = store or runner.run(self._opened())
                if store is not None:
                    runner.run(beat(store, self._leases, self._terms, self._counters, time.monotonic))
                else:
                    _fence_unconfirmed(self._leases.needing_beats(), self._terms, time.monotonic())
            if store is not None:
                runner.run(store.close())

    async def _opened(self) -> Store | None:
        try:
            return await self._open_store()
        except (BrandBrainError, OSError) as error:
            log.warning("heartbeat cannot reach the database", extra={"error": type(error).__name__})
            return None
