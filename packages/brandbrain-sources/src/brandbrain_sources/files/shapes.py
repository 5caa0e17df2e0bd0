"""Telling which raw shape a row has, by members that no other shape has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import SUPPORTED, Capability, Platform
from brandbrain_sources.normalise.reading import member, text

_PLATFORMS: Final = frozenset(Platform)
_OURS: Final = frozenset({"text_primary", "text_secondary", "canonical_url", "external_id", "author_ref"})


def _has(row: JsonObject, *names: str) -> bool:
    return any(name in row for name in names)


def _is_evidence(row: JsonObject) -> bool:
    return bool(_OURS & row.keys()) or (text(row.get("platform")) in _PLATFORMS and _has(row, "title", "url"))


def _is_instagram(row: JsonObject) -> bool:
    return _has(row, "shortCode", "productType", "coauthorProducers") or (
        _has(row, "ownerUsername", "caption") and _has(row, "id", "timestamp", "likesCount", "caption")
    )


def _is_tiktok(row: JsonObject) -> bool:
    return _has(row, "webVideoUrl", "authorMeta", "diggCount", "videoMeta")


def _is_linkedin(row: JsonObject) -> bool:
    return _has(row, "activity_urn", "full_urn") or (_has(row, "urn", "posted_at") and _has(row, "text", "url"))


def _is_youtube(row: JsonObject) -> bool:
    return _has(row, "channelId", "channelUrl", "numberOfSubscribers") and _has(row, "title", "viewCount", "id")


def _is_actor_page(row: JsonObject) -> bool:
    has_crawl = isinstance(row.get("crawl"), Mapping) or isinstance(row.get("metadata"), Mapping)
    return has_crawl and _has(row, "url", "crawl") and _has(row, "text", "markdown")


_DETECTORS: Final[tuple[tuple[str, Callable[[JsonObject], bool]], ...]] = (
    ("web_page", lambda row: _has(row, "loaded_url") and _has(row, "text", "http_status")),
    ("evidence_row", _is_evidence),
    ("instagram_reel", lambda row: _is_instagram(row) and _has(row, "transcript")),
    ("instagram_post", _is_instagram),
    ("tiktok_video", _is_tiktok),
    ("linkedin_post", _is_linkedin),
    ("youtube_feed_entry", lambda row: _has(row, "yt_videoid", "yt_channelid")),
    ("youtube_video", _is_youtube),
    ("apify_page", _is_actor_page),
)

_KINDS: Final[Mapping[str, tuple[Platform, Capability]]] = MappingProxyType(
    {
        "instagram_reel": (Platform.INSTAGRAM, Capability.REELS),
        "instagram_post": (Platform.INSTAGRAM, Capability.POSTS),
        "tiktok_video": (Platform.TIKTOK, Capability.PROFILE_VIDEOS),
        "youtube_feed_entry": (Platform.YOUTUBE, Capability.CHANNEL_VIDEOS),
        "youtube_video": (Platform.YOUTUBE, Capability.CHANNEL_VIDEOS),
        "web_page": (Platform.WEB, Capability.CRAWL_PAGES),
        "apify_page": (Platform.WEB, Capability.CRAWL_PAGES),
    }
)


def detect(row: JsonObject) -> str | None:
    """
    Return the name of the raw shape that *row* has; None if it is none that is known.

    >>> detect({"shortCode": "DTA4", "transcript": "..."}), detect({"text_primary": "x"}), detect({"a": 1})
    ('instagram_reel', 'evidence_row', None)
    """
    return next((shape for shape, fits in _DETECTORS if fits(row)), None)


def kind_of(shape: str, row: JsonObject) -> tuple[Platform, Capability] | None:
    """
    Return of which platform and capability *row* is; None if it does not say, as a bare text does not.

    >>> kind_of("linkedin_post", {"author": {"profile_url": "https://www.linkedin.com/in/a"}})[1].value
    'profile_posts'
    """
    if shape == "linkedin_post":
        is_profile = member(row, "author", "profile_url") is not None
        return Platform.LINKEDIN, Capability.PROFILE_POSTS if is_profile else Capability.COMPANY_POSTS
    if shape != "evidence_row":
        return _KINDS[shape]
    return _stated_kind(row)


def _stated_kind(row: JsonObject) -> tuple[Platform, Capability] | None:
    platform = (text(row.get("platform")) or "").lower()
    capability = (text(row.get("capability")) or "").lower()
    of_platform = [pair for pair in SUPPORTED if pair[0] == platform]
    return next((pair for pair in of_platform if pair[1] == capability), next(iter(of_platform), None))
