"""
Signs of life, on a thread, an event loop and a connection of their own.

Neither work that blocks the worker's loop nor a pool that is used up can starve them. A worker that cannot confirm its
leases stops their work by itself; that only saves work: what keeps a zombie from harm is the fence in every write.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any, Final, Protocol

from brandbrain_core.errors import BrandBrainError
from brandbrain_core.model.job import LeaseTerms
from brandbrain_core.ports import Beat, Store
from brandbrain_worker.counters import Counters
from brandbrain_worker.held import HeldLease, HeldLeases, Verdict
from brandbrain_worker.watching import Watch

log = logging.getLogger(__name__)

OpenStore = Callable[[], Awaitable[Store]]

SOONER: Final = 4
"""A sign of life that failed is tried again after this fraction of the time between two."""

PARTING: Final = timedelta(seconds=1)
"""How long a sign of life may go on when the worker ends; broken off, it leaves a connection in an unknown state."""


async def beat(store: Store, watch: Watch, counters: Counters) -> bool:
    """
    Give one sign of life for all leases, in one statement, and judge those that must stop.

    Returns:
        Whether the store answered, or needed not be asked. Whatever it does, nothing is raised: leases that it could
        not confirm are judged by the time that has passed, also while it is silent.
    """
    terms, held = watch.terms, watch.leases.needing_beats()
    before = watch.monotonic()
    answers: tuple[Beat, ...] | None = ()
    if held:
        for each in held:
            counters.margin(each.margin(terms, before))
        answers = await watch.answer(_extended(store, held, terms))
    if answers is None:
        counters.unanswered("heartbeat")
        watch.fence()
        return False
    after = watch.monotonic()
    _take(held, answers, counters, before=before, is_overdue=lambda each: each.is_overdue(terms, after))
    watch.fence(sparing=held)
    return True


async def _extended(store: Store, held: tuple[HeldLease, ...], terms: LeaseTerms) -> tuple[Beat, ...] | None:
    try:
        async with store.transaction() as work:
            return await work.jobs.extend([each.lease for each in held], terms=terms)
    except (BrandBrainError, OSError) as error:
        log.warning("sign of life failed", extra={"error": _reason(error), "leases": len(held)})
    except Exception:
        log.exception("sign of life broke", extra={"leases": len(held)})
    return None


def _take(
    held: tuple[HeldLease, ...],
    answers: tuple[Beat, ...],
    counters: Counters,
    *,
    before: float,
    is_overdue: Callable[[HeldLease], bool],
) -> None:
    by_job = {answer.job_id: answer for answer in answers}
    for each in held:
        answer = by_job.get(each.lease.job_id)
        if answer is None or answer.lost:
            if not each.is_finishing:
                counters.refused("heartbeat")
            each.judge(Verdict.LOST)
        elif answer.cancel:
            each.judge(Verdict.OVERDUE if is_overdue(each) else Verdict.CANCELLED)
        else:
            each.confirmed = before


async def beat_for_ever(
    open_store: OpenStore,
    leases: HeldLeases,
    terms: LeaseTerms,
    counters: Counters,
    monotonic: Callable[[], float],
) -> None:
    """
    Beat for the leases until cancelled.

    Args:
        open_store: Opens the store that is asked; tried again until it works, and closed at the end.
        leases: Those that are held, by whoever works.
        terms: How often it beats, and when a lease that cannot be confirmed is given up.
        counters: Told of margins, refusals, and calls that the database did not answer.
        monotonic: The time by which the leases are held; seconds.
    """
    watch, pause = Watch(leases, terms, monotonic), terms.heartbeat
    store: Store | None = None
    try:
        store = await _opened(open_store, watch, counters)
        while True:
            await watch.rest(pause)
            store = store or await _opened(open_store, watch, counters)
            answered = store is not None and await _let_end(beat(store, watch, counters))
            pause = terms.heartbeat if answered else terms.heartbeat / SOONER
    finally:
        await watch.close()
        if store is not None:
            await store.close()


async def _opened(open_store: OpenStore, watch: Watch, counters: Counters) -> Store | None:
    """Return the store; None: it could not be opened in time, and leases are judged by the time that has passed."""
    store = await watch.answer(_tried(open_store))
    if store is None:
        counters.unanswered("heartbeat")
        watch.fence()
    return store


async def _tried(open_store: OpenStore) -> Store | None:
    try:
        return await open_store()
    except Exception as error:  # noqa: BLE001  the beating must outlive whatever keeps it from the database
        log.warning("the heartbeat cannot reach the database", extra={"error": _reason(error)})
        return None


async def _let_end(beating: Coroutine[Any, Any, bool]) -> bool:
    """Return what a sign of life brought; one that is under way at the end is broken off only if it takes long."""
    task = asyncio.ensure_future(beating)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,), timeout=PARTING.total_seconds())
        task.cancel()
        await asyncio.wait((task,))
        raise


class Heart(Protocol):
    """What beats for a worker, beside it: nothing that its event loop does may hold it up."""

    def start(self) -> None:
        """Begin to beat."""

    def stop(self) -> None:
        """Stop beating, and return once that is over; also where it never began. It may block."""


class HeartbeatThread:
    """Implements `Heart`: beats as `beat_for_ever` does, in a thread and an event loop of its own."""

    def __init__(
        self,
        open_store: OpenStore,
        leases: HeldLeases,
        terms: LeaseTerms,
        counters: Counters,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._beats = partial(beat_for_ever, open_store, leases, terms, counters, monotonic)
        self._lock = threading.Lock()
        self._stopping = False
        self._cancel: Callable[[], object] | None = None
        self._thread = threading.Thread(target=self._run, name="brandbrain-heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """Stop beating, and wait until the thread has ended."""
        with self._lock:
            self._stopping = True
            if self._cancel is not None:
                self._cancel()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._beat_until_stopped())

    async def _beat_until_stopped(self) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        with self._lock:
            if self._stopping:
                return
            self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
        try:
            await self._beats()
        finally:
            with self._lock:
                self._cancel = None


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if isinstance(error, BrandBrainError) else type(error).__name__
