"""Raw shapes ``instagram_post`` and ``instagram_reel``: what the actors for Instagram return."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.ports import NormaliseContext
from brandbrain_sources.normalise.post_ids import id_in_link, id_of_shortcode
from brandbrain_sources.normalise.posts import capability_in, post
from brandbrain_sources.normalise.reading import (
    clipped,
    count,
    flag,
    identity,
    member,
    moment,
    objects,
    seconds,
    tags,
    text,
    web_url,
)

_TYPES: Final[Mapping[str, str]] = MappingProxyType({"image": "image", "video": "video", "sidecar": "carousel"})
_MAX_CODE: Final = 20


def normalise_post(payload: JsonObject, source: NormaliseContext) -> NormalisedItem:
    """Return the item of a post; one that is a clip is a reel. See `brandbrain_core.ports.Normaliser`."""
    return _normalise(payload, source, Capability.POSTS)


def normalise_reel(payload: JsonObject, source: NormaliseContext) -> NormalisedItem:
    """Return the item of a reel, with its transcript. See `brandbrain_core.ports.Normaliser`."""
    return _normalise(payload, source, Capability.REELS)


def _normalise(payload: JsonObject, source: NormaliseContext, usual: Capability) -> NormalisedItem:
    url = web_url(payload.get("url"))
    code = clipped(payload.get("shortCode"), _MAX_CODE)
    owner = clipped(payload.get("ownerUsername"), 255)
    is_clip = payload.get("productType") == "clips" or usual is Capability.REELS
    hashtags = payload.get("hashtags")
    return post(
        payload,
        source,
        platform=Platform.INSTAGRAM,
        capability=capability_in(source, Platform.INSTAGRAM, usual),
        content_type=ContentType.REEL if is_clip else ContentType.POST,
        external_id=_id(payload, url, code),
        url=url or _link(code),
        text_primary=text(payload.get("caption")),
        transcript=text(payload.get("transcript")),
        published_at=moment(payload.get("timestamp")),
        author_ref=owner,
        hashtags_given=tags(hashtags) if isinstance(hashtags, list | tuple) else (),
        metrics={
            "likes": count(payload.get("likesCount")),
            "comments": count(payload.get("commentsCount")),
            "views": count(payload.get("videoViewCount")),
            "plays": count(payload.get("videoPlayCount")),
        },
        media=_media(payload, code),
        flags={
            "is_coauthored": _is_coauthored(owner, source),
            "is_sponsored": True if _is_sponsored(payload) else None,
        },
    )


def _id(payload: JsonObject, url: str | None, code: str | None) -> str | None:
    given = identity(payload.get("id"))
    if given is not None:
        return given
    return (id_of_shortcode(code) if code else None) or (id_in_link(Platform.INSTAGRAM, url) if url else None)


def _link(code: str | None) -> str | None:
    return f"https://www.instagram.com/p/{code}/" if code and id_of_shortcode(code) else None


def _media(payload: JsonObject, code: str | None) -> JsonObject:
    kind = clipped(payload.get("type"), 50)
    music = member(payload, "musicInfo", "audio_id")
    return {
        "type": _TYPES.get(kind.lower(), kind.lower()) if kind else None,
        "shortcode": code,
        "owner_id": identity(payload.get("ownerId")),
        "duration": seconds(payload.get("videoDuration")),
        "music_id": identity(music),
        "children": len(objects(payload.get("childPosts"))) or None,
    }


def _is_coauthored(owner: str | None, source: NormaliseContext) -> bool | None:
    if owner is None or source.platform is not Platform.INSTAGRAM:
        return None
    return owner.lower() != source.identifier.lower()


def _is_sponsored(payload: JsonObject) -> bool:
    return bool(
        flag(payload.get("paidPartnership")) or flag(payload.get("isSponsored")) or objects(payload.get("sponsors"))
    )
