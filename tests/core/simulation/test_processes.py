"""Work of simulated processes: begun at once, carried on later, and ended wherever it stands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

from brandbrain_core.testing.simulation.loop import SimulatedLoop
from brandbrain_core.testing.simulation.naps import nap
from brandbrain_core.testing.simulation.processes import Process


def in_process(act: Callable[[Process], Coroutine[Any, Any, None]]) -> SimulatedLoop:
    """Run *act* beside a process; return the loop when it is over."""
    loop = SimulatedLoop.seeded(Random(1))
    loop.run(act(Process(loop, "store")))
    return loop


def test_work_that_waits_for_nothing_is_done_at_once() -> None:
    """Begun, it has ended, and there is no task."""
    done: list[str] = []

    async def write() -> None:
        done.append("written")

    async def main(process: Process) -> None:
        assert process.begin(write()) is None
        assert ["written"] == done

    in_process(main)


def test_work_that_waits_is_carried_on() -> None:
    """Its first step is taken at once, the rest when what it waits for is there."""
    seen: list[str] = []

    async def write() -> str:
        seen.append("begun")
        await nap(3)
        return "written"

    async def main(process: Process) -> None:
        rest = process.begin(write())
        assert ["begun"] == seen
        assert rest is not None
        assert "written" == await rest

    assert 3 == in_process(main).time()


def test_work_whose_rest_never_began_is_told_that_it_is_cancelled() -> None:
    """It does not keep its place in a queue: whoever comes behind gets the lock."""
    lock = asyncio.Lock()

    async def take() -> None:
        async with lock:
            await nap(1)

    async def main(process: Process) -> None:
        await lock.acquire()
        rest = process.begin(take())
        assert rest is not None
        rest.cancel()
        await asyncio.wait([rest])
        lock.release()
        await take()

    assert 1 == in_process(main).time()


def test_what_spawned_work_lets_through_is_kept() -> None:
    """The world asks for it at the end."""

    async def breaks() -> None:
        raise ValueError("broken")

    async def main(process: Process) -> None:
        process.spawn(breaks())
        await nap(1)
        assert ["broken"] == [str(error) for error in process.crashed]

    in_process(main)


def test_a_nap_takes_one_step_and_can_be_cut_short() -> None:
    """Sleeping takes two; whoever is cancelled does not sleep on."""
    loop = SimulatedLoop.seeded(Random(1))

    async def main() -> None:
        before = loop.steps
        await nap(5)
        assert (5.0, 1) == (loop.time(), loop.steps - before)
        napping = asyncio.ensure_future(_napping())
        await nap(1)
        napping.cancel()
        await asyncio.wait([napping])
        assert (True, 6.0) == (napping.cancelled(), loop.time())

    loop.run(main())


async def _napping() -> None:
    await nap(100)
