"""The weather: processes are killed, stopped, blocked and cut off, clocks are set, and old leases speak again."""

from __future__ import annotations

from random import Random
from typing import Final

from brandbrain_core.errors import BrandBrainError
from brandbrain_core.model.job import Lease
from brandbrain_core.testing import build
from brandbrain_core.testing.simulation.calls import Call
from brandbrain_core.testing.simulation.clocks import SimulatedClock
from brandbrain_core.testing.simulation.crew import Crew
from brandbrain_core.testing.simulation.edges import try_at_edge
from brandbrain_core.testing.simulation.naps import nap
from brandbrain_core.testing.simulation.scenario import Scenario
from brandbrain_core.testing.simulation.store import Server
from brandbrain_core.testing.simulation.trace import Trace

FAULTS: Final = ("kill", "kill", "pause", "pause", "pause", "block", "cut", "stop", "stop", "edge", "clock")
"""What goes wrong, as often as it is named."""

CLOCK_STEPS: Final = (-3600.0, -30.0, 30.0, 90.0, 3600.0)
"""By how much the store's clock is set; seconds."""

ZOMBIE_CALLS: Final = ("extend", "progress", "fence", "complete", "fail", "hand_back")
HARMLESS: Final = frozenset({"extend", "progress", "fence"})


class Weather:
    """
    What happens to a world without anybody wanting it.

    Attributes:
        clock_set_back: By how much the store's clock was set back in all; seconds.
    """

    def __init__(
        self, crew: Crew, server: Server, clock: SimulatedClock, trace: Trace, scenario: Scenario, random: Random
    ) -> None:
        self.clock_set_back = 0.0
        self._crew = crew
        self._server = server
        self._clock = clock
        self._trace = trace
        self._scenario = scenario
        self._random = random
        self._stale = scenario.terms.stale_after.total_seconds()

    async def rage_for(self, seconds: float) -> None:
        """Let things go wrong for that time."""
        moments = [(seconds * self._random.random(), "fault") for _ in range(self._scenario.faults)]
        moments += [(seconds * self._random.random(), "zombie") for _ in range(self._scenario.zombies)]
        now = 0.0
        for when, what in sorted(moments):
            await nap(when - now)
            now = when
            if what == "fault":
                await self._strike(self._random.choice(FAULTS))
            else:
                await self._let_speak()
        await nap(seconds - now)

    async def _strike(self, fault: str) -> None:
        member = self._random.choice(self._crew.members)
        seconds = self._random.choice([0.3, 1.0, 1.5]) * self._stale * self._random.random() + 0.1
        self._server.watcher.count(f"fault {fault}")
        match fault:
            case "clock":
                seconds = self._random.choice(CLOCK_STEPS)
                self._clock.ahead += seconds
                self._note_clock(seconds)
            case "edge":
                terms = self._scenario.terms
                self._note_clock(await try_at_edge(self._server, self._clock, terms, self._random))
            case "kill":
                member.process.kill()
            case "pause":
                member.process.pause(seconds)
            case "block":
                member.process.block(seconds)
            case "cut":
                member.link.cut(seconds)
            case "stop":
                member.seat.stopping.set()
        self._trace.note(member.process.name, fault, seconds)

    def _note_clock(self, by: float) -> None:
        self.clock_set_back += max(0.0, -by)
        self._trace.note("store", "clock set by", by)

    async def _let_speak(self) -> None:
        """Deliver a call under a lease that was given at any time: what a worker once sent, or a mistaken one would."""
        watcher = self._server.watcher
        if not watcher.leases:
            return
        lease = self._random.choice(self._outdated() if self._random.random() < 0.5 else watcher.leases)
        name = self._random.choice(ZOMBIE_CALLS)
        transaction = watcher.begin("zombie")
        try:
            async with self._server.store.transaction() as work:
                if name not in HARMLESS:
                    job = next((job for job in watcher.ledger.jobs() if job.id == lease.job_id), None)
                    if job is not None and job.status == "running" and job.lease_token == lease.token:
                        return
                await watcher.carry_out(transaction, work, self._call(name, lease))
            await self._server.committed(transaction)
        except BrandBrainError:
            return

    def _outdated(self) -> list[Lease]:
        """Return leases of jobs that run under a later one now; all leases if there are none."""
        leases = self._server.watcher.leases
        running = {job.id: job.lease_token for job in self._server.watcher.ledger.active() if job.locked_by}
        return [lease for lease in leases if running.get(lease.job_id, lease.token) != lease.token] or leases

    def _call(self, name: str, lease: Lease) -> Call:
        terms = self._scenario.terms
        match name:
            case "extend":
                return _job_call(name, [lease], terms=terms)
            case "progress":
                return _job_call(name, lease, build.progress())
            case "complete":
                return _job_call(name, lease, build.run_report())
            case "fail":
                return _job_call(name, lease, "boom", retry=True, report=None, terms=terms)
        return _job_call(name, lease)


def _job_call(name: str, *args: object, **more: object) -> Call:
    return Call(repository="jobs", name=name, args=args, more=more)
