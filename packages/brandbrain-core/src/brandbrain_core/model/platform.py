"""Where evidence comes from: platforms, what can be collected from each, and what it yields."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Platform(StrEnum):
    """A place where brands publish."""

    INSTAGRAM = "instagram"
    LINKEDIN = "linkedin"
    TIKTOK = "tiktok"
    YOUTUBE = "youtube"
    WEB = "web"


class Capability(StrEnum):
    """A kind of thing that can be collected from a platform."""

    POSTS = "posts"
    REELS = "reels"
    COMPANY_POSTS = "company_posts"
    PROFILE_POSTS = "profile_posts"
    PROFILE_VIDEOS = "profile_videos"
    CHANNEL_VIDEOS = "channel_videos"
    CRAWL_PAGES = "crawl_pages"


class ContentType(StrEnum):
    """What an evidence item is."""

    POST = "post"
    REEL = "reel"
    TEXT_POST = "text_post"
    SHORT_VIDEO = "short_video"
    VIDEO = "video"
    WEB_PAGE = "web_page"


SUPPORTED: Final[Mapping[tuple[Platform, Capability], ContentType]] = MappingProxyType(
    {
        (Platform.INSTAGRAM, Capability.POSTS): ContentType.POST,
        (Platform.INSTAGRAM, Capability.REELS): ContentType.REEL,
        (Platform.LINKEDIN, Capability.COMPANY_POSTS): ContentType.TEXT_POST,
        (Platform.LINKEDIN, Capability.PROFILE_POSTS): ContentType.TEXT_POST,
        (Platform.TIKTOK, Capability.PROFILE_VIDEOS): ContentType.SHORT_VIDEO,
        (Platform.YOUTUBE, Capability.CHANNEL_VIDEOS): ContentType.VIDEO,
        (Platform.WEB, Capability.CRAWL_PAGES): ContentType.WEB_PAGE,
    }
)
"""What each supported pair yields; an Instagram post that is a clip is a `ContentType.REEL` all the same."""


def source_name(platform: str, capability: str) -> str:
    """
    Return the name of a kind of source in reports.

    >>> source_name(Platform.INSTAGRAM, Capability.REELS)
    'instagram.reels'
    """
    return f"{platform}.{capability}"
