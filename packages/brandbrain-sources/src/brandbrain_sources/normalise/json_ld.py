"""Structured data of pages (JSON-LD): an object, a list, or objects in an ``@graph``; what is broken is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from brandbrain_core.model.json import JsonObject, JsonValue
from brandbrain_sources.normalise.reading import linked_url, member, moment, objects, one_line

_COLLECTION: Final = "CollectionPage"
_ORGANISATIONS: Final = frozenset(
    {"Organization", "Corporation", "LocalBusiness", "NGO", "OnlineBusiness", "OnlineStore", "ProfessionalService"}
    | {"EducationalOrganization", "GovernmentOrganization", "NewsMediaOrganization", "Store", "Restaurant", "Brand"}
)
_MAX_NODES: Final = 500


def nodes(json_ld: JsonValue) -> list[JsonObject]:
    """
    Return the things that *json_ld* describes, in order: at the top, in lists, and in graphs.

    >>> [node["@type"] for node in nodes([None, {"@graph": [{"@type": "A"}]}, [{"@type": "B"}], "x"])]
    ['A', 'B']
    """
    found: list[JsonObject] = []
    for node in _walk(json_ld, depth=0):
        found.append(node)
        if len(found) >= _MAX_NODES:
            break
    return found


def _walk(value: JsonValue, depth: int) -> Iterator[JsonObject]:
    if depth > 4:
        return
    if isinstance(value, list | tuple):
        for each in value:
            yield from _walk(each, depth + 1)
    elif graph := member(value, "@graph"):
        yield from _walk(graph, depth + 1)
        if "@type" in value:
            yield value
    elif objects(value):
        yield from objects(value)


def types(node: JsonObject) -> frozenset[str]:
    """
    Return the names of a thing's types, without the address of their vocabulary.

    >>> sorted(types({"@type": ["WebPage", "https://schema.org/CollectionPage", None]}))
    ['CollectionPage', 'WebPage']
    """
    given = node.get("@type")
    names = given if isinstance(given, list | tuple) else [given]
    return frozenset(name.rpartition("/")[2].rpartition(":")[2] for name in names if isinstance(name, str))


def says_collection(described: list[JsonObject]) -> bool:
    """Tell whether any of these things is a `CollectionPage`."""
    return any(_COLLECTION in types(node) for node in described)


def published(described: list[JsonObject]) -> datetime | None:
    """Return the first ``datePublished`` that can be read."""
    dates = (moment(value) for node in described for value in _one_or_many(node.get("datePublished")))
    return next((date for date in dates if date is not None), None)


def organisation(described: list[JsonObject], base: str | None = None) -> tuple[str | None, str | None]:
    """Return name and logo of the first organisation that has either, in the data of the page at *base*."""
    for node in described:
        if types(node) & _ORGANISATIONS:
            name, logo = one_line(node.get("name"), 500), _image(node.get("logo"), base)
            if name or logo:
                return name, logo
    return None, None


def _image(value: JsonValue, base: str | None) -> str | None:
    for each in _one_or_many(value):
        for address in (each, member(each, "url"), member(each, "contentUrl")):
            if found := linked_url(address, base):
                return found
    return None


def _one_or_many(value: JsonValue) -> list[JsonValue]:
    return list(value) if isinstance(value, list | tuple) else [value]
