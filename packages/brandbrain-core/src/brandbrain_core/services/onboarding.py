"""Onboarding: a brand's answers, and the key pages that its web sources take from them."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from brandbrain_core.errors import InvalidInput
from brandbrain_core.ids import BrandId
from brandbrain_core.model.brand import Onboarding
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Platform
from brandbrain_core.model.source import Source
from brandbrain_core.policies import answers as answers_policy
from brandbrain_core.policies.identifiers import extra_start_urls
from brandbrain_core.ports import UnitOfWork
from brandbrain_core.services.deps import Deps

KEY_PAGES = "tier1.key_pages"
EXTRA_START_URLS = "extra_start_urls"


async def save_answers(deps: Deps, brand_id: BrandId, *, tier: int, answers: JsonObject) -> Onboarding:
    """
    Replace all answers of a brand, and refresh the start pages of its web sources.

    Raises:
        BrandNotFound: There is no such brand.
        InvalidInput: *tier* is not 0, 1 or 2.
        InvalidAnswers: Answers of a wrong type; each is named. Unknown question ids are kept.
    """
    if isinstance(tier, bool) or tier not in (0, 1, 2):
        raise InvalidInput("tier must be 0, 1, or 2")
    answers_policy.read(answers)
    now = deps.clock.now()
    saved = Onboarding(brand_id=brand_id, tier=tier, answers=answers, updated_at=now)
    async with deps.store.transaction() as work:
        await work.brands.get(brand_id)
        await work.brands.save_onboarding(saved)
        for source in await work.sources.of_brand(brand_id):
            refreshed = with_key_pages(source, answers)
            if refreshed != source:
                await work.sources.update(attrs.evolve(refreshed, updated_at=now))
    return saved


def with_key_pages(source: Source, answers: JsonObject) -> Source:
    """Return a web source with the first two valid key pages as extra start URLs; another source as it is."""
    if source.platform is not Platform.WEB:
        return source
    pages = answers.get(KEY_PAGES)
    extra = list(extra_start_urls(pages)) if isinstance(pages, list | tuple) else []
    settings: Mapping[str, object] = {k: v for k, v in (source.settings or {}).items() if k != EXTRA_START_URLS}
    if extra:
        settings = {**settings, EXTRA_START_URLS: extra}
    return attrs.evolve(source, settings=settings or None)


async def stored_answers(work: UnitOfWork, brand_id: BrandId) -> JsonObject:
    """Return the saved answers of a brand; raise `BrandNotFound`."""
    return (await work.brands.onboarding(brand_id)).answers
