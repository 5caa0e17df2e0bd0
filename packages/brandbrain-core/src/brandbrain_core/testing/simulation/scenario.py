"""How large and how bad a simulated world is; drawn from the seed, or given."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Final

import attrs

from brandbrain_core.model.job import LeaseTerms
from brandbrain_core.testing.simulation.network import NetworkFaults

SHORT: Final = LeaseTerms(
    heartbeat=timedelta(seconds=20),
    stale_after=timedelta(seconds=60),
    deadline=timedelta(seconds=180),
    backoff_base=timedelta(seconds=5),
    backoff_cap=timedelta(seconds=60),
    jitter=0.2,
)
"""Terms that keep the proportions of real ones, so that whole lives of jobs fit into a few hundred events."""


@attrs.frozen(kw_only=True)
class Scenario:
    """
    A world and what goes wrong in it. Times are simulated seconds.

    Attributes:
        workers: Processes, 1 or more.
        slots: Jobs at a time of each.
        storm: How long input comes and faults happen.
        acts: How many things people do in that time.
        faults: How many processes are killed, stopped, blocked or cut off, or clocks set, in that time.
        zombies: How many calls come under leases that were given at any time before.
        network: While the storm lasts.
        hard_runs: Share of runs whose work fails, hangs, or kills its process, 0 to 1.
        full_compiles: Whether the whole pipeline does the work, or only its last stage; that is slow.
        clocks_off: By how much the clocks of processes are wrong at most.
        poll: Longest time between two looks at the queue.
        sweep: Between two sweeps.
    """

    workers: int = 3
    slots: int = 2
    brands: int = 2
    storm: float = 240.0
    acts: int = 10
    faults: int = 5
    zombies: int = 6
    network: NetworkFaults = NetworkFaults()
    hard_runs: float = 0.25
    full_compiles: bool = False
    clocks_off: float = 3600.0
    poll: float = 60.0
    sweep: float = 60.0
    terms: LeaseTerms = SHORT


def drawn(random: Random) -> Scenario:
    """Return a scenario: most are of every kind of fault a little, some of one kind a lot."""
    stale = SHORT.stale_after.total_seconds()
    bad = random.choice([0.0, 0.01, 0.02, 0.05])
    network = NetworkFaults(
        lost=bad,
        slow=random.choice([0.0, 0.02, 0.1]),
        slowest=random.choice([2.0, 1.5 * stale]),
        lost_answers=random.choice([0.0, 0.05, 0.2]),
        doubled=random.choice([0.0, 0.1, 0.3]),
        repeated=random.choice([0.0, 0.1, 0.3]),
        latest=random.choice([1.0, 2 * stale]),
        unnoticed=random.choice([0.0, 0.3]),
    )
    return Scenario(
        workers=random.choice([1, 2, 2, 3]),
        slots=random.choice([1, 2]),
        brands=random.choice([1, 1, 2]),
        storm=random.choice([2, 3, 4]) * stale,
        acts=random.randint(4, 12),
        faults=random.choice([0, 1, 2, 4, 6]),
        zombies=random.choice([0, 4, 10]),
        network=network,
        hard_runs=random.choice([0.0, 0.2, 0.5]),
        full_compiles=random.random() < 0.03,
        clocks_off=random.choice([0.0] * 8 + [2.0] * 8 + [60.0] * 3 + [3600.0]),
    )
