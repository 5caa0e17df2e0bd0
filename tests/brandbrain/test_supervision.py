"""A crew of processes: replaced when one dies, started anew when code changes, given up when none will live."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from brandbrain.exits import Exit
from brandbrain.supervision import Crew

WORDS = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with open(sys.argv[1], "a") as log:
    log.write("born\\n")
time.sleep(60)
"""


class Births:
    """A file in which each process says that it was born."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "births.txt"
        self.file.touch()

    async def reach(self, number: int) -> None:
        """Wait until there were so many."""
        async with asyncio.timeout(30):
            while self.file.read_text().count("born") < number:  # noqa: ASYNC110  a file tells no other way
                await asyncio.sleep(0.02)


@pytest.fixture
def births(tmp_path: Path) -> Births:
    """The births of the test."""
    return Births(tmp_path)


@pytest.fixture
def make(births: Births, tmp_path: Path) -> Callable[..., Crew]:
    """A function that makes a crew running *program*."""

    def crew(program: str = WORDS, **more: object) -> Crew:
        argv = [sys.executable, "-c", program, str(births.file)]
        return Crew(argv=argv, env=dict(os.environ), fd=1, **{"number": 1, **more})  # type: ignore[arg-type]

    return crew


async def test_stopping_ends_all(make: Callable[..., Crew], births: Births) -> None:
    """All are told, all end well, and so does the crew."""
    crew = make(number=2)
    running = asyncio.create_task(crew.run())
    await births.reach(2)

    crew.stop()

    assert Exit.OK is await running


async def test_a_change_of_the_code_starts_them_anew(make: Callable[..., Crew], births: Births, tmp_path: Path) -> None:
    """A Python file of the watched folder changes: the process ends and another one is born."""
    (tmp_path / "code").mkdir()
    crew = make(watched=[tmp_path / "code"])
    running = asyncio.create_task(crew.run())
    await births.reach(1)

    changing = asyncio.create_task(_change(tmp_path / "code" / "x.py"))
    await births.reach(2)
    changing.cancel()

    crew.stop()
    assert Exit.OK is await running


async def test_one_that_will_not_live_is_given_up(make: Callable[..., Crew]) -> None:
    """A process that fails at once would fail again: its code is the crew's."""
    crew = make(f"raise SystemExit({Exit.USAGE.value})")

    assert Exit.USAGE is await crew.run()


async def test_one_that_died_late_is_replaced(make: Callable[..., Crew], births: Births) -> None:
    """Killed after a life that was long enough, it is missed and another one takes its place."""
    crew = make(shortest_life=0.0)
    running = asyncio.create_task(crew.run())
    await births.reach(1)

    (process,) = crew._running.values()
    os.kill(process.pid, signal.SIGKILL)
    await births.reach(2)

    crew.stop()
    assert Exit.OK is await running


async def _change(file: Path) -> None:
    """Change a file again and again, since nobody says when it began to be watched."""
    number = 0
    while True:
        number += 1
        await asyncio.to_thread(file.write_text, f"x = {number}\n")
        await asyncio.sleep(0.2)
