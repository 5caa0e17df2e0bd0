"""One job, from lease to end: the work, and what is done when it must stop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from enum import StrEnum
from typing import Final

import attrs

from brandbrain_core.errors import LeaseLost, Unavailable
from brandbrain_core.model.job import JobStatus, Lease
from brandbrain_core.pipeline import compile_leased
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import Ended
from brandbrain_core.services.deps import Deps
from brandbrain_worker.held import SELF_FENCE, HeldLease, Verdict

log = logging.getLogger(__name__)

DEADLINE_PASSED: Final = "The attempt took longer than its deadline allows"

LAST_PATIENCE: Final = timedelta(seconds=10)
"""How long the end of stopped work is tried to be written; after that the lease lapses."""

Work = Callable[[Tools], Awaitable[Ended]]


class End(StrEnum):
    """
    How an attempt ended for this worker.

    RETRIED: it failed, and another attempt follows. OVERDUE: its deadline passed. LOST: a fence said that the lease is
    gone. DROPPED: the database could not be told in time; the lease lapses.
    """

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETRIED = "retried"
    CANCELLED = "cancelled"
    OVERDUE = "overdue"
    HANDED_BACK = "handed_back"
    LOST = "lost"
    DROPPED = "dropped"


_OF_STATUS: Final = {
    JobStatus.SUCCEEDED: End.SUCCEEDED,
    JobStatus.FAILED: End.FAILED,
    JobStatus.PENDING: End.RETRIED,
}


async def attempt(
    deps: Deps, held: HeldLease, *, work: Work = compile_leased, monotonic: Callable[[], float] = time.monotonic
) -> End:
    """
    Do the work of a lease and end it. A verdict on the lease cancels the work, and says how it is ended then.

    Never raises for what the work or the store does: the end tells.

    Args:
        deps: The store, time, ids and plan.
        held: The lease.
        work: Does its work.
        monotonic: The time by which the lease is held; seconds.
    """
    tools = Tools(
        store=deps.store,
        clock=deps.clock,
        ids=deps.ids,
        plan=deps.plan,
        lease=held.lease,
        patience=SELF_FENCE * deps.plan.terms.stale_after,
        finishing=held.finishing,
    )
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work(tools))

    def stop(verdict: Verdict) -> None:
        log.warning("work is stopped", extra={**facts(held.lease), "verdict": verdict})
        loop.call_soon_threadsafe(task.cancel)

    held.arm(stop)
    try:
        await asyncio.wait((task,))
    except asyncio.CancelledError:
        task.cancel()
        raise
    return await _end(task, tools, held, monotonic)


async def _end(task: asyncio.Future[Ended], tools: Tools, held: HeldLease, monotonic: Callable[[], float]) -> End:
    """Tell how the work ended; where it did not end its job itself, do that."""
    error = None if task.cancelled() else task.exception()
    if not task.cancelled() and error is None:
        return _OF_STATUS[task.result().status]
    if isinstance(error, LeaseLost):
        return End.LOST
    if held.verdict is not None:
        return await _stopped(tools, held.verdict)
    if isinstance(error, Unavailable):
        log.warning("the database was away for too long; the lease will lapse", extra=facts(tools.lease))
        return End.DROPPED
    log.error("the work broke", exc_info=error, extra=facts(tools.lease))
    held.finishing()
    left = held.margin(tools.plan.terms, monotonic())
    return await _written(_fail(tools, f"Unexpected error ({type(error).__name__})"), tools, within=left)


async def _stopped(tools: Tools, verdict: Verdict) -> End:
    """End a lease whose work was stopped."""
    tools = attrs.evolve(tools, patience=LAST_PATIENCE)
    if verdict is Verdict.LOST:
        return End.LOST
    if verdict is Verdict.UNCONFIRMED:
        return End.DROPPED
    if verdict is Verdict.RETURNED:
        return await _written(_hand_back(tools), tools, within=LAST_PATIENCE, end=End.HANDED_BACK)
    end = End.CANCELLED if verdict is Verdict.CANCELLED else End.OVERDUE
    return await _written(_fail(tools, DEADLINE_PASSED), tools, within=LAST_PATIENCE, end=end)


async def _written(write: Awaitable[Ended], tools: Tools, *, within: timedelta, end: End | None = None) -> End:
    """Write an end; return *end*, or what became of the job."""
    try:
        async with asyncio.timeout(max(within.total_seconds(), 0)):
            ended = await write
    except LeaseLost:
        return End.LOST
    except (Unavailable, TimeoutError):
        log.warning("the end could not be written; the lease will lapse", extra=facts(tools.lease))
        return End.DROPPED
    except Exception:
        log.exception("the end could not be written; the lease will lapse", extra=facts(tools.lease))
        return End.DROPPED
    return end or _OF_STATUS[ended.status]


async def _fail(tools: Tools, error: str) -> Ended:
    """Fail the attempt; a job that a person cancelled has then failed as that."""
    lease, terms = tools.lease, tools.plan.terms
    return await tools.step(lambda work: work.jobs.fail(lease, error, retry=True, report=None, terms=terms))


async def _hand_back(tools: Tools) -> Ended:
    return await tools.step(lambda work: work.jobs.hand_back(tools.lease))


def facts(lease: Lease) -> dict[str, object]:
    """Return what log records say about a lease."""
    return {
        "job": str(lease.job_id),
        "run": str(lease.compile_run_id),
        "brand": str(lease.brand_id),
        "attempt": lease.attempt,
        "token": lease.token,
    }
