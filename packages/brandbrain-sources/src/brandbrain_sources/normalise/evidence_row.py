"""
Raw shape ``evidence_row``: items in our own shape, as files bring them; from CSV, every member is a string.

Members are those of `brandbrain_core.model.evidence.NormalisedItem`. In CSV, ``hashtags`` is a list in JSON or words
between blanks or commas; ``metrics``, ``media`` and ``flags`` are objects in JSON, or columns named ``metrics.likes``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import attrs

from brandbrain_core.errors import InvalidIdentifier, ItemRejected, UnsupportedCapability
from brandbrain_core.model.evidence import NormalisedItem, SecondaryKind
from brandbrain_core.model.json import JsonObject, JsonValue
from brandbrain_core.model.platform import SUPPORTED, Capability, ContentType, Platform
from brandbrain_core.policies.identifiers import normalise as normalise_identifier
from brandbrain_core.policies.text import hashtags
from brandbrain_core.ports import NormaliseContext
from brandbrain_sources.normalise.pages import address_of_words
from brandbrain_sources.normalise.post_ids import id_in_link
from brandbrain_sources.normalise.posts import NOTHING_IN_IT, post
from brandbrain_sources.normalise.reading import (
    MAX_AUTHOR,
    MAX_TITLE,
    clipped,
    flag,
    identity,
    language,
    moment,
    moment_of_epoch,
    number,
    one_line,
    page_url,
    present,
    tags,
    text,
    web_url,
)
from brandbrain_sources.plain_json import parsed_json
from brandbrain_sources.sites import host_of

_SEPARATORS: Final = re.compile(r"[\s,;]+")
_SPOKEN: Final = frozenset({ContentType.REEL, ContentType.SHORT_VIDEO, ContentType.VIDEO})
_DERIVED: Final = frozenset({"has_transcript", "is_low_value"})
_MAX_MEMBERS: Final = 100
_MAX_VALUE: Final = 2000


def kind_of(payload: JsonObject, source: NormaliseContext) -> tuple[Platform, Capability, ContentType]:
    """Return platform, capability and content type of a row; what it does not say is that of *source*."""
    platform = _one_of(Platform, payload.get("platform")) or source.platform
    capability = _one_of(Capability, payload.get("capability"))
    if capability is None or (platform, capability) not in SUPPORTED:
        of_platform = [each for known, each in SUPPORTED if known is platform]
        capability = source.capability if source.capability in of_platform else of_platform[0]
    usual = SUPPORTED[platform, capability]
    given = _one_of(ContentType, payload.get("content_type"))
    possible = {SUPPORTED[platform, each] for known, each in SUPPORTED if known is platform}
    return platform, capability, given if given in possible else usual


def normalise(payload: JsonObject, source: NormaliseContext) -> NormalisedItem:
    """Return the item of a row. See `brandbrain_core.ports.Normaliser`."""
    platform, capability, content_type = kind_of(payload, source)
    here = _context(payload, source, platform, capability)
    if platform is Platform.WEB:
        return _page(payload, here)
    url = web_url(payload.get("canonical_url")) or web_url(payload.get("url"))
    secondary = text(payload.get("text_secondary"))
    is_spoken = _is_transcript(payload, content_type)
    return post(
        payload,
        here,
        platform=platform,
        capability=capability,
        content_type=content_type,
        external_id=identity(payload.get("external_id")) or (id_in_link(platform, url) if url else None),
        url=url,
        text_primary=text(payload.get("text_primary")),
        transcript=secondary if is_spoken else None,
        description=None if is_spoken else secondary,
        published_at=_published(payload),
        author_ref=clipped(payload.get("author_ref"), MAX_AUTHOR),
        title=payload.get("title"),
        hashtags_given=_hashtags(payload.get("hashtags")),
        metrics={name: number(value) for name, value in _members(payload, "metrics").items()},
        media=_media(payload),
        flags=_flags(payload),
        language=language(payload.get("language")),
    )


def _page(payload: JsonObject, source: NormaliseContext) -> NormalisedItem:
    words = text(payload.get("text_primary")) or ""
    description = text(payload.get("text_secondary"))
    heading = one_line(payload.get("title"), MAX_TITLE)
    url = page_url(payload.get("canonical_url")) or page_url(payload.get("url"))
    url = url or address_of_words(words or description or heading or "", source)
    if url is None:
        raise ItemRejected(NOTHING_IN_IT)
    return NormalisedItem(
        platform=Platform.WEB,
        capability=Capability.CRAWL_PAGES,
        content_type=ContentType.WEB_PAGE,
        external_id=identity(payload.get("external_id")),
        canonical_url=url,
        published_at=_published(payload),
        author_ref=clipped(payload.get("author_ref"), MAX_AUTHOR) or host_of(url)[:MAX_AUTHOR] or None,
        title=heading,
        text_primary=words,
        text_secondary=description,
        secondary_kind=SecondaryKind.DESCRIPTION if description else None,
        hashtags=_hashtags(payload.get("hashtags")) or tags(hashtags(words)),
        metrics=present({name: number(value) for name, value in _members(payload, "metrics").items()}),
        media=_media(payload),
        flags=_flags(payload),
        language=language(payload.get("language")),
    )


def _context(
    payload: JsonObject, source: NormaliseContext, platform: Platform, capability: Capability
) -> NormaliseContext:
    """Return *source*, or for rows of another platform the account that the row names."""
    if source.platform is platform:
        return source
    author = text(payload.get("author_ref")) or ""
    try:
        account = normalise_identifier(platform, capability, author)
    except (InvalidIdentifier, UnsupportedCapability):
        return source
    return attrs.evolve(source, platform=platform, capability=capability, identifier=account)


def _one_of(kind: type[Platform] | type[Capability] | type[ContentType], value: JsonValue) -> JsonValue:
    found = (text(value) or "").lower()
    return next((member for member in kind if member.value == found), None)


def _published(payload: JsonObject) -> datetime | None:
    value = payload.get("published_at")
    return moment(value) or moment_of_epoch(value)


def _is_transcript(payload: JsonObject, content_type: ContentType) -> bool:
    stated = text(payload.get("secondary_kind"))
    if stated in {kind.value for kind in SecondaryKind}:
        return stated == SecondaryKind.TRANSCRIPT
    has_transcript = flag(_members(payload, "flags").get("has_transcript"))
    return bool(has_transcript) and content_type in _SPOKEN


def _hashtags(value: JsonValue) -> tuple[str, ...]:
    if isinstance(value, str):
        listed = _parsed(value)
        value = listed if isinstance(listed, list) else _SEPARATORS.split(value)
    return tags(value) if isinstance(value, list | tuple) else ()


def _members(payload: JsonObject, name: str) -> dict[str, JsonValue]:
    """Return the members of an object that is one, is written in JSON, or is spread over columns ``name.member``."""
    value = payload.get(name)
    if isinstance(value, str):
        value = _parsed(value)
    found = dict(value) if isinstance(value, Mapping) else {}
    prefix = f"{name}."
    found.update({key.removeprefix(prefix): each for key, each in payload.items() if key.startswith(prefix)})
    return {str(key)[:100]: found[key] for key in list(found)[:_MAX_MEMBERS] if text(str(key))}


def _parsed(value: str) -> JsonValue:
    try:
        return parsed_json(value) if value.strip().startswith(("[", "{")) else None
    except ValueError:
        return None


def _media(payload: JsonObject) -> dict[str, JsonValue]:
    return present({name: _scalar_or_list(value) for name, value in _members(payload, "media").items()})


def _scalar_or_list(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        known = number(value)
        return known if known is not None and str(known) == value.strip() else clipped(value, _MAX_VALUE)
    if isinstance(value, list | tuple):
        scalars = (
            _scalar_or_list(each) for each in value[:_MAX_MEMBERS] if not isinstance(each, list | tuple | Mapping)
        )
        return [each for each in scalars if each is not None]
    return value if isinstance(value, bool) else number(value)


def _flags(payload: JsonObject) -> dict[str, JsonValue]:
    given = _members(payload, "flags")
    return present({name: flag(value) for name, value in given.items() if name not in _DERIVED})
