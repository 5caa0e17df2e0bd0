"""Raw shapes ``youtube_video``, what the actor returns, and ``youtube_feed_entry``, an entry of a channel's feed."""

from __future__ import annotations

from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.policies.text import hashtags, urls
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
    seconds,
    tags,
    text,
    web_url,
)
from brandbrain_sources.normalise.subtitles import spoken_words


def normalise_video(payload: JsonObject, source: NormaliseContext) -> NormalisedItem:
    """Return the item of a video: its title, and subtitles or description. See `brandbrain_core.ports.Normaliser`."""
    url = web_url(payload.get("url"))
    external_id = identity(payload.get("id")) or (id_in_link(Platform.YOUTUBE, url) if url else None)
    kind = clipped(payload.get("type"), 50)
    return post(
        payload,
        source,
        platform=Platform.YOUTUBE,
        capability=capability_in(source, Platform.YOUTUBE, Capability.CHANNEL_VIDEOS),
        content_type=ContentType.VIDEO,
        external_id=external_id,
        url=url or watch_url(external_id),
        text_primary=text(payload.get("title")),
        transcript=spoken_words(payload.get("subtitles")),
        description=text(payload.get("text")),
        published_at=moment(payload.get("date")),
        author_ref=clipped(payload.get("channelId"), 255),
        title=payload.get("title"),
        hashtags_given=_hashtags(payload),
        metrics={
            "views": count(payload.get("viewCount")),
            "likes": count(payload.get("likes")),
            "comments": count(payload.get("commentsCount")),
        },
        media={
            "type": kind.lower() if kind else "video",
            "duration": seconds(payload.get("duration")),
            "channel_name": clipped(payload.get("channelName"), 500),
            "channel_url": web_url(payload.get("channelUrl")),
            "subscribers": count(payload.get("numberOfSubscribers")),
        },
        flags={
            "is_members_only": flag(payload.get("isMembersOnly")),
            "comments_off": flag(payload.get("commentsTurnedOff")),
        },
    )


def normalise_feed_entry(payload: JsonObject, source: NormaliseContext) -> NormalisedItem:
    """
    Return the item of an entry of a channel's Atom feed. See `brandbrain_core.ports.Normaliser`.

    Members, named as feedparser names them: ``yt_videoid``, ``yt_channelid``, ``title``, ``link``, ``published``,
    ``author``, ``summary``, ``media_statistics.views`` and ``media_starrating.count``.
    """
    url = web_url(payload.get("link"))
    author = clipped(payload.get("author"), 500)
    return post(
        payload,
        source,
        platform=Platform.YOUTUBE,
        capability=capability_in(source, Platform.YOUTUBE, Capability.CHANNEL_VIDEOS),
        content_type=ContentType.VIDEO,
        external_id=(video := _video_of(payload, url)),
        url=url or watch_url(video),
        text_primary=text(payload.get("title")),
        description=text(payload.get("summary")),
        published_at=moment(payload.get("published")),
        author_ref=clipped(payload.get("yt_channelid"), 255),
        title=payload.get("title"),
        metrics={
            "views": count(member(payload, "media_statistics", "views")),
            "ratings": count(member(payload, "media_starrating", "count")),
        },
        media={
            "type": "video",
            "channel_name": author,
            "channel_url": web_url(member(payload, "author_detail", "href")),
        },
        language=language(payload.get("language")),
    )


def watch_url(video: str | None) -> str | None:
    """Return the address of a video; None if there is none."""
    return web_url(f"https://www.youtube.com/watch?v={video}") if video and video.isascii() else None


def _hashtags(payload: JsonObject) -> tuple[str, ...]:
    """Return the hashtags that the actor gives, without those that it took from the ends of links."""
    given = payload.get("hashtags")
    if not isinstance(given, list | tuple):
        return ()
    words = "\n".join(part for part in (text(payload.get("title")), text(payload.get("text"))) if part)
    meant = {tag.casefold() for tag in hashtags(words)}
    in_links = {url.partition("#")[2].casefold() for url in urls(words)} - meant
    return tuple(tag for tag in tags(given) if tag.casefold() not in in_links)


def _video_of(payload: JsonObject, url: str | None) -> str | None:
    given = identity(payload.get("yt_videoid"))
    if given is not None:
        return given
    entry = identity(payload.get("id"))
    if entry is not None and entry.startswith("yt:video:"):
        return entry.removeprefix("yt:video:") or None
    return id_in_link(Platform.YOUTUBE, url) if url else None
