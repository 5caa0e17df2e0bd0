"""Brands: create, rename, delete."""

from __future__ import annotations

from typing import Final

import attrs

from brandbrain_core.errors import InvalidIdentifier, InvalidInput
from brandbrain_core.ids import BrandId
from brandbrain_core.model.brand import Brand
from brandbrain_core.policies.identifiers import normalise_url
from brandbrain_core.policies.storable import storable
from brandbrain_core.services.deps import Deps

NAME_MAX: Final = 255


async def create_brand(deps: Deps, *, name: str, website_url: str | None = None) -> Brand:
    """
    Store a new brand; blank websites count as none.

    Raises:
        InvalidInput: The name is blank or longer than 255 characters, or the website is no http(s) URL.
    """
    brand = _new_brand(deps, name, website_url)
    async with deps.store.transaction() as work:
        await work.brands.add(brand)
    return brand


async def ensure_brand(deps: Deps, *, name: str, website_url: str | None = None) -> Brand:
    """
    Return the oldest brand of this name, created if there is none; a given website replaces the stored one.

    Raises:
        InvalidInput: As `create_brand`.
    """
    async with deps.store.transaction() as work:
        brand = await work.brands.find_by_name(checked_name(name))
        if brand is None:
            brand = _new_brand(deps, name, website_url)
            await work.brands.add(brand)
            return brand
    if checked_website(website_url) in (None, brand.website_url):
        return brand
    return await update_brand(deps, brand.id, website_url=website_url)


async def update_brand(
    deps: Deps, brand_id: BrandId, *, name: str | None = None, website_url: str | None = None
) -> Brand:
    """Change what is given, a blank website removes it; raise `BrandNotFound`, or `InvalidInput` as `create_brand`."""
    async with deps.store.transaction() as work:
        brand = await work.brands.get(brand_id)
        if name is not None:
            brand = attrs.evolve(brand, name=checked_name(name))
        if website_url is not None:
            brand = attrs.evolve(brand, website_url=checked_website(website_url))
        await work.brands.update(brand)
    return brand


async def delete_brand(deps: Deps, brand_id: BrandId) -> None:
    """Make the brand not exist any more, and stop what is being compiled for it; raise `BrandNotFound`."""
    async with deps.store.transaction() as work:
        await work.brands.get(brand_id)
        for job in await work.jobs.active(brand_id):
            await work.jobs.cancel(job.compile_run_id)
        await work.brands.delete(brand_id, at=deps.clock.now())


def _new_brand(deps: Deps, name: str, website_url: str | None) -> Brand:
    return Brand(
        id=BrandId(deps.ids.new()),
        name=checked_name(name),
        website_url=checked_website(website_url),
        created_at=deps.clock.now(),
    )


def checked_name(name: str) -> str:
    """
    Return the name trimmed; raise `InvalidInput`.

    >>> checked_name("  Marrowby ")
    'Marrowby'
    """
    trimmed = name.strip()
    if not trimmed:
        raise InvalidInput("name is required and must be non-empty string")
    if storable(trimmed) != trimmed:
        raise InvalidInput("name must have no NUL and no half of a character")
    if len(trimmed) > NAME_MAX:
        raise InvalidInput(f"name must be at most {NAME_MAX} characters")
    return trimmed


def checked_website(url: str | None) -> str | None:
    """
    Return the URL trimmed, None for a blank one; raise `InvalidInput` unless it is http(s).

    >>> checked_website(" https://Example.org/ ")
    'https://Example.org/'
    """
    trimmed = (url or "").strip()
    if not trimmed:
        return None
    try:
        normalise_url(trimmed)
    except InvalidIdentifier:
        raise InvalidInput("website_url must be an http(s) URL") from None
    return trimmed
