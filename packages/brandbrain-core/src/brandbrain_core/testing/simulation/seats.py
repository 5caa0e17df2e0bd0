"""Where a worker sits in a simulated world: what it is given, and how its own threads are begun."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from random import Random
from typing import Any

import attrs

from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.ports import Ended, WakeUps
from brandbrain_core.services.deps import Deps
from brandbrain_core.testing.simulation.processes import Process


@attrs.frozen(kw_only=True)
class Seat:
    """
    All that one worker process has.

    Attributes:
        name: On its leases; a process that takes another's place may have the same.
        deps: The store behind a bad network, a clock that is wrong, ids, and the plan.
        slots: Jobs at a time.
        poll: Longest time between two looks at the queue; seconds.
        wake_ups: Tell that a job may be ready.
        sweep: Between two sweeps; seconds.
        work: Does the work of a lease, as `brandbrain_core.pipeline.compile_leased` would.
        monotonic: The machine's monotonic time; seconds.
        random: Where the worker needs chance.
        stopping: Set when the worker is to hand back what it holds, and end.
        process: What it runs in.
    """

    name: str
    deps: Deps
    slots: int
    poll: float
    wake_ups: WakeUps
    sweep: float
    work: Callable[[Tools], Awaitable[Ended]]
    monotonic: Callable[[], float]
    random: Random
    stopping: asyncio.Event
    process: Process

    def spawn(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Begin a task on the thread that works."""
        return self.process.spawn(coroutine)

    def spawn_beating(self, coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Begin a task on the thread that gives signs of life: it goes on when the other one is blocked."""
        return self.process.spawn(coroutine, beating=True)


WorkerMain = Callable[[Seat], Coroutine[Any, Any, None]]
"""A worker: it claims, works, beats and sweeps until it is told to stop."""
