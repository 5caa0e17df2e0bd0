"""Bringing the store to what a declaration says of a brand: all of it is checked before any of it is written."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from brandbrain.brand_choice import choose_brand
from brandbrain.declaration import Declaration, DeclaredSource
from brandbrain_core.errors import GatingFailed
from brandbrain_core.ids import BrandId, SourceId
from brandbrain_core.model.brand import Brand
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.source import Source
from brandbrain_core.policies import answers as answers_policy
from brandbrain_core.policies import gating
from brandbrain_core.ports import UnitOfWork
from brandbrain_core.services.brands import checked_name, checked_website, ensure_brand, update_brand
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.onboarding import save_answers, with_key_pages
from brandbrain_core.services.sources import connect_source, update_source


@attrs.frozen(kw_only=True)
class Declared:
    """The brand, and what the declaration took away: sources that it does not name are disabled, not deleted."""

    brand: Brand
    disabled: tuple[Source, ...]


async def carry_over(deps: Deps, said: Declaration, wanted: str | None) -> Declared:
    """
    Make the store say what *said* does: the brand, its answers if any are given, its sources.

    Args:
        deps: The store, time, ids and plan.
        said: What the command line and its files say.
        wanted: An existing brand by name or id; None: by the name that *said* gives, else the only brand there is.

    Raises:
        GatingFailed: The brand could not be compiled so; nothing was written.
        InvalidAnswers: Answers of a wrong type; nothing was written.
        InvalidInput: A name or website that cannot be.
    """
    if said.answers is not None:
        answers_policy.read(said.answers)
    checked_website(said.website_url)
    async with deps.store.reading() as work:
        existing = await _existing(work, said, wanted)
        await _check(deps, work, said, existing)
    brand = existing or await ensure_brand(deps, name=said.name or "", website_url=said.website_url)
    if said.website_url and said.website_url != brand.website_url:
        brand = await update_brand(deps, brand.id, website_url=said.website_url)
    await _save_answers(deps, brand.id, said)
    kept = [await _connect(deps, brand.id, source) for source in said.sources]
    return Declared(brand=brand, disabled=await _disable_others(deps, brand.id, kept) if said.is_whole else ())


async def _existing(work: UnitOfWork, said: Declaration, wanted: str | None) -> Brand | None:
    if wanted is not None or said.name is None:
        return await choose_brand(work, wanted)
    return await work.brands.find_by_name(checked_name(said.name))


async def _check(deps: Deps, work: UnitOfWork, said: Declaration, existing: Brand | None) -> None:
    """Raise `GatingFailed` unless the brand could be compiled with what is said and what of the store stays."""
    answers = said.answers
    sources = [_as_source(deps, source) for source in said.sources]
    if existing is not None:
        if answers is None:
            answers = (await work.brands.onboarding(existing.id)).answers
        if not said.is_whole:
            sources.extend(await work.sources.of_brand(existing.id))
    problems = gating.check(answers or {}, sources, allowed=deps.plan.allowed)
    if problems:
        raise GatingFailed(problems)


def _as_source(deps: Deps, said: DeclaredSource) -> Source:
    now = deps.clock.now()
    return Source(
        id=SourceId(deps.ids.new()),
        brand_id=BrandId(deps.ids.new()),
        platform=said.platform,
        capability=said.capability,
        identifier=said.identifier,
        is_enabled=said.is_enabled,
        settings=said.settings,
        created_at=now,
        updated_at=now,
    )


async def _save_answers(deps: Deps, brand: BrandId, said: Declaration) -> None:
    if said.answers is None:
        return
    tier = _tier(said.answers) if said.tier is None else said.tier
    async with deps.store.reading() as work:
        stored = await work.brands.onboarding(brand)
    if (stored.tier, stored.answers) != (tier, said.answers) or stored.updated_at is None:
        await save_answers(deps, brand, tier=tier, answers=said.answers)


def _tier(answers: JsonObject) -> int:
    """Return how far onboarding went: the highest tier that anything was answered of."""
    return max((tier for tier in (0, 1, 2) if any(name.startswith(f"tier{tier}.") for name in answers)), default=0)


async def _connect(deps: Deps, brand: BrandId, said: DeclaredSource) -> SourceId:
    connected = await connect_source(
        deps,
        brand,
        platform=said.platform,
        capability=said.capability,
        identifier=said.identifier,
        is_enabled=said.is_enabled,
        settings=said.settings,
    )
    source = connected.source
    if connected.existed:
        async with deps.store.reading() as work:
            answers = (await work.brands.onboarding(brand)).answers
        wanted = with_key_pages(attrs.evolve(source, is_enabled=said.is_enabled, settings=said.settings), answers)
        if wanted != source:
            await update_source(deps, source.id, is_enabled=wanted.is_enabled, settings=wanted.settings)
    return source.id


async def _disable_others(deps: Deps, brand: BrandId, kept: Sequence[SourceId]) -> tuple[Source, ...]:
    async with deps.store.reading() as work:
        others = [s for s in await work.sources.of_brand(brand) if s.is_enabled and s.id not in kept]
    return tuple([await update_source(deps, source.id, is_enabled=False) for source in others])
