"""One brand that went through everything, from which thousands are copied; and the services that know its evidence."""

from __future__ import annotations

from random import Random
from typing import Final

import attrs

from brandbrain_core import wire
from brandbrain_core.ids import BrandId
from brandbrain_core.memory.given import memory_deps
from brandbrain_core.model.brand import Onboarding
from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.services.compile_now import compile_now
from brandbrain_core.services.deps import Deps
from brandbrain_core.testing import build
from brandbrain_store import open_store

TEMPLATE: Final[BrandId] = build.BRAND
_ITEMS: Final = 40
_ANSWERS: Final = {
    "tier0.what_we_do": "We mend sails.",
    "tier0.who_for": "People who sail far.",
    "tier0.primary_goal": "awareness",
    "tier0.cta_posture": "soft",
}
_WORDS: Final = ("sail", "harbour", "canvas", "thread", "needle", "mast", "weather", "repair", "summer", "voyage")


async def deps_on(url: str) -> Deps:
    """Return the services over the database at *url*, with posts to collect; the caller closes the store."""
    return attrs.evolve(memory_deps(_items()), store=await open_store(url, migrate=False))


async def compile_template(url: str) -> None:
    """Add the brand, answer its questions, connect a source, and compile it."""
    deps = await deps_on(url)
    try:
        async with deps.store.transaction() as work:
            await work.brands.add(build.brand())
            now = deps.clock.now()
            saved = Onboarding(brand_id=TEMPLATE, tier=0, answers=_ANSWERS, updated_at=now)
            await work.brands.save_onboarding(saved)
            await work.sources.add(build.source())
        await compile_now(deps, TEMPLATE)
        async with deps.store.reading() as work:
            await work.views.latest(TEMPLATE)
    finally:
        await deps.store.close()


def padded(document: str, size: int) -> str:
    """Return a snapshot's text with a field of prose in it, so that it has *size* characters if it was shorter."""
    snapshot = wire.loads(document, Snapshot)
    random = Random(1)
    missing = size - len(wire.dumps(_with_prose(snapshot, "")))
    prose = "".join(f"{random.choice(_WORDS)}{random.randrange(10_000)} " for _ in range(missing // 5))
    return wire.dumps(_with_prose(snapshot, prose[:missing])) if missing > 0 else document


def _with_prose(snapshot: Snapshot, prose: str) -> Snapshot:
    return attrs.evolve(snapshot, own_fields={**snapshot.own_fields, "archive": build.field_node(prose)})


def _items() -> list[NormalisedItem]:
    text = "Sails mended, and why the harbour matters in weather number {}. "
    return [build.normalised_item(number, text_primary=text.format(number) * 4) for number in range(1, _ITEMS)]
