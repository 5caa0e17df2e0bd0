"""What the posts of all social platforms have in common: how an item is put together, and when it is rejected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from brandbrain_core.errors import BrandBrainError, ItemRejected
from brandbrain_core.model.evidence import NormalisedItem, SecondaryKind
from brandbrain_core.model.json import JsonObject, JsonValue
from brandbrain_core.model.platform import SUPPORTED, Capability, ContentType, Platform
from brandbrain_core.policies.identifiers import public_url
from brandbrain_core.policies.text import hashtags
from brandbrain_core.ports import NormaliseContext
from brandbrain_sources.normalise.error_items import error_of
from brandbrain_sources.normalise.post_ids import id_of_words
from brandbrain_sources.normalise.reading import (
    MAX_AUTHOR,
    MAX_TITLE,
    MAX_URL,
    clipped,
    one_line,
    page_url,
    present,
    tags,
)

NOTHING_IN_IT = "It has neither an identity nor any text"


def capability_in(source: NormaliseContext, platform: Platform, usual: Capability) -> Capability:
    """Return the capability of *source*, or the *usual* one where that is of another platform."""
    return source.capability if (platform, source.capability) in SUPPORTED else usual


def account_url(source: NormaliseContext, platform: Platform, capability: Capability) -> str | None:
    """Return the address of the account that is collected; None where the source names none of *platform*."""
    if source.platform is not platform:
        return None
    try:
        url = public_url(platform, capability, source.identifier)
    except BrandBrainError:
        return None
    return url if len(url) <= MAX_URL else None


def post(
    payload: JsonObject,
    source: NormaliseContext,
    *,
    platform: Platform,
    capability: Capability,
    content_type: ContentType,
    external_id: str | None,
    url: str | None,
    text_primary: str | None,
    transcript: str | None = None,
    description: str | None = None,
    published_at: datetime | None = None,
    author_ref: str | None = None,
    title: JsonValue = None,
    hashtags_given: tuple[str, ...] = (),
    metrics: Mapping[str, int | float | None] | None = None,
    media: JsonObject | None = None,
    flags: Mapping[str, bool | None] | None = None,
    language: str | None = None,
) -> NormalisedItem:
    """
    Return the item; members that are None are unknown, and hashtags are read from the text where none are given.

    Raises:
        ItemRejected: *payload* has neither an id, nor a link, nor any text.
    """
    secondary = transcript or description
    heading = one_line(title, MAX_TITLE)
    words = "\n".join(part for part in (text_primary, secondary) if part) or heading or ""
    account = account_url(source, platform, capability)
    if url is not None and account is not None and page_url(url) == page_url(account):
        url = None
    error = error_of(payload)
    if external_id is None and not words and (url is None or error is not None):
        raise ItemRejected(error or NOTHING_IN_IT)
    if external_id is None and url is None:
        external_id = id_of_words(words, published_at)
    link = url or account or f"https://www.{platform}.com"
    return NormalisedItem(
        platform=platform,
        capability=capability,
        content_type=content_type,
        external_id=external_id,
        canonical_url=link,
        published_at=published_at,
        author_ref=clipped(author_ref, MAX_AUTHOR),
        title=heading,
        text_primary=text_primary or "",
        text_secondary=secondary,
        secondary_kind=_kind(transcript, description),
        hashtags=hashtags_given or tags(hashtags("\n".join(part for part in (text_primary, description) if part))),
        metrics=present(metrics or {}),
        media=present(media or {}),
        flags=present(flags or {}),
        language=language,
    )


def _kind(transcript: str | None, description: str | None) -> SecondaryKind | None:
    if transcript:
        return SecondaryKind.TRANSCRIPT
    return SecondaryKind.DESCRIPTION if description else None
