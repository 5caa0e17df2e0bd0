"""Evidence that the caller already has: a collector that brings given items, and everything wired round it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from brandbrain_core import wire
from brandbrain_core.clock import SystemClock, SystemIds
from brandbrain_core.memory.store import MemoryStore
from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.policies.hashing import digest
from brandbrain_core.ports import Clock, Collected, CollectedItem, CollectRequest, ExternalRuns, Ids, NormaliseContext
from brandbrain_core.services.deps import Deps
from brandbrain_core.synthesis import RulesSynthesizer

SHAPE: Final = "given_item"


class GivenItems:
    """
    A collector that brings the given items of the platform and capability it is asked for, whatever the identifier.
    """

    name: Final = "given"
    version: Final = "1"
    capped: Final = False

    def __init__(self, items: Iterable[NormalisedItem]) -> None:
        self._items = tuple(items)

    def serves(self, platform: Platform, capability: Capability, settings: JsonObject) -> bool:
        """Tell whether any item is of this kind."""
        del settings
        return any(self._is_of(item, platform, capability) for item in self._items)

    def input_of(self, request: CollectRequest) -> JsonObject:
        """Return a digest of the items: other items are collected anew."""
        return {"items": digest([item.payload for item in self._payloads(request)])}

    async def collect(self, request: CollectRequest, runs: ExternalRuns) -> Collected:
        """Return the items."""
        del runs
        return Collected(items=self._payloads(request)[: request.cap])

    def _payloads(self, request: CollectRequest) -> tuple[CollectedItem, ...]:
        wanted = (item for item in self._items if self._is_of(item, request.platform, request.capability))
        return tuple(CollectedItem(shape=SHAPE, payload=wire.unstructure(item)) for item in wanted)

    @staticmethod
    def _is_of(item: NormalisedItem, platform: Platform, capability: Capability) -> bool:
        return (item.platform, item.capability) == (platform, capability)


def normalise_given(payload: JsonObject, source: NormaliseContext) -> NormalisedItem:
    """Return the item that `GivenItems` brought."""
    del source
    return wire.structure(payload, NormalisedItem)


def memory_deps(items: Iterable[NormalisedItem] = (), *, clock: Clock | None = None, ids: Ids | None = None) -> Deps:
    """
    Return everything that the services need, in memory: an empty store, the rule-based synthesizer, the given items as
        evidence.

    Connect a source of the items' platform and capability, and a compile finds them.
    """
    clock = clock or SystemClock()
    plan = Plan(
        collectors=(GivenItems(items),), normalisers={SHAPE: normalise_given}, synthesizers=(RulesSynthesizer(),)
    )
    return Deps(store=MemoryStore(clock), clock=clock, ids=ids or SystemIds(), plan=plan)
