"""Work that blocks the worker's loop for longer than a lease lives."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import timedelta

from tests.worker.conftest import Lab, publish

from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import Ended, Released

DONE = ("succeeded", "SUCCEEDED", 1, 1, None)
STALE = timedelta(seconds=2)


async def test_a_loop_blocked_for_two_stale_times_keeps_its_lease(lab: Lab) -> None:
    """Another process sweeps all the while and takes nothing away; then the job is done, at the first attempt."""
    await lab.enqueue(1)
    quick = lab.with_terms(stale_after=STALE)
    taken: list[Released] = []

    async def sweep() -> None:
        store = await lab.opened()
        until = time.monotonic() + 2 * STALE.total_seconds()
        while time.monotonic() < until:
            async with store.transaction() as work:
                taken.extend(await work.jobs.release_stale(limit=9, terms=quick.deps.plan.terms))
            await asyncio.sleep(STALE.total_seconds() / 40)
        await store.close()

    async def blocks(tools: Tools) -> Ended:
        sweeping = threading.Thread(target=lambda: asyncio.run(sweep()))
        sweeping.start()
        sweeping.join(60)
        return await publish(tools)

    worker = quick.worker(blocks, once=True, stale_check_interval=timedelta(hours=1))
    await lab.done(worker)

    assert [] == taken
    assert DONE == await lab.ended(1)
