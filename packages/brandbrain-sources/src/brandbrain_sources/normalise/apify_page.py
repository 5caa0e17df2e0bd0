"""Raw shape ``apify_page``: what the actor ``apify~website-content-crawler`` returns."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urljoin, urlsplit

from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.json import JsonObject, JsonValue
from brandbrain_core.ports import NormaliseContext
from brandbrain_sources.normalise import json_ld
from brandbrain_sources.normalise.pages import PageFacts, page_item
from brandbrain_sources.normalise.reading import count, language, member, objects, page_url, text
from brandbrain_sources.sites import same_site

_LINK: Final = re.compile(r"(#{1,4} [^\n\[]{0,20})?\[(#{1,4} )?[^\]\n]{0,300}\]\(([^()\s]{1,2000})\)")
_MAX_MARKDOWN: Final = 200_000


def normalise(payload: JsonObject, source: NormaliseContext) -> NormalisedItem:
    """Return the item of a page. See `brandbrain_core.ports.Normaliser`."""
    metadata = payload.get("metadata")
    loaded = text(member(payload, "crawl", "loadedUrl")) or text(payload.get("url"))
    below, headings = _links(loaded, text(payload.get("markdown")))
    facts = PageFacts(
        asked_url=text(payload.get("url")),
        loaded_url=loaded,
        claimed_url=text(member(metadata, "canonicalUrl")),
        http_status=count(member(payload, "crawl", "httpStatusCode")),
        title=text(member(metadata, "title")),
        description=text(member(metadata, "description")),
        text=text(payload.get("text")) or text(payload.get("markdown")),
        language=language(member(metadata, "languageCode")),
        open_graph=_open_graph(member(metadata, "openGraph")),
        described=json_ld.nodes(member(metadata, "jsonLd")),
        links_below=below,
        links_in_headings=headings,
    )
    return page_item(facts, payload, source)


def _open_graph(value: JsonValue) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for each in objects(value):
        name, content = text(each.get("property")), text(each.get("content"))
        if name and content:
            found.setdefault(name.lower(), content)
    return found


def _links(loaded: str | None, markdown: str | None) -> tuple[int, int]:
    """Return how many pages of the site the Markdown links to: below the page, and from headings."""
    if loaded is None or markdown is None or page_url(loaded) is None:
        return 0, 0
    stem = urlsplit(page_url(loaded) or "").path.rstrip("/") + "/"
    below: set[str] = set()
    headings: set[str] = set()
    for before, inside, target in _LINK.findall(markdown[:_MAX_MARKDOWN]):
        url = _joined(loaded, target)
        if url is None or not same_site(url, loaded):
            continue
        if urlsplit(url).path.startswith(stem):
            below.add(url)
        if before or inside:
            headings.add(url)
    return len(below), len(headings)


def _joined(base: str, target: str) -> str | None:
    try:
        return page_url(urljoin(base, target))
    except ValueError:
        return None
