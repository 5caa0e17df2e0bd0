"""Simulated schedules: every rule holds in each, faults really happen, and a seed gives the same events again."""

from __future__ import annotations

from collections import Counter

import pytest

from brandbrain_core.testing.simulation import NetworkFaults, Scenario, simulate

EVERY_FAULT = NetworkFaults(
    lost=0.05, slow=0.1, slowest=90.0, lost_answers=0.2, doubled=0.3, repeated=0.3, latest=120.0, unnoticed=0.3
)
WORST = Scenario(faults=8, acts=12, zombies=10, network=EVERY_FAULT, hard_runs=0.4)
SEEN = {
    *(f"accepted {name}" for name in ("add", "cancel", "claim", "complete", "extend", "fail", "fence", "hand_back")),
    *(f"accepted {name}" for name in ("progress", "prune", "release_stale", "replace_pending", "retry")),
    *(f"fault {name}" for name in ("block", "clock", "cut", "edge", "kill", "pause", "stop")),
    *(f"refused {name}" for name in ("complete", "fail", "fence", "hand_back", "progress", "repeats", "doubles")),
    *("idle transactions undone", "leases taken away", "repeated completes"),
}


@pytest.mark.parametrize("first", [0, 25, 50, 75])
def test_every_rule_holds(first: int) -> None:
    """Twenty-five schedules, drawn from their seeds, break no rule."""
    done = [simulate(seed) for seed in range(first, first + 25)]

    assert [] == [(each.seed, str(each.broken)) for each in done if each.broken is not None]


def test_everything_is_seen() -> None:
    """Sixty bad schedules have every kind of fault, and calls of every kind that are accepted and refused."""
    counts: Counter[str] = Counter()
    for seed in range(60):
        done = simulate(seed, scenario=WORST)
        assert done.broken is None, (seed, done.broken)
        counts.update(done.counts)

    assert set() == {name for name in SEEN if not counts[name]}


def test_whole_compiles_can_be_simulated() -> None:
    """The whole pipeline does the work of a few schedules, evidence and all; some kick-offs then change nothing."""
    scenario = Scenario(full_compiles=True, hard_runs=0.0, storm=300.0, acts=15)

    done = [simulate(seed, scenario=scenario) for seed in range(4)]

    assert [None] * 4 == [each.broken for each in done]
    assert sum(each.counts.get("accepted complete", 0) for each in done) >= 4
    assert sum(each.counts.get("evidence stored", 0) for each in done) >= 1
    assert sum(each.counts.get("kick-offs that change nothing", 0) for each in done) >= 1


@pytest.mark.parametrize("seed", [3, 17, 29])
def test_a_seed_gives_the_same_events(seed: int) -> None:
    """Two runs of a schedule tell the same, byte by byte."""
    first, second = simulate(seed), simulate(seed)

    assert first.trace.lines() == second.trace.lines()
    assert (first.counts, first.steps, first.seconds) == (second.counts, second.steps, second.seconds)


def test_seeds_differ() -> None:
    """Two seeds give two different schedules."""
    assert simulate(1).trace.lines() != simulate(2).trace.lines()


@pytest.mark.stress
def test_every_rule_holds_in_bad_schedules() -> None:
    """A thousand schedules with all faults at once break no rule."""
    broken = [(seed, str(done.broken)) for seed in range(1000) if (done := simulate(seed, scenario=WORST)).broken]

    assert [] == broken
