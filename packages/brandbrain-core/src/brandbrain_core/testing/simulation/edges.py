"""Edges: the store's clock is set to the very moment at which something becomes possible, and somebody tries it."""

from __future__ import annotations

from datetime import datetime
from random import Random

from brandbrain_core.errors import BrandBrainError
from brandbrain_core.model.job import Job, JobStatus, Lease, LeaseTerms
from brandbrain_core.testing.simulation.calls import Call
from brandbrain_core.testing.simulation.clocks import SimulatedClock
from brandbrain_core.testing.simulation.store import Server


def edge_of(job: Job, terms: LeaseTerms, random: Random) -> datetime:
    """Return when a waiting job may be claimed, or when a lease is stale or overdue: the last moment before it is."""
    if job.locked_at is None or job.started_at is None:
        return job.available_at
    return random.choice([job.locked_at + terms.stale_after, job.started_at + terms.deadline])


async def try_at_edge(server: Server, clock: SimulatedClock, terms: LeaseTerms, random: Random) -> float:
    """Set the clock to an edge of some active job and make a call there; return by how much it was set, in seconds."""
    active = server.watcher.ledger.active()
    if not active:
        return 0.0
    job = random.choice(active)
    transaction = server.watcher.begin("edge")
    try:
        async with server.store.transaction() as work:
            by = (edge_of(job, terms, random) - clock.now()).total_seconds()
            clock.ahead += by
            await server.watcher.carry_out(transaction, work, _call(job, server.watcher.leases, terms, random))
        await server.committed(transaction)
    except BrandBrainError:
        server.watcher.count("refused at an edge")
    return by


def _call(job: Job, leases: list[Lease], terms: LeaseTerms, random: Random) -> Call:
    if job.status is JobStatus.PENDING:
        return Call(repository="jobs", name="claim", args=("edge",), more={"limit": 1, "terms": terms})
    held = [lease for lease in leases if lease.job_id == job.id]
    if held and random.random() < 0.3:
        return Call(repository="jobs", name="extend", args=(held,), more={"terms": terms})
    return Call(repository="jobs", name="release_stale", args=(), more={"limit": 100, "terms": terms})
