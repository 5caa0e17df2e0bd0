"""A brand that can be compiled in memory, and collectors and synthesizers that do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from brandbrain_core import wire
from brandbrain_core.ids import BrandId
from brandbrain_core.memory import MemoryStore
from brandbrain_core.model.draft import Brief, Draft
from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.ports import Collected, CollectedItem, CollectRequest, ExternalRuns, NormaliseContext
from brandbrain_core.services.brands import create_brand
from brandbrain_core.services.compile_now import CompiledNow, compile_now
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.onboarding import save_answers
from brandbrain_core.services.sources import connect_source
from brandbrain_core.testing.clock import ManualClock, SequentialIds

ANSWERS: JsonObject = {
    "tier0.what_we_do": "We mend sails",
    "tier0.who_for": "Weekend sailors",
    "tier0.primary_goal": "leads",
    "tier0.cta_posture": "soft",
    "tier0.taboos": ["luxury"],
}


def post(number: int, text: str = "Mended another sail today") -> JsonObject:
    """Return a raw post."""
    return {"id": f"post-{number}", "text": text}


def normalise_post(payload: JsonObject, source: NormaliseContext) -> NormalisedItem:
    """Make evidence of a raw post; one without text breaks it."""
    return NormalisedItem(
        platform=source.platform,
        capability=source.capability,
        content_type=ContentType.POST,
        external_id=payload["id"],
        canonical_url=f"https://www.instagram.com/p/{payload['id']}/",
        text_primary=payload["text"],
    )


@attrs.define
class Scripted:
    """A collector that brings what it is told, or raises it, and counts its calls."""

    items: dict[str, tuple[JsonObject, ...] | Exception] = attrs.field(factory=dict)
    name: str = "scripted"
    version: str = "1"
    capped: bool = True
    calls: list[CollectRequest] = attrs.field(factory=list)
    before: Callable[[CollectRequest, ExternalRuns], Any] | None = None
    problems: tuple[str, ...] = ()
    rejected: int | None = None

    def serves(self, platform: Platform, capability: Capability, settings: JsonObject) -> bool:
        """Serve everything but what is marked unserved."""
        del platform, capability
        return not settings.get("unserved")

    def input_of(self, request: CollectRequest) -> JsonObject:
        """Depend on identifier and settings; a malformed setting breaks it."""
        if request.settings.get("malformed"):
            raise KeyError("malformed")
        return {"identifier": request.identifier, "settings": dict(request.settings)}

    async def collect(self, request: CollectRequest, runs: ExternalRuns) -> Collected:
        """Bring what it was told."""
        self.calls.append(request)
        if self.before is not None:
            await self.before(request, runs)
        found = self.items.get(request.identifier, (post(1), post(2)))
        if isinstance(found, Exception):
            raise found
        items = tuple(CollectedItem(shape="post", payload=item) for item in found)
        return Collected(items=items, problems=self.problems, rejected=self.rejected)


@attrs.define
class Quiet:
    """A synthesizer that infers nothing, or what it is told."""

    id: str = "quiet"
    model: str | None = None
    prompt_version: str = "1"
    result: Draft | Exception | Callable[[Brief], Draft] = attrs.field(factory=Draft)

    async def draft(self, brief: Brief) -> Draft:
        """Return or raise what it was told."""
        if isinstance(self.result, Exception):
            raise self.result
        return self.result(brief) if callable(self.result) else self.result


@attrs.define
class Workshop:
    """Everything that a compile in memory needs."""

    clock: ManualClock
    collector: Scripted
    deps: Deps
    brand: BrandId

    def planned(self, **changes: Any) -> Workshop:
        """Return the same brand under another plan."""
        plan = attrs.evolve(self.deps.plan, **changes)
        return attrs.evolve(self, deps=attrs.evolve(self.deps, plan=plan))

    async def compile(self, *, force: bool = False) -> CompiledNow:
        """Compile the brand."""
        return await compile_now(self.deps, self.brand, force=force)

    async def snapshot(self) -> Snapshot:
        """Return the latest snapshot."""
        async with self.deps.store.reading() as work:
            return wire.loads((await work.snapshots.latest(self.brand)).document, Snapshot)

    async def run(self, compiled: CompiledNow) -> Any:
        """Return the run that a compile did."""
        assert compiled.kickoff.run_id is not None
        async with self.deps.store.reading() as work:
            return await work.runs.get(self.brand, compiled.kickoff.run_id)


@pytest.fixture
async def workshop() -> Workshop:
    """A brand with answers and one Instagram source."""
    return await open_workshop()


async def open_workshop(make_store: Callable[[ManualClock], MemoryStore] = MemoryStore) -> Workshop:
    """Return a brand with answers and one Instagram source, in a store of this kind."""
    clock, collector = ManualClock(), Scripted()
    plan = Plan(collectors=(collector,), normalisers={"post": normalise_post}, synthesizers=(Quiet(),))
    deps = Deps(store=make_store(clock), clock=clock, ids=SequentialIds(), plan=plan)
    brand = await create_brand(deps, name="Marrowby Sail Loft")
    await save_answers(deps, brand.id, tier=0, answers=ANSWERS)
    await connect_source(deps, brand.id, platform="instagram", capability="posts", identifier="@marrowby")
    return Workshop(clock=clock, collector=collector, deps=deps, brand=brand.id)


async def never() -> None:
    """Wait for ever."""
    await asyncio.Event().wait()
