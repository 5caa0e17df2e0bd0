"""Raw shape ``linkedin_post``: what the actors for company pages and (unvalidated) personal profiles return."""

from __future__ import annotations

from typing import Final

from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.json import JsonObject, JsonValue
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.ports import NormaliseContext
from brandbrain_sources.normalise.post_ids import id_in_link
from brandbrain_sources.normalise.posts import capability_in, post
from brandbrain_sources.normalise.reading import (
    clipped,
    count,
    identity,
    language,
    member,
    moment_of_epoch,
    objects,
    one_line,
    text,
    web_url,
    without_query,
)

_KINDS_OF_URN: Final = (("activity_urn", "activity"), ("share_urn", "share"), ("ugcPost_urn", "ugcPost"))
_MAX_MEDIA: Final = 50


def normalise(payload: JsonObject, source: NormaliseContext) -> NormalisedItem:
    """Return the item of a post. Counts that are absent are zero here. See `brandbrain_core.ports.Normaliser`."""
    url = without_query(web_url(payload.get("post_url")) or web_url(payload.get("url")))
    urn = _urn(payload) or (id_in_link(Platform.LINKEDIN, url) if url else None)
    return post(
        payload,
        source,
        platform=Platform.LINKEDIN,
        capability=capability_in(source, Platform.LINKEDIN, _usual(payload)),
        content_type=ContentType.TEXT_POST,
        external_id=urn,
        url=url or _link(urn),
        text_primary=text(payload.get("text")),
        published_at=moment_of_epoch(member(payload, "posted_at", "timestamp"), per_second=1000),
        author_ref=_author(payload),
        metrics=_metrics(payload.get("stats")),
        media=_media(payload),
        flags={"is_repost": True if payload.get("post_type") == "repost" else None},
        language=language(payload.get("post_language_code")),
    )


def _usual(payload: JsonObject) -> Capability:
    is_profile = member(payload, "author", "profile_url") is not None
    return Capability.PROFILE_POSTS if is_profile else Capability.COMPANY_POSTS


def _urn(payload: JsonObject) -> str | None:
    full = identity(payload.get("full_urn"))
    if full is not None:
        return full
    for holder in (payload, payload.get("urn")):
        for name, kind in _KINDS_OF_URN:
            given = identity(member(holder, name))
            if given is not None:
                return given if given.startswith("urn:") else f"urn:li:{kind}:{given}"
    return None


def _link(urn: str | None) -> str | None:
    return web_url(f"https://www.linkedin.com/feed/update/{urn}") if urn and urn.startswith("urn:li:") else None


def _author(payload: JsonObject) -> str | None:
    author = payload.get("author")
    url = without_query(web_url(member(author, "company_url")) or web_url(member(author, "profile_url")))
    if url is not None:
        return url.rstrip("/").removesuffix("/posts").rstrip("/")
    return clipped(payload.get("source_company"), 255) or clipped(member(author, "username"), 255)


def _metrics(stats: JsonValue) -> dict[str, int | float | None]:
    comments = count(member(stats, "comments"))
    return {
        "reactions": count(member(stats, "total_reactions")) or 0,
        "likes": count(member(stats, "like")) or 0,
        "comments": (comments if comments is not None else count(member(stats, "total_comments"))) or 0,
        "reposts": count(member(stats, "reposts")) or 0,
    }


def _media(payload: JsonObject) -> JsonObject:
    media = payload.get("media")
    items = objects(member(media, "items")) or objects(member(media, "images"))
    document = next(iter(objects(payload.get("document"))), None)
    kind = clipped(member(media, "type"), 50) or ("document" if document is not None else None)
    first: JsonValue = items[0] if items else document
    urls = [web_url(item.get("url")) for item in items] or [web_url(member(media, "url"))]
    urls = [url for url in urls if url] or [url for url in [web_url(member(document, "url"))] if url]
    return {
        "type": kind.lower() if kind else None,
        "items": urls[:_MAX_MEDIA],
        "title": one_line(member(first, "title"), 500) or one_line(member(document, "title"), 500),
        "pages": count(member(first, "page_count")) or count(member(document, "page_count")),
        "duration": _duration(member(first, "duration")),
    }


def _duration(value: JsonValue) -> float | None:
    milliseconds = count(value)
    return milliseconds / 1000 if milliseconds else None
