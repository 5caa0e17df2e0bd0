"""What was asked for last is compiled last, whatever the clocks of those who were asked say."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from brandbrain_core.memory import MemoryStore
from brandbrain_core.memory.given import memory_deps
from brandbrain_core.model.brand import Onboarding
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.kickoff import kick_off
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import ManualClock, SequentialIds
from brandbrain_core.testing.simulation.people import add_brands, answers

HOUR = timedelta(hours=1)


@pytest.fixture
async def deps() -> Deps:
    """A server whose clock is an hour ahead, and a brand."""
    clock = ManualClock(build.NOON + HOUR)
    made = attrs.evolve(memory_deps(clock=clock, ids=SequentialIds()), store=MemoryStore(clock))
    await add_brands(made, 1)
    return made


async def asked_anew(deps: Deps) -> Deps:
    """Change the answers and kick off on a server whose clock is right; return that server."""
    right = attrs.evolve(deps, clock=ManualClock(build.NOON))
    async with right.store.transaction() as work:
        given = answers("We mend nets.")
        await work.brands.save_onboarding(Onboarding(brand_id=build.BRAND, answers=given, updated_at=build.NOON))
    await kick_off(right, build.BRAND)
    return right


async def test_newer_answers_never_seem_older_than_what_runs(deps: Deps) -> None:
    """A kick-off on a slower server, while an older one runs, has inputs that are at least as new."""
    await kick_off(deps, build.BRAND)
    async with deps.store.transaction() as work:
        (lease,) = await work.jobs.claim("w1", limit=1, terms=deps.plan.terms)

    await asked_anew(deps)

    async with deps.store.reading() as work:
        newer, older = await work.runs.page(build.BRAND, after=None, limit=2)
    assert lease.compile_run_id == older.id
    assert newer.inputs.answers["tier0.what_we_do"] == "We mend nets."
    assert newer.inputs.captured_at >= older.inputs.captured_at


async def test_newer_answers_never_seem_older_than_the_head(deps: Deps) -> None:
    """A kick-off on a slower server has inputs that are at least as new as those of the newest version."""
    async with deps.store.transaction() as work:
        await work.snapshots.append(build.stored_snapshot(inputs_at=build.NOON + HOUR, compile_run_id=None))

    await asked_anew(deps)

    async with deps.store.reading() as work:
        (run,) = await work.runs.page(build.BRAND, after=None, limit=2)
    assert build.NOON + HOUR == run.inputs.captured_at
