"""The crew: worker processes, and who starts another one in the place of one that has ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

import attrs

from brandbrain_core.services.deps import Deps
from brandbrain_core.testing.simulation.clocks import SimulatedClock, Stopwatch
from brandbrain_core.testing.simulation.loop import SimulatedLoop
from brandbrain_core.testing.simulation.naps import nap
from brandbrain_core.testing.simulation.network import Link, Network
from brandbrain_core.testing.simulation.processes import Process
from brandbrain_core.testing.simulation.scenario import Scenario
from brandbrain_core.testing.simulation.seats import Seat, WorkerMain
from brandbrain_core.testing.simulation.store import FaultyStore, Server
from brandbrain_core.testing.simulation.work import Works

AWAY_FOR = 30.0
"""The longest time from the end of a process to the start of the next; seconds."""


@attrs.define(eq=False)
class Member:
    """One place for a worker, and the process that fills it now."""

    number: int
    process: Process
    link: Link
    seat: Seat
    main: asyncio.Task[None]


class Crew:
    """
    All workers.

    Attributes:
        members: One for each place.
        processes: All there ever were, oldest first.
    """

    def __init__(
        self,
        loop: SimulatedLoop,
        server: Server,
        network: Network,
        works: Works,
        worker: WorkerMain,
        deps: Deps,
        scenario: Scenario,
        random: Random,
    ) -> None:
        self.members: list[Member] = []
        self.processes: list[Process] = []
        self._loop = loop
        self._server = server
        self._network = network
        self._works = works
        self._worker = worker
        self._deps = deps
        self._scenario = scenario
        self._random = random

    def hire(self) -> None:
        """Fill all places."""
        for number in range(1, self._scenario.workers + 1):
            self.members.append(self._started(number, f"w{number}"))

    async def look_after(self) -> None:
        """Start another process wherever one has ended, for ever."""
        while True:
            await asyncio.gather(*(self._replaced(member) for member in self.members))

    def dismiss(self) -> None:
        """End all processes."""
        for process in self.processes:
            process.kill()

    def tasks(self) -> list[asyncio.Task[object]]:
        """Return what still runs in any process."""
        return [task for process in self.processes for task in process.tasks()]

    async def _replaced(self, member: Member) -> None:
        await asyncio.wait([member.main])
        member.process.kill()
        await nap(AWAY_FOR * self._random.random())
        same_name = self._random.random() < 0.5
        name = member.seat.name if same_name else f"w{member.number}.{len(self.processes)}"
        fresh = self._started(member.number, name)
        member.process, member.link, member.seat, member.main = fresh.process, fresh.link, fresh.seat, fresh.main

    def _started(self, number: int, name: str) -> Member:
        process = Process(self._loop, name)
        self.processes.append(process)
        link = Link(self._network, process)
        off = self._scenario.clocks_off * self._random.uniform(-1, 1)
        deps = attrs.evolve(
            self._deps,
            store=FaultyStore(self._server, link),
            clock=SimulatedClock(self._loop.time, ahead=off),
        )
        seat = Seat(
            name=name,
            deps=deps,
            slots=self._scenario.slots,
            poll=self._scenario.poll,
            wake_ups=self._server.bell,
            sweep=self._scenario.sweep,
            work=self._works.of(process),
            monotonic=self._stopwatch(),
            random=self._random,
            stopping=asyncio.Event(),
            process=process,
        )
        return Member(number, process, link, seat, process.spawn(self._worker(seat)))

    def _stopwatch(self) -> Callable[[], float]:
        random = self._random.random
        return Stopwatch(self._loop.time, began=1e6 * random(), rate=0.99 + 0.02 * random())
