"""The event loop that owns time."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from brandbrain_core.testing.simulation.loop import SimulatedLoop
from brandbrain_core.testing.simulation.processes import Process


def loop_of(seed: int = 1) -> SimulatedLoop:
    """Return a loop."""
    return SimulatedLoop.seeded(Random(seed))


def test_time_jumps() -> None:
    """A day of sleep takes a day of its time, and no other."""
    loop = loop_of()

    loop.run(asyncio.sleep(86_400))

    assert 86_400 == loop.time()


def test_sleepers_wake_in_the_order_of_their_times() -> None:
    """Whoever sleeps less wakes first."""
    woken: list[float] = []

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds)
        woken.append(seconds)

    async def main() -> None:
        await asyncio.gather(sleep(3), sleep(1), sleep(2))

    loop_of().run(main())

    assert [1, 2, 3] == woken


def order_of(seed: int) -> list[int]:
    """Return in which order ten tasks that could all go on do so."""
    order: list[int] = []

    async def go(number: int) -> None:
        order.append(number)

    async def main() -> None:
        await asyncio.gather(*map(go, range(10)))

    loop_of(seed).run(main())
    return order


def test_the_seed_picks_the_next_step() -> None:
    """The same seed gives the same order, and not every seed does."""
    assert order_of(1) == order_of(1)
    assert len({tuple(order_of(seed)) for seed in range(5)}) > 1


def test_a_timeout_ends_what_takes_longer() -> None:
    """Timeouts of asyncio work on simulated time."""

    async def main() -> None:
        async with asyncio.timeout(5):
            await asyncio.sleep(6)

    loop = loop_of()
    with pytest.raises(TimeoutError):
        loop.run(main())

    assert 5 == loop.time()


def test_work_for_threads_is_done_in_a_step() -> None:
    """What would go to a thread is done in line, errors and all."""

    async def main() -> tuple[int, str]:
        good = await asyncio.to_thread(sum, [1, 2])
        try:
            await asyncio.to_thread(int, "x")
        except ValueError:
            return good, "ValueError"
        return good, "nothing"

    assert (3, "ValueError") == loop_of().run(main())


def test_waiting_for_nothing_is_an_error() -> None:
    """What can never go on does not hang."""

    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="nothing is left that could happen"):
        loop_of().run(main())


def test_what_nobody_catches_is_noted() -> None:
    """An error of a callback is kept."""
    loop = loop_of()
    loop.call_soon(lambda: 1 / 0)

    loop.run(asyncio.sleep(1))

    assert ["ZeroDivisionError"] == [type(fault["exception"]).__name__ for fault in loop.faults]


def times_of(disturb: str) -> tuple[list[float], list[float]]:
    """Return when the two threads of a process that was disturbed after 2.5 seconds did something, second by second."""
    loop = loop_of()
    process = Process(loop, "w1")
    worked: list[float] = []
    beaten: list[float] = []

    async def tick(times: list[float]) -> None:
        while len(times) < 4:
            await asyncio.sleep(1)
            times.append(loop.time())

    async def main() -> None:
        tasks = [process.spawn(tick(worked)), process.spawn(tick(beaten), beating=True)]
        await asyncio.sleep(2.5)
        getattr(process, disturb)(*(() if disturb == "kill" else (10,)))
        await asyncio.wait(tasks)

    loop.run(main())
    return worked, beaten


def test_a_paused_process_stands_still() -> None:
    """Stopped for ten seconds, it does nothing, then goes on where it was."""
    late = [1, 2, 12.5, 13.5]

    assert (late, late) == times_of("pause")


def test_a_blocked_process_still_beats() -> None:
    """Its event loop hangs, the thread with the signs of life does not."""
    assert ([1, 2, 12.5, 13.5], [1, 2, 3, 4]) == times_of("block")


def test_a_killed_process_does_nothing_more() -> None:
    """It ends between two awaits."""
    assert ([1, 2], [1, 2]) == times_of("kill")
