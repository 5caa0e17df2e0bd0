"""Services inside a transaction of their caller."""

from __future__ import annotations

import attrs
import pytest

from brandbrain_core.ids import DEFAULT_TENANT
from brandbrain_core.memory.given import memory_deps
from brandbrain_core.services.brands import create_brand, delete_brand
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.joined import JoinedStore
from brandbrain_core.services.kickoff import kick_off
from brandbrain_core.services.onboarding import save_answers
from brandbrain_core.services.sources import connect_source
from brandbrain_core.testing.clock import ManualClock, SequentialIds

ANSWERS = {
    "tier0.what_we_do": "We mend sails.",
    "tier0.who_for": "Sailors.",
    "tier0.primary_goal": "leads",
    "tier0.cta_posture": "soft",
}


@pytest.fixture
def deps() -> Deps:
    """Everything in memory."""
    return memory_deps(clock=ManualClock(), ids=SequentialIds())


async def test_what_services_do_is_committed_with_the_outer_transaction(deps: Deps) -> None:
    """All of it, and each sees what those before it did."""
    async with deps.store.transaction() as work:
        joined = attrs.evolve(deps, store=JoinedStore(work))
        brand = await create_brand(joined, name="Marrowby")
        await save_answers(joined, brand.id, tier=0, answers=ANSWERS)
        async with deps.store.reading() as other:
            assert () == await other.brands.page(after=None, limit=9)
    async with deps.store.reading() as work:
        assert ANSWERS == (await work.brands.onboarding(brand.id)).answers


async def test_what_services_do_is_undone_with_the_outer_transaction(deps: Deps) -> None:
    """Though each of them has ended well."""
    with pytest.raises(ZeroDivisionError):
        await _made_and_broken(deps)
    async with deps.store.reading() as work:
        assert () == await work.brands.page(after=None, limit=9)


async def test_a_view_is_chosen_before_the_transaction_begins(deps: Deps) -> None:
    """Not within it."""
    async with deps.store.transaction() as work:
        with pytest.raises(RuntimeError):
            JoinedStore(work).scoped(DEFAULT_TENANT)


async def test_a_deleted_brand_compiles_no_more(deps: Deps) -> None:
    """What waited is cancelled with it."""
    brand = await create_brand(deps, name="Marrowby")
    await save_answers(deps, brand.id, tier=0, answers=ANSWERS)
    await connect_source(deps, brand.id, platform="instagram", capability="posts", identifier="marrowby")
    await kick_off(deps, brand.id)
    await delete_brand(deps, brand.id)
    async with deps.store.reading() as work:
        assert () == await work.jobs.claimable(limit=9)


async def _made_and_broken(deps: Deps) -> None:
    async with deps.store.transaction() as work:
        await create_brand(attrs.evolve(deps, store=JoinedStore(work)), name="Marrowby")
        raise ZeroDivisionError
