"""
Deterministic simulation: whole crews of workers over one store, with everything that can go wrong, on simulated time.

>>> from brandbrain_core.testing.simulation import simulate
>>> simulate(7).broken is None
True

Each seed is one schedule. Workers crash, are stopped and continued, and live by wrong clocks; messages are slow, lost,
and delivered twice; people kick off, cancel, retry and edit meanwhile. `simulate` checks every invariant of jobs and
leases at each call and each commit, and after the storm that nothing is left active. The same seed gives the same
events.
"""

from brandbrain_core.testing.simulation.invariants import RULES, InvariantBroken
from brandbrain_core.testing.simulation.network import NetworkFaults
from brandbrain_core.testing.simulation.reference_worker import reference_worker
from brandbrain_core.testing.simulation.scenario import SHORT, Scenario, drawn
from brandbrain_core.testing.simulation.seats import Seat, WorkerMain
from brandbrain_core.testing.simulation.simulating import MakeStore, Simulated, simulate

__all__ = [
    "RULES",
    "SHORT",
    "InvariantBroken",
    "MakeStore",
    "NetworkFaults",
    "Scenario",
    "Seat",
    "Simulated",
    "WorkerMain",
    "drawn",
    "reference_worker",
    "simulate",
]
