"""Raw shape ``tiktok_video``: what the actor for TikTok returns."""

from __future__ import annotations

from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.ports import NormaliseContext
from brandbrain_sources.normalise.post_ids import id_in_link
from brandbrain_sources.normalise.posts import capability_in, post
from brandbrain_sources.normalise.reading import (
    clipped,
    count,
    flag,
    identity,
    language,
    member,
    moment,
    moment_of_epoch,
    objects,
    seconds,
    tags,
    text,
    web_url,
)


def normalise(payload: JsonObject, source: NormaliseContext) -> NormalisedItem:
    """Return the item of a video. Links to subtitles are no text. See `brandbrain_core.ports.Normaliser`."""
    url = web_url(payload.get("webVideoUrl"))
    author = clipped(member(payload, "authorMeta", "name"), 255)
    external_id = identity(payload.get("id")) or (id_in_link(Platform.TIKTOK, url) if url else None)
    return post(
        payload,
        source,
        platform=Platform.TIKTOK,
        capability=capability_in(source, Platform.TIKTOK, Capability.PROFILE_VIDEOS),
        content_type=ContentType.SHORT_VIDEO,
        external_id=external_id,
        url=url or _link(author, external_id),
        text_primary=text(payload.get("text")),
        published_at=moment(payload.get("createTimeISO")) or moment_of_epoch(payload.get("createTime")),
        author_ref=author,
        hashtags_given=tags(tag.get("name") for tag in objects(payload.get("hashtags"))),
        metrics={
            "plays": count(payload.get("playCount")),
            "likes": count(payload.get("diggCount")),
            "comments": count(payload.get("commentCount")),
            "shares": count(payload.get("shareCount")),
            "saves": count(payload.get("collectCount")),
        },
        media={
            "type": "slideshow" if flag(payload.get("isSlideshow")) else "video",
            "duration": seconds(member(payload, "videoMeta", "duration")),
            "music_id": identity(member(payload, "musicMeta", "musicId")),
            "fans": count(member(payload, "authorMeta", "fans")),
        },
        flags={
            "is_ad": flag(payload.get("isAd")),
            "is_sponsored": flag(payload.get("isSponsored")),
            "is_pinned": flag(payload.get("isPinned")),
        },
        language=language(payload.get("textLanguage")),
    )


def _link(author: str | None, external_id: str | None) -> str | None:
    if author is None or external_id is None or not external_id.isdigit():
        return None
    return web_url(f"https://www.tiktok.com/@{author}/video/{external_id}")
