"""Work that kills the process in which it is done."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import timedelta

from tests.worker.conftest import QUICK, Lab

DIES = """
import asyncio, os, signal, sys
from datetime import timedelta

from brandbrain_core.clock import SystemClock, SystemIds
from brandbrain_core.model.job import LeaseTerms
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.services.deps import Deps
from brandbrain_core.synthesis import RulesSynthesizer
from brandbrain_store import open_store
from brandbrain_worker import Worker, WorkerOptions


async def dies(tools):
    os.kill(os.getpid(), signal.SIGKILL)


async def main(url, name):
    async def opened():
        return await open_store(url, migrate=False)

    terms = LeaseTerms(heartbeat=timedelta(milliseconds=100), stale_after=timedelta(milliseconds=400))
    plan = Plan(synthesizers=(RulesSynthesizer(),), terms=terms)
    deps = Deps(store=await opened(), clock=SystemClock(), ids=SystemIds(), plan=plan)
    options = WorkerOptions(poll_interval=timedelta(milliseconds=50), stale_check_interval=timedelta(milliseconds=50))
    await Worker(deps, name=name, options=options, open_store=opened, work=dies).run()


asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_handler_that_kills_its_process_ends_after_its_attempts(lab: Lab) -> None:
    """Three processes die of it, each takes over from the one before; then it has failed, and its run with it."""
    await lab.enqueue(1)
    for death in (1, 2, 3):
        command = [sys.executable, "-c", DIES, lab.url, f"deadly-{death:08}"]
        process = await asyncio.create_subprocess_exec(*command)
        assert -signal.SIGKILL == await asyncio.wait_for(process.wait(), 60)
        assert death == (await lab.job(1)).attempts

    async with lab.store.transaction() as work:
        now = (await work.jobs.stats()).now
        await work.jobs.release_stale(limit=9, terms=QUICK, now=now + timedelta(hours=1))

    assert ("failed", "FAILED", 3, 0, "Stale lock after 3 attempts") == await lab.ended(1)
    assert () == await lab.claim()
