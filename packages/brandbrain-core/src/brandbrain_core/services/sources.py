"""Sources: connect, change, disconnect."""

from __future__ import annotations

from enum import Enum
from typing import Final

import attrs

from brandbrain_core.errors import SourceExists, UnsupportedCapability
from brandbrain_core.ids import BrandId, SourceId
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import SUPPORTED, Capability, Platform
from brandbrain_core.model.source import Source
from brandbrain_core.policies import identifiers
from brandbrain_core.ports import UnitOfWork
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.onboarding import stored_answers, with_key_pages


class _Unchanged(Enum):
    UNCHANGED = "unchanged"


UNCHANGED: Final = _Unchanged.UNCHANGED
"""Given in place of a value: leave it as it is (None may be a value of its own)."""


@attrs.frozen(kw_only=True)
class Connected:
    """A source, and whether it was there already."""

    source: Source
    existed: bool


async def connect_source(
    deps: Deps,
    brand_id: BrandId,
    *,
    platform: str,
    capability: str,
    identifier: str,
    is_enabled: bool = True,
    settings: JsonObject | None = None,
) -> Connected:
    """
    Store a source, or return the one that has this platform, capability and normalised identifier already.

    Raises:
        BrandNotFound: There is no such brand.
        UnsupportedCapability: Nothing of this kind can be collected.
        InvalidIdentifier: It names no account; the reason says why.
    """
    kind = supported(platform, capability)
    normalised = identifiers.normalise(platform, capability, identifier)
    now = deps.clock.now()
    async with deps.store.transaction() as work:
        answers = await stored_answers(work, brand_id)
        existing = await work.sources.find(brand_id, *kind, normalised)
        if existing is not None:
            return Connected(source=existing, existed=True)
        source = with_key_pages(
            Source(
                id=SourceId(deps.ids.new()),
                brand_id=brand_id,
                platform=kind[0],
                capability=kind[1],
                identifier=normalised,
                is_enabled=is_enabled,
                settings=settings or None,
                created_at=now,
                updated_at=now,
            ),
            answers,
        )
        try:
            await work.sources.add(source)
        except SourceExists:
            return await _existing(work, source)
    return Connected(source=source, existed=False)


async def _existing(work: UnitOfWork, source: Source) -> Connected:
    """Return the source that somebody else has just made; raise `SourceExists` if it is gone again."""
    found = await work.sources.find(source.brand_id, source.platform, source.capability, source.identifier)
    if found is None:
        raise SourceExists
    return Connected(source=found, existed=True)


async def update_source(
    deps: Deps,
    source_id: SourceId,
    *,
    identifier: str | _Unchanged = UNCHANGED,
    is_enabled: bool | _Unchanged = UNCHANGED,
    settings: JsonObject | _Unchanged | None = UNCHANGED,
) -> Source:
    """
    Change what is given.

    Raises:
        SourceNotFound: There is no such source.
        SourceExists: Another source of the brand has this identifier.
        InvalidIdentifier: The identifier names no account.
    """
    async with deps.store.transaction() as work:
        source = await work.sources.get(source_id)
        changed = source
        if not isinstance(identifier, _Unchanged):
            normalised = identifiers.normalise(source.platform, source.capability, identifier)
            changed = attrs.evolve(changed, identifier=normalised)
        if not isinstance(is_enabled, _Unchanged):
            changed = attrs.evolve(changed, is_enabled=is_enabled)
        if not isinstance(settings, _Unchanged):
            changed = attrs.evolve(changed, settings=settings or None)
        if changed != source:
            changed = attrs.evolve(changed, updated_at=deps.clock.now())
            await work.sources.update(changed)
    return changed


async def disconnect_source(deps: Deps, source_id: SourceId) -> None:
    """Delete a source with what was collected from it; raise `SourceNotFound`."""
    async with deps.store.transaction() as work:
        await work.sources.delete(source_id)


def supported(platform: str, capability: str) -> tuple[Platform, Capability]:
    """Return the kind of source that these name; raise `UnsupportedCapability`."""
    kinds = {(str(p), str(c)): (p, c) for p, c in SUPPORTED}
    try:
        return kinds[platform, capability]
    except KeyError:
        raise UnsupportedCapability(platform, capability) from None
