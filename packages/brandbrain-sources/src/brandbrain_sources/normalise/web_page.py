"""Raw shape ``web_page``: what our own crawler brings home (`brandbrain_sources.web.page`)."""

from __future__ import annotations

from collections.abc import Mapping

from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.json import JsonObject
from brandbrain_core.ports import NormaliseContext
from brandbrain_sources.normalise import json_ld
from brandbrain_sources.normalise.pages import PageFacts, page_item
from brandbrain_sources.normalise.reading import count, language, member, text


def normalise(payload: JsonObject, source: NormaliseContext) -> NormalisedItem:
    """Return the item of a page. See `brandbrain_core.ports.Normaliser`."""
    open_graph = payload.get("open_graph")
    facts = PageFacts(
        asked_url=text(payload.get("url")),
        loaded_url=text(payload.get("loaded_url")) or text(payload.get("url")),
        claimed_url=text(payload.get("canonical_url")),
        http_status=count(payload.get("http_status")),
        title=text(payload.get("title")),
        description=text(payload.get("description")),
        text=text(payload.get("text")),
        language=language(payload.get("language")),
        open_graph=open_graph if isinstance(open_graph, Mapping) else {},
        described=json_ld.nodes(payload.get("json_ld")),
        links_below=count(member(payload, "links", "below")) or 0,
        links_in_headings=count(member(payload, "links", "headings")) or 0,
    )
    return page_item(facts, payload, source)
