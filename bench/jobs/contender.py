"""
Measures one contender in a process of its own: ``python -m bench.jobs.contender ORDER``, both ways in JSON.

It imports nothing but the standard library and the contender, so that peers can be measured in an environment of their
own. All are asked the same questions in the same order.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import time
from collections.abc import Callable, Hashable, Mapping
from contextlib import AbstractAsyncContextManager
from types import MappingProxyType
from typing import Final, Protocol

from bench.jobs.measured import Measured, Order, milliseconds, plain

CONTENDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bare": "bench.jobs.bare:Bare",
        "store": "bench.jobs.ours:ThroughStore",
        "worker": "bench.jobs.ours:ThroughWorker",
        "procrastinate": "bench.jobs.peers.with_procrastinate:Procrastinate",
        "oban": "bench.jobs.peers.with_oban:WithOban",
        "pgqueuer": "bench.jobs.peers.with_pgqueuer:WithPgqueuer",
    }
)
"""Where each contender is."""

PEERS: Final = ("procrastinate", "oban", "pgqueuer")

WARM_UP: Final = 5
_IDLE: Final = 0.04
_PATIENCE: Final = 60.0

Picked = Callable[[Hashable], None]
"""Is called with a job's id when work on it begins."""


def nobody_looks(job: Hashable) -> None:
    """Do nothing: the `Picked` of a contender that is not working."""
    del job


class Contender(Protocol):
    """A queue in PostgreSQL."""

    versions: str
    """What it is, with versions."""

    async def prepare(self, order: Order) -> None:
        """Connect, lay out the schema, and fill in the finished jobs."""

    async def fill(self, jobs: int) -> None:
        """Add so many pending jobs, by whatever way is quick."""

    async def enqueue(self) -> None:
        """Add one job, in a transaction of its own; workers are told."""

    def working(self, picked: Picked, slots: int) -> AbstractAsyncContextManager[None]:
        """Work inside the context; call *picked* with a job's id when its work begins. Leaving it ends what runs."""

    async def finished(self) -> int:
        """Return how many jobs have ended well, those of `prepare` not counted."""

    async def close(self) -> None:
        """Let go of connections."""


class _Tally:
    """Which jobs were picked up, and when."""

    def __init__(self) -> None:
        self.ids: list[Hashable] = []
        self.times: list[float] = []
        self._wanted = 0
        self._enough = asyncio.Event()

    def picked(self, job: Hashable) -> None:
        self.times.append(time.perf_counter())
        self.ids.append(job)
        if len(self.ids) >= self._wanted:
            self._enough.set()

    async def until(self, wanted: int) -> None:
        self._wanted = wanted
        if len(self.ids) < wanted:
            self._enough.clear()
            async with asyncio.timeout(_PATIENCE):
                await self._enough.wait()


async def measure(contender: Contender, order: Order) -> Measured:
    """Measure one contender."""
    await contender.prepare(order)
    tally = _Tally()
    pickups = await _pickups(contender, order, tally)
    await contender.fill(order.backlog)
    enqueued = await _enqueued_per_second(contender, order.jobs)
    done, cpu = await _done(contender, order, tally)
    lost = len(set(tally.ids)) - await contender.finished()
    p50, p95 = milliseconds(pickups)
    return Measured(
        versions=contender.versions,
        enqueued_per_second=round(enqueued, 1),
        done_per_second=round(done, 1),
        cpu_per_job=round(1000 * cpu, 3),
        pickup_p50=p50,
        pickup_p95=p95,
        lost=lost,
        repeated=len(tally.ids) - len(set(tally.ids)),
    )


async def _pickups(contender: Contender, order: Order, tally: _Tally) -> list[float]:
    """Return the seconds from enqueuing to pick-up, with a worker that idles in between."""
    seconds: list[float] = []
    async with contender.working(tally.picked, order.slots):
        for number in range(WARM_UP + order.samples):
            await asyncio.sleep(_IDLE)
            await contender.enqueue()
            enqueued = time.perf_counter()
            await tally.until(number + 1)
            seconds.append(max(0.0, tally.times[-1] - enqueued))
    return seconds[WARM_UP:]


async def _enqueued_per_second(contender: Contender, jobs: int) -> float:
    began = time.perf_counter()
    for _ in range(jobs):
        await contender.enqueue()
    return jobs / (time.perf_counter() - began)


async def _done(contender: Contender, order: Order, tally: _Tally) -> tuple[float, float]:
    """
    Return jobs per second, and the processor's seconds per job.

    Both are taken between the first and the last pick-up; what runs before and after does not count.
    """
    before = len(tally.ids)
    async with contender.working(tally.picked, order.slots):
        await tally.until(before + 1)
        first, burned = tally.times[-1], time.process_time()
        begun = len(tally.ids)
        await tally.until(before + order.jobs)
        jobs = len(tally.ids) - begun
        return jobs / (tally.times[-1] - first), (time.process_time() - burned) / jobs


async def _run(order: Order) -> Measured:
    module, name = CONTENDERS[order.contender].split(":")
    contender: Contender = getattr(importlib.import_module(module), name)()
    try:
        return await measure(contender, order)
    finally:
        await contender.close()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(plain(asyncio.run(_run(Order(**json.loads(sys.argv[1])))))) + "\n")
