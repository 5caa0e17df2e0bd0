"""One job, from lease to end: the work, and what is done when it must stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from enum import StrEnum

import attrs

from brandbrain_core.errors import LeaseLost, Unavailable
from brandbrain_core.model.job import JobStatus, Lease
from brandbrain_core.pipeline import compile_leased
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import Ended
from brandbrain_core.services.deps import Deps
from brandbrain_worker.held import SELF_FENCE, HeldLease, Verdict

log = logging.getLogger(__name__)

DEADLINE_PASSED = "The attempt took longer than its deadline allows"

LAST_PATIENCE = timedelta(seconds=10)
"""How long the end of stopped work is tried to be written; after that the lease lapses."""

Work = Callable[[Tools], Awaitable[Ended]]


class End(StrEnum):
    """How an attempt ended for this worker."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    RETRIED = "retried"
    CANCELLED = "cancelled"
    HANDED_BACK = "handed_back"
    LOST = "lost"
    DROPPED = "dropped"


_OF_STATUS = {
    JobStatus.SUCCEEDED: End.SUCCEEDED,
    JobStatus.FAILED: End.FAILED,
    JobStatus.PENDING: End.RETRIED,
}


async def attempt(deps: Deps, held: HeldLease, *, work: Work = compile_leased) -> End:
    """
    Do the work of a lease and end it; cancelling the task stops the work and, unless a verdict says otherwise, hands
    the job back.

    Never raises for what the work or the store does: the end tells.
    """
    lease, terms = held.lease, deps.plan.terms
    tools = Tools(
        store=deps.store,
        clock=deps.clock,
        ids=deps.ids,
        plan=deps.plan,
        lease=lease,
        patience=SELF_FENCE * terms.stale_after,
        finishing=held.finishing,
    )
    try:
        ended = await work(tools)
    except LeaseLost:
        return End.LOST
    except Unavailable:
        return End.DROPPED
    except asyncio.CancelledError:
        return await _stopped(tools, held)
    except Exception:
        log.exception("the work broke", extra=_facts(lease))
        return await _written(tools, lambda: _fail(tools, "Unexpected error", retry=True), End.RETRIED)
    return _OF_STATUS[ended.status]


async def _stopped(tools: Tools, held: HeldLease) -> End:
    """End a lease whose work was cancelled, as its verdict says; without one, hand it back."""
    tools = attrs.evolve(tools, patience=LAST_PATIENCE)
    if held.verdict is Verdict.LOST:
        return End.LOST
    if held.verdict is Verdict.UNCONFIRMED:
        return End.DROPPED
    if held.verdict is Verdict.CANCELLED:
        return await _written(tools, lambda: _fail(tools, DEADLINE_PASSED, retry=True), End.CANCELLED)
    return await _written(tools, lambda: _hand_back(tools), End.HANDED_BACK)


async def _written(tools: Tools, write: Callable[[], Awaitable[Ended]], end: End) -> End:
    try:
        await write()
    except LeaseLost:
        return End.LOST
    except Unavailable:
        log.warning("the end could not be written; the lease will lapse", extra=_facts(tools.lease))
        return End.DROPPED
    return end


async def _fail(tools: Tools, error: str, *, retry: bool) -> Ended:
    terms = tools.plan.terms
    return await tools.end(lambda work: work.jobs.fail(tools.lease, error, retry=retry, report=None, terms=terms))


async def _hand_back(tools: Tools) -> Ended:
    return await tools.end(lambda work: work.jobs.hand_back(tools.lease, delay=timedelta(0)))


def _facts(lease: Lease) -> dict[str, object]:
    return {"job": str(lease.job_id), "run": str(lease.compile_run_id), "attempt": lease.attempt, "token": lease.token}
