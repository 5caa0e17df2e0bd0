"""What pages have in common, whoever crawled them: from facts to an item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import attrs

from brandbrain_core.errors import ItemRejected
from brandbrain_core.model.evidence import NormalisedItem, SecondaryKind
from brandbrain_core.model.json import JsonObject, JsonValue
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.policies.text import hashtags
from brandbrain_core.ports import NormaliseContext
from brandbrain_sources.normalise import json_ld
from brandbrain_sources.normalise.error_items import error_of
from brandbrain_sources.normalise.page_identity import canonical, is_blog_index
from brandbrain_sources.normalise.post_ids import id_of_words
from brandbrain_sources.normalise.posts import NOTHING_IN_IT
from brandbrain_sources.normalise.reading import (
    MAX_AUTHOR,
    MAX_TITLE,
    MAX_URL,
    linked_url,
    moment,
    one_line,
    page_url,
    present,
    tags,
    text,
)
from brandbrain_sources.sites import host_of


@attrs.frozen(kw_only=True)
class PageFacts:
    """
    What a crawler found out about a page; None: it did not.

    Attributes:
        asked_url: What was asked for.
        loaded_url: Where the page came from, after redirects.
        claimed_url: What it names as its canonical address.
        open_graph: By property; the first of each.
        described: The things in its structured data.
        links_below: How many pages it links to whose path goes on from its own.
        links_in_headings: How many pages its headings and teasers link to.
    """

    asked_url: str | None
    loaded_url: str | None
    claimed_url: str | None
    http_status: int | None
    title: str | None
    description: str | None
    text: str | None
    language: str | None
    open_graph: Mapping[str, JsonValue]
    described: list[JsonObject]
    links_below: int = 0
    links_in_headings: int = 0


def page_item(facts: PageFacts, payload: JsonObject, source: NormaliseContext) -> NormalisedItem:
    """Return the item of a page; raise `ItemRejected` if it has neither an address nor any text."""
    description = facts.description or text(facts.open_graph.get("og:description"))
    url = _address(facts, source)
    if url is None:
        url = address_of_words("\n".join(part for part in (facts.text, description) if part), source)
    if url is None:
        raise ItemRejected(error_of(payload) or NOTHING_IN_IT)
    listing = is_blog_index(url, links_below=facts.links_below, links_in_headings=facts.links_in_headings)
    return NormalisedItem(
        platform=Platform.WEB,
        capability=Capability.CRAWL_PAGES,
        content_type=ContentType.WEB_PAGE,
        canonical_url=url,
        published_at=_published(facts),
        author_ref=host_of(url)[:MAX_AUTHOR] or None,
        title=one_line(facts.title, MAX_TITLE) or one_line(facts.open_graph.get("og:title"), MAX_TITLE),
        text_primary=facts.text or "",
        text_secondary=description,
        secondary_kind=SecondaryKind.DESCRIPTION if description else None,
        hashtags=tags(hashtags(facts.text or "")),
        media=_media(facts),
        flags={"is_collection_page": json_ld.says_collection(facts.described) or listing},
        language=facts.language,
    )


def address_of_words(words: str, source: NormaliseContext) -> str | None:
    """Return an address for a text of a site that has none: the site's, with a mark made from the words."""
    if not words:
        return None
    site = page_url(source.identifier) if source.platform is Platform.WEB else None
    mark = f"#{id_of_words(words, None)}"
    return f"{(site or 'https://unknown.invalid')[: MAX_URL - len(mark)]}{mark}"


def _address(facts: PageFacts, source: NormaliseContext) -> str | None:
    loaded = page_url(facts.loaded_url)
    if loaded is None:
        return page_url(facts.claimed_url)
    starts = (*source.start_urls, *_start_of(source))
    return canonical(loaded, page_url(facts.claimed_url), starts, asked=page_url(facts.asked_url))


def _start_of(source: NormaliseContext) -> tuple[str, ...]:
    return (source.identifier,) if source.platform is Platform.WEB else ()


def _published(facts: PageFacts) -> datetime | None:
    return json_ld.published(facts.described) or moment(facts.open_graph.get("article:published_time"))


def _media(facts: PageFacts) -> JsonObject:
    name, logo = json_ld.organisation(facts.described, facts.loaded_url)
    return present(
        {
            "http_status": facts.http_status,
            "og_image": linked_url(facts.open_graph.get("og:image"), facts.loaded_url),
            "og_type": one_line(facts.open_graph.get("og:type"), 100),
            "site_name": one_line(facts.open_graph.get("og:site_name"), 500),
            "organisation_name": name,
            "organisation_logo": logo,
        }
    )
