"""One schedule: a world from a seed, its storm, its calm, and what must hold at its end."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import attrs

from brandbrain_core.memory import MemoryStore
from brandbrain_core.memory.given import memory_deps
from brandbrain_core.model.job import JobStatus
from brandbrain_core.ports import Clock, Store
from brandbrain_core.services.deps import Deps
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import SequentialIds
from brandbrain_core.testing.simulation.clocks import SimulatedClock
from brandbrain_core.testing.simulation.crew import AWAY_FOR, Crew
from brandbrain_core.testing.simulation.invariants import WORKER_BROKE, InvariantBroken, require
from brandbrain_core.testing.simulation.loop import SimulatedLoop
from brandbrain_core.testing.simulation.naps import nap
from brandbrain_core.testing.simulation.network import GOOD_NETWORK, Link, Network
from brandbrain_core.testing.simulation.people import People, add_brands
from brandbrain_core.testing.simulation.processes import Process
from brandbrain_core.testing.simulation.reference_worker import reference_worker
from brandbrain_core.testing.simulation.scenario import Scenario, drawn
from brandbrain_core.testing.simulation.seats import WorkerMain
from brandbrain_core.testing.simulation.store import FaultyStore, Server
from brandbrain_core.testing.simulation.trace import Trace
from brandbrain_core.testing.simulation.wakeups import Bell
from brandbrain_core.testing.simulation.watcher import Watcher
from brandbrain_core.testing.simulation.weather import Weather
from brandbrain_core.testing.simulation.work import Works

MakeStore = Callable[[Clock, Callable[[], float]], Store]


@attrs.frozen(kw_only=True)
class Simulated:
    """
    What became of one schedule.

    Attributes:
        broken: The first invariant that did not hold; None: all did.
        counts: How often what was seen.
        trace: What happened, in order.
        seconds: How long it took in simulated time.
        steps: How many steps were taken.
    """

    seed: int
    scenario: Scenario
    broken: InvariantBroken | None
    counts: dict[str, int]
    trace: Trace
    seconds: float
    steps: int


def simulate(
    seed: int,
    *,
    worker: WorkerMain = reference_worker,
    make_store: MakeStore = lambda clock, draw: MemoryStore(clock, draw=draw),
    scenario: Scenario | None = None,
) -> Simulated:
    """
    Run one schedule; the same seed, worker, store and scenario give the same events.

    Args:
        seed: Of everything that is left to chance.
        worker: What the worker processes do; a coroutine function.
        make_store: Gives an empty store that asks the given clock and draws from the given chance. It must need no
            other event loop and no threads, and have one writer at a time.
        scenario: How large and how bad the world is; None: drawn from the seed.
    """
    random = Random(seed)
    loop = SimulatedLoop.seeded(random)
    world = _World(loop, random, scenario or drawn(random), worker, make_store)
    broken = None
    try:
        loop.run(world.live())
    except InvariantBroken as error:
        broken = error
    seconds, steps = loop.time(), loop.steps
    loop.halted = None
    loop.run(world.end())
    return Simulated(
        seed=seed,
        scenario=world.scenario,
        broken=broken,
        counts=dict(sorted(world.watcher.counts.items())),
        trace=world.trace,
        seconds=seconds,
        steps=steps,
    )


class _World:
    def __init__(
        self, loop: SimulatedLoop, random: Random, scenario: Scenario, worker: WorkerMain, make_store: MakeStore
    ) -> None:
        self.scenario = scenario
        self.trace = Trace(loop.time)
        self._loop = loop
        self._random = random
        clock = SimulatedClock(loop.time)
        store = make_store(clock, random.random)
        self._brands = [build.brand_id(number) for number in range(1, scenario.brands + 1)]
        self.watcher = Watcher(
            store, self._brands, clock=clock, terms=scenario.terms, trace=self.trace, halt=self._halt
        )
        self._store_process = Process(loop, "store")
        self._people_process = Process(loop, "people")
        self._network = Network(loop, random, scenario.network)
        self._server = Server(store, self.watcher, Bell(random), self._store_process, loop.call_later)
        self._deps = attrs.evolve(memory_deps([build.normalised_item()], ids=SequentialIds()), store=store, clock=clock)
        self._deps = attrs.evolve(self._deps, plan=attrs.evolve(self._deps.plan, terms=scenario.terms))
        usual = 0.3 * scenario.terms.stale_after.total_seconds()
        self._works = Works(random, hard_runs=scenario.hard_runs, full_compiles=scenario.full_compiles, usual=usual)
        self._crew = Crew(loop, self._server, self._network, self._works, worker, self._deps, scenario, random)
        self._weather = Weather(self._crew, self._server, clock, self.trace, scenario, random)

    async def live(self) -> None:
        """Have a storm, then calm, then look."""
        scenario, spawn = self.scenario, self._store_process.spawn
        await add_brands(self._deps, scenario.brands)
        self._crew.hire()
        spawn(self._crew.look_after())
        people = People(self._servers(), self._people_process, self.watcher.ledger, self._brands, self._random)
        storm = spawn(self._weather.rage_for(scenario.storm))
        await people.act_for(scenario.storm, scenario.acts)
        await storm
        await self._calm_down()
        await self._settle()
        self._require_sane_processes()
        await self.watcher.ledger.audit()

    async def end(self) -> None:
        """End every process, and wait until nothing of them is left."""
        for process in self._processes():
            process.kill()
        while any(process.tasks() for process in self._processes()):
            await self._pass(1)
        for process in self._processes():
            process.forget()

    def _processes(self) -> list[Process]:
        return [*self._crew.processes, self._people_process, self._store_process]

    def _servers(self) -> list[Deps]:
        """Return two servers that people talk to, with clocks of their own."""
        made = []
        for _ in range(2):
            off = self.scenario.clocks_off * self._random.uniform(-1, 1)
            store = FaultyStore(self._server, Link(self._network, self._people_process))
            clock = SimulatedClock(self._loop.time, ahead=off)
            made.append(attrs.evolve(self._deps, store=store, clock=clock))
        return made

    async def _calm_down(self) -> None:
        """End faults; wait until what was stopped or is on its way has arrived."""
        self._network.faults = GOOD_NETWORK
        stopped = max(process.frozen_until for process in self._processes())
        await nap(max(0.0, stopped - self._loop.time()))
        while self._server.repeats:
            await self._pass(1)
        self.trace.note("world", "calm")

    async def _settle(self) -> None:
        """Wait until no job is active, as long as that may take at most."""
        terms, began = self.scenario.terms, self._loop.time()
        attempts = terms.max_attempts * (terms.stale_after + terms.backoff_cap + terms.deadline).total_seconds()
        restarts = terms.max_attempts * (AWAY_FOR + self.scenario.poll + self.scenario.sweep)
        ahead = self.scenario.clocks_off + self._weather.clock_set_back
        while active := self.watcher.ledger.active():
            late = self._loop.time() - began > 2 * (attempts + restarts) + ahead
            require(not late, 12, f"{len(active)} jobs are still active, the first {active[0].status}")
            await self._pass(5)
        self.trace.note("world", "settled")
        self._require_deaths_within_attempts()

    @staticmethod
    async def _pass(seconds: float) -> None:
        """Let time pass; in a simulation that costs nothing."""
        await nap(seconds)

    def _require_deaths_within_attempts(self) -> None:
        ended = {job.compile_run_id: job for job in self.watcher.ledger.jobs()}
        for run, deaths in self._works.deaths.items():
            job = ended.get(run)
            if job is not None and job.status is JobStatus.SUCCEEDED:
                raise InvariantBroken(7, f"work that killed {deaths} processes has succeeded")

    def _require_sane_processes(self) -> None:
        crashed = [error for process in self._processes() for error in process.crashed]
        if crashed:
            raise InvariantBroken(WORKER_BROKE, f"a process let an error through: {crashed[0]!r}") from crashed[0]
        if self._loop.faults:
            raise InvariantBroken(WORKER_BROKE, f"nobody caught: {self._loop.faults[0]}")

    def _halt(self, broken: InvariantBroken) -> None:
        self._loop.halted = self._loop.halted or broken
