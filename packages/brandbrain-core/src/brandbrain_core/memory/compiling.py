"""One call from answers and items to a snapshot, for callers who want no store and no event loop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from brandbrain_core.blocking import Services
from brandbrain_core.memory.given import memory_deps
from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.ports import Clock, Ids
from brandbrain_core.services.brands import create_brand
from brandbrain_core.services.compile_now import compile_now
from brandbrain_core.services.onboarding import save_answers
from brandbrain_core.services.snapshots import latest_snapshot
from brandbrain_core.services.sources import connect_source

_ACCOUNT: Final[Mapping[Platform, str]] = MappingProxyType({Platform.WEB: "https://brand.example"})
"""Some identifier is needed for each source; the items do not depend on it."""


def compile_items(
    answers: JsonObject, items: Iterable[NormalisedItem], *, clock: Clock | None = None, ids: Ids | None = None
) -> Snapshot:
    """
    Return the first snapshot of a brand with these answers and this evidence, compiled by rules, in memory.

    Args:
        answers: By question id, as `brandbrain_core.questions.CATALOGUE` lists them.
        items: At least one; at most 2,000 of a kind are looked at.
        clock: Tells when it is compiled; None: the machine's clock.
        ids: Makes the ids; None: at random. With *clock* and *ids* given, the same input gives the same bytes.

    Raises:
        InvalidAnswers: Answers of a wrong type.
        GatingFailed: A required answer is missing, or there is no item.
    """
    given = tuple(items)
    kinds: set[tuple[Platform, Capability]] = {(item.platform, item.capability) for item in given}
    with Services(memory_deps(given, clock=clock, ids=ids)) as run:
        brand = run(create_brand, name="Brand")
        run(save_answers, brand.id, tier=0, answers=answers)
        for platform, capability in sorted(kinds):
            account = _ACCOUNT.get(platform, "@brand" if platform is not Platform.LINKEDIN else "brand")
            run(connect_source, brand.id, platform=platform, capability=capability, identifier=account)
        run(compile_now, brand.id)
        return run(latest_snapshot, brand.id)
